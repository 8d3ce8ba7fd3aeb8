// Plays sound on the audio clock while it arrives, and says which moment of it is heard.
import { RATE } from "./speech.js";

const AHEAD_S = 0.06; // before the first sample, and after a gap
const FADE_S = 0.02;

let shared;

/** Return the context in which all avatars of a page are heard; at the rate of the speech, so that parts join. */
export function sharedContext() {
	shared ??= new AudioContext({ sampleRate: RATE });
	return shared;
}

function heardAt(context) {
	const { contextTime, performanceTime } = context.getOutputTimestamp();
	const [heard, latest] = [contextTime + (performance.now() - performanceTime) / 1000, context.currentTime];
	const isSane = contextTime > 0 && Math.abs(latest - heard) < 1; // not so where the clock stood still
	return isSane ? Math.min(heard, latest) : latest - (context.outputLatency || 0);
}

/** The sound of one speech. */
export class Playback {
	duration = 0;
	#context;
	#gain;
	#sources = new Set();
	#anchors = []; // from when on which second is heard, until when
	#isWhole = false;

	constructor(output) {
		this.#context = output.context;
		this.#gain = new GainNode(output.context);
		this.#gain.connect(output);
		this.ended = new Promise((resolve) => { this.end = resolve; });
	}

	/** Play more; without a gap where it comes in time. */
	push(samples) {
		const [context, buffer] = [this.#context, new AudioBuffer({ length: samples.length, sampleRate: RATE })];
		buffer.copyToChannel(samples, 0);
		const source = new AudioBufferSourceNode(context, { buffer });
		source.connect(this.#gain);
		let anchor = this.#anchors.at(-1);
		if (!anchor || anchor.until < context.currentTime) {
			const when = context.currentTime + AHEAD_S;
			this.#anchors.push(anchor = { when, at: this.duration, until: when });
		}
		source.start(anchor.until);
		anchor.until += buffer.duration;
		this.duration += buffer.duration;
		this.#sources.add(source);
		source.onended = () => {
			this.#sources.delete(source);
			this.#endIfOver();
		};
	}

	/** Nothing follows. */
	close() {
		this.#isWhole = true;
		this.#endIfOver();
	}

	/** Return the second of the speech that is heard, or will be `ahead` seconds later, or null where nothing is. */
	position(ahead = 0) {
		const heard = heardAt(this.#context) + ahead;
		const anchor = this.#anchors.findLast(({ when, until }) => when <= heard && heard < until);
		return anchor ? anchor.at + heard - anchor.when : null;
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
		setTimeout(() => {
			this.#sources.clear(); // also of a clock that stands still
			this.close();
		}, 2000 * FADE_S);
	}

	#endIfOver() {
		if (this.#isWhole && !this.#sources.size) this.end(this.#gain.disconnect());
	}
}
