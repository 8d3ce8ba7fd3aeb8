// The portrait: dropped, pasted, photographed, a file, or the presenter; its face is detected at once.
import { sendForm } from "./api.js";
import { takePhoto } from "./camera.js";
import { announce, byId, isAborted, on, onClick, setText, toggle } from "./dom.js";
import { FacePoints, guessedPoints, landmarksOf, pointsOf } from "./face_points.js";
import { clearError, showError } from "./notice.js";
import { keep, keepFile, kept, keptFile } from "./store.js";
import { plural } from "./text.js";

const PRESENTER = "/page/presenter.webp";
const SMALLER = 2048; // longer side in pixels after "Make it smaller"

/** The chosen portrait. */
export class Portrait {
	#file = null;
	#url = PRESENTER;
	#facts = {};
	#isEdited = false;
	#looking = null;

	/** `onChange` is called for a new picture, face or point, `onPick` for a new picture. */
	constructor(onChange, onPick) {
		Object.assign(this, { onChange, onPick });
		this.place = "portrait-notices";
		this.view = new FacePoints(byId("portrait-frame"), {
			onMove: (points) => this.#keepFacts({ points, isMoved: true }, false),
			onChoose: (chosen) => this.#choose(chosen),
		});
		this.#wire();
		this.#show();
	}

	async restore() {
		const file = await keptFile("portrait");
		if (!file || this.#file) return;
		this.#file = file;
		this.#url = URL.createObjectURL(file);
		this.#facts = kept("portrait", {});
		this.#show();
		if (!this.#facts.width) await this.#look();
	}

	get isReady() {
		return !this.#file || Boolean(this.#facts.points);
	}

	get url() {
		return this.#url;
	}

	/** Add the picture as a field, with its points if somebody chose them; return whether there is one. */
	addTo(form, field = "input_reference") {
		if (!this.#file) return false;
		form.append(field, this.#file, this.#file.name || "portrait.jpg");
		if (this.#facts.isMoved || this.#facts.chosen) form.append("landmarks", landmarksOf(this.#facts.points));
		return true;
	}

	async take(file) {
		if (file.type && !file.type.startsWith("image/")) {
			return void showError(`“${file.name}” is not a picture. Choose a JPEG, PNG or WebP.`, [], this.place);
		}
		this.#forget();
		this.#file = file;
		this.#url = URL.createObjectURL(file);
		this.#keepFacts({});
		await keepFile("portrait", file);
		await this.#look();
	}

	#wire() {
		const input = byId("portrait-file");
		onClick("portrait-pick", () => input.click());
		on(input, "change", () => { if (input.files[0]) this.take(input.files[0]); input.value = ""; });
		onClick("portrait-camera", async () => {
			const photo = await takePhoto();
			if (photo) this.take(photo);
		});
		onClick("portrait-presenter", () => this.#usePresenter());
		onClick("points-edit", () => this.#edit(!this.#isEdited));
		onClick("points-reset", () => this.#choose(this.#facts.chosen ?? 0));
		this.#wireDrops();
	}

	#wireDrops() {
		const stage = byId("stage");
		const isPicture = (event) => [...(event.dataTransfer?.items ?? [])].some((each) => each.kind === "file");
		on(document, "dragover", (event) => { if (isPicture(event)) { event.preventDefault(); stage.classList.add("is-over"); } });
		on(document, "dragleave", (event) => { if (!event.relatedTarget) stage.classList.remove("is-over"); });
		on(document, "drop", (event) => {
			stage.classList.remove("is-over");
			const file = event.dataTransfer?.files[0];
			if (!file || event.defaultPrevented) return;
			event.preventDefault();
			this.take(file);
		});
		on(document, "paste", (event) => {
			const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
			if (file) this.take(file);
		});
	}

	#forget() {
		this.onPick();
		this.#looking?.abort();
		if (this.#url.startsWith("blob:")) URL.revokeObjectURL(this.#url);
		this.#isEdited = false;
		clearError(this.place);
	}

	#usePresenter() {
		this.#forget();
		this.#file = null;
		this.#url = PRESENTER;
		this.#keepFacts({});
		keepFile("portrait", null);
		announce("Using the presenter");
	}

	async #look() {
		this.#looking?.abort();
		const looking = new AbortController();
		this.#looking = looking;
		const form = new FormData();
		form.append("image", this.#file, this.#file.name || "portrait.jpg");
		this.#show();
		try {
			const found = await sendForm("/v1/faces", form, { signal: looking.signal, onWait: () => this.#showCaption("The server is busy; looking again in a moment.") });
			this.#looking = null;
			this.#found(found);
		} catch (error) {
			if (isAborted(error)) return;
			this.#looking = null;
			this.#show();
			this.#refuse(error);
		}
	}

	#found({ width, height, data }) {
		if (data.length) {
			this.#keepFacts({ width, height, faces: data, chosen: 0, points: pointsOf(data[0]) });
			announce(data.length > 1 ? `${plural(data.length, "face")} were found; the largest is chosen` : "A face was found");
			return;
		}
		this.#keepFacts({ width, height, faces: [] });
		showError({ code: "no_face", message: "no face was found in this picture" }, [["Place the points myself", () => this.#placePoints()], ["Use the presenter", () => this.#usePresenter()]], this.place);
	}

	#placePoints() {
		const { width, height } = this.#facts;
		this.#keepFacts({ points: guessedPoints(width, height), isMoved: true });
		this.#edit(true);
	}

	#refuse(error) {
		const isLarge = error.status === 413;
		if (isLarge) error.code = "picture_too_large"; // the whole request may have been
		const mend = isLarge ? ["Make it smaller", () => this.#shrink()] : ["Try again", () => this.#look()];
		showError(error, [mend, ["Use the presenter", () => this.#usePresenter()]], this.place);
	}

	async #shrink() {
		try {
			const bitmap = await createImageBitmap(this.#file);
			const scale = Math.min(1, SMALLER / Math.max(bitmap.width, bitmap.height));
			const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
			canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
			const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
			await this.take(new File([blob], "portrait.jpg", { type: "image/jpeg" }));
		} catch {
			showError("This browser cannot read the picture. Save it as JPEG, smaller, and choose that.", [], this.place);
		}
	}

	#choose(chosen) {
		const face = this.#facts.faces?.[chosen];
		const points = face ? pointsOf(face) : guessedPoints(this.#facts.width, this.#facts.height);
		this.#keepFacts({ chosen, points, isMoved: !face });
	}

	#edit(isEdited) {
		this.#isEdited = isEdited;
		this.#show();
		if (isEdited) byId("portrait-frame").querySelector(".handle")?.focus();
	}

	#keepFacts(changed, isDrawn = true) {
		const isNew = !Object.keys(changed).length;
		this.#facts = isNew ? {} : { ...this.#facts, ...changed };
		keep("portrait", isNew ? undefined : this.#facts);
		this.#show(isDrawn);
		this.onChange();
	}

	#show(isDrawn = true) {
		const { width, height, faces = [], chosen = 0, points } = this.#facts;
		const isOwn = Boolean(this.#file);
		if (isDrawn) {
			this.view.show({
				url: this.#url, alt: isOwn ? "Your portrait" : "The presenter: a drawn woman who looks at you", whole: width ? [width, height] : [1, 1],
				faces, chosen, points: points ?? null, isEdited: this.#isEdited,
			});
		}
		byId("portrait-frame").classList.toggle("is-unmeasured", isOwn && !width);
		toggle(isOwn && Boolean(points), "points-edit");
		toggle(this.#isEdited, "points-reset");
		toggle(!this.#isEdited, "portrait-pick", "portrait-camera");
		toggle(isOwn && !this.#isEdited, "portrait-presenter");
		setText("points-edit", this.#isEdited ? "Done" : "Adjust the points");
		this.#showCaption(this.#caption());
		byId("portrait-frame").setAttribute("aria-busy", String(Boolean(this.#looking)));
	}

	#caption() {
		const { faces = [], points, isMoved, chosen = 0 } = this.#facts;
		if (this.#looking) return "Looking for a face…";
		if (!this.#file) return "The presenter. Drop, paste or choose yours.";
		if (this.#isEdited) return "Drag the points onto the eyes, the nose and the corners of the mouth, or use the arrow keys.";
		if (!points) return "No face found yet.";
		if (faces.length > 1) return `Face ${chosen + 1} of ${faces.length}. Click another to use it.`;
		return isMoved ? "You placed these points." : "This is the face that will speak.";
	}

	#showCaption(text) {
		setText("portrait-text", text);
	}
}
