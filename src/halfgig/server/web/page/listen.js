// Speech alone: played from the first sentence on, with a waveform and highlighted words.
import { announce, byId, icon, isAborted, onClick, save, setText, toggle } from "./dom.js";
import { clearError, showError } from "./notice.js";
import { Reading } from "./reading.js";
import { Sound } from "./sound.js";
import { speak } from "./speech.js";
import { clock } from "./text.js";
import { Waveform } from "./waveform.js";

/** The Listen view. */
export class Listen {
	#sound = null;
	#asking = null;
	#isWhole = false;
	#frame = 0;

	constructor(make, voices) {
		Object.assign(this, { make, voices });
		this.place = "listen-notices";
		this.reading = new Reading(byId("reading"), (seconds) => this.#goTo(seconds));
		this.waveform = new Waveform(byId("waveform"), (seconds) => this.#goTo(seconds));
		onClick("listen-go", () => this.start());
		onClick("listen-pause", () => this.#playOrPause());
		onClick("listen-stop", () => this.stop());
		onClick("listen-save", () => save(this.#sound.toWav(), "speech.wav"));
		this.#show("Nothing is playing. Write a text and press Listen.");
	}

	async start() {
		const input = this.make.words.value;
		if (!input.trim()) return void showError("Write what you want to hear first.", [], this.place);
		this.stop();
		clearError(this.place);
		const asking = new AbortController();
		this.#asking = asking;
		this.#isWhole = false;
		this.#sound?.close();
		this.#sound = new Sound();
		this.#sound.play();
		this.reading.show(input);
		this.waveform.clear();
		this.#show("Waiting for the first sentence…");
		this.#draw();
		try {
			const request = { input, voice: this.voices.forSpeech, speed: this.voices.speed, lexicon: this.make.lexicon.value };
			await speak(request, (samples) => this.#heard(samples), (words) => this.reading.push(words), asking.signal);
			this.#isWhole = this.#asking === asking;
		} catch (error) {
			if (isAborted(error) || this.#asking !== asking) return;
			this.#asking = null;
			this.#show("");
			showError(error, [["Try again", () => this.start()]], this.place);
		}
		this.#show();
	}

	stop() {
		this.#asking?.abort();
		this.#asking = null;
		cancelAnimationFrame(this.#frame);
		if (!this.#sound) return;
		if (this.#sound.isPlaying) this.#sound.pause();
		this.#goTo(0);
		this.reading.mark(-1);
		this.#show(this.#isWhole ? "" : "Stopped.");
	}

	#heard(samples) {
		if (!this.waveform.duration) announce("Playing");
		this.#sound.push(samples);
		this.waveform.push(samples);
		this.#show();
	}

	async #playOrPause() {
		const sound = this.#sound;
		if (!sound) return void this.start();
		if (sound.isPlaying && !(this.#isWhole && sound.isAtEnd)) await sound.pause();
		else {
			if (sound.isAtEnd && this.#isWhole) sound.seek(0);
			await sound.play();
		}
		this.#draw();
		this.#show();
	}

	#goTo(seconds) {
		if (!this.#sound) return;
		this.#sound.seek(seconds);
		this.#mark();
	}

	#draw() {
		cancelAnimationFrame(this.#frame);
		const step = () => {
			this.#mark();
			const sound = this.#sound;
			if (sound.isPlaying && this.#isWhole && sound.isAtEnd) {
				sound.pause();
				this.#show();
				return;
			}
			if (sound.isPlaying) this.#frame = requestAnimationFrame(step);
		};
		step();
	}

	#mark() {
		const { position, duration } = this.#sound;
		this.reading.mark(position);
		this.waveform.draw(position);
		setText("listen-clock", `${clock(position)} / ${clock(duration)}`);
		const isStarved = this.#sound.isPlaying && !this.#isWhole && duration > 0 && this.#sound.isAtEnd && this.#asking;
		setText("listen-wait", isStarved ? "Waiting for more…" : "");
	}

	#show(said = null) {
		const sound = this.#sound;
		const isPlaying = Boolean(sound?.isPlaying);
		if (said !== null) setText("listen-text", said);
		else if (sound?.duration) setText("listen-text", this.#isWhole ? "" : "Playing while the rest is being made.");
		const pressed = byId("listen-pause");
		pressed.replaceChildren(icon(isPlaying ? "pause" : "play"));
		pressed.setAttribute("aria-label", isPlaying ? "Pause" : "Play");
		pressed.disabled = !sound;
		byId("listen-stop").disabled = !sound || !(isPlaying || this.#asking);
		byId("listen-save").disabled = !(this.#isWhole && sound?.duration);
		toggle(Boolean(sound), "reading");
		toggle(!sound, "reading-empty");
	}
}
