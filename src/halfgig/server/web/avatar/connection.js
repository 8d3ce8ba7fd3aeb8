// Asks the server, with a key or a session's token, and reads its events.

/** A refusal of the server, or that it could not be reached; `code` is one of the API's, or "offline". */
export class AvatarError extends Error {
	constructor(message, { status = 0, code = "offline", afterMs = null } = {}) {
		super(message);
		Object.assign(this, { name: "AvatarError", status, code, afterMs });
	}

	/** Whether the same request may succeed later. */
	get isPassing() {
		return this.code === "offline" || this.status === 429 || this.status >= 502;
	}
}

/** A server and what it accepts requests with: `credentials` returns a key or a token, or a promise of one. */
export class Connection {
	constructor(server, credentials = () => "") {
		this.server = server;
		this.credentials = credentials;
	}

	/** Return the response to a request; `json` is sent as its body.  Throws `AvatarError` or an AbortError. */
	async ask(path, { json, headers = {}, ...options } = {}) {
		const key = await this.credentials();
		const all = { ...headers, ...(key && { authorization: `Bearer ${key}` }), ...(json && { "content-type": "application/json" }) };
		const sent = { ...(json && { method: "POST", body: JSON.stringify(json) }), ...options, headers: all };
		const response = await fetch(new URL(path, this.server), sent).catch((error) => { throw brokenBy(error); });
		if (!response.ok) throw await refusalOf(response);
		return response;
	}

	/** Yield the server-sent events of a request as { event, data }. */
	async* events(path, options) {
		const { body } = await this.ask(path, options);
		const reader = body.pipeThrough(new TextDecoderStream()).getReader();
		let rest = "";
		try {
			for (;;) {
				const { value, done } = await reader.read().catch((error) => { throw brokenBy(error); });
				if (done) return;
				const blocks = (rest + value).split(/\r?\n\r?\n/);
				rest = blocks.pop();
				for (const block of blocks) {
					const data = block.match(/^data: ?(.*)$/m)?.[1];
					if (data) yield { event: block.match(/^event: ?(.*)$/m)?.[1] ?? "message", data: JSON.parse(data) };
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
		const timer = setTimeout(resolve, ms);
		signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
	});
}

function brokenBy(error) {
	return error.name === "AbortError" ? error : new AvatarError("the connection to the server broke off");
}

async function refusalOf(response) {
	const facts = (await response.json().catch(() => ({}))).error ?? {};
	const afterMs = Number(response.headers.get("retry-after-ms")) || 1000 * Number(response.headers.get("retry-after")) || null;
	return new AvatarError(facts.message ?? `the server answered ${response.status}`, {
		status: response.status, code: facts.code ?? "refused", afterMs,
	});
}
