/** A video as the API shows it; docs/api.md has all fields. */
export interface Video {
	id: string;
	status: "queued" | "in_progress" | "completed" | "failed" | "cancelled" | "deleted";
	progress: number;
	error: { code: string; message: string } | null;
	[field: string]: unknown;
}

export type Variant = "video" | "thumbnail" | "subtitles" | "track";

/** The videos of a server. */
export class Videos {
	constructor(server: string | URL, key?: string);
	/** Order a video; files are Blobs. */
	create(fields: Record<string, string | number | boolean | Blob | null | undefined>, options?: { signal?: AbortSignal }): Promise<Video>;
	get(id: string, options?: { signal?: AbortSignal }): Promise<Video>;
	/** Yield the video at each change until it is over. */
	events(id: string, options?: { signal?: AbortSignal }): AsyncGenerator<Video>;
	/** Return the video once it is over. */
	poll(id: string, options?: { signal?: AbortSignal; onChange?: (video: Video) => void }): Promise<Video>;
	download(id: string, options?: { variant?: Variant; signal?: AbortSignal }): Promise<Blob>;
	cancel(id: string): Promise<Video>;
	delete(id: string): Promise<{ id: string; deleted: boolean }>;
}
