// Takes a photo with the camera, in a dialog.
import { byId, on } from "./dom.js";
import { showError } from "./notice.js";

/** Let the user take a photo; return a file, or null. */
export async function takePhoto() {
	const video = byId("camera-video");
	let stream;
	try {
		stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 }, height: { ideal: 1280 } } });
	} catch (error) {
		showError(refusal(error, "camera"), [], "portrait-notices");
		return null;
	}
	video.srcObject = stream;
	try {
		return await pictured(video);
	} finally {
		for (const track of stream.getTracks()) track.stop();
		video.srcObject = null;
	}
}

/** Return why a camera or microphone cannot be used, and what to do. */
export function refusal(error, device) {
	if (!navigator.mediaDevices) return `The browser allows the ${device} only on https pages. Choose a file instead.`;
	if (error.name === "NotAllowedError") return `The browser was not allowed to use the ${device}. Allow it in the address bar, or choose a file.`;
	if (error.name === "NotFoundError") return `No ${device} was found. Connect one, or choose a file.`;
	return `The ${device} is not available; another program may be using it. Close that, or choose a file.`;
}

function pictured(video) {
	const dialog = byId("camera-dialog");
	const stop = new AbortController();
	dialog.showModal();
	return new Promise((resolve) => {
		const end = (photo) => { stop.abort(); dialog.close(); resolve(photo); };
		const { signal } = stop;
		on(byId("camera-take"), "click", async () => end(await snapped(video)), { signal });
		on(byId("camera-cancel"), "click", () => end(null), { signal });
		on(dialog, "cancel", () => end(null), { signal });
	});
}

async function snapped(video) {
	const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
	canvas.getContext("2d").drawImage(video, 0, 0);
	const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
	return blob && new File([blob], "photo.jpg", { type: "image/jpeg" });
}
