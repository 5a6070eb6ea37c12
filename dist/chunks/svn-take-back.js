import { _ as local, c as readLog, g as joined, l as readStatus, n as PROPERTIES, o as originOf, p as pathOf, r as REVERTS, v as pegged } from "./svn-history.js";
import { a as commitFolder, h as svnCommitId, i as workFolder, m as revisionOf, n as checkOutLine, p as versionOf, s as revisionsBetween, u as commitOf } from "./svn-worktree.js";
import { rm } from "node:fs/promises";
import { join } from "node:path";

// src/adapters/svn-take-back.ts
function svnReverseMerges(store) {
	return {
		mergeOf: async (commit) => mergeOf(store, await versionOf(store, commit)),
		suspects: (from, to) => suspects(store, from, to),
		revertsSince: (ms) => revertsSince(store, ms),
		takeBack: (merge) => takeBack(store, merge),
		recipe: (merge) => recipe(store, merge)
	};
}
async function mergeOf(store, version) {
	const { line, revision, entry } = version;
	if (line.startsWith("tags/")) return void 0;
	if ((await originOf(store, line, revision)).revision === revision) return void 0;
	const { id, subject, author, atMs } = commitOf(store, entry);
	const reverts = Number(entry.properties.get(REVERTS));
	return {
		number: revision,
		title: subject,
		author,
		result: id,
		before: svnCommitId({
			uuid: store.uuid,
			revision: revision - 1
		}),
		base: line,
		shape: "squash",
		mergedAtMs: atMs,
		labels: [],
		forwardOnly: /^Seamless-Forward-Only:\s*true\s*$/im.test(entry.message),
		...Number.isSafeInteger(reverts) && reverts > 0 && { revertOf: reverts }
	};
}
async function suspects(store, from, to) {
	const [old, young] = await Promise.all([versionOf(store, from), versionOf(store, to)]);
	const [newest, ...others] = await revisionsBetween(store, old, young);
	const merge = newest === young.revision ? await mergeOf(store, young) : void 0;
	if (merge === void 0) return { kind: "none" };
	if (others.length === 0) return {
		kind: "one",
		merge
	};
	return {
		kind: "several",
		merge,
		others: `${others.slice(0, 10).map((revision) => `r${revision}`).join(", ")}${others.length > 10 ? ` and ${others.length - 10} more` : ""}`
	};
}
async function revertsSince(store, ms) {
	return (await readEntries(store, ["--revision", `{${new Date(ms).toISOString()}}:HEAD`], pegged(store.root, store.project, "HEAD"))).filter(({ properties, atMs }) => properties.has("seamless:reverts") && atMs >= ms).length;
}
async function takeBack(store, merge) {
	const line = merge.base;
	const revision = revisionOf(merge.result, store.uuid);
	const address = pegged(store.root, pathOf(store, line), "HEAD");
	const done = (await readEntries(store, ["--revision", `HEAD:${revision}`], address)).find(({ properties }) => properties.get(REVERTS) === String(revision));
	if (done !== void 0) return {
		kind: "already",
		by: `r${done.revision}`
	};
	const folder = await workFolder(store);
	try {
		const copy = join(folder, "tree");
		await checkOutLine(store, {
			line,
			revision: "HEAD"
		}, copy);
		return await mergeBackwards(store, {
			merge,
			revision,
			address
		}, {
			folder,
			copy
		});
	} finally {
		await rm(folder, {
			recursive: true,
			force: true,
			maxRetries: 3
		});
	}
}
async function mergeBackwards(store, { merge, revision, address }, { folder, copy }) {
	const backwards = [
		"--quiet",
		"--accept",
		"postpone",
		"--change",
		`-${revision}`
	];
	await store.svn([
		"merge",
		...backwards,
		"--",
		address,
		copy
	]);
	const changes = readStatus(await store.svn([
		"status",
		"--xml",
		"--ignore-externals",
		"--",
		local(copy)
	]));
	const conflicts = changes.filter(({ isConflict }) => isConflict);
	if (conflicts.length > 0) return {
		kind: "conflict",
		paths: conflicts.map(({ path }) => path.slice(copy.length + 1))
	};
	if (changes.every(({ item }) => item === "normal")) return {
		kind: "already",
		by: "what is there now"
	};
	const message = `Revert r${revision}: ${merge.title}\n\nTaken back by Seamless: users would have noticed.`;
	const commit = await commitFolder(store, copy, {
		message,
		properties: { [REVERTS]: String(revision) },
		scratch: folder
	});
	return {
		kind: "committed",
		commit,
		name: `r${revisionOf(commit, store.uuid)}`
	};
}
async function readEntries(store, range, target) {
	return readLog(await store.svn([
		"log",
		"--xml",
		...PROPERTIES,
		...range,
		"--",
		target
	]));
}
function recipe(store, merge) {
	const address = joined(store.root, pathOf(store, merge.base));
	return [
		`svn checkout ${address} revert-r${merge.number}`,
		`svn merge -c -${merge.number} ${address} revert-r${merge.number}`,
		`svn commit -m "Revert r${merge.number}" revert-r${merge.number}`
	].join("\n");
}

export { svnReverseMerges };