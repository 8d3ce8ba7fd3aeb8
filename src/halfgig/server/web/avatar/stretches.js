// Cuts a text, also one that a language model is still writing, into stretches that are spoken at once.

const LONGEST = 1000; // characters of a stretch: about a minute
const ENDS = /[.!?…]+["'”’»)\]]*\s+|[。！？]+[」』”）]*\s*|\n\s*/g;
const SHORT_FORM = /(?:^|[\s(])(?:\p{Lu}|\d+|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Nr|ca|bzw|etc|e\.g|i\.e|z\.B|d\.h|Mme|Sra)\.\s*$/u;

/** Return how many characters at the start of a growing text are certainly whole sentences, at most `longest`. */
export function wholeSentences(text, longest = Infinity) {
	let end = 0;
	for (const { 0: mark, index } of text.matchAll(ENDS)) {
		if (index + mark.length > longest) break;
		if (!SHORT_FORM.test(text.slice(Math.max(0, index - 12), index + mark.length))) end = index + mark.length;
	}
	return end;
}

/** The stretches of a text, or of an iterable or stream of its pieces, which is read while others are spoken. */
export class Stretches {
	#text = "";
	#isOver = false;
	#error = null;
	#wake = () => {};
	#end = () => {};

	constructor(source) {
		if (typeof source === "string") [this.#text, this.#isOver] = [source, true];
		else this.#read(source);
	}

	/** Return the next stretch as soon as a sentence is whole, or null at the end.  Throws what the source threw. */
	async next() {
		for (;;) {
			const end = this.#cut();
			if (end) {
				const taken = this.#text.slice(0, end);
				this.#text = this.#text.slice(end);
				if (taken.trim()) return taken;
			} else if (this.#isOver) {
				if (this.#error) throw this.#error;
				return null;
			} else await new Promise((resolve) => { this.#wake = resolve; });
		}
	}

	/** Ask the source for nothing more. */
	stop() {
		this.#text = "";
		this.#isOver = true;
		this.#end();
		this.#wake();
	}

	#cut() {
		const { length } = this.#text;
		if (this.#isOver && length <= LONGEST) return length;
		const whole = wholeSentences(this.#text, LONGEST);
		if (whole || length <= LONGEST) return whole;
		return this.#text.lastIndexOf(" ", LONGEST) + 1 || LONGEST;
	}

	async #read(source) {
		try {
			const each = (source[Symbol.asyncIterator] ?? source[Symbol.iterator])?.call(source) ?? readerOf(source);
			this.#end = () => each.return?.()?.catch?.(() => {});
			for (let piece = await each.next(); !piece.done && !this.#isOver; piece = await each.next()) {
				this.#text += piece.value;
				this.#wake();
			}
		} catch (error) {
			this.#error = error;
		}
		this.#isOver = true;
		this.#wake();
	}
}

function readerOf(stream) {
	const reader = stream.getReader(); // streams are not iterable everywhere
	return { next: () => reader.read(), return: () => reader.cancel() };
}
