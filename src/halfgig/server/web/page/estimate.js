// Estimates the time and memory a video takes, from the server's plan.
import { duration } from "./text.js";

const PLAIN_SIZE = 512; // longer side in pixels that the server's figures are for

/** Return the seconds it takes to make `seconds` of video with an animator; null if unknown. */
export function makingSeconds(plan, animator, { seconds, size = PLAIN_SIZE, isKokoro = false, isRecording = false }) {
	if (!animator?.seconds_per_second) return null;
	const area = Math.max(1, (size / PLAIN_SIZE) ** 2);
	const speech = plan.seconds?.[isKokoro ? "kokoro" : "espeak"]?.speech ?? 0;
	return 1.2 / Math.min(1, plan.cpus) + seconds * animator.seconds_per_second * area + (isRecording ? 0 : (seconds * speech) / 10);
}

/** Return what an animator takes, as a line of text. */
export function animatorText(plan, animator, video) {
	const takes = makingSeconds(plan, animator, { ...video, seconds: 10 });
	const cost = `${takes ? `10 s of video in about ${duration(takes)}, ` : ""}${animator.private_mb} MB of memory`;
	if (!animator.fits) return `${cost}: too much for this server's ${plan.limit_mb} MB.`;
	return animator.is_here ? cost : `${cost}. Not installed; the operator can install it: halfgig pull ${animator.name}`;
}

/** Return what the current video takes. */
export function videoText(plan, animator, video) {
	if (!video.seconds) return "";
	const long = `About ${duration(video.seconds)} of video`;
	const takes = plan && makingSeconds(plan, animator, video);
	if (!takes) return `${long}.`;
	return `${long}, made in about ${duration(takes)}.`;
}
