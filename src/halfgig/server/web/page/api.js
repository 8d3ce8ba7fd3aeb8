// Sends requests with the API key, turns failures into errors of one kind, and retries forms.
import { sleep } from "./dom.js";
import { keep, kept } from "./store.js";

const LONGEST_WAIT_MS = 10_000;

/** An error response of the server. */
export class ApiError extends Error {
	constructor(status, facts = {}, afterMs = null) {
		super(facts.message || `the server answered with status ${status}`);
		this.name = "ApiError";
		this.status = status;
		this.code = facts.code ?? null;
		this.afterMs = afterMs;
	}
}

/** The server could not be reached. */
export class Offline extends Error {
	constructor() {
		super("the server does not answer");
		this.name = "Offline";
	}
}

/** Fires "up" and "down" when the connection changes. */
export const link = new EventTarget();

let key = kept("key", "");
let asking = null;
let askForKey = async () => false;

/** Set the function that asks the user for a key; it gets the server's message and resolves to true with a key. */
export function onKeyNeeded(asker) {
	askForKey = asker;
}

/** Set the key, and remember it in this browser if `isKept`. */
export function useKey(value, isKept) {
	key = value;
	keep("key", isKept && value ? value : undefined);
}

/** Return the key, empty without one. */
export function keyNow() {
	return key;
}

/** Return whether a key is set. */
export function hasKey() {
	return Boolean(key);
}

/** Return the response to a request.  Throws `ApiError`, `Offline` or an AbortError. */
export async function ask(path, options = {}) {
	for (;;) {
		const used = key;
		const response = await fetched(path, options);
		if (response.ok) return response;
		const error = await errorOf(response);
		if (error.status !== 401 || !(await keyEntered(error, used))) throw error;
	}
}

/** Return the JSON response to a request. */
export async function askJson(path, options = {}) {
	return (await ask(path, options)).json();
}

/** Post JSON and return the response. */
export function send(path, value, options = {}) {
	return ask(path, { method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" }, ...options });
}

/** Send a form, with retries while offline or busy; an idempotency key prevents duplicates. */
export async function sendForm(path, form, { signal, onSent = () => {}, onWait = () => {} } = {}) {
	const repeat = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
	for (let tries = 0; ; tries += 1) {
		const used = key;
		try {
			return await uploaded(path, form, { "idempotency-key": repeat }, signal, onSent);
		} catch (error) {
			if (error.status === 401 && (await keyEntered(error, used))) continue;
			const again = error instanceof Offline || error.status === 429 || error.status === 503;
			if (!again) throw error;
			const wait = Math.min(LONGEST_WAIT_MS, error.afterMs ?? 1000 * 2 ** Math.min(tries, 4));
			onWait(error, wait);
			await sleep(wait, signal);
		}
	}
}

/** Return a URL a media element can play: the path itself, or a blob if a key is needed. */
export async function playable(path, signal) {
	if (!key) return path;
	return URL.createObjectURL(await (await ask(path, { signal })).blob());
}

async function fetched(path, options) {
	const headers = { ...options.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
	try {
		const response = await fetch(path, { cache: "no-store", ...options, headers });
		setLink(true);
		return response;
	} catch (error) {
		if (error.name === "AbortError") throw error;
		setLink(false);
		throw new Offline();
	}
}

/** Report whether the server can be reached. */
export function setLink(isUp) {
	link.dispatchEvent(new Event(isUp ? "up" : "down"));
}

async function errorOf(response) {
	const body = await response.json().catch(() => ({}));
	return new ApiError(response.status, body.error, waitOf((name) => response.headers.get(name)));
}

function waitOf(header) {
	const ms = Number(header("retry-after-ms")) || 1000 * Number(header("retry-after"));
	return ms > 0 ? ms : null;
}

async function keyEntered(error, used) {
	if (used !== key) return true; // entered meanwhile, for another request
	asking ??= askForKey(error.message, Boolean(used)).finally(() => { asking = null; });
	return asking;
}

function uploaded(path, form, headers, signal, onSent) {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest(); // fetch has no upload progress
		request.open("POST", path);
		if (key) request.setRequestHeader("authorization", `Bearer ${key}`);
		for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
		request.responseType = "json";
		request.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
		request.onload = () => {
			setLink(true);
			if (request.status < 400 && request.response) resolve(request.response);
			else reject(new ApiError(request.status, request.response?.error, waitOf((name) => request.getResponseHeader(name))));
		};
		request.onerror = () => { setLink(false); reject(new Offline()); };
		request.onabort = () => reject(new DOMException("stopped", "AbortError"));
		signal?.addEventListener("abort", () => request.abort(), { once: true });
		request.send(form);
	});
}
