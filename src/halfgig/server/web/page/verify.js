// Verify: a file is dropped or chosen, and the server says where it comes from.
import { sendForm } from "./api.js";
import { announce, byId, fill, make, on, onClick, setText } from "./dom.js";
import { attempt, clearError } from "./notice.js";

/** The view in which files are checked. */
export class Verify {
	#checking = null;

	constructor() {
		const input = byId("verify-file");
		onClick("verify-pick", () => input.click());
		on(input, "change", () => { if (input.files[0]) this.check(input.files[0]); input.value = ""; });
		on(document, "drop", (event) => {
			const file = event.dataTransfer?.files[0];
			if (!file || document.body.dataset.view !== "verify") return;
			event.preventDefault(); // a portrait is taken otherwise
			this.check(file);
		}, { capture: true });
	}

	/** The view is left: nothing goes on unseen. */
	hide() {
		this.#checking?.abort();
		if (this.#checking) setText("verify-text", "");
		this.#checking = null;
	}

	/** Check a file, and show what is found. */
	check(file) {
		this.hide();
		clearError("verify-notices");
		fill("verify-found");
		const checking = new AbortController();
		this.#checking = checking;
		return attempt(() => this.#ask(file, checking), "verify-notices");
	}

	async #ask(file, checking) {
		const form = new FormData();
		form.append("file", file, file.name);
		setText("verify-text", `Checking ${file.name}…`);
		try {
			const onWait = () => setText("verify-text", "The server is busy; trying again in a moment.");
			const found = await sendForm("/v1/content_provenance_checks", form, { signal: checking.signal, onWait });
			const said = found.synthetic ? "It is synthetic, as it says itself." : "Nothing in it says that a machine made it.";
			setText("verify-text", `${file.name}: ${said}`);
			fill("verify-found", found.words.slice(1).map((line) => make("li", {}, make("span", { text: line }))));
			announce(said);
		} catch (error) {
			if (this.#checking === checking) setText("verify-text", "");
			throw error;
		} finally {
			if (this.#checking === checking) this.#checking = null;
		}
	}
}
