// What a face does besides speaking: gaze, blinks, head and breath, with the statistics of the server's animation.

import { clamp, smooth } from "./numbers.js";

const NEVER = Infinity;
const FARTHEST = { x: 0.05, y: 0.04, scale: 0.03, yaw: 8, pitch: 6, roll: 5 };
const POSTURE = { x: 0.024, y: 0.008, scale: 0.014, yaw: 7, pitch: 3.2, roll: 3.6 };
const DRIFT = { x: 0.005, y: 0.004, scale: 0.003, yaw: 0.7, pitch: 0.45, roll: 0.4 };
const RHYTHMS_HZ = [0.11, 0.17, 0.29];
const PLACES = Object.keys(POSTURE);
const GLANCES = [15.5, 6.5, 17.7, 7.4, 16.8, 7.9, 20.4, 7.8]; // percent, every 45 degrees from the right of the picture
const THOUGHTS = [20, 45, 45, 135, 135, 160, 215, 325]; // degrees

const uniform = (least, most) => least + (most - least) * Math.random();
const chance = (part) => Math.random() < part;
/** Return a value between minus and plus `most`. */
export const limit = (value, most) => clamp(value, -most, most);
const normal = () => limit(Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(uniform(0, 2 * Math.PI)), 3);
const logNormal = (median, spread) => median * Math.exp(spread * normal());

/** Return a value that moves from one goal to the next without a jerk. */
function glide() {
	let [from, to, start, end] = [0, 0, 0, 0];
	const at = (now) => {
		const part = clamp((now - start) / (end - start || 1));
		return from + (to - from) * part ** 3 * (10 - 15 * part + 6 * part * part);
	};
	const go = (goal, now, seconds) => { [from, to, start, end] = [at(now), goal, now, now + seconds]; };
	return { at, go, end: () => end };
}

/** Gaze: mostly at the viewer, away at times and in thought, back before a phrase begins. */
function gazing() {
	const [eyes, head] = [[glide(), glide()], [glide(), glide()]];
	let [goal, shift, isAway] = [[0, 0], { start: 0, size: 0 }, false];
	let [fixateAt, turnAt, thinkAt] = [1, 1 + logNormal(1.8, 0.5), NEVER];

	function saccade(place, start) {
		const size = Math.hypot(...place.map((part, at) => part - eyes[at].at(start)));
		eyes.forEach((each, at) => each.go(place[at], start, 0.025 + 0.0024 * size));
		fixateAt = start + logNormal(1.1, 0.5);
	}

	function look(place, start) {
		shift = { start, size: Math.hypot(place[0] - goal[0], place[1] - goal[1]) };
		goal = place;
		head.forEach((each, at) => each.go(0.3 * goal[at], start + 0.06, 0.55));
		saccade(goal, start);
	}

	function leave(start, degrees, seconds) {
		const [angle, size] = [((degrees + 8 * normal()) * Math.PI) / 180, Math.min(12, 4 - 2.5 * Math.log(1 - Math.random()))];
		look([size * Math.cos(angle), -0.55 * size * Math.sin(angle)], start);
		[isAway, turnAt] = [true, start + logNormal(seconds, 0.35)];
	}

	function glance(start) {
		let left = uniform(0, 100);
		leave(start, 45 * GLANCES.findIndex((percent) => (left -= percent) <= 0), 1);
	}

	function heed(now, { untilVoice, untilPause }) {
		if (untilVoice === 0) thinkAt = now + untilPause + 0.35;
		else if (untilVoice < NEVER) {
			thinkAt = NEVER;
			turnAt = isAway ? Math.min(turnAt, Math.max(now, now + untilVoice - 0.4, shift.start + 0.35)) : Math.max(turnAt, now + untilVoice + 0.9);
		}
		if (now < thinkAt) return;
		if (!isAway && chance(0.65)) leave(now, THOUGHTS[Math.floor(uniform(0, THOUGHTS.length))], 1.6);
		thinkAt = NEVER;
	}

	return (now, cue, pace, target) => {
		if (target) {
			if (Math.hypot(target[0] - goal[0], target[1] - goal[1]) > 0.5) look(target, now);
			[isAway, turnAt, thinkAt] = [true, now, NEVER]; // what ends this brings the eyes back
		} else {
			heed(now, cue);
			if (turnAt <= now && isAway) {
				look([0, 0], now);
				[isAway, turnAt] = [false, now + logNormal(cue.untilVoice === NEVER ? 5 : 1.8, 0.5) / pace];
			} else if (turnAt <= now) glance(now);
		}
		if (fixateAt <= now) saccade(goal.map((part) => part + 0.7 * limit(normal(), 2)), now);
		return { eyes: eyes.map((each) => each.at(now)), follow: head.map((each) => each.at(now)), shift };
	};
}

/** Blinks: at log-normal intervals, more at the ends of phrases and with large shifts of gaze. */
function blinking() {
	let [start, depth, slowness, due, isWithinPhrase, seen] = [-1, 0, 1, 1 + logNormal(1.6, 0.55), false, 0];
	const end = () => start + 0.245 * slowness + 0.04;
	const hasten = (moment) => { if (moment >= end() + 0.5) due = Math.min(due, moment); };

	function begin(now, pace) {
		[start, depth, slowness] = [now, chance(0.12) ? uniform(0.55, 0.85) : 1, logNormal(1, 0.15)];
		due = chance(0.12) ? end() + uniform(0.05, 0.15) : Math.max(now + logNormal(3.2, 0.55) / pace, end() + 0.5);
	}

	return (now, { untilVoice, untilPause }, shift, pace) => {
		if (isWithinPhrase && untilPause < NEVER && chance(0.4 * pace)) hasten(now + untilPause + uniform(-0.05, 0.3));
		isWithinPhrase = untilPause === NEVER;
		if (shift.start > seen && shift.size >= 5 && chance(0.35 * pace)) hasten(shift.start);
		seen = shift.start;
		if (due <= now && now >= end()) {
			if (untilVoice === 0 && untilPause > 0 && untilPause < 0.5 && due > end() + 0.5) due = now + untilPause; // held back
			else begin(now, pace / (untilVoice === NEVER ? 1.05 : 1));
		}
		return depth * smooth(0, 1, Math.min((now - start) / (0.075 * slowness), (end() - now) / (0.17 * slowness)));
	};
}

/** The head: postures that change with the phrases, a drift that never repeats, and nods with raised brows on stress. */
function nodding() {
	const glides = Object.fromEntries(PLACES.map((name) => [name, glide()]));
	const seeds = PLACES.map(() => [uniform(5, 7), uniform(0, 99)]); // pace, about two pi, and phase
	let [posture, changeAt, wasVoice, wasPause, nodAfter] = [0, uniform(0.3, 0.9), false, false, 0.4];
	let nod = { start: -1, depth: 0, aside: 0, brows: 0 };
	const hasten = (start) => { changeAt = Math.min(changeAt, Math.max(start, glides.yaw.end() + 0.5)); };

	function change(start, isIdle, pace) {
		const part = isIdle ? 0.55 : 1;
		const place = () => 0.5 * part * (uniform(-1, 1) + uniform(-1, 1));
		const yaw = ((posture > 0) === chance(0.75) ? -1 : 1) * part * uniform(0.15, 1);
		const pitch = place();
		const goal = { x: 0.6 * yaw + 0.4 * place(), y: pitch, scale: place(), yaw, pitch, roll: place() };
		const seconds = (0.55 + 0.56 * Math.abs(yaw - posture)) / pace;
		for (const name of PLACES) glides[name].go(goal[name] * POSTURE[name], start, seconds);
		[posture, changeAt] = [yaw, start + seconds + Math.max(0.5, logNormal(isIdle ? 6 : 3.2, 0.35) / pace)];
	}

	return (now, { accent, untilVoice, untilPause }, pace) => {
		const [isVoice, isPause] = [untilVoice < NEVER, untilPause < NEVER];
		if (isVoice && !wasVoice && chance(0.8 * pace)) hasten(now + Math.max(0, untilVoice - 0.15));
		if (isPause && !wasPause && chance(0.4 * pace)) hasten(now + untilPause);
		[wasVoice, wasPause] = [isVoice, isPause];
		if (changeAt <= now) change(now, !isVoice, pace);
		if (accent >= 0.35 && now >= nodAfter) {
			const brows = chance(0.4) ? 0.9 * accent : 0;
			nod = { start: now, depth: accent * uniform(2.4, 5.2), aside: 1.2 * accent * uniform(-1, 1), brows };
			nodAfter = now + 0.48 + uniform(0.9, 2.6) / pace;
		}
		const nodded = 0.5 - 0.5 * Math.cos(2 * Math.PI * clamp((now - nod.start) / 0.48));
		const more = { y: 0.004 * nod.depth, yaw: nod.aside, pitch: nod.depth, roll: 0.6 * nod.aside };
		const head = PLACES.map((name, at) => {
			const [pace, phase] = seeds[at];
			const wave = RHYTHMS_HZ.reduce((sum, hz) => sum + Math.sin(hz * pace * (now + phase)), 0) / 3;
			return [name, glides[name].at(now) + DRIFT[name] * wave + nodded * (more[name] ?? 0)];
		});
		return { head: Object.fromEntries(head), brow: nodded * nod.brows };
	};
}

/** Breathing: slow at rest, a quick intake before a phrase, a long exhalation while it is spoken. */
function breathing() {
	const breath = glide();
	let [before, next, isFull] = ["rest", 0.3, false];
	return (now, { untilVoice }) => {
		const phase = untilVoice === 0 ? "speech" : untilVoice <= 0.45 ? "intake" : "rest";
		const left = breath.at(now);
		if (phase !== before && phase === "speech") breath.go(0, now, Math.max(0.8, 6 * left));
		else if (phase !== before && phase === "intake") breath.go(left > 0.55 ? left : 0.95, now, Math.max(0.2, untilVoice));
		else if (phase !== before) [isFull, next] = [true, now];
		if (phase === "rest" && now >= next) {
			const seconds = (isFull ? 0.58 : 0.42) * logNormal(4.2, 0.1);
			breath.go(isFull ? 0 : 0.6 * uniform(0.85, 1.15), now, 0.92 * seconds);
			[isFull, next] = [!isFull, now + seconds];
		}
		before = phase;
		return breath.at(now);
	};
}

/** Return the idle motion of one face: a function of the moment in seconds, in order of time, and of what speech says. */
export function idling() {
	const [gaze, blink, move, breathe] = [gazing(), blinking(), nodding(), breathing()];
	return (now, cue, { gain = 0.5, pace = 1, size = 1, blinks = 1, target = null }) => {
		const full = Math.min(1, 2 * gain);
		const { eyes, follow, shift } = gaze(now, cue, pace, target);
		const closed = blink(now, cue, shift, blinks);
		const breath = full * breathe(now, cue);
		const { head, brow } = move(now, cue, pace);
		const more = { yaw: follow[0], pitch: follow[1] - 0.5 * breath, y: -0.008 * breath };
		for (const name of PLACES) head[name] = limit(gain * size * (head[name] + (more[name] ?? 0)), FARTHEST[name]);
		const raised = Math.min(1, gain * brow);
		const [yaw, pitch] = [full * eyes[0] - head.yaw, full * eyes[1] - head.pitch].map((each) => limit(each, 20));
		return { yaw, pitch, closed: Math.max(closed, 0.02 * Math.max(0, pitch)), wide: 0.25 * raised, brow: raised, head, breath };
	};
}
