// Formats figures and errors as text.

const CHARACTERS_A_SECOND = 14.5; // of English speech

const AGAIN = "Try again; if it fails again, tell the operator of this server.";
const ADVICE = {
	no_face: "Choose a picture with a face that looks at the camera, or place the five points yourself.",
	picture_too_large: "The page can make it smaller before it is sent.",
	picture_unreadable: "Save it as JPEG or PNG and choose that.",
	bad_landmarks: "Drag the points onto the eyes, the nose and the corners of the mouth.",
	empty_text: "Write a text first.",
	unknown_voice: "Choose another voice.",
	sound_silent: "Check the microphone, then record again.",
	sound_unreadable: "Choose a recording as MP3, WAV, M4A or OGG.",
	memory_exceeded: "Choose smaller frames under Options.",
	model_missing: "Choose another voice, or the puppet; the operator of the server can install the model.",
	internal_error: AGAIN,
	cell_failed: AGAIN,
};

// Parts of the server's messages that are meant for programs and the command line.
const FOR_OTHERS = [/;[^;]*--[a-z-]+[^;]*$/, /;[^;]*\b(?:GET|POST|DELETE) \/[^;]*$/, /;[^;]*\/docs\b[^;]*$/];

/** Return a message as a sentence, with a capital and a full stop. */
export function sentence(message) {
	const text = String(message).trim();
	if (!text) return "";
	return text[0].toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? "" : ".");
}

/** Return what went wrong and what to do. */
export function errorText(error) {
	if (error?.name === "Offline") return "The server does not answer. Check the connection; your text is kept.";
	if (error?.status === 401) return "This server requires a key. Press the key at the top to enter one.";
	const advice = ADVICE[error?.code] ?? "";
	let message = String(error?.message ?? error);
	if (advice) for (const part of FOR_OTHERS) message = message.replace(part, "");
	return `${sentence(message)} ${advice}`.trim();
}

/** Format a duration: "0.4 s", "12 s", "3 min". */
export function duration(seconds) {
	if (!Number.isFinite(seconds)) return "";
	if (seconds < 9.5) return `${Math.max(0.1, seconds).toFixed(seconds < 2 ? 1 : 0)} s`;
	if (seconds < 99.5) return `${Math.round(seconds)} s`;
	if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
	return `${(seconds / 3600).toFixed(1)} h`;
}

/** Format a position in a recording: "1:04". */
export function clock(seconds) {
	const whole = Math.max(0, Math.floor(seconds));
	return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Format a file size. */
export function bytes(count) {
	if (count < 1000) return `${count} bytes`;
	return count < 1e6 ? `${Math.round(count / 1e3)} KB` : `${(count / 1e6).toFixed(1)} MB`;
}

/** Format a count with its noun. */
export function plural(count, one, many = `${one}s`) {
	return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Format a past time, given in seconds since 1970. */
export function when(at, now = Date.now() / 1000) {
	const ago = now - at;
	if (ago < 45) return "just now";
	if (ago < 3600) return `${Math.max(1, Math.round(ago / 60))} min ago`;
	const day = new Date(at * 1000).toLocaleDateString([], { day: "numeric", month: "short" });
	return ago < 72000 ? hour(at) : `${day}, ${hour(at)}`;
}

/** Format the time of day, given in seconds since 1970. */
export function hour(at, second) {
	return new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second });
}

/** Estimate the seconds it takes to speak a text. */
export function spokenSeconds(text, speed = 1) {
	const dense = (text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g) ?? []).length; // one syllable each
	return text.trim() ? (0.4 + (text.trim().length - dense) / CHARACTERS_A_SECOND + dense / 5) / speed : 0;
}

/** Return a title for a video, up to `most` characters. */
export function titleOf(video, most) {
	return video.prompt ? cut(video.prompt, most) : video.idle ? "Silent" : "From a recording";
}

/** Shorten a text to `most` characters, at a word. */
export function cut(text, most) {
	const flat = text.replace(/\s+/g, " ").trim();
	return flat.length <= most ? flat : `${flat.slice(0, most).replace(/\s+\S*$/, "")}…`;
}
