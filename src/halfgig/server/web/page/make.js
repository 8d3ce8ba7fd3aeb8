// Collects everything a video is made from, sends it, and keeps it across reloads.
import { sendForm } from "./api.js";
import { byId, debounce, isAborted, on, onClick, setText, toggle } from "./dom.js";
import { clearError, showError } from "./notice.js";
import { keep, kept } from "./store.js";
import { errorText, plural, sentence, spokenSeconds } from "./text.js";

const FIRST_WORDS = "Good morning. I am a picture that learned to talk, in half a gigabyte of memory.";

/** The text and everything else a video is made from. */
export class Make {
	#sending = null;

	/** `parts` are portrait, voices, recording and options; `onMade` gets the accepted video. */
	constructor(onMade) {
		this.onMade = onMade;
		this.words = byId("words");
		this.words.value = kept("words", FIRST_WORDS);
		const keepWords = debounce(300, () => keep("words", this.words.value));
		on(this.words, "input", () => { keepWords(); this.show(); });
		on(window, "pagehide", () => keep("words", this.words.value));
		this.lexicon = byId("lexicon");
		this.lexicon.value = kept("lexicon", "");
		on(this.lexicon, "input", () => keep("lexicon", this.lexicon.value));
		on(byId("ways"), "click", ({ target }) => this.#try(target.dataset));
		onClick("make-go", () => this.#send());
		onClick("sending-stop", () => this.#sending?.abort());
		on(this.words, "keydown", (event) => {
			if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId(document.body.dataset.view === "listen" ? "listen-go" : "make-go").click();
		});
	}

	use(parts) {
		Object.assign(this, parts);
		this.show();
	}

	show() {
		if (!this.options) return;
		const text = this.words.value;
		const count = (text.trim().match(/\S+/g) ?? []).length;
		setText("words-count", count ? plural(count, "word") : "");
		const file = this.recording.file;
		const seconds = this.options.idle || (file ? this.recording.seconds : spokenSeconds(text, this.voices.speed));
		setText("estimate", this.options.estimate({ seconds, isKokoro: this.voices.isKokoro, isRecording: Boolean(file) }));
	}

	/** Fill in an example. */
	#try({ text, lexicon }) {
		if (!text) return;
		this.words.value = text;
		if (lexicon) this.lexicon.value = lexicon;
		for (const field of [this.words, this.lexicon]) field.dispatchEvent(new Event("input"));
	}

	async #send() {
		const missing = this.#missing();
		if (missing) return void showError(missing, [], "make-notices");
		clearError("make-notices");
		this.#sending = new AbortController();
		this.#showSending(0);
		try {
			this.onMade(await sendForm("/v1/videos", this.#form(), {
				signal: this.#sending.signal,
				onSent: (share) => this.#showSending(share),
				onWait: (error, wait) => this.#showWaiting(error, wait),
			}));
		} catch (error) {
			if (!isAborted(error)) showError(error, [["Try again", () => this.#send()]], "make-notices");
		} finally {
			this.#sending = null;
			toggle(false, "sending");
			byId("make-go").disabled = false;
		}
	}

	#missing() {
		if (this.options.idle) return "";
		if (!this.recording.file && !this.words.value.trim()) {
			this.words.focus();
			return "Write a text first, or record it.";
		}
		return this.portrait.isReady ? "" : "The picture has no face yet. Choose another, place the points yourself, or use the presenter.";
	}

	#form() {
		const form = new FormData();
		if (!this.options.idle) {
			if (this.recording.file) form.append("audio", this.recording.file, this.recording.file.name || "recording");
			else form.append("prompt", this.words.value);
			if (this.voices.voice) form.append("voice", this.voices.voice);
			form.append("speed", String(this.voices.speed));
			form.append("lexicon", this.lexicon.value);
		}
		this.options.addTo(form);
		this.portrait.addTo(form);
		return form;
	}

	#showSending(share) {
		byId("make-go").disabled = true;
		toggle(true, "sending");
		setText("sending-text", share > 0 && share < 1 ? `Sending, ${Math.round(100 * share)} %…` : "Sending…");
	}

	#showWaiting(error, wait) {
		const why = error.name === "Offline" ? errorText(error) : sentence(error.message);
		setText("sending-text", `${why} Retrying in ${Math.ceil(wait / 1000)} s.`);
	}
}
