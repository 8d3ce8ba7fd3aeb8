// What a face does besides speaking: gaze, blinks, head and breath, with the statistics of the server's animation.

const TAU = 2 * Math.PI;
const NEVER = Infinity;
const EYES_DEG = 20; // farthest turn of the eyes in the head
const FARTHEST = { x: 0.05, y: 0.04, scale: 0.03, yaw: 8, pitch: 6, roll: 5 };
const POSTURE = { x: 0.024, y: 0.008, scale: 0.014, yaw: 7, pitch: 3.2, roll: 3.6 };
const DRIFT = { x: 0.005, y: 0.004, scale: 0.003, yaw: 0.7, pitch: 0.45, roll: 0.4 };
const RHYTHMS_HZ = [0.11, 0.17, 0.29];
const PLACES = Object.keys(POSTURE);
const GLANCES = [[0, 15.5], [45, 6.5], [90, 17.7], [135, 7.4], [180, 16.8], [225, 7.9], [270, 20.4], [315, 7.8]]; // degrees, percent
const THOUGHTS = [[20, 1], [45, 2], [135, 2], [160, 1], [215, 1], [325, 1]];

const uniform = (least, most) => least + (most - least) * Math.random();
const chance = (share) => Math.random() < share;
const limit = (value, most) => Math.max(-most, Math.min(most, value));
const normal = () => limit(Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(TAU * Math.random()), 3);
const logNormal = (median, spread) => median * Math.exp(spread * normal());

/** Return a share, clipped to 0..1, with a soft start and end. */
export function eased(share) {
	const clipped = Math.max(0, Math.min(1, share));
	return clipped * clipped * (3 - 2 * clipped);
}

/** A value that moves from one goal to the next without a jerk. */
class Glide {
	#from = 0;
	#to = 0;
	#start = 0;
	end = 0;

	go(goal, start, seconds) {
		[this.#from, this.#to] = [this.at(start), goal];
		[this.#start, this.end] = [start, start + seconds];
	}

	at(moment) {
		if (moment >= this.end) return this.#to;
		const share = Math.max(0, (moment - this.#start) / (this.end - this.#start));
		return this.#from + (this.#to - this.#from) * share ** 3 * (10 - 15 * share + 6 * share * share);
	}
}

/** Gaze: mostly at the viewer, away at times and in thought, back before a phrase begins. */
class Gaze {
	#eyes = [new Glide(), new Glide()];
	#head = [new Glide(), new Glide()];
	#goal = [0, 0];
	#fixateAt = 1;
	#turnAt = 1 + logNormal(1.8, 0.5);
	#thinkAt = NEVER;
	#isAway = false;
	shift = { start: 0, size: 0 };

	follow(now, cue, { pace, target }) {
		if (target) this.#hold(now, target);
		else this.#heed(now, cue);
		while (!target && this.#turnAt <= now) this.#turn(this.#turnAt, cue, pace);
		while (this.#fixateAt <= now) {
			this.#saccade(this.#goal.map((part) => part + 0.7 * limit(normal(), 2)), this.#fixateAt);
			this.#fixateAt += logNormal(1.1, 0.5);
		}
		return [this.#eyes, this.#head].map((glides) => glides.map((glide) => glide.at(now)));
	}

	#hold(now, target) {
		if (Math.hypot(target[0] - this.#goal[0], target[1] - this.#goal[1]) > 0.5) this.#look(target, now);
		this.#isAway = true; // what ends the hold brings the eyes back
		[this.#turnAt, this.#thinkAt] = [now, NEVER];
	}

	#heed(now, { untilVoice, untilPause }) {
		if (untilVoice === 0) this.#thinkAt = now + untilPause + 0.35;
		else if (untilVoice < NEVER) {
			this.#thinkAt = NEVER;
			const backAt = Math.max(now, now + untilVoice - 0.4, this.shift.start + 0.35);
			if (this.#isAway) this.#turnAt = Math.min(this.#turnAt, backAt);
		}
		if (now >= this.#thinkAt) {
			if (!this.#isAway && chance(0.65)) this.#leave(this.#thinkAt, THOUGHTS, 1.6);
			this.#thinkAt = NEVER;
		}
		if (!this.#isAway && untilVoice > 0 && untilVoice < NEVER) this.#turnAt = Math.max(this.#turnAt, now + untilVoice + 0.9);
	}

	#turn(start, { untilVoice }, pace) {
		if (!this.#isAway) return this.#leave(start, GLANCES, 1);
		this.#isAway = false;
		this.#look([0, 0], start);
		this.#turnAt = start + logNormal(untilVoice === NEVER ? 5 : 1.8, 0.5) / pace;
		return undefined;
	}

	#leave(start, directions, seconds) {
		let left = uniform(0, directions.reduce((sum, [, share]) => sum + share, 0));
		const [degrees] = directions.find(([, share]) => (left -= share) <= 0) ?? directions[0];
		const angle = ((degrees + 8 * normal()) * TAU) / 360;
		const size = Math.min(12, 4 - 2.5 * Math.log(1 - Math.random()));
		this.#isAway = true;
		this.#look([size * Math.cos(angle), -0.55 * size * Math.sin(angle)], start);
		this.#turnAt = start + logNormal(seconds, 0.35);
	}

	#look(goal, start) {
		this.shift = { start, size: Math.hypot(goal[0] - this.#goal[0], goal[1] - this.#goal[1]) };
		this.#goal = goal;
		this.#head.forEach((glide, at) => glide.go(0.3 * goal[at], start + 0.06, 0.55));
		this.#saccade(goal, start);
		this.#fixateAt = start + logNormal(1.1, 0.5);
	}

	#saccade(goal, start) {
		const size = Math.hypot(...goal.map((part, at) => part - this.#eyes[at].at(start)));
		this.#eyes.forEach((glide, at) => glide.go(goal[at], start, 0.025 + 0.0024 * size));
	}
}

/** Blinks: at log-normal intervals, more at the ends of phrases and with large shifts of gaze. */
class Blinks {
	#start = -1;
	#depth = 0;
	#slowness = 1;
	#due = 1 + logNormal(1.6, 0.55);
	#isWithinPhrase = false;
	#seenShift = 0;

	get #end() {
		return this.#start + 0.245 * this.#slowness + 0.04;
	}

	closed(now, { untilVoice, untilPause }, shift, pace) {
		if (untilPause === NEVER) this.#isWithinPhrase = true;
		else if (this.#isWithinPhrase) {
			this.#isWithinPhrase = false;
			if (chance(0.4 * pace)) this.#hasten(now + untilPause + uniform(-0.05, 0.3));
		}
		if (shift.start > this.#seenShift) {
			this.#seenShift = shift.start;
			if (shift.size >= 5 && chance(0.35 * pace)) this.#hasten(shift.start);
		}
		if (this.#due <= now && now >= this.#end) {
			const isHeldBack = untilVoice === 0 && untilPause > 0 && untilPause < 0.5 && this.#due > this.#end + 0.5;
			if (isHeldBack) this.#due = now + untilPause;
			else this.#begin(now, pace / (untilVoice === NEVER ? 1.05 : 1));
		}
		const opening = (this.#end - now) / (0.17 * this.#slowness);
		return this.#depth * eased(Math.min((now - this.#start) / (0.075 * this.#slowness), opening));
	}

	#hasten(start) {
		if (start >= this.#end + 0.5) this.#due = Math.min(this.#due, start);
	}

	#begin(now, pace) {
		this.#start = now;
		this.#depth = chance(0.12) ? uniform(0.55, 0.85) : 1;
		this.#slowness = logNormal(1, 0.15);
		const rest = Math.max(logNormal(3.2, 0.55) / pace, this.#end - now + 0.5);
		this.#due = chance(0.12) ? this.#end + uniform(0.05, 0.15) : now + rest;
	}
}

/** The head: postures that change with the phrases, a drift that never repeats, and nods on stress. */
class HeadMotion {
	#glides = Object.fromEntries(PLACES.map((name) => [name, new Glide()]));
	#waves = PLACES.map(() => RHYTHMS_HZ.map((hz) => [TAU * hz * uniform(0.85, 1.15), uniform(0, TAU)]));
	#yaw = 0;
	#changeAt = uniform(0.3, 0.9);
	#wasVoice = false;
	#wasPause = false;
	#nod = { start: -1, depth: 0, aside: 0, brows: 0 };
	#nodAfter = 0.4;

	/** Return the displacement of the head and the raising of the brows. */
	move(now, cue, pace) {
		this.#heed(now, cue, pace);
		while (this.#changeAt <= now) this.#change(this.#changeAt, cue.untilVoice === NEVER, pace);
		if (cue.accent >= 0.35 && now >= this.#nodAfter) this.#begin(now, cue.accent, pace);
		const share = (now - this.#nod.start) / 0.48;
		const nodded = share >= 0 && share <= 1 ? 0.5 - 0.5 * Math.cos(TAU * share) : 0;
		const { depth, aside, brows } = this.#nod;
		const nod = { y: 0.004 * depth, yaw: aside, pitch: depth, roll: 0.6 * aside };
		const head = PLACES.map((name, at) => {
			const wave = this.#waves[at].reduce((sum, [turn, phase]) => sum + Math.sin(turn * now + phase), 0) / 3;
			return [name, this.#glides[name].at(now) + eased(now / 1.2) * DRIFT[name] * wave + nodded * (nod[name] ?? 0)];
		});
		return [Object.fromEntries(head), nodded * brows];
	}

	#heed(now, { untilVoice, untilPause }, pace) {
		const [isVoice, isPause] = [untilVoice < NEVER, untilPause < NEVER];
		if (isVoice && !this.#wasVoice && chance(0.8 * pace)) this.#hasten(now, now + untilVoice - 0.15);
		if (isPause && !this.#wasPause && chance(0.4 * pace)) this.#hasten(now, now + untilPause);
		[this.#wasVoice, this.#wasPause] = [isVoice, isPause];
	}

	#hasten(now, start) {
		this.#changeAt = Math.min(this.#changeAt, Math.max(now, start, this.#glides.yaw.end + 0.5));
	}

	#change(start, isIdle, pace) {
		const share = isIdle ? 0.55 : 1;
		const place = () => 0.5 * share * (uniform(-1, 1) + uniform(-1, 1));
		const side = (this.#yaw > 0) === chance(0.75) ? -1 : 1;
		const yaw = side * share * uniform(0.15, 1);
		const pitch = place();
		const goal = { x: 0.6 * yaw + 0.4 * place(), y: pitch, scale: place(), yaw, pitch, roll: place() };
		const seconds = (0.55 + 0.08 * POSTURE.yaw * Math.abs(yaw - this.#yaw)) / pace;
		for (const name of PLACES) this.#glides[name].go(goal[name] * POSTURE[name], start, seconds);
		this.#yaw = yaw;
		this.#changeAt = start + seconds + Math.max(0.5, logNormal(isIdle ? 6 : 3.2, 0.35) / pace);
	}

	#begin(now, accent, pace) {
		const brows = chance(0.4) ? 0.9 * accent : 0;
		this.#nod = { start: now, depth: accent * uniform(2.4, 5.2), aside: 1.2 * accent * uniform(-1, 1), brows };
		this.#nodAfter = now + 0.48 + uniform(0.9, 2.6) / pace;
	}
}

/** Breathing: slow at rest, a quick intake before a phrase, a long exhalation while it is spoken. */
class Breathing {
	#breath = new Glide();
	#phase = "rest";
	#next = 0.3;
	#isFull = false;

	drawn(now, { untilVoice }) {
		const phase = untilVoice === 0 ? "speech" : untilVoice <= 0.45 ? "intake" : "rest";
		const left = this.#breath.at(now);
		if (phase === "rest") {
			if (this.#phase !== phase) [this.#isFull, this.#next] = [true, now];
			while (now >= this.#next) this.#rest();
		} else if (phase !== this.#phase && phase === "speech") this.#breath.go(0, now, Math.max(0.8, 6 * left));
		else if (phase !== this.#phase) this.#breath.go(left > 0.55 ? left : 0.95, now, Math.max(0.2, untilVoice));
		this.#phase = phase;
		return this.#breath.at(now);
	}

	#rest() {
		const seconds = (this.#isFull ? 0.58 : 0.42) * logNormal(4.2, 0.1);
		this.#breath.go(this.#isFull ? 0 : 0.6 * uniform(0.85, 1.15), this.#next, 0.92 * seconds);
		this.#isFull = !this.#isFull;
		this.#next += seconds;
	}
}

/** Eyes, head and breath of one face; calls must be in order of time. */
export class Idle {
	#gaze = new Gaze();
	#blinks = new Blinks();
	#motion = new HeadMotion();
	#breathing = new Breathing();

	/** Return { eyes, brow, head, breath } at a moment in seconds; `target` is a direction in degrees, or null. */
	at(now, cue, { gain = 0.5, pace = 1, size = 1, blinking = 1, target = null } = {}) {
		const full = Math.min(1, 2 * gain);
		const [eyes, follow] = this.#gaze.follow(now, cue, { pace, target });
		const closed = this.#blinks.closed(now, cue, this.#gaze.shift, blinking);
		const breath = full * this.#breathing.drawn(now, cue);
		const [head, brows] = this.#motion.move(now, cue, pace);
		head.yaw += follow[0];
		head.pitch += follow[1] - 0.5 * breath;
		head.y -= 0.008 * breath;
		for (const name of PLACES) head[name] = limit(gain * size * head[name], FARTHEST[name]);
		const brow = Math.min(1, gain * brows);
		const [yaw, pitch] = [full * eyes[0] - head.yaw, full * eyes[1] - head.pitch].map((each) => limit(each, EYES_DEG));
		return { eyes: { yaw, pitch, closed: Math.max(closed, 0.02 * Math.max(0, pitch)), wide: 0.25 * brow }, brow, head, breath };
	}
}
