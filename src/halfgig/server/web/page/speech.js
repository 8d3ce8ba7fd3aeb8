// Receives speech while it is made: sound and word times.
import { ApiError, send } from "./api.js";
import { eventsOf } from "./events.js";

/** Request speech and receive all of it.  Throws `ApiError`, also for an incomplete stream. */
export async function speak(request, onSound, onWords, signal) {
	const asked = { model: "tts-1", response_format: "pcm", stream_format: "sse", words: true, ...request };
	const response = await send("/v1/audio/speech", asked, { signal });
	const samplesOf = sampler();
	for await (const { data } of eventsOf(response)) {
		const event = JSON.parse(data);
		if (event.type === "speech.audio.delta") onSound(samplesOf(event.audio));
		else if (event.type === "speech.audio.words") onWords(event.words);
		else if (event.type === "error") throw new ApiError(500, event.error);
		else if (event.type === "speech.audio.done") return;
	}
	throw new ApiError(500, { message: "the speech broke off in the middle", code: "broken_off" });
}

function sampler() {
	let odd = ""; // half a sample, if one was split
	return (base64) => {
		const text = odd + atob(base64);
		odd = text.length % 2 ? text.at(-1) : "";
		const bytes = Uint8Array.from(text.slice(0, text.length - odd.length), (letter) => letter.charCodeAt(0));
		return new Int16Array(bytes.buffer);
	};
}
