// Speech as Opus: packets out of Ogg pages (RFC 3533, RFC 7845), decoded by the browser.

const DECODED_RATE = 48_000; // of Opus, whatever it was made of
const CONFIG = { codec: "opus", sampleRate: DECODED_RATE, numberOfChannels: 1 };
const HEAD = 27; // bytes of a page before its table of lengths
const [IS_FIRST, IS_LAST] = [2, 4];
const PIECE_S = 0.1; // handed on at once, if as much is there

/** Return what decodes Opus, or undefined where the browser cannot. */
export async function opus() {
	const found = await globalThis.AudioDecoder?.isConfigSupported(CONFIG).catch(() => null);
	return found?.supported ? Opus : undefined;
}

/** Decodes an Ogg file of one voice that arrives in pieces, sample for sample what was encoded. */
export class Opus {
	static format = "opus";
	/** Whether the browser failed to decode. */
	isBroken = false;
	#rest = new Uint8Array();
	#packet = []; // parts of one that goes on in the next page
	#headers = 2;
	#skipped = 0; // samples that the file begins with and that are not heard, and those decoded; at DECODED_RATE
	#decoded = 0;
	#granule = 0; // where the last page ends
	#end = Infinity;
	#held = [];

	/** `take` is called with samples at `rate`, a divisor of 48,000, until `signal` aborts. */
	constructor(take, rate, signal) {
		Object.assign(this, { take, rate });
		this.decoder = new AudioDecoder({
			output: (data) => this.#hold(data),
			error: () => { this.isBroken = true; },
		});
		this.decoder.configure(CONFIG);
		signal?.addEventListener("abort", () => this.close(), { once: true });
	}

	/** Decode more of the file. */
	push(more) {
		const bytes = new Uint8Array(this.#rest.length + more.length);
		bytes.set(this.#rest);
		bytes.set(more, this.#rest.length);
		let begin = 0;
		for (let end; (end = pageEnd(bytes, begin)) <= bytes.length; begin = end) this.#read(bytes.subarray(begin, end));
		this.#rest = bytes.slice(begin);
	}

	/** Wait until all is handed on. */
	async end() {
		await this.decoder.flush();
		this.#give();
		this.close();
	}

	/** Hand on nothing more. */
	close() {
		if (this.decoder.state !== "closed") this.decoder.close();
	}

	#read(page) {
		const [kind, view] = [page[5], new DataView(page.buffer, page.byteOffset)];
		if (String.fromCharCode(...page.subarray(0, 4)) !== "OggS") throw new Error("the speech is no Ogg file");
		// Another file follows where the server lost its encoder, and with it a little sound: that is asked for again.
		if (kind & IS_FIRST && this.#headers < 2) throw Object.assign(new Error("the speech broke off"), { isPassing: true });
		const granule = Number(view.getBigUint64(6, true));
		if (kind & IS_LAST) this.#end = granule;
		const lengths = page.subarray(HEAD, HEAD + page[26]);
		const whole = lengths.filter((length) => length < 255).length;
		let [at, from, step] = [HEAD + lengths.length, this.#granule, (granule - this.#granule) / (whole || 1)];
		for (const length of lengths) {
			this.#packet.push(page.subarray(at, at += length));
			if (length === 255) continue; // it goes on
			const packet = Uint8Array.from(this.#packet.splice(0).flatMap((part) => [...part]));
			if (this.#headers) this.#header(packet);
			else this.#decode(packet, from += step);
		}
		if (whole && !this.#headers) this.#granule = granule;
	}

	#header(packet) {
		this.#headers -= 1;
		if (this.#headers) this.#skipped = packet[10] + 256 * packet[11];
	}

	#decode(data, granule) {
		try {
			this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: (1e6 * granule) / DECODED_RATE, data }));
		} catch (error) {
			this.isBroken = this.decoder.state !== "closed" || this.isBroken; // or nobody listens any more
			throw error;
		}
	}

	#hold(data) {
		const samples = new Float32Array(data.numberOfFrames);
		data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
		data.close();
		const step = DECODED_RATE / this.rate; // the speech was made at `rate`: nothing in it is above half of that
		for (const sample of samples) {
			const place = this.#decoded - this.#skipped;
			if (place >= 0 && place % step === 0 && this.#decoded < this.#end) this.#held.push(sample);
			this.#decoded += 1;
		}
		if (this.#held.length >= PIECE_S * this.rate || !this.decoder.decodeQueueSize) this.#give();
	}

	#give() {
		if (this.#held.length) this.take(Float32Array.from(this.#held.splice(0)));
	}
}

/** Return where the page that begins at a place ends, behind the bytes if they do not say so yet. */
function pageEnd(bytes, begin) {
	const table = begin + HEAD;
	if (bytes.length < table) return Infinity;
	const lengths = bytes.subarray(table, table + bytes[table - 1]);
	return bytes.length < table + bytes[table - 1] ? Infinity : lengths.reduce((end, length) => end + length, table + lengths.length);
}
