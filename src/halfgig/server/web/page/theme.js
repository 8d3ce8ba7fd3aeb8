// Applies dark or light colours before the first paint.
import { keep, kept } from "./store.js";

const CHOICES = ["auto", "light", "dark"];

/** Return the chosen theme: auto, light or dark. */
export function chosenTheme() {
	const theme = kept("theme", "auto");
	return CHOICES.includes(theme) ? theme : "auto";
}

/** Switch to the next theme and return it. */
export function nextTheme() {
	const next = CHOICES[(CHOICES.indexOf(chosenTheme()) + 1) % CHOICES.length];
	keep("theme", next);
	apply(next);
	return next;
}

function apply(theme) {
	if (theme === "auto") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}

apply(chosenTheme());
