// The portrait as it is, where a browser has no WebGL2.

/** A picture that does not move; has the methods of a face. */
export class Still {
	constructor(canvas, pictures) {
		Object.assign(this, { canvas, pictures });
		this.resize();
	}

	/** Return whether the browser can draw a face that moves. */
	static isNeeded() {
		return !document.createElement("canvas").getContext("webgl2");
	}

	/** Open the picture of a pack. */
	static async open(canvas, pack) {
		const { header, sections } = readSections(pack);
		const shown = header.sections.filter(({ name }) => ["plate", "person", "portrait"].includes(name));
		const decoded = shown.map(async ({ name, type }) => [name, await createImageBitmap(new Blob([sections[name]], { type }))]);
		return new Still(canvas, Object.fromEntries(await Promise.all(decoded)));
	}

	draw() {}

	resize() {
		const picture = this.pictures.portrait ?? this.pictures.person;
		[this.canvas.width, this.canvas.height] = [picture.width, picture.height];
		const pen = this.canvas.getContext("2d");
		if (this.pictures.plate) pen.drawImage(this.pictures.plate, 0, 0, picture.width, picture.height);
		pen.globalCompositeOperation = this.pictures.plate ? "lighter" : "copy"; // the person is multiplied by their alpha
		pen.drawImage(picture, 0, 0);
	}

	close() {}
}

function readSections(pack) {
	const view = new DataView(pack.buffer ?? pack, pack.byteOffset ?? 0);
	const length = view.getUint32(12, true);
	const bytes = new Uint8Array(view.buffer, view.byteOffset);
	const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + length)));
	const start = 16 + length;
	const cut = ({ name, offset, length: size }) => [name, bytes.subarray(start + offset, start + offset + size)];
	return { header, sections: Object.fromEntries(header.sections.map(cut)) };
}
