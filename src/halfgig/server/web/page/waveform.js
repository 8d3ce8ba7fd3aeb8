// Draws speech as bars, the played part in another colour; a click seeks.
import { on } from "./dom.js";
import { RATE } from "./sound.js";
import { clock } from "./text.js";

const A_PEAK = RATE / 50; // samples
const BAR = 4; // pixels, with the gap
const SHORTEST_S = 6; // shortest time for the whole width

/** A waveform on a canvas, with slider keys. */
export class Waveform {
	#peaks = [];
	#rest = 0;
	#left = A_PEAK;

	constructor(canvas, onSeek) {
		this.canvas = canvas;
		this.duration = 0;
		this.position = 0;
		on(canvas, "pointerdown", (event) => onSeek((event.offsetX / canvas.clientWidth) * this.#span));
		on(canvas, "keydown", (event) => {
			const by = { ArrowLeft: -2, ArrowRight: 2, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity }[event.key];
			if (by === undefined) return;
			event.preventDefault();
			onSeek(Math.min(Math.max(0, this.position + by), this.duration));
		});
		new ResizeObserver(() => this.draw(this.position)).observe(canvas);
	}

	clear() {
		this.#peaks = [];
		this.#rest = 0;
		this.#left = A_PEAK;
		this.duration = 0;
		this.draw(0);
	}

	push(samples) {
		this.duration += samples.length / RATE;
		for (const sample of samples) {
			this.#rest = Math.max(this.#rest, Math.abs(sample));
			this.#left -= 1;
			if (this.#left) continue;
			this.#peaks.push(this.#rest / 32768);
			this.#rest = 0;
			this.#left = A_PEAK;
		}
	}

	get #span() {
		return Math.max(SHORTEST_S, this.duration);
	}

	draw(position) {
		this.position = position;
		const { canvas } = this;
		const [width, height, sharp] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio || 1];
		if (canvas.width !== Math.round(width * sharp)) [canvas.width, canvas.height] = [Math.round(width * sharp), Math.round(height * sharp)];
		const pen = canvas.getContext("2d");
		pen.setTransform(sharp, 0, 0, sharp, 0, 0);
		pen.clearRect(0, 0, width, height);
		const style = getComputedStyle(canvas);
		const [heard, ahead] = [style.color, style.caretColor]; // a canvas cannot use CSS variables
		const bars = Math.floor(width / BAR);
		for (let bar = 0; bar < bars; bar += 1) {
			const peak = this.#peakOf(bar, bars);
			const tall = Math.max(2, peak * height * 0.95);
			pen.fillStyle = (bar / bars) * this.#span < position ? heard : ahead;
			pen.fillRect(bar * BAR, (height - tall) / 2, BAR - 1.5, tall);
		}
		this.#setAria();
	}

	#peakOf(bar, bars) {
		const a_bar = (this.#span * RATE) / A_PEAK / bars;
		const from = Math.floor(bar * a_bar);
		let most = 0;
		for (let at = from; at < Math.max(from + 1, (bar + 1) * a_bar); at += 1) most = Math.max(most, this.#peaks[at] ?? 0);
		return Math.min(1, most * 1.3);
	}

	#setAria() {
		this.canvas.setAttribute("aria-valuemax", Math.ceil(this.duration));
		this.canvas.setAttribute("aria-valuenow", Math.floor(this.position));
		this.canvas.setAttribute("aria-valuetext", `${clock(this.position)} of ${clock(this.duration)}`);
	}
}
