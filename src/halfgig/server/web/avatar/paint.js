// Paints mouth, eyes and brows of a pose into the picture before the head moves, as the server's puppet does.
import { EYE, eyesOf } from "./eyes.js";
import { Pass, stored, target } from "./gl.js";
import { Lips, means, mouthOf, openingOf } from "./lips.js";
import { BLUR, COMMON, FACE, FIELD, INSIDE } from "./mouth.js";

const BROWS = ["browInnerUp", "browOuterUp", "browDown"];

/** Paints the face of one avatar. */
export class FacePaint {
	/** Make it from a pack; `person` is the target that holds its picture. */
	static async open(gl, pack, person) {
		const textures = { person };
		for (const [name, section] of Object.entries(pack.sections)) {
			if (name.startsWith("paint.")) textures[name.slice(6)] = await stored(gl, section);
		}
		return new FacePaint(gl, pack, textures);
	}

	constructor(gl, { header, sections }, textures) {
		const numbers = header.drawing.paint, { uniforms } = numbers, { width, height } = textures.person;
		this.lips = new Lips(numbers, sections["paint.curves"]);
		const [looking, painted] = [0, 1].map(() => target(gl, width, height));
		const [deep, blurred] = [0, 1].map(() => target(gl, ...uniforms.box.slice(2)));
		Object.assign(this, { gl, numbers, looking, painted, deep, blurred, was: {} });
		this.values = { ...uniforms, ...textures, size: [width, height], still: looking, mouth: deep };
		const pass = (...parts) => new Pass(gl, parts.join(""));
		this.passes = { eye: pass(COMMON, EYE), inside: pass(COMMON, FIELD, INSIDE), blur: pass(COMMON, BLUR), face: pass(COMMON, FIELD, FACE) };
		const all = [0, 0, width, height];
		gl.bindFramebuffer(gl.READ_FRAMEBUFFER, textures.person.buffer);
		for (const each of [looking, painted]) {
			gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, each.buffer);
			gl.blitFramebuffer(...all, ...all, gl.COLOR_BUFFER_BIT, gl.NEAREST);
		}
	}

	/** Return the target that holds the picture with the face of a pose. */
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
		lips.pose(mouth, opening);
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
