// Shows one video: its progress and newest frame, then the result.
import { ask, askJson } from "./api.js";
import { announce, byId, isAborted, onClick, save, setText, sleep, toggle } from "./dom.js";
import { followVideo } from "./events.js";
import { attempt, clearError, showError } from "./notice.js";
import { contentOf, Player } from "./player.js";
import { Share } from "./share.js";
import { keep, kept } from "./store.js";
import { bytes, duration, errorText, titleOf } from "./text.js";

const NEWEST_EVERY_MS = 2000;
const STAGES = {
	speaking: "Making the speech",
	measuring: "Measuring the face",
	watching: "Reading the reference videos",
	moving: "Computing the movement",
	rendering: "Rendering the frames",
	assembling: "Assembling the file",
};

/** Return whether a video is queued or in progress. */
export function isOpen(video) {
	return video.status === "queued" || video.status === "in_progress";
}

/** The current video. */
export class Watch {
	#following = null;
	#video = null;
	#seen = "";

	constructor({ onVideo, onAgain }) {
		Object.assign(this, { onVideo, onAgain });
		this.player = new Player(byId("watch-video"));
		this.share = new Share();
		this.place = "watch-notices";
		onClick("watch-cancel", () => this.#cancel());
		onClick("watch-close", () => this.close());
		onClick("watch-retry", () => this.onAgain(this.#video));
		onClick("watch-download", () => download(this.#video.id, this.place));
		onClick("watch-words", (event) => event.currentTarget.setAttribute("aria-pressed", this.player.toggleWords()));
	}

	static get last() {
		return kept("watched", "");
	}

	/** Show a video and follow it until it ends; the portrait is shown until the first frame. */
	show(video, portrait = "") {
		this.#following?.abort();
		this.#following = new AbortController();
		const { signal } = this.#following;
		this.#seen = "";
		keep("watched", video.id);
		toggle(true, "watch");
		toggle(false, "portrait");
		clearError(this.place);
		this.player.clear();
		this.#clearNewest();
		this.share.of(video.id);
		this.#update(video);
		if (!isOpen(video)) return;
		this.#showFrame(portrait, true);
		followVideo(video.id, (each) => !signal.aborted && this.#update(each), (isLost) => this.#showLost(isLost), signal);
		this.#showNewest(video.id, signal);
	}

	close() {
		this.#following?.abort();
		this.#video = null;
		this.player.clear();
		keep("watched", undefined);
		toggle(false, "watch");
		toggle(true, "portrait");
	}

	forget(id) {
		if (this.#video?.id === id) this.close();
	}

	#update(video) {
		if (video.status === "deleted") return void this.forget(video.id);
		this.#video = video;
		const { status } = video;
		const isMade = isOpen(video);
		toggle(isMade, "watch-progress", "watch-cancel");
		toggle(status === "completed", "watch-video", "watch-done");
		toggle(status === "failed", "watch-retry");
		toggle(status === "completed" && Boolean(video.prompt), "watch-words");
		if (isMade) this.#showProgress(video);
		else this.#showEnd(video);
		const [width, height] = video.size.split("x");
		if (height) byId("watch-frame").style.aspectRatio = `${width} / ${height}`;
		setText("watch-text", titleOf(video, 120));
		this.onVideo(video);
	}

	#showProgress(video) {
		const stage = video.status === "queued" ? "Queued" : STAGES[video.stage] ?? "Starting";
		if (stage !== this.#seen) announce(stage);
		this.#seen = stage;
		setText("watch-stage", stage);
		byId("watch-bar").value = video.progress;
		setText("watch-left", video.left_s ? `about ${duration(video.left_s)} left` : `${video.progress} %`);
		const facts = [];
		if (video.frame !== null && video.frames) facts.push(`Frame ${video.frame.toLocaleString("en")} of ${video.frames.toLocaleString("en")}`);
		if (video.stage === "rendering" && video.rate) facts.push(`${video.rate.toFixed(video.rate < 10 ? 1 : 0)} frames per second`);
		setText("watch-facts", facts.join(" · ") || "You may close the page: the video will be listed here when you come back.");
	}

	#showEnd(video) {
		const isNew = this.#seen !== video.status;
		this.#seen = video.status;
		this.#showLost(false);
		toggle(false, "watch-newest");
		if (video.status === "completed") {
			if (isNew) this.#play(video);
			setText("watch-facts-done", factsOf(video));
			setText("watch-notes", video.notices.map((each) => errorText(each)).join(" "));
		} else if (isNew) {
			showError(video.error.code === "cancelled" ? "Cancelled." : video.error, [], this.place);
		}
	}

	async #play(video) {
		announce("The video is done");
		await attempt(() => this.player.load(`/v1/videos/${video.id}/content`, Boolean(video.prompt)), this.place);
	}

	#showLost(isLost) {
		const place = byId("watch-lost");
		const text = isLost ? "Connection lost. The video is still being made; reconnecting…" : "";
		if (place.textContent !== text) place.textContent = text;
		toggle(isLost, place);
	}

	async #showNewest(id, signal) {
		while (!signal.aborted && this.#video && isOpen(this.#video)) {
			try {
				await sleep(NEWEST_EVERY_MS, signal);
				if (this.#video?.stage !== "rendering" || document.hidden || navigator.connection?.saveData) continue;
				const url = URL.createObjectURL(await contentOf(id, "newest", signal));
				if (signal.aborted) return void URL.revokeObjectURL(url);
				this.#showFrame(url, false);
			} catch (error) {
				if (isAborted(error)) return;
			}
		}
	}

	#showFrame(url, isWaiting) {
		this.#clearNewest();
		const image = byId("watch-newest");
		if (url) image.src = url;
		image.alt = isWaiting ? "" : "The newest frame";
		image.classList.toggle("is-waiting", isWaiting);
		toggle(Boolean(url) && isOpen(this.#video), image);
	}

	#clearNewest() {
		const image = byId("watch-newest");
		if (image.alt) URL.revokeObjectURL(image.src); // the portrait's URL is not ours
		image.removeAttribute("src");
		toggle(false, image);
	}

	async #cancel() {
		const pressed = byId("watch-cancel");
		pressed.disabled = true;
		await attempt(async () => this.#update(await askJson(`/v1/videos/${this.#video.id}/cancel`, { method: "POST" })), this.place);
		pressed.disabled = false;
	}
}

/** Download a finished video. */
export function download(id, place) {
	return attempt(() => contentOf(id, "video").then((film) => save(film, `${id}.${film.type.slice(6)}`)), place);
}

/** Make a video again and return the new one. */
export async function retry(id) {
	return (await ask(`/v1/videos/${id}/retry`, { method: "POST" })).json();
}

function factsOf(video) {
	const took = video.completed_at ? `made in ${duration(Math.max(1, video.completed_at - video.created_at))}` : "";
	const memory = took && video.peak_private_mb ? ` with ${Math.round(video.peak_private_mb)} MB` : "";
	return [duration(Number(video.seconds)), video.size.replace("x", " × "), video.bytes && bytes(video.bytes), took + memory].filter(Boolean).join(" · ");
}
