// Measures an avatar in its page for benchmarks/live.py: what is drawn and what sounds, both on the audio clock.

window.drawn = []; // [heard in context seconds, jaw] after each frame is drawn
window.levels = []; // [context seconds, peak] of each block of sound that goes out
window.pieces = []; // [context second at which it starts, seconds] of each piece of the speech
let context = null;

const METER = `registerProcessor("meter", class extends AudioWorkletProcessor {
	process([[samples]]) {
		if (samples) this.port.postMessage([currentTime, Math.max(...samples.map(Math.abs))]);
		return true;
	}
})`;

const { connect } = AudioNode.prototype;
AudioNode.prototype.connect = function (target, ...more) {
	if (target === this.context.destination && this.context !== context) {
		context = this.context;
		const module = URL.createObjectURL(new Blob([METER], { type: "text/javascript" }));
		window.metered = context.audioWorklet.addModule(module).then(() => {
			const meter = new AudioWorkletNode(context, "meter", { numberOfOutputs: 0 });
			meter.port.onmessage = ({ data }) => levels.push(data);
			connect.call(this, meter);
		});
	}
	return connect.call(this, target, ...more);
};

const { start } = AudioBufferSourceNode.prototype;
AudioBufferSourceNode.prototype.start = function (when, ...more) {
	pieces.push([when, this.buffer.duration]);
	return start.call(this, when, ...more);
};

const { HalfgigAvatar } = await import("SERVER/halfgig-avatar.js");
const { draw } = HalfgigAvatar.face.prototype;
HalfgigAvatar.face.prototype.draw = function (pose) {
	draw.call(this, pose);
	this.gl?.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, new Uint8Array(4)); // until it is drawn
	if (context) drawn.push([heardNow(), pose.weights?.jawOpen ?? 0, performance.now()]);
};

/** Return the context second that the output plays now: `currentTime` runs ahead of it in jumps, by what is rendered. */
function heardNow() {
	const { contextTime, performanceTime } = context.getOutputTimestamp();
	return contextTime + (performance.now() - performanceTime) / 1000;
}

const avatar = document.querySelector("halfgig-avatar");
const next = (name) => new Promise((resolve) => { avatar.addEventListener(name, resolve, { once: true }); });

/** Say a text; return when it was first heard and first moved to, its pieces, and all that was drawn, in seconds. */
window.say = async (text) => {
	avatar.speak("Yes."); // the sound's clock runs, the voice is loaded
	await next("end");
	await window.metered;
	[drawn.length, levels.length, pieces.length] = [0, 0, 0];
	const [asked, began] = [performance.now(), next("start")];
	const said = avatar.speak(text);
	await began;
	const started = performance.now();
	await said;
	const sound = levels.find(([, peak]) => peak > 0.003)?.[0];
	const motion = drawn.find(([heard, jaw]) => heard > pieces[0][0] && jaw > 0.02)?.[0];
	return { first_sound_s: (started - asked) / 1000, motion_after_sound_s: motion - sound, pieces, breaks: breaksOf(), drawn };
};

/** Stop in the middle; return how long sound went out afterwards, in seconds of the audio clock. */
window.stopInTheMiddle = async (text) => {
	const said = avatar.speak(text);
	await next("word");
	while ((levels.at(-1)?.[1] ?? 0) < 0.05) await new Promise((resolve) => { setTimeout(resolve, 5); });
	const stopped = context.currentTime;
	avatar.stop();
	await said;
	await new Promise((resolve) => { setTimeout(resolve, 500); });
	return Math.max(0, ...levels.filter(([at, peak]) => at > stopped && peak > 0.001).map(([at]) => at - stopped));
};

function breaksOf() {
	const loud = levels.map(([at]) => at);
	return loud.filter((at, place) => place && at - loud[place - 1] > 0.02).length;
}

window.isReady = true;
