// Shares a video by a link that needs no key, and takes the link back.
import { ask, askJson } from "./api.js";
import { announce, byId, toggle } from "./dom.js";
import { complain } from "./notice.js";

/** The link to the video that is watched. */
export class Share {
  #id = "";

  constructor() {
    byId("share").addEventListener("click", () => this.#share());
    byId("share-copy").addEventListener("click", () => this.#copy());
    byId("share-back").addEventListener("click", () => this.#takeBack());
    byId("share-link").addEventListener("focus", (event) => event.target.select());
  }

  /** Begin anew with another video. */
  of(id) {
    if (id === this.#id) return;
    this.#id = id;
    toggle(false, byId("share-box"));
  }

  async #share() {
    try {
      const { url } = await askJson(`/v1/videos/${this.#id}/share`, { method: "POST" });
      const link = new URL(url, location.href).href;
      byId("share-link").value = link;
      toggle(true, byId("share-box"));
      if (matchMedia("(pointer: coarse)").matches && navigator.share) await navigator.share({ url: link }).catch(() => {});
      else await this.#copy();
    } catch (error) {
      complain(error, [["Try again", () => this.#share()]], byId("watch-notices"));
    }
  }

  async #copy() {
    const field = byId("share-link");
    try {
      await navigator.clipboard.writeText(field.value);
      byId("share-said").textContent = "The link is copied. Whoever has it can watch the video, without a key, as long as it is kept.";
    } catch {
      field.focus();
      field.select();
      byId("share-said").textContent = "Copy the link. Whoever has it can watch the video, without a key, as long as it is kept.";
    }
  }

  async #takeBack() {
    try {
      await ask(`/v1/videos/${this.#id}/share`, { method: "DELETE" });
      toggle(false, byId("share-box"));
      byId("share").focus();
      announce("The link works no more");
    } catch (error) {
      complain(error, [], byId("watch-notices"));
    }
  }
}
