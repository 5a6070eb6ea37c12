import { l as GitHubError, o as DeploymentMismatch, s as DeploymentUnknown } from "./errors.js";
import { l as number, n as _enum, p as string, r as array, s as literal, u as object } from "./schemas.js";
import { a as plain, o as posted } from "./markdown.js";
import { n as repeat, t as ensure } from "./ensure.js";
import { r as statusOf } from "./request-policy.js";
import { t as artifact, u as verdictReport } from "./facts.js";
import { t as artifactsIn } from "./verdict-details.js";
import { a as readVerdict, i as readBuilt, n as conclusions, o as writeVerdict, s as writeWatching } from "./verdict-check.js";

// src/github/deployment-payload.ts
const SCHEMA = 1;
const payload = object({
	schema: literal(SCHEMA),
	key: string(),
	version: string(),
	operation: literal("rollback").optional()
});
function payloadOf({ key, version, operation }) {
	return {
		schema: SCHEMA,
		key,
		version,
		...operation !== void 0 && { operation }
	};
}
function readPayload(sent) {
	const read = payload.safeParse(typeof sent === "string" ? parseJson(sent) : sent);
	if (!read.success) return void 0;
	const { schema: _, ...said } = read.data;
	return said;
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}

// src/github/deployment-memory.ts
const MAX_KEPT = 2e3;
function deploymentMemory() {
	const keys = /* @__PURE__ */ new Map();
	const checks = /* @__PURE__ */ new Map();
	return {
		keyOf: (deployment) => keys.get(deployment),
		noteKey: (key) => keep(keys, key.deploymentId, key),
		checkOf: (deployment) => checks.get(deployment),
		noteCheck: (deployment, check) => keep(checks, deployment, check)
	};
}
function keep(kept, id, value) {
	kept.delete(id);
	kept.set(id, value);
	const [oldest] = kept.keys();
	if (kept.size > MAX_KEPT && oldest !== void 0) kept.delete(oldest);
}

// src/github/make-deployment.ts
const TASK = "deploy";
const MAX_DESCRIPTION = 140;
async function findOrMake(github, wanted) {
	const { octokit, owner, repo } = github;
	const { sha, environment, version, key, operation, isFirst = false } = wanted;
	return ensure(github, {
		isFirst,
		find: async () => {
			const { data } = await octokit.rest.repos.listDeployments({
				owner,
				repo,
				sha,
				environment,
				task: TASK,
				per_page: 100
			});
			return data.filter((one) => readPayload(one.payload)?.key === key).sort((one, other) => one.id - other.id)[0];
		},
		make: async () => {
			const { data, status } = await octokit.rest.repos.createDeployment({
				owner,
				repo,
				ref: sha,
				task: TASK,
				environment,
				auto_merge: false,
				required_contexts: [],
				description: plain(version, 140),
				payload: payloadOf({
					key,
					version,
					operation
				})
			});
			if (!("id" in data)) throw new GitHubError(status, `GitHub made no deployment of ${sha}: ${data.message ?? "it did not say why"}`);
			return data;
		}
	});
}
function mismatch(found, wanted) {
	if (found.sha !== wanted.sha) return `Deployment ${found.id} is of commit ${found.sha}, not of ${wanted.sha}`;
	if (found.environment !== wanted.environment) return `Deployment ${found.id} is of the environment ${plain(found.environment, 60)}, not of ${wanted.environment}`;
}

// src/upgrade/run-report.ts
const judged = verdictReport.omit({
	evidence: true,
	startedAtMs: true
});
const runReport = object({
	schema: literal("seamless.run/1"),
	upgrade: string(),
	artifacts: array(artifact),
	code: object({
		commits: number().int(),
		files: number().int(),
		added: number().int(),
		removed: number().int()
	}).optional(),
	tests: array(object({
		suite: string(),
		passed: number().int(),
		newlyFailing: number().int(),
		accepted: number().int()
	})),
	release: string().optional(),
	judged: judged.optional()
});

// src/github/run-report.ts
async function readReportedBuild(github, key) {
	return (await textsOf(github, key)).map(artifactsIn).find((artifacts) => artifacts.length > 0) ?? [];
}
async function writeRunReport(github, { environment, sha }, { deploymentId, verdict, summary, logUrl }, known) {
	const { octokit, owner, repo } = github;
	const content = {
		status: "completed",
		conclusion: conclusions[verdict],
		...logUrl !== void 0 && { details_url: logUrl },
		output: {
			title: plain(summary.title, 255),
			summary: posted(summary.text, { rest: logUrl ?? "" }),
			...summary.details !== void 0 && { text: summary.details }
		}
	};
	const { data } = await repeat(github, async () => known === void 0 ? octokit.rest.checks.create({
		owner,
		repo,
		name: checkName(environment),
		head_sha: sha,
		external_id: deploymentId,
		...content
	}) : octokit.rest.checks.update({
		owner,
		repo,
		check_run_id: known,
		...content
	}));
	return data.id;
}
function checkName(environment) {
	return `seamless/${environment}/run`;
}
async function textsOf({ octokit, owner, repo }, { environment, sha, appId }) {
	const { data } = await octokit.rest.checks.listForRef({
		owner,
		repo,
		ref: sha,
		check_name: checkName(environment),
		app_id: appId,
		filter: "all",
		per_page: 100
	});
	return data.check_runs.filter((check) => check.app?.id === appId && check.head_sha === sha).toSorted((one, other) => other.id - one.id).map(({ output }) => output.text);
}

// src/github/deployments.ts
const MAX_DEPLOYMENTS = 60;
const deploymentStates = _enum([
	"in_progress",
	"success",
	"failure",
	"error",
	"inactive"
]);
function githubDeployments(github, options, memory = deploymentMemory()) {
	const book = {
		github,
		options,
		memory
	};
	return {
		begin: async (wanted) => wanted.adopt === void 0 ? begin(book, wanted) : adopt(book, wanted, wanted.adopt),
		setState: async (id, state, description, logUrl) => postState(book, {
			id,
			state,
			description,
			logUrl
		}),
		setVerdict: async (id, verdict, summary) => setVerdict(book, id, {
			verdict,
			summary
		}),
		async watching(id, summary) {
			const said = {
				summary,
				logUrl: options.logUrl
			};
			memory.noteCheck(id, await writeWatching(github, await keyOf(book, id), said));
		},
		newest: async (environment, wanted, except) => newest(book, environment, {
			wanted,
			except
		}),
		async lastHealthy(environment, except) {
			for await (const [deployed, key] of ourDeployments(book, environment)) {
				if (deployed.sha === except) continue;
				if (await readVerdict(github, key) === "healthy") return deployed;
			}
		},
		builtOf: async (environment, sha) => builtOf(book, environment, sha),
		read: async (id) => readDeployment(book, id),
		said: async (id) => said(book, id),
		async past(environment, limit) {
			const found = [];
			for await (const [deployed, key, atMs] of ourDeployments(book, environment)) {
				const verdict = await readVerdict(github, key);
				if (found.push({
					...deployed,
					atMs,
					...verdict !== void 0 && { verdict }
				}) >= limit) break;
			}
			return found;
		}
	};
}
async function setVerdict(book, id, judged) {
	const { github, memory } = book;
	const { logUrl, reporterId } = book.options;
	const key = await keyOf(book, id);
	const words = {
		...judged,
		logUrl
	};
	const check = reporterId === void 0 ? await writeVerdict(github, key, words, memory.checkOf(id)) : await writeRunReport(github, key, {
		...words,
		deploymentId: id
	}, memory.checkOf(id));
	memory.noteCheck(id, check);
}
async function said({ github }, id) {
	numberOf(id);
	const status = await known(github, id, async () => newestStatus(github, id));
	if (status === void 0) return void 0;
	const { description, created_at: at } = status;
	return {
		state: stateOf(status),
		description,
		atMs: Date.parse(at)
	};
}
async function builtOf({ github, options: { appId, reporterId } }, environment, sha) {
	const reported = reporterId === void 0 ? [] : await readReportedBuild(github, {
		environment,
		sha,
		appId: reporterId
	});
	return reported.length > 0 ? reported : readBuilt(github, {
		environment,
		sha,
		appId
	});
}
async function newest(book, environment, { wanted, except }) {
	for await (const [deployed, verdictKey, , key] of ourDeployments(book, environment)) {
		if (deployed.id === except) continue;
		const state = await currentState(book.github, deployed.id);
		if (wanted !== void 0 && state !== wanted) continue;
		const verdict = await readVerdict(book.github, verdictKey);
		return {
			...deployed,
			key,
			state,
			...verdict !== void 0 && { verdict }
		};
	}
}
async function readDeployment(book, id) {
	const found = await getDeployment(book.github, id);
	const [verdict, status] = await Promise.all([readVerdict(book.github, remember(book, found)), newestStatus(book.github, id)]);
	const { key = "", version = found.sha.slice(0, 12), operation } = readPayload(found.payload) ?? {};
	const { description, log_url: logUrl } = status ?? {};
	return {
		id,
		sha: found.sha,
		environment: found.environment,
		version,
		key,
		...operation !== void 0 && { operation },
		createdAtMs: Date.parse(found.created_at),
		...status !== void 0 && { stateAtMs: Date.parse(status.created_at) },
		state: stateOf(status),
		...verdict !== void 0 && { verdict },
		...description !== void 0 && description !== "" && { description },
		...logUrl !== void 0 && logUrl !== "" && { logUrl }
	};
}
async function begin(book, wanted) {
	const found = await findOrMake(book.github, wanted);
	remember(book, found);
	const deployed = {
		id: String(found.id),
		sha: wanted.sha,
		version: wanted.version
	};
	const wrong = mismatch(found, wanted);
	if (wrong === void 0) return deployed;
	await postState(book, {
		id: deployed.id,
		state: "error",
		description: wrong
	});
	throw new DeploymentMismatch(wrong);
}
async function adopt(book, wanted, id) {
	const found = await getDeployment(book.github, id);
	const wrong = mismatch(found, wanted);
	if (wrong !== void 0) throw new DeploymentMismatch(wrong);
	if (readPayload(found.payload) === void 0) book.github.log.warning(`Deployment ${id} was not made by Seamless: no later rollback will return to it.`);
	remember(book, found);
	return {
		id,
		sha: wanted.sha,
		version: wanted.version
	};
}
async function keyOf(book, id) {
	return book.memory.keyOf(id) ?? remember(book, await getDeployment(book.github, id));
}
function remember({ memory, options }, { id, environment, sha }) {
	const key = {
		deploymentId: String(id),
		environment,
		sha,
		appId: options.appId
	};
	memory.noteKey(key);
	return key;
}
async function getDeployment(github, id) {
	const { octokit, owner, repo } = github;
	const deployment_id = numberOf(id);
	const { data } = await known(github, id, async () => octokit.rest.repos.getDeployment({
		owner,
		repo,
		deployment_id
	}));
	return data;
}
function numberOf(id) {
	if (/^[1-9]\d{0,15}$/.test(id)) return Number(id);
	throw new DeploymentUnknown(`"${id}" is no id of a deployment on GitHub: expected a number.`);
}
async function known({ owner, repo }, id, ask) {
	try {
		return await ask();
	} catch (cause) {
		if (statusOf(cause) !== 404) throw cause;
		throw new DeploymentUnknown(`${owner}/${repo} has no deployment ${id}, or the token may not read it.`, { cause });
	}
}
async function postState(book, said) {
	const { octokit, owner, repo } = book.github;
	const { environmentUrls } = book.options;
	const { logUrl = book.options.logUrl } = said;
	const url = environmentUrls && environmentUrls[(await keyOf(book, said.id)).environment];
	const asked = {
		owner,
		repo,
		deployment_id: numberOf(said.id),
		state: said.state,
		description: plain(said.description, 140),
		auto_inactive: false,
		...logUrl !== void 0 && { log_url: logUrl },
		...url !== void 0 && { environment_url: url }
	};
	await known(book.github, said.id, async () => repeat(book.github, async () => octokit.rest.repos.createDeploymentStatus(asked)));
}
async function currentState(github, id) {
	return stateOf(await newestStatus(github, id));
}
async function newestStatus({ octokit, owner, repo }, id) {
	const asked = {
		owner,
		repo,
		deployment_id: Number(id),
		per_page: 1
	};
	const { data } = await octokit.rest.repos.listDeploymentStatuses(asked);
	return data[0];
}
function stateOf(status) {
	const state = deploymentStates.safeParse(status?.state);
	return state.success ? state.data : "unknown";
}
async function* ourDeployments(book, environment) {
	const { octokit, owner, repo, log } = book.github;
	const perPage = 30;
	for (let page = 1; page <= MAX_DEPLOYMENTS / perPage; page += 1) {
		const { data } = await octokit.rest.repos.listDeployments({
			owner,
			repo,
			environment,
			task: TASK,
			per_page: perPage,
			page
		});
		for (const one of data) {
			const said = readPayload(one.payload);
			if (said === void 0) continue;
			yield [
				{
					id: String(one.id),
					sha: one.sha,
					version: said.version
				},
				remember(book, one),
				Date.parse(one.created_at),
				said.key
			];
		}
		if (data.length < perPage) return;
	}
	log.warning(`Only the newest ${MAX_DEPLOYMENTS} deployments of ${plain(environment, 60)} were looked at.`);
}

export { githubDeployments as t };