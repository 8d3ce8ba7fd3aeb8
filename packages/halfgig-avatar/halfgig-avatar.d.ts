/** A text, or its pieces as a language model writes them. */
export type Spoken = string | Iterable<string> | AsyncIterable<string> | ReadableStream<string>;

/** How speaking ended. */
export type Reason = "done" | "stopped" | "failed";

export type Mood = "neutral" | "happy" | "serious" | "surprised";

export type State = "idle" | "waiting" | "speaking" | "listening" | "blocked";

/** A pose: weights by the names of ARKit's blendshapes, 0 to 1, and the head's displacement. */
export interface Pose {
	weights: Record<string, number>;
	head: { x: number; y: number; scale: number; yaw: number; pitch: number; roll: number };
}

/** What draws an avatar. */
export interface Face {
	draw(pose: Pose): void;
	resize(): void;
	close(): void;
}

/** A refusal of the server, or that it could not be reached. */
export class AvatarError extends Error {
	/** HTTP status; 0 if there was no answer. */
	status: number;
	/** A code of the API, "offline" or "failed". */
	code: string;
	/** Milliseconds after which the server wants to be asked again. */
	afterMs?: number;
	/** Whether the same request may succeed later. */
	readonly isPassing: boolean;
}

export interface AvatarEvents {
	ready: CustomEvent<null>;
	start: CustomEvent<null>;
	word: CustomEvent<{ text: string; start: number; end: number }>;
	end: CustomEvent<{ reason: Reason }>;
	error: CustomEvent<AvatarError>;
}

/** The element `<halfgig-avatar>`. */
export class HalfgigAvatar extends HTMLElement {
	/** What draws; may be replaced before an avatar is opened. */
	static face: { open(canvas: HTMLCanvasElement, pack: Uint8Array): Promise<Face> };
	/** Where the module is, and next to it the parts that few pages need. */
	static module: string;
	/** Returns a key or a session's token. */
	credentials: () => string | null | Promise<string | null>;
	readonly state: State;
	mood: Mood;
	/** Say a text, after what is said already. */
	speak(source: Spoken): Promise<Reason>;
	/** Fall silent at once, and forget what waits to be said. */
	stop(): void;
	/** Attend to the one who speaks to it, or no longer. */
	listen(on?: boolean): void;
	/** Look at a place of the window in CSS pixels; without one, look as it likes. */
	look(x?: number, y?: number): void;
	/** Move the lips by a sound; null ends it. */
	attach(source: MediaStream | HTMLMediaElement | null): Promise<void>;
	/** Return picture and speech, for a recorder or a call. */
	captureStream(fps?: number): MediaStream;
	addEventListener<K extends keyof AvatarEvents>(
		type: K, listener: (event: AvatarEvents[K]) => unknown, options?: boolean | AddEventListenerOptions,
	): void;
	addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
	interface HTMLElementTagNameMap {
		"halfgig-avatar": HalfgigAvatar;
	}
}
