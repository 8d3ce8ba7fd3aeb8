// Cuts a text, also one that a language model is still writing, into stretches that are spoken at once.

import { pause } from "./connection.js";

const LONGEST = 1000; // characters of a stretch: about a minute
const BRIEF_MS = 400; // how long a first sentence of less than a second waits for the next one, that no silence follows it
const ENDS = /[.!?…]+["'”’»)\]]*\s+|[。！？]+[」』”）]*\s*|\n\s*/g;
const SHORT_FORM = /(?:^|[\s(])(?:\p{Lu}|\d+|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Nr|ca|bzw|etc|e\.g|i\.e|z\.B|d\.h|Mme|Sra)\.\s*$/u;

/** Return how many characters at the start of a growing text are certainly whole sentences, at most `LONGEST`. */
export function wholeSentences(text) {
	const ends = [...text.matchAll(ENDS)].map(({ 0: mark, index }) => index + mark.length);
	return ends.findLast((end) => end <= LONGEST && !SHORT_FORM.test(text.slice(Math.max(0, end - 12), end))) ?? 0;
}

/** The stretches of a text, or of an iterable or stream of its pieces, which is read while others are spoken. */
export class Stretches {
	#text = "";
	#isOver = false;
	#error;
	#wake = () => {};
	#source;
	#brief = 16; // characters of such a sentence

	constructor(source) {
		if (typeof source === "string") [this.#text, this.#isOver] = [source, true];
		else this.#read(source);
	}

	/** Return the next stretch as soon as a sentence is whole, or null at the end.  Throws what the source threw. */
	async next() {
		for (;;) {
			const end = this.#cut();
			if (end && end < this.#brief && !this.#isOver) {
				this.#brief = 0;
				await pause(BRIEF_MS);
				continue;
			}
			const taken = this.#text.slice(0, end);
			this.#text = this.#text.slice(end);
			if (taken.trim()) {
				this.#brief = 0;
				return taken;
			}
			if (end) continue;
			if (this.#error) throw this.#error;
			if (this.#isOver) return null;
			await new Promise((resolve) => { this.#wake = resolve; });
		}
	}

	/** Ask the source for nothing more. */
	stop() {
		[this.#text, this.#isOver] = ["", true];
		this.#source?.return?.();
		this.#wake();
	}

	#cut() {
		const text = this.#text;
		if (this.#isOver && (text.length <= LONGEST || text.trimStart()[0] === "<")) return text.length; // SSML is one piece
		return wholeSentences(text) || (text.length > LONGEST ? text.lastIndexOf(" ", LONGEST) + 1 || LONGEST : 0);
	}

	async #read(source) {
		try {
			this.#source = (source[Symbol.asyncIterator] ?? source[Symbol.iterator])?.call(source) ?? readerOf(source.getReader());
			for (let piece = await this.#source.next(); !piece.done && !this.#isOver; piece = await this.#source.next()) {
				this.#text += piece.value;
				this.#wake();
			}
		} catch (error) {
			this.#error = error;
		}
		this.#isOver = true;
		this.#wake();
	}
}

function readerOf(reader) {
	return { next: () => reader.read(), return: () => reader.cancel() }; // streams are not iterable everywhere
}
