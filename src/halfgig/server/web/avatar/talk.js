// One thing that is said: received, played, and followed on the audio clock.
import { pause } from "./connection.js";
import { Playback } from "./playback.js";
import { receive } from "./speech.js";
import { Stretches } from "./stretches.js";
import { Timeline } from "./timeline.js";

const MOST_AHEAD_S = 30; // of a long text, nothing more is asked for
const LINE = 84; // characters of a caption
const SILENT = { accent: 0, untilVoice: Infinity, untilPause: 0 };

/** A text that is spoken; `on(name, detail)` hears of start and word, caption and wait. */
export class Talk {
	#stretches;
	#asking = new AbortController();
	#timeline = new Timeline();
	#words = [];
	#said = 0;
	#captioned = 0;
	#hasBegun = false;

	constructor(source, context, output, on) {
		this.on = on;
		this.playback = new Playback(context, output);
		this.#stretches = new Stretches(source);
	}

	/** Speak all of it; return "done" or "stopped".  Throws `AvatarError`, or what the source threw. */
	async run(connection, voice) {
		const { signal } = this.#asking;
		try {
			for (let input = await this.#stretches.next(); input && !signal.aborted; input = await this.#stretches.next()) {
				await receive(connection, { ...voice, input }, this.#taking(this.playback.duration), signal);
				while (this.playback.ahead() > MOST_AHEAD_S) await Promise.race([pause(500), this.playback.ended]);
			}
			this.playback.close();
			await this.playback.ended;
		} catch (error) {
			if (!signal.aborted) {
				this.stop();
				throw error;
			}
		}
		this.follow();
		return signal.aborted ? "stopped" : "done";
	}

	/** Fall silent, and let the server stop. */
	stop() {
		this.#asking.abort();
		this.#stretches.stop();
		this.playback.stop();
	}

	/** Report what is heard now. */
	follow() {
		const seconds = this.playback.position();
		if (seconds === null) return;
		if (!this.#hasBegun) this.on("start", {});
		this.#hasBegun = true;
		while (this.#words[this.#said]?.start <= seconds) {
			if (this.#said >= this.#captioned) this.#caption();
			this.on("word", this.#words[this.#said]);
			this.#said += 1;
		}
	}

	/** Return { mouth, cue } of the moment that is heard; without a mouth where nothing is. */
	look() {
		const seconds = this.playback.position();
		if (seconds === null) return { mouth: null, cue: SILENT };
		this.#timeline.forget(seconds);
		return { mouth: this.#timeline.at(seconds), cue: this.#timeline.cue(seconds) };
	}

	#taking(begin) {
		return {
			words: (words) => this.#words.push(...words.map(([text, start, end]) => ({ text, start: begin + start, end: begin + end }))),
			poses: (start, ...rows) => this.#timeline.add(begin + start, ...rows),
			sound: (samples) => this.playback.push(samples),
			wait: (error) => this.on("wait", error),
		};
	}

	#caption() {
		let text = "";
		let next = this.#captioned;
		while (next < this.#words.length && text.length + this.#words[next].text.length <= LINE && !/[.!?…。]$/.test(text)) {
			text += `${text && " "}${this.#words[next].text}`;
			next += 1;
		}
		this.#captioned = Math.max(next, this.#said + 1);
		this.on("caption", text || this.#words[this.#said].text);
	}
}
