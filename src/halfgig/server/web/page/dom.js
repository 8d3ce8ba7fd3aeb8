// Builds elements and says things aloud: nothing in the page is ever made from a string of HTML.

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "use", "path", "g", "line", "rect", "circle", "polyline", "title"]);

/** Make an element. */
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

/** Find an element that index.html has. */
export function byId(id) {
	return document.getElementById(id);
}

/** Listen to what happens to a node. */
export function on(node, name, work, options) {
	node.addEventListener(name, work, options);
}

/** Have something done when an element that index.html has is pressed. */
export function onClick(id, work) {
	on(byId(id), "click", work);
}

/** Draw one of the icons that index.html defines. */
export function icon(name) {
	return make("svg", { class: "icon", "aria-hidden": "true" }, make("use", { href: `#i-${name}` }));
}

/** Make a button; with `bare` its label is not shown, only its icon. */
export function button(label, iconName, onclick, props = {}) {
	const { bare, ...rest } = props;
	const shown = bare ? { "aria-label": label, title: label } : {};
	return make("button", { type: "button", onclick, ...shown, ...rest }, iconName && icon(iconName), bare ? null : make("span", { text: label }));
}

/** Write a text into an element. */
export function say(id, text) {
	byId(id).textContent = text;
}

/** Put other children in place of those an element, or the one of that name, has. */
export function fill(place, ...children) {
	nodeOf(place).replaceChildren(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
}

/** Show elements, or hide them; they may be given by name. */
export function toggle(isShown, ...places) {
	for (const place of places) nodeOf(place).hidden = !isShown;
}

function nodeOf(place) {
	return typeof place === "string" ? byId(place) : place;
}

/** Have a screen reader say a sentence when it comes to it. */
export function announce(sentence) {
	const live = byId("live");
	if (live && live.textContent !== sentence) live.textContent = sentence;
}

/** Call a function when it was not asked for again for a while. */
export function lazily(wait_ms, work) {
	let timer = 0;
	return (...given) => {
		clearTimeout(timer);
		timer = setTimeout(() => work(...given), wait_ms);
	};
}

/** Wait; ends at once with an AbortError when the signal says so. */
export function pause(ms, signal) {
	return new Promise((resolve, reject) => {
		const stop = () => { clearTimeout(timer); reject(new DOMException("stopped", "AbortError")); };
		const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, ms);
		if (signal?.aborted) stop();
		else signal?.addEventListener("abort", stop, { once: true });
	});
}

/** Tell whether something ended because it was meant to. */
export function isStopped(error) {
	return error?.name === "AbortError";
}

/** Give a file to the user under a name. */
export function save(blob, name) {
	const url = URL.createObjectURL(blob);
	make("a", { href: url, download: name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
