// Bounds and ramps.

/** Return a value, but not less than `least` and not more than `most`. */
export const clamp = (value, least = 0, most = 1) => Math.min(most, Math.max(least, value));

/** Return how far a value has come from `low` to `high`, 0 to 1, slowly at both ends. */
export function smooth(low, high, value) {
	const share = clamp((value - low) / (high - low));
	return share * share * (3 - 2 * share);
}
