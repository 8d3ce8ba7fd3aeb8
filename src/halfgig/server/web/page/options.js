// The Options section: the animator, the frames, and each animator's own options.
import { askJson } from "./api.js";
import { Backdrop } from "./backdrop.js";
import { byId, fill, make, on, onClick, setText, toggle } from "./dom.js";
import { animatorText, videoText } from "./estimate.js";
import { keep, kept } from "./store.js";

const NAMES = { puppet: "Puppet", sadtalker: "SadTalker" };
const ABOUT = {
	puppet: "Moves the picture itself: fast, and true to it.",
	sadtalker: "Neural networks move head and face: slow.",
};
const PLAIN = { size: "512", fps: "25", seed: "0" };

/** The chosen options. */
export class Options {
	constructor(onChange) {
		this.onChange = onChange;
		this.plan = null;
		this.form = byId("options-form");
		this.backdrop = new Backdrop(this.form.elements.background);
		this.#restore();
		on(this.form, "input", () => this.#changed());
		on(this.form, "submit", (event) => event.preventDefault());
		onClick("options-reset", () => { this.form.reset(); this.backdrop.take(null); this.#changed(); });
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

	/** Seconds of a silent face; 0: it speaks. */
	get idle() {
		return Number(this.form.elements.idle.value);
	}

	estimate(video) {
		return videoText(this.plan, this.plan?.animators?.find((each) => each.name === this.model), { ...video, size: this.#size });
	}

	addTo(form) {
		const values = new FormData(this.form);
		for (const name of ["model", "size", "fps", "seed"]) form.append(name, values.get(name) || PLAIN[name] || "puppet");
		if (values.get("label")) for (const name of ["label", "label_corner"]) form.append(name, values.get(name));
		if (this.idle) form.append("idle", String(this.idle));
		for (const each of this.#own(this.model)?.elements ?? []) {
			const value = each.type === "checkbox" ? String(each.checked) : each.value;
			if (each.name === "background") this.backdrop.addTo(form);
			else if (each.name && value) form.append(each.name, value);
		}
	}

	/** The fields of an animator's own options, if it has any. */
	#own(animator) {
		return this.form.querySelector(`[data-animator="${animator}"]`);
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
		for (const own of this.form.querySelectorAll("[data-animator]")) toggle(own === this.#own(this.model), own);
		const { size, fps } = this.form.elements;
		setText("options-now", `${NAMES[this.model] ?? this.model} · ${size.value} px · ${fps.value} fps`);
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
		const takes = this.plan ? animatorText(this.plan, animator, { size: this.#size }) : "";
		return make("label", { class: "card-choice" }, input,
			make("span", {}, make("b", { text: NAMES[name] ?? name }), make("span", { text: ABOUT[name] ?? "" }), make("small", { text: takes })));
	}
}
