// One thing that is said: received, played, and followed on the audio clock.
import { pause } from "./connection.js";
import { Playback } from "./playback.js";
import { receive } from "./speech.js";
import { Stretches } from "./stretches.js";
import { Timeline } from "./timeline.js";

const MOST_AHEAD_S = 30; // of a long text, nothing more is asked for
const LINE = 84; // characters of a caption

/** A text that is spoken; `on(name, detail)` hears of start and word, caption and wait. */
export class Talk {
	#asking = new AbortController();
	#timeline = new Timeline();
	#words = [];
	#said = 0;
	#captioned = 0;
	#hasBegun = false;

	constructor(source, output, on) {
		this.on = on;
		this.playback = new Playback(output);
		this.stretches = new Stretches(source);
	}

	/** Aborted once it is stopped. */
	get signal() {
		return this.#asking.signal;
	}

	/** Speak all of it; return "done" or "stopped".  Throws `AvatarError`, or what the source threw. */
	async run(connection, voice) {
		const { playback, signal } = this;
		try {
			for (let input; (input = await this.stretches.next());) {
				await receive(connection, { ...voice, input, get unheard() { return playback.ahead(); } }, this.#taking(playback.duration), signal);
				while (playback.ahead() > MOST_AHEAD_S) await pause(500, signal);
			}
			playback.close();
			await playback.ended;
			if (!signal.aborted) this.follow(Infinity);
		} catch (error) {
			this.stretches.stop();
			playback.close(); // what was made is heard
			await playback.ended;
			if (!signal.aborted) throw error;
		}
		return signal.aborted ? "stopped" : "done";
	}

	/** Fall silent, and let the server stop. */
	stop() {
		this.#asking.abort();
		this.stretches.stop();
		this.playback.stop();
	}

	/** Report what is heard now. */
	follow(seconds = this.playback.position()) {
		if (seconds === null) return;
		if (!this.#hasBegun) this.on("start");
		this.#hasBegun = true;
		for (let word; (word = this.#words[this.#said])?.start <= seconds; this.#said += 1) {
			if (this.#said >= this.#captioned) this.#caption();
			this.on("word", word);
		}
	}

	/** Return { mouth, cue } of the moment that is heard `ahead` seconds later; null where nothing is. */
	look(ahead) {
		const seconds = this.playback.position(ahead);
		const mouth = seconds === null ? null : this.#timeline.at(seconds);
		return mouth && { mouth, cue: this.#timeline.cue(seconds) };
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
		const line = [this.#words[this.#said].text];
		for (const { text } of this.#words.slice(this.#said + 1)) {
			if (/[.!?…。]$/.test(line.at(-1)) || line.join(" ").length + text.length >= LINE) break;
			line.push(text);
		}
		this.#captioned = this.#said + line.length;
		this.on("caption", line.join(" "));
	}
}
