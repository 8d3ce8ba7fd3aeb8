// The module that pages load: the element.
import { HalfgigAvatar } from "./element.js";

if (!customElements.get("halfgig-avatar")) customElements.define("halfgig-avatar", HalfgigAvatar);

export { HalfgigAvatar } from "./element.js";
export { AvatarError } from "./connection.js";
