// Plays sound on the audio clock while it arrives, and says which moment of it is heard.
import { RATE } from "./speech.js";

const AHEAD_S = 0.06; // before the first sample, and after a gap
const FADE_S = 0.02;

let shared = null;

/** Return the context in which all avatars of a page are heard; at the rate of the speech, so that parts join. */
export function sharedContext() {
	shared ??= new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
	return shared;
}

/** Return the context's time of the sound that is heard now. */
export function heardAt(context) {
	const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp?.() ?? {};
	const heard = contextTime + (performance.now() - performanceTime) / 1000;
	const latest = context.currentTime;
	const isSane = contextTime > 0 && heard <= latest + 0.1 && heard > latest - 1;
	return isSane ? Math.min(heard, latest) : latest - (context.outputLatency || context.baseLatency || 0);
}

/** The sound of one speech. */
export class Playback {
	#gain;
	#context;
	#sources = new Set();
	#anchors = []; // from when on which second is heard, until when
	#isWhole = false;

	constructor(context, output) {
		this.#context = context;
		this.#gain = new GainNode(context);
		this.#gain.connect(output);
		this.duration = 0;
		this.ended = new Promise((resolve) => { this.end = resolve; });
	}

	/** Play more; without a gap where it comes in time. */
	push(samples) {
		const context = this.#context;
		const buffer = new AudioBuffer({ length: samples.length, sampleRate: RATE });
		buffer.copyToChannel(samples, 0);
		const source = new AudioBufferSourceNode(context, { buffer });
		source.connect(this.#gain);
		const last = this.#anchors.at(-1);
		const isLate = !last || last.until < context.currentTime + 0.005;
		const when = isLate ? context.currentTime + AHEAD_S : last.until;
		if (isLate) this.#anchors.push({ when, at: this.duration, until: when });
		this.#anchors.at(-1).until = when + buffer.duration;
		this.duration += buffer.duration;
		this.#sources.add(source);
		source.onended = () => {
			this.#sources.delete(source);
			this.#endIfOver();
		};
		source.start(when);
	}

	/** Nothing follows. */
	close() {
		this.#isWhole = true;
		this.#endIfOver();
	}

	/** Return the second of the speech that is heard, or null where nothing is. */
	position(heard = heardAt(this.#context)) {
		const anchor = this.#anchors.findLast((each) => each.when <= heard);
		return anchor && heard < anchor.until ? anchor.at + heard - anchor.when : null;
	}

	/** Return the seconds that are there and were not heard. */
	ahead() {
		return Math.max(0, (this.#anchors.at(-1)?.until ?? 0) - this.#context.currentTime);
	}

	/** Fall silent by a short fade. */
	stop() {
		const { currentTime } = this.#context;
		this.#gain.gain.setTargetAtTime(0, currentTime, FADE_S / 4);
		for (const source of this.#sources) source.stop(currentTime + FADE_S);
		this.#anchors = [];
		this.close();
	}

	#endIfOver() {
		if (!this.#isWhole || this.#sources.size) return;
		this.#gain.disconnect();
		this.end();
	}
}
