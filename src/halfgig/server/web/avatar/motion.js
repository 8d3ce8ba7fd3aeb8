// The motion of head and shoulders: where in the picture at rest each place of a frame comes from.
// The rules are those of animators/puppet/body_motion.py, which says what the numbers are.

/** Pivot of the head's tilt, in eye distances below the eyes. */
const NECK = 1.9;

/** Most cells of the grid along a side. */
const FINEST = 160;

/**
 * Says how far each place of a grid over the frame came, in 128ths of a pixel: a high byte and a low one each, which every
 * browser can draw, and between which it can interpolate.  A grid of triangles takes software three times as long.
 */
export const MOTION = `
uniform sampler2D depth, borders;
uniform vec2 size, origin, pivot, axis;
uniform float unit, chin, neck, shoulders, sure, cell, breath;
uniform vec4 rightBy, downBy;

vec2 free(vec2 place) {
	vec4 far = vec4(place, size - 1. - place).xzyw;
	vec2 along = (place + .5) / size;
	vec4 cuts = vec4(texture(borders, vec2(.5, along.y)).xy, texture(borders, vec2(.5, along.x)).zw);
	vec4 left;
	for (int i = 0; i < 4; i++) left[i] = 1. - cuts[i] * ramp(cell + 1.1 * unit, cell, far[i]);
	return left.xz * left.yw;
}

vec2 moved(vec2 place) {
	place = clamp(place, -vec2(cell), size + cell);
	vec2 off = (place - origin) / unit;
	vec2 at = vec2(dot(axis, off), axis.x * off.y - axis.y * off.x);
	float aside = at.x - pivot.x;
	float below = at.y - chin + .35 * clamp(aside * aside, 0., 1.);
	float beside = length(vec2(aside, min(at.y + .5, 0.)));
	float head = ramp(neck, 0., below) * ramp(3.4, 2.6, beside);
	float share = max(head, .1 * ramp(5., 2., at.y - chin));
	if (sure < .5) share *= ramp(2.3, .9, length(vec2(at.x / 1.45, (at.y - .25) / 1.9)));
	float before = texture(depth, ((at + vec2(4, 4.5)) * 20. + .5) / vec2(textureSize(depth, 0))).x;
	vec4 bases = vec4(share, (at - pivot) * share, before * head);
	vec2 by = vec2(dot(rightBy, bases), dot(downBy, bases));
	if (shoulders < 1e3) {
		float taken = ramp(chin + .15, max(shoulders, chin + .5), at.y) * ramp(shoulders + 3.2, shoulders + .8, at.y);
		vec2 drawn = vec2(.005 * clamp(aside, -3., 3.), -.017) * taken * breath * unit;
		by += vec2(dot(drawn, vec2(axis.x, -axis.y)), dot(drawn, axis.yx));
	}
	return by * free(place);
}

void main() {
	vec2 place = (gl_FragCoord.xy - 1.) * cell - .5, came = vec2(0);
	for (int i = 0; i < 3; i++) came = moved(place - came);
	vec2 number = floor(128. * came + 32768.5), high = floor(number / 256.);
	painted = vec4(high, number - 256. * high) / 255.;
}`;

/** Return of the header's `drawing`: the size of the frames, the places of the grid, and the uniforms that no pose changes. */
export function motionOf({ size, origin, unit, roll, pivot, chin, neck, shoulders, sure, step }) {
	const cell = Math.max(step, Math.max(...size) / FINEST);
	const grid = size.map((side) => Math.ceil(side / cell) + 2); // places, half a cell beyond either side
	const axis = [Math.cos(roll), Math.sin(roll)];
	const values = { size, origin, unit, pivot, chin, neck, cell, axis, shoulders: shoulders ?? 1e4, sure: sure ? 1 : 0 };
	return { size, grid, values };
}

/** Return the uniforms of a pose: how far (1, x, y, nearness) move a point to the right and down, in pixels. */
export function moving({ values: { unit, pivot, axis: [across, down] } }, { head = {}, weights = {} }) {
	const { x = 0, y = 0, scale = 0 } = head;
	const [yaw, pitch, roll] = ["yaw", "pitch", "roll"].map((name) => ((head[name] || 0) * Math.PI) / 180);
	const { sin, cos } = Math, about = NECK - pivot[1];
	const turned = [[cos(yaw), 0, sin(yaw)], [-sin(yaw) * sin(pitch), cos(pitch), cos(yaw) * sin(pitch)]];
	const tilt = [[cos(roll), -sin(roll)], [sin(roll), cos(roll)]];
	const shift = [x + sin(roll) * about, y + (1 - cos(roll)) * about];
	const by = tilt.map(([a, b], i) => [shift[i], ...[0, 1, 2].map((k) => (1 + scale) * (a * turned[0][k] + b * turned[1][k]) - (i === k ? 1 : 0))]);
	const mixed = (a, b) => by[0].map((each, k) => unit * (a * each + b * by[1][k]));
	return { rightBy: mixed(across, -down), downBy: mixed(down, across), breath: weights.breath || 0 };
}
