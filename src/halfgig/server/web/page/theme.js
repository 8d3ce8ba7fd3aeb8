// Chooses dark or light before anything is painted: as the system has it, or as the switch says.
import { keep, kept } from "./store.js";

const CHOICES = ["auto", "light", "dark"];

/** Say which is chosen: auto, light or dark. */
export function chosenTheme() {
	const theme = kept("theme", "auto");
	return CHOICES.includes(theme) ? theme : "auto";
}

/** Choose what comes next, and give it. */
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
