// Says beforehand what a video takes of time and memory, from the server's own plan.
import { duration } from "./text.js";

const PLAIN_SIZE = 512; // pixels of the longer side that the server's figures are for

/** Give how long `seconds` of video take to make with one of the plan's animators, in seconds; null where it is not known. */
export function makingSeconds(plan, animator, { seconds, size = PLAIN_SIZE, isKokoro = false, isRecording = false }) {
  if (!animator?.seconds_per_second) return null;
  const area = Math.max(1, (size / PLAIN_SIZE) ** 2);
  const speech = plan.seconds?.[isKokoro ? "kokoro" : "espeak"]?.speech ?? 0;
  return 1 + seconds * animator.seconds_per_second * area + (isRecording ? 0 : (seconds * speech) / 10);
}

/** Say what one animator takes, in a line that stands beside it. */
export function animatorSaid(plan, animator, wish) {
  if (!animator.is_here) return `Not installed on this server. ${said(animator.note)}`.trim();
  if (!animator.fits) return `Does not fit into this server's ${plan.limit_mb} MB. ${said(animator.note)}`.trim();
  const takes = makingSeconds(plan, animator, { ...wish, seconds: 10 });
  const pace = takes === null ? "" : `10 s of video in about ${duration(takes)}`;
  return [pace, animator.private_mb ? `${animator.private_mb} MB of memory` : ""].filter(Boolean).join(", ");
}

/** Say what the video that is being written takes. */
export function videoSaid(plan, animator, wish) {
  if (!wish.seconds) return "";
  const long = `About ${duration(wish.seconds)} of video`;
  const takes = plan && makingSeconds(plan, animator, wish);
  if (!takes) return `${long}.`;
  return `${long}, ready in about ${duration(takes)}.`;
}

function said(note) {
  const text = (note ?? "").trim();
  return text && text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");
}
