// Puts together what is to be made, sends it, and keeps all of it across reloads.
import { sendForm } from "./api.js";
import { byId, isStopped, lazily, on, onClick, say, toggle } from "./dom.js";
import { calm, complain } from "./notice.js";
import { keep, kept } from "./store.js";
import { plural, sentence, spokenSeconds, told } from "./text.js";

const FIRST_WORDS = "Good morning. I am a picture that learned to talk, in half a gigabyte of memory.";

/** The words and everything else that a video is made of. */
export class Make {
	#sending = null;

	/** `parts` are portrait, voices, recording and options; `onMade` is given the video that was accepted. */
	constructor(onMade) {
		this.onMade = onMade;
		this.words = byId("words");
		this.words.value = kept("words", FIRST_WORDS);
		const keepWords = lazily(300, () => keep("words", this.words.value));
		on(this.words, "input", () => { keepWords(); this.show(); });
		on(window, "pagehide", () => keep("words", this.words.value));
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
		say("words-count", count ? plural(count, "word") : "");
		const file = this.recording.file;
		const seconds = this.options.idle || (file ? this.recording.seconds : spokenSeconds(text, this.voices.speed));
		say("estimate", this.options.said({ seconds, isKokoro: this.voices.isKokoro, isRecording: Boolean(file) }));
	}

	async #send() {
		const missing = this.#missing();
		if (missing) return void complain(missing, [], "make-notices");
		calm("make-notices");
		this.#sending = new AbortController();
		this.#tellSending(0);
		try {
			this.onMade(await sendForm("/v1/videos", this.#form(), {
				signal: this.#sending.signal,
				onSent: (share) => this.#tellSending(share),
				onWait: (error, wait) => this.#tellWaiting(error, wait),
			}));
		} catch (error) {
			if (!isStopped(error)) complain(error, [["Try again", () => this.#send()]], "make-notices");
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
			return "Write what they should say first, or record it.";
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
		}
		this.options.addTo(form);
		this.portrait.addTo(form);
		return form;
	}

	#tellSending(share) {
		byId("make-go").disabled = true;
		toggle(true, "sending");
		say("sending-said", share > 0 && share < 1 ? `Sending, ${Math.round(100 * share)} %…` : "Sending…");
	}

	#tellWaiting(error, wait) {
		const why = error.name === "Offline" ? told(error) : sentence(error.message);
		say("sending-said", `${why} It is sent again in ${Math.ceil(wait / 1000)} s.`);
	}
}
