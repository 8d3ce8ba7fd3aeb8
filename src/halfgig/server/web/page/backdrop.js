// The picture to put behind the person, instead of a colour.
import { byId, on, onClick, setText, toggle } from "./dom.js";
import { clearError, showError } from "./notice.js";
import { keepFile, keptFile } from "./store.js";

/** The chosen background picture, if any. */
export class Backdrop {
	#file = null;

	/** `colour` is the field for a colour, which a picture replaces. */
	constructor(colour) {
		this.colour = colour;
		const input = byId("backdrop-file");
		onClick("backdrop-pick", () => input.click());
		on(input, "change", () => { if (input.files[0]) this.take(input.files[0]); input.value = ""; });
		onClick("backdrop-remove", () => { this.take(null); byId("backdrop-pick").focus(); });
	}

	async restore() {
		const file = await keptFile("backdrop");
		if (file && !this.#file) this.#use(file);
	}

	/** Use a picture; null: none. */
	take(file) {
		clearError("options-notices");
		if (file?.type && !file.type.startsWith("image/")) {
			return void showError(`“${file.name}” is not a picture. Choose a JPEG, PNG or WebP.`, [], "options-notices");
		}
		keepFile("backdrop", file);
		this.#use(file);
	}

	/** Add the background to a form: the picture, or the colour. */
	addTo(form) {
		if (this.#file) form.append("background_picture", this.#file, this.#file.name || "background.jpg");
		else if (this.colour.value) form.append("background", this.colour.value);
	}

	#use(file) {
		this.#file = file;
		this.colour.disabled = Boolean(file);
		setText("backdrop-name", file ? file.name || "A picture" : "");
		toggle(Boolean(file), "backdrop-remove");
	}
}
