// Shares a video by a link that needs no key, and takes the link back.
import { ask, askJson } from "./api.js";
import { announce, byId, on, onClick, say, toggle } from "./dom.js";
import { attempt } from "./notice.js";

/** The link to the video that is watched. */
export class Share {
	#id = "";

	constructor() {
		onClick("share", () => attempt(() => this.#share(), "watch-notices"));
		onClick("share-copy", () => this.#copy());
		onClick("share-back", () => attempt(() => this.#takeBack(), "watch-notices"));
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
		say("share-said", `${isCopied ? "The link is copied" : "Copy the link"}. Whoever has it can watch the video, without a key, as long as it is kept.`);
	}

	async #takeBack() {
		await ask(`/v1/videos/${this.#id}/share`, { method: "DELETE" });
		toggle(false, "share-box");
		byId("share").focus();
		announce("The link works no more");
	}
}
