import { p as VersionControlError } from "./errors.js";

// src/adapters/is-alive.ts
function isAlive(pid) {
	if (!Number.isSafeInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}

// src/adapters/git-links.ts
const LINKS_MAX = 40;
async function refuseLinksOutside(git, commit) {
	const links = await linksOf(git, commit);
	const outside = [...links.keys()].filter((path) => leadsOutside(path, links));
	if (outside.length === 0) return;
	const [first = ""] = outside;
	throw new VersionControlError(`Commit ${commit} has links that lead out of the repository, so it is not checked out: ${JSON.stringify(first)} → ${JSON.stringify(links.get(first))}${outside.length > 1 ? ` and ${outside.length - 1} more` : ""}. Remove them or make them relative and local.`);
}
function leadsOutside(path, links) {
	const todo = path.split("/").reverse();
	const done = [];
	let followed = 0;
	while (todo.length > 0) {
		const part = todo.pop() ?? "";
		if (part === "" || part === ".") continue;
		if (part === "..") {
			if (done.pop() === void 0) return true;
			continue;
		}
		done.push(part);
		const target = links.get(done.join("/"));
		if (target === void 0) continue;
		if (target.startsWith("/")) return true;
		if (++followed > LINKS_MAX) return false;
		done.pop();
		todo.push(...target.split("/").reverse());
	}
	return false;
}
async function linksOf(git, commit) {
	const entries = (await git([
		"ls-tree",
		"-r",
		"-z",
		"--full-tree",
		"--end-of-options",
		commit
	])).split("\0").flatMap((entry) => {
		const match = /^120000 blob ([0-9a-f]+)\t([^]+)$/.exec(entry);
		return match?.[1] && match[2] ? [{
			id: match[1],
			path: match[2]
		}] : [];
	});
	if (entries.length === 0) return /* @__PURE__ */ new Map();
	const targets = await blobs(git, entries.map(({ id }) => id));
	return new Map(entries.map(({ id, path }) => [path, targets.get(id) ?? "/"]));
}
async function blobs(git, ids) {
	const unique = [...new Set(ids)];
	const printed = Buffer.from(await git(["cat-file", "--batch"], { input: unique.map((id) => `${id}\n`).join("") }));
	const found = /* @__PURE__ */ new Map();
	let at = 0;
	for (const id of unique) {
		const headEnd = printed.indexOf(10, at);
		const size = Number(printed.subarray(at, headEnd).toString().split(" ")[2]);
		if (!Number.isSafeInteger(size)) continue;
		found.set(id, printed.subarray(headEnd + 1, headEnd + 1 + size).toString("utf8"));
		at = headEnd + 1 + size + 1;
	}
	return found;
}

export { refuseLinksOutside as n, isAlive as r, leadsOutside as t };