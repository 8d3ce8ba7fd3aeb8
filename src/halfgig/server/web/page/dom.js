// Builds and updates elements, never from strings of HTML.

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "use", "path", "g", "line", "rect", "circle", "polyline", "title"]);

/** Create an element. */
export function make(name, props = {}, ...children) {
	const node = DRAWN.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
	for (const [key, value] of Object.entries(props)) put(node, key, value);
	node.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
	return node;
}

function put(node, key, value) {
	if (value === null || value === undefined || value === false) return;
	if (key === "text") node.textContent = value;
	else if (key.startsWith("on")) on(node, key.slice(2), value);
	else node.setAttribute(key, value === true ? "" : value);
}

/** Return the element with an id. */
export function byId(id) {
	return document.getElementById(id);
}

/** Add an event listener. */
export function on(node, name, work, options) {
	node.addEventListener(name, work, options);
}

/** Add a click listener to the element with an id. */
export function onClick(id, work) {
	on(byId(id), "click", work);
}

/** Create one of the icons in index.html. */
export function icon(name) {
	return make("svg", { class: "icon", "aria-hidden": "true" }, make("use", { href: `#i-${name}` }));
}

/** Create a button; with `bare` only its icon is visible. */
export function button(label, iconName, onclick, props = {}) {
	const { bare, ...rest } = props;
	const shown = bare ? { "aria-label": label, title: label } : {};
	return make("button", { type: "button", onclick, ...shown, ...rest }, iconName && icon(iconName), bare ? null : make("span", { text: label }));
}

/** Set the text of the element with an id. */
export function setText(id, text) {
	byId(id).textContent = text;
}

/** Replace the children of an element, given itself or by id. */
export function fill(place, ...children) {
	nodeOf(place).replaceChildren(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
}

/** Show or hide elements, given themselves or by id. */
export function toggle(isShown, ...places) {
	for (const place of places) nodeOf(place).hidden = !isShown;
}

function nodeOf(place) {
	return typeof place === "string" ? byId(place) : place;
}

/** Announce a sentence to screen readers. */
export function announce(sentence) {
	const live = byId("live");
	if (live && live.textContent !== sentence) live.textContent = sentence;
}

/** Delay calls of a function until there was none for a while. */
export function debounce(wait_ms, work) {
	let timer = 0;
	return (...given) => {
		clearTimeout(timer);
		timer = setTimeout(() => work(...given), wait_ms);
	};
}

/** Wait; rejects with an AbortError when the signal aborts. */
export function sleep(ms, signal) {
	return new Promise((resolve, reject) => {
		const stop = () => { clearTimeout(timer); reject(new DOMException("stopped", "AbortError")); };
		const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, ms);
		if (signal?.aborted) stop();
		else signal?.addEventListener("abort", stop, { once: true });
	});
}

/** Return whether an error is an intended abort. */
export function isAborted(error) {
	return error?.name === "AbortError";
}

/** Download a blob as a file. */
export function save(blob, name) {
	const url = URL.createObjectURL(blob);
	make("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
