// A recording to lip-sync to instead of a text: from the microphone, or a file.
import { refusal } from "./camera.js";
import { announce, byId, on, onClick, setText, toggle } from "./dom.js";
import { showError } from "./notice.js";
import { keepFile, keptFile } from "./store.js";
import { bytes, clock } from "./text.js";

/** The chosen recording, if any. */
export class Recording {
	#recorder = null;
	#timer = 0;
	#isAllowed = true;

	constructor(onChange) {
		this.file = null;
		this.seconds = 0;
		this.onChange = onChange;
		this.audio = byId("sound-audio");
		this.#wire();
	}

	async restore() {
		const file = await keptFile("recording");
		if (file && !this.file) this.#use(file);
	}

	#wire() {
		const input = byId("sound-file");
		onClick("sound-pick", () => input.click());
		on(input, "change", () => { if (input.files[0]) this.#take(input.files[0]); input.value = ""; });
		onClick("sound-record", () => (this.#recorder ? this.#recorder.stop() : this.#record()));
		onClick("sound-remove", () => this.#take(null));
		on(this.audio, "loadedmetadata", () => this.#measured());
		on(byId("words-card"), "drop", (event) => {
			const file = event.dataTransfer?.files[0];
			if (!file?.type.startsWith("audio/")) return;
			event.preventDefault();
			this.#take(file);
		});
	}

	#take(file) {
		keepFile("recording", file);
		this.#use(file);
		if (!file) byId("words").focus();
	}

	#use(file) {
		if (this.audio.src.startsWith("blob:")) URL.revokeObjectURL(this.audio.src);
		this.file = file;
		this.seconds = 0;
		this.#place();
		if (file) {
			this.audio.src = URL.createObjectURL(file);
			setText("sound-name", `${file.name || "Recording"} · ${bytes(file.size)}`);
		} else this.audio.removeAttribute("src");
		this.onChange();
	}

	/** Whether a recording may replace the text: not in Listen. */
	set isAllowed(isAllowed) {
		this.#isAllowed = isAllowed;
		this.#place();
	}

	#place() {
		const isShown = Boolean(this.file) && this.#isAllowed;
		toggle(isShown, "sound");
		toggle(!isShown, "words", "words-foot", "voice-row");
	}

	#measured() {
		if (!Number.isFinite(this.audio.duration)) return; // browsers record without a length
		this.seconds = this.audio.duration;
		this.onChange();
	}

	async #record() {
		let stream;
		try {
			stream = await navigator.mediaDevices.getUserMedia({ audio: true });
		} catch (error) {
			showError(refusal(error, "microphone"), [], "words-notices");
			return;
		}
		const parts = [];
		const began = performance.now();
		const recorder = new MediaRecorder(stream);
		on(recorder, "dataavailable", (event) => parts.push(event.data));
		on(recorder, "stop", () => {
			for (const track of stream.getTracks()) track.stop();
			this.#recorder = null;
			this.#show(0);
			const type = recorder.mimeType.split(";")[0];
			this.#take(new File(parts, `Recording.${type.split("/")[1] || "webm"}`, { type }));
			this.seconds = (performance.now() - began) / 1000;
			this.onChange();
		}, { once: true });
		recorder.start(1000);
		this.#recorder = recorder;
		this.#timer = setInterval(() => this.#show((performance.now() - began) / 1000), 250);
		this.#show(0);
		announce("Recording");
	}

	#show(seconds) {
		const isOn = Boolean(this.#recorder);
		if (!isOn) clearInterval(this.#timer);
		byId("sound-record").classList.toggle("is-recording", isOn);
		setText("sound-record-text", isOn ? `Stop · ${clock(seconds)}` : "Record");
		byId("words").disabled = isOn;
	}
}
