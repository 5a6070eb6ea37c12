import { f as UsageError } from "./errors.js";
import { a as plain, o as posted } from "./markdown.js";
import { t as artifactsIn } from "./verdict-details.js";
import { n as repeat, t as ensure } from "./ensure.js";

// src/github/verdict-check.ts
const ACTIONS_APP_ID = 15368;
const conclusions = {
	healthy: "success",
	unhealthy: "failure",
	inconclusive: "neutral"
};
async function readVerdict(github, key) {
	return verdictIn(await findCheck(github, key));
}
function verdictIn(check) {
	if (check?.status !== "completed") return void 0;
	return [
		"healthy",
		"unhealthy",
		"inconclusive"
	].find((verdict) => conclusions[verdict] === check.conclusion);
}
async function newestVerdict(github, at) {
	const [newest] = (await listChecks(github, at)).filter(({ app, head_sha, status }) => app?.id === at.appId && head_sha === at.sha && status === "completed").sort((one, other) => other.id - one.id);
	return verdictIn(newest);
}
async function readBuilt(github, key) {
	return (await listChecks(github, key)).filter((check) => check.app?.id === key.appId && check.head_sha === key.sha).toSorted((one, other) => other.id - one.id).map(({ output }) => artifactsIn(output.text)).find((artifacts) => artifacts.length > 0) ?? [];
}
async function writeVerdict(github, key, said, known) {
	const wanted = verdictContent(said);
	if (known !== void 0) return updateCheck(github, known, wanted);
	const check = await ensure(github, {
		find: async () => findCheck(github, key),
		make: async () => createCheck(github, key, wanted)
	});
	if (check.app?.id !== key.appId) throw foreignApp(check, key);
	return isSame(check, wanted) ? check.id : updateCheck(github, check.id, wanted);
}
async function writeWatching(github, key, said) {
	const wanted = {
		status: "in_progress",
		...shownContent(said)
	};
	const check = await ensure(github, {
		find: async () => findCheck(github, key),
		make: async () => createCheck(github, key, wanted)
	});
	if (check.app?.id !== key.appId) throw foreignApp(check, key);
	return check.status === "completed" || isSame(check, wanted) ? check.id : updateCheck(github, check.id, wanted);
}
async function updateCheck(github, check_run_id, content) {
	const { octokit, owner, repo } = github;
	await repeat(github, async () => octokit.rest.checks.update({
		owner,
		repo,
		check_run_id,
		...content
	}));
	return check_run_id;
}
async function createCheck({ octokit, owner, repo }, key, content) {
	const asked = {
		owner,
		repo,
		name: verdictCheckName(key.environment),
		head_sha: key.sha,
		external_id: key.deploymentId,
		...content
	};
	const { data } = await octokit.rest.checks.create(asked);
	return data;
}
function verdictCheckName(environment) {
	return `seamless/${environment}`;
}
async function findCheck(github, key) {
	return (await listChecks(github, key)).filter((check) => check.app?.id === key.appId && check.external_id === key.deploymentId && check.head_sha === key.sha).sort((one, other) => other.id - one.id)[0];
}
async function listChecks({ octokit, owner, repo }, key) {
	const { data } = await octokit.rest.checks.listForRef({
		owner,
		repo,
		ref: key.sha,
		check_name: verdictCheckName(key.environment),
		app_id: key.appId,
		filter: "all",
		per_page: 100
	});
	return data.check_runs;
}
function verdictContent(said) {
	return {
		status: "completed",
		conclusion: conclusions[said.verdict],
		...shownContent(said)
	};
}
function shownContent({ summary, logUrl }) {
	const rest = logUrl ?? "";
	return {
		...logUrl !== void 0 && { details_url: logUrl },
		output: {
			title: plain(summary.title, 255),
			summary: posted(summary.text, { rest }),
			...summary.details !== void 0 && { text: posted(summary.details, { rest }) }
		}
	};
}
function isSame(check, wanted) {
	const { conclusion, output } = check;
	return conclusion === ("conclusion" in wanted ? wanted.conclusion : null) && output.title === wanted.output.title && output.summary === wanted.output.summary && (output.text ?? void 0) === wanted.output.text;
}
function foreignApp(check, key) {
	return new UsageError(`The check run ${verdictCheckName(key.environment)} was written by the app ${check.app?.id ?? "unknown"}, but only app ${key.appId} is trusted when it is read back. Use one token for writing and reading, or name its app.`);
}

export { readVerdict as a, readBuilt as i, conclusions as n, writeVerdict as o, newestVerdict as r, writeWatching as s, ACTIONS_APP_ID as t };