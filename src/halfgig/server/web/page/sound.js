// Plays speech with WebAudio while it arrives.

/** Sample rate of the speech. */
export const RATE = 24_000;
const AHEAD_S = 0.05; // delay before a scheduled sound

/** Sound that grows while it is played. */
export class Sound {
	#context = null;
	#chunks = [];
	#playing = new Set();
	#anchors = [];
	#next = 0;
	#base = 0;

	constructor() {
		this.duration = 0;
		this.isPlaying = false;
	}

	/** Start or resume; must be called from a user action. */
	async play() {
		this.#context ??= new AudioContext();
		this.isPlaying = true;
		await this.#context.resume();
		if (!this.#playing.size) this.#schedule(this.#base);
	}

	async pause() {
		this.isPlaying = false;
		await this.#context?.suspend();
	}

	seek(seconds) {
		this.#silence();
		this.#base = Math.min(Math.max(0, seconds), this.duration);
		if (this.isPlaying) this.#schedule(this.#base);
	}

	push(samples) {
		const chunk = { at: this.duration, samples };
		this.#chunks.push(chunk);
		this.duration += samples.length / RATE;
		if (this.isPlaying) this.#start(chunk, 0);
	}

	close() {
		this.#silence();
		this.isPlaying = false;
		this.#context?.close();
		this.#context = null;
	}

	get position() {
		const now = this.#context?.currentTime ?? 0;
		const last = this.#anchors.findLast((each) => each.when <= now);
		return last ? Math.min(last.at + now - last.when, last.until) : this.#base;
	}

	get isAtEnd() {
		return this.position >= this.duration - 0.02;
	}

	toWav() {
		const size = 2 * this.#chunks.reduce((sum, each) => sum + each.samples.length, 0);
		const head = new DataView(new ArrayBuffer(44));
		const text = (at, value) => [...value].forEach((letter, place) => head.setUint8(at + place, letter.charCodeAt(0)));
		text(0, "RIFF"); head.setUint32(4, 36 + size, true); text(8, "WAVEfmt ");
		head.setUint32(16, 16, true); head.setUint16(20, 1, true); head.setUint16(22, 1, true); // PCM, mono
		head.setUint32(24, RATE, true); head.setUint32(28, 2 * RATE, true); head.setUint16(32, 2, true); head.setUint16(34, 16, true);
		text(36, "data"); head.setUint32(40, size, true);
		return new Blob([head, ...this.#chunks.map((each) => each.samples)], { type: "audio/wav" });
	}

	#schedule(from) {
		for (const chunk of this.#chunks) {
			const end = chunk.at + chunk.samples.length / RATE;
			if (end > from) this.#start(chunk, Math.max(0, from - chunk.at));
		}
	}

	#start(chunk, skipped) {
		const { currentTime } = this.#context;
		const when = Math.max(this.#next, currentTime + AHEAD_S);
		const left = chunk.samples.length / RATE - skipped;
		const source = this.#context.createBufferSource();
		source.buffer = this.#bufferOf(chunk.samples);
		source.connect(this.#context.destination);
		source.onended = () => this.#playing.delete(source);
		source.start(when, skipped);
		this.#playing.add(source);
		this.#anchors.push({ when, at: chunk.at + skipped, until: chunk.at + skipped + left });
		this.#next = when + left;
	}

	#bufferOf(samples) {
		const buffer = this.#context.createBuffer(1, samples.length, RATE);
		const channel = buffer.getChannelData(0);
		for (let at = 0; at < samples.length; at += 1) channel[at] = samples[at] / 32768;
		return buffer;
	}

	#silence() {
		this.#base = this.position;
		for (const source of this.#playing) { source.onended = null; source.stop(); }
		this.#playing.clear();
		this.#anchors = [];
		this.#next = 0;
	}
}
