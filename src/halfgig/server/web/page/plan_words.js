// Puts the server's memory plan into words.
import { duration } from "./text.js";

/** Say a plan in sentences. */
export function planSaid(plan) {
	const speaker = plan.speaker === "kokoro" ? "Kokoro" : "espeak-ng";
	const cells = plan.together ? "Speech and video are made side by side." : "Speech and video take turns in memory.";
	const times = plan.seconds?.[plan.speaker];
	const pace = times && `Ten seconds of speech take about ${duration(times.speech)}, ten seconds of video about ${duration(times.video)}.`;
	return [
		`This server keeps to ${plan.limit_mb.toLocaleString("en")} MB (${plan.limit_source}) and has ${cpus(plan.cpus)}. ${speaker} speaks.`,
		`${processes(plan.processes)}. For the cells, which do the work, ${plan.cells_mb} MB are left; ${plan.reserve_mb} MB stay free for the kernel and the unforeseen.`,
		`${cells} Frames of up to ${plan.largest_size.toLocaleString("en")} pixels fit.`,
		pace,
		`From ${plan.high_watermark_mb} MB on nothing new is admitted and idle cells end; from ${plan.critical_watermark_mb} MB on the busy cell ends, and its job goes on from its last frame or sentence.`,
	].filter(Boolean);
}

function processes(shares) {
	const parts = Object.entries(shares).map(([name, mb]) => `${name} ${mb} MB`);
	const last = parts.pop();
	return `Always there: ${parts.length ? `${parts.join(", ")} and ` : ""}${last}`;
}

function cpus(count) {
	if (count === 1) return "one processor";
	return count < 1 ? `${Number(count.toPrecision(2))} of a processor` : `${Number(count.toPrecision(3))} processors`;
}
