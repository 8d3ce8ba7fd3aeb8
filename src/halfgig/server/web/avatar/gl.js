// Shaders, textures and what is drawn into, in WebGL2.

/** What every shader begins with. */
const BEGIN = `#version 300 es
precision highp float;
precision highp sampler2D;
out vec4 painted;
float ramp(float low, float high, float value) {
	float share = clamp((value - low) / (high - low), 0., 1.);
	return share * share * (3. - 2. * share);
}
`;
const CORNERS = `
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4. - 1., 0, 1); }`;

const made = new WeakMap();

/** Return what was made, which `free` deletes. */
function kept(gl, kind, each) {
	if (!made.has(gl)) made.set(gl, []);
	made.get(gl).push([kind, each]);
	return each;
}

/** Delete all that was made in a context. */
export function free(gl) {
	for (const [kind, each] of made.get(gl) || []) gl[`delete${kind}`](each);
	made.delete(gl);
}

/** A fragment shader that is run over a rectangle of a texture. */
export class Pass {
	constructor(gl, source) {
		const program = kept(gl, "Program", gl.createProgram());
		for (const [kind, text] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, source]]) {
			const shader = gl.createShader(kind);
			gl.shaderSource(shader, BEGIN + text);
			gl.compileShader(shader);
			gl.attachShader(program, shader);
			gl.deleteShader(shader); // with the program
		}
		gl.linkProgram(program);
		if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
			throw new Error(`the graphics card refuses a shader: ${gl.getProgramInfoLog(program)}`);
		}
		const uniforms = Array.from({ length: gl.getProgramParameter(program, gl.ACTIVE_UNIFORMS) }, (_, at) => gl.getActiveUniform(program, at));
		this.uniforms = uniforms.map(({ name, type }) => [name, gl.getUniformLocation(program, name), type]);
		Object.assign(this, { gl, program });
	}

	/** Run it over left, top, width, height of a target (null: the canvas), with values and textures by their names. */
	run(target, area, values) {
		const { gl } = this;
		gl.useProgram(this.program);
		gl.bindFramebuffer(gl.FRAMEBUFFER, target && target.buffer);
		gl.viewport(...area);
		let unit = 0;
		for (const [name, place, type] of this.uniforms) {
			const value = values[name];
			if (value === undefined) continue;
			if (type === gl.SAMPLER_2D) {
				gl.activeTexture(gl.TEXTURE0 + unit);
				gl.bindTexture(gl.TEXTURE_2D, value.texture);
				gl.uniform1i(place, unit++);
			} else gl[`uniform${value.length || 1}fv`](place, [value].flat());
		}
		gl.drawArrays(gl.TRIANGLES, 0, 3);
	}
}

/** Return a texture, `{texture, width, height}`, of numbers of a type of the pack, [height, width] or [height, width, 4]. */
export function numbered(gl, type, [height, width, channels], numbers) {
	const [kind, internal, read] = {
		u8: [gl.UNSIGNED_BYTE, channels ? gl.RGBA8 : gl.R8],
		f16: [gl.HALF_FLOAT, channels ? gl.RGBA16F : gl.R16F],
		f32: [gl.FLOAT, gl.RGBA32F, gl.NEAREST],
	}[type];
	const made = textured(gl, width, height, read);
	gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, channels ? gl.RGBA : gl.RED, kind, numbers);
	return made;
}

/** Return the texture of a pack's section; a picture's colours come as they are stored, since they are numbers here. */
export async function stored(gl, { type, shape, data }) {
	if (!type.startsWith("image/")) return numbered(gl, type, shape, data);
	const bitmap = await createImageBitmap(new Blob([data], { type }), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
	const made = textured(gl, bitmap.width, bitmap.height);
	gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
	bitmap.close();
	return made;
}

/** Return a texture that can be drawn into, `{texture, width, height, buffer}`. */
export function target(gl, width, height) {
	const drawn = numbered(gl, "u8", [height, width, 4], null);
	drawn.buffer = kept(gl, "Framebuffer", gl.createFramebuffer());
	gl.bindFramebuffer(gl.FRAMEBUFFER, drawn.buffer);
	gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, drawn.texture, 0);
	return drawn;
}

function textured(gl, width, height, filter = gl.LINEAR) {
	const texture = kept(gl, "Texture", gl.createTexture());
	gl.bindTexture(gl.TEXTURE_2D, texture);
	gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
	for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, filter);
	for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
	return { texture, width, height };
}
