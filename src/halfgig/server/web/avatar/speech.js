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
	for (let lost = 0; ; lost += 1) {
		const before = speech.samples;
		let isWhole = false;
		try {
			const json = {
				model: "tts-1", response_format: "pcm", stream_format: "sse", include: ["poses", "words"],
				...request, input: speech.rest(),
			};
			for await (const { data } of connection.events("/v1/audio/speech", { json, signal })) {
				if (data.type === "speech.audio.done") isWhole = true;
				else if (data.type === "error") throw new AvatarError(data.error.message, { status: 502, code: data.error.code });
				speech.add(data);
			}
			if (isWhole) return;
			throw new AvatarError("the speech broke off in the middle");
		} catch (error) {
			if (speech.samples > before) lost = 0;
			if (!error.isPassing || lost >= PATIENCE) throw error;
			take.wait(error);
			await pause(error.afterMs ?? Math.min(8000, 250 * 2 ** lost), signal);
		}
	}
}

class Received {
	#text;
	#take;
	#names = [];
	#at = 0; // in the text: where the part begins that is being received, and behind its last word
	#next = 0;
	#begin = 0; // in samples: where that part begins, where this request began, what it has brought
	#offset = 0;
	#brought = 0;
	#lastWord = -1;
	#odd = "";

	constructor(text, take) {
		this.#text = text;
		this.#take = take;
		this.samples = 0; // handed on
	}

	/** Return what to ask for: all of the text, or what is not complete. */
	rest() {
		if (MARKUP.test(this.#text)) this.#at = this.#begin = 0;
		this.#offset = this.#begin;
		this.#next = this.#at;
		this.#brought = 0;
		this.#odd = "";
		return this.#text.slice(this.#at);
	}

	add(data) {
		const offset = this.#offset / RATE;
		if (data.type === "speech.audio.words") this.#words(data.words, offset);
		else if (data.type === "speech.poses.delta") {
			this.#names = data.names ?? this.#names;
			this.#take.poses(offset + data.start, data.rate, this.#names, bytesOf(data.weights));
		} else if (data.type === "speech.audio.delta") this.#sound(data.audio);
	}

	#words(words, offset) {
		this.#at = Math.max(this.#at, this.#text.indexOf(words[0][0], this.#next));
		for (const [text] of words) {
			const place = this.#text.indexOf(text, this.#next);
			if (place >= 0) this.#next = place + text.length;
		}
		this.#begin = this.#offset + this.#brought;
		const fresh = words.map(([text, start, end]) => [text, offset + start, offset + end]);
		const kept = fresh.filter(([, start]) => start > this.#lastWord);
		this.#lastWord = kept.at(-1)?.[1] ?? this.#lastWord;
		if (kept.length) this.#take.words(kept);
	}

	#sound(base64) {
		const letters = this.#odd + atob(base64);
		this.#odd = letters.length % 2 ? letters.at(-1) : "";
		const count = letters.length >> 1;
		const known = Math.max(0, Math.min(count, this.samples - this.#offset - this.#brought));
		this.#brought += count;
		const samples = new Float32Array(count - known);
		for (let at = known; at < count; at += 1) {
			const value = letters.charCodeAt(2 * at) | (letters.charCodeAt(2 * at + 1) << 8);
			samples[at - known] = ((value << 16) >> 16) / 32768;
		}
		this.samples += samples.length;
		if (samples.length) this.#take.sound(samples);
	}
}

function bytesOf(base64) {
	return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
