// Puts a pose together: the mouth from speech or sound, idle motion, and a mood.
import { clamp } from "./numbers.js";

const SETTLING_S = 0.06; // in which a mouth that nothing moves goes two thirds of its way

/** Moods: weights that are added, and factors on pace and size of motion and on blinks, as the server's. */
export const MOODS = {
	happy: { smile: 0.55, squint: 0.3, inner: 0.05, outer: 0.12, pace: 1.15, size: 1.1 },
	serious: { frown: 0.3, squint: 0.2, down: 0.75, pace: 0.75, size: 0.7, blinks: 0.85 },
	surprised: { jaw: 0.15, wide: 0.9, inner: 0.95, outer: 0.9, size: 0.9, blinks: 0.75 },
};

/** The mouth, which follows what moves it and settles when nothing does. */
export class FollowingMouth {
	#weights = { jawOpen: 0, mouthClose: 0, mouthPucker: 0, mouthFunnel: 0 };
	#at = 0;

	/** Return the weights at a moment; `goal` is what moves it, or null. */
	at(now, goal) {
		const kept = goal ? 0 : Math.exp((this.#at - now) / SETTLING_S);
		for (const name of Object.keys({ ...this.#weights, ...goal })) this.#weights[name] = goal?.[name] ?? kept * this.#weights[name];
		this.#at = now;
		return this.#weights;
	}
}

/** Return the pose { weights, head } of a mouth, of idle motion and of a mood that shows as far as `shown`, 0..1. */
export function poseOf(mouth, { yaw, pitch, closed, wide, brow, head, breath }, mood, shown) {
	const more = (name) => shown * (mood[name] ?? 0);
	const corners = 1 - 0.75 * Math.max(mouth.mouthPucker, mouth.mouthFunnel); // a round mouth cannot smile
	const jawOpen = Math.max(mouth.jawOpen, more("jaw") * (1 - mouth.mouthClose));
	const weights = { ...mouth, breath, jawOpen, browInnerUp: brow + more("inner") };
	const pairs = {
		mouthSmile: corners * more("smile"), mouthFrown: corners * more("frown"), browOuterUp: brow + more("outer"), browDown: more("down"),
		eyeBlink: closed, eyeSquint: more("squint"), eyeWide: wide + more("wide"), eyeLookDown: pitch / 30, eyeLookUp: -pitch / 30,
	};
	for (const [name, value] of Object.entries(pairs)) weights[`${name}Left`] = weights[`${name}Right`] = value;
	// The right of the picture is the person's left: there the left eye looks outwards, the right one inwards.
	weights.eyeLookOutLeft = weights.eyeLookInRight = yaw / 30;
	weights.eyeLookInLeft = weights.eyeLookOutRight = -yaw / 30;
	for (const name of Object.keys(weights)) weights[name] = clamp(weights[name]);
	return { weights, head };
}
