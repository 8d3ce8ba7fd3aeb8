// Videos made by the server: create, follow, fetch.
import { Connection, pause } from "./connection.js";

const OVER = ["completed", "failed", "cancelled", "deleted"];

/** The videos of a server; `key` is an API key, or empty where the server has none. */
export class Videos {
	#connection;

	constructor(server, key = "") {
		this.#connection = new Connection(server, () => key);
	}

	/** Order a video: `fields` as in the API, files as Blobs.  Sending it twice by accident makes one video. */
	async create(fields, { signal } = {}) {
		const body = new FormData();
		for (const [name, value] of Object.entries(fields)) {
			if (value !== undefined && value !== null) body.append(name, value instanceof Blob ? value : String(value));
		}
		const headers = { "idempotency-key": crypto.randomUUID?.() ?? `${Date.now()} ${Math.random()}` };
		return this.#patiently(() => this.#json("", { method: "POST", body, headers, signal }), signal);
	}

	/** Return a video as it is now. */
	get(id, options) {
		return this.#json(`/${id}`, options);
	}

	/** Yield the video at each change until it is over; lost connections are taken up again. */
	async* events(id, { signal } = {}) {
		for (;;) {
			try {
				for await (const { event, data } of this.#connection.events(`/v1/videos/${id}/events`, { signal })) {
					yield data;
					if (OVER.includes(event)) return;
				}
			} catch (error) {
				if (!error.isPassing) throw error;
			}
			await pause(1000, signal);
		}
	}

	/** Return the video once it is over; `onChange` is called with it at each change. */
	async poll(id, { signal, onChange = () => {} } = {}) {
		for await (const video of this.events(id, { signal })) onChange(video);
		return this.#patiently(() => this.get(id, { signal }), signal);
	}

	/** Return a finished video as a Blob, or another variant: thumbnail, subtitles, track. */
	async download(id, { variant = "video", signal } = {}) {
		const response = await this.#patiently(() => this.#connection.ask(`/v1/videos/${id}/content?variant=${variant}`, { signal }), signal);
		return response.blob();
	}

	/** Stop one that is being made. */
	cancel(id) {
		return this.#json(`/${id}/cancel`, { method: "POST" });
	}

	/** Delete a video and its files. */
	delete(id) {
		return this.#json(`/${id}`, { method: "DELETE" });
	}

	async #json(path, options) {
		return (await this.#connection.ask(`/v1/videos${path}`, options)).json();
	}

	async #patiently(work, signal) {
		for (let tries = 0; ; tries += 1) {
			try {
				return await work();
			} catch (error) {
				if (!error.isPassing || tries > 6) throw error;
				await pause(error.afterMs ?? 250 * 2 ** tries, signal);
			}
		}
	}
}
