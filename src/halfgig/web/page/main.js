// Puts the page together, once: its parts, what each tells the others, and which view is shown.
import { link } from "./api.js";
import { byId, icon, lazily, toggle } from "./dom.js";
import { History } from "./history.js";
import { wireKey } from "./key.js";
import { Listen } from "./listen.js";
import { Make } from "./make.js";
import { complain } from "./notice.js";
import { Operate } from "./operate.js";
import { Options } from "./options.js";
import { Portrait } from "./portrait.js";
import { Recording } from "./recording.js";
import { chosenTheme, nextTheme } from "./theme.js";
import { Voices } from "./voices.js";
import { Watch, isOpen, retry } from "./watch.js";

const VIEWS = ["make", "listen", "operate"];
const THEMES = { auto: ["auto", "Colours as the system has them"], light: ["sun", "Light colours"], dark: ["moon", "Dark colours"] };

function start() {
  wireKey();
  wireTheme();
  wireLink();
  const make = new Make((video) => watchNew(video, parts.portrait.url));
  const changed = lazily(0, () => make.show());
  const voices = new Voices(() => make.words.value, changed);
  const parts = { voices, portrait: new Portrait(changed), recording: new Recording(changed), options: new Options(changed) };
  make.use(parts);
  const listen = new Listen(make, voices);
  const operate = new Operate();
  const again = (video) => makeAgain(video);
  const watch = new Watch({ onVideo: (video) => history.put(video), onClose: () => {}, onAgain: again });
  const history = new History({ onWatch: (video) => watchNew(video), onAgain: again, onGone: (id) => watch.forget(id) });
  wireViews(operate, listen, parts.recording);
  restore();

  function watchNew(video, portrait) {
    location.hash = "make";
    history.put(video);
    watch.show(video, portrait);
    byId("stage").scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  async function makeAgain(video) {
    try {
      watchNew(await retry(video.id));
    } catch (error) {
      complain(error, [["Try again", () => makeAgain(video)]], byId("history-notices"));
    }
  }

  async function restore() {
    parts.portrait.restore();
    parts.recording.restore();
    try {
      const [videos] = await Promise.all([history.load(), parts.options.load()]);
      const last = videos.find((each) => each.id === Watch.last) ?? videos.find(isOpen);
      if (last) watch.show(last);
      await voices.load();
    } catch (error) {
      complain(error, [["Try again", restore]]);
    }
  }
}

function wireViews(operate, listen, recording) {
  const show = () => {
    const view = VIEWS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "make";
    document.body.dataset.view = view;
    for (const each of VIEWS) {
      const tab = byId(`tab-${each}`);
      if (each === view) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    toggle(view !== "operate", byId("studio"));
    toggle(view === "operate", byId("operate"));
    toggle(view === "make", ...document.querySelectorAll(".for-make"));
    toggle(view === "listen", ...document.querySelectorAll(".for-listen"));
    recording.isAllowed = view === "make";
    document.title = `${view[0].toUpperCase()}${view.slice(1)} · halfgig`;
    if (view === "operate") operate.show();
    else operate.hide();
    if (view !== "listen") listen.stop();
  };
  addEventListener("hashchange", show);
  show();
}

function wireTheme() {
  const pressed = byId("theme");
  const tell = (theme) => {
    const [name, label] = THEMES[theme];
    pressed.replaceChildren(icon(name));
    pressed.setAttribute("aria-label", label);
    pressed.title = label;
  };
  pressed.addEventListener("click", () => tell(nextTheme()));
  tell(chosenTheme());
}

function wireLink() {
  const place = byId("link");
  link.addEventListener("down", () => { place.textContent = "No connection. What you have written is kept."; });
  link.addEventListener("up", () => { if (place.textContent) place.textContent = ""; });
}

start();
