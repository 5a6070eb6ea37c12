import { f as UsageError, p as VersionControlError, r as BranchTaken } from "./errors.js";
import { _ as local, d as linesOn, l as readStatus, o as originOf, p as pathOf, s as readInfo, t as AUTHOR, v as pegged } from "./svn-history.js";
import { a as commitFolder, c as assertName, d as lastChange, f as resolveRevision, h as svnCommitId, i as workFolder, l as branchLine, n as checkOutLine, o as codeDifference, p as versionOf, r as pruneWork, t as checkOut } from "./svn-worktree.js";
import { copyFile, lstat, mkdir, readFile, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

// src/adapters/svn-mirror.ts
const ADMIN = ".svn";
async function mirrorFolder(from, to) {
	await mirror(from, to, "");
}
async function mirror(from, to, below) {
	const wanted = await namesIn(join(from, below), below);
	const there = await namesIn(join(to, below), below);
	for (const name of there) if (!wanted.includes(name)) await rm(join(to, below, name), {
		recursive: true,
		force: true
	});
	for (const name of wanted) await mirrorEntry(from, to, below === "" ? name : `${below}/${name}`);
}
async function namesIn(folder, below) {
	const names = await readdir(folder);
	const nested = below === "" ? void 0 : names.find((name) => name === ADMIN || name === ".git");
	if (nested === void 0) return names.filter((name) => name !== ADMIN);
	throw new VersionControlError(`The change has a checkout of its own at ${JSON.stringify(below)}, whose files would be lost. Remove its ${nested} or make it elsewhere.`);
}
async function mirrorEntry(from, to, path) {
	const [source, target] = [join(from, path), join(to, path)];
	const [wanted, there] = await Promise.all([kindOf(source), kindOf(target)]);
	if (there !== void 0 && there !== wanted) await rm(target, { recursive: true });
	if (wanted === "folder") {
		await mkdir(target, { recursive: true });
		return mirror(from, to, path);
	}
	if (there === wanted && await isSame(wanted, source, target)) return;
	await rm(target, { force: true });
	if (wanted === "link") await symlink(await readlink(source), target);
	else await copyFile(source, target);
}
async function kindOf(path) {
	const info = await lstat(path).catch(() => void 0);
	if (info === void 0) return void 0;
	if (info.isSymbolicLink()) return "link";
	if (info.isDirectory()) return "folder";
	if (info.isFile()) return "file";
	throw new VersionControlError(`${JSON.stringify(path)} is neither a file, a folder nor a link, so it cannot be committed.`);
}
async function isSame(kind, one, other) {
	if (kind === "link") return await readlink(one) === await readlink(other);
	const [a, b] = await Promise.all([lstat(one), lstat(other)]);
	return a.size === b.size && a.mode === b.mode && (await readFile(one)).equals(await readFile(other));
}

// src/adapters/svn-publish.ts
async function publishWorktree(store, worktree, publication) {
	assertName(publication.branch);
	assertAuthor(publication.author);
	const line = branchLine(publication.branch);
	if (!line.startsWith("branches/")) throw new BranchTaken(line, `${line} is where versions come from, and no branch to publish.`);
	const base = await versionOf(store, worktree.commit);
	const folder = await workFolder(store);
	try {
		return await publishBranch(store, {
			line,
			base,
			changed: worktree.path,
			publication,
			folder
		});
	} finally {
		await rm(folder, {
			recursive: true,
			force: true,
			maxRetries: 3
		});
	}
}
async function publishBranch(store, making) {
	const { parent, copy } = await copyBase(store, making);
	await mirrorFolder(making.changed, copy);
	if ((await changesIn(store, copy)).length === 0) return { kind: "unchanged" };
	const found = await sameThere(store, making);
	if (found !== void 0) return {
		kind: "found",
		commit: found
	};
	try {
		return {
			kind: "pushed",
			commit: await commitBranch(store, making, {
				parent,
				copy
			})
		};
	} catch (error) {
		const there = error instanceof VersionControlError ? await sameThere(store, making) : void 0;
		if (there === void 0) throw error;
		return {
			kind: "found",
			commit: there
		};
	}
}
async function copyBase(store, { line, base, folder: scratch }) {
	const above = await firstMissing(store, line);
	const parent = join(scratch, "branches");
	const there = above.split("/").slice(0, -1).join("/");
	const empty = [
		"--quiet",
		"--ignore-externals",
		"--depth",
		"empty"
	];
	const folder = pegged(store.root, pathOf(store, there), "HEAD");
	await store.svn([
		"checkout",
		...empty,
		"--",
		folder,
		parent
	]);
	const missing = line.split("/").slice(there === "" ? 0 : there.split("/").length);
	const copy = join(parent, ...missing);
	const between = missing.slice(0, -1).map((_, index) => join(parent, ...missing.slice(0, index + 1)));
	if (between.length > 0) await store.svn([
		"mkdir",
		"--quiet",
		"--",
		...between.map(local)
	]);
	const source = pegged(store.root, pathOf(store, base.line), base.revision);
	await store.svn([
		"copy",
		"--quiet",
		"--ignore-externals",
		"--",
		source,
		local(copy)
	]);
	return {
		parent,
		copy
	};
}
async function firstMissing(store, line) {
	const ways = ["branches", ...linesOn(line)];
	for (const way of ways.slice(0, -1)) {
		const there = await lastChange(store, way);
		if (there === void 0) return way;
		if (way === "branches") continue;
		if ((await originOf(store, way, there.revision)).from === void 0) continue;
		throw new BranchTaken(line, `^/${pathOf(store, way)} is a branch itself, so there can be none below it.`);
	}
	return line;
}
async function changesIn(store, copy) {
	const before = await statusOf(store, copy);
	const obstructed = before.find(({ item }) => item === "obstructed");
	if (obstructed !== void 0) throw otherKind(obstructed.path.slice(copy.length + 1));
	const missing = before.filter(({ item }) => item === "missing");
	if (missing.length > 0) {
		const list = join(copy, "..", "missing");
		await writeFile(list, missing.map(({ path }) => `${local(path)}\n`).join(""));
		await store.svn([
			"delete",
			"--quiet",
			"--force",
			"--targets",
			list
		]);
		await rm(list);
	}
	await store.svn([
		"add",
		"--quiet",
		"--force",
		"--",
		local(copy)
	]);
	return (await statusOf(store, copy)).filter(({ path }) => path !== copy);
}
function otherKind(path) {
	return new VersionControlError(`The change makes ${JSON.stringify(path)} another kind of thing (file, folder or link) under the same name, which Seamless does not do on Subversion. Give the new one another name.`);
}
async function statusOf(store, copy) {
	return readStatus(await store.svn([
		"status",
		"--xml",
		"--ignore-externals",
		"--",
		local(copy)
	]));
}
async function sameThere(store, making) {
	const { line, base } = making;
	const there = await lastChange(store, line);
	if (there === void 0) return void 0;
	const origin = await originOf(store, line, there.revision);
	if (origin.from?.path === pathOf(store, base.line) && origin.from.revision === base.revision && origin.revision === there.revision && await hasContent(store, making, there.revision)) return svnCommitId({
		uuid: store.uuid,
		revision: there.revision
	});
	throw new BranchTaken(making.publication.branch, `The repository already has a branch ${JSON.stringify(making.publication.branch)} with other content (r${there.revision}), and Seamless never overwrites one. Delete that branch, or merge it, or give upgrade.branch another name (for example with {version} in it).`);
}
async function hasContent(store, { line, changed, folder }, revision) {
	const copy = join(folder, "there");
	await rm(copy, {
		recursive: true,
		force: true
	});
	await checkOutLine(store, {
		line,
		revision
	}, copy);
	await mirrorFolder(changed, copy);
	return (await changesIn(store, copy)).length === 0;
}
async function commitBranch(store, { publication, folder }, { parent }) {
	const { message, author } = publication;
	return commitFolder(store, parent, {
		message,
		properties: { [AUTHOR]: author.trim() },
		scratch: folder
	});
}
function assertAuthor(author) {
	if (/^[^<>\u0000-\u001F]+ <[^<>\s\u0000-\u001F]+>$/.test(author.trim())) return;
	throw new UsageError(`The author ${JSON.stringify(author)} is not of the form "Name <email>". Correct upgrade.author.`);
}

// src/adapters/svn.ts
function svnVersionControl(store, log) {
	let tidied;
	return {
		resolve: (revision) => resolveRevision(store, revision),
		async checkout(commit) {
			await (tidied ??= tidy(store, log));
			return checkOut(store, commit);
		},
		publish: (worktree, publication) => publishWorktree(store, worktree, publication),
		difference: (from, to) => codeDifference(store, from, to),
		read: (commit, path) => readText(store, commit, path)
	};
}
async function tidy(store, log) {
	const removed = await pruneWork(store);
	if (removed.length > 0) log.info(`Removed what an earlier run left behind: ${removed.join(", ")}.`);
}
async function readText(store, commit, path) {
	if (path === "" || path.startsWith("/") || path.includes("\0") || path.split("/").includes("..")) throw new UsageError(`${JSON.stringify(path)} is no path of a file within the repository.`);
	const { line, revision } = await versionOf(store, commit);
	const target = pegged(store.root, pathOf(store, `${line}/${path}`), revision);
	const printed = await store.svn.answer([
		"info",
		"--xml",
		"--",
		target
	]);
	if (printed === void 0 || readInfo(printed).kind !== "file") return void 0;
	const text = await store.svn([
		"cat",
		"--ignore-keywords",
		"--",
		target
	]);
	return text.startsWith("link ") && await store.svn.answer([
		"propget",
		"svn:special",
		"--",
		target
	]) ? void 0 : text;
}

export { svnVersionControl };