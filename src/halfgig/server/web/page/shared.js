// Plays a shared video, identified by the last part of the link.
import { ask } from "./api.js";
import { byId, toggle } from "./dom.js";
import { showError } from "./notice.js";
import { Player } from "./player.js";

async function start() {
	const [token] = location.pathname.split("/").slice(-1);
	const path = `/shared/${encodeURIComponent(token)}/content`;
	const video = byId("watch-video");
	byId("shared-download").href = `${path}?variant=video`;
	try {
		await ask(`${path}?variant=thumbnail`);
		const words = await ask(`${path}?variant=subtitles`).then(() => true, () => false);
		video.poster = `${path}?variant=thumbnail`;
		await new Player(video).load(path, words);
		toggle(true, "shared-download");
	} catch (error) {
		toggle(false, "shared-frame");
		if (error.status === 404) showError("This link no longer works: the video or the link was deleted. Ask for a new one.");
		else showError(error, [["Try again", start]]);
	}
}

start();
