// Says beforehand what a video takes of time and memory, from the server's own plan.
import { duration } from "./text.js";

const PLAIN_SIZE = 512; // pixels of the longer side that the server's figures are for

/** Give how long `seconds` of video take to make with one of the plan's animators, in seconds; null where it is not known. */
export function makingSeconds(plan, animator, { seconds, size = PLAIN_SIZE, isKokoro = false, isRecording = false }) {
	if (!animator?.seconds_per_second) return null;
	const area = Math.max(1, (size / PLAIN_SIZE) ** 2);
	const speech = plan.seconds?.[isKokoro ? "kokoro" : "espeak"]?.speech ?? 0;
	return 1.2 / Math.min(1, plan.cpus) + seconds * animator.seconds_per_second * area + (isRecording ? 0 : (seconds * speech) / 10);
}

/** Say what one animator takes, in a line that stands beside it. */
export function animatorSaid(plan, animator, wish) {
	const takes = makingSeconds(plan, animator, { ...wish, seconds: 10 });
	const cost = `${takes ? `10 s of video in about ${duration(takes)}, ` : ""}${animator.private_mb} MB of memory`;
	if (!animator.fits) return `${cost}: more than this server's ${plan.limit_mb} MB have room for.`;
	return animator.is_here ? cost : `${cost}. It is not here yet; whoever runs the server can fetch it: halfgig pull ${animator.name}`;
}

/** Say what the video that is being written takes. */
export function videoSaid(plan, animator, wish) {
	if (!wish.seconds) return "";
	const long = `About ${duration(wish.seconds)} of video`;
	const takes = plan && makingSeconds(plan, animator, wish);
	if (!takes) return `${long}.`;
	return `${long}, ready in about ${duration(takes)}.`;
}
