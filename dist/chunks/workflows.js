import { f as UsageError } from "./errors.js";
import { l as number, p as string, u as object } from "./schemas.js";
import { n as repeat } from "./ensure.js";
import { r as statusOf } from "./request-policy.js";

// src/github/workflows.ts
const MAX_PAGES = 10;
const PER_PAGE = 100;
const namedRun = object({
	workflow_run_id: number().int(),
	html_url: string()
});
function githubWorkflows(github, options) {
	const { octokit, owner, repo } = github;
	let known = options.defaultBranch;
	const branch = async () => known ??= (await octokit.rest.repos.get({
		owner,
		repo
	})).data.default_branch;
	return {
		dispatch: async (request) => dispatch(github, {
			file: options.file,
			ref: await branch()
		}, request),
		find: async (key, sinceMs) => find(github, {
			file: options.file,
			branch: await branch()
		}, {
			key,
			sinceMs
		}),
		state: async (runId) => state(github, runId),
		cancel: async (runId) => cancel(github, runId)
	};
}
async function dispatch(github, place, request) {
	try {
		return await startWorkflow(github, place, inputsOf(request));
	} catch (error) {
		throw unusable(error, place);
	}
}
async function startWorkflow(github, place, inputs) {
	try {
		return await send(github, place, {
			inputs,
			return_run_details: true
		});
	} catch (error) {
		if (statusOf(error) !== 422) throw error;
	}
	return send(github, place, { inputs });
}
async function send({ octokit, owner, repo }, { file, ref }, asked) {
	const { data } = await octokit.rest.actions.createWorkflowDispatch({
		owner,
		repo,
		workflow_id: file,
		ref,
		...asked
	});
	const named = namedRun.safeParse(data);
	if (!named.success) return void 0;
	return {
		id: named.data.workflow_run_id,
		url: named.data.html_url,
		status: "queued"
	};
}
function inputsOf(request) {
	return {
		operation: request.operation,
		environment: request.environment,
		sha: request.sha,
		"request-id": request.key,
		...request.deploymentId !== void 0 && { "deployment-id": request.deploymentId },
		...request.planDigest !== void 0 && { "plan-digest": request.planDigest }
	};
}
function unusable(error, { file, ref }) {
	const status = statusOf(error);
	if (status !== 404 && status !== 422) return error;
	const said = error instanceof Error ? error.message : String(error);
	return new UsageError(`The workflow .github/workflows/${file} of ${ref} cannot be started: it must be there, with "workflow_dispatch" and the inputs operation, environment, sha, deployment-id, plan-digest and request-id, as "seamless init" writes it. ${said}`, { cause: error });
}
async function find({ octokit, owner, repo }, { file, branch }, { key, sinceMs }) {
	const sinceSecondMs = Math.floor(sinceMs / 1e3) * 1e3;
	const asked = {
		owner,
		repo,
		workflow_id: file,
		branch,
		event: "workflow_dispatch",
		per_page: PER_PAGE
	};
	for (let page = 1; page <= MAX_PAGES; page += 1) {
		const { data } = await octokit.rest.actions.listWorkflowRuns({
			...asked,
			page
		});
		const runs = data.workflow_runs.filter(({ created_at }) => Date.parse(created_at) >= sinceSecondMs);
		const found = runs.find(({ display_title }) => display_title.endsWith(`#${key}`));
		if (found !== void 0) return stateOf(found);
		if (runs.length < PER_PAGE) return void 0;
	}
}
async function state({ octokit, owner, repo }, runId) {
	try {
		const { data } = await octokit.rest.actions.getWorkflowRun({
			owner,
			repo,
			run_id: runId
		});
		return stateOf(data);
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}
async function cancel(github, runId) {
	const { octokit, owner, repo } = github;
	try {
		await repeat(github, async () => octokit.rest.actions.cancelWorkflowRun({
			owner,
			repo,
			run_id: runId
		}));
	} catch (error) {
		if (statusOf(error) !== 409) throw error;
	}
}
function stateOf({ id, html_url: url, status, conclusion }) {
	if (status === "completed") return {
		id,
		url,
		status,
		...conclusion !== null && { conclusion }
	};
	return {
		id,
		url,
		status: status === "in_progress" || status === "waiting" ? status : "queued"
	};
}

export { startWorkflow as n, githubWorkflows as t };