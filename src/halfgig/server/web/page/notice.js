// Shows what went wrong, as a sentence with what can be done about it.
import { button, byId, fill, isStopped, make } from "./dom.js";
import { told } from "./text.js";

/** Show an error, or a sentence, in place of what stood there. */
export function complain(error, actions = [], place = "notices") {
	const sentence = typeof error === "string" ? error : told(error);
	const close = () => fill(place);
	const buttons = actions.map(([label, act]) => button(label, null, () => { close(); act(); }, { class: "small" }));
	fill(place, make("div", { class: "notice", role: "alert" },
		make("p", { text: sentence }),
		make("div", { class: "notice-acts" }, ...buttons, button("Dismiss", "close", close, { bare: true, class: "quiet" }))));
}

/** Do something; where it fails, say why at a place, and offer to try again. */
export async function attempt(work, place) {
	try {
		return await work();
	} catch (error) {
		if (!isStopped(error)) complain(error, [["Try again", () => attempt(work, place)]], place);
	}
}

/** Take away what is shown at a place. */
export function calm(place = "notices") {
	fill(place);
}
