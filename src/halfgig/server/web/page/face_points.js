// Shows a picture with its faces and the five points of the chosen one, movable by mouse, touch and keyboard.
import { announce, fill, make, on } from "./dom.js";

/** The points in the server's order; left and right are the person's own. */
export const POINTS = [
	["right_eye", "Right eye"],
	["left_eye", "Left eye"],
	["nose", "Tip of the nose"],
	["right_mouth", "Right corner of the mouth"],
	["left_mouth", "Left corner of the mouth"],
];
const AROUND = 3.4; // size of the zoomed view, in units of the points' extent

/** Return points in the format of the API. */
export function landmarksOf(points) {
	return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

/** Return the points of a detected face. */
export function pointsOf(face) {
	return POINTS.map(([name]) => [...face.points[name]]);
}

/** Return initial points for a picture without a detected face. */
export function guessedPoints(width, height) {
	const unit = Math.min(width, height) / 8;
	const [x, y] = [width / 2, height * 0.42];
	return [[-1, 0], [1, 0], [0, 1], [-0.8, 1.9], [0.8, 1.9]].map(([dx, dy]) => [x + dx * unit, y + dy * unit]);
}

/** A picture in a frame, with faces and points. */
export class FacePoints {
	#drag = null;

	constructor(frame, { onMove, onChoose }) {
		this.frame = frame;
		this.onMove = onMove;
		this.onChoose = onChoose;
		this.image = make("img", { alt: "", draggable: "false" });
		this.marks = make("div", { class: "marks" });
		fill(frame, this.image, this.marks);
	}

	/** Show a picture; `whole` is its size in pixels, `points` null if unknown. */
	show({ url, alt, whole, faces = [], chosen = 0, points = null, isEdited = false }) {
		if (this.image.getAttribute("src") !== url) this.image.src = url;
		this.image.alt = alt;
		this.whole = whole;
		this.points = points;
		this.view = isEdited && points ? around(points, whole) : [0, 0, ...whole];
		this.frame.classList.toggle("is-edited", isEdited);
		this.frame.style.aspectRatio = `${this.view[2]} / ${this.view[3]}`;
		this.#place(this.image, 0, 0, ...whole);
		fill(this.marks, points && this.#lines(), this.#boxes(faces, chosen, isEdited), points && isEdited && POINTS.map((_, at) => this.#handle(at)),
			points && !isEdited && POINTS.map((_, at) => this.#dot(at)));
	}

	#place(node, x, y, width, height) {
		const [left, top, wide, high] = this.view;
		node.style.left = `${(100 * (x - left)) / wide}%`;
		node.style.top = `${(100 * (y - top)) / high}%`;
		if (width === undefined) return;
		node.style.width = `${(100 * width) / wide}%`;
		node.style.height = `${(100 * height) / high}%`;
	}

	#lines() {
		this.drawn = make("svg", { "aria-hidden": "true", preserveAspectRatio: "none", viewBox: this.view.join(" ") });
		this.#drawLines();
		return this.drawn;
	}

	#drawLines() {
		const [right, left, nose, rightMouth, leftMouth] = this.points.map((point) => point.join(","));
		const paths = [[right, left, nose, right], [nose, rightMouth, leftMouth, nose]];
		fill(this.drawn, paths.map((path) => make("polyline", { points: path.join(" "), "vector-effect": "non-scaling-stroke" })));
	}

	#boxes(faces, chosen, isEdited) {
		if (faces.length < 2 || isEdited) return [];
		return faces.map((face, at) => {
			const [x, y, width, height] = face.box ?? boxOf(pointsOf(face));
			const box = make("button", {
				type: "button", class: "face-box", "aria-pressed": String(at === chosen), "aria-label": `Face ${at + 1} of ${faces.length}`,
				onclick: () => this.onChoose(at),
			});
			this.#place(box, x, y, width, height);
			return box;
		});
	}

	#dot(at) {
		const dot = make("span", { class: "dot" });
		this.#place(dot, ...this.points[at]);
		return dot;
	}

	#handle(at) {
		const handle = make("button", { type: "button", class: "handle" });
		on(handle, "pointerdown", (event) => this.#grab(event, handle, at));
		on(handle, "pointermove", (event) => this.#dragged(event, handle, at));
		for (const end of ["pointerup", "pointercancel"]) on(handle, end, () => this.#letGo(handle, at));
		on(handle, "keydown", (event) => this.#step(event, handle, at));
		this.#name(handle, at);
		this.#place(handle, ...this.points[at]);
		return handle;
	}

	#name(handle, at) {
		const [x, y] = this.points[at].map(Math.round);
		handle.setAttribute("aria-label", `${POINTS[at][1]}, ${x} across, ${y} down; arrow keys move it`);
		handle.title = POINTS[at][1];
	}

	#grab(event, handle, at) {
		handle.setPointerCapture(event.pointerId);
		handle.focus();
		const [x, y] = this.#under(event);
		this.#drag = { dx: this.points[at][0] - x, dy: this.points[at][1] - y };
		event.preventDefault();
	}

	#dragged(event, handle, at) {
		if (!this.#drag) return;
		const [x, y] = this.#under(event);
		this.#move(handle, at, x + this.#drag.dx, y + this.#drag.dy);
	}

	#letGo(handle, at) {
		if (!this.#drag) return;
		this.#drag = null;
		this.#moved(handle, at);
	}

	#step(event, handle, at) {
		const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
		if (!dx && !dy) return;
		event.preventDefault();
		const far = (this.view[2] / 300) * (event.shiftKey ? 8 : 1); // about one screen pixel
		const [x, y] = this.points[at];
		this.#move(handle, at, x + dx * far, y + dy * far);
		this.#moved(handle, at);
	}

	#move(handle, at, x, y) {
		const [width, height] = this.whole;
		this.points[at] = [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
		this.#place(handle, ...this.points[at]);
		this.#drawLines();
	}

	#moved(handle, at) {
		this.#name(handle, at);
		const [x, y] = this.points[at].map(Math.round);
		announce(`${POINTS[at][1]}: ${x} across, ${y} down`);
		this.onMove(this.points);
	}

	#under(event) {
		const box = this.marks.getBoundingClientRect();
		const [left, top, wide, high] = this.view;
		return [left + (wide * (event.clientX - box.left)) / box.width, top + (high * (event.clientY - box.top)) / box.height];
	}
}

function boxOf(points) {
	const xs = points.map(([x]) => x);
	const ys = points.map(([, y]) => y);
	const side = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
	const [x, y] = [Math.min(...xs) + Math.max(...xs), Math.min(...ys) + Math.max(...ys)].map((sum) => sum / 2);
	return [x - side, y - side, 2 * side, 2 * side];
}

function around(points, [width, height]) {
	const [x, y, wide] = boxOf(points);
	const side = Math.min((wide / 2) * AROUND, width, height);
	const middle = wide / 2;
	return [within(x + middle - side / 2, width - side), within(y + middle - side / 2, height - side), side, side];
}

function within(value, most) {
	return Math.min(Math.max(0, value), most);
}
