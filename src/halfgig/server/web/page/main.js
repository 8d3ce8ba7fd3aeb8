// Creates the parts of the page, connects them, and switches views.
import { link } from "./api.js";
import { byId, debounce, icon, on, toggle } from "./dom.js";
import { History } from "./history.js";
import { wireKey } from "./key.js";
import { Listen } from "./listen.js";
import { Make } from "./make.js";
import { attempt } from "./notice.js";
import { Operate } from "./operate.js";
import { Options } from "./options.js";
import { Portrait } from "./portrait.js";
import { Recording } from "./recording.js";
import { Talk } from "./talk.js";
import { chosenTheme, nextTheme } from "./theme.js";
import { Verify } from "./verify.js";
import { Voices } from "./voices.js";
import { retry, Watch } from "./watch.js";

const VIEWS = ["make", "listen", "talk", "verify", "operate"];
const THEMES = { auto: ["auto", "System colours"], light: ["sun", "Light colours"], dark: ["moon", "Dark colours"] };

function start() {
	wireKey();
	wireTheme();
	wireLink();
	const make = new Make((video) => watchNew(video, parts.portrait.url));
	const changed = debounce(0, () => make.show());
	const voices = new Voices(() => make.words.value, changed);
	const parts = { voices, portrait: new Portrait(changed, () => watch.close()), recording: new Recording(changed), options: new Options(changed) };
	make.use(parts);
	const listen = new Listen(make, voices);
	const talk = new Talk(parts.portrait, voices);
	const verify = new Verify();
	const operate = new Operate();
	const again = (video) => attempt(async () => watchNew(await retry(video.id)), "history-notices");
	const watch = new Watch({ onVideo: (video) => history.put(video), onAgain: again });
	const history = new History({ onWatch: (video) => watchNew(video), onAgain: again, onGone: (id) => watch.forget(id) });
	wireViews({ operate, listen, talk, verify }, parts.recording);
	parts.portrait.restore();
	parts.recording.restore();
	parts.options.backdrop.restore();
	attempt(restore);

	function watchNew(video, portrait) {
		location.hash = "make";
		history.put(video);
		watch.show(video, portrait);
		byId("stage").scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
	}

	async function restore() {
		const planned = parts.options.load();
		planned.catch(() => {}); // awaited below
		const videos = await history.load();
		const last = videos.find((each) => each.id === Watch.last);
		if (last) watch.show(last);
		await planned;
		await voices.load();
	}
}

function wireViews({ operate, listen, talk, verify }, recording) {
	const show = () => {
		const view = VIEWS.find((each) => location.hash === `#${each}`) ?? document.body.dataset.view;
		document.body.dataset.view = view;
		for (const each of VIEWS) {
			const tab = byId(`tab-${each}`);
			if (each === view) tab.setAttribute("aria-current", "page");
			else tab.removeAttribute("aria-current");
		}
		toggle(view === "make" || view === "listen", "studio");
		toggle(view === "talk", "talking");
		toggle(view === "verify", "verifying");
		toggle(view === "operate", "operating");
		toggle(view === "make", ...document.querySelectorAll(".for-make"));
		toggle(view === "listen", ...document.querySelectorAll(".for-listen"));
		recording.isAllowed = view === "make";
		document.title = `${view[0].toUpperCase()}${view.slice(1)} · halfgig`;
		if (view === "operate") operate.show();
		else operate.hide();
		if (view !== "verify") verify.hide();
		if (view !== "listen") listen.stop();
		if (view === "talk") talk.show();
		else talk.hide();
	};
	on(window, "hashchange", show);
	show();
}

function wireTheme() {
	const pressed = byId("theme");
	const show = (theme) => {
		const [name, label] = THEMES[theme];
		pressed.replaceChildren(icon(name));
		pressed.setAttribute("aria-label", label);
		pressed.title = label;
	};
	on(pressed, "click", () => show(nextTheme()));
	show(chosenTheme());
}

function wireLink() {
	const place = byId("link");
	on(link, "down", () => { place.textContent = "No connection. Your text is kept."; });
	on(link, "up", () => { if (place.textContent) place.textContent = ""; });
}

for (const node of document.querySelectorAll("[data-icon]")) node.prepend(icon(node.dataset.icon));
start();
