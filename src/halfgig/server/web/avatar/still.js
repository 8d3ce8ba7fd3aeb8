// Where a browser has no WebGL2: the portrait as it is, and the server's videos of what is said where a key allows them.
import { AvatarError } from "./connection.js";
import { readPack } from "./pack.js";
import { Videos } from "./videos.js";

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
		return Object.assign(new Still(), { canvas, pack });
	}

	draw() {}

	resize() {}

	close() {}

	/** Show what is said in videos; return how it ended, or undefined where a token, or a page elsewhere without a key, may only speak. */
	async film(talk, { server, credentials }, voice) {
		const key = await credentials();
		const avatar = this.canvas.getRootNode().host.getAttribute("src").match(/avatar_[0-9a-f]+/)?.[0];
		const maySpeakOnly = key ? key.startsWith("hgs_") : new URL(server).origin !== location.origin;
		if (!avatar || maySpeakOnly) return undefined;
		const [videos, { stretches, signal }] = [new Videos(server, key ?? ""), talk];
		try {
			for (let prompt; (prompt = await stretches.next());) {
				const size = Math.max(this.canvas.width, this.canvas.height);
				const { id } = await videos.create({ ...voice, avatar, prompt, size: size - (size % 2) }, { signal });
				const { status, error } = await videos.poll(id, { signal });
				if (status !== "completed") throw new AvatarError(error?.message ?? `the video was ${status}`, { code: error?.code ?? status });
				await this.play(await videos.download(id, { signal }), talk, prompt);
				await videos.delete(id);
			}
		} catch (error) {
			if (!signal.aborted) throw error;
		}
		return signal.aborted ? "stopped" : "done";
	}

	/** Play a video over the picture, to its end. */
	async play(file, talk, text) {
		const film = Object.assign(document.createElement("video"), { src: URL.createObjectURL(file), playsInline: true });
		Object.assign(film.style, { position: "absolute", inset: 0, width: "100%", height: "100%" });
		this.canvas.after(film);
		try {
			await new Promise((resolve, reject) => {
				talk.signal.addEventListener("abort", () => reject(talk.signal.reason));
				Object.assign(film, { onended: resolve, onerror: () => reject(new AvatarError("the video cannot be played")) });
				film.onplaying = () => {
					talk.on("start");
					talk.on("caption", text.trim());
				};
				film.play().catch(reject);
			});
		} finally {
			film.remove();
			URL.revokeObjectURL(film.src);
		}
	}
}
