// Shows what went wrong, as a sentence with what can be done about it, where it stays until it is dealt with.
import { button, byId, fill, make } from "./dom.js";
import { told } from "./text.js";

/**
 * Show an error, or a sentence, in place of what stood there.
 * @param {Error|string} error
 * @param {Array<[string, () => void]>} actions buttons: what each says and does
 * @param {HTMLElement} place where; the top of the page unless another is given
 */
export function complain(error, actions = [], place = byId("notices")) {
  const sentence = typeof error === "string" ? error : told(error);
  const close = () => fill(place);
  const buttons = actions.map(([label, act]) => button(label, null, () => { close(); act(); }, { class: "small" }));
  fill(place, make("div", { class: "notice", role: "alert" },
    make("p", { text: sentence }),
    make("div", { class: "notice-acts" }, ...buttons, button("Dismiss", "close", close, { bare: true, class: "quiet" }))));
}

/** Take away what is shown at a place. */
export function calm(place = byId("notices")) {
  fill(place);
}
