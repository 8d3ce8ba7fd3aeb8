// Lists your videos; each can be watched, downloaded, made again and deleted.
import { ask, askJson } from "./api.js";
import { announce, button, byId, fill, icon, make, on, onClick, toggle } from "./dom.js";
import { attempt } from "./notice.js";
import { contentOf } from "./player.js";
import { cut, duration, sentence, titleOf, when } from "./text.js";
import { download, isOpen } from "./watch.js";

const A_PAGE = 9;
const LOOK_EVERY_MS = 4000;
const SURE_MS = 4000; // how long "Really?" is shown

/** The list of videos. */
export class History {
	#videos = [];
	#cards = new Map();
	#pictures = new Map();
	#timer = 0;

	/** `onWatch` and `onAgain` get a video, `onGone` an id. */
	constructor({ onWatch, onAgain, onGone }) {
		Object.assign(this, { onWatch, onAgain, onGone });
		this.place = "history-notices";
		onClick("history-more", () => attempt(() => this.#more(), this.place));
		on(document, "visibilitychange", () => { if (!document.hidden && this.#videos.some(isOpen)) this.load().catch(() => {}); });
	}

	async load() {
		const page = await askJson(`/v1/videos?limit=${Math.max(A_PAGE, Math.min(100, this.#videos.length))}`);
		this.#videos = page.data;
		toggle(page.has_more, "history-more");
		this.#show();
		return page.data;
	}

	put(video) {
		const at = this.#videos.findIndex((each) => each.id === video.id);
		if (at >= 0) this.#videos[at] = video;
		else this.#videos.unshift(video);
		this.#show();
	}

	async #more() {
		const page = await askJson(`/v1/videos?limit=${A_PAGE}&after=${this.#videos.at(-1).id}`);
		this.#videos.push(...page.data);
		toggle(page.has_more, "history-more");
		this.#show();
	}

	#show() {
		toggle(!this.#videos.length, "history-empty");
		const names = new Set(this.#videos.map((each) => each.id));
		for (const [id, { card }] of this.#cards) if (!names.has(id)) { card.remove(); this.#cards.delete(id); }
		this.#videos.forEach((video, at) => this.#put(video, at));
		clearTimeout(this.#timer);
		if (this.#videos.some(isOpen)) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS);
	}

	#look() {
		if (!document.hidden) this.load().catch(() => this.#show());
	}

	#put(video, at) {
		const list = byId("history-list");
		const shown = JSON.stringify(video);
		let entry = this.#cards.get(video.id);
		if (!entry) {
			entry = { card: make("li", { class: "video-card" }), shown: "" };
			this.#cards.set(video.id, entry);
		}
		if (entry.shown !== shown) {
			const buttons = () => [...entry.card.querySelectorAll("button")];
			const focused = buttons().indexOf(document.activeElement);
			fill(entry.card, this.#open(video), make("div", { class: "video-acts" }, this.#acts(video)));
			buttons()[focused]?.focus();
			entry.shown = shown;
		}
		if (list.children[at] !== entry.card) list.insertBefore(entry.card, list.children[at] ?? null);
	}

	#open(video) {
		const text = titleOf(video, 70);
		return make("button", { type: "button", class: "video-open", onclick: () => this.onWatch(video) },
			make("span", { class: `thumb is-${isOpen(video) ? "open" : video.status}` }, this.#picture(video)),
			make("span", { class: "video-text" }, make("b", { text }), make("small", { text: stateText(video) })));
	}

	#picture(video) {
		if (isOpen(video)) return make("span", { class: "ring", text: `${video.progress} %` });
		if (video.status !== "completed") return icon("warn");
		const image = make("img", { alt: "", loading: "lazy" });
		const known = this.#pictures.get(video.id);
		if (known) image.src = known;
		else this.#fetchPicture(video.id, image);
		return image;
	}

	async #fetchPicture(id, image) {
		try {
			const url = URL.createObjectURL(await contentOf(id, "thumbnail"));
			this.#pictures.set(id, url);
			image.src = url;
		} catch {
			image.replaceWith(icon("play")); // deleted, or offline
		}
	}

	#acts(video) {
		const name = titleOf(video, 30);
		const bare = (label, iconName, act) => button(`${label}: ${name}`, iconName, act, { bare: true, class: "quiet" });
		return [
			video.status === "completed" && bare("Download", "download", () => download(video.id, this.place)),
			!isOpen(video) && bare("Make again", "again", () => this.onAgain(video)),
			this.#deleting(video, name),
		];
	}

	#deleting(video, name) {
		let isSure = false;
		const show = (isAsking) => {
			isSure = isAsking;
			pressed.replaceChildren(isAsking ? "Really?" : icon("bin"));
			pressed.classList.toggle("is-sure", isAsking);
			pressed.setAttribute("aria-label", `${isAsking ? "Really delete" : "Delete"}: ${name}`);
		};
		const pressed = button(`Delete: ${name}`, "bin", () => {
			if (isSure) return attempt(() => this.#delete(video), this.place);
			show(true);
			return setTimeout(show, SURE_MS, false);
		}, { bare: true, class: "quiet" });
		return pressed;
	}

	async #delete(video) {
		await ask(`/v1/videos/${video.id}`, { method: "DELETE" });
		this.#videos = this.#videos.filter((each) => each.id !== video.id);
		this.#show();
		announce("Deleted");
		this.onGone(video.id);
		byId("history-title").focus();
	}
}

function stateText(video) {
	if (video.status === "queued") return `Waiting · ${when(video.created_at)}`;
	if (isOpen(video)) return video.left_s ? `Being made, about ${duration(video.left_s)} left` : "Being made";
	if (video.error?.code === "cancelled") return `Cancelled · ${when(video.created_at)}`;
	if (video.status === "failed") return cut(sentence(video.error?.message ?? "failed"), 60);
	return `${duration(Number(video.seconds))} · ${when(video.created_at)}`;
}
