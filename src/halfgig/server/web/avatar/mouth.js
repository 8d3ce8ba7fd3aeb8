// GLSL that moves the lower face and paints the inner mouth, as animators/puppet's mouth_field.py, mouth_layer.py and
// inner_mouth.py do.  Lengths are eye distances in the face frame.

/** Shared by all shaders: where a pixel of the picture is, and curves given at places across. */
export const COMMON = `
uniform sampler2D person, curves;
uniform vec2 size, shrink;
uniform vec4 frame;
vec2 inFace(vec2 place) {
	vec2 from = place - frame.xy;
	return vec2(dot(frame.zw, from), frame.z * from.y - frame.w * from.x) / dot(frame.zw, frame.zw);
}
vec2 pixels(vec2 moved) { return vec2(moved.x * frame.z - moved.y * frame.w, moved.x * frame.w + moved.y * frame.z); }
vec4 curve(float at, float last, int row) {
	at = clamp(at, 0., last);
	int first = int(at);
	return mix(texelFetch(curves, ivec2(first, row), 0), texelFetch(curves, ivec2(min(first + 1, int(last)), row), 0), fract(at));
}
vec4 picture(sampler2D source, vec2 place) { return texture(source, (place / shrink + .5) / size); }
`;

/** Where the skin of a place in the face comes from, and how far it lies below and above the lips' edges. */
export const FIELD = `
uniform vec4 grid, heights, sides, opening, shape;
uniform vec3 folds, lining, lips;
float across, shade, upper, lower, under, over;
float share(float first, float last, float at) { return clamp((at - first) / max(last - first, 1e-3), 0., 1.); }
float hidden() { return 1. - share(.3, .52, shape.x); }
float light() { return .1 + .55 * share(.45, .9, shape.x) + .35 * share(.2, .45, shape.x); }
vec3 shaded(vec3 colour, float lit) { return colour + (.7 * lining - colour) * pow(1. - lit, 1.2); }
float aside(float x) { return (x - sides.x) / (x < sides.x ? sides.y : sides.z); }
vec4 columns(float x, int row) { return curve((x - grid.x) * grid.z, sides.w, row); }
void skin(vec2 at) {
	float t = aside(at.x), far = abs(t), width = opening.x, half_ = (sides.y + sides.z) / 2.;
	vec4 posed = columns(at.x, 0), middle = texelFetch(curves, ivec2((int(sides.w) + 1) / 2, 0), 0);
	vec4 reach = curve((at.y - grid.y) * grid.w, sides.w, 2);
	float moved = far < width ? t * (1. - 1. / width) : sign(t) * (width - 1.) * ramp(t < 0. ? reach.z : reach.w, width, far);
	across = moved * (t < 0. ? sides.y : sides.z) * ramp(heights.x - .02, middle.x, at.y)
		* ramp(middle.w + .2, mix(middle.z, middle.w, .4), at.y);
	float along = share(heights.x - .08, heights.z + .1, at.y);
	float path = (abs(at.x - sides.x) - .26 - (half_ - .14) * pow(along, 1.4)) / .065;
	shade = folds.x * exp(-path * path) * sin(3.14159 * along);
	float fold = (at.y - posed.w - .042) / .035, narrow = t / width;
	shade += folds.y * exp(-fold * fold) * (1. - min(1., narrow * narrow));
	vec2 corner = vec2((abs(narrow) - 1.) * half_, at.y - posed.y) / .06;
	shade += folds.z * exp(-dot(corner, corner));
	float x = at.x - across, y = at.y;
	posed = columns(x, 0);
	vec4 rest = columns(x, 1);
	float outer = posed.x - rest.z, inner = posed.y - rest.x;
	upper = outer * ramp(heights.x - .36 * ramp(.5, 1.5, abs(aside(x))), posed.x, y)
		+ (inner - outer) * share(posed.x, posed.y, y);
	inner = posed.z - rest.y;
	outer = posed.w - rest.w;
	float chin = opening.y * .85 * ramp(1.05, .35, abs(x - sides.x));
	lower = (inner + (outer - inner) * share(posed.z, posed.w, y)
		+ (chin - outer) * ramp(posed.w, max(heights.y + chin - .1, posed.w + .1), y))
		* (1. - ramp(heights.y + chin, heights.y + .5, y));
	under = y - upper - rest.x;
	over = rest.y - y + lower;
}
`;

/** Paints the inner mouth: colour, and opacity as alpha. */
export const INSIDE = `
uniform sampler2D rows;
uniform vec3 cavity, tongue, teeth, gum;
uniform vec4 toothed, box;
uniform vec2 line;
vec4 row(float down, float second) {
	vec2 at = vec2(across + .46, down + .2) * toothed.z + 1.;
	at = clamp(at, vec2(0), toothed.xy - 1.) + vec2(.5, .5 + second * toothed.y);
	vec4 found = texture(rows, at / (toothed.xy * vec2(1, 2)));
	found.y *= 1. - hidden();
	return found;
}
vec3 withTeeth(vec3 colour, vec4 tooth, float lit) {
	vec3 white = shaded(teeth, tooth.x * lit);
	white += (1. / max(teeth.r, max(teeth.g, teeth.b)) - 1.) * .5 * tooth.w * lit * white;
	return mix(colour, mix(white, gum * lit, tooth.z), tooth.y);
}
void main() {
	vec2 at = inFace((gl_FragCoord.xy - .5 + box.xy) * shrink);
	skin(at);
	float jaw = shape.z, up = shape.w;
	across = aside(at.x) * (sides.y + sides.z) / 2.;
	float below = at.y - line.x - line.y * (at.x - sides.x);
	float depth = ramp(0., .5, over / max(under + over, 1e-3)) * ramp(.34, 0., abs(across)) * (1. - .4 * hidden());
	vec3 colour = mix(lining, cavity, depth);
	float lying = jaw + heights.w / 2. - .42 * (opening.z + opening.w) + .01;
	float top = mix(lying, .022, up) + (.9 + 1.1 * up) * across * across;
	float body = ramp(top - .01, top + .016, below) * ramp(.36, .22, abs(across));
	float lit = .4 + .53 * up + .4 * ramp(0., .09, below - top), groove = across / .02;
	vec3 flesh = tongue * lit * (1. - .7 * hidden()) * (1. - .12 * exp(-groove * groove));
	colour = mix(colour, flesh, body);
	if (toothed.w == 0.) {
		lit = (.45 + .55 * ramp(0., .08, under)) * light();
		colour = withTeeth(colour, row(jaw - .036 - below, 1.), .58 * lit * (.5 + .5 * ramp(-.01, .04, over)));
		colour = mix(colour, flesh, body * up);
		colour = withTeeth(colour, row(below - .026, 0.), lit);
	}
	painted = vec4(colour, clamp(min(under, over) * length(frame.zw), 0., 1.));
}
`;

/** Blurs what INSIDE painted along one axis. */
export const BLUR = `
uniform vec2 along;
uniform float sigma;
void main() {
	vec4 sum = vec4(0);
	float total = 0., reach = ceil(3. * sigma);
	for (float at = -reach; at <= reach; at++) {
		float weight = exp(-.5 * at * at / (sigma * sigma));
		sum += weight * texture(person, (gl_FragCoord.xy + at * along) / size);
		total += weight;
	}
	painted = sum / total;
}
`;

/** Takes the face to where a pose wants it: skin and lips, the inner mouth between them, brows. */
export const FACE = `
uniform sampler2D still, mouth, brows;
uniform vec3 lifts;
uniform vec4 toothed, browed, box;
uniform float grain, browStep, moving;
float noise(vec2 at) {
	vec3 mixed = fract(vec3(at.xyx) * .1031);
	mixed += dot(mixed, mixed.yzx + 33.33);
	return fract((mixed.x + mixed.y) * mixed.z);
}
bool beyond(vec2 place, vec4 area) { return clamp(place, area.xy, area.zw) != place; }
vec2 raised(vec2 place, vec2 moved) {
	if (beyond(place, browed)) return moved;
	vec4 lift = texture(brows, ((moved - browed.xy) / browStep + .5) / vec2(textureSize(brows, 0)));
	return moved - pixels(vec2(lift.w * lifts.z, dot(lift.xyz, lifts)));
}
vec3 withOwn(vec3 colour, vec2 place, vec2 at) {
	vec4 rest = columns(at.x, 2);
	float parted = min(1., 30. * opening.w), pixel = 1. / length(frame.zw);
	float lifted = clamp(rest.x + .01 * parted - at.y, 0., .1);
	vec3 seen = shaded(picture(person, place + pixels(vec2(0, lifted))).rgb, (.5 + .5 * light()) * (1. - 5. * lifted));
	float shown = ramp(-pixel / 2., pixel / 2. + .03 * parted, rest.y - at.y) * (1. - max(hidden(), share(.4, .65, shape.y)) * parted);
	return mix(colour, seen, shown);
}
void main() {
	vec2 pixel = gl_FragCoord.xy - .5, place = pixel * shrink, at = inFace(place);
	if (moving == 0. || at.y < grid.y) {
		painted = picture(still, raised(place, place));
		return;
	}
	skin(at);
	float unit = length(frame.zw);
	bool low = over < under;
	vec2 from = raised(place, place - pixels(vec2(across, low ? lower : upper)));
	painted = picture(still, from);
	float met = abs(under - over) * unit / 2., far = abs(aside(at.x)) / opening.x;
	if (met < .5 && abs(upper - lower) * unit > .5) {
		vec4 other = picture(person, place - pixels(vec2(across, low ? upper : lower)));
		painted = mix(painted, other, .5 - met);
	}
	vec2 high = pixels(vec2(0, .13));
	vec4 beside = min(picture(still, from + high), picture(still, from - high));
	painted = mix(painted, max(painted, beside), shape.y * ramp(.75, 1., far) * ramp(2.2, 1.5, far) * ramp(.16 * unit, 0., met));
	painted.rgb *= 1. - shade;
	vec2 there = (pixel - box.xy + .5) / box.zw;
	if (beyond(there, vec4(0, 0, 1, 1))) return;
	vec4 deep = texture(mouth, there);
	if (deep.a == 0.) return;
	vec3 colour = deep.rgb;
	vec2 cell = floor(place + .5);
	colour += grain * (noise(cell) + noise(cell + 71.) + noise(cell + 139.) + noise(cell + 211.) - 2.) * 1.732;
	if (toothed.w > 0.) colour = withOwn(colour, place, at);
	float rim = ramp(.01 + min(.03, .25 * (opening.z + opening.w)) * shape.y, 0., min(under, over));
	colour = mix(colour, .45 * lips + .25 * lining, rim * (.35 + .5 * shape.y));
	colour *= .72 + .28 * ramp(0., .03, under);
	painted = mix(painted, vec4(clamp(colour, 0., 1.), 1), deep.a);
}
`;
