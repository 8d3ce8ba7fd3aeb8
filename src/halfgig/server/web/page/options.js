// Holds what is folded away: how the face moves, the frames' size and rate, and SadTalker's own wishes.
import { askJson } from "./api.js";
import { byId, fill, make, on, onClick, say, toggle } from "./dom.js";
import { animatorSaid, videoSaid } from "./estimate.js";
import { keep, kept } from "./store.js";

const NAMES = { puppet: "Puppet", sadtalker: "SadTalker" };
const ABOUT = {
	puppet: "The picture itself, moved: quick, calm, close to the portrait.",
	sadtalker: "A neural network moves head, lips and eyes: lively, and slow.",
};
const PLAIN = { size: "512", fps: "25", seed: "0" };
const MOVED = ["preprocess", "pose_style", "expression_scale"];

/** The options that are chosen. */
export class Options {
	constructor(onChange) {
		this.onChange = onChange;
		this.plan = null;
		this.form = byId("options-form");
		this.#restore();
		on(this.form, "input", () => this.#changed());
		on(this.form, "submit", (event) => event.preventDefault());
		onClick("options-reset", () => { this.form.reset(); this.#changed(); });
		this.#show();
	}

	async load() {
		this.plan = await askJson("/v1/plan");
		const largest = this.plan.largest_size ?? Infinity;
		for (const option of this.form.elements.size.options) option.disabled = Number(option.value) > largest;
		this.#show();
		this.onChange();
	}

	get model() {
		return new FormData(this.form).get("model") ?? "puppet";
	}

	/** Give how long somebody is to be there without words, in seconds; 0: they speak. */
	get idle() {
		return Number(this.form.elements.idle.value);
	}

	said(wish) {
		return videoSaid(this.plan, this.plan?.animators?.find((each) => each.name === this.model), { ...wish, size: this.#size });
	}

	addTo(form) {
		const values = new FormData(this.form);
		for (const name of ["model", "size", "fps", "seed"]) form.append(name, values.get(name) || PLAIN[name] || "puppet");
		if (this.idle) form.append("idle", String(this.idle));
		if (this.model !== "sadtalker") return;
		for (const name of MOVED) if (values.get(name)) form.append(name, values.get(name));
		for (const name of ["still", "blink"]) form.append(name, String(values.has(name)));
	}

	get #size() {
		return Number(this.form.elements.size.value);
	}

	#restore() {
		this.#offer([{ name: "puppet", is_here: true, fits: true }], kept("options", {}).model);
		for (const [name, value] of Object.entries(kept("options", {}))) {
			const field = this.form.elements[name];
			if (!field || name === "model") continue;
			if (field.type === "checkbox") field.checked = value;
			else field.value = value;
		}
	}

	#changed() {
		const values = { model: this.model };
		for (const field of this.form.elements) {
			if (!field.name || field.name === "model") continue;
			values[field.name] = field.type === "checkbox" ? field.checked : field.value;
		}
		keep("options", values);
		this.#show();
		this.onChange();
	}

	#show() {
		if (this.plan?.animators) this.#offer(this.plan.animators, this.model === "puppet" ? kept("options", {}).model : this.model);
		toggle(this.model === "sadtalker", "sadtalker-options");
		const { size, fps } = this.form.elements;
		say("options-now", `${NAMES[this.model] ?? this.model} · ${size.value} px · ${fps.value} fps`);
		for (const output of this.form.querySelectorAll("output")) output.textContent = this.form.elements[output.dataset.of].value;
	}

	#offer(animators, wanted) {
		const focused = document.activeElement?.name === "model";
		const usable = (each) => each.is_here && each.fits;
		const chosen = animators.find((each) => each.name === wanted && usable(each)) ?? animators.find(usable) ?? animators[0];
		fill("animators", animators.map((each) => this.#card(each, each === chosen)));
		if (focused) byId("animators").querySelector(":checked")?.focus();
	}

	#card(animator, isChosen) {
		const { name, is_here: isHere, fits } = animator;
		const input = make("input", { type: "radio", name: "model", value: name, checked: isChosen, disabled: !(isHere && fits) });
		const takes = this.plan ? animatorSaid(this.plan, animator, { size: this.#size }) : "";
		return make("label", { class: "card-choice" }, input,
			make("span", {}, make("b", { text: NAMES[name] ?? name }), make("span", { text: ABOUT[name] ?? "" }), make("small", { text: takes })));
	}
}
