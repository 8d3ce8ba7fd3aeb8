// Stores values in localStorage, and pictures and sounds in IndexedDB.

const PREFIX = "halfgig.";

/** Store a value, if the browser allows; undefined removes it. */
export function keep(name, value) {
	try {
		if (value === undefined) localStorage.removeItem(PREFIX + name);
		else localStorage.setItem(PREFIX + name, JSON.stringify(value));
	} catch {
		// private window or full disk: not needed
	}
}

/** Return a stored value. */
export function kept(name, otherwise = null) {
	try {
		return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
	} catch {
		return otherwise;
	}
}

/** Store a file; null removes it. */
export async function keepFile(name, blob) {
	await withFiles("readwrite", (files) => (blob ? files.put(blob, name) : files.delete(name)));
}

/** Return a stored file, or null. */
export async function keptFile(name) {
	const found = await withFiles("readonly", (files) => files.get(name));
	return found instanceof Blob ? found : null;
}

async function withFiles(mode, work) {
	try {
		const database = await settled(opening());
		try {
			return await settled(work(database.transaction("files", mode).objectStore("files")));
		} finally {
			database.close();
		}
	} catch {
		return null;
	}
}

function opening() {
	const request = indexedDB.open("halfgig", 1);
	request.onupgradeneeded = () => request.result.createObjectStore("files");
	return request;
}

function settled(request) {
	return new Promise((resolve, reject) => {
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error);
	});
}
