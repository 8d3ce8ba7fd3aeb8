// Receives speech while it is made: words, poses and sound; goes on where a lost connection broke off.
import { AvatarError, pause } from "./connection.js";

/** Sample rate of the speech. */
export const RATE = 24_000;
const PATIENCE = 8; // attempts in a row that bring nothing
const MARKUP = /[<\[]/; // such a text cannot be cut

/**
 * Receive all of a text's speech; times are in seconds from its start.
 * `take` has `words([[text, start, end]])`, `poses(start, rate, names, bytes)`, `sound(samples)` and `wait(error)`.
 */
export async function receive(connection, request, take, signal) {
	const speech = new Received(request.input, take);
	const asked = { model: "tts-1", response_format: "pcm", stream_format: "sse", include: ["poses", "words"] };
	for (let [lost, had, isWhole] = [0, 0, false]; !isWhole; had = speech.samples) {
		try {
			const json = { ...asked, ...request, input: speech.rest() };
			for await (const { data } of connection.events("/v1/audio/speech", { json, signal })) {
				if (data.type === "error") throw new AvatarError(data.error.message, { status: 502, code: data.error.code });
				isWhole ||= data.type === "speech.audio.done";
				speech[data.type]?.(data);
			}
			if (!isWhole) throw new AvatarError("the speech broke off");
		} catch (error) {
			lost = speech.samples > had ? 0 : lost + 1;
			if (!error.isPassing || lost > PATIENCE) throw error;
			take.wait(error);
			await pause(error.afterMs ?? Math.min(8000, 250 * 2 ** lost), signal);
		}
	}
}

class Received {
	samples = 0; // handed on
	#at = 0; // in the text: where the part begins that is being received, and behind its last word
	#next = 0;
	#begin = 0; // in samples: where that part begins, where this request began, and what it has brought
	#offset = 0;
	#brought = 0;
	#lastWord = -1;
	#names;
	#odd;

	constructor(text, take) {
		Object.assign(this, { text, take });
	}

	/** Return what to ask for: all of the text, or what is not complete. */
	rest() {
		if (MARKUP.test(this.text)) [this.#at, this.#begin] = [0, 0];
		[this.#offset, this.#next, this.#brought, this.#odd] = [this.#begin, this.#at, 0, ""];
		return this.text.slice(this.#at);
	}

	"speech.audio.words"({ words }) {
		this.#at = Math.max(this.#at, this.text.indexOf(words[0][0], this.#next));
		this.#begin = this.#offset + this.#brought;
		for (const [text] of words) this.#next = Math.max(this.#next, this.text.indexOf(text, this.#next) + text.length);
		const fresh = words.map(([text, ...span]) => [text, ...span.slice(0, 2).map((each) => each + this.#offset / RATE)]);
		const kept = fresh.filter(([, start]) => start > this.#lastWord);
		this.#lastWord = kept.at(-1)?.[1] ?? this.#lastWord;
		this.take.words(kept);
	}

	"speech.poses.delta"({ start, rate, names, weights }) {
		this.#names = names ?? this.#names;
		this.take.poses(this.#offset / RATE + start, rate, this.#names, bytesOf(atob(weights)));
	}

	"speech.audio.delta"({ audio }) {
		const letters = this.#odd + atob(audio);
		this.#odd = letters.length % 2 ? letters.at(-1) : "";
		const count = letters.length >> 1;
		const known = Math.max(0, Math.min(count, this.samples - this.#offset - this.#brought));
		this.#brought += count;
		const values = new Int16Array(bytesOf(letters).buffer, 2 * known, count - known);
		const samples = Float32Array.from(values, (value) => value / 32768);
		this.samples += samples.length;
		if (samples.length) this.take.sound(samples);
	}
}

function bytesOf(letters) {
	return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
