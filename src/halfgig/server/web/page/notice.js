// Shows errors, with what can be done about them.
import { button, byId, fill, isAborted, make } from "./dom.js";
import { errorText } from "./text.js";

/** Show an error or a sentence in an element. */
export function showError(error, actions = [], place = "notices") {
	const sentence = typeof error === "string" ? error : errorText(error);
	const close = () => fill(place);
	const buttons = actions.map(([label, act]) => button(label, null, () => { close(); act(); }, { class: "small" }));
	fill(place, make("div", { class: "notice", role: "alert" },
		make("p", { text: sentence }),
		make("div", { class: "notice-acts" }, ...buttons, button("Dismiss", "close", close, { bare: true, class: "quiet" }))));
}

/** Run a function; show its error in an element, with a button to try again. */
export async function attempt(work, place) {
	try {
		return await work();
	} catch (error) {
		if (!isAborted(error)) showError(error, [["Try again", () => attempt(work, place)]], place);
	}
}

/** Clear an element of errors. */
export function clearError(place = "notices") {
	fill(place);
}
