// Talk: a saved avatar says what is typed, at once; it can be stopped, mirrored, recorded, and put into other pages.
import { ask, askJson, keyNow, send, sendForm } from "./api.js";
import { refusal } from "./camera.js";
import { announce, byId, fill, make, on, onClick, save, setText, toggle } from "./dom.js";
import { attempt, clearError, showError } from "./notice.js";
import { keep, kept } from "./store.js";
import { sentence } from "./text.js";

const MODULE = "/halfgig-avatar.js";
const PLACE = "talk-notices";
const MOST_LISTED = 100;
const A_DAY_S = 86_400;
const STOPPING = matchMedia("(hover: none)").matches ? "Tap Stop to end it." : "Escape stops it.";
const STATES = { speaking: `Speaking. ${STOPPING}`, waiting: "One moment…", listening: "Listening" };
const RECORDINGS = [["video/mp4", "mp4"], ["video/webm;codecs=vp9,opus", "webm"], ["video/webm", "webm"]];

/** The view in which avatars talk. */
export class Talk {
	#avatars = [];
	#face = null;
	#microphone = null;
	#recorder = null;
	#isLoaded = false;

	/** `portrait` and `voices` are those of Make: a new avatar is made of them. */
	constructor(portrait, voices) {
		Object.assign(this, { portrait, voices });
		this.choice = byId("talk-avatar");
		on(this.choice, "change", () => this.#choose(this.choice.value));
		on(byId("talk-form"), "submit", (event) => { event.preventDefault(); this.#say(); });
		on(byId("talk-new"), "submit", (event) => { event.preventDefault(); this.#save(); });
		onClick("talk-stop", () => this.#face?.stop());
		onClick("talk-delete", () => attempt(() => this.#delete(), PLACE));
		onClick("talk-mirror", () => (this.#microphone ? this.#unmirror() : this.#mirror()));
		onClick("talk-record", () => (this.#recorder ? this.#recorder.stop() : this.#record()));
		onClick("talk-snippet", () => attempt(() => this.#snippet(), PLACE));
	}

	/** The view is shown: the avatars are listed, the first time. */
	show() {
		if (this.#isLoaded) return;
		this.#isLoaded = true;
		attempt(() => this.#load(kept("avatar", "")), PLACE);
	}

	/** The view is left: nothing goes on unseen. */
	hide() {
		this.#face?.stop();
		this.#recorder?.stop();
		this.#unmirror();
	}

	async #load(chosen) {
		const { data } = await askJson(`/v1/avatars?limit=${MOST_LISTED}`);
		this.#avatars = data;
		const named = ({ id, name }) => make("option", { value: id, text: name || `Avatar ${id.slice(-4)}` });
		fill(this.choice, data.map(named));
		toggle(data.length, "talk-row", "talk-chat", "talk-acts");
		toggle(!data.length, "talk-empty");
		byId("talk-more").open = !data.length;
		await this.#choose(data.some(({ id }) => id === chosen) ? chosen : data[0]?.id ?? "");
	}

	async #choose(id) {
		keep("avatar", id || undefined);
		toggle(false, "talk-share");
		this.hide();
		fill("talk-log");
		this.#face?.remove();
		this.#face = null;
		if (!id) return;
		this.choice.value = id;
		await import(MODULE);
		const face = make("halfgig-avatar", { id: "talk-face", src: `/v1/avatars/${id}/pack?size=512`, captions: true });
		face.credentials = keyNow;
		on(face, "error", ({ detail }) => this.#failed(detail));
		new MutationObserver(() => this.#showState(face)).observe(face, { attributeFilter: ["state"] });
		this.#face = face;
		byId("talk-frame").append(face);
	}

	#showState({ state }) {
		setText("talk-state", STATES[state] ?? "");
		byId("talk-stop").disabled = !["speaking", "waiting"].includes(state);
	}

	#failed(error) {
		showError(sentence(error.message), [["Try again", () => this.#choose(this.choice.value)]], PLACE);
	}

	async #say() {
		const field = byId("talk-words");
		const text = field.value.trim();
		if (!text || !this.#face) return void field.focus();
		field.value = "";
		clearError(PLACE);
		const line = make("li", { text });
		byId("talk-log").append(line);
		line.scrollIntoView({ block: "nearest" });
		const reason = await this.#face.speak(text);
		if (reason !== "done") line.append(make("small", { text: reason === "stopped" ? " stopped" : " not said" }));
	}

	async #save() {
		const button = byId("talk-save");
		const form = new FormData();
		clearError(PLACE);
		button.disabled = true;
		setText("talk-save-text", "The portrait is measured…");
		try {
			if (!this.portrait.addTo(form, "portrait")) form.append("portrait", await (await ask(this.portrait.url)).blob(), "presenter.webp");
			form.append("name", byId("talk-name").value);
			if (this.voices.voice) form.append("voice", this.voices.voice);
			form.append("speed", String(this.voices.speed));
			const { id } = await sendForm("/v1/avatars", form);
			byId("talk-name").value = "";
			announce("The avatar is saved");
			await this.#load(id);
		} catch (error) {
			showError(error, [["Try again", () => this.#save()]], PLACE);
		} finally {
			button.disabled = false;
			setText("talk-save-text", "");
		}
	}

	async #delete() {
		const { id, name } = this.#avatars.find((each) => each.id === this.choice.value) ?? {};
		if (!id || !confirm(`Delete ${name || "this avatar"}? Videos that were made of it stay.`)) return;
		await ask(`/v1/avatars/${id}`, { method: "DELETE" });
		announce("The avatar was deleted");
		await this.#load("");
	}

	async #mirror() {
		try {
			this.#microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
			await this.#face.attach(this.#microphone);
			this.#press("talk-mirror", true);
		} catch (error) {
			showError(refusal(error, "microphone"), [], PLACE);
			this.#unmirror();
		}
	}

	#unmirror() {
		for (const track of this.#microphone?.getTracks() ?? []) track.stop();
		if (this.#microphone) this.#face?.attach(null);
		this.#microphone = null;
		this.#press("talk-mirror", false);
	}

	#record() {
		const kind = globalThis.MediaRecorder && RECORDINGS.find(([type]) => MediaRecorder.isTypeSupported(type));
		if (!kind || !this.#face) return void showError("This browser cannot record. Make a video of the text instead.", [], PLACE);
		const recorder = new MediaRecorder(this.#face.captureStream(), { mimeType: kind[0] });
		const parts = [];
		on(recorder, "dataavailable", ({ data }) => parts.push(data));
		on(recorder, "stop", () => {
			this.#recorder = null;
			this.#press("talk-record", false);
			setText("talk-record-text", "Record");
			save(new Blob(parts, { type: kind[0] }), `avatar.${kind[1]}`);
		});
		recorder.start();
		this.#recorder = recorder;
		this.#press("talk-record", true);
		setText("talk-record-text", "Stop and save");
	}

	async #snippet() {
		const path = `/v1/avatars/${this.choice.value}`;
		const { url } = await (await send(`${path}/links`, {})).json();
		const { token } = keyNow() ? await (await send(`${path}/sessions`, { expires_in: A_DAY_S })).json() : {};
		const given = token ? `\n\ttoken="${token}"` : "";
		const src = new URL(url, location.href).href.replaceAll("&", "&amp;");
		byId("talk-code").value = [
			`<script type="module" src="${new URL(MODULE, location.href)}"></script>`,
			`<halfgig-avatar src="${src}"${given} captions></halfgig-avatar>`,
			`<button onclick="document.querySelector('halfgig-avatar').speak('Good morning.')">Talk</button>`,
		].join("\n");
		toggle(true, "talk-share");
		byId("talk-code").select();
		const isCopied = await navigator.clipboard?.writeText(byId("talk-code").value).then(() => true, () => false);
		const until = token ? " The token is valid for a day: let your server ask for new ones." : "";
		setText("talk-code-text", `${isCopied ? "Copied" : "Copy it"}. The operator adds your page's origin to AVATAR_ORIGINS.${until}`);
	}

	#press(id, isPressed) {
		byId(id).setAttribute("aria-pressed", isPressed);
	}
}
