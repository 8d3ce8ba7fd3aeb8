// Shares a video by a link that needs no key, and removes the link.
import { ask, askJson } from "./api.js";
import { announce, byId, on, onClick, setText, toggle } from "./dom.js";
import { attempt } from "./notice.js";

/** The link to the current video. */
export class Share {
	#id = "";

	constructor() {
		onClick("share", () => attempt(() => this.#share(), "watch-notices"));
		onClick("share-copy", () => this.#copy());
		onClick("share-back", () => attempt(() => this.#remove(), "watch-notices"));
		on(byId("share-link"), "focus", (event) => event.target.select());
	}

	of(id) {
		if (id === this.#id) return;
		this.#id = id;
		toggle(false, "share-box");
	}

	async #share() {
		const { url } = await askJson(`/v1/videos/${this.#id}/share`, { method: "POST" });
		const link = new URL(url, location.href).href;
		byId("share-link").value = link;
		toggle(true, "share-box");
		if (matchMedia("(pointer: coarse)").matches && navigator.share) await navigator.share({ url: link }).catch(() => {});
		else await this.#copy();
	}

	async #copy() {
		const field = byId("share-link");
		field.focus();
		const isCopied = await navigator.clipboard?.writeText(field.value).then(() => true, () => false);
		setText("share-text", `${isCopied ? "The link is copied" : "Copy the link"}. Anyone with it can watch the video without a key, until the video is deleted.`);
	}

	async #remove() {
		await ask(`/v1/videos/${this.#id}/share`, { method: "DELETE" });
		toggle(false, "share-box");
		byId("share").focus();
		announce("The link was removed");
	}
}
