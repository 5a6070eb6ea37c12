import { n as maskOf } from "./mask.js";
import { c as declaredSecrets, d as openSource, f as sourceVariable, i as missingApp, l as versionControlAt, o as openGitHubOf, r as composePorts, t as systemClock, u as processRunner } from "./system-clock.js";
import { c as looseObject, d as record, g as unknown, h as union, p as string, r as array } from "./schemas.js";
import { r as formatConfigError, t as parseConfig } from "./parse.js";
import { f as UsageError, l as GitHubError } from "./errors.js";
import { t as openGitHub } from "./client.js";
import { c as visible } from "./markdown.js";
import { t as inUtf8 } from "./ansible-playbook.js";
import { t as childEnvironment } from "./child-environment.js";
import { n as pathInside } from "./path-inside.js";
import { t as causes } from "./causes.js";
import { S as sourcesOf, _ as wantsComparison, d as LEAST_COVERAGE, f as LEAST_PAST_MS, v as armQueries, y as describeQuery } from "./next-steps.js";
import { r as withAdvice } from "./docker-advice.js";
import { c as openKubectl, i as noAnswerText } from "./kubernetes-refusal.js";
import { r as compareApis, t as describedApi } from "./openapi.js";
import { t as jenkinsBuilds } from "./jenkins-builds.js";
import { t as RemoteFault } from "./remote-fault.js";
import { t as travisBuilds } from "./travis-builds.js";
import { t as workflowBuilds } from "./workflow-tests-builds.js";
import { a as SERVICE_VARIABLES, c as bindTravis, s as bindJenkins } from "./ask-service.js";
import { p as anyVersionQuery } from "./operation.js";
import { c as load } from "./js-yaml.js";
import { n as readWorkflows } from "./read-facts.js";
import { t as openHere } from "./upgrade-command.js";
import { access, constants, readFile, realpath } from "node:fs/promises";
import { delimiter, join, relative } from "node:path";

// src/cli/doctor/row.ts
function ok(what, why) {
	return {
		what,
		state: "ok",
		why
	};
}
function missing(what, why, todo) {
	return {
		what,
		state: "missing",
		why,
		todo
	};
}
function warning(what, why, todo) {
	return {
		what,
		state: "warning",
		why,
		todo
	};
}

// src/cli/doctor/ansible-rows.ts
const OLDEST = "2.14";
async function ansibleRows({ environments }, root, shell) {
	const found = Object.entries(environments).flatMap(([name, { deploy }]) => deploy.adapter === "ansible" ? [{
		name,
		...deploy.ansible
	}] : []);
	if (found.length === 0) return [];
	const places = await Promise.all(found.map(async ({ name, working, playbook, rollback, status, inventory }) => {
		return fileRow(name, root, {
			paths: [
				playbook,
				rollback,
				status,
				...inventory
			].filter((path) => path !== void 0),
			folder: join(shell.folder, working)
		});
	}));
	return [await toolRow$1(shell), ...places];
}
async function toolRow$1({ run, folder, environment, signal }) {
	const end = await run({
		file: "ansible-playbook",
		args: ["--version"],
		directory: folder,
		environment: inUtf8(childEnvironment(environment, { step: "doctor" })),
		signal,
		timeoutMs: 6e4,
		captureBytes: 4096
	});
	const [, version] = /(\d+\.\d+(?:\.\d+)?)/.exec(end.stdout) ?? [];
	if (end.kind === "failed" || version === void 0) {
		const why = end.kind === "failed" ? end.failure.message : "It does not say its version.";
		return missing("ansible", why, "Install it: pip install ansible-core, or apt-get install ansible-core.");
	}
	return version.localeCompare(OLDEST, "en", { numeric: true }) < 0 ? missing("ansible", `${version} is too old.`, `Install ${OLDEST} or later.`) : ok("ansible", version);
}
async function fileRow(environment, root, { paths, folder }) {
	const what = `playbooks of ${environment}`;
	const [top, place] = await Promise.all([realpath(root), realpath(folder).catch(() => folder)]);
	try {
		await Promise.all(paths.map(async (path) => pathInside(top, relative(top, join(place, path)))));
		return ok(what, `${paths.join(", ")}: all there.`);
	} catch (error) {
		return missing(what, error.message, "Write it, or correct the config.");
	}
}

// src/cli/doctor/baseline-rows.ts
async function baselineRows({ environments }, deployments) {
	return Promise.all(Object.keys(environments).map(async (name) => {
		const what = `baseline ${name}`;
		try {
			const healthy = await deployments.lastHealthy(name);
			if (healthy !== void 0) return ok(what, `${healthy.version} (${healthy.sha.slice(0, 12)}) was healthy.`);
			return warning(what, "No version was healthy there yet: there is nothing to compare with or to go back to.", "Nothing: the first upgrade that ends well becomes it.");
		} catch (error) {
			return warning(what, causes(error), "See the row of the token; without an answer nothing is rolled back.");
		}
	}));
}

// src/cli/doctor/command-words.ts
const BUILT_IN = new Set("if then elif else fi for while until do done case esac function select time { } ! [ [[ : . alias bg bind break builtin cd command continue declare dirs echo eval exec exit export false fg getopts hash help jobs kill let local printf pushd popd pwd read readonly return set shift shopt source test times trap true type typeset ulimit umask unalias unset wait".split(" "));
const LEADING = /* @__PURE__ */ new Set([
	"if",
	"then",
	"elif",
	"else",
	"while",
	"until",
	"do",
	"!",
	"{",
	"time",
	"exec",
	"command"
]);
function commandWords(line) {
	const words = line.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, "text").replaceAll(/(^|\s)#.*$/gm, "$1").split(/&&|\|\||[;|&\n()]/).flatMap((part) => {
		const word = part.trim().split(/\s+/).find((token) => !/^\w+=/.test(token) && !LEADING.has(token));
		return word !== void 0 && /^[\w./+-]+$/.test(word) && !BUILT_IN.has(word) ? [word] : [];
	});
	return [...new Set(words)];
}

// src/cli/doctor/tool-rows.ts
async function toolRows(shell) {
	const versions = versionControlAt(shell.folder);
	const since = {
		git: "2.30",
		svn: "1.10"
	}[versions];
	return Promise.all([toolRow(versions, `Install ${versions}, ${since} or later: Seamless reads and writes the repository with it.`, shell), toolRow("bash", "Install bash: the commands of the config run in it.", shell)]);
}
async function toolRow(name, todo, { run, folder, environment, signal }) {
	const end = await run({
		file: name,
		args: ["--version"],
		directory: folder,
		environment: {
			PATH: environment["PATH"] ?? "",
			LC_ALL: "C"
		},
		signal,
		timeoutMs: 1e4,
		captureBytes: 4096
	});
	const [version] = /\d+\.\d+(?:\.\d+)?/.exec(end.stdout) ?? [];
	if (end.kind === "failed") return missing(name, "It does not start here.", todo);
	return ok(name, version ?? "It starts.");
}
async function isStartable(word, folder, { PATH = "" }) {
	const candidates = word.includes("/") ? [join(folder, word)] : PATH.split(delimiter).map((part) => join(part, word));
	return (await Promise.all(candidates.map((path) => access(path, constants.X_OK).then(() => true, () => false)))).includes(true);
}

// src/cli/doctor/command-rows.ts
async function commandRows$1(config, folder, environment) {
	const all = commandsOf(config);
	const words = /* @__PURE__ */ new Map();
	for (const { lines, working } of all) for (const word of lines.flatMap(commandWords)) words.set(`${working}\0${word}`, word);
	const faults = (await Promise.all([...words].map(async ([key, word]) => {
		const working = key.slice(0, key.indexOf("\0"));
		return await isStartable(word, join(folder, working), environment) ? void 0 : absent(word, working);
	}))).filter((row) => row !== void 0);
	const names = [...new Set(words.values())].join(", ");
	return [...faults.length === 0 && names !== "" ? [ok("commands", `${names}: all there.`)] : faults, ...secretRows(declaredSecrets(config), environment)];
}
function absent(word, working) {
	if (!word.includes("/")) return warning(`command ${word}`, "It is not on the PATH here.", "Install it, or see that the runner has it.");
	const where = working === "." ? "" : ` from ${working}`;
	return missing(`command ${word}`, `There is no such executable file${where}.`, "Write it, or make it executable (chmod +x, then git add); the config names it.");
}
function secretRows(names, environment) {
	if (names.length === 0) return [];
	const unset = names.filter((name) => (environment[name] ?? "") === "");
	if (unset.length === 0) return [ok("secrets", `${names.join(", ")}: all set here.`)];
	return unset.map((name) => warning(`secret ${name}`, "It is not set here; a step that declares it does not start without it.", `Export ${name} to run here; in the workflow hand it over under env.`));
}
function commandsOf({ build, test, upgrade, environments }) {
	const places = Object.values(environments);
	return [
		...upgrade === void 0 ? [] : [{
			lines: [upgrade.change],
			working: "."
		}],
		...build.flatMap((step) => step.adapter === "run" ? [{
			lines: [step.run, step.undo ?? ""],
			working: step.working
		}] : []),
		...test.flatMap((step) => {
			if (step.adapter === "run") return {
				lines: [step.run, step.base ?? ""],
				working: step.working
			};
			return step.adapter === "previous" ? {
				lines: [step.previous],
				working: step.working
			} : [];
		}),
		...places.flatMap(({ deploy }) => {
			if (deploy.adapter !== "run") return [];
			const { run } = deploy;
			return {
				lines: [
					run.deploy,
					run.rollback,
					run.status ?? "",
					run.diff ?? ""
				],
				working: run.working
			};
		}),
		...places.flatMap(({ traffic }) => traffic === void 0 ? [] : [{
			lines: [traffic.run],
			working: traffic.working
		}])
	];
}

// src/cli/doctor/comparison-rows.ts
function comparisonRows({ environments, sources }) {
	return Object.entries(environments).flatMap(([name, { health }]) => health?.baseline === void 0 ? [] : [...historyRows(name, health, sources), ...shortPastRows(name, health)]);
}
function historyRows(environment, health, sources) {
	const forgetful = Object.entries(health.checks).filter(([, check]) => {
		const source = sources[check.source ?? health.source ?? ""];
		return wantsComparison(health, check) && source !== void 0 && source.type !== "prometheus";
	});
	if (forgetful.length === 0) return [];
	const names = forgetful.map(([name]) => name).join(", ");
	const what = `health ${environment}`;
	if (health.baseline?.kind === "concurrent") {
		const why = `Nothing is remembered of before the deployment (${names}): at 100 % of the traffic, when the stable version has none, nothing is compared any more.`;
		return [warning(what, why, "Hold the steps below 100 % for long enough, or read a prometheus source.")];
	}
	return [missing(what, `${names} cannot be compared with the time before, because the source keeps no history: after the first upgrade none is ever healthy.`, "Read a prometheus source, compare with the stable version at the same time (baseline by labels), or leave baseline out.")];
}
function shortPastRows(environment, { baseline }) {
	if (baseline?.kind !== "before") return [];
	if ((baseline.sameTime === void 0 ? 1 : 4) * baseline.beforeMs >= .9 * 72e5) return [];
	return [warning(`health ${environment}`, "Less than two hours of past are compared with: what looks worse is said, but nothing is taken back for it.", "Set baseline.before to 2h or more.")];
}

// src/cli/doctor/docker-rows.ts
async function dockerRows({ build }, shell) {
	const images = build.flatMap((step) => step.adapter === "docker" ? [step.docker.image] : []);
	const [first] = images;
	if (first === void 0) return [];
	return [await engineRow(first, shell), ...await loginRows(images, shell)];
}
async function engineRow(image, { run, folder, environment, signal }) {
	const end = await run({
		file: "docker",
		args: [
			"version",
			"--format",
			"{{.Server.Version}}"
		],
		directory: folder,
		environment: childEnvironment(environment, { step: "doctor" }),
		signal,
		timeoutMs: 1e4,
		captureBytes: 4096
	});
	if (end.kind === "done") return ok("docker", `engine ${end.stdout.trim()}`);
	const { why, message } = withAdvice(end.failure, image);
	if (why !== "timeout") return missing("docker", message, "The images of the config cannot be built here.");
	return missing("docker", "The engine takes connections but does not answer.", "Restart it, or set DOCKER_HOST.");
}
async function loginRows(images, { environment }) {
	const folder = environment["DOCKER_CONFIG"] ?? join(environment["HOME"] ?? "", ".docker");
	const { auths = {}, credHelpers = {}, credsStore } = await readConfig(join(folder, "config.json"));
	return [...new Set(images.map((image) => image.split("/")[0] ?? ""))].map((host) => {
		if (credsStore !== void 0 || Object.hasOwn(auths, host) || Object.hasOwn(credHelpers, host)) return ok(`registry ${host}`, `Credentials are in ${join(folder, "config.json")}.`);
		const todo = `Log in ("docker login ${host}", or docker/login-action in the workflow), unless everybody may push there.`;
		return warning(`registry ${host}`, "Nobody is logged in there from here.", todo);
	});
}
async function readConfig(file) {
	try {
		return JSON.parse(await readFile(file, "utf8"));
	} catch {
		return {};
	}
}

// src/cli/doctor/kubernetes-rows.ts
async function kubernetesRows({ environments }, shell) {
	const places = Object.entries(environments).flatMap(([name, { deploy }]) => deploy.adapter === "kubernetes" ? [{
		name,
		settings: deploy.kubernetes
	}] : []);
	const rows = await Promise.all(places.map((place) => placeRows(place, shell)));
	const [first] = rows;
	if (first === void 0) return [];
	return first.some(({ what }) => what === "kubectl") ? first : rows.flat();
}
const LOOK_MS = 1e4;
async function placeRows({ name, settings }, shell) {
	const what = `cluster of ${name}`;
	if (settings.secrets.filter((secret) => (shell.environment[secret] ?? "") === "").length > 0) return [warning(what, "It was not asked: secrets are not set here.", "Set them to ask it.")];
	const context = {
		step: what,
		root: shell.folder,
		directory: join(shell.folder, "."),
		values: { SEAMLESS_ENVIRONMENT: name },
		signal: shell.signal
	};
	const quiet = {
		info: nothing,
		warning: nothing,
		error: nothing,
		output: nothing
	};
	const asking = {
		...settings,
		timeoutMs: LOOK_MS
	};
	return asked(openKubectl(asking, {
		...shell,
		log: quiet,
		clock: systemClock
	}, context), what, settings);
}
function nothing() {}
const VERBS = [
	"get",
	"create",
	"patch"
];
async function asked(kubectl, what, { namespace, history }) {
	const attempt = {
		step: what,
		environment: void 0,
		namespace
	};
	const wanted = ["deployments.apps", ...history > 0 ? ["secrets"] : []];
	const lacking = [];
	for (const resource of wanted) for (const verb of VERBS) {
		const end = await kubectl.run([
			"auth",
			"can-i",
			verb,
			resource
		], { timeoutMs: 2 * LOOK_MS });
		if (end.kind === "done") continue;
		if (end.failure.why === "spawn") return [missing("kubectl", "It is not on the PATH here.", "Install it: https://kubernetes.io/docs/tasks/tools/")];
		if (end.stdout.trim() !== "no") return [warning(what, noAnswerText(end, attempt) ?? end.failure.message, "Set KUBECONFIG, or see that the runner has it.")];
		lacking.push(`${verb} ${resource}`);
	}
	const where = namespace === void 0 ? "in the namespace of the context" : `in ${namespace}`;
	if (lacking.length === 0) return [ok(what, `A release may be applied ${where}.`)];
	return [missing(what, `It may not ${lacking.join(", ")} ${where}.`, "Grant it to whoever the kubeconfig names: docs/kubernetes.md has the Role.")];
}

// src/cli/doctor/openapi-rows.ts
async function openapiRows({ test }, root, folder) {
	const files = test.flatMap((step) => step.adapter === "openapi" ? [step.openapi] : []);
	const [top, service] = await Promise.all([realpath(root), realpath(folder)]);
	return Promise.all([...new Set(files)].map(async (file) => rowOf(top, relative(top, join(service, file)))));
}
async function rowOf(root, file) {
	const correct = "Correct it, or \"openapi\" of the step.";
	try {
		const api = await describedApi(root, file);
		if (api === void 0) return missing(`openapi ${file}`, "There is no such file.", correct);
		const operations = compareApis({
			before: api,
			after: api
		}).length;
		return ok(`openapi ${file}`, `${operations} ${operations === 1 ? "operation" : "operations"}.`);
	} catch (error) {
		return missing(`openapi ${file}`, error.message, correct);
	}
}

// src/cli/doctor/remote-test-rows.ts
async function remoteTestRows({ test }, shell) {
	const rows = test.map((step) => {
		switch (step.adapter) {
			case "jenkins": return withService("Jenkins", bindJenkins(shell.environment), async (service) => jenkinsBuilds(step.jenkins, {}, service).check(shell.signal));
			case "travis": {
				const { repository = shell.repository } = step.travis;
				const request = {
					repository,
					sha: "",
					variables: []
				};
				return withService("Travis CI", bindTravis(shell.environment), async (service) => travisBuilds(request, service).check(shell.signal));
			}
			case "workflow": return workflowRow(step, shell);
			case "run":
			case "previous":
			case "openapi": return;
		}
	});
	return Promise.all(rows.filter((row) => row !== void 0));
}
async function withService(what, binding, check) {
	if (!binding.ok) return missing(what, binding.message, "Set it here, and in the workflow under env.");
	return checked(what, async () => check(binding.service));
}
async function workflowRow(step, { github, signal }) {
	const what = `workflow ${step.workflow}`;
	if (github !== void 0) return checked(what, async () => workflowBuilds(step, {}, github).check(signal));
	return warning(what, "Whether it is there was not asked: there is no token for GitHub here.", "Set GITHUB_TOKEN; in the workflow give the job \"actions: write\".");
}
async function checked(what, check) {
	try {
		return ok(what, await check());
	} catch (error) {
		if (!(error instanceof RemoteFault)) throw error;
		const todo = error.isPassing ? "See that it is reachable from here, and that its address is right." : "Without it the tests of this step fail.";
		return missing(what, error.message, todo);
	}
}

// src/cli/doctor/source-rows.ts
async function sourceRows(config, shell) {
	const names = new Set(Object.values(config.environments).flatMap(({ health }) => health === void 0 ? [] : sourcesOf(health)));
	return (await Promise.all([...names].map((name) => sourceRow(name, config, shell)))).flat();
}
async function sourceRow(name, config, { environment, clock, signal }) {
	try {
		return await answerRows(await openSource(name, config, environment, clock), questionsTo(name, config), signal);
	} catch (error) {
		if (error instanceof UsageError) return [missing(`source ${name}`, error.message, "Set it here, and in the workflow under env.")];
		throw error;
	}
}
function questionsTo(source, { environments }) {
	return Object.entries(environments).flatMap(([environment, { health }]) => {
		const ofChecks = Object.entries(health?.checks ?? {}).flatMap(([name, check]) => {
			if ((check.source ?? health?.source) !== source) return [];
			return (armQueries(check, {}, {}) ?? []).map((query) => ({
				check: `${environment}.${name}`,
				query
			}));
		});
		const live = health?.source === source ? anyVersionQuery(health) : void 0;
		return live === void 0 ? ofChecks : [...ofChecks, {
			check: `${environment}.live`,
			query: live
		}];
	});
}
async function answerRows(source, questions, signal) {
	const answers = await source.read(questions.map(({ query }) => query), signal);
	const what = `source ${source.name}`;
	const silent = questions.length > 0 && questions.every(({ query }, index) => isSilent(query, answers[index]));
	const first = answers[0];
	if (silent && first !== void 0) {
		const why = first.kind === "ok" ? "the request failed" : whyOf(first);
		return [missing(what, `It does not answer: ${why}`, "See that it is reachable from here, and its token right.")];
	}
	const faults = questions.flatMap(({ check, query }, index) => {
		const answer = answers[index];
		return answer === void 0 || isWell(answer) ? [] : [faultRow(check, query, answer)];
	});
	return [ok(what, `It answers; ${questions.length - faults.length} of ${questions.length} queries have data.`), ...faults];
}
function isSilent({ kind }, answer) {
	return answer?.kind === "error" || kind === "probe" && answer?.kind === "ok" && !isWell(answer);
}
function isWell(answer) {
	if (answer.kind !== "ok") return false;
	return answer.samples.every(({ labels, value }) => labels["__name__"] !== "probe_success" || value === 1);
}
function faultRow(check, query, answer) {
	const asked = describeQuery(query);
	const failed = query.kind === "alerts" ? "an alert is firing" : "the request failed";
	const why = answer.kind === "ok" ? failed : whyOf(answer);
	return warning(`check ${check}`, `${asked}: ${why}`, "See that the selector or path is right; a check without data decides nothing.");
}
function whyOf(answer) {
	return answer.kind === "ok" ? "" : answer.why;
}

// src/cli/doctor/token-rows.ts
async function tokenRows(repository) {
	const { octokit, owner, repo } = repository;
	const at = {
		owner,
		repo
	};
	try {
		const { data } = await octokit.rest.repos.get(at);
		return [roleRow(`${owner}/${repo}`, data.permissions), ...(await Promise.all([
			featureRow("deployments", () => octokit.rest.repos.listDeployments({
				...at,
				per_page: 1
			})),
			featureRow("pull requests", () => octokit.rest.pulls.list({
				...at,
				per_page: 1
			})),
			featureRow("checks", () => octokit.rest.checks.listForRef({
				...at,
				ref: data.default_branch,
				per_page: 1
			}))
		])).flat()];
	} catch (error) {
		return [missing("token", causes(error), "Set GITHUB_TOKEN to a token of somebody who may write to the repository.")];
	}
}
function roleRow(name, permissions) {
	if (permissions?.push === true) return ok("token", `It may write to ${name}.`);
	if (permissions === void 0) return warning("token", `It reaches ${name}; GitHub does not say whether it may write.`, "See that it may write contents, pull requests, deployments and checks.");
	return missing("token", `It may only read ${name}.`, "Use a token that may write contents, pull requests, deployments and checks.");
}
async function featureRow(feature, ask) {
	try {
		await ask();
		return [];
	} catch (error) {
		if (!(error instanceof GitHubError) || error.status !== 403 && error.status !== 404) throw error;
		return [missing(`token: ${feature}`, `It may not see them (HTTP ${error.status}).`, `Give the token the permission for ${feature}, write.`)];
	}
}

// src/cli/doctor/workflow-rows.ts
const permissions = union([string(), record(string(), string())]).optional().catch(void 0);
const variables = record(string(), unknown()).catch({}).default({});
const step = looseObject({
	uses: string().optional().catch(void 0),
	with: variables,
	env: variables
});
const job = looseObject({
	permissions,
	env: variables,
	steps: array(step).catch([]).default([])
});
const workflow = looseObject({
	permissions,
	env: variables,
	jobs: record(string(), job).catch({}).default({})
});
const COMMAND_NEEDED = {
	contents: "the locks, which are git refs",
	"pull-requests": "the answer",
	deployments: "the record of what is about to run where",
	actions: "the start of its run"
};
const NEEDED = {
	contents: "the branch of an upgrade and the revert of a merge",
	"pull-requests": "the pull request of an upgrade or a revert",
	deployments: "the record of what runs where",
	checks: "the verdict, which says what a rollback returns to"
};
function workflowRows(workflows, config) {
	const calls = [...workflows].flatMap(([file, text]) => callsIn(file, text));
	if (calls.length === 0) return [missing("workflow", "No workflow calls Seamless.", "\"seamless init\" writes .github/workflows/seamless.yml.")];
	const upgrades = calls.filter(({ operation }) => operation === "upgrade");
	const commands = calls.filter(({ operation }) => operation === "command");
	return [...upgrades.flatMap((call) => rightRows(call, neededBy(config), readBy(config)).concat(variableRows(call, config))), ...config.driver === "action" ? commandRows(commands) : []];
}
const NEEDED_WITH_APP = {
	deployments: NEEDED.deployments,
	checks: "what it built and how it judged a step of the traffic, which the App goes on from"
};
const NEEDED_FOR_BRANCHES = {
	contents: "the branch of an upgrade",
	"pull-requests": "its pull request"
};
const READ_WITH_APP = { "pull-requests": "whose the commit is that the App asks for" };
function readBy({ driver }) {
	return driver === "app" ? READ_WITH_APP : {};
}
function neededBy({ test, driver, upgrade }) {
	const startsOthers = test.some(({ adapter }) => adapter === "workflow");
	return {
		...driver === "action" ? NEEDED : NEEDED_WITH_APP,
		...driver === "app" && upgrade !== void 0 && NEEDED_FOR_BRANCHES,
		...startsOthers && { actions: "the start of the workflow that tests it" }
	};
}
function commandRows(calls) {
	if (calls.length > 0) return calls.flatMap((call) => rightRows(call, COMMAND_NEEDED));
	return [warning("commands", "No workflow answers commands such as /deploy in pull requests.", "Take the job \"command\" of examples/workflow.yml over, with \"issue_comment\" under \"on\".")];
}
function callsIn(file, text) {
	const read = workflow.safeParse(parsed(text));
	if (!read.success) return [];
	const { permissions, env, jobs } = read.data;
	return Object.entries(jobs).flatMap(([name, job]) => job.steps.filter(needsRights).map((step) => ({
		operation: step.with["operation"] === "command" ? "command" : "upgrade",
		where: `${file}, job ${name}`,
		permissions: job.permissions ?? permissions,
		variables: new Set([
			env,
			job.env,
			step.env
		].flatMap(Object.keys))
	})));
}
function parsed(text) {
	try {
		return load(text);
	} catch {
		return;
	}
}
function needsRights({ uses, with: inputs }) {
	const { operation } = inputs;
	return /(?:^|\/)seamless(?:-upgrade)?@/.test(uses ?? "") && operation !== "plan" && operation !== "settle";
}
function rightRows({ where, permissions }, needed, read = {}) {
	const what = `workflow (${where})`;
	if (permissions === void 0) return [warning(what, "It names no permissions: the repository's default holds.", `Name ${Object.keys(needed).join(", ")}: write for this job.`)];
	const may = (right) => typeof permissions === "string" ? permissions === "write-all" : permissions[right] === "write";
	const mayRead = (right) => may(right) || (typeof permissions === "string" ? permissions === "read-all" : permissions[right] === "read");
	const lost = Object.entries(needed).filter(([right]) => !may(right));
	const unread = Object.entries(read).filter(([right]) => !(right in needed) && !mayRead(right));
	const row = (level, [right, loss]) => missing(what, `It may not ${level} ${right}: ${loss}.`, `Add "${right}: ${level}" to the permissions of this job.`);
	const rows = [...lost.map((one) => row("write", one)), ...unread.map((one) => row("read", one))];
	return rows.length === 0 ? [ok(what, "It may write what it needs.")] : rows;
}
function variableRows({ where, variables }, config) {
	const { driver } = config;
	const urls = Object.values(config.environments).flatMap(({ health, traffic }) => health === void 0 || !looksInJob(driver, traffic) ? [] : sourcesOf(health)).map((name) => sourceVariable(name, "URL"));
	const services = config.test.flatMap(({ adapter }) => adapter === "jenkins" || adapter === "travis" ? SERVICE_VARIABLES[adapter] : []);
	const needed = /* @__PURE__ */ new Set([
		...urls,
		...services,
		...declaredSecrets(config)
	]);
	return [...appRows$1({
		where,
		variables
	}, driver), ...rowsOfMissing({
		where,
		variables
	}, needed)];
}
function looksInJob(driver, traffic) {
	return driver === "action" || (traffic?.steps.length ?? 0) > 1;
}
function appRows$1({ where, variables }, driver) {
	if (driver === "action" || variables.has("SEAMLESS_CHECKS_APP_ID")) return [];
	return [missing(`workflow (${where})`, "It does not hand over SEAMLESS_CHECKS_APP_ID, the number of the App whose verdicts are believed: a run refuses to start.", "Add \"SEAMLESS_CHECKS_APP_ID: ${{ vars.SEAMLESS_APP_ID }}\" under env of the step, and set that variable.")];
}
function rowsOfMissing({ where, variables }, needed) {
	return [...needed].filter((name) => !variables.has(name)).map((name) => missing(`workflow (${where})`, `It does not hand over ${name}.`, `Add "${name}: \${{ ${/_(?:URL|USER)$/.test(name) ? "vars" : "secrets"}.${name} }}" under env of the step.`));
}

// src/cli/doctor-command.ts
async function doctorCommand(shell) {
	const rows = await examine(shell);
	const { line, terminal } = shell;
	terminal.out(line.json ? JSON.stringify({ rows }, void 0, 2) : table(rows));
	return rows.some(({ state }) => state === "missing") ? 1 : 0;
}
async function examine(shell) {
	const tools = await toolRows({
		...shell,
		run: processRunner({ mask: maskOf([]) })
	});
	if (tools.some(({ state }) => state === "missing")) return tools;
	const opened = await openHere(shell).catch((error) => {
		if (error instanceof UsageError) return error;
		throw error;
	});
	if (opened instanceof UsageError) return [...tools, missing("repository", opened.message, "Call it in a clone of the repository to upgrade.")];
	const { row, config } = await configRow(shell);
	const known = config === void 0 ? [] : await configured(shell, opened, config);
	return [
		...tools,
		repositoryRow(opened),
		row,
		...known
	];
}
async function configured(shell, opened, config) {
	const { folder, environment, signal } = shell;
	const groups = await Promise.all([
		commandRows$1(config, folder, environment),
		dockerRows(config, {
			...shell,
			run: processRunner({ mask: maskOf([]) })
		}),
		kubernetesRows(config, {
			...shell,
			run: processRunner({ mask: maskOf([]) })
		}),
		ansibleRows(config, opened.repository.root, {
			...shell,
			run: processRunner({ mask: maskOf([]) })
		}),
		openapiRows(config, opened.repository.root, folder),
		hasNoGitHub(opened) ? [withoutGitHub] : readWorkflows(opened.repository.root).then((workflows) => workflowRows(workflows, config)),
		hasNoGitHub(opened) ? [] : githubRows(opened),
		sourceRows(config, {
			environment,
			clock: systemClock,
			signal
		}),
		remoteTestRows(config, {
			environment,
			signal,
			...remoteTestsOf(opened)
		}),
		composePorts(opened, config).then(({ deployments }) => baselineRows(config, deployments))
	]);
	const ofApp = hasNoGitHub(opened) ? [] : appRows(opened, config);
	return [
		...groups.flat(),
		...ofApp,
		...comparisonRows(config)
	];
}
function remoteTestsOf({ surroundings, repository, log }) {
	if (surroundings.github === void 0) return { repository: repository.name };
	return {
		repository: surroundings.github.repository,
		github: async (signal) => openGitHubOf({
			surroundings: {
				...surroundings,
				signal
			},
			log
		})
	};
}
function hasNoGitHub({ reverseMerges }) {
	return reverseMerges !== void 0;
}
const withoutGitHub = warning("GitHub", "On Subversion there is none: no pull requests, comment commands or workflow; the record of deployments is a file here, .seamless/deployments.json.", "Run Seamless in one working copy that stays, by hand or by a job of your CI (docs/svn.md).");
function repositoryRow({ repository: { root, name } }) {
	if (name !== "local") return ok("repository", `${name} in ${root}`);
	return warning("repository", `${root} has no remote "origin".`, "Add one: branches are pushed there, and commits read from it.");
}
async function configRow({ folder, line }) {
	const text = await readFile(join(folder, line.config), "utf8").catch(() => void 0);
	if (text === void 0) return { row: missing("config", `There is no ${line.config} in ${folder}.`, "\"seamless init\" writes one.") };
	const parsed = parseConfig(text, line.config);
	if (parsed.ok) return {
		row: ok("config", `${line.config} is well-formed.`),
		config: parsed.config
	};
	const errors = parsed.errors.map(formatConfigError).join("\n");
	return { row: missing("config", errors, "Correct it; \"seamless validate\" checks it again.") };
}
async function githubRows({ surroundings, log }) {
	const { github, clock, signal } = surroundings;
	if (github !== void 0) return tokenRows(openGitHub(github, {
		clock,
		log,
		signal,
		fetch: globalThis.fetch
	}));
	return [warning("token", "GITHUB_TOKEN is not set, or the remote is not on GitHub: from here nothing is recorded, proposed or reverted there.", "Export GITHUB_TOKEN to try that too; in a workflow it is there.")];
}
function appRows(opened, config) {
	if (config.driver === "action" || opened.surroundings.github === void 0) return [];
	const lost = missingApp(opened, config);
	return lost === void 0 ? [ok("App", "Verdicts are those of the App that SEAMLESS_CHECKS_APP_ID names.")] : [warning("App", lost, "Export it here too; until then no verdict is seen from here.")];
}
const MARKS = {
	ok: "✓",
	missing: "✗",
	warning: "!"
};
function table(rows) {
	const width = Math.min(Math.max(...rows.map(({ what }) => what.length)), 40);
	return rows.map((row) => block(row, width)).join("\n");
}
function block({ what, state, why, todo }, width) {
	const indent = " ".repeat(width + 4);
	const lines = visible(why).split("\n").join(`\n${indent}`);
	const advice = todo === void 0 ? "" : `\n${indent}→ ${visible(todo)}`;
	return `${MARKS[state]} ${visible(what).padEnd(width)}  ${lines}${advice}`;
}

export { doctorCommand };