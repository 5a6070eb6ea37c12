import { f as UsageError } from "./errors.js";
import { n as pathInside } from "./path-inside.js";
import { glob, stat } from "node:fs/promises";

// src/adapters/matching-files.ts
async function matchingFiles(folder, pattern) {
	if (pattern.startsWith("/") || pattern.split("/").includes("..")) throw new UsageError(`The pattern ${JSON.stringify(pattern)} leads out of the step's folder. Give one below it.`);
	const found = [];
	for await (const path of glob(pattern, { cwd: folder })) {
		const real = await pathInside(folder, path);
		if ((await stat(real)).isFile()) found.push(path);
	}
	return [...new Set(found)].sort();
}
async function matchingAll(folder, patterns) {
	const matches = await Promise.all(patterns.map((pattern) => matchingFiles(folder, pattern)));
	return {
		files: [...new Set(matches.flat())].sort(),
		unmatched: patterns.filter((_, index) => matches[index]?.length === 0)
	};
}

export { matchingAll as t };