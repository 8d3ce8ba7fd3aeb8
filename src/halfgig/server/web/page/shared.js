// Plays a video that somebody has shared; the link's last part is all it needs.
import { ask } from "./api.js";
import { byId, toggle } from "./dom.js";
import { complain } from "./notice.js";
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
		if (error.status === 404) complain("This link works no more: the video is kept no longer, or whoever shared it has taken the link back. Ask them for a new one.");
		else complain(error, [["Try again", start]]);
	}
}

start();
