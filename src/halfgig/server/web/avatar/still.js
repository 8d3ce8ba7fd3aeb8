// The portrait as it is, where a browser has no WebGL2.
import { readPack } from "./pack.js";

/** A picture that does not move; has the methods of a face. */
export class Still {
	/** Open the picture of a pack. */
	static async open(canvas, bytes) {
		const pack = readPack(bytes);
		const shown = ["plate", "portrait", "person"].filter((name) => pack.sections[name]);
		const decoded = await Promise.all(shown.map((name) => createImageBitmap(new Blob([pack.sections[name].data]))));
		const pen = canvas.getContext("2d");
		const { width, height } = decoded.at(-1);
		[canvas.width, canvas.height] = [width, height];
		for (const picture of decoded) {
			pen.drawImage(picture, 0, 0, width, height);
			pen.globalCompositeOperation = "lighter"; // the person is multiplied by their alpha
		}
		return Object.assign(new Still(), { pack });
	}

	draw() {}

	resize() {}

	close() {}
}
