// Builds elements and says things aloud: nothing in the page is ever made from a string of HTML.

const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "use", "path", "g", "line", "rect", "circle", "polyline", "title"]);

/**
 * Make an element.
 * @param {string} name
 * @param {object} props attributes; `text` is its text, `onclick` and the like are listeners, false and null are left out
 * @param {...(Node|string|null|false)} children
 */
export function make(name, props = {}, ...children) {
  const node = DRAWN.has(name) ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(props)) put(node, key, value);
  node.append(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
  return node;
}

function put(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key === "text") node.textContent = value;
  else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else node.setAttribute(key, value === true ? "" : value);
}

/** Find an element that index.html has. */
export function byId(id) {
  return document.getElementById(id);
}

/** Draw one of the icons that index.html defines. */
export function icon(name) {
  return make("svg", { class: "icon", "aria-hidden": "true" }, make("use", { href: `#i-${name}` }));
}

/** Make a button with an icon; `label` is what it says, or what it is called where it shows only the icon. */
export function button(label, iconName, onclick, props = {}) {
  const { bare, ...rest } = props;
  const shown = bare ? { "aria-label": label, title: label } : {};
  return make("button", { type: "button", onclick, ...shown, ...rest }, iconName && icon(iconName), bare ? null : make("span", { text: label }));
}

/** Put other children in place of those there are. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((each) => each !== null && each !== undefined && each !== false));
}

/** Show some elements and hide others. */
export function toggle(shown, ...nodes) {
  for (const node of nodes) node.hidden = !shown;
}

/** Have a screen reader say a sentence when it comes to it. */
export function announce(sentence) {
  const live = byId("live");
  if (live && live.textContent !== sentence) live.textContent = sentence;
}

/** Call a function once a while has passed in which it was not asked for again. */
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
