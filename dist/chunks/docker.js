import { f as UsageError } from "./errors.js";
import { c as looseObject, d as record, l as number, m as tuple, p as string } from "./schemas.js";
import { t as childEnvironment } from "./child-environment.js";
import { n as mayPass, r as withAdvice, t as isAbsent } from "./docker-advice.js";
import { t as assertInside } from "./run-shell.js";
import { t as fillText } from "./template.js";
import { n as pathInside } from "./path-inside.js";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

// src/adapters/docker-command.ts
var DockerFailed = class extends Error {
	name = "DockerFailed";
	failure;
	constructor(failure) {
		super(failure.message);
		this.failure = failure;
	}
};
const PAUSES_MS = [
	1e3,
	3e3,
	9e3
];
async function openDocker(shell, step, context) {
	await assertInside(context);
	const { directory, signal } = context;
	const environment = childEnvironment(shell.environment, {
		...step,
		step: context.step,
		values: context.values
	});
	const secrets = step.secrets.flatMap((name) => environment[name] ?? []);
	const until = shell.clock.now() + step.timeoutMs;
	const run = (args, options = {}) => shell.run({
		file: "docker",
		args,
		title: `${context.step}: docker ${args.join(" ")}`,
		directory,
		environment: {
			...PLAIN,
			...environment,
			...options.environment
		},
		secrets,
		signal,
		timeoutMs: Math.max(1, Math.min(options.timeoutMs ?? Infinity, until - shell.clock.now())),
		captureBytes: options.captureBytes ?? 0,
		...options.isQuiet !== true && { onLine: (line) => shell.log.output(context.step, line) }
	});
	const persist = async (args, options) => {
		for (const pauseMs of PAUSES_MS) {
			const end = await run(args, options);
			if (end.kind === "done" || !mayPass(end.failure)) return end;
			shell.log.warning(`${end.failure.message} Trying again in ${pauseMs / 1e3} s.`);
			await shell.clock.sleep(pauseMs, signal);
		}
		return run(args, options);
	};
	return {
		environment,
		run,
		persist,
		must: async (args, options) => printed(await run(args, options), step.image)
	};
}
function printed(end, image) {
	if (end.kind === "failed") throw new DockerFailed(withAdvice(end.failure, image));
	return end.stdout;
}
const PLAIN = {
	BUILDKIT_PROGRESS: "plain",
	DOCKER_CLI_HINTS: "false",
	DOCKER_SCAN_SUGGEST: "false"
};

// src/adapters/image-build.ts
async function buildImage(docker, build) {
	const temporary = await mkdtemp(join(tmpdir(), "seamless-image-"));
	const idFile = join(temporary, "id");
	try {
		await docker.must([
			"build",
			"--iidfile",
			idFile,
			...argumentsFor(build)
		], { environment: builderFor(build, docker.environment) });
		return (await readFile(idFile, "utf8")).trim();
	} finally {
		await rm(temporary, {
			recursive: true,
			force: true
		});
	}
}
function argumentsFor({ folder, file, target, args, labels, secrets }) {
	return [
		"--file",
		file,
		...target === void 0 ? [] : ["--target", target],
		...args.flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
		...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
		...Object.entries(secrets).flatMap(([id, variable]) => ["--secret", `id=${id},env=${variable}`]),
		folder
	];
}
function builderFor({ secrets }, { DOCKER_BUILDKIT }) {
	const [first] = Object.keys(secrets);
	if (first === void 0) return {};
	if (DOCKER_BUILDKIT === void 0 || !/^(?:0|f|false)$/i.test(DOCKER_BUILDKIT)) return { DOCKER_BUILDKIT: "1" };
	throw new UsageError(`The secret ${JSON.stringify(first)} of the build needs BuildKit, and DOCKER_BUILDKIT=${DOCKER_BUILDKIT} switches it off. Unset it, and install the buildx plugin (docker-buildx-plugin, or docker-buildx of Debian) where docker is 23 or later; or remove "secrets" of the docker section. Build arguments are no place for secrets.`);
}

// src/adapters/image-inspect.ts
const inspected = tuple([looseObject({
	Id: string(),
	Size: number().int().nonnegative(),
	Config: looseObject({ Labels: record(string(), string()).nullish() }).nullish()
})]);
const CONFIG_BYTES = 4194304;
async function inspectImage(docker, reference) {
	const text = await docker.must([
		"image",
		"inspect",
		reference
	], {
		captureBytes: CONFIG_BYTES,
		isQuiet: true
	});
	const read = inspected.safeParse(parsed(text));
	if (!read.success) {
		const message = `"docker image inspect ${reference}" printed what is no description of an image: ${read.error.issues[0]?.message ?? ""}.`;
		throw new DockerFailed({
			why: "report",
			message,
			output: text.slice(0, 2e3)
		});
	}
	const [{ Id, Size, Config }] = read.data;
	return {
		id: Id,
		bytes: Size,
		labels: Config?.Labels ?? {}
	};
}
function parsed(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}

// src/adapters/image-labels.ts
const REVISION = "org.opencontainers.image.revision";
const INPUTS = "seamless.inputs";
function imageLabels(origin) {
	const source = sourceUrl(origin);
	return {
		[REVISION]: origin.commit,
		...origin.version !== void 0 && { "org.opencontainers.image.version": origin.version },
		...source !== void 0 && { "org.opencontainers.image.source": source },
		"org.opencontainers.image.created": new Date(origin.createdMs).toISOString(),
		[INPUTS]: inputsDigest(origin.inputs)
	};
}
function inputsDigest(inputs) {
	return `sha256:${createHash("sha256").update(JSON.stringify(inputs)).digest("hex")}`;
}
function sourceUrl({ repository = "", server = "https://github.com" }) {
	if (/^[\w.-]+\/[\w.-]+$/.test(repository)) return `${server.replace(/\/$/, "")}/${repository}`;
	if (!/^https?:/.test(repository) || !URL.canParse(repository)) return void 0;
	const { origin, pathname } = new URL(repository);
	return `${origin}${pathname}`;
}

// src/adapters/image-reference.ts
const TAG = /^\w[\w.-]{0,127}$/;
function tagsOf(step, templates, version) {
	const tags = templates.map((template) => fillText(template, { version }));
	const bad = tags.find((tag) => !TAG.test(tag));
	if (bad === void 0) return [...new Set(tags)];
	throw new UsageError(`${step}: ${JSON.stringify(bad.slice(0, 200))} cannot be a tag of an image: up to 128 letters, digits, _, . and -, and no . or - at its start. Correct the version that the commit names, or "tags" of the docker section.`);
}
function argumentsOf(step, templates, values) {
	return Object.entries(templates).map(([name, template]) => {
		const value = fillText(template, values);
		if (!/^-|[\s\u0000-\u001F\u007F]/.test(value)) return [name, value];
		throw new UsageError(`${step}: the build argument ${name} would be ${JSON.stringify(value.slice(0, 200))}: one word is expected, with no space or line break and no - at its start. Correct the version that the commit names, or "args" of the docker section.`);
	});
}
function pushedDigest(printed) {
	return /: digest: (sha256:[0-9a-f]{64}) size: \d+\s*$/.exec(printed)?.[1];
}
function pulledDigest(printed) {
	return /^Digest: (sha256:[0-9a-f]{64})\s*$/m.exec(printed)?.[1];
}

// src/adapters/image-find.ts
async function findImage(docker, image, labels) {
	const end = await docker.persist(["pull", `${image}:${labels[REVISION]}`], { captureBytes: 65536 });
	if (end.kind === "failed" && isAbsent(end.failure)) return { kind: "none" };
	const digest = pulledDigest(printed(end, image));
	if (digest === void 0) return { kind: "none" };
	const found = await inspectImage(docker, `${image}@${digest}`);
	if (found.labels["org.opencontainers.image.revision"] !== labels["org.opencontainers.image.revision"] || found.labels["seamless.inputs"] === void 0) return {
		kind: "foreign",
		digest,
		revision: found.labels[REVISION]
	};
	if (found.labels["seamless.inputs"] !== labels["seamless.inputs"]) return {
		kind: "other_inputs",
		digest
	};
	return {
		kind: "same",
		digest,
		bytes: found.bytes
	};
}

// src/adapters/image-push.ts
async function pushImage(docker, { image, id, tags }) {
	let digest;
	for (const tag of tags) {
		await docker.must([
			"image",
			"tag",
			id,
			`${image}:${tag}`
		]);
		const end = await docker.persist(["push", `${image}:${tag}`], { captureBytes: 1048576 });
		digest = pushedDigest(printed(end, image));
	}
	if (digest === void 0) throw unclear(`"docker push" ended well but named no digest for ${image}.`);
	const reference = `${image}@${digest}`;
	printed(await docker.persist(["pull", reference]), image);
	const [wanted, served] = [await inspectImage(docker, id), await inspectImage(docker, reference)];
	if (wanted.id !== served.id) throw unclear(`The registry's ${reference} is not the image that was built (${id}): another build used the same tag at the same time. Run again.`);
	return {
		digest,
		bytes: served.bytes
	};
}
function unclear(message) {
	return new DockerFailed({
		why: "report",
		message,
		output: ""
	});
}

// src/adapters/docker.ts
function dockerBuilder(step, shell) {
	return { async build(context) {
		try {
			return {
				kind: "built",
				artifacts: [await imageOf({
					step,
					shell,
					context,
					docker: await openDocker(shell, {
						...step,
						image: step.docker.image
					}, context)
				})]
			};
		} catch (error) {
			return failedBy(error, context);
		}
	} };
}
async function imageOf(work) {
	const { image } = work.step.docker;
	const inputs = await readInputs(work);
	await engineAnswers(work);
	const found = await findImage(work.docker, image, inputs.labels);
	if (found.kind === "same") {
		const { digest, bytes } = found;
		work.shell.log.info(`${work.context.step}: ${image}:${inputs.commit} is in the registry, built from this commit with the same inputs. Nothing is built again; its digest ${digest} is used.`);
		return {
			kind: "image",
			name: image,
			digest,
			bytes
		};
	}
	sayOther(work, found, inputs.commit);
	const id = await buildImage(work.docker, {
		...work.step.docker,
		...inputs
	});
	const tags = [...inputs.tags.filter((tag) => tag !== inputs.commit), inputs.commit];
	const { digest, bytes } = await pushImage(work.docker, {
		image,
		id,
		tags
	});
	work.shell.log.info(`${work.context.step}: pushed ${image}@${digest} as ${tags.join(", ")}.`);
	return {
		kind: "image",
		name: image,
		digest,
		bytes
	};
}
async function readInputs({ step, shell, context }) {
	const { docker } = step;
	const { SEAMLESS_SHA: commit = "", SEAMLESS_VERSION, SEAMLESS_PREVIOUS, SEAMLESS_REPOSITORY } = context.values;
	if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit)) throw new UsageError(`${context.step}: an image is tagged by its commit, and the commit is not known.`);
	const version = SEAMLESS_VERSION === "" ? void 0 : SEAMLESS_VERSION;
	const named = {
		version,
		previous: SEAMLESS_PREVIOUS,
		repository: SEAMLESS_REPOSITORY
	};
	const args = argumentsOf(context.step, docker.args, named);
	const made = {
		...docker,
		args,
		tags: void 0,
		working: relative(context.root, context.directory)
	};
	return {
		...await foldersOf(docker, context),
		args,
		tags: tagsOf(context.step, docker.tags, version),
		labels: imageLabels({
			commit,
			version,
			repository: SEAMLESS_REPOSITORY,
			server: shell.environment["GITHUB_SERVER_URL"],
			createdMs: shell.clock.now(),
			inputs: made
		}),
		commit
	};
}
async function foldersOf({ context: folder, file = join(folder, "Dockerfile") }, { step, root, directory }) {
	const find = async (key, path) => pathInside(root, join(relative(root, directory), path)).catch((error) => {
		throw new UsageError(`${step}: ${error.message} Correct "${key}" of the docker section.`);
	});
	return {
		folder: await find("context", folder),
		file: await find("file", file)
	};
}
const ANSWER_MS = 3e4;
async function engineAnswers({ docker, context, step }) {
	const end = await docker.run([
		"version",
		"--format",
		"{{.Server.Version}}"
	], {
		timeoutMs: ANSWER_MS,
		isQuiet: true
	});
	if (end.kind === "failed" && end.failure.why === "timeout") {
		const message = `${context.step}: the Docker engine takes connections but does not answer: "docker version" said nothing for ${Math.min(ANSWER_MS, step.timeoutMs) / 1e3} s. Restart it, or set DOCKER_HOST to one that works. Nothing was built.`;
		throw new DockerFailed({
			...end.failure,
			message
		});
	}
	printed(end, step.docker.image);
}
function sayOther({ context, shell, step }, found, commit) {
	const reference = `${step.docker.image}:${commit}`;
	if (found.kind === "foreign") throw new UsageError(`${context.step}: the registry has ${reference} already (${found.digest}), and ${whose(found.revision, commit)}. It is not overwritten: delete that tag, or give "image" a repository that only Seamless writes.`);
	if (found.kind === "other_inputs") shell.log.warning(`${context.step}: ${reference} was built with other arguments, target or files (${found.digest}). It is built again, and its tags move; what was deployed by that digest keeps it.`);
}
function whose(revision, commit) {
	if (revision === void 0) return "it does not say of which commit it is";
	return revision === commit ? "not Seamless has built it" : `it says that it is of ${revision}`;
}
function failedBy(error, { step, signal }) {
	if (error instanceof DockerFailed) return {
		kind: "failed",
		failure: error.failure
	};
	if (signal.aborted) return failed("cancelled", `${step} was stopped because the run was cancelled.`);
	if (error instanceof UsageError) return failed("spawn", error.message);
	throw error;
}
function failed(why, message) {
	return {
		kind: "failed",
		failure: {
			why,
			message,
			output: ""
		}
	};
}

export { dockerBuilder };