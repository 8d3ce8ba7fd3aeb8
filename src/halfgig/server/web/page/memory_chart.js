// Draws memory over the last hour, stacked by process, against the limit, with events.
import { announce, fill, make, on } from "./dom.js";
import { clock } from "./text.js";

const [WIDTH, HEIGHT] = [1000, 300];
const [SHORTEST_S, SPAN_S] = [600, 3600];
const ORDER = ["supervisor", "web", "worker"]; // from the bottom; cells are on top
const GAP_S = 60; // a longer gap: the server was down

/** Sum the processes of an entry by the areas of the chart. */
export function sharesOf(processes) {
	const shares = { supervisor: 0, web: 0, worker: 0, cells: 0 };
	for (const [name, mb] of Object.entries(processes)) shares[ORDER.find((each) => name.startsWith(each)) ?? "cells"] += mb;
	return shares;
}

/** The chart. */
export class MemoryChart {
	#entries = [];
	#marks = [];

	constructor(svg, readout) {
		this.svg = svg;
		this.readout = readout;
		this.cursor = null;
		on(svg, "pointermove", (event) => this.#point(event.offsetX / svg.clientWidth));
		on(svg, "pointerleave", () => { this.cursor = null; this.#drawCursor(); });
		on(svg, "keydown", (event) => this.#step(event));
	}

	draw({ history, marks }, now = Date.now() / 1000) {
		this.now = now;
		this.#entries = history.map((each) => ({ ...each, shares: sharesOf(each.processes) }));
		this.#marks = marks;
		this.span = Math.min(SPAN_S, Math.max(SHORTEST_S, now - (history[0]?.at ?? now)));
		const limit = history.at(-1)?.limit_mb ?? 512;
		this.most = Math.max(limit * 1.06, ...history.map((each) => each.used_mb));
		this.limit = limit;
		this.step = limit > 2048 ? 1024 : limit > 600 ? 256 : 128;
		fill(this.svg, this.#grid(), this.#areas(), this.#limitLine(), this.#marked(), make("g", { class: "cursor" }));
		this.#drawCursor();
	}

	rows() {
		const rows = [];
		for (let back = 0; back <= this.span; back += 300) {
			const at = this.now - back;
			const near = this.#entries.findLast((each) => each.at <= at && each.at > at - 300);
			if (near) rows.push(near);
		}
		return rows;
	}

	#x(at) {
		return WIDTH * (1 - (this.now - at) / this.span);
	}

	#y(mb) {
		return HEIGHT * (1 - mb / this.most);
	}

	#grid() {
		const step = this.step;
		const lines = [];
		for (let mb = step; mb < this.limit; mb += step) lines.push(make("line", { class: "grid", x1: 0, x2: WIDTH, y1: this.#y(mb), y2: this.#y(mb) }));
		return lines;
	}

	#areas() {
		const names = [...ORDER, "cells"];
		return names.flatMap((name, level) => this.#runs().map((run) => {
			const edge = (each, upTo) => this.#y(names.slice(0, upTo).reduce((sum, part) => sum + each.shares[part], 0)).toFixed(1);
			const above = run.map((each) => `${this.#x(each.at).toFixed(1)},${edge(each, level + 1)}`);
			const below = run.toReversed().map((each) => `${this.#x(each.at).toFixed(1)},${edge(each, level)}`);
			return make("path", { class: `area is-${name}`, d: `M${above.join("L")}L${below.join("L")}Z` });
		}));
	}

	#runs() {
		const runs = [];
		let last = -Infinity;
		for (const each of this.#entries) {
			if (each.at - last > GAP_S) runs.push([]);
			runs.at(-1).push(each);
			last = each.at;
		}
		return runs.filter((run) => run.length > 1);
	}

	#limitLine() {
		return make("line", { class: "limit", x1: 0, x2: WIDTH, y1: this.#y(this.limit), y2: this.#y(this.limit) });
	}

	#marked() {
		return this.#marks.map((mark) => {
			const x = this.#x(mark.at);
			const kind = mark.kind.replace(/\s+/g, "-");
			return make("g", { class: `mark is-${kind}` }, make("line", { x1: x, x2: x, y1: 0, y2: HEIGHT }), make("title", { text: mark.text }));
		});
	}

	#point(share) {
		const at = this.now - this.span * (1 - share);
		let nearest = null;
		for (const each of this.#entries) if (!nearest || Math.abs(each.at - at) < Math.abs(nearest.at - at)) nearest = each;
		this.cursor = nearest && Math.abs(nearest.at - at) < GAP_S ? nearest : null;
		this.#drawCursor();
	}

	#step(event) {
		const by = { ArrowLeft: -12, ArrowRight: 12, Home: -Infinity, End: Infinity }[event.key];
		if (by === undefined || !this.#entries.length) return;
		event.preventDefault();
		const last = this.#entries.length - 1;
		const from = this.cursor ? this.#entries.findIndex((each) => each.at === this.cursor.at) : last + 12;
		this.cursor = this.#entries[Math.min(last, Math.max(0, from + by))];
		this.#drawCursor();
		announce(this.readout.textContent);
	}

	#drawCursor() {
		const place = this.svg.querySelector(".cursor");
		if (!place) return;
		const entry = this.cursor ?? this.#entries.at(-1);
		const x = entry && this.#x(entry.at);
		fill(place, this.cursor && make("line", { x1: x, x2: x, y1: 0, y2: HEIGHT }));
		this.readout.textContent = entry ? said(entry, this.cursor ? this.now : null) : "";
	}
}

function said(entry, now) {
	const parts = Object.entries(entry.shares).map(([name, mb]) => `${name} ${Math.round(mb)}`);
	const when = now === null ? "Now" : `${clock(now - entry.at)} min ago`;
	return `${when}: ${parts.join(", ")} MB; ${Math.round(entry.used_mb)} of ${entry.limit_mb} MB in use`;
}
