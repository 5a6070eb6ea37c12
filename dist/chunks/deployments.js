import { l as GitHubError, o as DeploymentMismatch, s as DeploymentUnknown } from "./errors.js";
import { n as _enum, p as string, s as literal, u as object } from "./schemas.js";
import { a as plain } from "./markdown.js";
import { n as repeat, t as ensure } from "./ensure.js";
import { r as statusOf } from "./request-policy.js";
import { a as writeVerdict, i as readVerdict, r as readBuilt } from "./verdict-check.js";

// src/github/deployment-payload.ts
const SCHEMA = 1;
const payload = object({
	schema: literal(SCHEMA),
	key: string(),
	version: string()
});
function payloadOf({ key, version }) {
	return {
		schema: SCHEMA,
		key,
		version
	};
}
function readPayload(sent) {
	const read = payload.safeParse(typeof sent === "string" ? parseJson(sent) : sent);
	return read.success ? {
		key: read.data.key,
		version: read.data.version
	} : void 0;
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}

// src/github/deployments.ts
const TASK = "deploy";
const MAX_DEPLOYMENTS = 60;
const MAX_DESCRIPTION = 140;
const deploymentStates = _enum([
	"in_progress",
	"success",
	"failure",
	"error",
	"inactive"
]);
function githubDeployments(github, options) {
	const book = {
		github,
		options,
		keys: /* @__PURE__ */ new Map()
	};
	return {
		begin: async (wanted) => wanted.adopt === void 0 ? begin(book, wanted) : adopt(book, wanted, wanted.adopt),
		setState: async (id, state, description) => postState(book, {
			id,
			state,
			description
		}),
		async setVerdict(id, verdict, summary) {
			await writeVerdict(github, await keyOf(book, id), {
				verdict,
				summary,
				logUrl: options.logUrl
			});
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
		builtOf: async (environment, sha) => readBuilt(github, {
			environment,
			sha,
			appId: options.appId
		}),
		read: async (id) => readDeployment(book, id),
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
	const { key = "", version = found.sha.slice(0, 12) } = readPayload(found.payload) ?? {};
	const { description, log_url: logUrl } = status ?? {};
	return {
		id,
		sha: found.sha,
		environment: found.environment,
		version,
		key,
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
	return book.keys.get(id) ?? remember(book, await getDeployment(book.github, id));
}
function remember({ keys, options }, { id, environment, sha }) {
	const key = {
		deploymentId: String(id),
		environment,
		sha,
		appId: options.appId
	};
	keys.set(key.deploymentId, key);
	return key;
}
async function findOrMake(github, wanted) {
	const { octokit, owner, repo } = github;
	const { sha, environment, version, key, isFirst = false } = wanted;
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
				description: plain(version, MAX_DESCRIPTION),
				payload: payloadOf({
					key,
					version
				})
			});
			if (!("id" in data)) throw new GitHubError(status, `GitHub made no deployment of ${sha}: ${data.message ?? "it did not say why"}`);
			return data;
		}
	});
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
function mismatch(found, wanted) {
	if (found.sha !== wanted.sha) return `Deployment ${found.id} is of commit ${found.sha}, not of ${wanted.sha}`;
	if (found.environment !== wanted.environment) return `Deployment ${found.id} is of the environment ${plain(found.environment, 60)}, not of ${wanted.environment}`;
}
async function postState(book, said) {
	const { octokit, owner, repo } = book.github;
	const { logUrl, environmentUrls } = book.options;
	const url = environmentUrls && environmentUrls[(await keyOf(book, said.id)).environment];
	const asked = {
		owner,
		repo,
		deployment_id: numberOf(said.id),
		state: said.state,
		description: plain(said.description, MAX_DESCRIPTION),
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