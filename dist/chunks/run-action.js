import { a as setFailed, o as setOutput, s as warning, t as error } from "./core.js";
import { l as UsageError } from "./errors.js";
import { p as string, u as object } from "./schemas.js";
import { t as causes } from "./causes.js";
import { n as noteBeginning, r as noteEnd } from "./began.js";
import { t as exitCodeOf } from "./exit-code.js";
import { a as posted, i as plain, n as code, r as fence, t as cell } from "./markdown.js";
import { f as systemClock, i as openRepository, p as readReceipt, r as openGitHubOf, t as checksAppId } from "./composition.js";
import { n as statusOf } from "./request-policy.js";
import { a as operateRollback, i as makePlan, o as operateRun, r as loadConfig, t as planSummary } from "./plan-summary.js";
import { a as noticedBy, i as headline, n as count, o as plural, r as elapsed, t as nextSteps } from "./next-steps.js";
import { EOL } from "os";
import { constants, promises } from "fs";
import { realpath } from "node:fs/promises";
import { join, relative } from "node:path";

// node_modules/@actions/core/lib/summary.js
var __awaiter = void 0 && (void 0).__awaiter || function(thisArg, _arguments, P, generator) {
	function adopt(value) {
		return value instanceof P ? value : new P(function(resolve) {
			resolve(value);
		});
	}
	return new (P || (P = Promise))(function(resolve, reject) {
		function fulfilled(value) {
			try {
				step(generator.next(value));
			} catch (e) {
				reject(e);
			}
		}
		function rejected(value) {
			try {
				step(generator["throw"](value));
			} catch (e) {
				reject(e);
			}
		}
		function step(result) {
			result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
		}
		step((generator = generator.apply(thisArg, _arguments || [])).next());
	});
};
const { access: access$1, appendFile, writeFile: writeFile$1 } = promises;
const SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
	constructor() {
		this._buffer = "";
	}
	filePath() {
		return __awaiter(this, void 0, void 0, function* () {
			if (this._filePath) return this._filePath;
			const pathFromEnv = process.env[SUMMARY_ENV_VAR];
			if (!pathFromEnv) throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
			try {
				yield access$1(pathFromEnv, constants.R_OK | constants.W_OK);
			} catch (_a) {
				throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
			}
			this._filePath = pathFromEnv;
			return this._filePath;
		});
	}
	wrap(tag, content, attrs = {}) {
		const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
		if (!content) return `<${tag}${htmlAttrs}>`;
		return `<${tag}${htmlAttrs}>${content}</${tag}>`;
	}
	write(options) {
		return __awaiter(this, void 0, void 0, function* () {
			const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
			const filePath = yield this.filePath();
			yield (overwrite ? writeFile$1 : appendFile)(filePath, this._buffer, { encoding: "utf8" });
			return this.emptyBuffer();
		});
	}
	clear() {
		return __awaiter(this, void 0, void 0, function* () {
			return this.emptyBuffer().write({ overwrite: true });
		});
	}
	stringify() {
		return this._buffer;
	}
	isEmptyBuffer() {
		return this._buffer.length === 0;
	}
	emptyBuffer() {
		this._buffer = "";
		return this;
	}
	addRaw(text, addEOL = false) {
		this._buffer += text;
		return addEOL ? this.addEOL() : this;
	}
	addEOL() {
		return this.addRaw(EOL);
	}
	addCodeBlock(code, lang) {
		const attrs = Object.assign({}, lang && { lang });
		const element = this.wrap("pre", this.wrap("code", code), attrs);
		return this.addRaw(element).addEOL();
	}
	addList(items, ordered = false) {
		const tag = ordered ? "ol" : "ul";
		const listItems = items.map((item) => this.wrap("li", item)).join("");
		const element = this.wrap(tag, listItems);
		return this.addRaw(element).addEOL();
	}
	addTable(rows) {
		const tableBody = rows.map((row) => {
			const cells = row.map((cell) => {
				if (typeof cell === "string") return this.wrap("td", cell);
				const { header, data, colspan, rowspan } = cell;
				const tag = header ? "th" : "td";
				const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
				return this.wrap(tag, data, attrs);
			}).join("");
			return this.wrap("tr", cells);
		}).join("");
		const element = this.wrap("table", tableBody);
		return this.addRaw(element).addEOL();
	}
	addDetails(label, content) {
		const element = this.wrap("details", this.wrap("summary", label) + content);
		return this.addRaw(element).addEOL();
	}
	addImage(src, alt, options) {
		const { width, height } = options || {};
		const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
		const element = this.wrap("img", null, Object.assign({
			src,
			alt
		}, attrs));
		return this.addRaw(element).addEOL();
	}
	addHeading(text, level) {
		const tag = `h${level}`;
		const allowedTag = [
			"h1",
			"h2",
			"h3",
			"h4",
			"h5",
			"h6"
		].includes(tag) ? tag : "h1";
		const element = this.wrap(allowedTag, text);
		return this.addRaw(element).addEOL();
	}
	addSeparator() {
		const element = this.wrap("hr", null);
		return this.addRaw(element).addEOL();
	}
	addBreak() {
		const element = this.wrap("br", null);
		return this.addRaw(element).addEOL();
	}
	addQuote(text, cite) {
		const attrs = Object.assign({}, cite && { cite });
		const element = this.wrap("blockquote", text, attrs);
		return this.addRaw(element).addEOL();
	}
	addLink(text, href) {
		const element = this.wrap("a", text, { href });
		return this.addRaw(element).addEOL();
	}
};
const _summary = new Summary();
const summary = _summary;

// src/github/commit-of-repository.ts
async function isOfRepository(github, commit, defaultBranch) {
	return await isOnBranch(github, commit, defaultBranch) || await isTip(github, commit) || await isInOwnPullRequest(github, commit);
}
async function isOnBranch({ octokit, owner, repo }, commit, branch) {
	try {
		const asked = {
			owner,
			repo,
			basehead: `${branch}...${commit}`,
			per_page: 1
		};
		const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked);
		return data.status === "identical" || data.status === "behind";
	} catch (error) {
		if (statusOf(error) === 404) return false;
		throw error;
	}
}
async function isTip({ octokit, owner, repo }, commit) {
	return (await Promise.all(["heads/", "tags/"].map(async (ref) => octokit.rest.git.listMatchingRefs({
		owner,
		repo,
		ref
	})))).some(({ data }) => data.some(({ object }) => object.sha === commit));
}
async function isInOwnPullRequest({ octokit, owner, repo }, commit) {
	try {
		const asked = {
			owner,
			repo,
			commit_sha: commit,
			per_page: 100
		};
		const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(asked);
		return data.some(({ head, base }) => head.repo !== null && head.repo.id === base.repo.id);
	} catch (error) {
		if (statusOf(error) === 404 || statusOf(error) === 422) return false;
		throw error;
	}
}

// src/report/chart.ts
function chart(upgrade) {
	const ended = upgrade.steps.filter((step) => step.endedAtMs !== void 0);
	const first = ended[0];
	if (first === void 0) return "";
	const lines = ended.map((step) => {
		const from = Math.round((step.startedAtMs - first.startedAtMs) / 1e3);
		const seconds = Math.max(1, Math.round(((step.endedAtMs ?? step.startedAtMs) - step.startedAtMs) / 1e3));
		const tag = step.state === "failed" ? "crit, " : step.state === "done" ? "done, " : "";
		return {
			stage: step.stage,
			line: `  ${inert(step.step)} :${tag}${from}, ${seconds}s`
		};
	});
	return [
		"gantt",
		" dateFormat X",
		" axisFormat %M:%S",
		...[...Map.groupBy(lines, ({ stage }) => stage)].map(([stage, drawn]) => [` section ${stage}`, ...drawn.map(({ line }) => line)].join("\n"))
	].join("\n");
}
function inert(text) {
	return text.replaceAll(/[^\p{L}\p{N} ./_-]/gu, "_").slice(0, 60) || "_";
}

// src/report/job-summary.ts
const MAX_SUMMARY = 33e4;
const MAX_DIFFERENCE = 8e3;
function jobSummary(upgrade) {
	const { decision, message, startedAtMs, endedAtMs } = upgrade;
	const icon = decision === void 0 ? "⏳" : ICONS[decision];
	const noticed = noticedBy(upgrade);
	const took = endedAtMs === void 0 ? "" : ` In ${elapsed(endedAtMs - startedAtMs)}.`;
	const drawn = chart(upgrade);
	const body = [
		`## ${icon} ${prose(headline(upgrade), 300)}`,
		`${prose(message ?? "", 2e3)}${took}${noticed === void 0 ? "" : ` **${capital(noticed.line)}.**`}`,
		section("Code", codeLines(upgrade)),
		section("Tests", upgrade.tests.flatMap(testLines)),
		section("Release", upgrade.environments.flatMap(releaseLines(upgrade))),
		section("Health", upgrade.environments.flatMap(healthLines)),
		drawn === "" ? "" : `### Stages\n\n${fence(drawn, { language: "mermaid" })}`,
		section("What to do next", list(nextSteps(upgrade).map((step) => plain(step, 1e3)))),
		`<sub>Reason ${code(upgrade.reason ?? "none")}, upgrade ${code(upgrade.id)}, plan ${code(upgrade.planDigest.slice(0, 19))}.</sub>`
	].filter((part) => part !== "").join("\n\n");
	return posted(body, {
		max: MAX_SUMMARY,
		rest: "the receipt"
	});
}
const ICONS = {
	promoted: "✅",
	completed: "✅",
	planned: "📋",
	nothing_to_do: "⚪",
	held: "⏸️",
	rolled_back: "↩️",
	cancelled: "⚪",
	failed: "❌"
};
function section(title, lines) {
	return lines.length === 0 ? "" : `### ${title}\n\n${lines.join("\n")}`;
}
function list(lines) {
	return lines.map((line) => `- ${line}`);
}
function codeLines({ code: difference, candidate, branch, pullRequest, base }) {
	if (candidate?.sha === void 0) return [];
	const where = branch === void 0 ? "" : ` on ${code(branch)}`;
	const request = pullRequest === void 0 ? "" : `, pull request [#${pullRequest.number}](${pullRequest.url})`;
	const first = `- ${code(candidate.sha)}${where}${request}`;
	if (difference === void 0) return [first, base === void 0 ? "- First upgrade: there is no version n to compare with." : "- Not compared."];
	const { commits, more, files } = difference;
	const sum = (key) => files.reduce((total, file) => total + file[key], 0);
	return [
		first,
		`- ${plural(commits.length + more, "commit")}, ${plural(files.length, "file")}, +${sum("added")} −${sum("removed")}`,
		...commits.slice(0, 10).map(({ id, subject }) => `  - ${code(id.slice(0, 12))} ${code(subject, 120)}`)
	];
}
function testLines(suite) {
	const parts = [
		`${suite.passed} passed`,
		...suite.failed > 0 ? [`${suite.failed} failed`] : [],
		...suite.skipped > 0 ? [`${suite.skipped} skipped`] : [],
		...suite.known.length > 0 ? [`${plural(suite.known.length, "known failure")} of the base`] : [],
		...suite.accepted.length > 0 ? [plural(suite.accepted.length, "accepted break")] : [],
		...suite.newlyPassing.length > 0 ? [`${suite.newlyPassing.length} newly passing`] : [],
		...suite.added.length > 0 ? [`${suite.added.length} added`] : [],
		...suite.removed.length > 0 ? [`${suite.removed.length} removed`] : [],
		...suite.unused.length > 0 ? [`${suite.unused.length} of \`accepts\` not needed`] : []
	];
	return [`- ${code(suite.suite)}: ${parts.join(", ")}`, ...suite.newlyFailing.slice(0, 20).flatMap(({ name, message, file, line }) => [`  - ❌ ${code(name)}${file === void 0 ? "" : ` at ${code(line === void 0 ? file : `${file}:${line}`)}`}${message === void 0 ? "" : `: ${code(message, 300)}`}`])];
}
function releaseLines(upgrade) {
	return ({ name, state, previous, weight, difference, message }) => {
		if (state === "untouched") return [`- ${code(name)}: untouched`];
		const from = previous === void 0 ? "its first version" : `before: ${code(previous.name)}`;
		const share = weight === void 0 || weight === 0 ? "" : `, with ${weight} % of the traffic`;
		return [
			`- ${code(name)}: **${state.replaceAll("_", " ")}**${share}, ${from}${message === void 0 ? "" : `. ${prose(message, 500)}`}`,
			...upgrade.artifacts.slice(0, 10).map(({ name: artifact, digest }) => `  - ${code(artifact)} ${code(digest.slice(0, 19))}`),
			...difference === void 0 ? [] : ["", fence(difference, {
				language: "diff",
				maxLength: MAX_DIFFERENCE
			})]
		];
	};
}
function healthLines({ name, judged }) {
	return judged.flatMap((report, index) => [
		`**${code(name)}, ${report.step === "watch" ? "the watch" : `at ${prose(report.step)}`}:** ${prose(report.line, 1e3)}`,
		"",
		...index === judged.length - 1 ? [...healthTable(report), ""] : []
	]);
}
function healthTable(report) {
	return [
		"| check | before | now | change | allowed | coverage | | verdict |",
		"|---|---|---|---|---|---|---|---|",
		...report.checks.map((check) => `| ${cell(check.name)} | ${cell(check.before)} | ${cell(check.after)} | ${cell(check.change)} | ${cell(check.allowed)} | ${count(check.coverage.measured)} of ${count(check.coverage.expected)} | ${check.sparkline} | ${verdictWord(check.verdict)} |`)
	];
}
function verdictWord(verdict) {
	return {
		healthy: "✅ healthy",
		unhealthy: "❌ unhealthy",
		inconclusive: "❔ inconclusive"
	}[verdict];
}
function prose(text, maxLength = 256) {
	return plain(text, maxLength).replaceAll(/[\\`*_[\]<>#|~!&]/g, "\\$&").replaceAll("://", ":\\//").replaceAll(/\bwww\./gi, "www\\.");
}
function capital(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

// src/action/annotations.ts
const MAX = 10;
function annotateFailures(upgrade) {
	const failures = upgrade.tests.flatMap(({ suite, newlyFailing }) => newlyFailing.map((test) => ({
		suite,
		test
	})));
	for (const { suite, test } of failures.slice(0, MAX)) {
		const { file } = test;
		error(test.message ?? "The test failed.", {
			title: `${suite}: ${test.name}`.slice(0, 200),
			...file !== void 0 && { file },
			...file !== void 0 && test.line !== void 0 && { startLine: test.line }
		});
	}
}

// src/action/outputs.ts
function outputsOf(upgrade, receipt) {
	const noticed = noticedBy(upgrade);
	const watched = upgrade.environments.flatMap(({ judged }) => judged.slice(-1)).map((report) => report.watched);
	return {
		decision: upgrade.decision ?? "",
		"reason-code": upgrade.reason ?? "",
		version: upgrade.candidate?.name ?? "",
		"previous-version": upgrade.base?.name ?? "",
		branch: upgrade.branch ?? "",
		sha: upgrade.candidate?.sha ?? "",
		"deployment-id": upgrade.environments.flatMap(({ deployment }) => deployment ?? []).at(-1) ?? "",
		"noticed-requests": noticed === void 0 ? "" : String(noticed.requests),
		"noticed-upper": noticed === void 0 ? "" : String(noticed.upper),
		"watched-requests": watched.length === 0 ? "" : String(watched.reduce((sum, one) => sum + one, 0)),
		receipt
	};
}
function setOutputs(outputs) {
	for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
}

// src/action/trusted.ts
const ACTING = /* @__PURE__ */ new Set([
	"push",
	"workflow_dispatch",
	"schedule",
	"repository_dispatch",
	"workflow_run",
	"release"
]);
function refuseUntrusted(inputs, context) {
	if (inputs.operation === "plan") return;
	const { event, ref, defaultBranch } = context;
	if (!ACTING.has(event)) throw new UsageError(`operation: ${inputs.operation} is not possible on ${event}: what ${event.startsWith("pull_request") ? "a pull request brings" : "comes with it"} is not trusted. Use "operation: plan" there, and deploy on "push" to the default branch or "workflow_dispatch".`);
	if (event === "push" && ref.startsWith("refs/heads/") && ref !== `refs/heads/${defaultBranch}`) throw new UsageError(`This push is to ${ref.slice(11)}, not to the default branch ${defaultBranch}: nothing is deployed. Add "branches: [${defaultBranch}]" under "push" of the workflow; to deploy another commit on purpose, run the workflow by hand with its sha.`);
	if (inputs.operation === "rollback") refuseTarget(inputs);
}
function refuseTarget({ sha, planDigest, stage }) {
	const given = [...sha === void 0 ? [] : ["sha"], ...planDigest === void 0 ? [] : ["plan-digest"]];
	if (stage !== "all") given.push("stage");
	if (given.length === 0) return;
	throw new UsageError(`operation: rollback returns to the last healthy version and takes no ${given.join(", no ")}. To bring another version there, run an upgrade with its sha.`);
}

// src/action/workflow-context.ts
const payload = object({
	before: string().optional(),
	repository: object({ default_branch: string() }).optional().catch(void 0),
	pull_request: object({ head: object({ ref: string() }) }).optional()
});
async function readContext(environment) {
	const need = (name) => {
		const value = environment[name];
		if (value !== void 0 && value !== "") return value;
		throw new UsageError(`${name} is not set: this is no GitHub workflow run. On a laptop use the command "seamless".`);
	};
	const repository = need("GITHUB_REPOSITORY");
	const workspace = need("GITHUB_WORKSPACE");
	const { context } = await import("./github.js");
	const event = payload.parse(context.payload);
	const { before, pull_request: pullRequest } = event;
	return {
		event: need("GITHUB_EVENT_NAME"),
		workspace,
		repository,
		apiUrl: context.apiUrl,
		runUrl: `${context.serverUrl}/${repository}/actions/runs/${context.runId}`,
		ref: context.ref,
		sha: need("GITHUB_SHA"),
		...event.repository && { defaultBranch: event.repository.default_branch },
		...before !== void 0 && !/^0+$/.test(before) && { before },
		...pullRequest && { headBranch: pullRequest.head.ref }
	};
}

// src/action/run-action.ts
async function runAction({ environment, signal, logs }, inputs) {
	const context = await readContext(environment);
	if (context.event === "merge_group") return sayMergeQueue();
	const opened = await openAction({
		inputs,
		context,
		environment,
		signal,
		logs
	});
	const defaultBranch = context.defaultBranch ?? await opened.repository.defaultBranch();
	const known = {
		...context,
		defaultBranch
	};
	refuseUntrusted(inputs, known);
	const request = await requestOf(inputs, known, opened);
	if (inputs.operation === "plan") return showPlan(await makePlan(request));
	noteBeginning();
	const upgrade = inputs.operation === "rollback" ? await operateRollback(request, signal) : await operateRun(request, signal);
	logs.resume();
	if (signal.aborted) throw signal.reason;
	await reportUpgrade(upgrade, opened);
	noteEnd();
}
async function openAction(parts) {
	const { inputs, context, environment, signal, logs } = parts;
	const folder = await realpath(join(context.workspace, inputs.workingDirectory)).catch((cause) => {
		throw new UsageError(`The working-directory ${JSON.stringify(inputs.workingDirectory)} does not exist. Does "actions/checkout" run before this step?`, { cause });
	});
	if (relative(await realpath(context.workspace), folder).startsWith("..")) throw new UsageError(`The working-directory ${JSON.stringify(inputs.workingDirectory)} leaves the workspace.`);
	return openRepository({
		folder,
		environment,
		signal,
		clock: systemClock,
		log: logs.masked,
		...inputs.token !== void 0 && { github: {
			token: inputs.token,
			apiUrl: context.apiUrl,
			repository: context.repository,
			appId: checksAppId(environment),
			logUrl: context.runUrl
		} }
	});
}
async function configPlace(context, opened) {
	const { defaultBranch = await opened.repository.defaultBranch() } = context;
	if (context.ref !== `refs/heads/${defaultBranch}`) {
		const { id } = await opened.versionControl.resolve(defaultBranch);
		return {
			kind: "commit",
			sha: id
		};
	}
	const { before } = context;
	return {
		kind: "commit",
		sha: context.sha,
		...context.event === "push" && before !== void 0 && { healthFrom: before }
	};
}
async function requestOf(inputs, context, opened) {
	const isPullRequest = context.event.startsWith("pull_request");
	const place = isPullRequest ? { kind: "working_tree" } : await configPlace(context, opened);
	if (isPullRequest) opened.log.info("The config is that of this pull request; it takes effect when it is on the default branch.");
	const loaded = await loadConfig(opened, inputs.config, place);
	if (inputs.token === void 0 && inputs.operation !== "plan") opened.log.warning("There is no github-token: what is deployed is on record in .seamless/ of this checkout only. A later run elsewhere will take its upgrade for the first one, with nothing to go back to.");
	if (inputs.sha !== void 0) await refuseStranger(inputs.sha, context.defaultBranch, opened);
	const sha = inputs.sha ?? shaOfEvent(context, loaded.config.upgrade !== void 0);
	return {
		opened,
		loaded,
		stage: inputs.stage,
		...inputs.environment !== void 0 && { environment: inputs.environment },
		...sha !== void 0 && { sha },
		...context.headBranch !== void 0 && { branch: context.headBranch },
		defaultBranch: context.defaultBranch,
		...inputs.planDigest !== void 0 && { planDigest: inputs.planDigest },
		...inputs.deploymentId !== void 0 && { adopt: inputs.deploymentId }
	};
}
async function refuseStranger(sha, defaultBranch, opened) {
	const github = await openGitHubOf(opened);
	if (github === void 0 || !/^[0-9a-f]{40}$/.test(sha)) return;
	if (await isOfRepository(github, sha, defaultBranch)) return;
	throw new UsageError(`The commit ${sha} is on no branch or tag of this repository and in no pull request from one: it may be a fork's. Nothing was run. Push it to a branch first.`);
}
function shaOfEvent({ event, sha }, makes) {
	return event === "push" || event.startsWith("pull_request") || !makes ? sha : void 0;
}
async function showPlan(plan) {
	setOutputs({
		decision: "planned",
		"reason-code": "plan_only",
		version: plan.head.kind === "given" ? plan.head.version.name : "",
		"previous-version": plan.base?.name ?? "",
		sha: plan.head.kind === "given" ? plan.head.version.sha : ""
	});
	await writeSummary(planSummary(plan));
}
async function sayMergeQueue() {
	setOutputs({
		decision: "nothing_to_do",
		"reason-code": "merge_queue"
	});
	await writeSummary("A merge queue tries this commit; it is not merged yet, so nothing is done.");
}
async function writeSummary(markdown) {
	await summary.addRaw(markdown, true).write().catch((error) => warning(`The job summary could not be written: ${causes(error)}`));
}
async function reportUpgrade(upgrade, opened) {
	annotateFailures(upgrade);
	setOutputs(outputsOf(upgrade, await receiptOf(upgrade, opened)));
	await writeSummary(jobSummary(upgrade));
	const line = `${headline(upgrade)}. ${upgrade.message ?? ""}`;
	if (exitCodeOf(upgrade) === 0) opened.log.info(line);
	else setFailed(line);
}
async function receiptOf({ id, startedAtMs }, { surroundings }) {
	const file = join(surroundings.folder, ".seamless", "receipt.json");
	const kept = await readReceipt(file);
	return kept?.id === id && kept.startedAtMs === startedAtMs ? file : "";
}

export { readContext as a, jobSummary as c, writeSummary as i, openAction as n, outputsOf as o, runAction as r, setOutputs as s, configPlace as t };