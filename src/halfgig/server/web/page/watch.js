// Shows one video: how far it is while it is made, with its newest frame, and the result when it is done.
import { ask, askJson } from "./api.js";
import { announce, byId, isStopped, onClick, pause, save, say, toggle } from "./dom.js";
import { followVideo } from "./events.js";
import { attempt, calm, complain } from "./notice.js";
import { Player, contentOf } from "./player.js";
import { Share } from "./share.js";
import { keep, kept } from "./store.js";
import { bytes, duration, titleOf, told } from "./text.js";

const NEWEST_EVERY_MS = 2000;
const STAGES = {
	speaking: "Making the speech",
	measuring: "Looking at the face",
	watching: "Watching the films",
	moving: "Working out the movement",
	rendering: "Drawing the frames",
	assembling: "Putting the file together",
};

/** Tell whether a video is still to be made. */
export function isOpen(video) {
	return video.status === "queued" || video.status === "in_progress";
}

/** The video that is watched. */
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

	/** Show a video, and follow it until it ends; the portrait, where it is known, stands there until the first frame. */
	show(video, portrait = "") {
		this.#following?.abort();
		this.#following = new AbortController();
		const { signal } = this.#following;
		this.#seen = "";
		keep("watched", video.id);
		toggle(true, "watch");
		toggle(false, "portrait");
		calm(this.place);
		this.player.clear();
		this.#clearNewest();
		this.share.of(video.id);
		this.#tell(video);
		if (!isOpen(video)) return;
		this.#showFrame(portrait, true);
		followVideo(video.id, (each) => !signal.aborted && this.#tell(each), (isLost) => this.#tellLost(isLost), signal);
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

	#tell(video) {
		if (video.status === "deleted") return void this.forget(video.id);
		this.#video = video;
		const { status } = video;
		const isMade = isOpen(video);
		toggle(isMade, "watch-progress", "watch-cancel");
		toggle(status === "completed", "watch-video", "watch-done");
		toggle(status === "failed", "watch-retry");
		toggle(status === "completed" && Boolean(video.prompt), "watch-words");
		if (isMade) this.#tellProgress(video);
		else this.#tellEnd(video);
		const [width, height] = video.size.split("x");
		if (height) byId("watch-frame").style.aspectRatio = `${width} / ${height}`;
		say("watch-text", titleOf(video, 120));
		this.onVideo(video);
	}

	#tellProgress(video) {
		const stage = video.status === "queued" ? "Waiting for its turn" : STAGES[video.stage] ?? "Beginning";
		if (stage !== this.#seen) announce(stage);
		this.#seen = stage;
		say("watch-stage", stage);
		byId("watch-bar").value = video.progress;
		say("watch-left", video.left_s ? `about ${duration(video.left_s)} left` : `${video.progress} %`);
		const facts = [];
		if (video.frame !== null && video.frames) facts.push(`Frame ${video.frame.toLocaleString("en")} of ${video.frames.toLocaleString("en")}`);
		if (video.stage === "rendering" && video.rate) facts.push(`${video.rate.toFixed(video.rate < 10 ? 1 : 0)} frames a second`);
		say("watch-facts", facts.join(" · ") || "You may close the page: it goes on, and is listed here when you come back.");
	}

	#tellEnd(video) {
		const isNew = this.#seen !== video.status;
		this.#seen = video.status;
		this.#tellLost(false);
		toggle(false, "watch-newest");
		if (video.status === "completed") {
			if (isNew) this.#play(video);
			say("watch-facts-done", factsOf(video));
			say("watch-notes", video.notices.map((each) => told(each)).join(" "));
		} else if (isNew) {
			complain(video.error.code === "cancelled" ? "Cancelled. Nothing is kept of it but the wish." : video.error, [], this.place);
		}
	}

	async #play(video) {
		announce("The video is done");
		await attempt(() => this.player.load(`/v1/videos/${video.id}/content`, Boolean(video.prompt)), this.place);
	}

	#tellLost(isLost) {
		const place = byId("watch-lost");
		const text = isLost ? "The connection is lost. The video goes on being made; trying to reach the server again…" : "";
		if (place.textContent !== text) place.textContent = text;
		toggle(isLost, place);
	}

	async #showNewest(id, signal) {
		while (!signal.aborted && this.#video && isOpen(this.#video)) {
			try {
				await pause(NEWEST_EVERY_MS, signal);
				if (this.#video?.stage !== "rendering" || document.hidden || navigator.connection?.saveData) continue;
				const url = URL.createObjectURL(await contentOf(id, "newest", signal));
				if (signal.aborted) return void URL.revokeObjectURL(url);
				this.#showFrame(url, false);
			} catch (error) {
				if (isStopped(error)) return;
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
		if (image.alt) URL.revokeObjectURL(image.src); // the portrait's is not ours
		image.removeAttribute("src");
		toggle(false, image);
	}

	async #cancel() {
		const pressed = byId("watch-cancel");
		pressed.disabled = true;
		await attempt(async () => this.#tell(await askJson(`/v1/videos/${this.#video.id}/cancel`, { method: "POST" })), this.place);
		pressed.disabled = false;
	}
}

/** Give a finished video to the user as a file. */
export function download(id, place) {
	return attempt(async () => save(await contentOf(id, "video"), `${id}.mp4`), place);
}

/** Ask for a video once more, and give the new one. */
export async function retry(id) {
	return (await ask(`/v1/videos/${id}/retry`, { method: "POST" })).json();
}

function factsOf(video) {
	const took = video.completed_at ? `made in ${duration(Math.max(1, video.completed_at - video.created_at))}` : "";
	const memory = took && video.peak_private_mb ? ` with ${Math.round(video.peak_private_mb)} MB` : "";
	return [duration(Number(video.seconds)), video.size.replace("x", " × "), video.bytes && bytes(video.bytes), took + memory].filter(Boolean).join(" · ");
}
