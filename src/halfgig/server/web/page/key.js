// Asks for the API key when the server wants one, and keeps it in this browser and nowhere else.
import { askForKeyWith, hasKey, useKey } from "./api.js";
import { byId, on, onClick, say, toggle } from "./dom.js";
import { sentence } from "./text.js";

/** Let the key's dialog answer where the server asks, and where the user wants another key. */
export function wireKey() {
	const dialog = byId("key-dialog");
	askForKeyWith(asked);
	onClick("key-button", () => asked("", false).then((given) => given && location.reload()));
	on(byId("key-show"), "change", (event) => { byId("key").type = event.target.checked ? "text" : "password"; });
	onClick("key-forget", () => { useKey("", false); dialog.close("forgotten"); location.reload(); });
	onClick("key-cancel", () => dialog.close("cancelled"));
	on(byId("key-form"), "submit", (event) => {
		event.preventDefault();
		const isSendable = /^[\x21-\x7e]+$/.test(byId("key").value.trim());
		if (isSendable) dialog.close("given");
		else say("key-error", "A key has letters, figures and signs without spaces. Copy it again, whole.");
	});
}

function asked(message, wasWrong) {
	const dialog = byId("key-dialog");
	const field = byId("key");
	if (dialog.open) return Promise.resolve(false);
	say("key-error", wasWrong ? sentence(message) : "");
	field.toggleAttribute("aria-invalid", wasWrong);
	toggle(hasKey(), "key-forget");
	field.value = "";
	dialog.returnValue = "";
	dialog.showModal();
	field.focus();
	return new Promise((resolve) => {
		on(dialog, "close", () => {
			const given = dialog.returnValue === "given" && Boolean(field.value.trim());
			if (given) useKey(field.value.trim(), byId("key-keep").checked);
			resolve(given);
		}, { once: true });
	});
}
