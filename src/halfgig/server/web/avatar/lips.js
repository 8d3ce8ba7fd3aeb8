// The lips of a pose as rings, as animators/puppet/lips.py has it: where their edges go and how much they part.
// Lengths are eye distances; places across the mouth are 0 in its middle, -1 and 1 in the corners.

import { clamp, smooth } from "./numbers.js";

const MOUTH = {
	jaw: "jawOpen", close: "mouthClose", funnel: "mouthFunnel", pucker: "mouthPucker", stretch: "mouthStretch",
	upperUp: "mouthUpperUp", roll: "mouthRollLower", tongueUp: "tongueUp", smile: "mouthSmile", frown: "mouthFrown",
};
const MEETS = 0.42, PARTING = 0.93, USUAL = 0.36;

/** Return weights by names; the mean of left and right where a pose tells them apart. */
export function means(weights, names) {
	return names.map((name) => weights[name] ?? ((weights[`${name}Left`] || 0) + (weights[`${name}Right`] || 0)) / 2);
}

/** Return the weights of a pose that move the mouth; null if none does. */
export function mouthOf(weights) {
	const values = means(weights, Object.values(MOUTH));
	return values.some(Boolean) ? Object.fromEntries(Object.keys(MOUTH).map((name, at) => [name, values[at]])) : null;
}

/** Return how the lips part in a pose; `half` is half the mouth's width, `rest` how far it is open in the picture. */
export function openingOf(mouth, { half, rest, open }) {
	const unrounded = Math.max(0, 1 - mouth.funnel - mouth.pucker), wide = mouth.jaw * (1 - 0.6 * rest * unrounded), jaw = 0.21 * wide, begun = Math.min(1, 8 * wide);
	const both = Math.max(1, mouth.funnel + mouth.pucker);
	const funnel = mouth.funnel / both, pucker = mouth.pucker / both, roundness = funnel + pucker, parted = 1 - mouth.close;
	const narrow = (usual) => Math.min(0.9, (usual + (half - USUAL) / 2) / half) - 1;
	const width = 1 + funnel * narrow(0.285) + pucker * narrow(0.235) + 0.13 * mouth.stretch + 0.1 * mouth.smile - 0.03 * wide;
	const ring = (funnel * (0.105 + 0.34 * wide) + pucker * (0.09 + 0.24 * wide)) * (USUAL + (half - USUAL) / 3);
	const rise = 0.13 * jaw + begun * (0.016 * funnel + 0.014 * pucker) + 0.05 * mouth.upperUp * (open ? 0.4 : 1);
	const fall = jaw * (1 - 0.16 * funnel - 0.3 * pucker) + begun * (0.046 * funnel + 0.034 * pucker + 0.012 * mouth.stretch);
	const rounded = (edge) => (edge + ((rise + fall) / 2 - edge) * roundness) * parted;
	return {
		width, roundness, jaw, upper: rounded(rise), lower: rounded(fall),
		hole: Math.min(PARTING, ring / (half * width) + PARTING * (1 - roundness)),
		sink: ((fall - rise) / 2) * roundness * parted + 0.35 * jaw * mouth.close,
	};
}

/** The lips of a portrait in a table of curves, the first two rows of which are written for each pose. */
export class Lips {
	constructor({ uniforms: { grid: [left, , perUnit], sides: [middle, ...sides] }, rest, open }, { data, shape }) {
		const half = (sides[0] + sides[1]) / 2, reach = Math.max(1, Math.round(0.16 * half * perUnit));
		const bell = Array.from({ length: 4 * reach + 1 }, (_, at) => Math.exp(-((at / reach - 2) ** 2)));
		const sum = bell.reduce((all, each) => all + each);
		this.places = Array.from({ length: sides[2] + 1 }, (_, column) => {
			const x = left + column / perUnit - middle;
			return x / sides[x < 0 ? 0 : 1];
		});
		Object.assign(this, { half, rest, open, wide: shape[1], table: data.slice(), bell: bell.map((each) => each / sum) });
	}

	/** Write where a pose takes the edges (row 0), and which heights of the picture the inner ones are (row 1). */
	pose(mouth, opening) {
		const { table, bell } = this, shut = 1 - (1 - mouth.close) * Math.max(0, 1 - mouth.funnel - mouth.pucker), narrowed = Math.max(1, 1 / opening.width);
		const thicker = 0.06 * mouth.pucker - 0.14 * mouth.funnel - 0.28 * mouth.close;
		const moods = 0.058 * mouth.smile - 0.045 * mouth.frown + 0.016 * mouth.stretch;
		const lips = this.places.map((place, column) => {
			const row = (at) => table.subarray(4 * (this.wide * at + column));
			const [, , outerUpper, outerLower] = row(1), [innerUpper, innerLower] = row(2);
			const aside = Math.abs(place), gap = innerLower - innerUpper, closed = gap * shut;
			const shift = smooth(2.2, 1, aside) * (opening.sink - moods * smooth(0.2, 1, aside));
			const margin = Math.min(0.02, 0.3 * gap) * Math.max(shut, mouth.roll);
			const upper = innerUpper - outerUpper - margin, full = outerLower - innerLower - margin;
			const rolled = 0.35 * mouth.roll * full, lower = full - rolled;
			const parted = clamp(1 - (aside / opening.hole) ** (2.3 - 0.3 * opening.roundness)) ** (0.75 - 0.25 * opening.roundness);
			const above = innerUpper + shift - opening.upper * parted + MEETS * closed;
			const below = innerLower + shift + opening.lower * parted - (1 - MEETS) * closed - 0.3 * mouth.roll * (gap - closed);
			const spread = (1 - Math.min(1, aside) ** 2.2) ** 0.9, thick = (height, of) => clamp(height, 0.45 * of, 1.25 * narrowed * of);
			const up = above - thick(above - outerUpper - shift + opening.upper * spread - (MEETS / 2) * closed + thicker * upper, upper);
			const low = outerLower + shift + opening.lower * spread + thicker * lower - ((1 - MEETS) / 2) * closed;
			const down = below + thick(low - below, lower);
			row(1).set([innerUpper - margin, innerLower + margin + rolled]);
			return { above, below, outerUpper, outerLower, moved: [up - outerUpper, down - outerLower], most: [upper, lower] };
		});
		lips.forEach(({ above, below, outerUpper, outerLower, most }, column) => {
			const first = column - (bell.length >> 1);
			const [up, down] = [0, 1].map((edge) => bell.reduce((sum, part, at) => sum + part * (lips[first + at]?.moved[edge] || 0), 0));
			const thick = (height, edge) => clamp(height, 0, 1.4 * narrowed * most[edge]);
			table.set([above - thick(above - outerUpper - up, 0), above, below, below + thick(outerLower + down - below, 1)], 4 * column);
		});
	}
}
