// Shows who runs the server how its memory does, what waits, what the plan says, and the log lines that matter.
import { ask, askJson } from "./api.js";
import { byId, fill, isStopped, make, pause } from "./dom.js";
import { MemoryChart } from "./memory_chart.js";
import { calm, complain } from "./notice.js";
import { planSaid } from "./plan_words.js";
import { duration, plural } from "./text.js";

const EVERY_MS = 5000;
const PRESSURES = { calm: "All calm", high: "High: nothing new is admitted", last: "At the last mark: the busy cell ends" };
const STATUSES = [["in_progress", "being made"], ["queued", "waiting"], ["completed", "done"], ["failed", "failed"], ["cancelled", "cancelled"]];

/** The operator's view; it asks only while it is shown. */
export class Operate {
  #stop = null;

  constructor() {
    this.chart = new MemoryChart(byId("memory-chart"), byId("memory-readout"));
    this.place = byId("operate-notices");
    byId("log-level").addEventListener("change", () => this.#showLog());
    this.lines = [];
  }

  /** Begin to look, again and again. */
  async show() {
    this.hide();
    const stop = new AbortController();
    this.#stop = stop;
    for (;;) {
      try {
        if (!document.hidden) await this.#look(stop.signal);
        calm(this.place);
      } catch (error) {
        if (isStopped(error)) return;
        complain(error, [], this.place);
      }
      try {
        await pause(EVERY_MS, stop.signal);
      } catch {
        return;
      }
    }
  }

  /** Look no more. */
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
    this.#showMarks(memory.marks);
    fill(byId("plan-said"), planSaid(plan).map((text) => make("p", { text })));
    this.lines = log.data;
    this.#showLog();
  }

  #showNow({ now }, videos) {
    if (!now) return void (byId("now-used").textContent = "No guard looks after this server");
    const share = now.used_mb / now.limit_mb;
    byId("now-used").textContent = `${Math.round(now.used_mb)} of ${now.limit_mb.toLocaleString("en")} MB`;
    byId("now-bar").value = Math.min(1, share);
    byId("now-bar").setAttribute("aria-valuetext", `${Math.round(100 * share)} percent of the memory`);
    byId("now-pressure").textContent = now.thrashing ? "Thrashing: the kernel drops what is needed" : PRESSURES[now.pressure] ?? now.pressure;
    byId("now-pressure").className = `state is-${now.thrashing ? "last" : now.pressure}`;
    byId("now-kills").textContent = now.oom_kills ? `${plural(now.oom_kills, "process", "processes")} killed for memory` : "Nothing was killed for memory";
    const waiting = videos.queued ?? 0;
    byId("queue-now").textContent = `${(videos.in_progress ?? 0) + waiting}`;
    const said = STATUSES.filter(([status]) => videos[status]).map(([status, text]) => `${videos[status]} ${text}`);
    byId("queue-said").textContent = said.join(", ") || "No videos yet";
  }

  #showTable() {
    const rows = this.chart.rows().map((each) => make("tr", {},
      make("th", { scope: "row", text: new Date(each.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) }),
      ...Object.values(each.shares).map((mb) => make("td", { text: mb.toFixed(0) })),
      make("td", { text: each.used_mb.toFixed(0) })));
    fill(byId("memory-rows"), rows);
  }

  #showMarks(marks) {
    const recent = marks.slice(-30).toReversed();
    fill(byId("marks"), recent.length ? recent.map((mark) => make("li", { class: `mark-line is-${mark.kind.replace(/\s+/g, "-")}` },
      time(mark.at), make("span", {}, make("b", { text: mark.kind }), ` ${mark.text}`))) : make("li", { class: "empty", text: "Nothing in the last hour." }));
  }

  #showLog() {
    const only = byId("log-level").value;
    const lines = this.lines.filter((each) => !only || each.level !== "info").toReversed();
    fill(byId("log"), lines.length ? lines.map((each) => make("li", { class: `log-line is-${each.level}` },
      time(each.at), make("b", { text: each.source }), make("span", { text: each.text }))) : make("li", { class: "empty", text: only ? "No warnings." : "Nothing yet." }));
  }
}

async function counted(signal) {
  const text = await (await ask("/metrics", { signal })).text();
  const counts = {};
  for (const [, status, count] of text.matchAll(/^halfgig_videos\{status="(\w+)"\} ([\d.e+]+)$/gm)) counts[status] = Number(count);
  return counts;
}

function time(at) {
  const date = new Date(at * 1000);
  return make("time", { datetime: date.toISOString(), title: `${duration(Date.now() / 1000 - at)} ago`, text: date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" }) });
}
