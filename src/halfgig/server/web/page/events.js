// Reads server-sent events with fetch, which can send a key, and follows a video through lost connections.
import { ApiError, ask, askJson, setLink } from "./api.js";
import { debounce, isAborted, on, sleep } from "./dom.js";

const SILENT_MS = 25_000; // the server sends something every ten seconds
const ENDED = new Set(["completed", "failed", "cancelled", "deleted"]);
const PATIENCE = 3; // streams without an event before the page polls instead

/** Yield the events of a response as { event, data }; `onBytes` is called for any data. */
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

/** Follow a video until it ends: by streams, or by polling if streams do not get through. */
export async function followVideo(id, onVideo, onLost, signal) {
	let silent = 0; // streams in a row without an event
	for (let lost = 0; !signal.aborted; lost += 1) {
		try {
			const count = silent < PATIENCE ? await streamed(id, show, signal) : 0;
			if (count < 0) return;
			silent = count ? 0 : silent + 1;
			if (await polled(id, show)) return;
			await sleep(silent < PATIENCE ? 500 : 2000, signal);
		} catch (error) {
			if (isAborted(error) || signal.aborted) return;
			if (error instanceof ApiError && error.status === 404) return void onVideo({ id, status: "deleted" });
			silent += 1;
			onLost(true);
			await sleep(Math.min(8000, 500 * 2 ** Math.min(lost, 4)), signal).catch(() => {});
		}
	}

	function show(video) {
		onLost(false);
		onVideo(video);
	}
}

async function streamed(id, onVideo, signal) {
	const own = new AbortController();
	const stop = () => own.abort();
	on(signal, "abort", stop, { once: true });
	const endIfSilent = debounce(SILENT_MS, stop);
	let count = 0;
	try {
		endIfSilent();
		const response = await ask(`/v1/videos/${id}/events`, { signal: own.signal });
		for await (const { event, data } of eventsOf(response, endIfSilent)) {
			const video = JSON.parse(data);
			count += 1;
			onVideo(event === "deleted" ? { id, status: "deleted" } : video);
			if (ENDED.has(event)) return -1;
		}
	} catch (error) {
		if (signal.aborted || error instanceof ApiError || error.name === "Offline") throw error;
		setLink(false); // broke off
	} finally {
		signal.removeEventListener("abort", stop);
	}
	return count;
}

async function polled(id, onVideo) {
	const video = await askJson(`/v1/videos/${id}`);
	onVideo(video);
	return ENDED.has(video.status);
}
