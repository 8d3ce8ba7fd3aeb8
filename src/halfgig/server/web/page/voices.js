// The voice: searched by name, language and grade, played before it is chosen, or mixed from two.
import { askJson, send } from "./api.js";
import { announce, button, byId, fill, icon, isAborted, make, on, onClick, setText, toggle } from "./dom.js";
import { clearError, showError } from "./notice.js";
import { keep, kept } from "./store.js";
import { cut, plural } from "./text.js";

const SAMPLE = "Good morning. This is how I sound.";
const SAMPLE_LENGTH = 140; // characters of the text that a sample plays
const MAX_SHOWN = 60;

/** Return the name of a mix of two Kokoro voices; `share` is the second one's, in tenths. */
export function mixOf(first, second, share) {
	if (!second || share <= 0 || first === second) return first;
	return share >= 10 ? second : `${first}(${10 - share})+${second}(${share})`;
}

/** Return a voice's display name: "Heart", or its language if its name is a code. */
export function nameOf(voice) {
	if (voice.name === voice.language) return voice.language_name;
	const bare = voice.name.replace(/^[a-z]{2}_/, "");
	return bare[0].toUpperCase() + bare.slice(1);
}

function rankOf(voice) {
	const isOwn = voice.language.slice(0, 2) === navigator.language.slice(0, 2);
	return `${(voice.grade ?? "Z").padEnd(2, ",")}${isOwn ? 0 : 1}${nameOf(voice)}`; // "A+" before "A,", that before "A-"
}

function aboutOf(voice) {
	const spoken = voice.language_name === nameOf(voice) ? voice.id : voice.language_name;
	return [spoken, voice.gender, voice.engine === "espeak" && "espeak"].filter(Boolean).join(" · ");
}

/** The chosen voice and speed, and their dialog. */
export class Voices {
	#voices = [];
	#loading = null;
	#first = "";
	#sample = null;
	#sound = new Audio();

	/** `textNow` returns the text; `onChange` is called for a new voice or speed. */
	constructor(textNow, onChange) {
		this.textNow = textNow;
		this.onChange = onChange;
		Object.assign(this, { voice: "", speed: 1, ...kept("voice", {}) });
		this.dialog = byId("voice-dialog");
		this.#wire();
		this.#showVoice();
	}

	get forSpeech() {
		return this.voice || "alloy";
	}

	/** Whether Kokoro will speak, as far as known. */
	get isKokoro() {
		const known = this.#find(this.voice.split("(")[0]);
		return known ? known.engine === "kokoro" : this.#voices.some((each) => each.engine === "kokoro");
	}

	/** Fetch the list once; the worker process may have to start for it. */
	load() {
		this.#loading ??= askJson("/v1/audio/voices").then((found) => {
			this.#voices = found.voices.filter((each) => each.grade === null || each.name.includes("_")); // the rest are OpenAI's aliases
			this.#offerLanguages();
			this.#showVoice();
			this.onChange();
		}).catch((error) => { this.#loading = null; throw error; });
		return this.#loading;
	}

	#wire() {
		onClick("voice-choose", () => this.#open());
		onClick("voice-hear", () => this.#playSample(this.voice, byId("voice-hear")));
		on(byId("voice-search"), "input", () => this.#list());
		for (const id of ["voice-language", "voice-grade"]) on(byId(id), "change", () => this.#list());
		for (const id of ["mix-second", "mix-share"]) on(byId(id), "input", () => this.#mixed());
		on(byId("voice-speed"), "input", () => this.#showSpeed());
		onClick("voice-try", () => this.#playSample(this.#chosen(), byId("voice-try"), "voice-notices"));
		onClick("voice-use", () => this.#use());
		onClick("voice-close", () => this.dialog.close());
		on(this.dialog, "close", () => this.#stopSample());
		on(this.#sound, "ended", () => this.#stopSample());
	}

	async #open() {
		const [first, second = ""] = this.voice.split("+");
		this.#first = first.replace(/\(.*/, "");
		byId("voice-speed").value = this.speed;
		this.#showSpeed();
		this.dialog.showModal();
		clearError("voice-notices");
		toggle(!this.#voices.length, "voice-loading");
		try {
			await this.load();
			this.#offerMix(second.replace(/\(.*/, ""), Number(/\((\d+)\)$/.exec(second)?.[1] ?? 3));
			this.#list();
		} catch (error) {
			showError(error, [["Try again", () => { this.dialog.close(); this.#open(); }]], "voice-notices");
		} finally {
			toggle(false, "voice-loading");
		}
	}

	#offerLanguages() {
		const counts = new Map();
		for (const each of this.#voices) counts.set(each.language_name, (counts.get(each.language_name) ?? 0) + 1);
		const names = [...counts.keys()].sort((a, b) => a.localeCompare(b));
		fill("voice-language", make("option", { value: "", text: "All languages" }),
			...names.map((name) => make("option", { value: name, text: `${name} (${counts.get(name)})` })));
		const graded = this.#voices.some((each) => each.grade);
		toggle(graded, byId("voice-grade").parentElement);
	}

	#offerMix(second, share) {
		const kokoro = this.#voices.filter((each) => each.engine === "kokoro");
		fill("mix-second", make("option", { value: "", text: "No other voice" }),
			...kokoro.map((each) => make("option", { value: each.id, text: `${nameOf(each)}, ${each.language_name}` })));
		byId("mix-second").value = second;
		byId("mix-share").value = second ? share : 3;
		this.#mixed();
	}

	#matching() {
		const words = byId("voice-search").value.toLowerCase().split(/\s+/).filter(Boolean);
		const language = byId("voice-language").value;
		const grade = byId("voice-grade").value;
		return this.#voices.filter((each) => {
			const text = `${each.id} ${each.language_name} ${each.gender} ${each.description}`.toLowerCase();
			const isGood = !grade || (each.grade && each.grade[0] <= grade);
			return isGood && (!language || each.language_name === language) && words.every((word) => text.includes(word));
		}).sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1));
	}

	#list() {
		const found = this.#matching();
		const isPlain = !byId("voice-search").value && !byId("voice-grade").value;
		const rows = [...(isPlain ? [{ id: "", best: true }] : []), ...found.slice(0, MAX_SHOWN)];
		fill("voice-list", rows.map((each) => this.#row(each)));
		const more = found.length > MAX_SHOWN ? ` The first ${MAX_SHOWN} are shown; search for others.` : "";
		setText("voice-count", found.length ? `${plural(found.length, "voice")}.${more}` : "No voice matches. Shorten the search, or choose all languages.");
	}

	#row(voice) {
		const isChosen = voice.id === this.#first;
		const input = make("input", { type: "radio", name: "voice", value: voice.id, checked: isChosen, onchange: () => { this.#first = voice.id; this.#mixed(); } });
		const about = voice.best ? "Kokoro if installed, else espeak" : aboutOf(voice);
		const label = make("label", {}, input,
			make("span", { class: "voice-name" }, make("b", { text: voice.best ? "Best available" : nameOf(voice) }), make("small", { text: about })),
			voice.grade && make("span", { class: "grade", title: "Grade by its makers; A is best" }, make("span", { class: "unseen", text: "Grade " }), voice.grade));
		const heard = button(`Play ${voice.best ? "it" : nameOf(voice)}`, "play", (event) => this.#playSample(voice.id, event.currentTarget, "voice-notices"), { bare: true, class: "round" });
		return make("li", {}, label, heard);
	}

	#mixed() {
		const isMixable = this.#find(this.#first)?.engine === "kokoro";
		toggle(isMixable, "mix");
		const second = isMixable ? this.#find(byId("mix-second").value) : null;
		const share = Number(byId("mix-share").value);
		byId("mix-share").disabled = !second;
		const said = second ? `${10 - share} parts ${nameOf(this.#find(this.#first))}, ${share} parts ${nameOf(second)}` : "";
		setText("mix-text", said);
		byId("mix-share").setAttribute("aria-valuetext", said || "no mix");
	}

	#chosen() {
		const isMixed = !byId("mix").hidden && byId("mix-second").value;
		return isMixed ? mixOf(this.#first, byId("mix-second").value, Number(byId("mix-share").value)) : this.#first;
	}

	#use() {
		this.voice = this.#chosen();
		this.speed = Number(byId("voice-speed").value);
		keep("voice", { voice: this.voice, speed: this.speed });
		this.dialog.close();
		this.#showVoice();
		this.onChange();
	}

	#showSpeed() {
		const speed = Number(byId("voice-speed").value);
		setText("speed-text", `${speed.toFixed(2).replace(/0$/, "")}×`);
	}

	#showVoice() {
		const pace = this.speed === 1 ? "" : ` · ${this.speed}×`;
		setText("voice-now", this.#voiceText() + pace);
	}

	#voiceText() {
		if (!this.voice) return "Best available";
		return this.voice.replace(/\(\d+\)/g, "").split("+").map((id) => (this.#find(id) ? nameOf(this.#find(id)) : id)).join(" + ");
	}

	#find(id) {
		return this.#voices.find((each) => each.id === id);
	}

	async #playSample(voice, pressed, place) {
		const again = this.#sample?.pressed === pressed;
		this.#stopSample();
		if (again) return;
		const sample = { pressed, stop: new AbortController() };
		this.#sample = sample;
		pressed.setAttribute("aria-busy", "true");
		this.#mark(pressed, "stop");
		try {
			const speed = this.dialog.open ? Number(byId("voice-speed").value) : this.speed;
			const input = cut(this.textNow(), SAMPLE_LENGTH) || SAMPLE;
			const asked = { model: "tts-1", voice: voice || "alloy", input, speed, response_format: "mp3" };
			const response = await send("/v1/audio/speech", asked, { signal: sample.stop.signal });
			const sound = await response.blob();
			if (this.#sample !== sample) return;
			this.#sound.src = URL.createObjectURL(sound);
			pressed.removeAttribute("aria-busy");
			announce("Playing");
			await this.#sound.play();
		} catch (error) {
			if (this.#sample === sample) this.#stopSample();
			if (!isAborted(error)) showError(error, [], place);
		}
	}

	#stopSample() {
		this.#sound.pause();
		if (this.#sound.src.startsWith("blob:")) URL.revokeObjectURL(this.#sound.src);
		const { pressed, stop } = this.#sample ?? {};
		this.#sample = null;
		stop?.abort();
		pressed?.removeAttribute("aria-busy");
		if (pressed) this.#mark(pressed, "play");
	}

	#mark(pressed, name) {
		pressed.querySelector("svg")?.replaceWith(icon(name));
	}
}
