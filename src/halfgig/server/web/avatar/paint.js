// Paints mouth, eyes and brows of a pose into the picture before the head moves, as the server's puppet does.
import { EYE, eyesOf } from "./eyes.js";
import { numbered, Pass, pictured, target } from "./gl.js";
import { means, mouthOf, openingOf, poseLips } from "./lips.js";
import { BLUR, COMMON, FACE, FIELD, INSIDE } from "./mouth.js";

const BROWS = ["browInnerUp", "browOuterUp", "browDown"];

/** Paints the face of one avatar. */
export class FacePaint {
	/** Make it from a pack; `person` is the texture of its picture, `{texture, width, height}`. */
	static async open(gl, pack, person) {
		const textures = { person };
		for (const [name, { type, shape, data }] of Object.entries(pack.sections)) {
			if (!name.startsWith("paint.")) continue;
			textures[name.slice(6)] = type.startsWith("image/") ? await pictured(gl, new Blob([data], { type })) : numbered(gl, type, shape, data);
		}
		return new FacePaint(gl, pack, textures);
	}

	constructor(gl, pack, textures) {
		const numbers = pack.header.drawing.paint, { uniforms } = numbers, { width, height } = textures.person;
		const table = pack.sections["paint.curves"].data.slice(), [left, , perUnit] = uniforms.grid, [middle, ...sides] = uniforms.sides;
		const places = Float32Array.from({ length: sides[2] + 1 }, (_, column) => {
			const x = left + column / perUnit - middle;
			return x / sides[x < 0 ? 0 : 1];
		});
		const half = (sides[0] + sides[1]) / 2, reach = Math.max(1, Math.round(0.16 * half * perUnit));
		const bell = Float32Array.from({ length: 4 * reach + 1 }, (_, at) => Math.exp(-((at / reach - 2) ** 2)));
		const sum = bell.reduce((all, each) => all + each);
		this.lips = { places, table, wide: textures.curves.width, bell: bell.map((each) => each / sum), half, rest: numbers.rest, open: numbers.open };
		const [looking, painted] = [0, 1].map(() => target(gl, width, height));
		const [deep, blurred] = [0, 1].map(() => target(gl, ...uniforms.box.slice(2)));
		Object.assign(this, { gl, numbers, looking, painted, deep, blurred, was: {} });
		this.values = { ...uniforms, ...textures, size: [width, height], still: looking, mouth: deep };
		const pass = (...parts) => new Pass(gl, parts.join(""));
		this.passes = { eye: pass(COMMON, EYE), inside: pass(COMMON, FIELD, INSIDE), blur: pass(COMMON, BLUR), face: pass(COMMON, FIELD, FACE) };
		this.copy(textures.person);
	}

	/** Copy the picture to where it is painted. */
	copy({ texture, width, height }) {
		const { gl } = this, buffer = gl.createFramebuffer(), all = [0, 0, width, height];
		gl.bindFramebuffer(gl.READ_FRAMEBUFFER, buffer);
		gl.framebufferTexture2D(gl.READ_FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
		for (const each of [this.looking, this.painted]) {
			gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, each.buffer);
			gl.blitFramebuffer(...all, ...all, gl.COLOR_BUFFER_BIT, gl.NEAREST);
		}
		gl.bindFramebuffer(gl.FRAMEBUFFER, null);
		gl.deleteFramebuffer(buffer);
	}

	/** Return the texture of the picture with the face of a pose, `{texture, width, height}`. */
	paint({ weights }) {
		const { gl, numbers } = this, eyes = eyesOf(weights, numbers.turns), mouth = mouthOf(weights), lifts = means(weights, BROWS);
		gl.disable(gl.BLEND);
		const looks = this.changed("eyes", eyes);
		if (looks) this.paintEyes(eyes);
		if (this.changed("face", [mouth, lifts]) || looks) this.paintFace(mouth, lifts);
		gl.bindFramebuffer(gl.FRAMEBUFFER, null);
		return this.painted;
	}

	changed(part, values) {
		const now = JSON.stringify(values), same = this.was[part] === now;
		this.was[part] = now;
		return !same;
	}

	paintEyes({ gaze, lids, blinks }) {
		this.numbers.eyes.forEach((eye, side) => {
			if (eye) this.passes.eye.run(this.looking, eye.box, { ...this.values, ...eye, gaze, lids, closed: blinks[side] });
		});
	}

	paintFace(mouth, lifts) {
		const { numbers, values } = this, posed = { ...values, lifts, moving: mouth ? 1 : 0 };
		if (mouth) this.paintInside(Object.assign(posed, this.posed(mouth)));
		this.passes.face.run(this.painted, numbers.area, posed);
	}

	/** Return what FIELD, INSIDE and FACE need to know of a mouth's pose. */
	posed(mouth) {
		const { gl, lips, values: { curves, heights } } = this, opening = openingOf(mouth, lips);
		poseLips(mouth, opening, lips);
		gl.bindTexture(gl.TEXTURE_2D, curves.texture);
		gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, curves.width, 2, gl.RGBA, gl.FLOAT, lips.table);
		const rounded = 0.07 * opening.roundness, { jaw, smile, stretch, upperUp, close, tongueUp } = mouth;
		return {
			opening: [opening.width, opening.jaw - 0.4 * heights[3] * close, opening.upper, opening.lower],
			shape: [opening.hole, opening.roundness, opening.jaw, tongueUp],
			folds: [0.07 * smile + 0.04 * jaw + 0.03 * (stretch + upperUp), rounded + 0.07 * jaw, rounded],
		};
	}

	paintInside(posed) {
		const { deep, blurred, passes: { inside, blur }, numbers: { sigma } } = this, area = [0, 0, deep.width, deep.height];
		inside.run(deep, area, posed);
		if (!sigma) return;
		for (const [from, to, along] of [[deep, blurred, [1, 0]], [blurred, deep, [0, 1]]]) {
			blur.run(to, area, { person: from, size: area.slice(2), along, sigma });
		}
	}
}
