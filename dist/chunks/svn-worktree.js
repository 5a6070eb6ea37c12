import { f as UsageError, p as VersionControlError, u as RevisionUnknown } from "./errors.js";
import { r as isAlive, t as leadsOutside } from "./git-links.js";
import { n as pathInside, t as isBelow } from "./path-inside.js";
import { n as isBranchName } from "./branch-name.js";
import { _ as local, c as readLog, i as lineOfEntry, n as PROPERTIES, p as pathOf, s as readInfo, t as AUTHOR, u as readSummary, v as pegged } from "./svn-history.js";
import { mkdtemp, readFile, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

// src/adapters/svn-id.ts
const REVISION_DIGITS = 8;
function svnCommitId({ uuid, revision }) {
	const digits = String(revision).padStart(REVISION_DIGITS, "0");
	const hex = uuid.toLowerCase().replaceAll("-", "");
	if (digits.length > REVISION_DIGITS || !/^[0-9a-f]{32}$/.test(hex)) throw new RevisionUnknown(String(revision), `r${revision} of the repository ${JSON.stringify(uuid)} has no commit id: a revision below 100 000 000 and a UUID of 32 hex digits are needed (svnadmin setuuid).`);
	return digits + hex;
}
function revisionOf(id, uuid) {
	const [, digits, hex] = /^(\d{8})([0-9a-f]{32})$/.exec(id) ?? [];
	if (digits === void 0) throw new RevisionUnknown(id, `${JSON.stringify(id)} is no commit id of a Subversion revision (its number in 8 digits, then the 32 hex digits of the repository's UUID).`);
	if (hex === uuid.toLowerCase().replaceAll("-", "")) return Number(digits);
	throw new RevisionUnknown(id, `${id} is of another repository than this one, whose UUID is ${uuid}.`);
}

// src/adapters/svn-resolve.ts
async function resolveRevision(store, name) {
	if (/^[0-9a-f]{40}$/.test(name)) return commitOf(store, (await versionOf(store, name)).entry);
	const { line, revision } = name === "HEAD" ? await standing(store) : await named(store, name);
	const version = await versionOf(store, svnCommitId({
		uuid: store.uuid,
		revision
	}));
	if (version.line === line) return commitOf(store, version.entry);
	throw new RevisionUnknown(name, `The last change of ^/${pathOf(store, line)}, r${revision}, is a version of ^/${pathOf(store, version.line)}: it changed both, or came by moving the project. Commit a change to ${line} alone.`);
}
async function versionOf(store, id) {
	const revision = revisionOf(id, store.uuid);
	const known = store.versions.get(revision) ?? await readVersion(store, id, revision);
	store.versions.set(revision, known);
	return known;
}
async function readVersion(store, id, revision) {
	const args = [
		"log",
		"--xml",
		"--verbose",
		...PROPERTIES,
		"--revision",
		String(revision)
	];
	const printed = await store.svn.answer([
		...args,
		"--",
		pegged(store.root, store.project, "HEAD")
	]);
	const [entry] = printed === void 0 ? [] : readLog(printed);
	if (entry === void 0) throw new RevisionUnknown(id, `The repository has no r${revision} in ^/${store.project}.`);
	const line = await lineOfEntry(store, entry);
	if (line !== void 0) return {
		line,
		revision,
		entry
	};
	throw new RevisionUnknown(id, `r${revision} changed no line of development alone, so it is no version: ${entry.paths.length === 0 ? "nothing" : entry.paths.map(({ path }) => path).slice(0, 5).join(", ")}.`);
}
function commitOf({ uuid }, entry) {
	return {
		id: svnCommitId({
			uuid,
			revision: entry.revision
		}),
		subject: entry.message.trimStart().split("\n", 1)[0]?.trimEnd() ?? "",
		author: entry.properties.get("seamless:author") ?? entry.author ?? "(no author)",
		atMs: entry.atMs
	};
}
function assertName(name) {
	if (isBranchName(name)) return;
	throw new RevisionUnknown(name, `${JSON.stringify(name)} is no name for a branch or tag. Give trunk, a branch, a tag, or a full commit id.`);
}
function branchLine(name) {
	return name === "trunk" || name.startsWith("branches/") ? name : `branches/${name}`;
}
async function named(store, name) {
	assertName(name);
	const lines = name === "trunk" || /^(?:branches|tags)\/./.test(name) ? [name] : [`branches/${name}`, `tags/${name}`];
	const [first, second] = (await Promise.all(lines.map((line) => lastChange(store, line)))).filter((one) => one !== void 0);
	if (first === void 0) throw unknownName(name);
	if (second === void 0) return first;
	throw new RevisionUnknown(name, `${JSON.stringify(name)} is a branch and a tag. Say branches/${name} or tags/${name}.`);
}
async function lastChange(store, line) {
	const printed = await store.svn.answer([
		"info",
		"--xml",
		"--",
		pegged(store.root, pathOf(store, line), "HEAD")
	]);
	const info = printed === void 0 ? void 0 : readInfo(printed);
	return info?.kind === "dir" ? {
		line,
		revision: info.changedIn
	} : void 0;
}
async function standing({ svn, folder, line, shell }) {
	const end = await shell.run({
		file: "svnversion",
		args: [
			"--committed",
			"--no-newline",
			"--",
			folder
		],
		directory: folder,
		environment: {
			PATH: shell.environment["PATH"] ?? "",
			LC_ALL: "C.UTF-8"
		},
		signal: shell.signal,
		timeoutMs: 6e4,
		captureBytes: 1024
	});
	const [, revision, flags = ""] = /^(?:\d+:)?(\d+)([MSP]*)$/.exec(end.stdout.trim()) ?? [];
	if (end.kind === "done" && revision !== void 0 && !flags.includes("S")) return {
		line,
		revision: Number(revision)
	};
	const printed = await svn([
		"info",
		"--xml",
		"--",
		local(folder)
	]);
	return {
		line,
		revision: readInfo(printed).changedIn
	};
}
function unknownName(name) {
	const hint = /^r?\d+$|^[0-9a-f]{7,39}$/.test(name) ? " A commit is named by its full id of 40 digits (seamless plan shows it)." : "";
	return new RevisionUnknown(name, `The repository has no branch and no tag ${JSON.stringify(name)}.${hint}`);
}

// src/adapters/svn-unified-diff.ts
function countLines(diff) {
	const found = /* @__PURE__ */ new Map();
	let current = {
		added: 0,
		removed: 0
	};
	let [oldLeft, newLeft] = [0, 0];
	for (const line of diff.split("\n")) {
		if (oldLeft > 0 || newLeft > 0) {
			if (line.startsWith("\\")) continue;
			if (!line.startsWith("+")) oldLeft--;
			if (!line.startsWith("-")) newLeft--;
			if (line.startsWith("+")) current.added++;
			if (line.startsWith("-")) current.removed++;
			continue;
		}
		const [, path] = /^Index: (.+)$/.exec(line) ?? [];
		if (path !== void 0) {
			current = {
				added: 0,
				removed: 0
			};
			found.set(path, current);
		}
		const [hunk, olds = "1", news = "1"] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) ?? [];
		if (hunk !== void 0) [oldLeft, newLeft] = [Number(olds), Number(news)];
	}
	return found;
}

// src/adapters/svn-difference.ts
const COMMITS_MAX = 250;
async function codeDifference(store, from, to) {
	const [old, young] = await Promise.all([versionOf(store, from), versionOf(store, to)]);
	const revisions = await revisionsBetween(store, old, young);
	const commits = await readCommits(store, young, revisions.slice(0, COMMITS_MAX));
	return {
		commits,
		more: revisions.length - commits.length,
		files: await changedFiles(store, old, young)
	};
}
async function revisionsBetween(store, from, to) {
	if (from.line === to.line) return from.revision < to.revision ? historyOf(store, to, from.revision + 1) : [];
	const [old, young] = await Promise.all([historyOf(store, from, 1), historyOf(store, to, 1)]);
	const known = new Set(old);
	return young.filter((revision) => !known.has(revision));
}
async function historyOf(store, { line, revision }, oldest) {
	const target = pegged(store.root, pathOf(store, line), revision);
	const args = [
		"log",
		"--xml",
		"--quiet",
		"--with-no-revprops",
		"--revision",
		`${revision}:${oldest}`
	];
	return readLog(await store.svn([
		...args,
		"--",
		target
	])).map((entry) => entry.revision);
}
async function readCommits(store, { line, revision }, revisions) {
	const oldest = revisions.at(-1);
	if (oldest === void 0) return [];
	const target = pegged(store.root, pathOf(store, line), revision);
	const args = [
		"log",
		"--xml",
		...PROPERTIES,
		"--revision",
		`${revision}:${oldest}`
	];
	return readLog(await store.svn([
		...args,
		"--",
		target
	])).filter((entry) => revisions.includes(entry.revision)).map((entry) => commitOf(store, entry));
}
async function changedFiles(store, from, to) {
	const [old, young] = [from, to].map(({ line, revision }) => pegged(store.root, pathOf(store, line), revision));
	const targets = [`--old=${old}`, `--new=${young}`];
	const [summary, text] = await Promise.all([store.svn([
		"diff",
		"--summarize",
		"--xml",
		...targets
	]), store.svn([
		"diff",
		"--internal-diff",
		"--ignore-properties",
		...targets
	])]);
	const lines = countLines(text);
	const prefix = `${old?.slice(0, old.lastIndexOf("@"))}/`;
	return readSummary(summary).map((url) => decodeURIComponent(url.startsWith(prefix) ? url.slice(prefix.length) : url)).map((path) => ({
		path,
		...lines.get(path) ?? {
			added: 0,
			removed: 0
		}
	}));
}

// src/adapters/svn-commit.ts
async function commitFolder(store, path, { message, properties, scratch }) {
	const file = join(scratch, "message");
	await writeFile(file, `${message.replaceAll("\r\n", "\n").trimEnd()}\n`);
	const words = [
		"--file",
		file,
		"--force-log",
		"--encoding",
		"UTF-8"
	];
	const noted = Object.entries(properties).flatMap(([name, value]) => ["--with-revprop", `${name}=${value}`]);
	const said = await store.svn([
		"commit",
		...words,
		...noted,
		"--",
		local(path)
	]);
	const [, revision] = /^Committed revision (\d+)\.$/m.exec(said) ?? [];
	if (revision === void 0) throw new VersionControlError(`svn commit did not say which revision it made: ${said.trim()}`);
	return svnCommitId({
		uuid: store.uuid,
		revision: Number(revision)
	});
}

// src/adapters/svn-links.ts
async function refuseLinksOutside(folder, what) {
	const links = /* @__PURE__ */ new Map();
	await collectLinks(folder, "", links);
	const [first, ...others] = [...links.keys()].filter((path) => leadsOutside(path, links));
	if (first === void 0) return;
	throw new VersionControlError(`Commit ${what} has links that lead out of the repository, so it is not checked out: ${JSON.stringify(first)} → ${JSON.stringify(links.get(first))}${others.length > 0 ? ` and ${others.length} more` : ""}. Remove them or make them relative and local.`);
}
async function collectLinks(folder, below, links) {
	for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
		const path = below === "" ? entry.name : `${below}/${entry.name}`;
		if (entry.isSymbolicLink()) links.set(path, await readlink(join(folder, path)));
		else if (entry.isDirectory() && path !== ".svn") await collectLinks(folder, path, links);
	}
}

// src/adapters/svn-worktree.ts
async function checkOut(store, commit) {
	const version = await versionOf(store, commit);
	const folder = await workFolder(store);
	const path = join(folder, "tree");
	try {
		await checkOutLine(store, version, path);
		await refuseLinksOutside(path, commit);
	} catch (error) {
		await rm(folder, {
			recursive: true,
			force: true,
			maxRetries: 3
		});
		throw error;
	}
	return {
		path,
		commit,
		head: () => headOf(store, version, path),
		read: (file) => readWithin(path, file),
		remove: () => rm(folder, {
			recursive: true,
			force: true,
			maxRetries: 3
		})
	};
}
async function checkOutLine(store, { line, revision }, path) {
	const target = pegged(store.root, pathOf(store, line), revision);
	await store.svn([
		"checkout",
		"--quiet",
		"--ignore-externals",
		"--",
		target,
		path
	]);
}
async function workFolder({ state }) {
	return mkdtemp(join(state, "work", `${process.pid}-`));
}
async function pruneWork({ state }) {
	const work = join(state, "work");
	const left = (await readdir(work)).filter((name) => {
		const [, pid] = /^(\d+)-\w{6}$/.exec(name) ?? [];
		return pid !== void 0 && !isAlive(Number(pid));
	});
	await Promise.all(left.map((name) => rm(join(work, name), {
		recursive: true,
		force: true,
		maxRetries: 3
	})));
	return left;
}
async function headOf(store, { line }, path) {
	const info = readInfo(await store.svn([
		"info",
		"--xml",
		"--",
		local(path)
	]));
	const expected = pathOf(store, line);
	if (info.path !== expected || info.uuid !== store.uuid) throw new VersionControlError(`The checkout in ${path} is of ^/${info.path} now, not of ^/${expected}: a step switched it.`);
	return svnCommitId({
		uuid: info.uuid,
		revision: info.changedIn
	});
}
async function readWithin(folder, path) {
	const target = resolve(folder, path);
	if (target === folder || !isBelow(folder, target)) throw new UsageError(`${JSON.stringify(path)} leads out of the checkout.`);
	return (await stat(target).catch(() => void 0))?.isFile() ? readFile(await pathInside(folder, path), "utf8") : void 0;
}

export { commitFolder as a, assertName as c, lastChange as d, resolveRevision as f, svnCommitId as h, workFolder as i, branchLine as l, revisionOf as m, checkOutLine as n, codeDifference as o, versionOf as p, pruneWork as r, revisionsBetween as s, checkOut as t, commitOf as u };