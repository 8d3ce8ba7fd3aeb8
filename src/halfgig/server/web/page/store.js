// Keeps things in this browser across reloads: small ones in localStorage, pictures and sounds in IndexedDB.

const PREFIX = "halfgig.";

/** Keep a value under a name; undefined removes it.  Where nothing may be kept, nothing is. */
export function keep(name, value) {
	try {
		if (value === undefined) localStorage.removeItem(PREFIX + name);
		else localStorage.setItem(PREFIX + name, JSON.stringify(value));
	} catch {
		// private windows and full disks: the page works without
	}
}

/** Give what was kept under a name. */
export function kept(name, otherwise = null) {
	try {
		return JSON.parse(localStorage.getItem(PREFIX + name)) ?? otherwise;
	} catch {
		return otherwise;
	}
}

/** Keep a file under a name; null removes it. */
export async function keepFile(name, blob) {
	await withFiles("readwrite", (files) => (blob ? files.put(blob, name) : files.delete(name)));
}

/** Give the file that was kept under a name, or null. */
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
