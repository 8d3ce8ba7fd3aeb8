// <halfgig-avatar>: a face that speaks, listens and can be interrupted.
import { AvatarError, Connection } from "./connection.js";
import { Hearing } from "./hearing.js";
import { Idle } from "./idle.js";
import { sharedContext } from "./playback.js";
import { Mouth, MOODS, poseOf } from "./pose.js";
import { Still } from "./still.js";
import { Talk } from "./talk.js";

const STYLE = `
	:host { display: inline-block; position: relative; width: 20rem; max-width: 100%; }
	:host(:focus-visible) { outline: 3px solid Highlight; outline-offset: 2px; }
	canvas { display: block; width: 100%; height: auto; border-radius: inherit; }
	p { position: absolute; inset: auto 4% 3%; margin: 0; padding: 0.2em 0.6em; text-align: center; border-radius: 0.3em; color: #fff; background: #000b; }
	p:empty, button[hidden] { display: none; }
	:host(:not([captions])) p { clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; white-space: nowrap; }
	button { position: absolute; inset: auto auto 50% 50%; translate: -50% 50%; font: inherit; padding: 0.6em 1em; }
`;
const SYNTHETIC = "Synthetic: this face and its voice are made by a computer. Escape stops the speech.";
const [MOOD_S, LEAN] = [1.2, { scale: 0.012, pitch: 1 }]; // in which a mood shows; how who listens leans forward
const SILENCE = { mouth: null, cue: { accent: 0, untilVoice: Infinity, untilPause: 0 } };

/** The element; docs/live.md describes its attributes, methods and events. */
export class HalfgigAvatar extends (globalThis.HTMLElement ?? Object) {
	static observedAttributes = ["src", "server", "name"];
	/** What draws: `open(canvas, pack)` returns a face with draw(pose), resize() and close(). */
	static face = null;
	/** Where this module is: it is loaded once more into the audio thread. */
	static module = import.meta.url;

	#canvas = null;
	#captions = null;
	#button = null;
	#face = null;
	#settings = {};
	#opening = null;
	#frame = 0;
	#timer = 0;
	#queue = Promise.resolve();
	#talks = new Set();
	#talk = null;
	#idle = new Idle();
	#mouth = new Mouth();
	#hearing = null;
	#target = null;
	#isListening = false;
	#since = 0;
	#mood = { name: "neutral", at: 0 };
	#output = null;
	#still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");
	#sizes = null;

	/** Whether it speaks, waits for the server, or listens: "idle", "speaking", "waiting", "listening". */
	get state() {
		return this.getAttribute("state") ?? "idle";
	}

	get mood() {
		return this.getAttribute("mood") ?? this.#settings.mood ?? "neutral";
	}

	set mood(name) {
		this.setAttribute("mood", name);
	}

	/** A key, a session's token, or a function that returns one or a promise of one. */
	credentials = () => this.getAttribute("token") ?? this.getAttribute("key") ?? "";

	connectedCallback() {
		if (!this.shadowRoot) this.#build();
		this.#sizes = new ResizeObserver(() => this.#fit());
		this.#sizes.observe(this);
		this.#since = performance.now();
		this.#open();
		this.#timer = setInterval(() => this.#talk?.follow(), 100); // frames are not drawn in a hidden tab
		const draw = () => {
			this.#frame = requestAnimationFrame(draw);
			this.#draw();
		};
		draw();
	}

	disconnectedCallback() {
		this.stop();
		this.attach(null);
		cancelAnimationFrame(this.#frame);
		clearInterval(this.#timer);
		this.#sizes.disconnect();
		this.#face?.close();
		this.#face = null;
	}

	attributeChangedCallback(name, before, after) {
		if (!this.isConnected || !this.shadowRoot || before === after) return;
		if (name === "name") this.setAttribute("aria-label", after);
		else this.#open();
	}

	/** Say a text, or what an iterable or a stream yields, after what is said already; resolves to done, stopped or failed. */
	speak(source) {
		const context = this.#context();
		const talk = new Talk(source, context, this.#output, (name, detail) => this.#hear(talk, name, detail));
		this.#talks.add(talk);
		const said = this.#queue.then(() => this.#say(talk));
		this.#queue = said;
		return said;
	}

	/** Fall silent at once, and forget what waits to be said. */
	stop() {
		for (const talk of this.#talks) talk.stop();
	}

	/** Attend to the one who speaks to it, or no longer. */
	listen(on = true) {
		this.#isListening = Boolean(on);
		this.#show();
	}

	/** Look at a place of the window, in CSS pixels; without one, look as it likes. */
	look(x, y) {
		const box = this.getBoundingClientRect();
		const degrees = (far, most) => Math.max(-most, Math.min(most, (Math.atan2(far, 1.5 * box.width) * 180) / Math.PI));
		this.#target = x === undefined ? null : [degrees(x - box.x - box.width / 2, 20), degrees(y - box.y - 0.4 * box.height, 12)];
	}

	/** Move the lips by a MediaStream's sound, or an audio or video element's; null ends it. */
	async attach(source) {
		this.#hearing?.stop();
		this.#hearing = source && (await new Hearing().start(source, this.constructor.module));
	}

	/** Return picture and speech as a MediaStream, for a recorder or a call. */
	captureStream(fps = 30) {
		const context = this.#context();
		const sound = new MediaStreamAudioDestinationNode(context);
		this.#output.connect(sound);
		return new MediaStream([...this.#canvas.captureStream(fps).getTracks(), ...sound.stream.getTracks()]);
	}

	#build() {
		const root = this.attachShadow({ mode: "open" });
		const style = new CSSStyleSheet(); // a page's policy may forbid <style>
		style.replaceSync(STYLE);
		root.adoptedStyleSheets = [style];
		[this.#canvas, this.#captions, this.#button] = ["canvas", "p", "button"].map((name) => root.appendChild(document.createElement(name)));
		this.#canvas.setAttribute("role", "img");
		this.#captions.setAttribute("part", "captions");
		this.#captions.setAttribute("aria-live", "polite");
		Object.assign(this.#button, { hidden: true, textContent: "▶ Play", part: "play" });
		this.#button.addEventListener("click", () => sharedContext().resume());
		this.addEventListener("keydown", ({ key }) => key === "Escape" && this.stop());
		const own = { tabindex: "0", role: "group", "aria-description": SYNTHETIC };
		for (const [name, value] of Object.entries(own)) if (!this.hasAttribute(name)) this.setAttribute(name, value);
	}

	#open() {
		const opening = this.#load().catch((error) => this.#fail(error));
		this.#opening = opening;
	}

	async #load() {
		const src = this.getAttribute("src");
		if (!src) return;
		const response = await this.#connection().ask(src, {});
		const pack = new Uint8Array(await response.arrayBuffer());
		const face = await (this.constructor.face ?? Still).open(this.#canvas, pack);
		if (!this.isConnected || src !== this.getAttribute("src")) return void face.close();
		this.#face?.close();
		this.#face = face;
		this.#settings = face.settings ?? {};
		const name = this.getAttribute("name") ?? this.#settings.name ?? "Avatar";
		this.setAttribute("aria-label", name);
		this.#canvas.setAttribute("aria-label", `${name}, a synthetic face`);
		this.#fit();
		this.dispatchEvent(new CustomEvent("ready"));
	}

	#connection() {
		const own = new URL(this.constructor.module).origin;
		return new Connection(new URL(this.getAttribute("server") ?? own, document.baseURI).href, () => this.credentials());
	}

	#context() {
		const context = sharedContext();
		if (!this.#output) {
			this.#output = new GainNode(context);
			this.#output.connect(context.destination);
		}
		if (context.state !== "running") {
			this.#button.hidden = navigator.userActivation?.isActive ?? false;
			context.resume().then(() => { this.#button.hidden = true; });
			for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, () => context.resume(), { once: true });
		}
		return context;
	}

	async #say(talk) {
		this.#talk = talk;
		this.#show("waiting");
		const voice = { voice: this.getAttribute("voice") ?? this.#settings.voice ?? "alloy" };
		const speed = Number(this.getAttribute("speed") ?? this.#settings.speed ?? 1);
		let reason = "failed";
		try {
			reason = await talk.run(this.#connection(), { ...voice, speed });
		} catch (error) {
			this.#fail(error);
		}
		this.#talks.delete(talk);
		this.#talk = null;
		this.#captions.textContent = "";
		this.#show();
		this.dispatchEvent(new CustomEvent("end", { detail: { reason } }));
		return reason;
	}

	#hear(talk, name, detail) {
		if (talk !== this.#talk) return;
		if (name === "caption") this.#captions.textContent = detail;
		else if (name === "wait") this.#show("waiting");
		else {
			this.#show("speaking");
			this.dispatchEvent(new CustomEvent(name, { detail }));
		}
	}

	#fail(error) {
		const detail = error instanceof AvatarError ? error : new AvatarError(error.message, { code: error.code ?? "failed" });
		this.dispatchEvent(new CustomEvent("error", { detail }));
	}

	#show(state = this.#isListening ? "listening" : "idle") {
		if (this.state !== state) this.setAttribute("state", state);
	}

	#fit() {
		this.#face?.resize();
	}

	#draw() {
		if (!this.#face) return;
		const now = (performance.now() - this.#since) / 1000;
		this.#talk?.follow();
		const { mouth, cue } = this.#talk?.look() ?? this.#attached() ?? SILENCE;
		if (this.mood !== this.#mood.name) this.#mood = { name: this.mood, at: now };
		const mood = MOODS[this.#mood.name] ?? {};
		const gain = this.#still.matches ? 0 : Number(this.getAttribute("liveliness") ?? this.#settings.liveliness ?? 0.5);
		const target = this.#target ?? (this.#isListening ? [0, 0] : null);
		const idle = this.#idle.at(now, cue, { ...mood, gain, target });
		if (this.#isListening) for (const [name, value] of Object.entries(LEAN)) idle.head[name] += value * Math.min(1, 2 * gain);
		this.#face.draw(poseOf(this.#mouth.at(now, mouth), idle, mood, Math.min(1, (now - this.#mood.at) / MOOD_S)));
	}

	#attached() {
		const frame = this.#hearing?.latest;
		return frame && { mouth: frame.weights, cue: { accent: frame.accent, untilVoice: frame.isVoice ? 0 : Infinity, untilPause: frame.isVoice ? Infinity : 0 } };
	}
}
