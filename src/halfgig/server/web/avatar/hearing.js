// Lips from any sound, by the rules of the server's audio-driven mouth: loudness opens it, the spectrum shapes it.
// This module is loaded by the page and by its audio thread, where it registers the processor: a page's policy need not
// allow scripts from anywhere else.

const PROCESSOR = "halfgig-hearing";
const WINDOW_S = 0.043;
const HOP_S = 0.02;
const DELAY_S = 0.06; // of sound that is played: the lips need as long
const [RANGE_DB, FLOOR_DB, HISS_RANGE_DB, FALL_DB_A_SECOND] = [20, -52, 14, 2];

/** What a sound's spectrum says, frame after frame: weights of the mouth, whether a voice sounds, and stress. */
export class Listener {
	#mouth = [0, 0, 0, 0]; // jawOpen, stretch, pucker, upperUp
	#usual = -30;
	#quiet = 1;

	constructor(rate) {
		this.rate = rate;
		this.size = 2 ** Math.round(Math.log2(WINDOW_S * rate));
		this.window = Float32Array.from({ length: this.size }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / (this.size - 1)));
	}

	/** Return the frame of the `size` newest samples. */
	hear(samples) {
		const power = powerOf(samples.map((each, at) => each * this.window[at]));
		const { level, centroid, hissLevel, hissShare } = this.#features(power);
		this.#usual = Math.max(this.#usual - FALL_DB_A_SECOND * HOP_S, Math.min(level, this.#usual + 3), FLOOR_DB + RANGE_DB);
		const openness = share(1 - (this.#usual - level) / RANGE_DB) ** 1.6;
		const hiss = share((hissShare - 0.35) / 0.3) * share(3 - (3 * (this.#usual - hissLevel)) / HISS_RANGE_DB);
		const bright = Math.max(-1, Math.min(1, (centroid - 1150) / 550));
		const much = Math.min(1, 2 * openness);
		const vowel = [0.85 * openness, Math.max(0, 0.5 * bright) * much, Math.max(0, -bright - 0.2) * much, openness > 0.05 ? 0.4 : 0];
		const goal = [0.12, 0.25, 0, 0.9].map((each, at) => vowel[at] + (each - vowel[at]) * hiss);
		const step = 1 - (goal[0] > this.#mouth[0] ? 0.25 : 0.5) ** (HOP_S / 0.04);
		this.#mouth = this.#mouth.map((each, at) => each + (goal[at] - each) * step);
		const accent = this.#quiet > 0.12 && openness > 0.5 ? openness : 0;
		this.#quiet = openness > 0.5 ? 0 : this.#quiet + HOP_S;
		const [jawOpen, stretch, mouthPucker, upper] = this.#mouth[0] > 0.01 ? this.#mouth : [0, 0, 0, 0];
		const weights = {
			jawOpen, mouthPucker, mouthStretchLeft: stretch, mouthStretchRight: stretch, mouthUpperUpLeft: upper, mouthUpperUpRight: upper,
		};
		return { weights, isVoice: Math.max(openness, hiss) > 0.08, accent };
	}

	#features(power) {
		const scale = 1 / (this.size / 4) ** 2;
		const sum = (from, to, of) => {
			let all = 0;
			for (let bin = Math.ceil((from * this.size) / this.rate); bin < (to * this.size) / this.rate && bin < power.length; bin += 1) all += of(power[bin] * scale, bin);
			return all;
		};
		const loud = sum(150, 4000, (each) => each);
		const hissing = sum(4500, 11_000, (each) => each);
		const hertz = sum(150, 4000, (each, bin) => (Math.sqrt(each) * bin * this.rate) / this.size);
		const decibels = (each) => 10 * Math.log10(each + 1e-12);
		return {
			level: decibels(sum(600, 3200, (each) => each)),
			centroid: hertz / Math.max(sum(150, 4000, Math.sqrt), 1e-9),
			hissLevel: decibels(hissing),
			hissShare: hissing / (loud + hissing + 1e-12),
		};
	}
}

const share = (value) => Math.max(0, Math.min(1, value));

/** Return the squared magnitudes of the Fourier transform of real samples; their number is a power of two. */
function powerOf(real) {
	const size = real.length;
	const imaginary = new Float32Array(size);
	for (let at = 1, swap = 0; at < size; at += 1) {
		let bit = size >> 1;
		for (; swap & bit; bit >>= 1) swap ^= bit;
		swap ^= bit;
		if (at < swap) [real[at], real[swap]] = [real[swap], real[at]];
	}
	for (let half = 1; half < size; half *= 2) {
		for (let turn = 0; turn < half; turn += 1) {
			const [c, s] = [Math.cos((Math.PI * turn) / half), -Math.sin((Math.PI * turn) / half)];
			for (let a = turn, b = turn + half; b < size; a += 2 * half, b += 2 * half) {
				const [x, y] = [real[b] * c - imaginary[b] * s, real[b] * s + imaginary[b] * c];
				[real[b], imaginary[b]] = [real[a] - x, imaginary[a] - y];
				[real[a], imaginary[a]] = [real[a] + x, imaginary[a] + y];
			}
		}
	}
	return real.slice(0, size / 2 + 1).map((each, at) => each * each + imaginary[at] * imaginary[at]);
}

if (globalThis.registerProcessor) {
	registerProcessor(PROCESSOR, class extends AudioWorkletProcessor {
		#listener = new Listener(sampleRate);
		#samples = new Float32Array(this.#listener.size);
		#fresh = 0;

		process([[...channels]]) {
			if (!channels.length) return true;
			const block = channels[0].map((each, at) => channels.reduce((sum, channel) => sum + channel[at], 0) / channels.length);
			this.#samples.copyWithin(0, block.length);
			this.#samples.set(block, this.#samples.length - block.length);
			this.#fresh += block.length;
			if (this.#fresh >= HOP_S * sampleRate) {
				this.#fresh -= HOP_S * sampleRate;
				this.port.postMessage(this.#listener.hear(this.#samples));
			}
			return true;
		}
	});
}

let context = null; // of its own: a stream's rate is the device's
const outputs = new WeakMap(); // an element's sound can be taken once

/** Listens to a MediaStream, or to an audio or video element, which goes on sounding. */
export class Hearing {
	#node = null;
	#source;

	#latest = null;

	/** Begin. */
	async start(source) {
		context ??= new AudioContext();
		await context.audioWorklet.addModule(import.meta.url);
		context.resume();
		this.#node = new AudioWorkletNode(context, PROCESSOR, { numberOfOutputs: 0 });
		this.#node.port.onmessage = ({ data }) => { this.#latest = data; };
		this.#source = source instanceof MediaStream ? new MediaStreamAudioSourceNode(context, { mediaStream: source }) : soundOf(source);
		this.#source.connect(this.#node);
		return this;
	}

	stop() {
		this.#source?.disconnect(this.#node);
		this.#node?.port.close();
	}

	/** Return { mouth, cue } of what is heard now, or null before anything is. */
	look() {
		if (!this.#latest) return null;
		const { weights, isVoice, accent } = this.#latest;
		return { mouth: weights, cue: { accent, untilVoice: isVoice ? 0 : Infinity, untilPause: isVoice ? Infinity : 0 } };
	}
}

function soundOf(element) {
	if (!outputs.has(element)) {
		const node = new MediaElementAudioSourceNode(context, { mediaElement: element });
		node.connect(new DelayNode(context, { delayTime: DELAY_S })).connect(context.destination);
		outputs.set(element, node);
	}
	return outputs.get(element);
}
