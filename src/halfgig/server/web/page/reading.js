// Shows a text while it is spoken and highlights the current word; clicking a word seeks to it.
import { fill, make, on } from "./dom.js";

/** The spoken text. */
export class Reading {
	#words = [];
	#marked = -1;
	#text = "";
	#place = 0;
	#search = 0;

	constructor(pane, onWord) {
		this.pane = pane;
		on(pane, "click", (event) => {
			const word = this.#words[event.target.dataset?.word];
			if (word) onWord(word.from);
		});
	}

	show(text) {
		this.#words = [];
		this.#marked = -1;
		this.#text = text;
		this.#place = 0;
		this.#search = 0;
		fill(this.pane, document.createTextNode(text));
	}

	push(words) {
		const parts = [];
		for (const [text, from, to] of words) {
			const at = this.#text.indexOf(text, this.#search);
			if (at < 0 || !text) continue; // spoken differently than written
			if (at > this.#place) parts.push(this.#text.slice(this.#place, at));
			const node = make("span", { "data-word": String(this.#words.length), text });
			this.#words.push({ node, from, to });
			parts.push(node);
			this.#place = at + text.length;
			this.#search = this.#place;
		}
		const rest = this.#text.slice(this.#place);
		this.pane.lastChild?.nodeType === Node.TEXT_NODE && this.pane.lastChild.remove();
		this.pane.append(...parts, document.createTextNode(rest));
	}

	mark(seconds) {
		const at = this.#at(seconds);
		if (at === this.#marked) return;
		this.#words[this.#marked]?.node.classList.remove("is-current");
		this.#marked = at;
		const node = this.#words[at]?.node;
		if (!node) return;
		node.classList.add("is-current");
		this.#follow(node);
	}

	#at(seconds) {
		let [low, high] = [0, this.#words.length - 1];
		while (low <= high) {
			const middle = (low + high) >> 1;
			if (this.#words[middle].from <= seconds) low = middle + 1;
			else high = middle - 1;
		}
		return high >= 0 && seconds < this.#words[high].to + 0.15 ? high : -1;
	}

	#follow(node) {
		const { pane } = this;
		const top = node.offsetTop - pane.offsetTop;
		if (top < pane.scrollTop || top + node.offsetHeight > pane.scrollTop + pane.clientHeight) pane.scrollTop = top - pane.clientHeight / 3;
	}
}
