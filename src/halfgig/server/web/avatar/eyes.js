// The eyes of a pose, as animators/puppet's eyes.py, eyeball.py and lashes.py have it.

import { means } from "./lips.js";

const EYES = ["eyeSquint", "eyeWide", "eyeLookDown", "eyeLookUp"];
const SIDES = ["eyeBlinkRight", "eyeBlinkLeft", "eyeLookOutLeft", "eyeLookInRight", "eyeLookInLeft", "eyeLookOutRight"];
const RADIUS = 0.19, RANGE = Math.PI / 6;

/** Return what EYE needs to know of a pose: the gaze as travel of an eyeball, and squint and wide; and both blinks. */
export function eyesOf(weights, turns) {
	const [squint, wide, down, up] = means(weights, EYES), [blinkRight, blinkLeft, ...sides] = means(weights, SIDES);
	const yaw = turns * RANGE * (sides[0] + sides[1] - sides[2] - sides[3]) / 2, pitch = turns * RANGE * (down - up);
	return {
		gaze: [RADIUS * Math.sin(yaw), RADIUS * Math.sin(pitch), 1 / Math.cos(yaw) - 1],
		lids: [squint, wide],
		blinks: [blinkRight, blinkLeft],
	};
}

/** Paints an eye into the picture: lids that follow the gaze, the eyeball turned, and the upper lid lowered. */
export const EYE = `
uniform sampler2D pictures, lashes;
uniform vec3 gaze, lashing;
uniform vec4 opening, iris, ends, box, corners;
uniform vec2 lids, lashed, shuts, atlas;
uniform float closed, row;
vec3 kept(vec2 at, vec2 corner) {
	return texture(pictures, (clamp(at - box.xy, vec2(0), box.zw - 1.) + corner + .5) / atlas).rgb;
}
float lash(vec2 at) {
	return texture(lashes, (clamp(at, vec2(-1), lashed) + vec2(1.5, lashing.z + 1.5)) / vec2(textureSize(lashes, 0))).r;
}
void main() {
	vec2 place = gl_FragCoord.xy - .5, at = inFace(place);
	vec4 edges = curve((at.x - ends.z) * ends.w, 127., int(row));
	float tallest = opening.x, rim = opening.y, arch = clamp((edges.y - edges.x) / tallest, 0., 1.);
	vec2 ball = vec2(gaze.x, gaze.y * iris.w);
	float lowered = clamp(ball.y * (ball.y > 0. ? .75 : .4), -.3 * tallest, .3 * tallest) - .18 * lids.y * tallest;
	float raised = .28 * lids.x * tallest, filled = min(1., (abs(lowered) + raised + length(ball)) / .015);
	float upper = edges.x, lower = edges.y;
	painted = texelFetch(person, ivec2(place), 0);
	if (filled > 0.) {
		upper += lowered * arch;
		lower -= raised * arch;
		float skin = at.y < upper + rim ? lowered * ramp(-.1, 0., at.y - upper) : 0.;
		if (at.y > lower - rim) skin -= raised * ramp(.15, 0., at.y - lower);
		painted.rgb = texture(person, (place - pixels(vec2(0, skin * arch)) + .5) / size).rgb;
		float beside = at.x - ball.x - iris.x, end = max(beside < 0. ? ends.x : ends.y, 1.875 * abs(ball.x));
		float share = ramp(1., 0., (abs(beside) - iris.z) / end);
		vec3 looking = kept(place - pixels(share * vec2(ball.x - gaze.z * beside, ball.y)), corners.xy)
			+ kept(place - pixels(.5 * ball), corners.zw);
		float sure = ramp(opening.z, 2. * opening.z, min(at.y - edges.x, edges.y - at.y));
		float seen = clamp(min(at.y - upper, lower - at.y) / rim, 0., 1.) * ramp(.024, .048, edges.y - edges.x);
		painted.rgb = mix(painted.rgb, min(looking, 1.), seen * mix(sure, 1., filled));
	}
	if (closed > 0.) {
		float above = upper + closed * (edges.y - upper + .012 * ramp(0., .7, arch)) - at.y, begun = min(1., closed / .12);
		float covered = clamp(above / opening.w + .5, 0., 1.), turned = 1. - 1.5 * closed, line = above / lashing.y;
		painted.rgb = mix(painted.rgb, kept(place, shuts), begun * covered);
		float depth = 1. - clamp(-above, 0., .06) / .06;
		float shadow = .25 * depth * depth * (1. - covered) * closed * (at.y < edges.y ? arch : 0.);
		float length_ = max(.25, abs(turned)) * (turned > 0. ? 1. : -1.);
		float light = 1. - lash(vec2(at.x - lashing.x, above / length_) * length(frame.zw));
		light *= 1. - edges.z * max(0., 1. - line * line);
		painted.rgb *= mix(1., light, begun) * (1. - shadow);
	}
}
`;
