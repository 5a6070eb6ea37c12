import { t as leven } from "./leven.js";

// src/config/nearest.ts
const LONGEST = 50;
function nearestName(written, names) {
	if (written.length > LONGEST) return void 0;
	let best;
	let least = Math.ceil(written.length * .4) + 1;
	for (const name of names) {
		const distance = leven(written.toLowerCase(), name.toLowerCase());
		if (distance >= least || distance >= name.length) continue;
		best = name;
		least = distance;
	}
	return best;
}

export { nearestName as t };