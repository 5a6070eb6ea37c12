import { f as UsageError } from "./errors.js";
import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";

// src/adapters/path-inside.ts
async function pathInside(folder, path) {
	const root = await realpath(folder);
	if (path.includes("\0") || isAbsolute(path) || !isBelow(root, resolve(root, path))) throw new UsageError(`${JSON.stringify(path)} leads out of ${folder}. Give a path below it.`);
	const real = await realpath(resolve(root, path)).catch((cause) => {
		throw new UsageError(`${JSON.stringify(path)} does not exist below ${folder}.`, { cause });
	});
	if (!isBelow(root, real)) throw new UsageError(`${JSON.stringify(path)} is a link that leads out of ${folder}.`);
	return real;
}
function isBelow(folder, path) {
	const way = relative(folder, path);
	return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

export { pathInside as n, isBelow as t };