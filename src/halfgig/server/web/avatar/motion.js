// The motion of head and shoulders: where in the picture at rest each place of a frame comes from.
// The rules are those of animators/puppet/body_motion.py, which says what the numbers are.

/** Pivot of the head's tilt, in eye distances below the eyes. */
const NECK = 1.9;

/** Most cells of the grid along a side. */
const FINEST = 160;

/** Gives each place of a grid over the frame `from`, its place at rest, and `shown`, that in the frame, 0 to 1. */
export const MOTION = `
uniform sampler2D depth, borders;
uniform vec2 size, origin, pivot, axis;
uniform float unit, chin, neck, shoulders, sure, cell, breath;
uniform vec4 rightBy, downBy;
out vec2 from, shown;

float ramp(float low, float high, float value) {
	float t = clamp((value - low) / (high - low), 0.0, 1.0);
	return t * t * (3.0 - 2.0 * t);
}

vec2 free(vec2 place) {
	vec4 far = vec4(place.x, size.x - 1.0 - place.x, place.y, size.y - 1.0 - place.y);
	vec2 along = (place + 0.5) / size;
	vec4 cuts = vec4(texture(borders, vec2(0.5, along.y)).xy, texture(borders, vec2(0.5, along.x)).zw);
	float reach = 1.1 * unit;
	vec4 left;
	for (int i = 0; i < 4; i++) left[i] = 1.0 - cuts[i] * ramp(cell + reach, cell, far[i]);
	return left.xz * left.yw;
}

vec2 moved(vec2 place) {
	place = clamp(place, -vec2(cell), size + vec2(cell));
	vec2 off = (place - origin) / unit;
	vec2 at = vec2(dot(axis, off), axis.x * off.y - axis.y * off.x);
	float aside = at.x - pivot.x;
	float below = at.y - chin + 0.35 * clamp(aside * aside, 0.0, 1.0);
	float beside = length(vec2(aside, min(at.y + 0.5, 0.0)));
	float head = ramp(neck, 0.0, below) * ramp(3.4, 2.6, beside);
	float share = max(head, 0.1 * ramp(5.0, 2.0, at.y - chin));
	if (sure < 0.5) share *= ramp(2.3, 0.9, length(vec2(at.x / 1.45, (at.y - 0.25) / 1.9)));
	float before = texture(depth, ((at - vec2(-4.0, -4.5)) / 0.05 + 0.5) / vec2(textureSize(depth, 0))).x;
	vec4 bases = vec4(share, (at - pivot) * share, before * head);
	vec2 by = vec2(dot(rightBy, bases), dot(downBy, bases));
	if (shoulders < 1e3) {
		float taken = ramp(chin + 0.15, max(shoulders, chin + 0.5), at.y) * ramp(shoulders + 3.2, shoulders + 0.8, at.y);
		vec2 drawn = vec2(0.005 * clamp(aside, -3.0, 3.0), -0.017) * taken * breath * unit;
		by += vec2(dot(drawn, vec2(axis.x, -axis.y)), dot(drawn, axis.yx));
	}
	return by * free(place);
}

void main() {
	float column = float(gl_VertexID >> 1), row = float(gl_InstanceID + (gl_VertexID & 1));
	vec2 place = (vec2(column, row) - 0.5) * cell - 0.5;
	vec2 came = moved(place);
	for (int i = 0; i < 2; i++) came = moved(place - came);
	from = place - came;
	shown = (place + 0.5) / size;
	gl_Position = vec4(shown.x * 2.0 - 1.0, 1.0 - shown.y * 2.0, 0.0, 1.0);
}`;

/** Return of the header's `drawing`: the size of the frames, the cells of the grid, and the uniforms that no pose changes. */
export function motionOf({ size, origin, unit, roll, pivot, chin, neck, shoulders, sure, step }) {
	const cell = Math.max(step, Math.max(...size) / FINEST);
	const grid = size.map((side) => Math.ceil(side / cell) + 1);
	const values = { size, origin, unit, pivot, chin, neck, cell, axis: [Math.cos(roll), Math.sin(roll)] };
	return { size, grid, values: { ...values, shoulders: shoulders === null ? 1e4 : shoulders, sure: sure ? 1 : 0 } };
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
