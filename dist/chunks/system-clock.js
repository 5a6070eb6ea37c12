import { f as UsageError, p as VersionControlError, r as BranchTaken, t as ArtifactMismatch, u as RevisionUnknown } from "./errors.js";
import { n as maskOf } from "./mask.js";
import { a as discriminatedUnion, f as strictObject, i as boolean, l as number, n as _enum, p as string, r as array, s as literal } from "./schemas.js";
import { n as secretValues, t as childEnvironment } from "./child-environment.js";
import { n as refuseLinksOutside, r as isAlive } from "./git-links.js";
import { t as stateFolder } from "./state-folder.js";
import { n as pathInside, t as isBelow } from "./path-inside.js";
import { a as replaced, c as stage, d as version, i as pullRequest, l as suiteResult, n as codeDifference$1, o as revertRecord, r as environmentState, s as saidByPerson, t as artifact, u as verdictReport } from "./facts.js";
import { n as decisions, r as reasonCodes, t as receipt } from "./receipt.js";
import { t as GrafanaFault } from "./grafana-api.js";
import { i as outputTail, n as failureMessage, r as lineReader } from "./process-failure.js";
import { i as deployStep } from "./parse.js";
import { t as ACTIONS_APP_ID } from "./verdict-check.js";
import { isIP } from "node:net";
import { Transform } from "node:stream";
import { once } from "node:events";
import { createSecureContext } from "node:tls";
import { X509Certificate, createHash, randomUUID } from "node:crypto";
import { chmod, mkdir, open, readFile, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { createReadStream, createWriteStream, existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { spawn } from "node:child_process";
import { setTimeout as setTimeout$1 } from "node:timers/promises";

// src/adapters/artifacts.ts
function fileArtifacts(folder) {
	return {
		keep: (directory, name) => keepFile(folder, directory, name),
		verify: async (artifacts) => {
			for (const artifact of artifacts.filter(isFile)) {
				const file = storedFile(folder, artifact);
				assertSame(artifact, await digestOf(file).catch(missing(artifact, file)));
			}
		},
		restore: async (artifacts, directory) => {
			for (const artifact of artifacts.filter(isFile)) await restoreFile(folder, artifact, directory);
		}
	};
}
function isFile({ kind }) {
	return kind === void 0;
}
async function keepFile(folder, directory, name) {
	await mkdir(folder, { recursive: true });
	const source = join(directory, name);
	const { mode } = await stat(source);
	const temporary = join(folder, `${randomUUID()}.new`);
	try {
		const { hex, bytes } = await copy(source, temporary);
		await chmod(temporary, 292);
		await rename(temporary, join(folder, hex));
		return {
			name,
			digest: `sha256:${hex}`,
			bytes,
			...isExecutable(mode) && { executable: true }
		};
	} finally {
		await rm(temporary, { force: true });
	}
}
async function restoreFile(folder, artifact, directory) {
	const stored = storedFile(folder, artifact);
	const target = await targetOf(artifact, directory);
	const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
	try {
		await stat(stored).catch(missing(artifact, stored));
		assertSame(artifact, await copy(stored, temporary));
		await chmod(temporary, artifact.executable === true ? 493 : 420);
		await rename(temporary, target);
	} finally {
		await rm(temporary, { force: true });
	}
}
async function targetOf({ name }, directory) {
	const root = await realpath(directory);
	const target = resolve(root, name);
	if (target === root || !isBelow(root, target)) throw outside(name, directory);
	await makeFolders(root, dirname(target)).catch(() => {
		throw outside(name, directory);
	});
	return target;
}
async function makeFolders(root, folder) {
	if (folder !== root) {
		await makeFolders(root, dirname(folder));
		await mkdir(folder).catch(() => void 0);
	}
	if (!isBelow(root, await realpath(folder))) throw new Error(folder);
}
function outside(name, directory) {
	return new ArtifactMismatch(`The artefact ${JSON.stringify(name)} cannot be put below ${directory}: its path leads out of it.`);
}
function storedFile(folder, { name, digest }) {
	const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
	if (hex !== void 0) return join(folder, hex);
	throw new ArtifactMismatch(`The artefact ${JSON.stringify(name)} has no sha256 digest but ${JSON.stringify(digest)}.`);
}
function assertSame(artifact, { hex, bytes }) {
	if (artifact.digest === `sha256:${hex}` && artifact.bytes === bytes) return;
	throw new ArtifactMismatch(`The artefact ${JSON.stringify(artifact.name)} is not what was built: expected ${artifact.digest} (${artifact.bytes} bytes), found sha256:${hex} (${bytes} bytes). Nothing is deployed; build again.`);
}
function missing(artifact, file) {
	return (cause) => {
		throw new ArtifactMismatch(`The artefact ${JSON.stringify(artifact.name)} is not in the store (${file}). Bring the folder .seamless/artifacts from the job that built it, or build again.`, { cause });
	};
}
async function copy(source, target) {
	const { through, digest } = digester();
	await pipeline(createReadStream(source), through, createWriteStream(target, { flags: "wx" }));
	return digest();
}
async function digestOf(file) {
	const { through, digest } = digester();
	await pipeline(createReadStream(file), through.resume());
	return digest();
}
function digester() {
	const hash = createHash("sha256");
	let bytes = 0;
	return {
		through: new Transform({ transform(chunk, _encoding, done) {
			hash.update(chunk);
			bytes += chunk.length;
			done(void 0, chunk);
		} }),
		digest: () => ({
			hex: hash.digest("hex"),
			bytes
		})
	};
}
function isExecutable(mode) {
	return (mode & 73) !== 0;
}

// src/upgrade/event.ts
const upgradeEvent = discriminatedUnion("type", [
	entry("started", {
		id: string(),
		repository: string(),
		operation: _enum(["run", "rollback"]),
		planDigest: string(),
		made: boolean(),
		branch: string().optional(),
		base: version.optional(),
		candidate: version.optional(),
		environments: array(string())
	}),
	entry("received", { upgrade: receipt }),
	entry("resumed", {
		forgotten: array(string()),
		environments: array(string())
	}),
	entry("step_started", {
		step: string(),
		stage,
		environment: string().optional()
	}),
	entry("step_ended", {
		step: string(),
		result: _enum([
			"done",
			"failed",
			"skipped",
			"held"
		]),
		message: string().optional(),
		output: string().optional()
	}),
	entry("candidate_known", {
		candidate: version,
		branch: string().optional(),
		pullRequest: pullRequest.optional()
	}),
	entry("code_compared", { code: codeDifference$1 }),
	entry("built", { artifacts: array(artifact) }),
	entry("tested", { suite: suiteResult }),
	entry("deployment_begun", {
		environment: string(),
		deployment: string(),
		previous: version.optional(),
		replaces: replaced.optional()
	}),
	entry("release_compared", {
		environment: string(),
		difference: string()
	}),
	entry("weight_set", {
		environment: string(),
		percent: number()
	}),
	entry("judged", {
		environment: string(),
		report: verdictReport
	}),
	entry("person_said", {
		environment: string(),
		...saidByPerson.shape
	}),
	entry("environment_ended", {
		environment: string(),
		state: environmentState,
		message: string()
	}),
	entry("reverted", { revert: revertRecord }),
	entry("ended", {
		decision: _enum(decisions),
		reason: _enum(reasonCodes),
		message: string()
	})
]);
function entry(type, shape) {
	return strictObject({
		type: literal(type),
		atMs: number(),
		...shape
	});
}

// src/adapters/file-journal.ts
function fileJournal(file) {
	return {
		async read() {
			return (await readFile(file, "utf8").catch((error) => {
				if (error.code === "ENOENT") return "";
				throw error;
			})).split("\n").slice(0, -1).flatMap((line, index) => parseLine(file, line, index + 1));
		},
		async append(events) {
			await mkdir(dirname(file), { recursive: true });
			const line = `${JSON.stringify(events)}\n`;
			const first = events[0]?.type;
			if (first !== "started" && first !== "received") return write(file, "a", line);
			await write(`${file}.new`, "w", line);
			await rename(`${file}.new`, file);
		}
	};
}
async function write(file, flags, line) {
	const handle = await open(file, flags);
	try {
		await handle.appendFile(line);
		await handle.sync();
	} finally {
		await handle.close();
	}
}
function parseLine(file, line, number) {
	try {
		return upgradeEvent.array().parse(JSON.parse(line));
	} catch (error) {
		throw new UsageError(`${file}:${number} is no event of this version of Seamless. Somebody changed the file, or another version wrote it: look at what the environments run, then move the file away.`, { cause: error });
	}
}

// src/adapters/file-receipts.ts
function fileReceipts(folder) {
	return {
		async save(upgrade) {
			const text = `${JSON.stringify(upgrade)}\n`;
			const last = join(folder, "receipt.json");
			await replace(folder, "receipt.json", text);
			const sha = upgrade.candidate?.sha;
			if (sha !== void 0 && await saysMore(folder, sha, upgrade)) await replace(join(folder, "receipts"), `${sha}.json`, text);
			return last;
		},
		last: () => readReceipt(join(folder, "receipt.json")),
		ofCommit: (sha) => readReceipt(join(folder, "receipts", `${sha}.json`))
	};
}
async function saysMore(folder, sha, { tests, artifacts }) {
	if (tests.length > 0) return true;
	if (artifacts.length === 0) return false;
	return ((await readReceipt(join(folder, "receipts", `${sha}.json`)))?.tests.length ?? 0) === 0;
}
async function readReceipt(file) {
	const text = await readFile(file, "utf8").catch(() => void 0);
	if (text === void 0) return void 0;
	try {
		return receipt.parse(JSON.parse(text));
	} catch {
		return;
	}
}
async function replace(folder, name, text) {
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, `${name}.new`), text);
	await rename(join(folder, `${name}.new`), join(folder, name));
}

// src/adapters/git-command.ts
const TIMEOUT_MS = 6e5;
const CAPTURE_BYTES = 67108864;
function gitCommand(shell, place) {
	const execute = (args, options = {}) => shell.run({
		file: "git",
		args: [
			"--no-pager",
			"--literal-pathspecs",
			...args
		],
		title: `git ${args.join(" ")}`,
		directory: place.directory,
		environment: gitEnvironment(shell.environment, place, options.env),
		signal: shell.signal,
		timeoutMs: TIMEOUT_MS,
		input: options.input,
		captureBytes: CAPTURE_BYTES,
		isCaptureRaw: true
	});
	const git = async (args, options) => stdoutOf(await execute(args, options));
	const answer = async (args, options) => {
		const end = await execute(args, options);
		return end.kind === "failed" && end.failure.why === "exit" ? void 0 : stdoutOf(end);
	};
	return Object.assign(git, { answer });
}
function stdoutOf(end) {
	if (end.kind === "failed") throw new VersionControlError(withOutput(end.failure.message, end.output));
	if (end.truncated) throw new VersionControlError("git answered with more than 64 MiB, which Seamless does not read.");
	return end.stdout;
}
function withOutput(message, output) {
	const lines = output.trim().split("\n").slice(-12);
	const told = lines.length < 2 ? message : `${message}\n${lines.join("\n")}`;
	return REFUSED.test(output) ? `${told}\n${CREDENTIALS$1}` : told;
}
const REFUSED = /terminal prompts disabled|Authentication failed|Permission to .* denied|Write access .* not granted|Repository not found|Permission denied \(publickey|error: 403/i;
const CREDENTIALS$1 = "Give Seamless a token that may read and write the contents of the repository (github-token in a workflow, with \"permissions: contents: write\"), or let git have a credential helper or an ssh key.";
const HARDENED = [
	["core.hooksPath", "/dev/null"],
	["core.fsmonitor", "false"],
	["core.untrackedCache", "false"],
	["core.protectNTFS", "true"],
	["core.quotePath", "false"],
	["core.autocrlf", "false"],
	["core.safecrlf", "false"],
	["core.pager", "cat"],
	["core.editor", "false"],
	["submodule.recurse", "false"],
	["fetch.recurseSubmodules", "false"],
	["push.recurseSubmodules", "no"],
	["push.gpgSign", "false"],
	["push.followTags", "false"],
	["commit.gpgSign", "false"],
	["log.showSignature", "false"],
	["i18n.logOutputEncoding", "UTF-8"],
	["gc.auto", "0"],
	["maintenance.auto", "false"],
	["fetch.writeCommitGraph", "false"],
	["fetch.prune", "false"],
	["credential.interactive", "false"]
];
const KEPT = [
	"SSH_AUTH_SOCK",
	"GIT_SSL_CAINFO",
	"GIT_SSL_CAPATH",
	"GIT_CONFIG_GLOBAL",
	"GIT_CONFIG_SYSTEM",
	"GIT_CONFIG_NOSYSTEM"
];
function gitEnvironment(environment, place, env = {}) {
	const config = [...HARDENED, ...place.config ?? []];
	const entries = config.flatMap(([key, value], index) => [[`GIT_CONFIG_KEY_${index}`, key], [`GIT_CONFIG_VALUE_${index}`, value]]);
	return {
		...childEnvironment(environment, { step: "git" }),
		...Object.fromEntries(KEPT.flatMap((name) => environment[name] === void 0 ? [] : [[name, environment[name]]])),
		LC_ALL: "C",
		GIT_TERMINAL_PROMPT: "0",
		SSH_ASKPASS_REQUIRE: "never",
		GIT_ALLOW_PROTOCOL: place.protocols ?? "none",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_NO_REPLACE_OBJECTS: "1",
		...place.gitDirectory === void 0 ? {} : { GIT_DIR: place.gitDirectory },
		...place.workTree === void 0 ? {} : { GIT_WORK_TREE: place.workTree },
		...env,
		GIT_CONFIG_COUNT: String(config.length),
		...Object.fromEntries(entries)
	};
}

// src/adapters/git-remote.ts
function gitRemote(urls, { root, token }) {
	const transports = [urls.url, urls.pushUrl].map(transportOf);
	return {
		url: transports[0] === "file" ? resolve(root, urls.url) : urls.url,
		pushUrl: transports[1] === "file" ? resolve(root, urls.pushUrl) : urls.pushUrl,
		protocols: [...new Set(transports)].join(":"),
		credentials: token === void 0 ? [] : [.../* @__PURE__ */ new Set([urls.url, urls.pushUrl])].flatMap((url) => header(url, token))
	};
}
function repositoryOf(remoteUrl) {
	const path = URL.canParse(remoteUrl) ? new URL(remoteUrl).pathname : /^(?:[\w.-]+@)?[\w.-]+:(?!\/\/)(.+)$/.exec(remoteUrl)?.[1];
	if (path === void 0 || remoteUrl.startsWith("file:")) return void 0;
	const name = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
	return /^[\w.-]+\/[\w.-]+$/.test(name) ? name : void 0;
}
function transportOf(url) {
	if (url === "" || url.startsWith("-") || /[\u0000-\u001F\u007F]/.test(url)) throw refused$1(url);
	if (/^[A-Za-z0-9+.-]+::/.test(url)) throw refused$1(url);
	if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url)) return schemeOf(url);
	const scpLike = /^([^/:]*):/.exec(url);
	if (!scpLike) return "file";
	if (/^(?:[\w.-]+@)?\w[\w.-]*$/.test(scpLike[1] ?? "")) return "ssh";
	throw refused$1(url);
}
function schemeOf(url) {
	const { protocol, hostname, username } = URL.canParse(url) ? new URL(url) : refusedParts;
	if (hostname === "" || hostname.startsWith("-") || username.startsWith("-")) throw refused$1(url);
	if (protocol === "https:") return "https";
	if (protocol === "ssh:" || protocol === "git+ssh:" || protocol === "ssh+git:") return "ssh";
	if (protocol === "http:" && isLoopback(hostname)) return "http";
	throw refused$1(url);
}
const refusedParts = {
	protocol: "",
	hostname: "",
	username: ""
};
function isLoopback(hostname) {
	return hostname === "localhost" || hostname === "[::1]" || isIP(hostname) === 4 && hostname.startsWith("127.");
}
function refused$1(url) {
	return new VersionControlError(`The remote's address ${JSON.stringify(url)} is refused: Seamless speaks to git over https, ssh, or a path on this machine. Set another one with git remote set-url.`);
}
function header(url, token) {
	if (!/^https?:/.test(url)) return [];
	const key = `http.${new URL(url).origin}/.extraheader`;
	const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
	return [[key, ""], [key, `AUTHORIZATION: basic ${basic}`]];
}

// src/adapters/git-repository.ts
async function findRepository(folder, options) {
	const git = gitCommand(options, { directory: folder });
	const root = (await git.answer(["rev-parse", "--show-toplevel"]))?.trim();
	if (root === void 0 || root === "") throw new UsageError(`${folder} is not in a git repository. Run Seamless in a clone of the repository to upgrade.`);
	const url = (await git.answer([
		"remote",
		"get-url",
		options.remote
	]))?.trim();
	return {
		root,
		name: (url === void 0 ? void 0 : repositoryOf(url)) ?? url ?? "local",
		defaultBranch: () => askDefaultBranch(git, url, {
			...options,
			root
		}),
		uncommitted: async () => {
			return (await git.answer([
				"status",
				"--porcelain",
				"--untracked-files=no"
			]))?.split("\n").filter(Boolean).length ?? 0;
		}
	};
}
async function askDefaultBranch(git, url, options) {
	if (url === void 0) {
		const branch = (await git.answer([
			"symbolic-ref",
			"--short",
			"HEAD"
		]))?.trim();
		if (branch !== void 0) return branch;
		throw new UsageError("The repository has no remote and stands on no branch: name one under upgrade.base.");
	}
	const remote = gitRemote({
		url,
		pushUrl: url
	}, options);
	const said = await gitCommand(options, {
		directory: options.root,
		protocols: remote.protocols,
		config: remote.credentials
	})([
		"ls-remote",
		"--symref",
		"--end-of-options",
		remote.url,
		"HEAD"
	]);
	const branch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(said)?.[1];
	if (branch === void 0) throw new UsageError(`The remote ${options.remote} does not say which branch is its default: name one under upgrade.base.`);
	return branch;
}

// src/adapters/git-store.ts
const REMOTE = "seamless";
async function openGitStore(options) {
	const { root } = options;
	const user = userGit(options);
	const facts = await readFacts(user, root);
	const [remote, refs, state] = await Promise.all([
		readRemote(user, options),
		readRefs(user),
		stateFolder(root)
	]);
	const gitDirectory = join(state, "git");
	await initialise(gitCommand(options, { directory: state }), {
		gitDirectory,
		facts,
		remote
	});
	await replaceFile(join(gitDirectory, "packed-refs"), refs);
	const place = {
		directory: state,
		gitDirectory
	};
	const git = gitCommand(options, place);
	const network = gitCommand(options, {
		...place,
		...networkOf(remote)
	});
	const boundary = () => readLines(join(gitDirectory, "shallow"));
	return {
		state,
		gitDirectory,
		git,
		network: remote ? network : noRemote(options),
		userHead: () => userHead(user),
		worktreeGit: (name, path) => gitCommand(options, {
			directory: path,
			gitDirectory: join(gitDirectory, "worktrees", name),
			workTree: path
		}),
		boundary,
		ensure: async (commit) => {
			if (await git.answer([
				"cat-file",
				"-e",
				`${commit}^{commit}`
			]) !== void 0) return;
			if (!remote) throw unknownCommit(commit, options.remote);
			const isCut = facts.isPartial || (await boundary()).size > 0;
			await fetchCommit(network, commit, isCut).catch((cause) => {
				throw unknownCommit(commit, options.remote, cause);
			});
		}
	};
}
function userGit(options) {
	return gitCommand(options, {
		directory: options.root,
		config: [["safe.directory", "*"]]
	});
}
async function userHead(user) {
	const id = await user.answer([
		"rev-parse",
		"--verify",
		"--quiet",
		"--end-of-options",
		"HEAD^{commit}"
	]);
	if (id === void 0) throw new RevisionUnknown("HEAD", "The repository has no commit yet. Commit something first.");
	return id.trim();
}
const PARTIAL = "^(extensions[.]partialclone|remote[.].*[.]promisor)$";
async function readFacts(user, root) {
	const [printed, partial] = await Promise.all([user.answer([
		"rev-parse",
		"--show-object-format",
		"--git-common-dir"
	]), user.answer([
		"config",
		"--get-regexp",
		PARTIAL
	])]);
	if (printed === void 0) throw new UsageError(`${root} is not a git repository. Run Seamless in a checkout (actions/checkout in a workflow).`);
	const [format = "sha1", common = ".git"] = printed.trim().split("\n");
	const directory = resolve(root, common);
	return {
		objects: join(directory, "objects"),
		format,
		isPartial: partial !== void 0,
		shallow: join(directory, "shallow")
	};
}
async function readRemote(user, { root, remote, token }) {
	if (!/^\w[\w./-]*$/.test(remote)) throw new UsageError(`${JSON.stringify(remote)} is no name of a git remote.`);
	const [url, pushUrl] = await Promise.all([[], ["--push"]].map((push) => user.answer([
		"remote",
		"get-url",
		...push,
		"--end-of-options",
		remote
	])));
	if (url === void 0 || pushUrl === void 0) return void 0;
	return gitRemote({
		url: url.replace(/\n$/, ""),
		pushUrl: pushUrl.replace(/\n$/, "")
	}, {
		root,
		token
	});
}
async function initialise(git, { gitDirectory, facts, remote }) {
	const marker = join(gitDirectory, "HEAD");
	if (existsSync(marker) && !await isOfFormat(gitDirectory, facts.format)) await rm(gitDirectory, { recursive: true });
	if (!existsSync(marker)) await git([
		"init",
		"--quiet",
		"--bare",
		"--template=",
		`--object-format=${facts.format}`,
		gitDirectory
	]);
	const borrowed = facts.isPartial ? "" : `${relative(join(gitDirectory, "objects"), facts.objects)}\n`;
	await mkdir(join(gitDirectory, "objects", "info"), { recursive: true });
	await writeFile(join(gitDirectory, "objects", "info", "alternates"), borrowed);
	await takeOverBoundary(gitDirectory, facts);
	await nameOrigin(gitDirectory, remote);
}
async function isOfFormat(gitDirectory, format) {
	return (await readFile(join(gitDirectory, "config"), "utf8")).includes("sha256") === (format === "sha256");
}
async function takeOverBoundary(gitDirectory, facts) {
	const own = join(gitDirectory, "shallow");
	const theirs = facts.isPartial ? /* @__PURE__ */ new Set() : await readLines(facts.shallow);
	const all = (await readLines(own)).union(theirs);
	if (all.size > 0) await replaceFile(own, [...all].sort().join("\n") + "\n");
}
async function nameOrigin(gitDirectory, remote) {
	const file = join(gitDirectory, "config");
	const own = (await readFile(file, "utf8")).split("[remote ")[0] ?? "";
	const address = remote === void 0 ? void 0 : withoutPassword(remote.url);
	await replaceFile(file, own + (address === void 0 ? "" : `[remote "origin"]\n\turl = ${JSON.stringify(address)}\n`));
}
function withoutPassword(url) {
	if (!URL.canParse(url) || repositoryOf(url) === void 0) return url;
	const parts = new URL(url);
	parts.password = "";
	if (parts.protocol !== "ssh:") parts.username = "";
	return parts.href;
}
async function readRefs(user) {
	return (await user([
		"for-each-ref",
		"--format=%(objectname) %(refname)",
		"refs/tags",
		"refs/remotes"
	])).split("\n").filter((line) => line !== "" && !line.endsWith("/HEAD")).sort((a, b) => a.slice(a.indexOf(" ")) < b.slice(b.indexOf(" ")) ? -1 : 1).map((line) => `${line}\n`).join("");
}
function networkOf(remote) {
	if (!remote) return {};
	return {
		config: [
			[`remote.${REMOTE}.url`, remote.url],
			[`remote.${REMOTE}.pushurl`, remote.pushUrl],
			...remote.credentials.map(([key, value]) => [key, value])
		],
		protocols: remote.protocols
	};
}
function noRemote({ root, remote }) {
	const fail = () => Promise.reject(new VersionControlError(`The repository in ${root} has no remote "${remote}", and Seamless asks it where branches are. Add one: git remote add ${remote} <address>.`));
	return Object.assign(fail, { answer: fail });
}
async function fetchCommit(network, commit, isCut) {
	await network([
		"fetch",
		"--quiet",
		"--no-tags",
		"--no-write-fetch-head",
		...isCut ? ["--depth=1"] : [],
		"--end-of-options",
		REMOTE,
		commit
	]);
}
function unknownCommit(commit, remote, cause) {
	const why = cause instanceof Error ? ` ${cause.message}` : "";
	return new RevisionUnknown(commit, `No commit ${commit} is here or at the remote "${remote}".${why}`, { cause });
}
async function readLines(file) {
	if (!existsSync(file)) return /* @__PURE__ */ new Set();
	return new Set((await readFile(file, "utf8")).split("\n").filter((line) => line !== ""));
}
async function replaceFile(file, text) {
	const temporary = `${file}.${randomUUID()}.new`;
	await writeFile(temporary, text);
	await rename(temporary, file);
}

// src/adapters/git-resolve.ts
async function resolveRevision(store, revision) {
	const id = await idOf(store, revision);
	await store.ensure(id);
	return readCommit(store.git, id);
}
function isCommitId(text) {
	return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
function assertCommitId(id) {
	if (isCommitId(id)) return;
	throw new RevisionUnknown(id, `${JSON.stringify(id)} is not a full commit id (40 or 64 lower-case hex digits).`);
}
async function assertRefName(git, name) {
	const isPlain = name !== "" && !name.startsWith("-") && !/[\u0000-\u0020\u007F]/.test(name);
	const ref = name.startsWith("refs/") ? name : `refs/heads/${name}`;
	if (isPlain && await git.answer(["check-ref-format", ref]) !== void 0) return;
	throw new RevisionUnknown(name, `${JSON.stringify(name)} is no name that git allows for a branch or tag. Give a branch, a tag, or a full commit id.`);
}
async function readCommits(git, range, limit) {
	const fields = (await git([
		"log",
		"-z",
		"--format=%H%x00%an <%ae>%x00%ct%x00%s",
		`--max-count=${limit}`,
		"--end-of-options",
		range,
		"--"
	])).split("\0");
	return Array.from({ length: Math.floor(fields.length / 4) }, (_, index) => {
		const [id = "", author = "", seconds = "0", subject = ""] = fields.slice(index * 4, index * 4 + 4);
		return {
			id,
			subject,
			author,
			atMs: Number(seconds) * 1e3
		};
	});
}
async function readCommit(git, id) {
	const [commit] = await readCommits(git, id, 1);
	if (!commit) throw new VersionControlError(`git shows nothing of commit ${id}: the repository is broken (git fsck).`);
	return commit;
}
async function idOf(store, revision) {
	if (revision === "HEAD") return store.userHead();
	if (isCommitId(revision)) return revision;
	await assertRefName(store.git, revision);
	const found = await askRemote(store, revision);
	const [first] = found;
	if (first === void 0) throw unknownName(revision);
	if (found.length > 1) throw new RevisionUnknown(revision, `${JSON.stringify(revision)} is a branch and a tag of the remote. Say refs/heads/${revision} or refs/tags/${revision}.`);
	return first;
}
async function askRemote({ network }, name) {
	const refs = name.startsWith("refs/") ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
	const ids = await remoteIds(network, refs.flatMap((ref) => [ref, `${ref}^{}`]));
	return refs.flatMap((ref) => ids.get(`${ref}^{}`) ?? ids.get(ref) ?? []);
}
async function remoteIds(network, refs) {
	const found = (await network([
		"ls-remote",
		"--quiet",
		"--end-of-options",
		REMOTE,
		...refs
	])).split("\n").flatMap((line) => {
		const [id = "", ref = ""] = line.split("	");
		return refs.includes(ref) && isCommitId(id) ? [[ref, id]] : [];
	});
	return new Map(found);
}
function unknownName(revision) {
	const hint = /^[0-9a-f]{4,63}$/i.test(revision) ? " A commit is named by its full id of 40 or 64 lower-case digits." : "";
	return new RevisionUnknown(revision, `The remote has no branch and no tag ${JSON.stringify(revision)}.${hint}`);
}

// src/adapters/git-difference.ts
const COMMITS_MAX = 250;
async function codeDifference(store, from, to) {
	for (const commit of [from, to]) {
		assertCommitId(commit);
		await store.ensure(commit);
	}
	const ids = await historyBetween(store, from, to);
	const commits = ids.length === 0 ? [] : await readCommits(store.git, `${from}..${to}`, COMMITS_MAX);
	return {
		commits,
		more: ids.length - commits.length,
		files: await changedFiles(store, from, to)
	};
}
const DEEPENINGS = [
	"--deepen=50",
	"--deepen=500",
	"--unshallow"
];
async function historyBetween(store, from, to) {
	const fetch = [
		"fetch",
		"--quiet",
		"--no-tags",
		"--no-write-fetch-head"
	];
	for (const deepening of DEEPENINGS) {
		const ids = await idsBetween(store, from, to);
		const boundary = await store.boundary();
		if (!ids.some((id) => boundary.has(id))) return ids;
		await store.network([
			...fetch,
			deepening,
			"--end-of-options",
			REMOTE,
			to,
			from
		]);
	}
	return idsBetween(store, from, to);
}
async function idsBetween({ git }, from, to) {
	return (await git([
		"rev-list",
		"--end-of-options",
		`${from}..${to}`,
		"--"
	])).split("\n").filter((line) => line !== "");
}
async function changedFiles({ git }, from, to) {
	return (await git([
		"diff-tree",
		"-r",
		"--numstat",
		"-z",
		...[
			"--no-ext-diff",
			"--no-textconv",
			"--no-renames",
			"--ignore-submodules=none"
		],
		"--end-of-options",
		from,
		to,
		"--"
	])).split("\0").flatMap((entry) => {
		const [, added, removed, path] = /^(\d+|-)\t(\d+|-)\t([^]+)$/.exec(entry) ?? [];
		return path === void 0 ? [] : [{
			path,
			added: Number(added) || 0,
			removed: Number(removed) || 0
		}];
	});
}

// src/adapters/git-publish.ts
async function publishWorktree(store, worktree, publication) {
	const { branch } = publication;
	await assertRefName(store.git, branch);
	const person = personOf(publication.author);
	const git = store.worktreeGit(nameOf(worktree), worktree.path);
	const tree = await treeOf(git);
	if (tree === await baseTree(git, worktree.commit)) return { kind: "unchanged" };
	const found = await sameAtRemote(store, branch, {
		tree,
		parent: worktree.commit
	});
	if (found !== void 0) return {
		kind: "found",
		commit: found
	};
	return push(store, branch, {
		commit: await commitTree(git, {
			tree,
			parent: worktree.commit,
			message: publication.message,
			person
		}),
		tree,
		parent: worktree.commit
	});
}
function nameOf({ path }) {
	return path.slice(path.lastIndexOf("/") + 1);
}
function personOf(author) {
	const match = /^([^<>\u0000-\u001F]+) <([^<>\s\u0000-\u001F]+)>$/.exec(author.trim());
	if (match?.[1] && match[2]) return {
		name: match[1].trim(),
		email: match[2]
	};
	throw new UsageError(`The author ${JSON.stringify(author)} is not of the form "Name <email>". Correct upgrade.author.`);
}
async function treeOf(git) {
	await git([
		"add",
		"--all",
		"--",
		"."
	]);
	const nested = (await git([
		"ls-files",
		"--stage",
		"-z"
	])).split("\0").find((entry) => entry.startsWith("160000 "));
	const tree = (await git(["write-tree"])).trim();
	if (nested === void 0 || await isInHead(git, nested)) return tree;
	throw new VersionControlError(`The change has a git repository of its own at ${JSON.stringify(nested.slice(nested.indexOf("	") + 1))}, whose files would be lost. Remove its .git or ignore it.`);
}
async function isInHead(git, entry) {
	return (await git([
		"ls-tree",
		"--full-tree",
		"-z",
		"HEAD",
		"--",
		entry.slice(entry.indexOf("	") + 1)
	])).startsWith("160000 ");
}
async function baseTree(git, commit) {
	return (await git([
		"rev-parse",
		"--verify",
		"--end-of-options",
		`${commit}^{tree}`
	])).trim();
}
async function sameAtRemote(store, branch, content) {
	const ref = `refs/heads/${branch}`;
	const id = (await remoteIds(store.network, [ref])).get(ref);
	if (id === void 0) return void 0;
	await store.ensure(id);
	const head = (await store.git([
		"cat-file",
		"commit",
		id
	])).split("\n\n", 1)[0]?.split("\n") ?? [];
	const parents = head.filter((line) => line.startsWith("parent ")).map((line) => line.slice(7));
	if (head[0] === `tree ${content.tree}` && parents.length === 1 && parents[0] === content.parent) return id;
	throw new BranchTaken(branch, `The remote already has a branch ${JSON.stringify(branch)} with other content (${id}), and Seamless never overwrites one. Delete that branch, or merge it, or give upgrade.branch another name (for example with {version} in it).`);
}
async function commitTree(git, { tree, parent, message, person }) {
	const env = {
		GIT_AUTHOR_NAME: person.name,
		GIT_AUTHOR_EMAIL: person.email,
		GIT_COMMITTER_NAME: person.name,
		GIT_COMMITTER_EMAIL: person.email
	};
	return (await git([
		"commit-tree",
		tree,
		"-p",
		parent,
		"-F",
		"-"
	], {
		env,
		input: `${message.trimEnd()}\n`
	})).trim();
}
async function push(store, branch, made) {
	const ref = `refs/heads/${branch}`;
	const args = [
		"push",
		"--quiet",
		"--no-verify",
		`--force-with-lease=${ref}:`,
		"--end-of-options",
		REMOTE,
		`${made.commit}:${ref}`
	];
	try {
		await store.network(args);
	} catch (error) {
		const there = await sameAtRemote(store, branch, made);
		if (there === void 0) throw error;
		return {
			kind: there === made.commit ? "pushed" : "found",
			commit: there
		};
	}
	return {
		kind: "pushed",
		commit: made.commit
	};
}

// src/adapters/git-worktree.ts
async function checkOut(store, commit) {
	assertCommitId(commit);
	await store.ensure(commit);
	await refuseLinksOutside(store.git, commit);
	const name = await claimName(store, commit);
	const path = join(store.state, "work", name);
	try {
		await register(store, {
			name,
			path,
			commit
		});
		await store.worktreeGit(name, path)([
			"reset",
			"--hard",
			"--quiet"
		]);
	} catch (error) {
		await removeWorktree(store, name);
		throw error;
	}
	return {
		path,
		commit,
		head: async () => (await store.worktreeGit(name, path)([
			"rev-parse",
			"--verify",
			"HEAD^{commit}"
		])).trim(),
		read: (file) => readWithin(path, file),
		remove: () => removeWorktree(store, name)
	};
}
async function register({ gitDirectory }, { name, path, commit }) {
	const registered = registration(gitDirectory, name);
	const prepared = join(gitDirectory, `${name}.new`);
	await rm(prepared, {
		recursive: true,
		force: true
	});
	await mkdir(prepared, { recursive: true });
	await writeFile(join(prepared, "HEAD"), `${commit}\n`);
	await writeFile(join(prepared, "commondir"), "../..\n");
	await writeFile(join(prepared, "gitdir"), `${join(path, ".git")}\n`);
	await mkdir(path, { recursive: true });
	await writeFile(join(path, ".git"), `gitdir: ${registered}\n`);
	await mkdir(dirname(registered), { recursive: true });
	await rename(prepared, registered);
}
function registration(gitDirectory, name) {
	return join(gitDirectory, "worktrees", name);
}
async function pruneWorktrees(store) {
	const work = join(store.state, "work");
	const owned = (await readdir(work).catch(() => [])).filter((name) => name.endsWith(OWNER));
	const removed = [];
	for (const owner of owned) {
		const pid = Number(await readFile(join(work, owner), "utf8").catch(() => ""));
		if (isAlive(pid)) continue;
		const name = owner.slice(0, -OWNER.length);
		await removeWorktree(store, name);
		removed.push(name);
	}
	return removed;
}
const OWNER = ".pid";
const NAMES_MAX = 1e3;
async function claimName(store, commit) {
	const work = join(store.state, "work");
	await mkdir(work, { recursive: true });
	for (let n = 1; n <= NAMES_MAX; n++) {
		const name = `${commit.slice(0, 12)}-${n}`;
		if (await writeFile(join(work, name + OWNER), String(process.pid), { flag: "wx" }).then(() => true, () => false)) {
			await remains(store, name);
			return name;
		}
	}
	throw new Error(`${work} has ${NAMES_MAX} worktrees of ${commit}. Remove the folder.`);
}
async function removeWorktree(store, name) {
	await remains(store, name);
	await rm(join(store.state, "work", name + OWNER), { force: true });
}
async function remains({ state, gitDirectory }, name) {
	await rm(join(state, "work", name), {
		recursive: true,
		force: true,
		maxRetries: 3
	});
	const discarded = join(gitDirectory, `${name}.old`);
	await rename(registration(gitDirectory, name), discarded).catch(() => void 0);
	await rm(discarded, {
		recursive: true,
		force: true
	});
}
async function readWithin(folder, path) {
	const target = resolve(folder, path);
	if (target === folder || !isBelow(folder, target)) throw new UsageError(`${JSON.stringify(path)} leads out of the checkout.`);
	if (!(await stat(target).catch(() => void 0))?.isFile()) return void 0;
	return readFile(await pathInside(folder, path), "utf8");
}

// src/adapters/git.ts
function gitVersionControl(options) {
	if (!isAbsolute(options.root)) throw new UsageError(`${options.root} is not an absolute path.`);
	let opened;
	const open = () => opened ??= openAndTidy(options);
	return {
		resolve: async (revision) => resolveRevision(await open(), revision),
		checkout: async (commit) => checkOut(await open(), commit),
		publish: async (worktree, publication) => publishWorktree(await open(), worktree, publication),
		difference: async (from, to) => codeDifference(await open(), from, to),
		read: async (commit, path) => readText(await open(), commit, path)
	};
}
async function openAndTidy({ log, signal = new AbortController().signal, ...options }) {
	const store = await openGitStore({
		...options,
		signal
	});
	const removed = await pruneWorktrees(store);
	if (removed.length > 0) log.info(`Removed what an earlier run left behind: ${removed.join(", ")}.`);
	return store;
}
async function readText(store, commit, path) {
	assertCommitId(commit);
	if (path === "" || path.startsWith("/") || path.includes("\0") || path.split("/").includes("..")) throw new UsageError(`${JSON.stringify(path)} is no path of a file within the repository.`);
	await store.ensure(commit);
	const listed = await store.git([
		"ls-tree",
		"-z",
		"--full-tree",
		"--end-of-options",
		commit,
		"--",
		path
	]);
	const [, id, found] = /^100\d{3} blob ([0-9a-f]+)\t([^]+?)\0$/.exec(listed) ?? [];
	return id === void 0 || found !== path ? void 0 : store.git([
		"cat-file",
		"blob",
		id
	]);
}

// src/adapters/marked-journal.ts
function markedJournal(journal, open, log) {
	return {
		...journal,
		async append(events) {
			await journal.append(events);
			const environments = events.flatMap((event) => event.type === "deployment_begun" || event.type === "environment_ended" ? [event.environment] : []);
			if (environments.length === 0) return;
			const all = await journal.read();
			await put([...new Set(environments)].flatMap((environment) => markOf(environment, all) ?? []), open, log);
		}
	};
}
async function put(marks, open, log) {
	try {
		for (const annotations of await open()) for (const mark of marks) await annotations.put(mark);
	} catch (error) {
		if (!(error instanceof GrafanaFault || error instanceof UsageError)) throw error;
		log.warning(`The deployment is not marked in Grafana: ${error.message}`);
	}
}
function markOf(environment, events) {
	const begun = lastOf(events, "deployment_begun", (event) => event.environment === environment);
	const started = lastOf(events, "started", () => true);
	if (begun === void 0 || started === void 0) return void 0;
	const candidate = lastOf(events, "candidate_known", () => true)?.candidate.name ?? started.candidate?.name ?? "a version";
	const ended = lastOf(events, "environment_ended", (event) => event.environment === environment && event.atMs >= begun.atMs);
	const from = begun.previous === void 0 ? "" : ` from ${begun.previous.name}`;
	const what = started.operation === "rollback" ? "back" : `to ${candidate}`;
	const outcome = ended === void 0 ? "" : `: ${ended.message}`;
	return {
		tags: [
			"seamless",
			`repository:${started.repository}`,
			`environment:${environment}`,
			`deployment:${begun.deployment}`
		],
		text: `${environment} ${what}${from}${outcome}`.replaceAll("&", "&amp;").replaceAll("<", "&lt;"),
		startMs: begun.atMs,
		...ended === void 0 ? {} : { endMs: ended.atMs }
	};
}
function lastOf(events, type, isMeant) {
	return events.findLast((event) => event.type === type && isMeant(event));
}

// src/config/source-access.ts
function readAccess(variable, environment) {
	const given = (what) => environment[variable(what)] || void 0;
	const refused = (what, why) => ({
		ok: false,
		variable: variable(what),
		message: `${variable(what)} ${why}`
	});
	const [token, user, password] = [
		given("TOKEN"),
		given("USER"),
		given("PASSWORD")
	];
	if (token !== void 0 && !/^[\u0021-\u007E]+$/.test(token)) return refused("TOKEN", "holds a character that no HTTP header can carry: a space or a line break at its end?");
	if (token !== void 0 && user !== void 0) return refused("USER", `is set beside ${variable("TOKEN")}: a source is let in by one of the two.`);
	if (user === void 0 && password !== void 0) return refused("USER", `is not set, but ${variable("PASSWORD")} is: a password needs its user.`);
	if (user !== void 0 && password === void 0) return refused("PASSWORD", `is not set, but ${variable("USER")} is: a user needs its password.`);
	if (user?.includes(":") === true) return refused("USER", "holds a \":\", which no user of basic authentication has.");
	const headers = readHeaders(given("HEADERS") ?? "");
	if (typeof headers === "string") return refused("HEADERS", headers);
	const [ca, cert, key] = [
		given("CA_FILE"),
		given("CERT_FILE"),
		given("KEY_FILE")
	];
	if (key !== void 0 && cert === void 0) return refused("CERT_FILE", `is not set, but ${variable("KEY_FILE")} is: a key needs its certificate.`);
	if (cert !== void 0 && key === void 0) return refused("KEY_FILE", `is not set, but ${variable("CERT_FILE")} is: a certificate needs its key.`);
	const client = cert === void 0 || key === void 0 ? {} : { client: {
		cert,
		key
	} };
	return {
		ok: true,
		access: {
			...token === void 0 ? {} : { token },
			...user === void 0 || password === void 0 ? {} : { basic: {
				user,
				password
			} },
			...Object.keys(headers).length === 0 ? {} : { headers },
			...ca === void 0 && cert === void 0 ? {} : { tls: {
				...ca === void 0 ? {} : { ca },
				...client
			} }
		}
	};
}
const OURS = /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|accept.*|user-agent)$/i;
const SECRET = /auth|cookie|token|secret|passw|key|credential|session/i;
function readHeaders(text) {
	const headers = {};
	for (const line of text.split(/\r?\n/).filter((line) => line.trim() !== "")) {
		const [, name = "", value = ""] = /^\s*([\w!#$%&'*+.^`|~-]+):\s*(.*?)\s*$/.exec(line) ?? [];
		if (name === "" || !/^[\u0020-\u007E]+$/.test(value)) return "holds a line that is no header: write one a line, such as X-Scope-OrgID: shop";
		if (OURS.test(name)) return `holds ${name}, which Seamless sets itself: leave it out.`;
		if (SECRET.test(name)) return `holds ${name}, which sounds like a credential, and headers are not masked in logs: use the token, or user and password.`;
		headers[name] = value;
	}
	return headers;
}

// src/config/source-binding.ts
function bindSource(name, config, environment) {
	const variable = sourceVariable(name, "URL");
	const texts = (environment[variable] ?? "").split(/\s+/).filter((text) => text !== "");
	const [first, ...rest] = texts;
	if (first === void 0) return unset(name, variable, config);
	for (const text of texts) {
		const why = refusal(text, config);
		if (why !== void 0) return {
			ok: false,
			variable,
			message: `${variable} ${why}`
		};
	}
	if (config.type !== "scrape" && rest.length > 0) return {
		ok: false,
		variable,
		message: `${variable} holds ${texts.length} URLs; a ${config.type} source has one.`
	};
	const read = readAccess((what) => sourceVariable(name, what), environment);
	if (!read.ok) return read;
	const { access } = read;
	if (config.type === "probe") return boundProbe(first, {
		name,
		environment,
		access
	});
	return bound({
		name,
		config,
		urls: [first, ...rest],
		access
	});
}
function sourceVariable(name, what) {
	return `SEAMLESS_SOURCE_${name.toUpperCase().replaceAll("-", "_")}_${what}`;
}
const PLACE = {
	prometheus: "where its Prometheus answers, such as https://prometheus.example.org",
	scrape: "its metrics pages, separated by spaces, such as http://10.0.0.7:9100/metrics",
	probe: "where the service answers, such as https://www.example.org",
	grafana: "where its Grafana answers, such as https://grafana.example.org"
};
function unset(name, variable, { type }) {
	return {
		ok: false,
		variable,
		message: `The source "${name}" has no place: set ${variable} to ${PLACE[type]}.`
	};
}
function refusal(text, { type }) {
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url === void 0) return `holds no URL: set it to ${PLACE[type]}.`;
	if (url.protocol !== "http:" && url.protocol !== "https:" && !(type === "probe" && url.protocol === "tcp:")) return `holds a URL of ${url.protocol}; only ${type === "probe" ? "http:, https: and tcp:" : "http: and https:"} are read.`;
	if (url.username !== "" || url.password !== "") return "holds a user or a password, which would show up in logs: leave them out and use the variables for them.";
	if (url.hash !== "") return "holds a URL with a fragment (#…): leave it out.";
	if (type !== "scrape" && url.search !== "") return "holds a URL with a query (?…): leave it out.";
}
function boundProbe(url, { name, environment, access: { tls, ...credentials } }) {
	const set = tls?.client === void 0 ? Object.keys(credentials)[0] : "client";
	if (set !== void 0) {
		const what = CREDENTIALS[set];
		return refused(name, what, `is set, but a probe sends no ${what === "TOKEN" ? "token" : "credentials and no headers"}, as a user does: unset it.`);
	}
	const allow = (environment[sourceVariable(name, "ALLOW")] ?? "").split(/[\s,]+/).filter((text) => text !== "");
	if (!allow.every(isNetwork)) return refused(name, "ALLOW", "holds what is no address and no network, such as 10.1.2.3 or 10.0.0.0/8.");
	return {
		ok: true,
		source: {
			type: "probe",
			name,
			url,
			...tls === void 0 ? {} : { tls },
			...allow.length === 0 ? {} : { allow }
		}
	};
}
function refused(name, what, why) {
	const variable = sourceVariable(name, what);
	return {
		ok: false,
		variable,
		message: `${variable} ${why}`
	};
}
function isNetwork(text) {
	const [, address = "", prefix = "0"] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
	const family = isIP(address);
	return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128);
}
const CREDENTIALS = {
	token: "TOKEN",
	basic: "USER",
	headers: "HEADERS",
	client: "CERT_FILE"
};
function bound({ name, config, urls, access }) {
	switch (config.type) {
		case "prometheus": {
			const { tolerateWarnings, ...rest } = config;
			const warnings = tolerateWarnings === void 0 ? {} : { tolerateWarnings };
			return {
				ok: true,
				source: {
					...rest,
					...warnings,
					name,
					url: urls[0],
					...access
				}
			};
		}
		case "scrape": return {
			ok: true,
			source: {
				...config,
				name,
				urls,
				...access
			}
		};
		case "grafana": return {
			ok: true,
			source: {
				...config,
				name,
				url: urls[0],
				...access
			}
		};
		default: return config;
	}
}

// src/adapters/tls-files.ts
async function readTlsFiles(source, files) {
	const { ca, client } = files;
	const material = {
		...ca === void 0 ? {} : { ca: await readPem(source, ca, "CERTIFICATE") },
		...client === void 0 ? {} : {
			cert: await readPem(source, client.cert, "CERTIFICATE"),
			key: await readPem(source, client.key, "PRIVATE KEY")
		}
	};
	try {
		createSecureContext(material);
	} catch (error) {
		throw new UsageError(`source ${source}: ${misfit(error, files)}`, { cause: error });
	}
	return material;
}
async function readPem(source, path, what) {
	const text = await readFile(path, "utf8").catch((error) => {
		const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
		throw new UsageError(`source ${source}: ${path} cannot be read (${code}).`, { cause: error });
	});
	if (what === "CERTIFICATE" ? isCertificate(text) : text.includes(`${what}-----`)) return text;
	throw new UsageError(`source ${source}: ${path} holds no PEM text of ${what === "CERTIFICATE" ? "a certificate" : "a private key"}.`);
}
function isCertificate(text) {
	try {
		return new X509Certificate(text).fingerprint256 !== "";
	} catch {
		return false;
	}
}
function misfit(error, { ca, client }) {
	const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
	if (client === void 0) return `${ca} cannot be used (${code}).`;
	if (code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH") return `${client.key} is not the key of ${client.cert}.`;
	return `one of ${[
		client.cert,
		client.key,
		...ca === void 0 ? [] : [ca]
	].join(", ")} cannot be used (${code}); a key must not have a passphrase.`;
}

// src/adapters/registry.ts
function openAdapters({ config, shell, artifacts, clock, github }) {
	return {
		async builder(step) {
			if ("docker" in step) {
				const { dockerBuilder } = await import("./docker.js");
				return dockerBuilder(step, {
					...shell,
					clock
				});
			}
			const { runBuilder } = await import("./run-build.js");
			return runBuilder(step, {
				...shell,
				artifacts
			});
		},
		async testRunner(step) {
			if (step.adapter === "openapi") {
				const { openapiTestRunner } = await import("./openapi2.js");
				return openapiTestRunner(step);
			}
			if (step.adapter === "jenkins" || step.adapter === "travis" || step.adapter === "workflow") return openRemoteTests(step, {
				...shell,
				clock,
				...github && { github }
			});
			const { runTestRunner } = await import("./run-tests.js");
			return runTestRunner({
				...step,
				run: step.adapter === "previous" ? step.previous : step.run
			}, shell);
		},
		async deployer({ deploy }) {
			switch (deploy.adapter) {
				case "run": {
					const { runDeployer } = await import("./run-deploy.js");
					return runDeployer(deploy.run, shell);
				}
				case "kubernetes": {
					const { kubernetesDeployer } = await import("./kubernetes-deploy.js");
					return kubernetesDeployer(deploy.kubernetes, {
						...shell,
						clock
					});
				}
				case "ansible": {
					const { ansibleDeployer } = await import("./ansible-deploy.js");
					return ansibleDeployer(deploy.ansible, shell);
				}
			}
		},
		async traffic(environment) {
			const { runTraffic } = await import("./run-traffic.js");
			if (environment.traffic === void 0) throw new UsageError("The environment has no traffic section.");
			return runTraffic(environment.traffic, shell);
		},
		source: (name) => openSource(name, config, shell.environment, clock)
	};
}
async function openRemoteTests(step, shell) {
	switch (step.adapter) {
		case "jenkins": {
			const { jenkinsTestRunner } = await import("./jenkins.js");
			return jenkinsTestRunner(step, shell);
		}
		case "travis": {
			const { travisTestRunner } = await import("./travis.js");
			return travisTestRunner(step, shell);
		}
		case "workflow": {
			const { workflowTestRunner } = await import("./workflow-tests.js");
			return workflowTestRunner(step, shell);
		}
	}
}
async function openAnnotations({ sources }, environment) {
	const { grafanaAnnotations } = await import("./grafana-annotations.js");
	const opened = Object.entries(sources).map(async ([name, source]) => {
		if (source.type !== "grafana" || !source.annotate) return [];
		const binding = bindSource(name, source, environment);
		if (!binding.ok) throw new UsageError(binding.message);
		if (binding.source.type !== "grafana") return [];
		const { tls: files, ...bound } = binding.source;
		const tls = files === void 0 ? {} : { tls: await readTlsFiles(name, files) };
		return [grafanaAnnotations({
			...bound,
			...tls
		})];
	});
	return (await Promise.all(opened)).flat();
}
async function openSource(name, { sources }, environment, clock) {
	const source = sources[name];
	if (source === void 0) throw new UsageError(`The config has no source ${JSON.stringify(name)}.`);
	const binding = bindSource(name, source, environment);
	if (!binding.ok) throw new UsageError(binding.message);
	const { tls: files, ...bound } = binding.source;
	const tls = files === void 0 ? {} : { tls: await readTlsFiles(name, files) };
	switch (bound.type) {
		case "prometheus": {
			const { prometheusSource } = await import("./prometheus.js");
			return prometheusSource({
				...bound,
				...tls,
				clock
			});
		}
		case "scrape": {
			const { scrapeSource } = await import("./scrape.js");
			return scrapeSource({
				...bound,
				...tls,
				clock
			});
		}
		case "grafana": {
			const { grafanaSource } = await import("./grafana.js");
			return grafanaSource({
				...bound,
				...tls
			});
		}
		case "probe": {
			const { probeSource } = await import("./probe.js");
			return probeSource({
				...bound,
				...tls,
				clock
			});
		}
	}
}

// src/adapters/process-group.ts
const LOOK_MS = 15;
const KILL_WAIT_MS = 2e3;
async function endGroup(group, graceMs) {
	if (!isGroupAlive(group)) return;
	signalGroup(group, "SIGTERM");
	if (await isGone(group, graceMs)) return;
	signalGroup(group, "SIGKILL");
	await isGone(group, KILL_WAIT_MS);
}
function signalGroup(group, signal) {
	try {
		process.kill(-group, signal);
	} catch {}
}
async function isGone(group, withinMs) {
	const until = performance.now() + withinMs;
	while (isGroupAlive(group)) {
		if (performance.now() >= until) return false;
		await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
	}
	return true;
}
function isGroupAlive(group) {
	try {
		process.kill(-group, 0);
	} catch (error) {
		return error.code === "EPERM";
	}
	return process.platform !== "linux" || hasLivingMember(group);
}
function hasLivingMember(group) {
	return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).some((pid) => {
		const [state, , groupOf] = statusFields(pid);
		return groupOf === String(group) && state !== "Z" && state !== "X";
	});
}
function statusFields(pid) {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	} catch {
		return [];
	}
}

// src/adapters/run-process.ts
const GRACE_MS = 5e3;
const DRAIN_MS = 300;
function processRunner({ mask, graceMs = GRACE_MS }) {
	const groups = /* @__PURE__ */ new Set();
	let running = 0;
	const endAll = () => groups.forEach((group) => signalGroup(group, "SIGKILL"));
	return async (command) => {
		if (running++ === 0) process.on("exit", endAll);
		try {
			return await runCommand(command, {
				mask: mask.with(command.secrets ?? []),
				graceMs,
				groups
			});
		} finally {
			if (--running === 0) process.off("exit", endAll);
		}
	};
}
async function runCommand(command, runner) {
	const tail = outputTail();
	const failed = (stop, stdout = captured(0)) => failedEnd(command, stop, {
		mask: runner.mask,
		tail,
		stdout
	});
	if (command.signal.aborted) return failed({ why: "cancelled" });
	let child;
	try {
		child = start(command);
		await once(child, "spawn");
	} catch (error) {
		return failed({
			why: "spawn",
			cause: error
		});
	}
	const group = child.pid ?? 0;
	runner.groups.add(group);
	try {
		const stdout = captured(command.captureBytes ?? 0, command.isCaptureRaw ? void 0 : runner.mask);
		const closed = readOutput(child, {
			command,
			mask: runner.mask,
			tail,
			stdout
		});
		const stop = await untilStopped(child, command, (pid) => endGroup(pid, runner.graceMs));
		if (stop.why !== "done" || command.background !== "keep") await endGroup(group, runner.graceMs);
		await drain(child, closed);
		if (stop.why !== "done") return failed(stop, stdout);
		return {
			kind: "done",
			stdout: stdout.text(),
			truncated: stdout.truncated(),
			output: tail.text()
		};
	} finally {
		runner.groups.delete(group);
	}
}
function start(command) {
	const child = spawn(command.file, [...command.args], {
		cwd: command.directory,
		env: { ...command.environment },
		detached: true,
		stdio: [
			command.input === void 0 ? "ignore" : "pipe",
			"pipe",
			"pipe"
		]
	});
	child.stdin?.on("error", () => void 0).end(command.input);
	return child;
}
function readOutput(child, { command, mask, tail, stdout }) {
	const onLine = (line) => {
		tail.add(line);
		command.onLine?.(line);
	};
	child.stdout.on("data", (bytes) => stdout.add(bytes));
	for (const stream of [child.stdout, child.stderr]) {
		const reader = lineReader(mask, onLine);
		const decoder = new TextDecoder();
		stream.on("data", (bytes) => reader.write(decoder.decode(bytes, { stream: true })));
		stream.once("close", () => {
			reader.write(decoder.decode());
			reader.end();
		});
	}
	return once(child, "close");
}
async function untilStopped(child, { signal, timeoutMs }, end) {
	const exited = once(child, "exit");
	let stopped;
	const stop = (reason) => {
		stopped ??= reason;
		end(child.pid ?? 0);
	};
	const onAbort = () => stop({ why: "cancelled" });
	const timer = setTimeout(() => stop({
		why: "timeout",
		timeoutMs
	}), timeoutMs);
	signal.addEventListener("abort", onAbort, { once: true });
	if (signal.aborted) onAbort();
	const [code, killedBy] = await exited;
	clearTimeout(timer);
	signal.removeEventListener("abort", onAbort);
	if (stopped) return stopped;
	if (killedBy) return {
		why: "signal",
		signal: killedBy
	};
	return code === 0 ? { why: "done" } : {
		why: "exit",
		code: code ?? -1
	};
}
async function drain(child, closed) {
	let timer;
	const tooLong = new Promise((resolve) => timer = setTimeout(resolve, DRAIN_MS));
	await Promise.race([closed, tooLong]);
	clearTimeout(timer);
	if (child.stdout.closed && child.stderr.closed) return;
	child.stdout.destroy();
	child.stderr.destroy();
	await closed;
}
function captured(limit, mask) {
	const chunks = [];
	let room = limit;
	let truncated = false;
	return {
		add: (bytes) => {
			truncated ||= bytes.length > room;
			if (room > 0) chunks.push(bytes.subarray(0, room));
			room -= Math.min(room, bytes.length);
		},
		text: () => {
			const text = Buffer.concat(chunks).toString("utf8");
			return mask ? mask.text(text) : text;
		},
		truncated: () => truncated
	};
}
function failedEnd(command, stop, { mask, tail, stdout }) {
	const output = tail.text();
	const message = mask.text(failureMessage(command, stop, output));
	return {
		kind: "failed",
		failure: {
			why: stop.why === "done" ? "exit" : stop.why,
			message,
			output
		},
		...stop.why === "exit" ? { exitCode: stop.code } : {},
		stdout: stdout.text(),
		truncated: stdout.truncated(),
		output
	};
}

// src/adapters/version-control-at.ts
function versionControlAt(folder) {
	for (let at = resolve(folder);; at = dirname(at)) {
		if (existsSync(join(at, ".git"))) return "git";
		if (existsSync(join(at, ".svn"))) return "svn";
		if (dirname(at) === at) return "git";
	}
}

// src/config/declared-secrets.ts
function declaredSecrets({ build, test, environments }) {
	const deploys = Object.values(environments).map(({ deploy }) => deployStep(deploy).secrets);
	const traffics = Object.values(environments).map(({ traffic }) => traffic?.secrets ?? []);
	const steps = [...build, ...test].map((step) => "secrets" in step ? step.secrets : []);
	return [...new Set([
		...steps,
		...deploys,
		...traffics
	].flat())];
}

// src/composition.ts
async function openRepository(surroundings) {
	const { environment, signal, github, folder } = surroundings;
	const mask = maskFor(surroundings, []);
	const run = processRunner({ mask });
	const log = surroundings.log(mask);
	if (versionControlAt(folder) === "svn") return {
		surroundings,
		run,
		log,
		mask,
		...await openSubversion(folder, {
			run,
			environment,
			signal
		}, log)
	};
	const shell = {
		run,
		environment,
		signal,
		remote: "origin",
		token: github?.token
	};
	const repository = await findRepository(folder, shell);
	return {
		surroundings,
		repository,
		run,
		log,
		mask,
		versionControl: gitVersionControl({
			...shell,
			root: repository.root,
			log
		})
	};
}
async function openSubversion(folder, shell, log) {
	const [{ findSvnRepository }, { svnVersionControl }, { svnReverseMerges }] = await Promise.all([
		import("./svn-repository.js"),
		import("./svn.js"),
		import("./svn-take-back.js")
	]);
	const { store, ...repository } = await findSvnRepository(folder, shell);
	return {
		repository,
		versionControl: svnVersionControl(store, log),
		reverseMerges: svnReverseMerges(store)
	};
}
async function composePorts(opened, config) {
	const { surroundings, versionControl, reverseMerges } = opened;
	const { environment, clock } = surroundings;
	const mask = maskFor(surroundings, declaredSecrets(config));
	const log = surroundings.log(mask);
	const state = await stateFolder(surroundings.folder);
	const artifacts = fileArtifacts(join(state, "artifacts"));
	const shell = {
		environment,
		log,
		run: processRunner({ mask })
	};
	return {
		versionControl,
		...reverseMerges && { reverseMerges },
		...await composeRecord(opened, {
			log,
			state
		}, config),
		adapters: openAdapters({
			config,
			shell,
			artifacts,
			clock,
			...surroundings.github && { github: async (signal) => openGitHubOf({
				surroundings: {
					...surroundings,
					signal
				},
				log
			}) }
		}),
		artifacts,
		journal: markedJournal(fileJournal(join(state, "journal.jsonl")), () => openAnnotations(config, environment), log),
		receipts: fileReceipts(state),
		clock,
		log,
		mask: mask.text
	};
}
async function composeRecord({ surroundings, reverseMerges }, { log, state }, config) {
	const { github, signal, clock, environment } = surroundings;
	const repository = reverseMerges === void 0 ? await openGitHubOf({
		surroundings,
		log
	}) : void 0;
	if (github === void 0 || repository === void 0) {
		const { localDeployments } = await import("./local-deployments.js");
		return {
			deployments: localDeployments(join(state, "deployments.json"), {
				clock,
				signal
			}),
			appWatches: false
		};
	}
	const [{ githubDeployments }, { githubPullRequests }, { refRecords }] = await Promise.all([
		import("./deployments2.js"),
		import("./pull-requests2.js"),
		import("./ref-records.js")
	]);
	const appWatches = config.driver === "app";
	return {
		deployments: githubDeployments(repository, {
			...github,
			...appWatches && { reporterId: actionsAppId(environment) }
		}),
		pullRequests: githubPullRequests(repository),
		records: refRecords(repository),
		appWatches
	};
}
async function openDeploymentsOf(opened) {
	const { github } = opened.surroundings;
	const repository = await openGitHubOf(opened);
	if (github === void 0 || repository === void 0) throw new Error("There is no token for GitHub.");
	const { githubDeployments } = await import("./deployments2.js");
	return githubDeployments(repository, github);
}
async function openGitHubOf({ surroundings: { github, clock, signal }, log }) {
	if (github === void 0) return void 0;
	const { openGitHub } = await import("./client2.js");
	return openGitHub(github, {
		clock,
		log,
		signal,
		fetch: globalThis.fetch
	});
}
function checksAppId(environment) {
	return appIdIn(environment, "SEAMLESS_CHECKS_APP_ID");
}
function actionsAppId(environment) {
	return appIdIn(environment, "SEAMLESS_ACTIONS_APP_ID");
}
function appIdIn(environment, name) {
	const said = environment[name];
	if (said === void 0 || said === "") return ACTIONS_APP_ID;
	if (/^[1-9]\d{0,9}$/.test(said)) return Number(said);
	throw new UsageError(`${name} is the number of a GitHub App, not ${JSON.stringify(said)}.`);
}
function missingApp({ surroundings }, { driver }) {
	const { github, environment } = surroundings;
	if (driver !== "app" || github === void 0 || github.appId !== actionsAppId(environment)) return void 0;
	return "driver: app needs the number of your Seamless App, whose verdicts are believed: set SEAMLESS_CHECKS_APP_ID to it (\"App ID\" in its settings), e.g. \"SEAMLESS_CHECKS_APP_ID: ${{ vars.SEAMLESS_APP_ID }}\" under env of the step.";
}
function maskFor({ environment, github }, declared) {
	return maskOf([...secretValues(environment, declared), ...github ? [github.token] : []]);
}

// src/adapters/system-clock.ts
const systemClock = {
	now: Date.now,
	sleep: (ms, signal) => setTimeout$1(ms, void 0, { signal }).catch(() => {
		signal.throwIfAborted();
	})
};

export { openDeploymentsOf as a, declaredSecrets as c, openSource as d, sourceVariable as f, missingApp as i, versionControlAt as l, readReceipt as m, checksAppId as n, openGitHubOf as o, gitCommand as p, composePorts as r, openRepository as s, systemClock as t, processRunner as u };