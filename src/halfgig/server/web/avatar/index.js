// The module that pages load: the element, and a client for videos.
import { HalfgigAvatar } from "./element.js";

if (globalThis.customElements && !customElements.get("halfgig-avatar")) customElements.define("halfgig-avatar", HalfgigAvatar);

export { HalfgigAvatar } from "./element.js";
export { AvatarError } from "./connection.js";
export { Videos } from "./videos.js";
