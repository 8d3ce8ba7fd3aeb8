// Plays a finished video with subtitles.
import { ask, playable } from "./api.js";
import { make } from "./dom.js";

/** A video element and its sources. */
export class Player {
	#urls = [];
	#loading = null;

	constructor(video) {
		this.video = video;
	}

	/** Load a video from its content path, with subtitles if `hasWords`.  Throws as `ask` does. */
	async load(path, hasWords) {
		this.clear();
		const loading = new AbortController();
		this.#loading = loading;
		const address = (variant) => playable(`${path}?variant=${variant}`, loading.signal);
		const subtitles = hasWords ? await address("subtitles").catch(() => null) : null;
		const film = await address("video");
		if (this.#loading !== loading) return;
		this.#urls = [film, subtitles];
		if (subtitles) this.video.append(make("track", { kind: "subtitles", srclang: "und", label: "Words", src: subtitles, default: true }));
		this.video.src = film;
		for (const track of this.video.textTracks) track.mode = "showing";
	}

	toggleWords() {
		const [track] = this.video.textTracks;
		track.mode = track.mode === "showing" ? "hidden" : "showing";
		return track.mode === "showing";
	}

	clear() {
		this.#loading?.abort();
		this.#loading = null;
		this.video.pause();
		this.video.removeAttribute("src");
		this.video.replaceChildren();
		this.video.load();
		for (const url of this.#urls) if (url?.startsWith("blob:")) URL.revokeObjectURL(url);
		this.#urls = [];
	}
}

/** Download one of a video's files. */
export async function contentOf(id, variant, signal) {
	return (await ask(`/v1/videos/${id}/content?variant=${variant}`, { signal })).blob();
}
