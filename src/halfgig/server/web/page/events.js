// Reads server-sent events with fetch, which can send a key, and follows a video over them through lost connections.
import { ApiError, ask, askJson, tellLink } from "./api.js";
import { isStopped, lazily, on, pause } from "./dom.js";

const SILENT_MS = 25_000; // the server says something every ten seconds
const ENDED = new Set(["completed", "failed", "cancelled", "deleted"]);
const PATIENCE = 3; // streams that may tell nothing before the page asks every two seconds

/** Yield the events of a response as { event, data }; `onBytes` hears that something came, be it only a sign of life. */
export async function* eventsOf(response, onBytes = () => {}) {
	const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
	let rest = "";
	try {
		for (;;) {
			const { value, done } = await reader.read();
			if (done) return;
			onBytes();
			const parts = (rest + value).split(/\r?\n\r?\n/);
			rest = parts.pop();
			yield* parts.map(eventOf).filter(Boolean);
		}
	} finally {
		reader.cancel().catch(() => {});
	}
}

function eventOf(block) {
	let event = "message";
	const data = [];
	for (const line of block.split(/\r?\n/)) {
		if (line.startsWith("event:")) event = line.slice(6).trim();
		if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
	}
	return data.length ? { event, data: data.join("\n") } : null;
}

/** Follow a video until it ends: by a stream, taken up again when it breaks, or by asking where streams do not come through. */
export async function followVideo(id, tell, onLost, signal) {
	let mute = 0; // streams in a row that told nothing
	for (let lost = 0; !signal.aborted; lost += 1) {
		try {
			const heard = mute < PATIENCE ? await streamed(id, told, signal) : 0;
			if (heard < 0) return;
			mute = heard ? 0 : mute + 1;
			if (await asked(id, told)) return;
			await pause(mute < PATIENCE ? 500 : 2000, signal);
		} catch (error) {
			if (isStopped(error) || signal.aborted) return;
			if (error instanceof ApiError && error.status === 404) return void tell({ id, status: "deleted" });
			mute += 1;
			onLost(true);
			await pause(Math.min(8000, 500 * 2 ** Math.min(lost, 4)), signal).catch(() => {});
		}
	}

	function told(video) {
		onLost(false);
		tell(video);
	}
}

async function streamed(id, tell, signal) {
	const own = new AbortController();
	const stop = () => own.abort();
	on(signal, "abort", stop, { once: true });
	const endIfSilent = lazily(SILENT_MS, stop);
	let heard = 0;
	try {
		endIfSilent();
		const response = await ask(`/v1/videos/${id}/events`, { signal: own.signal });
		for await (const { event, data } of eventsOf(response, endIfSilent)) {
			const video = JSON.parse(data);
			heard += 1;
			tell(event === "deleted" ? { id, status: "deleted" } : video);
			if (ENDED.has(event)) return -1;
		}
	} catch (error) {
		if (signal.aborted || error instanceof ApiError || error.name === "Offline") throw error;
		tellLink(false); // broken off in the middle
	} finally {
		signal.removeEventListener("abort", stop);
	}
	return heard;
}

async function asked(id, tell) {
	const video = await askJson(`/v1/videos/${id}`);
	tell(video);
	return ENDED.has(video.status);
}
