// What the face does over a speech: rows of weights as the server makes them, laid over each other.

const LOOK_AHEAD_S = 0.6; // as far as the server looks for phrases
const SHORTEST_PAUSE_S = 0.18; // shorter silences are closures and joints of words

/** The poses of one speech by its seconds. */
export class Timeline {
	#parts = []; // { start, rate, names, rows, width }
	#seen = 0;

	/** Add rows from `start` on; they replace those of the same time. */
	add(start, rate, names, bytes) {
		while (this.#parts.length && this.#parts.at(-1).start >= start - 0.5 / rate) this.#parts.pop();
		this.#parts.push({ start, rate, names, bytes, width: names.length, count: bytes.length / names.length });
	}

	/** Return the weights at a moment by name, between the two rows around it. */
	at(seconds) {
		const part = this.#partAt(seconds);
		if (!part) return {};
		const place = (seconds - part.start) * part.rate - 0.5; // a row is made for the middle of its time
		const row = Math.floor(place);
		const [before, after] = [row, row + 1].map((each) => this.#row(part, each));
		return Object.fromEntries(part.names.map((name, at) => {
			const from = before?.(at) ?? after?.(at) ?? 0;
			return [name, from + ((after?.(at) ?? from) - from) * (place - row)];
		}));
	}

	/** Return what idle motion heeds: stress since the last call, and seconds to the next voice and the next pause. */
	cue(seconds) {
		let accent = 0;
		for (let at = this.#seen; at < seconds; at += 0.04) accent = Math.max(accent, this.#value("accent", at));
		this.#seen = Math.max(this.#seen, seconds);
		let untilVoice = Infinity;
		let untilPause = this.#isVoice(seconds) ? Infinity : 0;
		for (let ahead = 0, silent = 0; ahead < LOOK_AHEAD_S; ahead += 0.04) {
			const isVoice = this.#isVoice(seconds + ahead);
			if (isVoice) untilVoice = Math.min(untilVoice, ahead);
			silent = isVoice ? 0 : silent + 0.04;
			if (untilPause && silent >= SHORTEST_PAUSE_S) untilPause = Math.min(untilPause, ahead - silent + 0.04);
		}
		return { accent, untilVoice, untilPause };
	}

	/** Forget what is over. */
	forget(seconds) {
		while (this.#parts.length > 1 && this.#parts[1].start < seconds - 1) this.#parts.shift();
	}

	#isVoice(seconds) {
		return this.#value("voice", seconds) > 0.5;
	}

	#value(name, seconds) {
		const part = this.#partAt(seconds);
		return (part && this.#row(part, Math.floor((seconds - part.start) * part.rate))?.(part.names.indexOf(name))) ?? 0;
	}

	#partAt(seconds) {
		return this.#parts.findLast((part) => part.start <= seconds) ?? this.#parts[0];
	}

	/** Return the values of a row as a function of their place; undefined beyond the end. */
	#row(part, row) {
		if (row < 0 || row >= part.count) return undefined;
		return (at) => (part.bytes[row * part.width + at] ?? 0) / 255;
	}
}
