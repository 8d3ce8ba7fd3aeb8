// <halfgig-avatar>: a face that speaks, listens and can be interrupted.  docs/live.md describes it.
import { AvatarError, Connection } from "./connection.js";
import { Face } from "./face.js";
import { idling, limit } from "./idle.js";
import { clamp } from "./numbers.js";
import { sharedContext } from "./playback.js";
import { FollowingMouth, MOODS, poseOf } from "./pose.js";
import { Talk } from "./talk.js";

const STYLE = `
:host { display: inline-block; position: relative; width: 20rem; max-width: 100%; }
canvas { display: block; width: 100%; height: auto; }
p { position: absolute; inset: auto 4% 3%; margin: 0; padding: .2em .6em; text-align: center; color: #fff; background: #000b; }
p:empty { display: none; }
:host(:not([captions], [state=blocked])) p { clip-path: inset(50%); }
`;
const SYNTHETIC = "Synthetic face and voice. Escape stops the speech.";
const BLOCKED = "▶ Click to hear me";
const MOOD_S = 1.2; // in which a mood shows
const SLOW = 100; // bytes a millisecond; samples and poses take 70

const partOf = (name) => import(new URL(`halfgig-${name}.js`, HalfgigAvatar.module));

/** The element. */
export class HalfgigAvatar extends HTMLElement {
	static observedAttributes = ["src", "server"];
	/** What draws: `open(canvas, pack)` returns a face with draw(pose), resize() and close(). */
	static face = Face;
	/** Where this module is; the parts that few pages need are next to it. */
	static module = import.meta.url;

	/** Return a key or a session's token, or a promise of one; a page may replace it. */
	credentials = () => this.getAttribute("token") ?? this.getAttribute("key");

	#canvas;
	#captions;
	#face;
	#settings = {};
	#frame;
	#lag = 0;
	#timer;
	#sizes;
	#isSlow = false;
	#queue = Promise.resolve();
	#talks = new Set();
	#talk;
	#idle = idling();
	#mouth = new FollowingMouth();
	#hearing;
	#target;
	#isListening = false;
	#since = performance.now();
	#mood = { name: "neutral", at: 0 };
	#output;
	#still = matchMedia("(prefers-reduced-motion: reduce)");

	/** Whether it speaks, waits for the server, or listens: speaking, waiting, listening, idle; or blocked, until it is clicked on. */
	get state() {
		return this.getAttribute("state") ?? "idle";
	}

	/** Its mood: neutral, happy, serious or surprised. */
	get mood() {
		return this.#value("mood") ?? "neutral";
	}

	set mood(name) {
		this.setAttribute("mood", name);
	}

	connectedCallback() {
		if (!this.shadowRoot) this.#build();
		this.#sizes = new ResizeObserver(() => this.#face?.resize());
		this.#sizes.observe(this);
		this.#open();
		this.#timer = setInterval(() => this.#talk?.follow(), 100); // no frames are drawn in a hidden tab
		let last = 0;
		const draw = (at = 0) => {
			this.#frame = requestAnimationFrame(draw);
			this.#lag += 0.1 * (Math.min(60, at - last) / 1000 - this.#lag); // a frame is seen when the next one is drawn
			last = at;
			if (this.#face) this.#draw((performance.now() - this.#since) / 1000);
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

	attributeChangedCallback() {
		if (this.#canvas && this.isConnected) this.#open();
	}

	/** Say a text, or what an iterable or a stream yields, after what is said already; resolves to done, stopped or failed. */
	speak(source) {
		const talk = new Talk(source, this.#sound(), (name, detail) => this.#hear(talk, name, detail));
		this.#talks.add(talk);
		this.#queue = this.#queue.then(() => this.#say(talk));
		return this.#queue;
	}

	/** Fall silent at once, and forget what waits to be said. */
	stop() {
		for (const talk of this.#talks) talk.stop();
	}

	/** Attend to the one who speaks to it, or no longer. */
	listen(on = true) {
		this.#isListening = Boolean(on);
		if (!this.#talk) this.#show();
	}

	/** Look at a place of the window, in CSS pixels; without one, look as it likes. */
	look(x, y) {
		const { left, top, width, height } = this.getBoundingClientRect();
		const degrees = (far, most) => limit((Math.atan2(far, 1.5 * width) * 180) / Math.PI, most);
		this.#target = x === undefined ? null : [degrees(x - left - width / 2, 20), degrees(y - top - 0.4 * height, 12)];
	}

	/** Move the lips by a MediaStream's sound, or an audio or video element's; null ends it. */
	async attach(source) {
		this.#hearing?.stop();
		this.#hearing = null;
		if (!source) return;
		const { Hearing } = await partOf("hearing");
		this.#hearing = await new Hearing().start(source);
	}

	/** Return picture and speech as a MediaStream, for a recorder or a call. */
	captureStream(fps = 30) {
		const sound = new MediaStreamAudioDestinationNode(sharedContext());
		this.#sound().connect(sound);
		return new MediaStream([...this.#canvas.captureStream(fps).getTracks(), ...sound.stream.getTracks()]);
	}

	#value(name) {
		return this.getAttribute(name) ?? this.#settings[name];
	}

	#build() {
		const root = this.attachShadow({ mode: "open" });
		const style = new CSSStyleSheet(); // a page's policy may forbid <style>
		style.replaceSync(STYLE);
		root.adoptedStyleSheets = [style];
		[this.#canvas, this.#captions] = ["canvas", "p"].map((name) => root.appendChild(document.createElement(name)));
		this.#canvas.role = "img";
		this.#captions.ariaLive = "polite";
		this.addEventListener("keydown", ({ key }) => key === "Escape" && this.stop());
		const own = { tabindex: 0, role: "group", "aria-description": SYNTHETIC };
		for (const [name, value] of Object.entries(own)) if (!this.hasAttribute(name)) this.setAttribute(name, value);
	}

	async #open() {
		const src = this.getAttribute("src");
		if (!src) return;
		try {
			const response = await this.#connection().ask(src);
			const begin = performance.now();
			const pack = await response.arrayBuffer();
			this.#isSlow = pack.byteLength < SLOW * (performance.now() - begin);
			const hasGl = HalfgigAvatar.face !== Face || document.createElement("canvas").getContext("webgl2");
			const kind = hasGl ? HalfgigAvatar.face : (await partOf("still")).Still;
			const face = await kind.open(this.#canvas, new Uint8Array(pack));
			if (!this.isConnected || src !== this.getAttribute("src")) return void face.close();
			this.#face = face;
			this.#settings = face.pack?.header.settings ?? {};
			this.ariaLabel = this.#value("name") ?? "Avatar";
			this.#canvas.ariaLabel = `${this.ariaLabel}, a synthetic face`;
			this.#tell("ready");
		} catch (error) {
			this.#fail(error);
		}
	}

	#connection() {
		return new Connection(new URL(this.getAttribute("server") ?? HalfgigAvatar.module, document.baseURI), () => this.credentials());
	}

	/** Return what decodes the speech: of Opus, where it is asked for or the link is slow. */
	async #decoder() {
		const { saveData, effectiveType = "4g" } = navigator.connection ?? {};
		const isSlow = this.#isSlow || saveData || effectiveType !== "4g";
		if ((this.getAttribute("audio") ?? (isSlow && "opus")) === "opus") return (await partOf("opus")).opus();
	}

	#sound() {
		const context = sharedContext();
		this.#output ??= new GainNode(context);
		this.#output.connect(context.destination);
		context.resume();
		for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, () => context.resume(), { once: true });
		return this.#output;
	}

	async #say(talk) {
		this.#talk = talk;
		const isBlocked = sharedContext().state !== "running" && !navigator.userActivation?.isActive;
		this.#show(isBlocked ? "blocked" : "waiting");
		if (isBlocked) this.#captions.textContent = BLOCKED;
		const voice = { voice: this.#value("voice") ?? "alloy", speed: Number(this.#value("speed") ?? 1) };
		const how = [this.#connection(), voice];
		how[0].decoder = await this.#decoder().catch(() => {});
		const said = async () => (await this.#face?.film?.(talk, ...how)) ?? talk.run(...how);
		const reason = await said().catch((error) => this.#fail(error));
		this.#talks.delete(talk);
		this.#talk = null;
		this.#captions.textContent = "";
		this.#show();
		this.#tell("end", { reason });
		return reason;
	}

	#hear(talk, name, detail) {
		if (talk !== this.#talk) return;
		if (name === "caption") this.#captions.textContent = detail;
		else if (name === "wait") this.#show("waiting");
		else {
			this.#show("speaking");
			this.#tell(name, detail);
		}
	}

	#fail(error) {
		this.#tell("error", error.name === "AvatarError" ? error : new AvatarError(error.message, { code: "failed" }));
		return "failed";
	}

	#tell(name, detail) {
		this.dispatchEvent(new CustomEvent(name, { detail }));
	}

	#show(state = this.#isListening ? "listening" : "idle") {
		if (this.state !== state) this.setAttribute("state", state);
	}

	#draw(now) {
		this.#talk?.follow();
		const { mouth = null, cue } = this.#talk?.look(this.#lag) ?? this.#hearing?.look() ?? { cue: { accent: 0, untilVoice: Infinity, untilPause: 0 } };
		if (this.mood !== this.#mood.name) this.#mood = { name: this.mood, at: now };
		const mood = MOODS[this.#mood.name] ?? {};
		const gain = this.#still.matches ? 0 : Number(this.#value("liveliness") ?? 0.5);
		const idle = this.#idle(now, cue, { ...mood, gain, target: this.#target ?? (this.#isListening ? [0, 0] : null) });
		if (this.#isListening) idle.head.scale += 0.02 * gain; // who listens leans forward
		this.#face.draw(poseOf(this.#mouth.at(now, mouth), idle, mood, clamp((now - this.#mood.at) / MOOD_S)));
	}
}
