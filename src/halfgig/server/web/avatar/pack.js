// Reads a pack: docs/pack.md describes the format.

const KINDS = { u8: Uint8Array, i8: Int8Array, u16: Uint16Array, i16: Int16Array, f16: Uint16Array, f32: Float32Array };

/**
 * Return a pack from its bytes: `{header, sections}`, each section `{type, shape, data}` by its name, where `data` is an
 * array of its numbers, halves as the 16 bits that they are stored in. Throws an Error if it is none, or cut short.
 */
export function readPack(bytes) {
	const text = new TextDecoder();
	if (bytes.length < 16 || text.decode(bytes.subarray(0, 8)) !== "HGAVATAR") throw new Error("these bytes are no pack of an avatar");
	const start = new DataView(bytes.buffer, bytes.byteOffset), version = start.getUint32(8, true);
	if (version !== 1) throw new Error(`the pack has version ${version}, this script reads 1: take both from the same server`);
	const body = 16 + start.getUint32(12, true), sections = {};
	const slice = (begin, end) => {
		if (end > bytes.length) throw new Error("the pack is cut short: load it again");
		return bytes.slice(begin, end);
	};
	const header = JSON.parse(text.decode(slice(16, body)));
	for (const { name, type, shape, offset, length } of header.sections) {
		const data = slice(body + offset, body + offset + length);
		sections[name] = { type, shape, data: type in KINDS ? new KINDS[type](data.buffer) : data };
	}
	return { header, sections };
}
