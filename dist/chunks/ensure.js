import { r as statusOf, t as isAmbiguous } from "./request-policy.js";

// src/github/ensure.ts
const ATTEMPTS = 3;
async function ensure({ clock, signal }, { find, make, isFirst = false }) {
	let failure;
	for (let attempt = 1;; attempt += 1) {
		const found = isFirst && attempt === 1 ? void 0 : await find();
		if (found !== void 0) return found;
		if (failure !== void 0 && (!isAmbiguous(failure) || attempt > ATTEMPTS)) throw failure;
		try {
			return await make();
		} catch (error) {
			if (!isAmbiguous(error) && statusOf(error) !== 422) throw error;
			failure = error;
			if (isAmbiguous(error)) await clock.sleep(2e3 * attempt, signal);
		}
	}
}
async function repeat({ clock, signal }, write) {
	for (let attempt = 1;; attempt += 1) try {
		return await write();
	} catch (error) {
		if (!isAmbiguous(error) || attempt === ATTEMPTS) throw error;
		await clock.sleep(2e3 * attempt, signal);
	}
}

export { repeat as n, ensure as t };