// What the face does over a speech: rows of weights as the server makes them, laid over each other.

const SEEN_AHEAD_S = 0.6; // as far as the server looks for phrases
const SHORTEST_PAUSE_S = 0.18; // shorter silences are closures and joints of words
const STEP_S = 0.04;

/** The poses of one speech by its seconds. */
export class Timeline {
	#parts = [];
	#seen = 0;

	/** Add rows from `start` on; they replace those of the same time. */
	add(start, rate, names, bytes) {
		while (this.#parts.at(-1)?.start > start - 0.5 / rate) this.#parts.pop();
		this.#parts.push({ start, rate, names, bytes });
	}

	/** Return the weights at a moment by name, between the two rows around it; null before there are any. */
	at(seconds) {
		const part = this.#partAt(seconds);
		if (!part) return null;
		const place = (seconds - part.start) * part.rate - 0.5; // a row is made for the middle of its time
		const row = Math.floor(place);
		return Object.fromEntries(part.names.map((name, at) => {
			const [from = 0, to = from] = [row, row + 1].map((each) => part.bytes[Math.max(0, each) * part.names.length + at]);
			return [name, (from + (to - from) * (place - row)) / 255];
		}));
	}

	/** Return what idle motion heeds: stress since the last call, and seconds to the next voice and the next pause. */
	cue(seconds) {
		let [accent, untilVoice, untilPause, silent] = [0, Infinity, Infinity, 0];
		for (let at = this.#seen; at < seconds; at += STEP_S) accent = Math.max(accent, this.#value("accent", at));
		this.#seen = Math.max(this.#seen, seconds);
		for (let ahead = 0; ahead < SEEN_AHEAD_S; ahead += STEP_S) {
			const isVoice = this.#value("voice", seconds + ahead) > 0.5;
			if (isVoice) untilVoice = Math.min(untilVoice, ahead);
			silent = isVoice ? 0 : silent + STEP_S;
			if (silent >= SHORTEST_PAUSE_S || (ahead === 0 && silent)) untilPause = Math.min(untilPause, Math.max(0, ahead - silent + STEP_S));
		}
		return { accent, untilVoice, untilPause };
	}

	#value(name, seconds) {
		const part = this.#partAt(seconds);
		const row = Math.floor((seconds - part.start) * part.rate);
		return (part.bytes[row * part.names.length + part.names.indexOf(name)] ?? 0) / 255;
	}

	#partAt(seconds) {
		return this.#parts.findLast((part) => part.start <= seconds) ?? this.#parts[0];
	}
}
