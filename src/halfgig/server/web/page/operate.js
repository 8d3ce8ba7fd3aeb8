// Shows operators the memory, the queue, the plan and the log.
import { ask, askJson } from "./api.js";
import { byId, fill, isAborted, make, on, setText, sleep } from "./dom.js";
import { MemoryChart } from "./memory_chart.js";
import { clearError, showError } from "./notice.js";
import { planText } from "./plan_words.js";
import { hour } from "./text.js";

const EVERY_MS = 5000;
const PRESSURES = { normal: "Normal", high: "High: nothing new is admitted", critical: "Critical: the busy cell is stopped" };
const STATUSES = [["in_progress", "being made"], ["queued", "waiting"], ["completed", "done"], ["failed", "failed"], ["cancelled", "cancelled"]];

/** The Operate view; it polls only while visible. */
export class Operate {
	#stop = null;

	constructor() {
		this.chart = new MemoryChart(byId("memory-chart"), byId("memory-readout"));
		this.place = "operate-notices";
		on(byId("log-level"), "change", () => this.#showLog());
		this.lines = [];
	}

	async show() {
		this.hide();
		const stop = new AbortController();
		this.#stop = stop;
		for (;;) {
			try {
				if (!document.hidden) await this.#look(stop.signal);
				clearError(this.place);
			} catch (error) {
				if (isAborted(error)) return;
				showError(error, [], this.place);
			}
			try {
				await sleep(EVERY_MS, stop.signal);
			} catch {
				return;
			}
		}
	}

	hide() {
		this.#stop?.abort();
	}

	async #look(signal) {
		const [memory, plan, log, videos] = await Promise.all([
			askJson("/v1/memory", { signal }), askJson("/v1/plan", { signal }), askJson("/v1/log?limit=200", { signal }), counted(signal),
		]);
		this.#showNow(memory, videos);
		this.chart.draw(memory);
		this.#showTable();
		setText("memory-limit", `limit, ${this.chart.limit} MB; a line every ${this.chart.step} MB`);
		setText("memory-since", `${Math.round(this.chart.span / 60)} min ago`);
		this.#showMarks(memory.marks);
		fill("plan-text", planText(plan).map((text) => make("p", { text })));
		this.lines = log.data;
		this.#showLog();
	}

	#showNow({ now }, videos) {
		if (!now) return void (setText("now-used", "No supervisor is running"));
		const share = now.used_mb / now.limit_mb;
		setText("now-used", `${Math.round(now.used_mb)} of ${now.limit_mb.toLocaleString("en")} MB`);
		byId("now-bar").value = Math.min(1, share);
		byId("now-bar").setAttribute("aria-valuetext", `${Math.round(100 * share)} percent of the memory`);
		setText("now-pressure", now.thrashing ? "Thrashing: the kernel evicts pages in use" : PRESSURES[now.pressure] ?? now.pressure);
		byId("now-pressure").className = `state is-${now.thrashing ? "critical" : now.pressure}`;
		setText("now-kills", now.oom_kills);
		const waiting = videos.queued ?? 0;
		setText("queue-now", `${(videos.in_progress ?? 0) + waiting}`);
		const said = STATUSES.filter(([status]) => videos[status]).map(([status, text]) => `${videos[status]} ${text}`);
		setText("queue-text", said.join(", ") || "No videos yet");
	}

	#showTable() {
		const rows = this.chart.rows().map((each) => make("tr", {},
			make("th", { scope: "row", text: hour(each.at) }),
			...Object.values(each.shares).map((mb) => make("td", { text: mb.toFixed(0) })),
			make("td", { text: each.used_mb.toFixed(0) })));
		fill("memory-rows", rows);
	}

	#showMarks(marks) {
		const recent = marks.slice(-30).toReversed();
		list("marks", recent.map((mark) => make("li", { class: `mark-line is-${mark.kind.replace(/\s+/g, "-")}` },
			time(mark.at), make("span", {}, make("b", { text: mark.kind }), mark.text === mark.kind ? "" : ` ${mark.text}`))), "Nothing in the last hour.");
	}

	#showLog() {
		const only = byId("log-level").value;
		const lines = this.lines.filter((each) => !only || each.level !== "info").toReversed();
		list("log", lines.map((each) => make("li", { class: `log-line is-${each.level}` },
			time(each.at), make("b", { text: each.source }), make("span", { text: each.text }))), only ? "No warnings." : "Nothing yet.");
	}
}

async function counted(signal) {
	const text = await (await ask("/metrics", { signal })).text();
	const counts = {};
	for (const [, status, count] of text.matchAll(/^halfgig_videos\{status="(\w+)"\} ([\d.e+]+)$/gm)) counts[status] = Number(count);
	return counts;
}

function list(id, lines, otherwise) {
	fill(byId(id), lines.length ? lines : make("li", { class: "empty", text: otherwise }));
}

function time(at) {
	return make("time", { datetime: new Date(at * 1000).toISOString(), text: hour(at, "2-digit") });
}
