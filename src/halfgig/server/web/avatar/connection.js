// Asks the server, with a key or a session's token, and reads its events.

/** A refusal of the server, or that it could not be reached; `code` is one of the API's, or "offline". */
export class AvatarError extends Error {
	constructor(message, { status = 0, code = "offline", afterMs } = {}) {
		super(message);
		Object.assign(this, { name: "AvatarError", status, code, afterMs });
	}

	/** Whether the same request may succeed later. */
	get isPassing() {
		return this.code === "offline" || this.status === 429 || this.status > 501;
	}
}

/**
 * A server and what it accepts requests with: `credentials` returns a key or a token, or a promise of one.
 * `decoder` may be set to what decodes its speech; default: samples as they are.
 */
export class Connection {
	constructor(server, credentials) {
		Object.assign(this, { server, credentials });
	}

	/** Return the response to a request; `json` is sent as its body.  Throws `AvatarError` or an AbortError. */
	async ask(path, { json, headers = {}, ...options } = {}) {
		const url = new URL(path, this.server);
		const key = url.origin === new URL(this.server).origin && (await this.credentials()); // for nobody else
		const all = { ...headers, ...(key && { authorization: `Bearer ${key}` }), ...(json && { "content-type": "application/json" }) };
		const sent = { ...(json && { method: "POST", body: JSON.stringify(json) }), ...options, headers: all };
		const response = await fetch(url, sent).catch(breakOff);
		if (response.ok) return response;
		const { message = `the server answered ${response.status}`, code = "refused" } = (await response.json().catch(() => ({}))).error ?? {};
		const afterMs = Number(response.headers.get("retry-after-ms")) || undefined;
		throw new AvatarError(message, { status: response.status, code, afterMs });
	}

	/** Yield the server-sent events of a request as { event, data }. */
	async* events(path, options) {
		const { body } = await this.ask(path, options);
		const reader = body.pipeThrough(new TextDecoderStream()).getReader();
		try {
			for (let rest = ""; ;) {
				const { value, done } = await reader.read().catch(breakOff);
				if (done) return;
				const blocks = (rest + value).split(/\r?\n\r?\n/);
				rest = blocks.pop();
				for (const block of blocks) {
					const data = block.match(/^data: ?(.*)$/m)?.[1];
					if (data) yield { event: block.match(/^event: ?(.*)$/m)?.[1], data: JSON.parse(data) };
				}
			}
		} finally {
			reader.cancel().catch(() => {});
		}
	}
}

/** Wait, or throw an AbortError. */
export function pause(ms, signal) {
	return new Promise((resolve, reject) => {
		setTimeout(resolve, ms);
		signal?.addEventListener("abort", () => reject(signal.reason));
	});
}

function breakOff(error) {
	throw error.name === "AbortError" ? error : new AvatarError("the connection broke off");
}
