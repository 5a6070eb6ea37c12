import { a as ConfigInvalid, d as TargetChanged, f as UsageError, i as CommitMoved, l as GitHubError, o as DeploymentMismatch, p as VersionControlError, r as BranchTaken } from "./errors.js";
import { i as boolean, l as number, p as string, s as literal, u as object } from "./schemas.js";
import { r as isAlive } from "./git-links.js";
import { t as stateFolder } from "./state-folder.js";
import { i as missingApp, r as composePorts } from "./system-clock.js";
import { i as deployStep, r as formatConfigError, t as parseConfig } from "./parse.js";
import { t as causes } from "./causes.js";
import { t as digestOf } from "./digest.js";
import { t as nearestName } from "./nearest.js";
import { t as fillText } from "./template.js";
import { S as sourcesOf, c as reportOf, g as loadBaseline, h as tick, l as gateOf, m as startWatch, p as enterStep, u as verdictOf, x as queriesOf } from "./next-steps.js";
import { t as reasonOf } from "./reason-of.js";
import { n as verdictDetails } from "./verdict-details.js";
import { n as formatSelector, t as fillSelector } from "./selector.js";
import { a as plain, n as code, r as fence, t as cell } from "./markdown.js";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";

// src/adapters/run-lock.ts
async function lockRun(file) {
	await mkdir(dirname(file), { recursive: true });
	const own = `${file}.${process.pid}`;
	await writeFile(own, String(process.pid));
	try {
		await take(file, own);
	} finally {
		await rm(own, { force: true });
	}
	return () => rm(file, { force: true });
}
async function take(file, own) {
	for (let attempt = 1;; attempt += 1) {
		try {
			return await link(own, file);
		} catch (error) {
			if (error.code !== "EEXIST" || attempt === ATTEMPTS) throw error;
		}
		const holder = Number(await readFile(file, "utf8").catch(() => ""));
		if (isAlive(holder)) throw new UsageError(`Another run is under way in this checkout (process ${holder}). Wait for it, or stop it with Ctrl-C, which takes back what it began. If there is no such run, remove ${file}.`);
		await rm(file, { force: true });
	}
}
const ATTEMPTS = 5;

// src/config/pin-health.ts
function pinHealth(config, before) {
	const pinned = Object.entries(config.environments).map(([name, environment]) => {
		const earlier = before.environments[name];
		return [name, earlier?.health === void 0 ? environment : judgedAs(environment, earlier)];
	});
	return {
		...config,
		sources: {
			...config.sources,
			...before.sources
		},
		environments: Object.fromEntries(pinned)
	};
}
function judgedAs(environment, earlier) {
	const { health: _, ...rest } = environment;
	return {
		...rest,
		revert: earlier.revert,
		shadow: earlier.shadow,
		...earlier.health && { health: earlier.health }
	};
}

// src/upgrade/deploy-words.ts
function deployWords(deploy) {
	switch (deploy.adapter) {
		case "run": {
			const { diff, deploy: line, rollback } = deploy.run;
			return {
				...diff !== void 0 && { difference: diff },
				deploy: line,
				rollback
			};
		}
		case "kubernetes": {
			const { kustomize, manifests = [], prune } = deploy.kubernetes;
			const what = kustomize ?? manifests.join(", ");
			const pruned = prune === void 0 ? "" : `, prune ${prune}`;
			return {
				difference: `kubectl diff: ${what}`,
				deploy: `kubectl apply: ${what}${pruned}; wait for its rollouts`,
				rollback: "kubectl apply: what was recorded of that version"
			};
		}
		case "ansible": {
			const { playbook, inventory, limit, tags, rollback } = deploy.ansible;
			const hosts = [
				...inventory.map((path) => `-i ${path}`),
				...limit === void 0 ? [] : [`-l ${limit}`],
				...tags.length === 0 ? [] : [`-t ${tags.join(",")}`]
			].join(" ");
			return {
				difference: `ansible-playbook --check --diff ${hosts} ${playbook}`,
				deploy: `ansible-playbook ${hosts} ${playbook}`,
				rollback: `ansible-playbook ${hosts} ${rollback ?? `${playbook} of that version's commit`}`
			};
		}
	}
}

// src/upgrade/plan.ts
function planUpgrade(facts) {
	const { config, stage, head, base, repository } = facts;
	const environments = needsEnvironments(stage) ? chosenEnvironments(config, facts.environment) : [];
	const wanted = (candidate) => stage === "all" || stage === candidate;
	const steps = [
		...wanted("branch") && head.kind === "made" ? branchSteps(config, head) : [],
		...wanted("build") ? config.build.map((step) => buildStep(step, facts)) : [],
		...wanted("test") ? config.test.map((step) => testStep(step, facts)) : [],
		...environments.flatMap((name) => environmentSteps(facts, name))
	];
	const plan = {
		id: facts.id ?? digestOf([
			repository,
			head,
			facts.configDigest
		]).slice(7, 23),
		repository,
		stage,
		head,
		...base && { base },
		environments,
		previous: Object.fromEntries(environments.map((name) => [name, facts.previous[name]])),
		steps
	};
	const runs = steps.map(({ undo: _, ...step }) => step);
	return {
		...plan,
		digest: digestOf([
			repository,
			stage,
			head,
			environments,
			runs,
			facts.configDigest
		])
	};
}
function chosenEnvironments(config, environment) {
	if (environment !== void 0) return [environment];
	const ordered = [];
	const visit = (name) => {
		if (ordered.includes(name)) return;
		for (const earlier of config.environments[name]?.after ?? []) visit(earlier);
		ordered.push(name);
	};
	for (const name of Object.keys(config.environments)) visit(name);
	return ordered;
}
function stepId(stage, step, known) {
	const { base, repository, head } = known;
	const version = head.kind === "given" ? head.version.name : void 0;
	return `${stage}/${fillText(step.name, {
		version,
		previous: base?.name,
		repository
	})}`;
}
function needsEnvironments(stage) {
	return stage === "all" || stage === "deploy" || stage === "monitor";
}
function branchSteps(config, head) {
	const { upgrade } = config;
	if (upgrade === void 0) return [];
	return [{
		id: "branch/change",
		stage: "branch",
		what: `change a clean checkout of ${head.baseBranch} (${head.from.slice(0, 12)})`,
		command: upgrade.change,
		repeatable: true
	}, {
		id: "branch/publish",
		stage: "branch",
		what: `commit, push ${upgrade.branch} and open its pull request`,
		undo: `close the pull request and delete ${upgrade.branch} (by a person)`,
		repeatable: true
	}];
}
function buildStep(step, facts) {
	const common = {
		id: stepId("build", step, facts),
		stage: "build",
		repeatable: true
	};
	if (step.adapter === "docker") {
		const { image, context } = step.docker;
		return {
			...common,
			what: `build the image ${image} and push it, unless it is there from this commit`,
			command: `docker build ${context}`
		};
	}
	const made = step.artifacts.length > 0 ? `, digest ${step.artifacts.join(", ")}` : "";
	return {
		...common,
		what: `build${made}`,
		command: step.run,
		...step.undo !== void 0 && { undo: step.undo }
	};
}
function testStep(step, facts) {
	const common = {
		id: stepId("test", step, facts),
		stage: "test",
		repeatable: true
	};
	const base = facts.base?.name ?? "version n (there is none: skipped)";
	switch (step.adapter) {
		case "run": return {
			...common,
			what: "run the tests",
			command: step.run
		};
		case "previous": return {
			...common,
			what: `run the tests of ${base} against the new build`,
			command: step.previous
		};
		case "openapi": return {
			...common,
			what: `compare ${step.openapi} with that of ${base}`
		};
		case "jenkins": return {
			...common,
			what: `build ${step.jenkins.job} at Jenkins`
		};
		case "travis": return {
			...common,
			what: "build the commit at Travis CI"
		};
		case "workflow": return {
			...common,
			what: `run the workflow ${step.workflow}`
		};
	}
}
function environmentSteps(facts, name) {
	const environment = facts.config.environments[name];
	if (environment === void 0) return [];
	const deploy = facts.stage === "all" || facts.stage === "deploy";
	const monitor = facts.stage === "all" || facts.stage === "monitor";
	return [...deploy ? deploySteps(environment, name, facts.previous[name]) : [], ...monitor && environment.health ? [monitorStep(environment, name, facts.appWatches === true)] : []];
}
function deploySteps(environment, name, previous) {
	const words = deployWords(environment.deploy);
	const back = previous ? `back to ${previous.name}` : "nothing to go back to: this is its first version";
	const common = {
		stage: "deploy",
		environment: name
	};
	return [
		...words.difference === void 0 ? [] : [{
			...common,
			id: `deploy/${name}/difference`,
			what: "show what the release changes",
			command: words.difference,
			repeatable: true
		}],
		{
			...common,
			id: `deploy/${name}/apply`,
			what: `deploy to ${name}`,
			command: words.deploy,
			undo: `${words.rollback} (${back})`,
			repeatable: false
		},
		...(environment.traffic?.steps ?? []).map((percent) => trafficStep(environment, name, percent))
	];
}
function trafficStep(environment, name, percent) {
	return {
		id: `deploy/${name}/traffic-${percent}`,
		stage: "deploy",
		environment: name,
		what: `send ${percent} % of ${name}'s traffic to the new version${environment.health ? ", hold until its health says so" : ""}`,
		...environment.traffic && { command: environment.traffic.run },
		undo: "send all traffic to the old version again",
		repeatable: true
	};
}
function monitorStep(environment, name, isTheApps) {
	const checks = Object.keys(environment.health?.checks ?? {});
	return {
		id: `monitor/${name}`,
		stage: "monitor",
		environment: name,
		what: `${isTheApps ? "leave it to the App to " : ""}watch ${name}: ${checks.join(", ")}`,
		undo: `when users would have noticed: roll ${name} back${environment.revert === "auto" ? " and revert the merge" : ""}`,
		repeatable: true
	};
}

// src/upgrade/resume.ts
function decideBeginning(before, plan, config) {
	if (before === void 0) return { kind: "fresh" };
	if (before.id !== plan.id) return otherUpgrade(before, config);
	const refused = failedBefore(before, plan);
	if (refused !== void 0) return {
		kind: "refuse",
		ending: refused
	};
	if (!goesOn(before, plan.stage)) return { kind: "fresh" };
	return {
		kind: "resume",
		upgrade: before,
		forgotten: stepsToRepeat(before, plan),
		found: describe(before)
	};
}
function goesOn({ decision }, stage) {
	if (decision === void 0 || decision === "held") return true;
	return stage !== "all" && stage !== "branch" && (decision === "completed" || decision === "promoted");
}
function failedBefore({ decision, reason, message = "" }, { stage }) {
	if (!(stage === "deploy" || stage === "monitor") || decision !== "failed" || !(reason === "build_failed" || reason === "tests_failed" || reason === "users_tests_failed")) return void 0;
	return {
		decision,
		reason,
		message: `This upgrade ended before it came to ${stage}. ${message}`
	};
}
function leftOpen(upgrade, { environments, appWatches = false }) {
	if (upgrade.decision !== void 0) return [];
	return upgrade.environments.filter(({ name, state }) => state === "deploying" || state === "live" && !appWatches && environments[name]?.health !== void 0).map(({ name }) => name);
}
function otherUpgrade(before, config) {
	const open = leftOpen(before, config);
	if (open.length === 0) return { kind: "fresh" };
	return {
		kind: "refuse",
		ending: {
			decision: "failed",
			reason: "environment_unknown",
			message: `An earlier upgrade to ${before.candidate?.name ?? "another version"} was cut off: ${describe(before)}. Nothing new is started on top of that. Run it again as it was, or ${open.map((name) => `"seamless rollback --environment ${name}"`).join(" and ")}.`
		}
	};
}
function stepsToRepeat(before, plan) {
	const local = plan.steps.filter(({ stage }) => stage === "build" || stage === "test");
	const done = new Set(before.steps.filter(({ state }) => state !== "running" && state !== "failed").map(({ step }) => step));
	const deployed = before.environments.some(({ state }) => state !== "untouched");
	if (plan.stage !== "all" || deployed || local.every(({ id }) => done.has(id))) return [];
	return local.map(({ id }) => id);
}
function describe(upgrade) {
	const running = upgrade.steps.find(({ state }) => state === "running");
	const last = upgrade.steps.findLast(({ state }) => state === "done");
	return [running !== void 0 ? `it was in the middle of ${running.step}` : last !== void 0 ? `${last.step} was the last step that ended` : "no step had begun", ...upgrade.environments.filter(({ state }) => state !== "untouched").map(({ name, state, weight }) => `${name} is ${state}${weight === void 0 ? "" : ` at ${weight} %`}`)].join("; ");
}

// src/upgrade/version-name.ts
function versionName(sha, file, text) {
	if (file === void 0) return sha.slice(0, 12);
	if (text === void 0) throw new UsageError(`version.file: ${file} does not exist at ${sha.slice(0, 12)}. Commit it, or name another file in the config.`);
	const name = file.endsWith(".json") ? jsonVersion(file, text) : text.trim();
	if (!/^[\w.+-]{1,100}$/.test(name) || name.startsWith("-")) throw new UsageError(`version.file: ${file} must hold a version of letters, digits, ".", "_", "+" and "-" (at most 100), not ${JSON.stringify(name.slice(0, 60))}.`);
	return name;
}
function jsonVersion(file, text) {
	try {
		const parsed = JSON.parse(text);
		if (typeof parsed === "object" && parsed !== null && "version" in parsed) return String(parsed.version);
	} catch (error) {
		throw new UsageError(`version.file: ${file} is no JSON.`, { cause: error });
	}
	throw new UsageError(`version.file: ${file} has no "version".`);
}

// src/upgrade/prepare-plan.ts
async function preparePlan(request) {
	const { config, ports, environment, stage } = request;
	if (environment !== void 0 && config.environments[environment] === void 0) throw unknownEnvironment(config, environment);
	const going = goingOn$1(request);
	const head = going === void 0 ? await headOf(request) : given(going);
	const names = chosenEnvironments(config, environment);
	const previous = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await previousOf(ports, config, name)])));
	const base = previous[names.findLast((name) => previous[name] !== void 0) ?? ""] ?? (head.kind === "made" ? await versionAt(request, head.from) : void 0);
	return planUpgrade({
		config,
		configDigest: request.configDigest,
		repository: request.repository,
		stage,
		...environment !== void 0 && { environment },
		...going && { id: going.id },
		head,
		...base && { base },
		appWatches: ports.appWatches,
		previous
	});
}
function unknownEnvironment(config, environment) {
	const names = Object.keys(config.environments);
	const nearest = nearestName(environment, names);
	return new UsageError(`There is no environment ${JSON.stringify(environment)}; the config has ${names.join(", ")}.${nearest === void 0 ? "" : ` Did you mean "${nearest}"?`}`);
}
function goingOn$1({ before, stage, sha }) {
	if (before === void 0 || stage === "all" || stage === "branch" || sha !== void 0) return void 0;
	return before.made && before.candidate?.sha !== void 0 && goesOn(before, stage) ? before : void 0;
}
function given({ candidate, branch }) {
	return {
		kind: "given",
		version: {
			name: candidate?.name ?? "",
			sha: candidate?.sha ?? ""
		},
		...branch !== void 0 && { branch }
	};
}
async function headOf(request) {
	const { sha, config, ports, branch } = request;
	if (sha !== void 0 && !/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(sha)) throw new UsageError(`sha must be the full id of a commit (40 hex digits), not ${JSON.stringify(sha.slice(0, 80))}: names and short ids can come to mean something else.`);
	if (sha === void 0 && config.upgrade !== void 0) {
		const baseBranch = config.upgrade.base ?? await request.defaultBranch();
		return {
			kind: "made",
			from: (await ports.versionControl.resolve(baseBranch)).id,
			baseBranch
		};
	}
	const { id } = await ports.versionControl.resolve(sha ?? "HEAD");
	return {
		kind: "given",
		version: await versionAt(request, id),
		...branch !== void 0 && { branch }
	};
}
async function versionAt({ config, ports, directory }, sha) {
	const file = config.version?.file;
	const text = file === void 0 ? void 0 : await ports.versionControl.read(sha, join(directory, file));
	return {
		sha,
		name: versionName(sha, file, text)
	};
}
async function previousOf(ports, config, name) {
	const found = config.environments[name]?.health !== void 0 ? await ports.deployments.lastHealthy(name) : await ports.deployments.newest(name, "success");
	return found && {
		sha: found.sha,
		name: found.version
	};
}

// src/upgrade/live-deployment.ts
async function liveDeployment(deployments, environment, except) {
	const newest = await deployments.newest(environment, void 0, except);
	return newest?.state === "failure" || newest?.state === "inactive" ? await deployments.newest(environment, "success", except) ?? newest : newest;
}

// src/upgrade/mask-event.ts
const FREE = /* @__PURE__ */ new Set([
	"message",
	"output",
	"difference",
	"subject",
	"author",
	"line",
	"text"
]);
const OURS = /* @__PURE__ */ new Set([
	"type",
	"suite",
	"kind",
	"result",
	"against"
]);
function maskEvent(event, mask) {
	if (event.type === "received") return event;
	const isFree = (key) => event.type === "tested" ? !OURS.has(key) : FREE.has(key);
	return deep(event, (text, key) => isFree(key) ? mask(text) : text, "");
}
function deep(value, change, key) {
	if (typeof value === "string") return change(value, key);
	if (Array.isArray(value)) return value.map((one) => deep(one, change, key));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, deep(inner, change, name)]));
}

// src/upgrade/image-values.ts
function imageValues(artifacts) {
	const images = artifacts.filter(({ kind }) => kind === "image");
	const references = Object.fromEntries(images.map(({ name, digest }) => [name, `${name}@${digest}`]));
	const [only = "", ...more] = Object.values(references);
	return {
		SEAMLESS_IMAGE: more.length === 0 ? only : "",
		SEAMLESS_IMAGES: JSON.stringify(references)
	};
}

// src/upgrade/upgrade.ts
function next(upgrade, event) {
	if (event.type === "started") return begin$3(event);
	if (event.type === "received") return event.upgrade;
	if (upgrade === void 0) throw new Error(`An upgrade begins with "started", not with "${event.type}".`);
	return reduce(upgrade, event);
}
function begin$3({ type: _, atMs, environments, ...known }) {
	return {
		schema: "seamless.receipt/1",
		...known,
		startedAtMs: atMs,
		artifacts: [],
		tests: [],
		environments: environments.map(untouched$1),
		steps: []
	};
}
function reduce(upgrade, event) {
	switch (event.type) {
		case "resumed": return resume(upgrade, event);
		case "step_started":
		case "step_ended": return {
			...upgrade,
			steps: stepsAfter(upgrade.steps, event)
		};
		case "candidate_known": {
			const { type: _, atMs: __, ...known } = event;
			return {
				...upgrade,
				...known
			};
		}
		case "code_compared": return {
			...upgrade,
			code: event.code
		};
		case "built": return {
			...upgrade,
			artifacts: [...upgrade.artifacts, ...event.artifacts]
		};
		case "tested": return {
			...upgrade,
			tests: [...upgrade.tests.filter((suite) => suite.suite !== event.suite.suite), event.suite]
		};
		case "reverted": return {
			...upgrade,
			revert: event.revert
		};
		case "ended": return {
			...upgrade,
			endedAtMs: event.atMs,
			decision: event.decision,
			reason: event.reason,
			message: event.message
		};
		case "deployment_begun":
		case "release_compared":
		case "weight_set":
		case "judged":
		case "person_said":
		case "environment_ended": return inEnvironment(upgrade, event.environment, (known) => environmentAfter(known, event));
	}
}
function environmentAfter(known, event) {
	switch (event.type) {
		case "deployment_begun": return {
			...known,
			state: "deploying",
			deployment: event.deployment,
			...event.previous && { previous: event.previous },
			...event.replaces && { replaces: event.replaces }
		};
		case "release_compared": return {
			...known,
			difference: event.difference
		};
		case "weight_set": return {
			...known,
			weight: event.percent
		};
		case "judged": return {
			...known,
			judged: [...known.judged.filter((report) => report.step !== event.report.step), event.report]
		};
		case "person_said": {
			const { step, said, by, saidAtMs } = event;
			return {
				...known,
				said: [...known.said ?? [], {
					step,
					said,
					by,
					saidAtMs
				}]
			};
		}
		case "environment_ended": return {
			...known,
			state: event.state,
			message: event.message
		};
	}
}
function inEnvironment(upgrade, name, change) {
	return {
		...upgrade,
		environments: upgrade.environments.map((known) => known.name === name ? change(known) : known)
	};
}
function stepsAfter(steps, event) {
	if (event.type === "step_started") {
		const { type: _, atMs, ...known } = event;
		return [...steps.filter(({ step }) => step !== event.step), {
			...known,
			state: "running",
			startedAtMs: atMs
		}];
	}
	const { type: _, atMs, result, ...said } = event;
	return steps.map((known) => known.step === event.step ? {
		...known,
		...said,
		state: result,
		endedAtMs: atMs
	} : known);
}
function untouched$1(name) {
	return {
		name,
		state: "untouched",
		judged: []
	};
}
function resume(upgrade, { forgotten, environments }) {
	const { decision: _, reason: __, message: ___, endedAtMs: ____, ...rest } = upgrade;
	const steps = upgrade.steps.filter(({ step }) => !forgotten.includes(step));
	const built = steps.some(({ stage, state }) => stage === "build" && state === "done");
	const known = new Set(upgrade.environments.map(({ name }) => name));
	return {
		...rest,
		steps,
		artifacts: built ? upgrade.artifacts : [],
		environments: [...upgrade.environments.map((one) => one.state === "held" ? goingOn(one) : one), ...environments.filter((name) => !known.has(name)).map((name) => untouched$1(name))]
	};
}
function goingOn({ message: _, ...held }) {
	return {
		...held,
		state: "deploying"
	};
}

// src/upgrade/run.ts
function openRun({ upgrade: before, ...facts }) {
	const { ports } = facts;
	let upgrade = before;
	const worktrees = /* @__PURE__ */ new Map();
	const changed = [];
	const worktreeAt = (sha) => {
		const known = worktrees.get(sha) ?? ports.versionControl.checkout(sha);
		worktrees.set(sha, known);
		return known;
	};
	const current = () => {
		if (upgrade === void 0) throw new Error("The run has not started.");
		return upgrade;
	};
	return {
		...facts,
		upgrade: current,
		async record(...events) {
			const stamped = events.map((event) => maskEvent({
				...event,
				atMs: ports.clock.now()
			}, ports.mask));
			await ports.journal.append(stamped);
			for (const event of stamped) {
				upgrade = next(upgrade, event);
				ports.watchEvent?.(event, upgrade);
			}
		},
		worktree: () => worktreeAt(candidateSha(current())),
		worktreeAt,
		async worktreeToChange(sha) {
			const made = ports.versionControl.checkout(sha);
			changed.push(made);
			return made;
		},
		async close() {
			await Promise.allSettled([...worktrees.values(), ...changed].map(async (made) => (await made).remove()));
		}
	};
}
async function perform(run, step, act) {
	const known = run.upgrade().steps.find(({ step: id }) => id === step.id);
	if (known?.state === "done" || known?.state === "skipped") return { result: known.state };
	run.signal.throwIfAborted();
	await run.record({
		type: "step_started",
		step: step.id,
		stage: step.stage,
		...step.environment !== void 0 && { environment: step.environment }
	});
	const end = await act().catch(async (error) => {
		if (!run.signal.aborted) await run.record({
			type: "step_ended",
			step: step.id,
			result: "failed",
			message: textOf(error)
		});
		throw error;
	});
	run.signal.throwIfAborted();
	const { events = [], ...said } = end;
	await run.record(...events, {
		type: "step_ended",
		step: step.id,
		...said
	});
	return end;
}
function stepsOf(run, stage, environment) {
	return run.plan.steps.filter((step) => step.stage === stage && step.environment === environment);
}
async function contextOf(run, step, { worktree, working = ".", values = {} }) {
	const head = await worktree.head();
	if (head !== worktree.commit) throw new CommitMoved(`The checkout for ${step} stands at ${head}, not at the approved commit ${worktree.commit}: a step before it moved HEAD. Nothing more was run.`);
	return {
		step,
		root: worktree.path,
		commit: worktree.commit,
		directory: join(worktree.path, run.directory, working),
		values: {
			...valuesOf(run.upgrade()),
			...values
		},
		signal: run.signal
	};
}
function valuesOf(upgrade) {
	const { candidate, base, branch } = upgrade;
	return {
		SEAMLESS_REPOSITORY: upgrade.repository,
		...candidate && {
			SEAMLESS_VERSION: candidate.name,
			SEAMLESS_SHA: candidate.sha ?? ""
		},
		...base && {
			SEAMLESS_PREVIOUS: base.name,
			SEAMLESS_PREVIOUS_SHA: base.sha ?? ""
		},
		...branch !== void 0 && { SEAMLESS_BRANCH: branch },
		...imageValues(upgrade.artifacts)
	};
}
function environmentConfig(run, name) {
	const environment = run.config.environments[name];
	if (environment === void 0) throw new Error(`The plan names ${name}, the config does not.`);
	return environment;
}
function candidateOf(upgrade) {
	return {
		name: upgrade.candidate?.name ?? "",
		sha: candidateSha(upgrade)
	};
}
function candidateSha(upgrade) {
	const sha = upgrade.candidate?.sha;
	if (sha === void 0) throw new Error("The upgrade has no commit yet.");
	return sha;
}
function textOf(error) {
	return error instanceof Error ? error.message : String(error);
}

// src/upgrade/report-of-run.ts
const MAX_TEXT = 6e4;
const ROOMS = [
	{
		artifacts: 200,
		suites: 50,
		release: 4e3,
		checks: 40,
		queries: 8,
		line: 400
	},
	{
		artifacts: 200,
		suites: 50,
		release: 1e3,
		checks: 40,
		queries: 2,
		line: 200
	},
	{
		artifacts: 200,
		suites: 20,
		release: 0,
		checks: 20,
		queries: 0,
		line: 100
	},
	{
		artifacts: 100,
		suites: 0,
		release: 0,
		checks: 0,
		queries: 0,
		line: 100
	},
	{
		artifacts: 20,
		suites: 0,
		release: 0,
		checks: 0,
		queries: 0,
		line: 100
	},
	{
		artifacts: 0,
		suites: 0,
		release: 0,
		checks: 0,
		queries: 0,
		line: 100
	}
];
function runReportText(upgrade, environment) {
	const [first = ""] = ROOMS.values().map((room) => JSON.stringify(reportIn(room, upgrade, environment))).filter((text) => text.length <= MAX_TEXT).take(1);
	return first;
}
function reportIn(room, upgrade, environment) {
	const { id, artifacts, tests, code } = upgrade;
	const known = upgrade.environments.find(({ name }) => name === environment);
	const judged = known?.judged.at(-1);
	const release = cut(known?.difference ?? "", room.release);
	return {
		schema: "seamless.run/1",
		upgrade: id,
		artifacts: artifacts.toSorted((one, other) => Number(other.kind === "image") - Number(one.kind === "image")).slice(0, room.artifacts),
		...code && { code: {
			commits: code.commits.length + code.more,
			files: code.files.length,
			added: sum(code.files.map(({ added }) => added)),
			removed: sum(code.files.map(({ removed }) => removed))
		} },
		tests: tests.slice(0, room.suites).map(({ suite, passed, newlyFailing, accepted }) => ({
			suite: cut(suite, 100),
			passed,
			newlyFailing: newlyFailing.length,
			accepted: accepted.length
		})),
		...release !== "" && { release },
		...judged && { judged: judgedIn(room, judged) }
	};
}
function judgedIn(room, report) {
	const { evidence: _, startedAtMs: __, dashboard, ...known } = report;
	return {
		...known,
		line: cut(report.line, room.line),
		...dashboard !== void 0 && dashboard.length <= 2e3 && { dashboard },
		checks: report.checks.toSorted((one, other) => Number(other.verdict === "unhealthy") - Number(one.verdict === "unhealthy")).slice(0, room.checks).map((check) => ({
			...check,
			line: cut(check.line, room.line),
			queries: check.queries.slice(0, room.queries).map((query) => cut(query, room.line))
		}))
	};
}
function sum(numbers) {
	return numbers.reduce((total, one) => total + one, 0);
}
function cut(text, length) {
	return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}

// src/upgrade/state-of-record.ts
async function recordState(run, name, state, message) {
	const id = recordOf$2(run, name)?.deployment;
	if (id !== void 0) await setState(run, name, {
		id,
		state,
		message
	});
}
async function recordTakenBack(run, name, state, message) {
	const { replaces, previous } = recordOf$2(run, name) ?? {};
	if (state === "dirty") return recordState(run, name, "error", message);
	if (replaces === void 0) return recordState(run, name, "failure", message);
	await setState(run, name, {
		id: replaces.deployment,
		state: "failure",
		message
	});
	if (run.ports.appWatches) return recordState(run, name, "success", message);
	if (replaces.wasHealthy) await setVerdict(run, name, {
		id: replaces.deployment,
		verdict: "inconclusive",
		line: message
	});
	await recordState(run, name, "success", message);
	await recordVerdict(run, name, "healthy", `${previous?.name ?? "It"} was found healthy here before; ${name} was rolled back to it.`);
}
async function setState(run, name, { id, state, message }) {
	await run.ports.deployments.setState(id, state, message).catch((error) => {
		run.ports.log.error(`The state "${state}" of ${name} could not be recorded, so later runs do not know it (${message}): ${textOf(error)}`);
	});
}
async function recordVerdict(run, name, verdict, line) {
	const id = recordOf$2(run, name)?.deployment;
	if (id !== void 0) await setVerdict(run, name, {
		id,
		verdict,
		line
	});
}
async function setVerdict(run, name, { id, verdict, line }) {
	const { artifacts, id: upgrade } = run.upgrade();
	const summary = {
		title: line,
		text: line,
		details: run.ports.appWatches ? runReportText(run.upgrade(), name) : verdictDetails(upgrade, artifacts)
	};
	await run.ports.deployments.setVerdict(id, verdict, summary).catch((error) => {
		const lost = run.ports.appWatches ? `What this run knows of ${name} could not be left for the App` : `The verdict "${verdict}" of ${name} could not be recorded, so later runs do not know it`;
		run.ports.log.error(`${lost}: ${textOf(error)}`);
	});
}
function recordOf$2(run, name) {
	return run.upgrade().environments.find((known) => known.name === name);
}

// src/upgrade/is-live.ts
function liveText(live) {
	if (live.kind === "unknown") return live.why;
	return live.kind === "empty" ? "nothing is live" : `${live.version} is live`;
}
function isLive(live, { name, sha }) {
	return live.kind === "live" && (live.version === name || live.version === sha);
}

// src/upgrade/take-back.ts
async function rollBackEnvironment(run, name, why) {
	const known = recordOf$1(run, name);
	const step = `rollback/${name}`;
	const isBegun = run.upgrade().steps.some((record) => record.step === step);
	await run.record({
		type: "step_started",
		step,
		stage: "deploy",
		environment: name
	});
	const outcome = await returnTo(run, known, isBegun).catch((error) => ({
		kind: "failed",
		message: textOf(error)
	}));
	run.signal.throwIfAborted();
	await settle(run, known, outcome, why);
	return outcome;
}
async function leaveDirty(run, name, why) {
	await settle(run, recordOf$1(run, name), {
		kind: "failed",
		message: "there was no time left for it."
	}, why);
}
async function undoSteps(run) {
	for (const step of run.config.build.toReversed()) {
		const id = stepId("build", step, run.plan);
		if (step.adapter !== "run" || step.undo === void 0 || !isDone$1(run, id) || isDone$1(run, `undo/${id}`)) continue;
		await undoStep(run, `undo/${id}`, {
			...step,
			run: step.undo,
			artifacts: []
		});
	}
}
async function undoStep(run, id, step) {
	await run.record({
		type: "step_started",
		step: id,
		stage: "build"
	});
	const failure = await undo(run, id, step).catch(textOf);
	run.signal.throwIfAborted();
	if (failure === void 0) return run.record({
		type: "step_ended",
		step: id,
		result: "done"
	});
	run.ports.log.error(`${id} failed: ${failure}`);
	await run.record({
		type: "step_ended",
		step: id,
		result: "failed",
		message: failure
	});
}
async function undo(run, id, step) {
	const builder = await run.ports.adapters.builder(step);
	const context = await contextOf(run, id, {
		worktree: await run.worktree(),
		working: step.working
	});
	const outcome = await builder.build(context);
	return outcome.kind === "built" ? void 0 : outcome.failure.message;
}
function isDone$1(run, id) {
	return run.upgrade().steps.some(({ step, state }) => step === id && state === "done");
}
function recordOf$1(run, name) {
	const known = run.upgrade().environments.find((environment) => environment.name === name);
	if (known === void 0) throw new Error(`${name} is not part of this upgrade.`);
	return known;
}
async function returnTo(run, known, isBegun) {
	const { previous, name } = known;
	const stuck = await sendTrafficBack(run, known);
	if (previous === void 0) return { kind: "no_target" };
	const deployer = await run.ports.adapters.deployer(environmentConfig(run, name));
	if (!isBegun || !await isBackAlready(run, deployer, known, previous)) {
		const outcome = await inOldCheckout(run, previous, async (worktree) => deployer.rollback(await rollbackContext(run, name, worktree, previous)));
		if (outcome.kind === "failed") return {
			kind: "failed",
			message: outcome.failure.message
		};
	}
	const stillStuck = stuck === void 0 ? void 0 : await sendTrafficBack(run, known);
	if (stillStuck !== void 0) return {
		kind: "failed",
		message: stillStuck
	};
	const context = await rollbackContext(run, name, await oldCheckout(run, previous), previous);
	return confirmed(await deployer.status(context), previous, name);
}
async function sendTrafficBack(run, known) {
	const { name, previous, weight = 0 } = known;
	const config = environmentConfig(run, name);
	if (config.traffic === void 0 || previous === void 0 && (weight === 0 || weight === 100)) return;
	const { working } = config.traffic;
	const traffic = await run.ports.adapters.traffic(config);
	const step = `rollback/${name}/traffic`;
	const outcome = await inOldCheckout(run, previous, async (worktree) => traffic.setWeight(0, await contextOf(run, step, {
		worktree,
		working,
		values: { SEAMLESS_ENVIRONMENT: name }
	})));
	if (outcome.kind === "failed") {
		run.ports.log.error(outcome.failure.message);
		return outcome.failure.message;
	}
	await run.record({
		type: "weight_set",
		environment: name,
		percent: 0
	});
}
async function isBackAlready(run, deployer, { name }, previous) {
	if (previous.name === run.upgrade().candidate?.name) return false;
	const context = await rollbackContext(run, name, await oldCheckout(run, previous), previous);
	const live = await deployer.status(context);
	return isLive(live, previous);
}
function confirmed(live, to, name) {
	if (live.kind === "unknown" || isLive(live, to)) return {
		kind: "rolled_back",
		to
	};
	return {
		kind: "failed",
		message: `The rollback of ${name} ended well, but its status says that ${liveText(live)}, not ${to.name}.`
	};
}
async function inOldCheckout(run, previous, act) {
	const old = await oldCheckout(run, previous);
	const outcome = await act(old);
	if (outcome.kind === "done" || previous?.sha === void 0 || run.signal.aborted) return outcome;
	const own = await run.worktree().catch(() => old);
	if (own.commit === old.commit) return outcome;
	run.ports.log.warning(`${outcome.failure.message} That was in a checkout of ${previous.name}; now with the new version's own scripts.`);
	const second = await act(own);
	return second.kind === "done" ? second : outcome;
}
async function oldCheckout(run, previous) {
	if (previous?.sha === void 0) return run.worktree();
	return run.worktreeAt(previous.sha).catch(async (error) => {
		run.ports.log.warning(`${previous.name} could not be checked out: ${textOf(error)}`);
		return run.worktree();
	});
}
async function rollbackContext(run, name, worktree, to) {
	const { candidate } = run.upgrade();
	return contextOf(run, `rollback/${name}`, {
		worktree,
		working: deployStep(environmentConfig(run, name).deploy).working,
		values: {
			SEAMLESS_ENVIRONMENT: name,
			SEAMLESS_VERSION: to.name,
			SEAMLESS_SHA: to.sha ?? "",
			SEAMLESS_PREVIOUS: candidate?.name ?? "",
			SEAMLESS_PREVIOUS_SHA: candidate?.sha ?? "",
			...imageValues(await builtOf(run, name, to.sha))
		}
	});
}
async function builtOf(run, name, sha) {
	if (sha === void 0) return [];
	const receipt = await run.ports.receipts.ofCommit(sha);
	if (receipt !== void 0) return receipt.artifacts;
	return run.ports.deployments.builtOf(name, sha).catch((error) => {
		run.ports.log.warning(`The digests of ${sha.slice(0, 12)} could not be read: ${textOf(error)}`);
		return [];
	});
}
async function settle(run, { name }, outcome, why) {
	const { state, message, result } = settled(outcome, name, why);
	await run.record({
		type: "step_ended",
		step: `rollback/${name}`,
		result,
		message
	}, {
		type: "environment_ended",
		environment: name,
		state,
		message
	});
	await recordTakenBack(run, name, state, message);
}
function settled(outcome, name, why) {
	switch (outcome.kind) {
		case "rolled_back": return {
			state: "rolled_back",
			message: `${why} ${name} is back on ${outcome.to.name}.`,
			result: "done"
		};
		case "no_target": return {
			state: "dirty",
			message: `${why} ${name} has no healthy version to return to: it is left as it is. Deploy a version that works, or clean it up by hand.`,
			result: "failed"
		};
		case "failed": return {
			state: "dirty",
			message: `${why} Rolling ${name} back failed: ${outcome.message} A person must look at it; then run "seamless rollback --environment ${name}".`,
			result: "failed"
		};
	}
}

// src/upgrade/gate.ts
function decideGate(facts) {
	return facts.earlier.map((earlier) => earlierGate(facts, earlier)).find(Boolean) ?? ownGate(facts);
}
function earlierGate({ environment, sha }, earlier) {
	const { newest, watched, name } = earlier;
	if (newest?.sha === sha && newest.state === "success" && (!watched || newest.verdict === "healthy")) return void 0;
	const found = newest === void 0 ? "has no deployment" : newest.sha === sha ? `has it as ${newest.state}, ${newest.verdict ?? "not judged"}` : `has ${newest.version} (${newest.sha.slice(0, 12)}) instead`;
	return {
		decision: "held",
		reason: "earlier_environment_not_healthy",
		message: `${environment} comes after ${name}, which must have this commit ${watched ? "and be healthy" : "live"} first: it ${found}.`
	};
}
function ownGate({ environment, sha, newest, ours, watched }) {
	if (newest === void 0 || ours) return void 0;
	const back = `"seamless rollback --environment ${environment}" brings its last healthy version back`;
	switch (newest.state) {
		case "error": return {
			decision: "failed",
			reason: "environment_dirty",
			message: `${environment} is half done since the deployment of ${newest.version}: nothing is deployed on top of that. Look at it; ${back}.`
		};
		case "in_progress":
		case "unknown":
			if (newest.verdict === "inconclusive") return void 0;
			return {
				decision: "failed",
				reason: "environment_unknown",
				message: `A deployment of ${newest.version} to ${environment} began and never said how it ended. If it still runs, wait for it; if not, ${back}.`
			};
		case "success": return newest.sha === sha && (!watched || newest.verdict === "healthy") ? {
			decision: "nothing_to_do",
			reason: "already_live",
			message: `Nothing to do: ${environment} runs ${newest.version} (${sha.slice(0, 12)}) already${watched ? ", and it is healthy" : ""}.`
		} : void 0;
		case "failure":
		case "inactive": return;
	}
}
function decideSuperseded(environment, deployment, newest) {
	if (newest === void 0) return void 0;
	if (newest.id !== deployment) return superseded$1(`Another deployment, of ${newest.version}, came to ${environment} after this one: what it runs is up to that one. Nothing more was done here.`);
	if (newest.state !== "failure" && newest.state !== "error" && newest.state !== "inactive") return void 0;
	return superseded$1(`Somebody else took ${newest.version} back from ${environment}, or closed its deployment, while this run was under way. Nothing more was done here.`);
}
function superseded$1(message) {
	return {
		decision: "cancelled",
		reason: "superseded",
		message
	};
}

// src/upgrade/stages/superseded.ts
async function superseded(run, name) {
	const deployment = run.upgrade().environments.find((known) => known.name === name)?.deployment;
	if (deployment === void 0) return void 0;
	const newest = await run.ports.deployments.newest(name).catch((error) => {
		run.ports.log.warning(`Whether ${name} is still this upgrade's could not be asked: ${textOf(error)}`);
	});
	run.signal.throwIfAborted();
	const ending = decideSuperseded(name, deployment, newest);
	if (ending === void 0) return void 0;
	if (newest?.id !== deployment) await recordState(run, name, "inactive", `superseded: ${ending.message}`);
	await recordVerdict(run, name, "inconclusive", ending.message);
	const isBack = newest?.id === deployment && newest.state === "failure";
	await run.record({
		type: "environment_ended",
		environment: name,
		state: isBack ? "rolled_back" : "unknown",
		message: ending.message
	});
	return ending;
}

// src/upgrade/stages/verdict.ts
async function endFromGate(run, name, gate) {
	await run.record({
		type: "judged",
		environment: name,
		report: gate.report
	});
	const other = await superseded(run, name);
	if (other) return other;
	switch (gate.kind) {
		case "proceed":
		case "person": return;
		case "hold": return hold(run, name, gate.reason, gate.why ?? gate.report.line);
		case "unhealthy": return unhealthy(run, name, gate.report);
	}
}
function endAfterTakingBack(taken, reason, why, name) {
	switch (taken.kind) {
		case "rolled_back": return ending("rolled_back", reason, `${why} ${name} is back on ${taken.to.name}.`);
		case "no_target": return ending("failed", "no_rollback_target", `${why} ${name} has no healthy version to return to: it is left as it is.`);
		case "failed": return ending("failed", "rollback_failed", `${why} Rolling ${name} back failed too: ${taken.message}`);
	}
}
async function hold(run, name, reason, line) {
	const message = `${line} Nothing was taken back and nothing promoted: ${name} stays as it is until somebody decides ("${run.ports.appWatches ? `/rollback ${name}` : `seamless rollback --environment ${name}`}", or run again).`;
	await run.record({
		type: "environment_ended",
		environment: name,
		state: "held",
		message
	});
	await recordVerdict(run, name, "inconclusive", line);
	return {
		decision: "held",
		reason,
		message
	};
}
async function unhealthy(run, name, report) {
	await recordVerdict(run, name, "unhealthy", report.line);
	if (run.config.environments[name]?.shadow === true) {
		const message = `${report.line} Shadow: this would have rolled ${name} back${run.config.environments[name]?.revert === "off" ? "" : " and reverted the merge"}; nothing was done.`;
		await run.record({
			type: "environment_ended",
			environment: name,
			state: "held",
			message
		});
		return {
			decision: "held",
			reason: "shadow_unhealthy",
			message
		};
	}
	return endAfterTakingBack(await rollBackEnvironment(run, name, report.line), "unhealthy", report.line, name);
}
function ending(decision, reason, message) {
	return {
		decision,
		reason,
		message
	};
}

// src/upgrade/stages/branch.ts
const CHANGE_TIMEOUT_MS = 18e5;
async function branchStage(run) {
	const { head } = run.plan;
	const { upgrade } = run.config;
	const [change, publish] = stepsOf(run, "branch");
	if (head.kind === "given" || upgrade === void 0 || change === void 0 || publish === void 0) return;
	if (run.upgrade().candidate !== void 0) return;
	const worktree = await run.worktreeToChange(head.from);
	const changed = await perform(run, change, () => changeIn(run, upgrade, worktree));
	if (changed.result === "failed") return {
		decision: "failed",
		reason: "change_failed",
		message: changed.message ?? "upgrade.change failed."
	};
	let ending;
	await perform(run, publish, async () => {
		const published = await publishFrom(run, {
			upgrade,
			head,
			worktree
		});
		if ("end" in published) return published.end;
		ending = published.ending;
		return {
			result: "failed",
			message: published.ending.message
		};
	});
	return ending;
}
async function changeIn(run, upgrade, worktree) {
	const outcome = await (await run.ports.adapters.builder({
		run: upgrade.change,
		artifacts: [],
		env: {},
		secrets: [],
		timeoutMs: CHANGE_TIMEOUT_MS
	})).build(await contextOf(run, "branch/change", { worktree }));
	return outcome.kind === "built" ? { result: "done" } : {
		result: "failed",
		message: outcome.failure.message,
		output: outcome.failure.output
	};
}
async function publishFrom(run, publishing) {
	const { upgrade, head, worktree } = publishing;
	const name = await changedVersion(run, worktree);
	const values = {
		version: name ?? "",
		previous: run.plan.base?.name ?? "",
		sha: head.from,
		repository: run.plan.repository
	};
	const branch = fillText(upgrade.branch, values);
	const published = await attempt(run, worktree, {
		branch,
		message: fillText(upgrade.message, {
			...values,
			branch
		}),
		author: upgrade.author
	});
	if ("decision" in published) return { ending: published };
	if (published.kind === "unchanged") return { ending: {
		decision: "nothing_to_do",
		reason: "no_change",
		message: `Nothing to do: upgrade.change changed nothing on ${head.baseBranch} at ${head.from.slice(0, 12)}.`
	} };
	const candidate = {
		sha: published.commit,
		name: name ?? versionName(published.commit, void 0, void 0)
	};
	const pullRequest = await openPullRequest(run, publishing, {
		...values,
		version: candidate.name,
		branch
	});
	return { end: {
		result: "done",
		message: `${published.kind === "found" ? "found" : "pushed"} ${branch} at ${published.commit.slice(0, 12)}${pullRequest ? `, ${pullRequest.url}` : ""}`,
		events: [{
			type: "candidate_known",
			candidate,
			branch,
			...pullRequest && { pullRequest: {
				number: pullRequest.number,
				url: pullRequest.url
			} }
		}]
	} };
}
async function changedVersion(run, worktree) {
	const file = run.config.version?.file;
	if (file === void 0) return void 0;
	const path = run.directory === "." ? file : `${run.directory}/${file}`;
	return versionName(worktree.commit, file, await worktree.read(path));
}
async function attempt(run, worktree, publication) {
	try {
		return await run.ports.versionControl.publish(worktree, publication);
	} catch (error) {
		if (error instanceof BranchTaken) return {
			decision: "failed",
			reason: "branch_taken",
			message: error.message
		};
		if (error instanceof VersionControlError) return {
			decision: "failed",
			reason: "push_failed",
			message: error.message
		};
		throw error;
	}
}
async function openPullRequest(run, { upgrade, head }, values) {
	if (run.ports.pullRequests === void 0) {
		run.ports.log.info("No GitHub token: the branch is pushed, no pull request is opened.");
		return;
	}
	const { title, body, draft } = upgrade.pullRequest;
	return run.ports.pullRequests.open({
		branch: values.branch,
		base: head.baseBranch,
		title: fillText(title, values),
		body: fillText(body, values),
		draft
	});
}

// src/upgrade/stages/build.ts
async function buildStage(run) {
	for (const step of run.config.build) {
		const id = stepId("build", step, run.plan);
		const planned = run.plan.steps.find((known) => known.id === id);
		if (planned === void 0) continue;
		const end = await perform(run, planned, async () => {
			const outcome = await (await run.ports.adapters.builder(step)).build(await contextOf(run, id, {
				worktree: await run.worktree(),
				working: step.working
			}));
			if (outcome.kind === "failed") return {
				result: "failed",
				message: outcome.failure.message,
				output: outcome.failure.output
			};
			const artifacts = outcome.artifacts.map((artifact) => ({ ...artifact }));
			return {
				result: "done",
				events: artifacts.length > 0 ? [{
					type: "built",
					artifacts
				}] : []
			};
		});
		if (end.result === "failed") return {
			decision: "failed",
			reason: "build_failed",
			message: end.message ?? `${id} failed.`
		};
	}
}

// src/upgrade/stages/hand-over.ts
function isHandedOver(run, name) {
	return run.ports.appWatches && environmentConfig(run, name).health !== void 0;
}
function judgesHere(run, name) {
	const { health, traffic } = environmentConfig(run, name);
	if (health === void 0) return false;
	return !run.ports.appWatches || run.plan.stage !== "monitor" && (traffic?.steps.length ?? 0) > 1;
}
async function handOver(run, name) {
	const { name: version } = candidateOf(run.upgrade());
	const line = `${name} runs ${version}; the App watches it from here on.`;
	await recordVerdict(run, name, "inconclusive", line);
	return `watched_by_app: ${line}`;
}
function handedOverEnd(run) {
	const watched = run.upgrade().environments.filter(({ name, state }) => state === "live" && run.plan.environments.includes(name)).map(({ name }) => name).filter((name) => isHandedOver(run, name));
	if (watched.length === 0) return void 0;
	const { name: version } = candidateOf(run.upgrade());
	const where = watched.join(", ");
	const waiting = run.plan.environments.filter((name) => waitsFor(run, name, watched));
	return {
		decision: "completed",
		reason: "watched_by_app",
		message: `${version} is live in ${where}. The App watches it from here on, promotes it or takes it back, and says so where it was merged.${waiting.length === 0 ? "" : ` ${waiting.join(", ")} must wait for that: once ${where} is healthy, what was merged goes on there by a run of its own; from an open pull request say "/deploy ${waiting[0]}".`}`
	};
}
function holdsOthersBack(run, name) {
	return isHandedOver(run, name) && run.upgrade().environments.some((known) => known.name === name && known.state === "live") && run.plan.environments.some((other) => waitsFor(run, other, [name]));
}
function waitsFor(run, name, watched) {
	return run.upgrade().environments.some((known) => known.name === name && known.state === "untouched") && environmentConfig(run, name).after.some((earlier) => watched.includes(earlier));
}

// src/upgrade/stages/deploy.ts
async function deployStage(run, name, watching) {
	const environment = environmentConfig(run, name);
	const refused = await superseded(run, name) ?? await gate(run, name, environment);
	if (refused) return refused;
	await restoreArtifacts$1(run);
	const begun = await begin$2(run, name);
	if (begun) return begun;
	await showDifference(run, name, environment);
	const unknown = await interrupted(run, name, environment);
	if (unknown) return unknown;
	return await apply(run, name, environment) ?? await shiftTraffic(run, {
		name,
		environment,
		watching
	}) ?? await confirmLive(run, name, environment) ?? await nowLive(run, name);
}
async function restoreArtifacts$1(run) {
	const { path } = await run.worktree();
	await run.ports.artifacts.restore(run.upgrade().artifacts, path);
}
async function gate(run, name, environment) {
	const { deployments } = run.ports;
	const earlier = await Promise.all(environment.after.map(async (before) => ({
		name: before,
		watched: run.config.environments[before]?.health !== void 0,
		newest: await deployments.newest(before)
	})));
	const newest = await deployments.newest(name, void 0, run.adopt);
	const { sha } = candidateOf(run.upgrade());
	if (newest?.sha === sha && newest.verdict === "unhealthy") run.ports.log.warning(`This very commit, ${sha.slice(0, 12)}, was found unhealthy in ${name} before. It is tried again because it was asked for.`);
	return decideGate({
		environment: name,
		sha,
		newest,
		watched: environment.health !== void 0,
		ours: newest?.key === keyOf(run),
		earlier
	});
}
function keyOf(run) {
	return `${run.plan.id}/${run.upgrade().startedAtMs}`;
}
async function begin$2(run, name) {
	if (run.upgrade().environments.find((record) => record.name === name)?.deployment !== void 0) return void 0;
	const { sha, name: version } = candidateOf(run.upgrade());
	const previous = run.plan.previous[name] ?? await adopted(run, name);
	try {
		const deployment = await run.ports.deployments.begin({
			environment: name,
			sha,
			version,
			key: keyOf(run),
			...run.adopt !== void 0 && { adopt: run.adopt }
		});
		await run.record({
			type: "deployment_begun",
			environment: name,
			deployment: deployment.id,
			...previous && { previous }
		});
		await recordState(run, name, "in_progress", `Deploying ${version}.`);
		return;
	} catch (error) {
		if (!(error instanceof DeploymentMismatch)) throw error;
		return {
			decision: "failed",
			reason: "deployment_sha_mismatch",
			message: error.message
		};
	}
}
async function adopted(run, name) {
	const newest = await run.ports.deployments.newest(name, void 0, run.adopt);
	if (newest !== void 0 && newest.state !== "failure" && newest.state !== "inactive") return void 0;
	const live = await (await run.ports.adapters.deployer(environmentConfig(run, name))).status(await releaseContext(run, name, `deploy/${name}/status`));
	return live.kind === "live" && live.version !== newest?.version ? { name: live.version } : void 0;
}
async function showDifference(run, name, environment) {
	const step = find(run, name, `deploy/${name}/difference`);
	if (step === void 0) return;
	await perform(run, step, async () => {
		const outcome = await (await run.ports.adapters.deployer(environment)).difference?.(await releaseContext(run, name, step.id));
		if (outcome === void 0) return { result: "skipped" };
		if (outcome.kind === "failed") return {
			result: "skipped",
			message: outcome.failure.message
		};
		return {
			result: "done",
			events: [{
				type: "release_compared",
				environment: name,
				difference: outcome.output
			}]
		};
	});
}
async function interrupted(run, name, environment) {
	const step = `deploy/${name}/apply`;
	if (run.upgrade().steps.find((known) => known.step === step)?.state !== "running") return void 0;
	const live = await (await run.ports.adapters.deployer(environment)).status(await releaseContext(run, name, step));
	const candidate = candidateOf(run.upgrade());
	const { name: version } = candidate;
	if (isLive(live, candidate) && run.plan.previous[name]?.name !== version) {
		await run.record({
			type: "step_ended",
			step,
			result: "done",
			message: `An earlier run was cut off here; the status of ${name} says that ${version} got there.`
		});
		return;
	}
	const message = `An earlier run was cut off while it deployed ${version} to ${name}; its status says: ${liveText(live)}. Nothing was run again. "seamless rollback --environment ${name}" brings the last healthy version back.`;
	await run.record({
		type: "step_ended",
		step,
		result: "failed",
		message
	}, {
		type: "environment_ended",
		environment: name,
		state: "unknown",
		message
	});
	await recordState(run, name, "error", message);
	return {
		decision: "failed",
		reason: "environment_unknown",
		message
	};
}
async function apply(run, name, environment) {
	const step = find(run, name, `deploy/${name}/apply`);
	if (step === void 0) return void 0;
	let isUntouched = false;
	const end = await perform(run, step, async () => {
		const outcome = await (await run.ports.adapters.deployer(environment)).deploy(await releaseContext(run, name, step.id));
		isUntouched = outcome.kind === "failed" && outcome.failure.isUntouched === true;
		return isUntouched ? untouchedEnd(name, stepEnd(outcome)) : stepEnd(outcome);
	});
	if (end.result !== "failed") return void 0;
	if (isUntouched) return refused(run, name, end.message ?? "");
	const why = `The deployment to ${name} failed: ${end.message ?? ""}`;
	return endAfterTakingBack(await rollBackEnvironment(run, name, why), "deploy_failed", why, name);
}
function untouchedEnd(name, end) {
	const message = end.message ?? "";
	return {
		...end,
		events: [{
			type: "environment_ended",
			environment: name,
			state: "untouched",
			message
		}]
	};
}
async function refused(run, name, message) {
	await recordState(run, name, "failure", message);
	return {
		decision: "failed",
		reason: "deploy_refused",
		message: `${name} is as it was. ${message}`
	};
}
function isDone(run, name, percent) {
	const id = `deploy/${name}/traffic-${percent}`;
	return run.upgrade().steps.some(({ step, state }) => step === id && state === "done");
}
async function shiftTraffic(run, shift) {
	const { name, environment, watching } = shift;
	const shares = environment.traffic?.steps ?? [];
	for (const [index, percent] of shares.entries()) {
		const step = find(run, name, `deploy/${name}/traffic-${percent}`);
		if (step === void 0) continue;
		const other = await superseded(run, name);
		if (other) return other;
		const end = await perform(run, step, () => setWeight(run, shift, step, percent));
		if (end.result === "failed") {
			const why = `Sending ${percent} % of the traffic to the new version failed: ${end.message ?? ""}`;
			return endAfterTakingBack(await rollBackEnvironment(run, name, why), "traffic_failed", why, name);
		}
		if (watching === void 0 || index === shares.length - 1 || isDone(run, name, shares[index + 1])) continue;
		const ending = await endFromGate(run, name, await watching.hold(percent));
		if (ending) return ending;
	}
}
async function setWeight(run, { name, environment }, step, percent) {
	const traffic = await run.ports.adapters.traffic(environment);
	const context = await releaseContext(run, name, step.id);
	const end = stepEnd(await traffic.setWeight(percent, context));
	return end.result === "failed" ? end : {
		...end,
		events: [{
			type: "weight_set",
			environment: name,
			percent
		}]
	};
}
async function confirmLive(run, name, environment) {
	const live = await (await run.ports.adapters.deployer(environment)).status(await releaseContext(run, name, `deploy/${name}/status`));
	const candidate = candidateOf(run.upgrade());
	const { name: version } = candidate;
	if (live.kind === "unknown" || isLive(live, candidate)) return void 0;
	const why = `The commands that bring ${version} to ${name} ended well, but its status says that ${liveText(live)}, not ${version}.`;
	return endAfterTakingBack(await rollBackEnvironment(run, name, why), "deploy_failed", why, name);
}
async function nowLive(run, name) {
	const { name: version } = candidateOf(run.upgrade());
	const message = `${name} runs ${version}.`;
	await run.record({
		type: "environment_ended",
		environment: name,
		state: "live",
		message
	});
	await recordState(run, name, "success", isHandedOver(run, name) ? await handOver(run, name) : message);
}
async function releaseContext(run, name, step) {
	const { deploy, traffic } = environmentConfig(run, name);
	const working = step.includes("/traffic-") ? traffic?.working : deployStep(deploy).working;
	return contextOf(run, step, {
		worktree: await run.worktree(),
		...working !== void 0 && { working },
		values: {
			SEAMLESS_ENVIRONMENT: name,
			...previousValues(run, name)
		}
	});
}
function previousValues(run, name) {
	const previous = run.upgrade().environments.find((record) => record.name === name)?.previous ?? run.plan.previous[name];
	return previous ? {
		SEAMLESS_PREVIOUS: previous.name,
		SEAMLESS_PREVIOUS_SHA: previous.sha ?? ""
	} : {};
}
function stepEnd(outcome) {
	return outcome.kind === "done" ? { result: "done" } : {
		result: "failed",
		message: outcome.failure.message,
		output: outcome.failure.output
	};
}
function find(run, name, id) {
	return stepsOf(run, "deploy", name).find((step) => step.id === id);
}

// src/health/held-reason.ts
function heldReason(reason) {
	if (reason === "undecided" || reason === "no_baseline" || reason === "worse_than_short_baseline") return "health_undecided";
	if (reason === "too_little_traffic") return "health_too_little_traffic";
	return "health_no_data";
}

// src/health/tick-times.ts
function nextTickMs(startMs, everyMs, nowMs) {
	return startMs + (Math.floor((nowMs - startMs) / everyMs) + 1) * everyMs;
}

// src/health/watched-values.ts
function watchedValues({ version, sha, environment, repository, branch, previous }) {
	return {
		version,
		sha,
		environment,
		repository,
		branch,
		previous
	};
}

// src/health/build-info.ts
const LIVE_WITHIN_MS = 6e5;
function liveQuestion({ live, source = "" }, values) {
	if (live === void 0) return void 0;
	const filled = fillSelector(live, {}, values);
	return filled === void 0 ? { source } : {
		source,
		query: {
			kind: "select",
			selector: formatSelector(filled)
		}
	};
}
function anyVersionQuery({ live }) {
	if (live?.metric === void 0) return void 0;
	return {
		kind: "select",
		selector: formatSelector({
			metric: live.metric,
			matchers: []
		})
	};
}
function showsVersion(answer, sinceMs) {
	return answer?.kind === "ok" && answer.samples.some(({ value, atMs }) => value > 0 && atMs >= sinceMs);
}
function notLiveLine(version, answer) {
	const said = answer === void 0 || answer.kind === "ok" ? "" : ` (${answer.why})`;
	return `${version} never showed in the metric of health.live within ${LIVE_WITHIN_MS / 6e4} minutes${said}: nothing of it was watched.`;
}

// src/upgrade/stages/await-live.ts
function whenLive(run, awaited, watching) {
	let isLive = awaited.health.live === void 0;
	const after = async (step, look) => {
		const startedAtMs = run.ports.clock.now();
		const why = isLive ? void 0 : await awaitLive(run, awaited);
		if (why !== void 0) return {
			...unseen(awaited, step, startedAtMs),
			why
		};
		isLive = true;
		return look();
	};
	return {
		hold: async (percent) => after(`${percent}%`, async () => watching.hold(percent)),
		soak: async (percent) => after("watch", async () => watching.soak(percent))
	};
}
async function awaitLive({ ports: { clock }, signal }, { health, values, sources, sinceMs }) {
	const known = values();
	const { source = "", query } = liveQuestion(health, known) ?? {};
	const startMs = clock.now();
	for (;;) {
		const [answer] = (query && await sources.get(source)?.read([query], signal)) ?? [];
		if (showsVersion(answer, sinceMs)) return void 0;
		const nowMs = clock.now();
		if (nowMs - startMs >= 6e5) return notLiveLine(known.version ?? "", answer);
		await clock.sleep(nextTickMs(startMs, health.everyMs, nowMs) - nowMs, signal);
	}
}
function unseen({ health, values }, step, startedAtMs) {
	return {
		kind: "hold",
		reason: "health_no_data",
		report: {
			step,
			startedAtMs,
			...reportOf(startWatch(health, values(), startedAtMs), startedAtMs)
		}
	};
}

// src/command/job-order.ts
const WORDS = {
	pause: "paused",
	continue: "continued",
	promote: "promoted",
	accept: "accepted"
};
function jobOrderWords(kind, by) {
	return plain(`${WORDS[kind]}: by ${by.login}`, 140);
}
function readJobOrder(description) {
	const [, word = "", by = ""] = /^([a-z]+): by (\S{1,100})$/.exec(description ?? "") ?? [];
	const kind = [
		"pause",
		"continue",
		"promote",
		"accept"
	].find((one) => WORDS[one] === word);
	return kind === void 0 ? void 0 : {
		kind,
		by
	};
}

// src/upgrade/people.ts
const JUDGE = { kind: "judge" };
function saidByPerson(newest) {
	if (newest?.state !== "in_progress" && newest?.state !== "success") return void 0;
	const order = readJobOrder(newest.description);
	return order && {
		...order,
		atMs: newest.atMs
	};
}
function decideListening(newest, step, before) {
	const accepted = before.find(({ said }) => said === "accepted");
	if (accepted !== void 0) return {
		kind: "go_on",
		said: "accepted",
		by: accepted.by
	};
	const person = saidByPerson(newest);
	if (person === void 0) return JUDGE;
	const { kind, by, atMs } = person;
	switch (kind) {
		case "continue": return JUDGE;
		case "pause": return {
			kind: "paused",
			by
		};
		case "accept": return {
			kind: "go_on",
			said: "accepted",
			by
		};
		case "promote": {
			const isFollowed = before.some((one) => one.said === "promoted" && one.saidAtMs === atMs);
			const isOfThisStep = atMs >= Math.floor(step.sinceMs / 1e3) * 1e3;
			return isFollowed || !isOfThisStep ? JUDGE : {
				kind: "go_on",
				said: "promoted",
				by
			};
		}
	}
}

// src/upgrade/stages/listen.ts
const LOOK_EVERY_MS = 6e4;
function listener(run, name) {
	const { deployments, clock, log } = run.ports;
	let askedMs = -Infinity;
	let newest;
	let last = JUDGE;
	let isFailing = false;
	let isBadSaid = false;
	const ask = async () => {
		const id = recordOf(run, name)?.deployment;
		askedMs = clock.now();
		if (id === void 0) return;
		try {
			const answer = await deployments.said?.(id);
			isFailing = false;
			if (saidByPerson(answer) !== void 0) newest = answer;
		} catch (error) {
			run.signal.throwIfAborted();
			if (!isFailing) log.warning(`What people say of ${name} cannot be read: ${causes(error)}`);
			isFailing = true;
		}
	};
	const listen = async (step, isDue) => {
		if (deployments.said !== void 0 && (isDue || clock.now() >= askedMs + LOOK_EVERY_MS)) await ask();
		const before = recordOf(run, name)?.said ?? [];
		const heard = decideListening(newest, step, before);
		if (isNews(last, heard, before)) await note(run, name, {
			step: step.name,
			heard,
			newest
		});
		if (heard.kind !== "paused") isBadSaid = false;
		last = heard;
		return heard;
	};
	return {
		nextMs: () => deployments.said === void 0 ? Infinity : askedMs + LOOK_EVERY_MS,
		listen: async (step) => listen(step, false),
		beforeActing: async (step) => listen(step, last.kind !== "paused"),
		sayBad({ line }) {
			if (last.kind !== "paused" || isBadSaid) return;
			isBadSaid = true;
			log.warning(`${name} is bad, but ${last.by} paused it: nothing is taken back before /continue. ${line}`);
		}
	};
}
function isNews(last, heard, before) {
	switch (heard.kind) {
		case "paused": return last.kind !== "paused" || last.by !== heard.by;
		case "judge": return last.kind === "paused";
		case "go_on": return heard.said === "promoted" || before.every(({ said }) => said !== "accepted");
	}
}
async function note(run, name, { step, heard, newest }) {
	const { log } = run.ports;
	const common = {
		type: "person_said",
		environment: name,
		step,
		saidAtMs: newest?.atMs ?? run.ports.clock.now()
	};
	switch (heard.kind) {
		case "paused":
			log.info(`${heard.by} paused ${name} at ${step}: nothing more is sent there, taken back or promoted until /continue. It can be paused for as long as this job may run ("timeout-minutes"; 6 hours where it says nothing).`);
			return run.record({
				...common,
				said: "paused",
				by: heard.by
			});
		case "go_on":
			log.info(`${heard.by} ${heard.said} what runs in ${name} at ${step}: it goes on now.`);
			return run.record({
				...common,
				said: heard.said,
				by: heard.by
			});
		case "judge": {
			const by = saidByPerson(newest)?.by ?? "";
			log.info(`${by} continued ${name} at ${step}: its health decides again.`);
			return run.record({
				...common,
				said: "continued",
				by
			});
		}
	}
}
function recordOf(run, name) {
	return run.upgrade().environments.find((known) => known.name === name);
}

// src/upgrade/stages/monitor.ts
async function openWatching(run, name) {
	const health = run.config.environments[name]?.health;
	if (health === void 0) return void 0;
	const sources = await openSources$1(run, health);
	const openedMs = run.ports.clock.now();
	const lookout = {
		run,
		name,
		health,
		sources,
		people: listener(run, name),
		openedMs
	};
	const watching = {
		hold: (percent) => look(lookout, {
			percent,
			decide: decideHold,
			name: `${percent}%`
		}),
		soak: (percent) => look(lookout, {
			percent,
			decide: decideSoak,
			name: "watch"
		})
	};
	const values = () => valuesFor(run, name);
	return whenLive(run, {
		health,
		values,
		sources,
		sinceMs: openedMs
	}, watching);
}
async function begin$1({ run, name, health, sources, openedMs }) {
	const values = valuesFor(run, name);
	const history = await loadBaseline(health, values, {
		sources,
		nowMs: openedMs,
		signal: run.signal
	});
	return startWatch(health, values, run.ports.clock.now(), history);
}
async function look(lookout, { percent, decide, name: step }) {
	const { run, name, health, sources, people } = lookout;
	const { clock } = run.ports;
	const share = percent === void 0 ? void 0 : percent / 100;
	let state = enterStep(lookout.state ?? await begin$1(lookout), share, clock.now());
	const startedAtMs = state.step.sinceMs;
	const listened = {
		name: step,
		sinceMs: startedAtMs
	};
	const seen = () => ({
		step,
		startedAtMs,
		...reportOf(state, clock.now())
	});
	for (;;) {
		lookout.state = state;
		const heard = await people.listen(listened);
		if (heard.kind === "go_on") return {
			...heard,
			kind: "person",
			report: seen()
		};
		if (!await sleepUntil(nextTickMs(startedAtMs, health.everyMs, clock.now()), people.nextMs(), run)) continue;
		state = tick(state, await ask(health, state, sources, run.signal), clock.now());
		const report = seen();
		run.ports.watchTick?.(name, report);
		const gate = decide(state, clock.now(), report);
		if (gate === void 0) continue;
		const word = await people.beforeActing(listened);
		lookout.state = state;
		if (word.kind === "go_on") return {
			...word,
			kind: "person",
			report
		};
		if (word.kind === "judge") return gate;
		if (gate.kind === "unhealthy") people.sayBad(report);
	}
}
async function openSources$1({ ports }, health) {
	const opened = sourcesOf(health).map(async (name) => [name, await ports.adapters.source(name)]);
	return new Map(await Promise.all(opened));
}
async function takeUpLive(run, name) {
	if (run.upgrade().environments.find((record) => record.name === name)?.deployment !== void 0) return superseded(run, name);
	const { sha, name: version } = candidateOf(run.upgrade());
	const newest = await run.ports.deployments.newest(name);
	if (newest?.sha !== sha || newest.state !== "success") {
		const found = newest === void 0 ? "nothing" : `${newest.version} as ${newest.state}`;
		return {
			decision: "failed",
			reason: "not_deployed",
			message: `${version} (${sha.slice(0, 12)}) is not live in ${name}, so there is nothing to watch: on record there is ${found}. Deploy it first.`
		};
	}
	const previous = run.plan.previous[name];
	await run.record({
		type: "deployment_begun",
		environment: name,
		deployment: newest.id,
		...previous && { previous }
	}, {
		type: "environment_ended",
		environment: name,
		state: "live",
		message: `${name} runs ${version}.`
	});
}
async function monitorStage(run, name, watching) {
	const [step] = stepsOf(run, "monitor", name);
	if (step === void 0) return void 0;
	if (isHandedOver(run, name)) {
		await perform(run, step, async () => ({
			result: "skipped",
			message: "The App watches it."
		}));
		return;
	}
	if (watching === void 0) return void 0;
	let ending;
	await perform(run, step, async () => {
		const gate = await watching.soak(run.config.environments[name]?.traffic && 100);
		ending = await endFromGate(run, name, gate);
		if (ending === void 0) await promote(run, name, lineOf(gate));
		return {
			result: ending?.reason === "superseded" ? "held" : results[gate.kind],
			message: lineOf(gate)
		};
	});
	return ending;
}
const results = {
	proceed: "done",
	person: "done",
	hold: "held",
	unhealthy: "failed"
};
const decideHold = (watch, nowMs, report) => {
	const { gate, reason } = gateOf(watch, nowMs);
	switch (gate) {
		case "wait":
		case "extend": return;
		case "proceed":
		case "unhealthy": return {
			kind: gate,
			report
		};
		case "hold": return {
			kind: "hold",
			report,
			reason: heldReason(reason)
		};
	}
};
const decideSoak = (watch, nowMs, report) => {
	const { done, verdict, reason } = verdictOf(watch, nowMs);
	if (!done) return void 0;
	if (verdict === "healthy") return {
		kind: "proceed",
		report
	};
	if (verdict === "unhealthy") return {
		kind: "unhealthy",
		report
	};
	return {
		kind: "hold",
		report,
		reason: heldReason(reason)
	};
};
async function sleepUntil(tickMs, peopleMs, { ports, signal }) {
	const nowMs = ports.clock.now();
	const untilMs = Math.min(tickMs, Math.max(peopleMs, nowMs));
	await ports.clock.sleep(untilMs - nowMs, signal);
	return ports.clock.now() >= tickMs;
}
async function ask(health, { values }, sources, signal) {
	return Promise.all(queriesOf(health, values).map(async ({ source, queries }) => await sources.get(source)?.read(queries, signal) ?? []));
}
async function promote(run, name, line) {
	await recordVerdict(run, name, "healthy", line);
	await run.record({
		type: "environment_ended",
		environment: name,
		state: "promoted",
		message: line
	});
}
function lineOf(gate) {
	const { line } = gate.report;
	if (gate.kind !== "person") return gate.kind === "hold" ? gate.why ?? line : line;
	return gate.said === "promoted" ? `${gate.by} promoted it before the end of the watch. Until then: ${line}` : `${gate.by} accepted it as it is. Until then: ${line}`;
}
function valuesFor(run, name) {
	const { repository, branch } = run.upgrade();
	const candidate = candidateOf(run.upgrade());
	const previous = run.upgrade().environments.find((known) => known.name === name)?.previous;
	return watchedValues({
		version: candidate.name,
		sha: candidate.sha,
		environment: name,
		repository,
		branch,
		previous: previous?.name ?? run.plan.previous[name]?.name
	});
}

// src/revert/auto-revert.ts
const KEY = "autorevert";
const record = object({
	schema: literal(1),
	isOn: boolean(),
	by: object({
		id: number().int(),
		login: string()
	}),
	atMs: number()
});
async function readAutoRevert(records) {
	const read = await records.read(KEY);
	if (read.kind === "absent") return { state: "on" };
	const parsed = read.kind === "found" ? record.safeParse(read.record.value).data : void 0;
	if (parsed === void 0) return {
		state: "unknown",
		...read.kind === "unreadable" && { where: read.where }
	};
	const { isOn, by, atMs } = parsed;
	return {
		state: isOn ? "on" : "off",
		by,
		atMs
	};
}
async function writeAutoRevert(records, said) {
	const read = await records.read(KEY);
	const revision = read.kind === "found" ? read.record.revision : void 0;
	return (await records.write(KEY, {
		schema: 1,
		...said
	}, revision)).kind === "written" ? "written" : "conflict";
}

// src/revert/decide.ts
const NO_BRAKES = {
	autoRevert: "on",
	breaker: "closed",
	hasSharedCause: false
};
const MAX_AGE_MS = 864e5;
const COOLDOWN_MS = 18e5;
const REVERTS_A_DAY = 3;
const OPT_OUT_LABEL = "no-auto-revert";
const FORWARD_ONLY_LABEL = "forward-only";
function decideRevert(facts) {
	if (facts.verdict !== "unhealthy") return {
		kind: "nothing",
		why: facts.verdict
	};
	if (facts.policy === "off") return {
		kind: "nothing",
		why: "policy_off"
	};
	const evidence = facts.unhealthy.filter(({ wasBadBefore }) => !wasBadBefore);
	if (evidence.length === 0) return {
		kind: "nothing",
		why: "bad_before"
	};
	const stopped = whyStopped(facts.brakes);
	if (stopped !== void 0) return {
		kind: "nothing",
		why: stopped
	};
	if (facts.suspects.kind === "none") return {
		kind: "nothing",
		why: "no_merge"
	};
	const { merge } = facts.suspects;
	const untouchable = whyUntouchable(merge, facts.nowMs);
	if (untouchable !== void 0) return {
		kind: "nothing",
		why: untouchable
	};
	const why = whyPropose(facts, evidence);
	if (facts.shadow) return {
		kind: "nothing",
		why: "shadow",
		would: why === void 0 ? "merge" : "propose",
		merge
	};
	if (why === void 0) return {
		kind: "merge",
		merge
	};
	const { suspects } = facts;
	return {
		kind: "propose",
		why,
		merge,
		...suspects.kind === "several" && { others: suspects.others }
	};
}
function whyStopped(brakes) {
	if (brakes.autoRevert === "off") return "switched_off";
	if (brakes.autoRevert === "unknown") return "switch_unknown";
	if (brakes.hasSharedCause) return "shared_cause";
	return brakes.breaker === "open" ? "breaker_open" : void 0;
}
function whyUntouchable(merge, nowMs) {
	if (merge.revertOf !== void 0) return "own_revert";
	if (merge.forwardOnly || merge.labels.includes(FORWARD_ONLY_LABEL)) return "forward_only";
	if (merge.labels.includes(OPT_OUT_LABEL)) return "opted_out";
	return nowMs - merge.mergedAtMs <= 864e5 ? void 0 : "too_old";
}
function whyPropose(facts, evidence) {
	if (facts.policy === "propose") return "policy_propose";
	if (!facts.provenLive) return "not_proven_live";
	if (facts.suspects.kind === "several") return "several_suspects";
	if (!isStrong(evidence)) return "weak_evidence";
	if (facts.revertsOfTheDay === "unknown" || facts.revertsOfCooldown === "unknown") return "budget_unknown";
	if (facts.revertsOfTheDay >= 3) return "budget_spent";
	return facts.revertsOfCooldown > 0 ? "cooldown" : void 0;
}
function isStrong(evidence) {
	if (evidence.some(({ against }) => against === "concurrent")) return true;
	return evidence.some((one, at) => evidence.slice(at + 1).some((other) => areIndependent(one, other)));
}
function areIndependent(one, other) {
	if (one.queries.length === 0 || other.queries.length === 0) return false;
	return !one.queries.some((query) => other.queries.includes(query));
}

// src/revert/gather-facts.ts
const DAY_MS = 864e5;
async function gatherRevertFacts(known, ports) {
	const { policy, shadow, verdict, provenLive, unhealthy } = known;
	const nowMs = ports.clock.now();
	const isBlamed = unhealthy.some(({ wasBadBefore }) => !wasBadBefore);
	const matters = verdict === "unhealthy" && policy !== "off" && isBlamed;
	const brakes = matters && ports.brakes !== void 0 ? await ports.brakes() : NO_BRAKES;
	const suspects = matters && isReleased(brakes) ? await suspectsOf(known, ports.pullRequests) : { kind: "none" };
	return {
		policy,
		shadow,
		verdict,
		provenLive,
		unhealthy,
		brakes,
		suspects,
		...policy === "auto" && suspects.kind === "one" ? await countReverts(ports, nowMs) : NO_REVERTS,
		nowMs
	};
}
function isReleased({ autoRevert, breaker, hasSharedCause }) {
	return autoRevert === "on" && breaker === "closed" && !hasSharedCause;
}
const NO_REVERTS = {
	revertsOfTheDay: 0,
	revertsOfCooldown: 0
};
async function suspectsOf({ deployed, lastHealthy }, pullRequests) {
	if (lastHealthy !== void 0) return pullRequests.suspects(lastHealthy.sha, deployed.sha);
	const merge = await pullRequests.mergeOf(deployed.sha);
	if (merge === void 0) return { kind: "none" };
	return {
		kind: "several",
		merge,
		others: "everything before it, since no version was ever found healthy here"
	};
}
async function countReverts({ pullRequests, log }, nowMs) {
	try {
		const revertsOfTheDay = await pullRequests.revertsSince(nowMs - DAY_MS);
		if (revertsOfTheDay === 0) return NO_REVERTS;
		return {
			revertsOfTheDay,
			revertsOfCooldown: await pullRequests.revertsSince(nowMs - COOLDOWN_MS)
		};
	} catch (error) {
		if (!(error instanceof GitHubError || error instanceof VersionControlError)) throw error;
		log.warning(`The reverts of the last day could not be counted, so none is merged: ${error.message}`);
		return {
			revertsOfTheDay: "unknown",
			revertsOfCooldown: "unknown"
		};
	}
}

// src/revert/revert-body.ts
function revertBody(decision, evidence) {
	const { environment, deployed, lastHealthy, line, checks, reportUrl } = evidence;
	const bad = checks.filter(({ verdict }) => verdict === "unhealthy");
	const back = lastHealthy ? `, and ${code(lastHealthy.version)} (${lastHealthy.sha}) was healthy before it` : "";
	return [
		`#${decision.merge.number} came to ${code(environment)} with ${code(deployed.version)} (${deployed.sha}) and users would notice${back}.`,
		`> ${code(line, 500)}`,
		...bad.length === 0 ? [] : [table(bad), queries(bad)],
		verdictOnMerging(decision),
		...reportUrl === void 0 ? [] : [`The whole report: ${reportUrl}`],
		"What was merged since then stays: only this one change is taken out. If this is a false alarm, close this pull request; it is not opened again."
	].join("\n\n");
}
function table(checks) {
	return [
		"| check | before | now | change | allowed | looks with an answer |",
		"|---|---|---|---|---|---|",
		...checks.map(({ name, before, after, change, allowed, coverage }) => {
			return `| ${[
				name,
				before,
				after,
				change,
				allowed,
				`${coverage.measured} of ${coverage.expected}`
			].map((value) => cell(value)).join(" | ")} |`;
		})
	].join("\n");
}
function queries(checks) {
	const all = checks.flatMap(({ name, queries }) => queries.map((query) => `${name}: ${query}`));
	return `<details><summary>What was asked</summary>\n\n${fence(all.join("\n"))}\n\n</details>`;
}
function verdictOnMerging(decision) {
	if (decision.kind === "merge") return "Seamless merges this as soon as the repository allows it.";
	const also = decision.others === void 0 ? "" : ` Just as well to blame may be ${decision.others}.`;
	return `Seamless does not merge this by itself: ${whyProposed[decision.why]}.${also} A person decides.`;
}
const whyProposed = {
	policy_propose: "the configuration says `revert: propose`",
	not_proven_live: "no deployment says that this commit went live",
	several_suspects: "more than this change came since the last healthy version",
	weak_evidence: "one check, not compared with the old version at the same time, is not enough to be sure",
	cooldown: "another revert was merged within the last half hour, and what that one does to users is not known yet",
	budget_spent: "as many reverts as are allowed in a day were merged already",
	budget_unknown: "it could not be counted how many reverts were merged today"
};

// src/revert/revert-merge.ts
async function revertMerge(decision, evidence, pullRequests) {
	if (decision.kind === "nothing") return notDone(decision);
	const { merge } = decision;
	const request = {
		body: revertBody(decision, evidence),
		merge: decision.kind === "merge"
	};
	try {
		return resultOf(await pullRequests.revert(merge, request), decision);
	} catch (error) {
		if (!(error instanceof GitHubError)) throw error;
		return {
			outcome: "failed",
			reason: "github_failed",
			message: `#${merge.number} could not be taken back: ${code(error.message, 700)}`,
			suspect: merge.number
		};
	}
}
function notDone(decision) {
	const { why } = decision;
	if (why !== "shadow") return {
		outcome: "not_done",
		reason: why,
		message: `No merge was taken back: ${whyNothing[why]}.`
	};
	const { would, merge } = decision;
	const deed = would === "merge" ? "reverted" : "proposed to be reverted";
	return {
		outcome: "not_done",
		reason: why,
		message: `Shadow: #${merge.number} would have been ${deed}; nothing was done.`,
		suspect: merge.number
	};
}
const whyNothing = {
	healthy: "nothing is wrong",
	inconclusive: "nothing bad is proven",
	policy_off: "the configuration says `revert: off`",
	bad_before: "what is bad now was bad before the deployment",
	switched_off: "somebody switched that off for this repository (`/autorevert on` switches it on again)",
	switch_unknown: "whether somebody switched that off cannot be read, and as long as it cannot nothing is done (`/autorevert on` or `off` mends it)",
	shared_cause: "everything else that is watched turned bad within the same minute, so what they all share is to blame, not this change",
	breaker_open: "taking a version back here did not make users well the last time, so that the next one is for a person to decide (until a version is healthy here, or somebody says `/autorevert on`)",
	no_merge: "what was deployed did not come by a merged pull request",
	own_revert: "what was deployed is itself a revert by Seamless, and those are not reverted by machine",
	forward_only: "the change says of itself that it is forward-only, so that going back may break more than it mends: a fix is needed",
	opted_out: "the pull request is labelled `no-auto-revert`",
	too_old: "the change was merged more than a day ago"
};
function resultOf(outcome, decision) {
	const { merge } = decision;
	const suspect = merge.number;
	switch (outcome.kind) {
		case "merged": return {
			outcome: "merged",
			reason: "merged",
			message: `#${suspect} was taken back by #${outcome.pullRequest.number} (${outcome.commit}).`,
			pullRequest: shortOf(outcome.pullRequest),
			suspect,
			commit: outcome.commit
		};
		case "proposed": return proposed(outcome, decision);
		case "already_reverted": return {
			outcome: "already_reverted",
			reason: "already_reverted",
			message: `#${suspect} is reverted already: ${outcome.by}.`,
			suspect
		};
		case "declined": return declined(outcome.pullRequest, merge);
		case "conflict": return {
			outcome: "conflict",
			reason: "conflict",
			message: outcome.recipe,
			suspect
		};
		case "refused": return {
			outcome: "failed",
			reason: "refused",
			message: `#${suspect} was not taken back: ${outcome.why}.\n\n${outcome.recipe}`,
			suspect
		};
		default: return outcome;
	}
}
function proposed(outcome, decision) {
	const { pullRequest } = outcome;
	const isAsked = outcome.reason === "asked" && decision.kind === "propose";
	const why = isAsked ? whyProposed[decision.why] : outcome.why;
	return {
		outcome: "proposed",
		reason: isAsked ? decision.why : outcome.reason,
		message: `#${pullRequest.number} would take #${decision.merge.number} back and waits for a person: ${why}.`,
		pullRequest: shortOf(pullRequest),
		suspect: decision.merge.number
	};
}
function declined(pullRequest, merge) {
	return {
		outcome: "not_done",
		reason: "declined",
		message: `#${merge.number} was not taken back: a person closed the revert, #${pullRequest.number}.`,
		pullRequest: shortOf(pullRequest),
		suspect: merge.number
	};
}
function shortOf({ number, url }) {
	return {
		number,
		url
	};
}

// src/revert/reverse-merge.ts
async function reverseMerge(decision, merges) {
	if (decision.kind === "nothing") return leftAlone(decision);
	const { merge } = decision;
	const name = `r${merge.number}`;
	const suspect = merge.number;
	const recipe = fence(merges.recipe(merge));
	if (decision.kind === "propose") {
		const message = `${name} is to be taken back by a person, since ${whyProposed[decision.why]}:\n\n${recipe}`;
		return {
			outcome: "proposed",
			reason: decision.why,
			message,
			suspect
		};
	}
	const taken = await merges.takeBack(merge);
	switch (taken.kind) {
		case "committed": return {
			outcome: "merged",
			reason: "merged",
			message: `${name} was taken back by ${taken.name} on ${code(merge.base)} (${taken.commit}).`,
			suspect
		};
		case "already": return {
			outcome: "already_reverted",
			reason: "already_reverted",
			message: `${name} is taken back already: by ${code(taken.by)}.`,
			suspect
		};
		case "conflict": return {
			outcome: "conflict",
			reason: "conflict",
			message: `${name} cannot be taken back by machine: later commits changed the same (${taken.paths.slice(0, 10).map((path) => code(path)).join(", ")}). By hand:\n\n${recipe}`,
			suspect
		};
		default: return taken;
	}
}
function leftAlone(decision) {
	const { why } = decision;
	if (why === "shadow") {
		const deed = decision.would === "merge" ? "taken back" : "proposed to be taken back";
		return {
			outcome: "not_done",
			reason: why,
			message: `Shadow: r${decision.merge.number} would have been ${deed}; nothing was done.`,
			suspect: decision.merge.number
		};
	}
	if (why !== "no_merge") return notDone(decision);
	return {
		outcome: "not_done",
		reason: why,
		message: "No commit was taken back: what was deployed is a branch or tag of its own, which nobody gets who does not ask for it."
	};
}

// src/upgrade/stages/revert.ts
async function revertStage(run) {
	const bad = run.upgrade().environments.find(({ judged }) => judged.at(-1)?.verdict === "unhealthy");
	const report = bad?.judged.at(-1);
	if (bad === void 0 || report === void 0) return;
	const { pullRequest, suspect, commit: _, ...said } = await revertAfter(run, bad, report).catch((error) => ({
		outcome: "failed",
		reason: error instanceof VersionControlError ? "refused" : "github_failed",
		message: textOf(error)
	}));
	await run.record({
		type: "reverted",
		revert: {
			...said,
			...pullRequest && { pullRequest: { ...pullRequest } },
			...suspect !== void 0 && { suspect }
		}
	});
}
async function revertAfter(run, bad, report) {
	const { pullRequests, reverseMerges, clock, log } = run.ports;
	const known = knownFacts(run, bad, report);
	if (pullRequests !== void 0) {
		const brakes = async () => brakesOf(run);
		const decision = decideRevert(await gatherRevertFacts(known, {
			pullRequests,
			brakes,
			clock,
			log
		}));
		const { deployed, lastHealthy } = known;
		const evidence = {
			environment: bad.name,
			deployed,
			line: report.line,
			checks: report.checks
		};
		return revertMerge(decision, {
			...evidence,
			...lastHealthy && { lastHealthy }
		}, pullRequests);
	}
	if (reverseMerges !== void 0) {
		const facts = await gatherRevertFacts(known, {
			pullRequests: reverseMerges,
			clock,
			log
		});
		return reverseMerge(decideRevert(facts), reverseMerges);
	}
	return {
		outcome: "not_done",
		reason: "refused",
		message: "No merge was taken back: without a GitHub token nothing is known of merges."
	};
}
async function brakesOf({ ports: { records } }) {
	if (records === void 0) return NO_BRAKES;
	return {
		...NO_BRAKES,
		autoRevert: (await readAutoRevert(records)).state
	};
}
function knownFacts(run, bad, report) {
	const { revert, shadow } = environmentConfig(run, bad.name);
	const { sha, name: version } = candidateOf(run.upgrade());
	const lastHealthy = lastHealthyOf(bad);
	return {
		policy: revert,
		shadow,
		verdict: report.verdict,
		provenLive: bad.deployment !== void 0 && wereSentThere(run, bad.name),
		unhealthy: report.checks.filter(({ verdict }) => verdict === "unhealthy").map((check) => unhealthyCheck(report, check)),
		deployed: {
			id: bad.deployment ?? "",
			sha,
			version
		},
		...lastHealthy && { lastHealthy }
	};
}
function wereSentThere(run, name) {
	const done = run.upgrade().steps.filter(({ state }) => state === "done");
	const wanted = environmentConfig(run, name).traffic ? `deploy/${name}/traffic-` : `deploy/${name}/apply`;
	return done.some(({ step }) => step.startsWith(wanted));
}
function lastHealthyOf({ previous }) {
	return previous?.sha === void 0 ? void 0 : {
		id: "",
		sha: previous.sha,
		version: previous.name
	};
}
function unhealthyCheck(report, check) {
	const compared = report.comparison === "none" ? "limit" : report.comparison;
	return {
		name: check.name,
		against: check.reason === "limit_exceeded" ? "limit" : compared,
		queries: check.queries,
		wasBadBefore: check.wasBadBefore
	};
}

// src/upgrade/test-difference.ts
function compareOwnTests(suite, cases, base) {
	const before = new Map("names" in base ? base.names.map(({ name, result }) => [name, result]) : []);
	const failed = cases.filter(({ result }) => result === "failed");
	const now = new Set(cases.map(({ name }) => name));
	return {
		...counted(suite, cases),
		kind: "own",
		against: base.against,
		newlyFailing: failed.filter(({ name }) => before.get(name) !== "failed").map(copy),
		known: failed.filter(({ name }) => before.get(name) === "failed").map(({ name }) => name),
		newlyPassing: cases.filter(({ name, result }) => result === "passed" && before.get(name) === "failed").map(({ name }) => name),
		added: "names" in base ? [...now].filter((name) => !before.has(name)) : [],
		removed: [...before.keys()].filter((name) => !now.has(name)),
		accepted: [],
		unused: []
	};
}
function comparePreviousTests(suite, cases, accepts) {
	const failed = cases.filter(({ result }) => result === "failed");
	const names = new Set(failed.map(({ name }) => name));
	return {
		...counted(suite, cases),
		kind: "previous",
		against: "not_needed",
		newlyFailing: failed.filter(({ name }) => !accepts.includes(name)).map(copy),
		known: [],
		newlyPassing: [],
		added: [],
		removed: [],
		accepted: accepts.filter((name) => names.has(name)),
		unused: accepts.filter((name) => !names.has(name))
	};
}
function needsBase(cases) {
	return cases.some(({ result }) => result === "failed");
}
function counted(suite, cases) {
	const count = (wanted) => cases.filter(({ result }) => result === wanted).length;
	return {
		suite,
		passed: count("passed"),
		failed: count("failed"),
		skipped: count("skipped"),
		names: cases.map(({ name, result }) => ({
			name,
			result
		}))
	};
}
function copy(testCase) {
	return { ...testCase };
}

// src/upgrade/stages/test.ts
async function testStage(run) {
	const failures = [];
	await restoreArtifacts(run);
	let broken = "users_tests_failed";
	for (const step of run.config.test) {
		const id = stepId("test", step, run.plan);
		const planned = run.plan.steps.find((known) => known.id === id);
		if (planned === void 0) continue;
		const end = await perform(run, planned, () => speaksForUsers(step) ? testAsBefore(run, id, step) : testItself(run, id, step));
		if (end.result !== "failed") continue;
		failures.push(end);
		if (!speaksForUsers(step)) broken = "tests_failed";
	}
	if (failures.length === 0) return void 0;
	return {
		decision: "failed",
		reason: broken,
		message: failures.map(({ message }) => message ?? "The tests failed.").join("\n")
	};
}
async function restoreArtifacts(run) {
	const { artifacts } = run.upgrade();
	if (artifacts.length === 0 || stepsOf(run, "test").length === 0) return;
	const { path } = await run.worktree();
	await run.ports.artifacts.restore(artifacts, path);
}
function speaksForUsers(step) {
	return step.adapter === "previous" || step.adapter === "openapi";
}
async function testItself(run, id, step) {
	const outcome = await (await run.ports.adapters.testRunner(step)).test(await contextOf(run, id, {
		worktree: await run.worktree(),
		...folderOf(step)
	}));
	if (outcome.kind === "failed") return failed(outcome.failure);
	const base = await baseResults(run, id, step, outcome.cases);
	return ended(compareOwnTests(id, outcome.cases, base));
}
function folderOf(step) {
	return step.adapter === "run" ? { working: step.working } : {};
}
async function testAsBefore(run, id, step) {
	const base = commitOf(run.plan.base);
	if (base === void 0) return {
		result: "skipped",
		message: "There is no version n: this is the first upgrade."
	};
	const candidate = await contextOf(run, id, { worktree: await run.worktree() });
	const outcome = await (await run.ports.adapters.testRunner(step)).test(await contextOf(run, id, {
		worktree: await run.worktreeAt(base),
		...step.adapter === "previous" && { working: step.working },
		values: { SEAMLESS_CANDIDATE_DIR: candidate.directory }
	}));
	if (outcome.kind === "failed") return failed(outcome.failure);
	return ended(comparePreviousTests(id, outcome.cases, step.accepts));
}
async function baseResults(run, id, step, cases) {
	const base = commitOf(run.plan.base);
	if (base === void 0) return { against: "first_upgrade" };
	const known = (await run.ports.receipts.ofCommit(base))?.tests.find(({ suite }) => suite === id);
	if (known) return {
		against: "receipt",
		names: known.names
	};
	if (!needsBase(cases)) return { against: "not_needed" };
	return runOnBase(run, id, step, base);
}
async function runOnBase(run, id, step, base) {
	run.ports.log.info(`${id}: some tests failed; running them on the base ${base.slice(0, 12)} to tell known failures apart.`);
	const on = `${id} (base)`;
	const worktree = await run.worktreeAt(base);
	if (!await prepareBase(run, on, step, worktree)) return { against: "unknown" };
	const outcome = await (await run.ports.adapters.testRunner(step)).test(await contextOf(run, on, {
		worktree,
		...folderOf(step)
	}));
	if (outcome.kind === "failed") {
		run.ports.log.warning(`${on}: ${outcome.failure.message} Every failure counts as new.`);
		return { against: "unknown" };
	}
	return {
		against: "base_run",
		names: outcome.cases.map(({ name, result }) => ({
			name,
			result
		}))
	};
}
async function prepareBase(run, on, step, worktree) {
	if (step.adapter !== "run" || step.base === void 0) return true;
	const outcome = await (await run.ports.adapters.builder({
		...step,
		run: step.base,
		artifacts: []
	})).build(await contextOf(run, on, {
		worktree,
		working: step.working
	}));
	if (outcome.kind === "built") return true;
	run.ports.log.warning(`${on}: ${outcome.failure.message} Every failure counts as new.`);
	return false;
}
function ended(suite) {
	const events = [{
		type: "tested",
		suite
	}];
	const { newlyFailing, known, accepted, passed } = suite;
	if (newlyFailing.length === 0) return {
		result: "done",
		message: `${passed} passed${known.length > 0 ? `, failing as on the base: ${known.length}` : ""}${accepted.length > 0 ? `, breaking as accepted: ${accepted.length}` : ""}`,
		events
	};
	const names = newlyFailing.slice(0, 3).map(({ name }) => name);
	const rest = newlyFailing.length > 3 ? ` and ${newlyFailing.length - 3} more` : "";
	const whose = suite.kind === "previous" ? "tests of version n fail on the new build" : "tests newly fail";
	return {
		result: "failed",
		message: `${suite.suite}: ${newlyFailing.length} ${whose}: ${names.join(", ")}${rest}.`,
		events
	};
}
function failed({ message, output }) {
	return {
		result: "failed",
		message,
		output
	};
}
function commitOf(version) {
	return version?.sha;
}

// src/upgrade/final-word.ts
function finalWord(upgrade, environment, before) {
	const { reason = "internal_error", message = "" } = upgrade;
	if (reason === "superseded") return void 0;
	const known = upgrade.environments.find(({ name }) => name === environment);
	if (reason === "stage_completed" && known?.state === "untouched") return void 0;
	return {
		state: reason === "already_live" ? "success" : stateOf$1(upgrade, known, before),
		description: `${reason}: ${message}`
	};
}
function lastWord({ reason, message, begun }, before) {
	return {
		state: begun ? "error" : untouched(before),
		description: `${reason}: ${message}`
	};
}
function stateOf$1({ operation }, known, before) {
	switch (known?.state) {
		case void 0:
		case "untouched": return untouched(before);
		case "live":
		case "promoted": return "success";
		case "held": return known.weight !== void 0 && known.weight < 100 ? "in_progress" : "success";
		case "rolled_back": return operation === "rollback" ? "success" : "failure";
		case "dirty":
		case "unknown":
		case "deploying": return "error";
	}
}
function untouched(before) {
	switch (before?.state) {
		case "error": return "error";
		case "in_progress":
		case "unknown": return before.verdict === "inconclusive" ? "failure" : "error";
		case void 0:
		case "success":
		case "failure":
		case "inactive": return "failure";
	}
}

// src/upgrade/tell-own.ts
async function tellOwn(run) {
	if (!run.ports.appWatches) return;
	const upgrade = run.upgrade();
	for (const { name, deployment, state } of upgrade.environments) {
		if (!(deployment !== void 0 && deployment !== run.adopt) || !run.plan.environments.includes(name) || state === "live" || state === "promoted") continue;
		const before = state === "untouched" ? await newestBefore(run, name, deployment) : void 0;
		const word = finalWord(upgrade, name, before);
		if (word !== void 0) await recordState(run, name, word.state, word.description);
	}
}
async function newestBefore(run, name, deployment) {
	return run.ports.deployments.newest(name, void 0, deployment).catch((error) => {
		run.ports.log.warning(`What was in ${name} before could not be asked: ${textOf(error)}`);
	});
}

// src/upgrade/unfinished.ts
function unfinished(upgrade, known, { shadow }) {
	const { reason, why } = causeOf(upgrade, known, shadow);
	const message = known.message ?? why;
	switch (known.state) {
		case "deploying":
		case "live": return reason === void 0 ? void 0 : {
			kind: "take_back",
			reason,
			why
		};
		case "rolled_back": return {
			kind: "end",
			ending: {
				decision: "rolled_back",
				reason: reason ?? "internal_error",
				message
			}
		};
		case "dirty": return {
			kind: "end",
			ending: {
				decision: "failed",
				reason: known.previous === void 0 ? "no_rollback_target" : "rollback_failed",
				message
			}
		};
		case "unknown": return {
			kind: "end",
			ending: {
				decision: "failed",
				reason: "environment_unknown",
				message
			}
		};
		case "untouched":
		case "promoted":
		case "held": return;
	}
}
function causeOf(upgrade, { name, judged, said = [] }, shadow) {
	const last = judged.at(-1);
	const isOverruled = said.some((one) => one.step === last?.step && (one.said === "promoted" || one.said === "accepted"));
	if (last?.verdict === "unhealthy" && !shadow && !isOverruled) return {
		reason: "unhealthy",
		why: last.line
	};
	const failed = upgrade.steps.find(({ step, state }) => state === "failed" && step.startsWith(`deploy/${name}/`));
	if (failed !== void 0) return {
		reason: failed.step.endsWith("/apply") ? "deploy_failed" : "traffic_failed",
		why: `${failed.step} failed: ${failed.message ?? ""}`
	};
	const begun = upgrade.steps.some(({ step }) => step === `rollback/${name}`);
	const why = `An earlier run was cut off while it took ${name} back.`;
	return {
		reason: begun ? "internal_error" : void 0,
		why
	};
}

// src/upgrade/run-upgrade.ts
async function runUpgrade(request) {
	const before = await journaled(request.ports);
	const beginning = decideBeginning(before, request.plan, {
		...request.config,
		appWatches: request.ports.appWatches
	});
	if (beginning.kind === "refuse") return refusedUpgrade(request.plan, request.ports.clock.now(), beginning.ending);
	const run = openRun({
		...request,
		...beginning.kind === "resume" && { upgrade: beginning.upgrade }
	});
	try {
		if (beginning.kind === "resume") {
			request.ports.log.info(`Going on with an upgrade that an earlier run began: ${beginning.found}.`);
			await takeOver(run, beginning.upgrade);
			await run.record({
				type: "resumed",
				forgotten: [...beginning.forgotten],
				environments: [...request.plan.environments]
			});
		} else await run.record(startedEvent(request.plan));
		await end(run, await stagesOf(run).catch((error) => unexpected(run, error)));
		return run.upgrade();
	} finally {
		await run.close();
	}
}
async function journaled(ports) {
	const events = await ports.journal.read();
	return events.length === 0 ? ports.receipts.last() : events.reduce(next, void 0);
}
async function takeOver(run, upgrade) {
	if ((await run.ports.journal.read()).length === 0) await run.record({
		type: "received",
		upgrade
	});
}
async function stagesOf(run) {
	if (run.plan.steps.length === 0) return {
		decision: "nothing_to_do",
		reason: "no_steps",
		message: "Nothing to do: the config has no step for this."
	};
	return await finishEarlier(run) ?? await openSources(run) ?? await branchStage(run) ?? await compareCode(run) ?? await buildStage(run) ?? await testStage(run) ?? await environmentStages(run) ?? completed(run);
}
async function finishEarlier(run) {
	for (const known of run.upgrade().environments) {
		const { name } = known;
		const { shadow } = environmentConfig(run, name);
		const left = unfinished(run.upgrade(), known, { shadow });
		if (left === void 0) continue;
		if (left.kind === "end") return left.ending;
		const other = await superseded(run, name);
		if (other) return other;
		const taken = await rollBackEnvironment(run, name, left.why);
		return endAfterTakingBack(taken, left.reason, left.why, name);
	}
}
async function openSources(run) {
	for (const name of run.plan.environments) {
		const { health } = environmentConfig(run, name);
		if (health === void 0 || !judgesHere(run, name)) continue;
		for (const source of sourcesOf(health)) await run.ports.adapters.source(source);
	}
}
async function compareCode(run) {
	const { base, candidate, code } = run.upgrade();
	if (base?.sha === void 0 || candidate?.sha === void 0 || code !== void 0) return;
	const { versionControl, log } = run.ports;
	const [found, lost] = await Promise.all([versionControl.difference(base.sha, candidate.sha), versionControl.difference(candidate.sha, base.sha)]).catch((error) => {
		log.warning(`The code could not be compared with ${base.name}: ${textOf(error)}`);
		return [];
	});
	run.signal.throwIfAborted();
	if (found === void 0 || lost === void 0) return;
	sayLost(run, base.name, lost);
	await run.record({
		type: "code_compared",
		code: {
			commits: found.commits.map((commit) => ({ ...commit })),
			more: found.more,
			files: found.files.map((file) => ({ ...file }))
		}
	});
}
function sayLost(run, base, { commits, more }) {
	const [newest] = commits;
	if (newest === void 0) return;
	run.ports.log.warning(`${run.upgrade().candidate?.name ?? "This version"} is older than ${base}, or from another line: it lacks ${commits.length + more} of its commits, the newest of them ${newest.id.slice(0, 12)} (${newest.subject}). What they brought is gone when it is live.`);
}
async function environmentStages(run) {
	const endings = [];
	for (const name of run.plan.environments) {
		if (stateOf(run, name) === "promoted") endings.push(void 0);
		else endings.push(await environmentStage(run, name));
		const ending = endings.at(-1);
		if (ending !== void 0 && ending.reason !== "already_live") return ending;
		if (holdsOthersBack(run, name)) return handedOverEnd(run);
	}
	return endings.every(Boolean) ? endings.at(-1) : void 0;
}
async function environmentStage(run, name) {
	const { stage } = run.plan;
	const watching = judgesHere(run, name) ? await openWatching(run, name) : void 0;
	return (stage === "monitor" ? await takeUpLive(run, name) : await deployStage(run, name, watching)) ?? (stage === "deploy" ? void 0 : monitorStage(run, name, watching));
}
function stateOf(run, name) {
	return run.upgrade().environments.find((known) => known.name === name)?.state;
}
function completed(run) {
	const { plan } = run;
	const handed = handedOverEnd(run);
	if (handed !== void 0) return handed;
	const { name: version } = run.upgrade().candidate ?? { name: "" };
	const promoted = run.upgrade().environments.filter(({ name, state }) => state === "promoted" && plan.environments.includes(name));
	if (promoted.length > 0) {
		const where = promoted.map(({ name }) => name).join(", ");
		const line = promoted.at(-1)?.judged.at(-1)?.line ?? "";
		return promotedByPerson(promoted, version) ?? {
			decision: "promoted",
			reason: "healthy",
			message: `${version} is healthy in ${where}. ${line}`
		};
	}
	if (plan.stage !== "all") return {
		decision: "completed",
		reason: "stage_completed",
		message: `Stage ${plan.stage} of ${version} is done.`
	};
	return {
		decision: "completed",
		reason: "not_watched",
		message: `${version} is live in ${plan.environments.filter((name) => environmentConfig(run, name).health === void 0).join(", ")}. No health is configured there, so nobody knows whether users would notice.`
	};
}
const MERGE_IS_THE_APPS = "What becomes of the merge the App says.";
function promotedByPerson(promoted, version) {
	for (const { name, said = [], message = "" } of promoted.toReversed()) {
		const word = said.findLast((one) => one.said === "accepted" || one.said === "promoted" && one.step === "watch")?.said;
		if (word !== "promoted" && word !== "accepted") continue;
		return {
			decision: "promoted",
			reason: `${word}_by_person`,
			message: `${version} is live in ${name}. ${message}`
		};
	}
}
async function end(run, ending) {
	if (run.signal.aborted) return;
	if (ending.decision === "rolled_back" || ending.decision === "failed") await undoSteps(run);
	const isBad = ending.reason === "unhealthy" || ending.reason === "shadow_unhealthy";
	const { appWatches } = run.ports;
	if (isBad && !appWatches && run.upgrade().revert === void 0) await revertStage(run);
	const message = isBad && appWatches ? `${ending.message} ${MERGE_IS_THE_APPS}` : ending.message;
	await run.record({
		type: "ended",
		...ending,
		message
	});
	await tellOwn(run);
	await run.ports.receipts.save(run.upgrade());
}
async function unexpected(run, error) {
	const message = textOf(error);
	const ending = {
		decision: "failed",
		reason: reasonOf(error),
		message
	};
	if (run.signal.aborted) return ending;
	run.ports.log.error(message);
	const open = run.upgrade().environments.find(({ state }) => state === "deploying");
	if (open === void 0) return ending;
	const other = await superseded(run, open.name);
	if (other) return other;
	return endAfterTakingBack(await rollBackEnvironment(run, open.name, message), ending.reason, message, open.name);
}
function refusedUpgrade(plan, atMs, ending) {
	const begun = next(void 0, {
		...startedEvent(plan),
		atMs
	});
	return next(begun, {
		type: "ended",
		...ending,
		atMs
	});
}
function startedEvent(plan) {
	const { head, base } = plan;
	return {
		type: "started",
		id: plan.id,
		repository: plan.repository,
		operation: "run",
		planDigest: plan.digest,
		made: head.kind === "made",
		...base && { base },
		...head.kind === "given" && { candidate: head.version },
		...head.kind === "given" && head.branch !== void 0 && { branch: head.branch },
		environments: [...plan.environments]
	};
}

// src/upgrade/run-rollback.ts
async function runRollback(request) {
	const { environment, ports } = request;
	const rollback = await rollbackTarget(request);
	const { newest, target } = rollback;
	const run = openRun({
		...request,
		plan: rollbackPlan(request, newest, target)
	});
	try {
		await run.record({
			...startedEvent(run.plan),
			operation: "rollback"
		});
		await run.record({
			type: "deployment_begun",
			environment,
			previous: target,
			...await begin(request, rollback)
		});
		if (run.upgrade().environments[0]?.replaces !== void 0) await recordState(run, environment, "in_progress", `Rolling back to ${target.name}.`);
		const taken = await rollBackEnvironment(run, environment, "Asked for.");
		const ending = taken.kind === "rolled_back" ? {
			decision: "rolled_back",
			reason: "rolled_back_on_request",
			message: `${environment} is back on ${taken.to.name}, its last healthy version.`
		} : endAfterTakingBack(taken, "rollback_failed", "Asked for.", environment);
		if (newest.wasHealthy && request.adopt === void 0 && !ports.appWatches) await recordVerdict(run, environment, "inconclusive", ending.message);
		await run.record({
			type: "ended",
			...ending
		});
		await tellOwn(run);
		await ports.receipts.save(run.upgrade());
		return run.upgrade();
	} finally {
		await run.close();
	}
}
async function begin({ adopt, environment, ports }, { newest, target: { sha = "", name } }) {
	if (!(adopt !== void 0 || ports.appWatches && sha !== "")) return { deployment: newest.id };
	const { id } = await ports.deployments.begin({
		environment,
		sha,
		version: name,
		operation: "rollback",
		...adopt === void 0 ? {
			key: `rollback-of-${newest.id}/${ports.clock.now()}`,
			isFirst: true
		} : {
			key: adopt,
			adopt
		}
	});
	return {
		deployment: id,
		replaces: {
			deployment: newest.id,
			wasHealthy: newest.wasHealthy
		}
	};
}
async function rollbackTarget({ ports, environment, adopt, sha }) {
	const newest = adopt === void 0 ? await ports.deployments.newest(environment) : await liveDeployment(ports.deployments, environment, adopt);
	if (newest === void 0) throw new UsageError(`Nothing was ever deployed to ${environment} by Seamless: there is nothing to roll back.`);
	const healthy = await ports.deployments.lastHealthy(environment, newest.sha);
	const target = healthy ? {
		sha: healthy.sha,
		name: healthy.version
	} : await journaledTarget(ports, environment, newest.sha);
	if (target === void 0 || target.sha === newest.sha) throw new UsageError(`No version of ${environment} other than ${newest.version} is on record as healthy: there is nothing to go back to. (Only an environment with "health" is judged.) Deploy one that works instead: "seamless run --sha <its commit>".`);
	if (sha !== void 0 && target.sha !== sha) throw new TargetChanged(`The last healthy version of ${environment} is ${target.name} (${target.sha ?? "no commit"}) now, not ${sha} any more: nothing was rolled back.`);
	return {
		newest: {
			id: newest.id,
			sha: newest.sha,
			name: newest.version,
			wasHealthy: newest.verdict === "healthy"
		},
		target
	};
}
async function journaledTarget(ports, environment, sha) {
	const upgrade = await journaled(ports);
	const record = upgrade?.environments.find(({ name }) => name === environment);
	return upgrade?.candidate?.sha === sha ? record?.previous : void 0;
}
function rollbackPlan({ environment, repository }, newest, target) {
	const head = {
		kind: "given",
		version: {
			sha: newest.sha,
			name: newest.name
		}
	};
	const digest = digestOf([
		"rollback",
		repository,
		environment,
		newest,
		target
	]);
	return {
		id: digest.slice(7, 23),
		digest,
		repository,
		stage: "all",
		head,
		base: target,
		environments: [environment],
		previous: { [environment]: target },
		steps: []
	};
}

// src/upgrade/undo-interrupted.ts
async function undoInterrupted(request) {
	const upgrade = await journaled(request.ports);
	if (upgrade === void 0 || upgrade.decision !== void 0) return void 0;
	const run = openRun({
		...request,
		plan: planOf(upgrade),
		upgrade
	});
	const { log, appWatches } = request.ports;
	try {
		for (const name of leftOpen(upgrade, {
			...request.config,
			appWatches
		})) {
			if (await superseded(run, name) !== void 0) continue;
			if ((await rollBackEnvironment(run, name, request.why).catch(() => leaveDirty(run, name, request.why)))?.kind !== "rolled_back") log.error(`${name} could not be taken back; it is reported dirty.`);
		}
		await undoSteps(run).catch((error) => log.error(textOf(error)));
		await run.record({
			type: "ended",
			decision: "cancelled",
			reason: "cancelled",
			message: request.why
		});
		await tellOwn(run);
		await request.ports.receipts.save(run.upgrade());
		return run.upgrade();
	} finally {
		await run.close();
	}
}
function planOf(upgrade) {
	const { candidate, base, made, id, repository, planDigest } = upgrade;
	const sha = candidate?.sha;
	return {
		id,
		digest: planDigest,
		repository,
		stage: "all",
		head: made || candidate === void 0 || sha === void 0 ? {
			kind: "made",
			from: base?.sha ?? "",
			baseBranch: ""
		} : {
			kind: "given",
			version: {
				...candidate,
				sha
			}
		},
		...base && { base },
		environments: upgrade.environments.map(({ name }) => name),
		previous: Object.fromEntries(upgrade.environments.map(({ name, previous }) => [name, previous])),
		steps: []
	};
}

// src/operation.ts
async function loadConfig(opened, file, place) {
	const text = await readConfig(opened, file, place.kind === "commit" ? place.sha : void 0);
	const config = parse(text, file);
	const loaded = {
		config,
		digest: digestOf(text)
	};
	if (place.kind !== "commit" || place.healthFrom === void 0) return loaded;
	const before = await opened.versionControl.read(place.healthFrom, pathInRepository(opened, file)).catch((error) => {
		opened.log.warning(`The config from before this change could not be read, so its own judges it: ${causes(error)}`);
	});
	const parsed = before === void 0 || before === text ? void 0 : parseConfig(before, file);
	if (parsed?.ok !== true) return loaded;
	opened.log.info(`Health is judged by the config from before this change (${place.healthFrom.slice(0, 12)}).`);
	return {
		config: pinHealth(config, parsed.config),
		digest: digestOf([text, before])
	};
}
async function makePlan(request) {
	const { opened, loaded } = request;
	const ports = await composePorts(opened, loaded.config);
	const missing = missingApp(opened, loaded.config);
	if (missing !== void 0) opened.log.warning(`No verdict is known to this plan. ${missing}`);
	return prepare(request, ports);
}
function needApp({ opened, loaded }) {
	const missing = missingApp(opened, loaded.config);
	if (missing !== void 0) throw new UsageError(missing);
}
async function operateRun(request, signal) {
	needApp(request);
	return alone(request, () => runPlanned(request, signal));
}
async function alone({ opened }, work) {
	const unlock = await lockRun(join(await stateFolder(opened.surroundings.folder), "run.lock"));
	try {
		return await work();
	} finally {
		await unlock();
	}
}
async function runPlanned(request, signal) {
	const ports = {
		...await composePorts(request.opened, request.loaded.config),
		...request.watch
	};
	const plan = await prepare(request, ports);
	if (request.adopt !== void 0 && plan.environments.length !== 1) throw new UsageError(`deployment ${request.adopt} is of one environment, but this run is for ${plan.environments.join(", ") || "none"}. Name the environment too.`);
	if (request.planDigest !== void 0 && request.planDigest !== plan.digest) return refusedUpgrade(plan, ports.clock.now(), {
		decision: "failed",
		reason: "plan_changed",
		message: `The plan is ${plan.digest}, not the approved ${request.planDigest}: the commit, the config or the request changed in between. Nothing was run.`
	});
	return runUpgrade({
		plan,
		config: request.loaded.config,
		ports,
		signal,
		directory: directoryOf(request.opened),
		...request.adopt !== void 0 && { adopt: request.adopt }
	});
}
async function operateRollback(request, signal) {
	const { opened, loaded, environment, watch } = request;
	needApp(request);
	const names = Object.keys(loaded.config.environments);
	const name = environment ?? (names.length === 1 ? names[0] : void 0);
	if (name === void 0) throw new UsageError(`Which environment is to be rolled back? The config has ${names.join(", ")}.`);
	if (loaded.config.environments[name] === void 0) throw unknownEnvironment(loaded.config, name);
	const ports = {
		...await composePorts(opened, loaded.config),
		...watch
	};
	const repository = repositoryName(opened);
	const directory = directoryOf(opened);
	const { adopt, sha } = request;
	return alone(request, () => runRollback({
		config: loaded.config,
		environment: name,
		repository,
		ports,
		directory,
		signal,
		...adopt !== void 0 && {
			adopt,
			...sha !== void 0 && { sha }
		}
	}));
}
async function operateUndo({ opened, loaded }, why, signal) {
	const ports = await composePorts(opened, loaded.config);
	return undoInterrupted({
		config: loaded.config,
		ports,
		directory: directoryOf(opened),
		signal,
		why
	});
}
async function prepare(request, ports) {
	const { opened, loaded, stage, environment, sha, branch } = request;
	const before = await journaled(ports);
	return preparePlan({
		config: loaded.config,
		configDigest: loaded.digest,
		repository: repositoryName(opened),
		stage,
		...environment !== void 0 && { environment },
		...sha !== void 0 && { sha },
		...branch !== void 0 && { branch },
		defaultBranch: async () => request.defaultBranch ?? opened.repository.defaultBranch(),
		directory: directoryOf(opened),
		ports,
		...before && { before }
	});
}
function repositoryName({ surroundings, repository }) {
	return surroundings.github?.repository ?? repository.name;
}
function directoryOf({ surroundings, repository }) {
	return relative(repository.root, surroundings.folder) || ".";
}
function pathInRepository(opened, file) {
	return join(directoryOf(opened), file);
}
async function readConfig(opened, file, sha) {
	const text = sha === void 0 ? await readFile(join(opened.surroundings.folder, file), "utf8").catch(() => void 0) : await opened.versionControl.read(sha, pathInRepository(opened, file));
	if (text !== void 0) return text;
	const { folder } = opened.surroundings;
	const { root } = opened.repository;
	const where = sha === void 0 ? folder : `commit ${sha.slice(0, 12)}`;
	const hint = sha === void 0 && folder !== root && existsSync(join(root, file)) ? `There is one in ${root}: run it there.` : "\"seamless init\" writes one; --config names another.";
	throw new UsageError(`There is no ${file} in ${where}. ${hint}`);
}
function parse(text, file) {
	const parsed = parseConfig(text, file);
	if (parsed.ok) return parsed.config;
	throw new ConfigInvalid(parsed.errors.map(formatConfigError).join("\n"));
}

export { versionName as _, operateUndo as a, resultOf as c, jobOrderWords as d, readJobOrder as f, unknownEnvironment as g, liveDeployment as h, operateRun as i, readAutoRevert as l, decideGate as m, makePlan as n, finalWord as o, anyVersionQuery as p, operateRollback as r, lastWord as s, loadConfig as t, writeAutoRevert as u, chosenEnvironments as v };