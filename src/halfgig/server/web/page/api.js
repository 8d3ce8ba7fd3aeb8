// Asks the server: with the key, with one shape of errors, and again where the connection was lost.
import { pause } from "./dom.js";
import { keep, kept } from "./store.js";

const LONGEST_WAIT_MS = 10_000;

/** What the server refused, or failed at. */
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

/** Tells "up" and "down" as the server is reached and not. */
export const link = new EventTarget();

let key = kept("key", "");
let asking = null;
let askForKey = async () => false;

/** Have a function ask the user for the key; it is given the server's sentence and gives true once there is one. */
export function askForKeyWith(asker) {
	askForKey = asker;
}

/** Use a key from now on, and keep it in this browser if that is wanted. */
export function useKey(value, isKept) {
	key = value;
	keep("key", isKept && value ? value : undefined);
}

/** Tell whether requests carry a key. */
export function hasKey() {
	return Boolean(key);
}

/** Ask, and give the response.  Throws `ApiError`, `Offline`, or an AbortError when the signal says so. */
export async function ask(path, options = {}) {
	for (;;) {
		const used = key;
		const response = await fetched(path, options);
		if (response.ok) return response;
		const error = await errorOf(response);
		if (error.status !== 401 || !(await keyAsked(error, used))) throw error;
	}
}

/** Ask for JSON. */
export async function askJson(path, options = {}) {
	return (await ask(path, options)).json();
}

/** Send JSON and give the response. */
export function send(path, value, options = {}) {
	return ask(path, { method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" }, ...options });
}

/** Send a form until it has arrived, through lost connections and a busy server; it knows by a key what comes twice. */
export async function sendForm(path, form, { signal, onSent = () => {}, onWait = () => {} } = {}) {
	const repeat = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
	for (let tries = 0; ; tries += 1) {
		const used = key;
		try {
			return await uploaded(path, form, { "idempotency-key": repeat }, signal, onSent);
		} catch (error) {
			if (error.status === 401 && (await keyAsked(error, used))) continue;
			const again = error instanceof Offline || error.status === 429 || error.status === 503;
			if (!again) throw error;
			const wait = Math.min(LONGEST_WAIT_MS, error.afterMs ?? 1000 * 2 ** Math.min(tries, 4));
			onWait(error, wait);
			await pause(wait, signal);
		}
	}
}

/** Give an address that an element can play from: the server's own where no key is needed, else of what was fetched. */
export async function playable(path, signal) {
	if (!key) return path;
	return URL.createObjectURL(await (await ask(path, { signal })).blob());
}

async function fetched(path, options) {
	const headers = { ...options.headers, ...(key ? { authorization: `Bearer ${key}` } : {}) };
	try {
		const response = await fetch(path, { cache: "no-store", ...options, headers });
		tellLink(true);
		return response;
	} catch (error) {
		if (error.name === "AbortError") throw error;
		tellLink(false);
		throw new Offline();
	}
}

/** Tell whether the server can be reached. */
export function tellLink(isUp) {
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

async function keyAsked(error, used) {
	if (used !== key) return true; // another request has asked meanwhile
	asking ??= askForKey(error.message, Boolean(used)).finally(() => { asking = null; });
	return asking;
}

function uploaded(path, form, headers, signal, onSent) {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest(); // fetch does not tell how much of a body has left
		request.open("POST", path);
		if (key) request.setRequestHeader("authorization", `Bearer ${key}`);
		for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
		request.responseType = "json";
		request.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
		request.onload = () => {
			tellLink(true);
			if (request.status < 400 && request.response) resolve(request.response);
			else reject(new ApiError(request.status, request.response?.error, waitOf((name) => request.getResponseHeader(name))));
		};
		request.onerror = () => { tellLink(false); reject(new Offline()); };
		request.onabort = () => reject(new DOMException("stopped", "AbortError"));
		signal?.addEventListener("abort", () => request.abort(), { once: true });
		request.send(form);
	});
}
