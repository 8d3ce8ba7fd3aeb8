// A face in WebGL2: the portrait of a pack in any pose, head and shoulders before their plate.
import { free, Pass, stored, target } from "./gl.js";
import { MOTION, motionOf, moving } from "./motion.js";
import { readPack } from "./pack.js";
import { FacePaint } from "./paint.js";

/** Joins the person's colours and their alpha. */
const JOINED = `
uniform sampler2D person, alpha;
uniform vec2 picture;
uniform float cut;
void main() {
	vec2 at = gl_FragCoord.xy / picture;
	float cover = cut > 0. ? texture(alpha, at).r : 1.;
	painted = vec4(min(texture(person, at).rgb, cover), cover);
}`;

/** Takes the person from where they are at rest; from more than one place where the canvas is small. */
const FRAME = `
uniform sampler2D face, plate, field;
uniform vec2 size, picture, canvas;
uniform float behind, taps, cell;
void main() {
	vec2 shown = gl_FragCoord.xy / canvas;
	shown.y = 1. - shown.y;
	vec4 bytes = 255. * texture(field, (shown * size / cell + 1.) / vec2(textureSize(field, 0)));
	vec2 from = shown * size + 255.5 - 2. * bytes.xy - bytes.zw / 128.;
	vec2 scale = (picture - 1.) / (size - 1.), right = dFdx(from), down = dFdy(from);
	painted = vec4(0);
	for (float i = .5; i < taps; i++) for (float j = .5; j < taps; j++) {
		vec2 place = from + right * (i / taps - .5) + down * (j / taps - .5);
		painted += texture(face, (place * scale + .5) / picture) / (taps * taps);
	}
	if (behind > 0.) painted = vec4(painted.rgb + texture(plate, shown).rgb * (1. - painted.a), 1);
}`;

const opened = new WeakMap();

/** The face of one avatar on a canvas, which keeps its proportions: style it with `object-fit: contain`. */
export class Face {
	/** Open a pack, given as its bytes. Throws an Error where there is no WebGL2, or if the bytes are no pack. */
	static async open(canvas, bytes) {
		const pack = readPack(bytes);
		const gl = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false, stencil: false });
		if (!gl) throw new Error("this browser has no WebGL2");
		opened.get(canvas)?.close();
		const face = new Face(canvas, gl, pack);
		opened.set(canvas, face);
		await face.build();
		face.resize();
		return face;
	}

	constructor(canvas, gl, pack) {
		Object.assign(this, { canvas, gl, pack, pose: {}, builds: 0, motion: motionOf(pack.header.drawing) });
		this.listening = new AbortController();
		const { signal } = this.listening;
		canvas.addEventListener("webglcontextlost", (event) => {
			event.preventDefault(); // or it would never be restored
			free(gl);
			this.frame = null;
		}, { signal });
		canvas.addEventListener("webglcontextrestored", () => this.build(), { signal });
	}

	/** Make what is in the graphics memory. */
	async build() {
		const { gl, pack: { header: { drawing }, sections } } = this, { picture } = drawing, build = ++this.builds;
		free(gl);
		const person = target(gl, ...picture), textures = {};
		for (const name of ["person", "alpha", "plate", "depth", "borders"]) {
			if (sections[name]) textures[name] = await stored(gl, sections[name]);
		}
		const cut = textures.alpha ? 1 : 0, behind = textures.plate ? 1 : 0;
		new Pass(gl, JOINED).run(person, [0, 0, ...picture], { alpha: textures.person, ...textures, picture, cut });
		const paint = await FacePaint.open(gl, this.pack, person);
		if (build !== this.builds) return; // lost meanwhile, or closed
		this.values = { ...this.motion.values, field: target(gl, ...this.motion.grid), plate: textures.person, ...textures, picture, behind };
		Object.assign(this, { paint, field: new Pass(gl, MOTION), frame: new Pass(gl, FRAME) });
		this.draw(this.pose);
	}

	/** Fit the canvas's pixels to its size on the page, or to a given width in pixels. */
	resize(width = 0) {
		const { canvas, motion: { size: [across, down] } } = this, box = canvas.getBoundingClientRect();
		const shown = width || Math.min(box.width, (box.height * across) / down) * (window.devicePixelRatio || 1) || across;
		const scale = Math.min(shown / across, 2); // as large as every WebGL2 can draw, whatever the pack
		const [wide, high] = [across, down].map((side) => Math.max(1, Math.round(side * scale)));
		if (canvas.width !== wide) canvas.width = wide;
		if (canvas.height !== high) canvas.height = high;
		this.draw(this.pose);
	}

	/** Draw a pose, `{weights: {jawOpen: 0..1, ...}, head: {x, y, scale, yaw, pitch, roll}}`; what it leaves out is at rest. */
	draw(pose) {
		this.pose = pose;
		const { gl, canvas, field, frame, motion, values } = this;
		if (!frame || gl.isContextLost()) return;
		const face = this.paint.paint({ weights: pose.weights || {} });
		const { width, height } = canvas, taps = Math.max(1, Math.ceil(values.picture[0] / width / 2 - 0.1));
		field.run(values.field, [0, 0, ...motion.grid], { ...values, ...moving(motion, pose) });
		frame.run(null, [0, 0, width, height], { ...values, face, taps, canvas: [width, height] });
	}

	/** Free the graphics memory; another face can be opened on the canvas. */
	close() {
		if (this.listening.signal.aborted) return;
		this.listening.abort();
		this.builds++;
		this.frame = null;
		free(this.gl);
		opened.delete(this.canvas);
	}
}
