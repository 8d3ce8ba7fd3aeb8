// Receives speech while it is made: words, poses and sound; goes on where a lost connection broke off.
import { AvatarError, pause } from "./connection.js";

/** Sample rate of the speech. */
export const RATE = 24_000;
const PATIENCE = 8; // attempts in a row that bring nothing
const MARKUP = /[<[]/; // such a text cannot be cut

/**
 * Receive all of a text's speech; times are in seconds from its start.
 * `take` has `words([[text, start, end]])`, `poses(start, rate, names, bytes)`, `sound(samples)` and `wait(error)`.
 */
export async function receive(connection, request, take, signal) {
	const speech = new Received(request.input, take);
	const asked = { model: "tts-1", stream_format: "sse", include: ["poses", "words"] };
	for (let [lost, had, isWhole, Decoder] = [0, 0, false, connection.decoder ?? Pcm]; !isWhole; had = speech.samples) {
		const decoder = new Decoder((samples) => speech.add(samples), RATE, signal);
		try {
			const json = { ...asked, response_format: Decoder.format, ...request, input: speech.rest(decoder) };
			for await (const { data } of connection.events("/v1/audio/speech", { json, signal })) {
				isWhole ||= data.type === "speech.audio.done";
				speech[data.type]?.(data);
			}
			await decoder.end();
			if (!isWhole) throw new AvatarError("the speech broke off");
		} catch (error) {
			decoder.close();
			lost = speech.samples > had ? 0 : lost + 1;
			if (decoder.isBroken) [isWhole, Decoder] = [false, Pcm];
			else if (!error.isPassing || lost > PATIENCE) throw error;
			take.wait(error);
			await pause(error.afterMs ?? Math.min(8000, 250 * 2 ** lost), signal);
		}
	}
}

/** Sound as it is: 16 bits a sample.  What decodes another format has the same methods. */
class Pcm {
	static format = "pcm";

	constructor(take) {
		this.take = take;
	}

	/** Hand on the samples of an event's bytes. */
	push(bytes) {
		this.take(Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32768));
	}

	/** Wait until all is handed on. */
	end() {}

	/** Hand on nothing more. */
	close() {}
}

class Received {
	samples = 0; // handed on
	#at = 0; // in the text: where this request began, and the sentence that is being received
	#next = 0;
	#begin = 0; // in samples: where this request began, and that sentence, and how far it is
	#nextBegin = 0;
	#reached = 0;
	#lastWord = -1;
	#names;
	#decoder;

	constructor(text, take) {
		Object.assign(this, { characters: [...text], isMarked: MARKUP.test(text), take });
	}

	/** Return what to ask for: all of the text, or what is not complete. */
	rest(decoder) {
		this.#decoder = decoder;
		if (!this.isMarked) [this.#at, this.#begin] = [this.#next, this.#nextBegin];
		this.#reached = this.#begin;
		return this.characters.slice(this.#at).join("");
	}

	/** Hand on what is new of the samples that follow. */
	add(samples) {
		const missing = this.#reached - this.samples; // that a lost decoder had not handed on
		this.#reached += samples.length;
		for (const part of missing > 0 ? [new Float32Array(missing), samples] : [samples.subarray(-missing)]) {
			this.samples += part.length;
			if (part.length) this.take.sound(part);
		}
	}

	error({ error: { message, code } }) {
		throw new AvatarError(message, { status: 502, code });
	}

	"speech.audio.words"({ offset, start: begin, words }) {
		[this.#next, this.#nextBegin] = [this.#at + offset, this.#begin + Math.round(begin * RATE)];
		const said = words.map(([text, ...span]) => [text, ...span.slice(0, 2).map((each) => each + this.#begin / RATE)]);
		const kept = said.filter(([, start]) => start > this.#lastWord);
		this.#lastWord = kept.at(-1)?.[1] ?? this.#lastWord;
		this.take.words(kept);
	}

	"speech.poses.delta"({ start, rate, names, weights }) {
		this.#names = names ?? this.#names;
		this.take.poses(this.#begin / RATE + start, rate, this.#names, bytesOf(weights));
	}

	"speech.audio.delta"({ audio }) {
		this.#decoder.push(bytesOf(audio));
	}
}

function bytesOf(base64) {
	return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
