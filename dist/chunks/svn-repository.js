import { _ as local, a as lineOn, f as noLayout, g as joined, h as assertSvnAddress, l as readStatus, m as placeOf, p as pathOf, s as readInfo } from "./svn-history.js";
import { f as UsageError, p as VersionControlError } from "./errors.js";
import { t as stateFolder } from "./state-folder.js";
import { t as childEnvironment } from "./child-environment.js";
import { mkdir, readlink, rm, symlink } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

// src/adapters/svn-account.ts
async function svnAccount(environment, directory) {
	const { SEAMLESS_SVN_USERNAME: name = "", SEAMLESS_SVN_PASSWORD: password = "", HOME: home } = environment;
	if (name === "" && password === "") {
		const folder = await ownFolder(directory, "stored");
		if (home !== void 0) await Promise.all(["auth", "servers"].map((part) => borrow(home, folder, part)));
		return { args: ["--config-dir", folder] };
	}
	if (name === "" || password === "") throw new VersionControlError(`${name === "" ? "SEAMLESS_SVN_USERNAME" : "SEAMLESS_SVN_PASSWORD"} is not set, but the other half of the credentials is. Set both, or none.`);
	return {
		args: [
			"--config-dir",
			await ownFolder(directory, "account"),
			`--username=${name}`,
			"--password-from-stdin"
		],
		password
	};
}
async function ownFolder(directory, name) {
	const folder = join(directory, ".seamless", "svn", name);
	await mkdir(folder, {
		recursive: true,
		mode: 448
	});
	return folder;
}
async function borrow(home, folder, part) {
	const [theirs, ours] = [join(home, ".subversion", part), join(folder, part)];
	if (await readlink(ours).catch(() => void 0) === theirs) return;
	await rm(ours, {
		recursive: true,
		force: true
	});
	await symlink(theirs, ours).catch(() => void 0);
}

// src/adapters/svn-advice.ts
function adviceFor(output) {
	return ADVICE.find(({ codes }) => codes.some((code) => output.includes(`E${code}`)))?.todo;
}
const ADVICE = [
	{
		codes: [
			"215004",
			"170001",
			"230001",
			"120171"
		],
		todo: "Set SEAMLESS_SVN_USERNAME and SEAMLESS_SVN_PASSWORD to an account that may read and write the repository, or let svn have stored one."
	},
	{
		codes: [
			"220004",
			"220001",
			"175013"
		],
		todo: "The account may not do that: see the rules of the server (authz)."
	},
	{
		codes: [
			"210002",
			"210004",
			"120106",
			"120104"
		],
		todo: "The server broke off in the middle. What a commit then came to is not known from here: a further run looks first."
	},
	{
		codes: [
			"670002",
			"000111",
			"000113",
			"000110"
		],
		todo: "Nobody answers there: is the server up, and its address right?"
	},
	{
		codes: ["165001"],
		todo: "A hook of the repository refused it: what it wants stands above."
	},
	{
		codes: ["155036", "155021"],
		todo: "The working copy is of another version of svn: run svn upgrade in it, or install a newer one."
	}
];
function withoutAnswer(args) {
	return `${`svn ${args.join(" ")}`.slice(0, 160)} got no answer in time and was stopped. Is the repository's server up, and reachable from here?`;
}

// src/adapters/svn-command.ts
const TIMEOUT_MS = 6e5;
const CAPTURE_BYTES = 67108864;
function svnCommand(shell, directory) {
	const { timeoutMs = TIMEOUT_MS } = shell;
	let account;
	const execute = async (args) => {
		const { args: configured, password } = await (account ??= svnAccount(shell.environment, directory));
		return shell.run({
			file: "svn",
			args: [
				...SAFE,
				...configured,
				...args
			],
			title: `svn ${args.join(" ")}`,
			directory,
			environment: svnEnvironment(shell.environment),
			signal: shell.signal,
			timeoutMs,
			input: password,
			secrets: password === void 0 ? [] : [password],
			captureBytes: CAPTURE_BYTES,
			isCaptureRaw: true
		});
	};
	const svn = async (args) => stdoutOf(await execute(args), args);
	const answer = async (args) => {
		const end = await execute(args);
		return end.kind === "failed" && isAbsent(end.output) ? void 0 : stdoutOf(end, args);
	};
	return Object.assign(svn, { answer });
}
const SAFE = [
	"--non-interactive",
	"--no-auth-cache",
	...[
		"config:helpers:editor-cmd=false",
		"config:miscellany:enable-auto-props=no",
		"config:miscellany:preserved-conflict-file-exts=",
		"config:miscellany:interactive-conflicts=no"
	].flatMap((option) => ["--config-option", option])
];
function isAbsent(output) {
	return /\b[EW](?:170000|160013|160006|155010|155007)\b/.test(output);
}
function stdoutOf(end, args) {
	if (end.kind === "failed") throw new VersionControlError(explained(end, args));
	if (end.truncated) throw new VersionControlError("svn answered with more than 64 MiB, which Seamless does not read.");
	return end.stdout;
}
function explained({ failure, output }, args) {
	if (failure.why === "timeout") return withoutAnswer(args);
	const said = output.trim().split("\n");
	const lines = (args.includes("--xml") ? said.filter((line) => line.startsWith("svn: ")) : said).slice(-12);
	const told = lines.length < 2 ? failure.message : `${failure.message}\n${lines.join("\n")}`;
	const advice = failure.why === "spawn" ? INSTALL : adviceFor(output);
	return advice === void 0 ? told : `${told}\n${advice}`;
}
const INSTALL = "Install Subversion 1.10 or newer where Seamless runs (apt-get install subversion).";
const KEPT = ["SSH_AUTH_SOCK"];
function svnEnvironment(environment) {
	const { SVN_EDITOR: _editor, EDITOR: _any, VISUAL: _visual, ...plain } = childEnvironment(environment, { step: "svn" });
	return {
		...plain,
		...Object.fromEntries(KEPT.flatMap((name) => environment[name] === void 0 ? [] : [[name, environment[name]]])),
		LC_ALL: "C.UTF-8"
	};
}

// src/adapters/svn-store.ts
async function openSvnStore(folder, shell) {
	const svn = svnCommand(shell, folder);
	const printed = await svn.answer([
		"info",
		"--xml",
		"--",
		local(folder)
	]);
	if (printed === void 0) throw noWorkingCopy(folder);
	const info = readInfo(printed);
	assertSvnAddress(info.root);
	const place = placeOf(info.path);
	if (place === void 0) throw noLayout(`^/${info.path}`);
	const project = {
		project: place.project,
		root: info.root,
		svn
	};
	const line = await lineOn(project, place.way, info.revision);
	const top = resolve(folder, ...upwards(place.way, line));
	if (relative(info.workingCopy ?? top, top).startsWith("..")) throw onlyAPart(project, line, info.workingCopy);
	const state = await stateFolder(top);
	await mkdir(join(state, "work"), { recursive: true });
	return {
		...project,
		folder: top,
		state,
		uuid: info.uuid,
		line,
		svn: svnCommand(shell, top),
		shell,
		versions: /* @__PURE__ */ new Map()
	};
}
function upwards(way, line) {
	return Array.from({ length: way.split("/").length - line.split("/").length }, () => "..");
}
function noWorkingCopy(folder) {
	return new UsageError(`${folder} is not in a Subversion working copy. Run Seamless in a checkout of the project's trunk.`);
}
function onlyAPart(project, line, folder = "") {
	const whole = joined(project.root, pathOf(project, line));
	return new UsageError(`${folder} is a checkout of a part of ^/${pathOf(project, line)}, and a version is all of it. Check that out: svn checkout ${whole}`);
}

// src/adapters/svn-repository.ts
const NO_CHANGE = /* @__PURE__ */ new Set([
	"unversioned",
	"ignored",
	"external",
	"normal",
	"none"
]);
async function findSvnRepository(folder, shell) {
	const store = await openSvnStore(folder, shell);
	return {
		store,
		root: store.folder,
		name: joined(store.root, store.project),
		defaultBranch: async () => "trunk",
		uncommitted: async () => {
			const printed = await store.svn([
				"status",
				"--xml",
				"--quiet",
				"--ignore-externals",
				"--",
				local(store.folder)
			]);
			return readStatus(printed).filter(({ item }) => !NO_CHANGE.has(item)).length;
		}
	};
}

export { findSvnRepository };