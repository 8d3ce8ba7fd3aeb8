// Describes the server's memory plan in sentences.
import { duration } from "./text.js";

/** Return a plan as sentences. */
export function planText(plan) {
	const speaker = plan.speaker === "kokoro" ? "Kokoro" : "espeak-ng";
	const cells = plan.together ? "Speech and video are made at the same time." : "Speech and video are made one after the other.";
	const times = plan.seconds?.[plan.speaker];
	const pace = times && `Ten seconds of speech take about ${duration(times.speech)}, ten seconds of video about ${duration(times.video)}.`;
	return [
		`This server keeps within ${plan.limit_mb.toLocaleString("en")} MB (${plan.limit_source}) and has ${cpus(plan.cpus)}. ${speaker} speaks.`,
		`${processes(plan.processes)}. The cells, which do the work, may use ${plan.cells_mb} MB; ${plan.reserve_mb} MB stay free as a reserve.`,
		`${cells} Frames of up to ${plan.largest_size.toLocaleString("en")} pixels fit.`,
		pace,
		`Above ${plan.high_watermark_mb} MB nothing new is admitted and idle cells stop; above ${plan.critical_watermark_mb} MB the busy cell stops, and its job resumes later.`,
	].filter(Boolean);
}

function processes(shares) {
	const parts = Object.entries(shares).map(([name, mb]) => `${name} ${mb} MB`);
	const last = parts.pop();
	return `Always running: ${parts.length ? `${parts.join(", ")} and ` : ""}${last}`;
}

function cpus(count) {
	if (count === 1) return "one processor";
	return count < 1 ? `${Number(count.toPrecision(2))} of a processor` : `${Number(count.toPrecision(3))} processors`;
}
