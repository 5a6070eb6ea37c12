import { p as gitCommand } from "./system-clock.js";
import { access, constants, readFile, readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

// src/cli/init/read-facts.ts
const MAX_FILES = 3e3;
const MAX_BYTES = 262144;
const READABLE = /(?:^|\/)(?:Makefile|makefile|\.gitignore|[^/]+\.(?:json|toml|txt|cfg|ini|xml|gradle|kts|sh|[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|ex)|(?:deploy|rollback|status|diff|weight))$/;
async function readFacts({ surroundings, repository, run }) {
	const { folder, environment, signal } = surroundings;
	const git = gitCommand({
		run,
		environment,
		signal
	}, { directory: folder });
	const files = (await git([
		"ls-files",
		"-z",
		"--cached",
		"--others",
		"--exclude-standard",
		"--deduplicate"
	])).split("\0").filter((file) => file !== "");
	const near = files.toSorted((a, b) => depth(a) - depth(b)).slice(0, MAX_FILES);
	const read = near.filter((file) => READABLE.test(file) && !/(?:^|\/)node_modules\//.test(file));
	const texts = /* @__PURE__ */ new Map();
	for (const file of read) {
		const text = await readText(join(folder, file));
		if (text !== void 0) texts.set(file, text);
	}
	return {
		files: new Set(files),
		executables: new Set(await executableOf(folder, near)),
		texts,
		workflows: await readWorkflows(repository.root),
		defaultBranch: await defaultBranch(git),
		directory: relative(repository.root, folder).split(sep).join("/") || "."
	};
}
function depth(file) {
	return file.split("/").length;
}
async function readText(path) {
	try {
		const { size } = await stat(path);
		return size > MAX_BYTES ? void 0 : await readFile(path, "utf8");
	} catch {
		return;
	}
}
async function executableOf(folder, files) {
	return (await Promise.all(files.map((file) => access(join(folder, file), constants.X_OK).then(() => file, () => void 0)))).filter((file) => file !== void 0);
}
async function readWorkflows(root) {
	const folder = join(root, ".github", "workflows");
	const names = await readdir(folder).catch(() => []);
	const texts = /* @__PURE__ */ new Map();
	for (const name of names.filter((name) => /\.ya?ml$/.test(name)).toSorted()) {
		const text = await readText(join(folder, name));
		if (text !== void 0) texts.set(name, text);
	}
	return texts;
}
async function defaultBranch(git) {
	const remote = (await git.answer([
		"symbolic-ref",
		"--quiet",
		"--short",
		"refs/remotes/origin/HEAD"
	]))?.trim();
	if (remote !== void 0 && remote !== "") return remote.replace(/^origin\//, "");
	const known = (await git.answer([
		"for-each-ref",
		"--format=%(refname:short)",
		"refs/heads/main",
		"refs/heads/master"
	]))?.split("\n")[0];
	if (known !== void 0 && known !== "") return known;
	const current = (await git.answer([
		"symbolic-ref",
		"--quiet",
		"--short",
		"HEAD"
	]))?.trim();
	return current === void 0 || current === "" ? "main" : current;
}

export { readWorkflows as n, readFacts as t };