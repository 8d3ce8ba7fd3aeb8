// Asks for the API key when the server requires one, and stores it only in this browser.
import { hasKey, onKeyNeeded, useKey } from "./api.js";
import { byId, on, onClick, setText, toggle } from "./dom.js";
import { sentence } from "./text.js";

/** Open the dialog when the server requires a key, or the user changes it. */
export function wireKey() {
	const dialog = byId("key-dialog");
	onKeyNeeded(asked);
	onClick("key-button", () => asked("", false).then((given) => given && location.reload()));
	on(byId("key-show"), "change", (event) => { byId("key").type = event.target.checked ? "text" : "password"; });
	onClick("key-forget", () => { useKey("", false); dialog.close("forgotten"); location.reload(); });
	onClick("key-cancel", () => dialog.close("cancelled"));
	on(byId("key-form"), "submit", (event) => {
		event.preventDefault();
		const isSendable = /^[\x21-\x7e]+$/.test(byId("key").value.trim());
		if (isSendable) dialog.close("given");
		else setText("key-error", "A key has no spaces or special characters. Copy it again.");
	});
}

function asked(message, wasWrong) {
	const dialog = byId("key-dialog");
	const field = byId("key");
	if (dialog.open) return Promise.resolve(false);
	setText("key-error", wasWrong ? sentence(message) : "");
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
