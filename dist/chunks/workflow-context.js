import { a as setFailed, o as setOutput, s as warning, t as error } from "./core.js";
import { c as EnvironmentTaken, f as UsageError, l as GitHubError, o as DeploymentMismatch, s as DeploymentUnknown } from "./errors.js";
import { n as maskOf } from "./mask.js";
import { d as record, g as unknown, h as union, i as boolean, l as number, n as _enum, p as string, r as array, s as literal, u as object } from "./schemas.js";
import { n as secretValues } from "./child-environment.js";
import { t as causes } from "./causes.js";
import { a as noteGiven, i as noteCommand, n as givenNoted, o as noteLocks, r as locksNoted, t as commandNoted } from "./post-state.js";
import { t as exitCodeOf } from "./exit-code.js";
import { a as plain, i as mention, n as code, o as posted, r as fence, s as prose, t as cell } from "./markdown.js";
import { t as openGitHub } from "./client.js";
import { f as readJobOrder, g as unknownEnvironment, o as finalWord, s as lastWord, t as loadConfig, v as chosenEnvironments } from "./operation.js";
import { a as openDeploymentsOf, m as readReceipt, n as checksAppId, o as openGitHubOf, s as openRepository, t as systemClock } from "./system-clock.js";
import { r as reasonCodes } from "./receipt.js";
import { n as readYaml, r as formatConfigError, t as parseConfig } from "./parse.js";
import { r as statusOf } from "./request-policy.js";
import { n as repeat, t as ensure } from "./ensure.js";
import { r as newestVerdict, t as ACTIONS_APP_ID } from "./verdict-check.js";
import { a as headline$1, i as elapsed, n as capital, o as noticedBy, r as count, s as plural, t as nextSteps } from "./next-steps.js";
import { t as githubDeployments } from "./deployments.js";
import { n as revertedByUs, t as githubPullRequests } from "./pull-requests.js";
import { t as refRecords } from "./ref-records2.js";
import { t as githubWorkflows } from "./workflows.js";
import { EOL } from "os";
import { constants, promises } from "fs";
import { createHash } from "node:crypto";
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

// src/github/check-once.ts
async function makeCheckOnce(github, { name, sha, externalId, isFirst = false, conclusion, output, detailsUrl }) {
	const { octokit, owner, repo } = github;
	await ensure(github, {
		isFirst,
		find: async () => {
			const asked = {
				owner,
				repo,
				ref: sha,
				check_name: name,
				per_page: 100,
				filter: "all"
			};
			const { data } = await octokit.rest.checks.listForRef(asked);
			return data.check_runs.find((one) => one.external_id === externalId);
		},
		make: async () => {
			const { data } = await octokit.rest.checks.create({
				owner,
				repo,
				name,
				head_sha: sha,
				external_id: externalId,
				...detailsUrl !== void 0 && { details_url: detailsUrl },
				status: "completed",
				conclusion,
				output
			});
			return data;
		}
	});
}

// src/github/plan-check.ts
function planCheckName(environment) {
	return `seamless/${environment}/plan`;
}
async function writePlanCheck(github, check) {
	const { environment, sha, requestId, title, text, failed, runUrl } = check;
	await makeCheckOnce(github, {
		name: planCheckName(environment),
		sha,
		externalId: requestId,
		detailsUrl: runUrl,
		conclusion: failed ? "failure" : "neutral",
		output: {
			title: plain(title, 255),
			summary: posted(text, { rest: runUrl })
		}
	});
}

// src/command/lock-text.ts
function holdText(environment, { by, pull, sinceMs, reason }) {
	const why = reason === void 0 ? "" : `, because: ${code(reason, 300)}`;
	return `${code(environment)} is locked for #${pull} by ${code(by.login)} since ${utc(sinceMs)}${why}.`;
}
function operationText(environment, operation) {
	const { by, pull, sinceMs, sha, run } = operation;
	const what = operation.kind === "deploy" ? "is being deployed to" : "is being rolled back";
	return `${code(environment)} ${what}: ${code(sha)}${forPull(pull, ", ")}, by ${code(by.login)}, since ${utc(sinceMs)}${link$1(run?.url)}.`;
}
function dirtyText(environment, operation, why) {
	const { by, pull, sinceMs, sha, run } = operation;
	const what = operation.kind === "deploy" ? "the deployment" : "the rollback";
	return [`${code(environment)} is half done since ${what} of ${code(sha)}${forPull(pull)} by ${code(by.login)} (${utc(sinceMs)}${link$1(run?.url)}): ${code(why, 300)}.`, `${code(`/rollback ${environment}`)} brings its last healthy version back; ${code(`/resolve ${environment}`)} says that you have looked after it.`].join(" ");
}
function forPull(pull, before = " ") {
	return pull === void 0 ? "" : `${before}for #${pull}`;
}
function utc(ms) {
	return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
function link$1(url) {
	const page = pageLink("its run", url);
	return page === "its run" ? "" : `, ${page}`;
}
function pageLink(text, url) {
	return url !== void 0 && /^https?:\/\/[\w.:/?=&%-]+$/.test(url) ? `[${text}](${url})` : text;
}

// src/command/decide-follow.ts
const RUN_STARTS_WITHIN_MS = 9e4;
const SEEK_EVERY_MS = 15e3;
const LOOK_EVERY_MS = 12e4;
const MINUTE_MS = 6e4;
const MARKS_MS = [
	1,
	5,
	15,
	60
].map((minutes) => minutes * MINUTE_MS);
const LATER_MARKS_MS = 360 * MINUTE_MS;
function decideFollow(facts) {
	const { operation, nowMs, run } = facts;
	if (operation.dispatchedAtMs === void 0 && run === void 0) {
		if (operation.leaseUntilMs <= nowMs) return { kind: "abandoned" };
		return wait(facts, "beginning", operation.leaseUntilMs);
	}
	const startedMs = operation.dispatchedAtMs ?? operation.sinceMs;
	if (run === void 0) {
		const lateMs = startedMs + RUN_STARTS_WITHIN_MS;
		if (nowMs >= lateMs) return {
			kind: "end",
			conclusion: "never"
		};
		return wait(facts, "asked", Math.min(nowMs + SEEK_EVERY_MS, lateMs));
	}
	if (run === "gone") return {
		kind: "end",
		conclusion: "gone"
	};
	if (run.status === "completed") return {
		kind: "end",
		conclusion: run.conclusion ?? "completed"
	};
	const nextMs = Math.min(nowMs + LOOK_EVERY_MS, startedMs + nextMark(nowMs - startedMs));
	return wait(facts, phaseOf(run, facts.deployment), nextMs);
}
function lastMark(elapsedMs) {
	const later = Math.floor(elapsedMs / LATER_MARKS_MS) * LATER_MARKS_MS;
	return Math.max(0, later, ...MARKS_MS.filter((mark) => mark <= elapsedMs));
}
function nextMark(elapsedMs) {
	return MARKS_MS.find((mark) => mark > elapsedMs) ?? lastMark(elapsedMs) + LATER_MARKS_MS;
}
function wait({ operation, nowMs, run }, phase, untilMs) {
	const elapsedMs = nowMs - (operation.dispatchedAtMs ?? operation.sinceMs);
	const id = typeof run === "object" ? run.id : "";
	return {
		kind: "wait",
		untilMs,
		phase,
		told: `${phase}/${lastMark(elapsedMs) / MINUTE_MS}/${id}`
	};
}
function phaseOf(run, deployment) {
	if (run.status === "queued" || run.status === "waiting") return run.status;
	return deployment?.state === "success" ? "live" : "running";
}

// src/command/trusted-config.ts
const CONFIG_FILE = ".github/seamless.yml";
function readTrustedConfig(text, at) {
	if (text === void 0) return {
		kind: "missing",
		where: `${CONFIG_FILE} of ${at.defaultBranch}`
	};
	const parsed = parseConfig(text, CONFIG_FILE);
	if (parsed.ok) return {
		kind: "config",
		config: parsed.config,
		...at
	};
	const driver = driverIn(text);
	return {
		kind: "invalid",
		errors: parsed.errors.map(formatConfigError).join("\n"),
		...driver !== void 0 && { driver }
	};
}
function driverIn(text) {
	const document = readYaml(text);
	if (!document.ok || typeof document.value !== "object" || document.value === null) return void 0;
	const { driver } = document.value;
	return driver === "app" || driver === "action" ? driver : void 0;
}

// src/github/authority.ts
function githubAuthority(github) {
	return {
		roleOf: async (person) => roleOf(github, person),
		isMember: async (team, person) => isMember(github, team, person)
	};
}
async function roleOf(github, person) {
	const { octokit, owner, repo } = github;
	const asked = {
		owner,
		repo,
		username: person.login
	};
	const access = await unlessAbsent(async () => octokit.rest.repos.getCollaboratorPermissionLevel(asked));
	if (access === void 0 || access.data.user?.id !== person.id) return "none";
	const role = roleIn(access.data);
	return role === "read" && !await isCollaborator(github, person) ? "none" : role;
}
function roleIn({ permission, role_name, user }) {
	switch (permission) {
		case "admin": return "admin";
		case "write": return role_name === "maintain" || user?.permissions?.maintain === true ? "maintain" : "write";
		case "read": return role_name === "triage" || user?.permissions?.triage === true ? "triage" : "read";
		case "none": return "none";
		default: throw new GitHubError(200, `GitHub answered a permission that it does not document: "${permission.slice(0, 40)}"`);
	}
}
async function isCollaborator({ octokit, owner, repo }, { login }) {
	const asked = {
		owner,
		repo,
		username: login
	};
	return await unlessAbsent(async () => octokit.rest.repos.checkCollaborator(asked)) !== void 0;
}
async function isMember({ octokit }, team, person) {
	const [, org, slug] = /^([\w-]+)\/([\w.-]+)$/.exec(team) ?? [];
	if (org === void 0 || slug === void 0) throw new TypeError(`"${team}" names no team: expected organisation/team.`);
	const asked = {
		org,
		team_slug: slug,
		username: person.login
	};
	if ((await unlessAbsent(async () => octokit.rest.teams.getMembershipForUserInOrg(asked)))?.data.state !== "active") return false;
	return (await unlessAbsent(async () => octokit.rest.users.getByUsername({ username: person.login })))?.data.id === person.id;
}
async function unlessAbsent(ask) {
	try {
		return await ask();
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}

// src/github/conversation.ts
const PER_PAGE = 100;
const MAX_PAGES$1 = 10;
const ACTIONS_SPEAKER = {
	appId: ACTIONS_APP_ID,
	botId: 41898282
};
function githubConversation(github, speaker, ids) {
	const talk = {
		github,
		speaker,
		ids,
		known: /* @__PURE__ */ new Map()
	};
	return {
		async react(commentId, reaction) {
			const { octokit, owner, repo } = github;
			const asked = {
				owner,
				repo,
				comment_id: commentId,
				content: reaction
			};
			try {
				await repeat(github, async () => octokit.rest.reactions.createForIssueComment(asked));
			} catch (error) {
				if (statusOf(error) !== 404) throw error;
			}
		},
		keep: async (pull, key, body) => keep(talk, {
			pull,
			key,
			body
		}),
		say: async (pull, key, body) => asSaid(await findOrMake(talk, {
			pull,
			key,
			body
		}))
	};
}
async function keep(talk, saying) {
	const { ids, known } = talk;
	const name = nameOf(saying);
	const id = known.has(name) ? void 0 : ids?.idOf(name);
	const edited = id === void 0 ? void 0 : await edit(talk, saying, id);
	if (edited !== void 0) return asSaid(edited);
	const found = await findOrMake(talk, saying);
	if (found.body === bodyOf(saying)) return asSaid(found);
	return asSaid(await edit(talk, saying, found.id) ?? await findOrMake(talk, saying));
}
async function edit({ github, ids, known }, saying, comment_id) {
	const { octokit, owner, repo } = github;
	const name = nameOf(saying);
	try {
		const asked = {
			owner,
			repo,
			comment_id,
			body: bodyOf(saying)
		};
		const { data } = await repeat(github, async () => octokit.rest.issues.updateComment(asked));
		known.set(name, data);
		ids?.note(name, data.id);
		return data;
	} catch (error) {
		if (statusOf(error) !== 404) throw error;
		known.delete(name);
		ids?.note(name, void 0);
		return;
	}
}
async function findOrMake(talk, saying) {
	const { github, ids, known } = talk;
	const { octokit, owner, repo } = github;
	const body = bodyOf(saying);
	const comment = await ensure(github, {
		find: async () => known.get(nameOf(saying)) ?? find(talk, saying),
		make: async () => (await octokit.rest.issues.createComment({
			owner,
			repo,
			issue_number: saying.pull,
			body
		})).data
	});
	known.set(nameOf(saying), comment);
	ids?.note(nameOf(saying), comment.id);
	return comment;
}
async function find(talk, { pull, key }) {
	const first = await page(talk, pull, 1);
	const near = ours(talk, (first.last === 1 ? first : await page(talk, pull, first.last)).comments, key) ?? ours(talk, first.comments, key);
	if (near !== void 0) return near;
	for (let at = first.last - 1; at > 1 && at > first.last - MAX_PAGES$1; at -= 1) {
		const found = ours(talk, (await page(talk, pull, at)).comments, key);
		if (found !== void 0) return found;
	}
}
async function page({ github }, pull, page) {
	const { octokit, owner, repo } = github;
	const asked = {
		owner,
		repo,
		issue_number: pull,
		per_page: PER_PAGE,
		page
	};
	const { data, headers } = await octokit.rest.issues.listComments(asked);
	const [, last] = /[?&]page=(\d+)[^>]*>; rel="last"/.exec(headers.link ?? "") ?? [];
	return {
		comments: data,
		last: Number(last ?? page)
	};
}
function ours({ speaker }, comments, key) {
	return comments.findLast((comment) => isBy(speaker, comment) && comment.body?.trimEnd().endsWith(markerOf(key)) === true);
}
function isBy({ appId, botId }, { user, performed_via_github_app: app }) {
	if (user?.type !== "Bot") return false;
	return app?.id === appId || (app === null || app === void 0 ? user.id === botId : false);
}
function bodyOf({ key, body }) {
	return posted(body, { marker: markerOf(key) });
}
function markerOf(key) {
	if (!/^[\w./-]{1,200}$/.test(key)) throw new TypeError(`"${key}" is no key of a comment: letters, digits and _ . / -.`);
	return `<!-- seamless:${key.replaceAll("--", "-%2D")} -->`;
}
function nameOf({ pull, key }) {
	return `${pull} ${key}`;
}
function asSaid({ id, html_url }) {
	return {
		id,
		url: html_url
	};
}

// src/github/ask-graphql.ts
const refusedAnswer = object({
	name: literal("GraphqlResponseError"),
	errors: array(object({
		type: string().catch("UNKNOWN"),
		path: array(union([string(), number()])).catch([]),
		message: string().catch("")
	})),
	data: unknown()
});
async function askGraphql({ octokit, owner, repo }, { query, schema, variables = {} }) {
	const { data, refused } = await answerTo(async () => octokit.graphql(query, {
		...variables,
		owner,
		repo
	}));
	const read = schema.safeParse(data);
	if (read.success) return {
		data: read.data,
		refused
	};
	const [first] = refused;
	if (first !== void 0) throw asGitHubError(first);
	const where = read.error.issues.map(({ path, message }) => `${path.join("/")}: ${message}`).join("; ");
	throw new GitHubError(200, `GitHub's GraphQL answered in a shape that it does not document: ${where}`);
}
async function answerTo(ask) {
	try {
		return {
			data: await ask(),
			refused: []
		};
	} catch (error) {
		const answer = refusedAnswer.safeParse(error);
		if (!answer.success) throw error;
		const refused = answer.data.errors.map(({ type, path, message }) => ({
			type,
			path: path.join("/"),
			message
		}));
		return {
			data: answer.data.data,
			refused
		};
	}
}
function asGitHubError({ type, path, message }) {
	const status = type === "NOT_FOUND" ? 404 : type === "RATE_LIMITED" ? 429 : type === "FORBIDDEN" ? 403 : 200;
	const where = path === "" ? "" : ` for ${path}`;
	return new GitHubError(status, `GitHub's GraphQL refused${where}: ${message.slice(0, 500)} (${type})`);
}

// src/github/default-branch-file.ts
const QUERY = `query ($owner: String!, $repo: String!, $path: String!) {
  repository(owner: $owner, name: $repo) {
    defaultBranchRef {
      name
      target { ... on Commit { oid file(path: $path) { object { ... on Blob { text isTruncated } } } } }
    }
  }
}`;
const answer = object({ repository: object({ defaultBranchRef: object({
	name: string(),
	target: object({
		oid: string(),
		file: object({ object: object({
			text: string().nullish(),
			isTruncated: boolean().optional()
		}).nullable() }).nullable()
	})
}).nullable() }) });
async function defaultBranchFile(github, path) {
	const { data, refused } = await askGraphql(github, {
		query: QUERY,
		schema: answer,
		variables: { path }
	});
	const [refusal] = refused;
	if (refusal !== void 0) throw new GitHubError(403, `GitHub did not show ${path} of the default branch: ${refusal.message}`);
	const branch = data.repository.defaultBranchRef;
	if (branch === null) return void 0;
	const { oid: sha, file } = branch.target;
	if (file?.object?.isTruncated === true) throw new GitHubError(200, `${path} at ${sha} is too long: GitHub shows only a part of it.`);
	return {
		defaultBranch: branch.name,
		sha,
		text: file?.object?.text ?? void 0
	};
}

// src/github/activity.ts
const NO_COMMIT = /^0+$/;
async function branchChanges({ octokit, owner, repo }, branch, head) {
	try {
		const asked = {
			owner,
			repo,
			ref: `refs/heads/${branch}`,
			per_page: 100
		};
		const { data } = await octokit.rest.repos.listActivities(asked);
		const changes = data.filter(({ after }) => !NO_COMMIT.test(after)).map(({ after, timestamp, actor }) => ({
			sha: after,
			atMs: Date.parse(timestamp),
			...actor !== null && { by: {
				id: actor.id,
				login: actor.login
			} }
		})).reverse();
		return changes.some(({ sha }) => sha === head) ? changes : void 0;
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}

// src/github/pull-query.ts
const PAGE = 100;
const actor = `__typename login ... on User { databaseId } ... on Bot { databaseId } ... on Organization { databaseId } ... on Mannequin { databaseId }`;
const PULL_QUERY = `query ($owner: String!, $repo: String!, $number: Int!) {
  repository(owner: $owner, name: $repo) {
    databaseId
    pullRequest(number: $number) {
      number title url state isDraft isCrossRepository headRefName headRefOid baseRefName reviewDecision
      headRepository { databaseId }
      author { ${actor} }
      labels(first: ${PAGE}) { nodes { name } pageInfo { hasNextPage } }
      latestOpinionatedReviews(first: ${PAGE}, writersOnly: true) {
        nodes { state author { ${actor} } commit { oid } }
        pageInfo { hasNextPage }
      }
      baseRef {
        refUpdateRule { requiredStatusCheckContexts }
        rules(first: ${PAGE}) {
          nodes { parameters { ... on RequiredStatusChecksParameters { requiredStatusChecks { context } } } }
          pageInfo { hasNextPage }
        }
      }
      commits(last: 1) {
        nodes {
          commit {
            oid
            statusCheckRollup {
              contexts(first: ${PAGE}) {
                nodes {
                  ... on CheckRun { name status conclusion isRequired(pullRequestNumber: $number) }
                  ... on StatusContext { context state isRequired(pullRequestNumber: $number) }
                }
                pageInfo { hasNextPage }
              }
            }
          }
        }
      }
    }
  }
}`;
function list$1(node) {
	return object({
		nodes: array(node.nullable()).nullable(),
		pageInfo: object({ hasNextPage: boolean() })
	});
}
const actorNode = object({
	__typename: string(),
	login: string(),
	databaseId: number().int().nullish()
}).nullable();
const checkRun = object({
	name: string(),
	status: string(),
	conclusion: string().nullable(),
	isRequired: boolean()
});
const statusContext = object({
	context: string(),
	state: string(),
	isRequired: boolean()
});
const checkContext = union([checkRun, statusContext]);
const opinion = object({
	state: string(),
	author: actorNode,
	commit: object({ oid: string() }).nullable()
});
const baseRef = object({
	refUpdateRule: object({ requiredStatusCheckContexts: array(string().nullable()).nullable() }).nullable(),
	rules: list$1(object({ parameters: object({ requiredStatusChecks: array(object({ context: string() })).optional() }).nullable() })).nullable()
});
const headCommit = object({
	oid: string(),
	statusCheckRollup: object({ contexts: list$1(checkContext) }).nullable()
});
const pullNode = object({
	number: number().int(),
	title: string(),
	url: string(),
	state: _enum([
		"OPEN",
		"CLOSED",
		"MERGED"
	]),
	isDraft: boolean(),
	isCrossRepository: boolean(),
	headRefName: string(),
	headRefOid: string(),
	baseRefName: string(),
	reviewDecision: _enum([
		"APPROVED",
		"CHANGES_REQUESTED",
		"REVIEW_REQUIRED"
	]).nullable(),
	headRepository: object({ databaseId: number().int().nullable() }).nullable(),
	author: actorNode,
	labels: list$1(object({ name: string() })).nullable(),
	latestOpinionatedReviews: list$1(opinion).nullable(),
	baseRef: baseRef.nullable(),
	commits: object({ nodes: array(object({ commit: headCommit }).nullable()).nullable() })
});
const pullAnswer = object({ repository: object({
	databaseId: number().int().nullable(),
	pullRequest: pullNode.nullable()
}) });

// src/github/pull-checks.ts
const OURS = "seamless/";
function checksOf(pull, refused) {
	const told = contextsOf(pull, refused);
	if ("why" in told) return {
		kind: "unavailable",
		why: told.why
	};
	const reported = told.contexts.map((context) => ({
		fact: factOf(context),
		isRequired: context.isRequired
	})).filter(({ fact }) => !fact.name.startsWith(OURS));
	const required = reported.filter(({ isRequired }) => isRequired).map(({ fact }) => fact);
	const others = reported.filter(({ isRequired }) => !isRequired).map(({ fact }) => fact);
	const missing = namedByRules(pull).filter((name) => !required.some((one) => one.name === name));
	return {
		kind: "known",
		required: [...required, ...missing.map((name) => ({
			name,
			state: "missing"
		}))],
		others
	};
}
function contextsOf(pull, refused) {
	const [refusal] = refused;
	if (refusal !== void 0) return { why: `GitHub refused ${refusal.path || "the question"}: ${refusal.message}` };
	if (pull.baseRef === null) return { why: `the base branch ${pull.baseRefName} is gone` };
	if (pull.baseRef.rules?.pageInfo.hasNextPage === true) return { why: "its base branch has more than 100 rules" };
	const commit = pull.commits.nodes?.[0]?.commit;
	if (commit?.oid !== pull.headRefOid) return { why: "the head moved while it was looked at" };
	const contexts = commit.statusCheckRollup?.contexts;
	if (contexts?.pageInfo.hasNextPage === true) return { why: "its head has more than 100 checks" };
	return { contexts: (contexts?.nodes ?? []).filter((one) => one !== null) };
}
function namedByRules({ baseRef }) {
	const classic = baseRef?.refUpdateRule?.requiredStatusCheckContexts ?? [];
	const rulesets = (baseRef?.rules?.nodes ?? []).flatMap((rule) => rule?.parameters?.requiredStatusChecks ?? []);
	const names = [...classic.filter((name) => name !== null), ...rulesets.map(({ context }) => context)];
	return [...new Set(names)].filter((name) => !name.startsWith(OURS));
}
function factOf(context) {
	if ("context" in context) return {
		name: context.context,
		state: stateOfStatus(context.state)
	};
	const { name, status, conclusion } = context;
	if (status !== "COMPLETED") return {
		name,
		state: "pending"
	};
	return {
		name,
		state: conclusion === "SUCCESS" || conclusion === "NEUTRAL" || conclusion === "SKIPPED" ? "passed" : "failed"
	};
}
function stateOfStatus(state) {
	if (state === "SUCCESS") return "passed";
	if (state === "PENDING") return "pending";
	return state === "EXPECTED" ? "missing" : "failed";
}

// src/github/pull-facts.ts
const GHOST = {
	id: 10137,
	login: "ghost"
};
function githubPullFacts(github) {
	return {
		read: async (pull) => read(github, pull),
		head: async (pull) => head(github, pull),
		heads: async ({ fork, headBranch, head }) => fork ? void 0 : branchChanges(github, headBranch, head),
		file: async (commit, path) => file(github, commit, path)
	};
}
async function read(github, number) {
	const { data, refused } = await askGraphql(github, {
		query: PULL_QUERY,
		schema: pullAnswer,
		variables: { number }
	});
	const { repository } = data;
	const pull = repository.pullRequest;
	if (pull === null) {
		if (refused.every(({ type }) => type === "NOT_FOUND")) return void 0;
		throw refusal(refused[0]);
	}
	const rest = refused.filter(({ path }) => !/\/(commits|baseRef)\b/.test(path));
	if (rest.length > 0) throw refusal(rest[0]);
	return {
		...whatItIs(pull, repository),
		labels: whole(pull.labels, "labels").map(({ name }) => name),
		checks: checksOf(pull, refused),
		reviews: reviewsOf(pull),
		behindBy: await behindBy(github, pull)
	};
}
function whatItIs(pull, repository) {
	const headRepository = pull.headRepository?.databaseId ?? void 0;
	return {
		number: pull.number,
		title: pull.title,
		url: pull.url,
		author: personOf(pull.author),
		state: {
			OPEN: "open",
			CLOSED: "closed",
			MERGED: "merged"
		}[pull.state],
		draft: pull.isDraft,
		head: pull.headRefOid,
		headBranch: pull.headRefName,
		base: pull.baseRefName,
		fork: pull.isCrossRepository || headRepository === void 0 || headRepository !== repository.databaseId
	};
}
function reviewsOf(pull) {
	const decisions = {
		APPROVED: "approved",
		CHANGES_REQUESTED: "changes_requested",
		REVIEW_REQUIRED: "review_required"
	};
	const opinions = whole(pull.latestOpinionatedReviews, "reviewers").flatMap(({ state, author, commit }) => {
		if (state !== "APPROVED" && state !== "CHANGES_REQUESTED") return [];
		return [{
			by: personOf(author),
			state: decisions[state],
			commit: commit?.oid
		}];
	});
	return {
		decision: pull.reviewDecision === null ? "none" : decisions[pull.reviewDecision],
		opinions
	};
}
function personOf(actor) {
	if (actor === null || typeof actor.databaseId !== "number") return GHOST;
	const isBot = actor.__typename === "Bot" && !actor.login.endsWith("[bot]");
	return {
		id: actor.databaseId,
		login: isBot ? `${actor.login}[bot]` : actor.login
	};
}
function whole(list, what) {
	if (list?.pageInfo.hasNextPage === true) throw new GitHubError(200, `The pull request has more than 100 ${what}: they are not read in part.`);
	return (list?.nodes ?? []).filter((node) => node !== null);
}
async function behindBy({ octokit, owner, repo }, { baseRefName, headRefOid }) {
	try {
		const asked = {
			owner,
			repo,
			basehead: `${baseRefName}...${headRefOid}`,
			per_page: 1
		};
		const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked);
		return data.behind_by;
	} catch (error) {
		if (error instanceof GitHubError) return "unknown";
		throw error;
	}
}
async function head({ octokit, owner, repo }, number) {
	try {
		const { data } = await octokit.rest.pulls.get({
			owner,
			repo,
			pull_number: number
		});
		return {
			head: data.head.sha,
			state: data.merged ? "merged" : data.state
		};
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}
async function file({ octokit, owner, repo }, commit, path) {
	try {
		const { data } = await octokit.rest.repos.getContent({
			owner,
			repo,
			path,
			ref: commit
		});
		if (Array.isArray(data) || data.type !== "file") return void 0;
		if (data.encoding === "base64") return Buffer.from(data.content, "base64").toString("utf8");
		throw new GitHubError(200, `${path} at ${commit} has ${data.size} bytes: GitHub shows files up to 1 MB only.`);
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}
function refusal(refused) {
	const { type = "UNKNOWN", path = "", message = "it did not say why" } = refused ?? {};
	return new GitHubError(type === "FORBIDDEN" ? 403 : 200, `GitHub did not tell ${path || "the pull request"}: ${message} (${type})`);
}

// src/command/patch-id.ts
function patchId(diff) {
	const reader = new PatchReader();
	for (const line of diff.split("\n")) if (!reader.read(line)) break;
	return reader.id();
}
var PatchReader = class {
	#place = "before";
	#old = 0;
	#new = 0;
	#index = "";
	#hasHunk = false;
	#hash = createHash("sha1");
	#sum = Buffer.alloc(20);
	#length = 0;
	read(line) {
		if (line.startsWith("\\ ") && line.length > 11) return true;
		if (line.startsWith("diff ") && this.#place !== "hunk") return this.#begin(line);
		switch (this.#place) {
			case "before":
			case "binary": return true;
			case "header": return this.#header(line);
			case "between": return this.#hunkHeader(line);
			case "hunk":
				this.#line(line);
				return true;
		}
	}
	id() {
		if (this.#length === 0) return void 0;
		this.#flush();
		return this.#sum.toString("hex");
	}
	#begin(line) {
		if (this.#hasHunk) this.#flush();
		if (this.#place !== "binary") this.#add(line);
		this.#hasHunk = false;
		this.#place = "header";
		return true;
	}
	#header(line) {
		const [, before, after] = /^index ([\da-f]+)\.\.([\da-f]+)/.exec(line) ?? [];
		if (before !== void 0) {
			this.#index = `${before}${after ?? ""}`;
			return true;
		}
		if (/^(?:GIT binary patch|Binary files)/.test(line)) {
			this.#hash.update(this.#index);
			this.#flush();
			this.#place = "binary";
			return true;
		}
		if (line.startsWith("--- ")) {
			[this.#old, this.#new] = [1, 1];
			this.#place = "hunk";
			this.#line(line);
			return true;
		}
		if (!/^[a-z]/i.test(line)) return false;
		this.#add(line);
		return true;
	}
	#hunkHeader(line) {
		const [found, old = "1", after = "1"] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? /.exec(line) ?? [];
		if (found === void 0) return false;
		[this.#old, this.#new] = [Number(old), Number(after)];
		this.#hasHunk = true;
		this.#place = "hunk";
		this.#settle();
		return true;
	}
	#line(line) {
		if (line.startsWith("-") || line.startsWith(" ")) this.#old--;
		if (line.startsWith("+") || line.startsWith(" ")) this.#new--;
		this.#add(line);
		this.#settle();
	}
	#settle() {
		if (this.#old === 0 && this.#new === 0) this.#place = "between";
	}
	#add(line) {
		const bare = line.replaceAll(/[ \t\r\n\v\f]/g, "");
		this.#length += bare.length;
		this.#hash.update(bare);
	}
	#flush() {
		let carry = 0;
		for (const [index, byte] of this.#hash.digest().entries()) {
			carry += (this.#sum[index] ?? 0) + byte;
			this.#sum[index] = carry & 255;
			carry >>= 8;
		}
		this.#hash = createHash("sha1");
	}
};

// src/github/taken-back.ts
const MAX_PAGES = 3;
const MAX_REVERTS = 50;
const SIZE = "number headRefOid additions deletions changedFiles";
const size = object({
	number: number().int(),
	headRefOid: string(),
	additions: number().int(),
	deletions: number().int(),
	changedFiles: number().int()
});
const MERGES = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    databaseId
    pullRequest(number: $number) { ${SIZE} }
    pullRequests(states: MERGED, first: 100, after: $after, orderBy: { field: UPDATED_AT, direction: DESC }) {
      nodes { headRefName headRepository { databaseId } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;
const merges = object({ repository: object({
	databaseId: number().int(),
	pullRequest: size.nullable(),
	pullRequests: object({
		nodes: array(object({
			headRefName: string(),
			headRepository: object({ databaseId: number().int() }).nullable()
		})),
		pageInfo: object({
			hasNextPage: boolean(),
			endCursor: string().nullable()
		})
	})
}) });
async function takenBack(github, number) {
	const { undone, asked } = await revertsOfOurs(github, number);
	if (undone.length === 0) return [];
	return (await sizesOf(github, undone)).map((one) => ({
		pull: one.number,
		head: one.headRefOid,
		isLike: isLike(one, asked)
	}));
}
async function revertsOfOurs(github, number) {
	const undone = /* @__PURE__ */ new Set();
	let asked;
	let after = null;
	for (let page = 1; page <= MAX_PAGES && undone.size < MAX_REVERTS; page += 1) {
		const { repository } = await askWhole(github, {
			query: MERGES,
			schema: merges,
			variables: {
				number,
				after
			}
		});
		asked = repository.pullRequest ?? void 0;
		const { nodes, pageInfo } = repository.pullRequests;
		for (const { headRefName, headRepository } of nodes) {
			const branches = {
				head: {
					ref: headRefName,
					repo: headRepository && { id: headRepository.databaseId }
				},
				base: { repo: { id: repository.databaseId } }
			};
			const found = revertedByUs(branches);
			if (found !== void 0) undone.add(found);
		}
		after = pageInfo.endCursor;
		if (!pageInfo.hasNextPage) break;
	}
	return {
		undone: [...undone].slice(0, MAX_REVERTS),
		asked
	};
}
async function sizesOf(github, numbers) {
	const { repository } = await askWhole(github, {
		query: `query ($owner: String!, $repo: String!) {
    repository(owner: $owner, name: $repo) { ${numbers.map((number) => `p${number}: pullRequest(number: ${number}) { ${SIZE} }`).join("\n")} }
  }`,
		schema: object({ repository: record(string(), size.nullable()) })
	});
	return numbers.flatMap((number) => repository[`p${number}`] ?? []);
}
async function askWhole(github, asked) {
	const { data, refused } = await askGraphql(github, asked);
	const refusal = refused.find(({ type }) => type !== "NOT_FOUND");
	if (refusal === void 0) return data;
	throw new GitHubError(403, `GitHub did not tell what was reverted: ${refusal.message} (${refusal.path})`);
}
function isLike(one, other) {
	return one.additions === other?.additions && one.deletions === other.deletions && one.changedFiles === other.changedFiles;
}

// src/github/quarantine.ts
function githubQuarantine(github, { appId }) {
	const patchOf = async (pull) => {
		const diff = await diffOf(github, pull);
		return diff === void 0 ? void 0 : patchId(diff);
	};
	return {
		async takenBack(pull) {
			const found = await takenBack(github, pull);
			return Promise.all(found.map(async ({ pull, head, isLike }) => {
				const patch = isLike ? await patchOf(pull) : void 0;
				return {
					pull,
					head,
					...patch !== void 0 && { patch }
				};
			}));
		},
		patchOf,
		verdictOf: async (environment, sha) => newestVerdict(github, {
			environment,
			sha,
			appId
		})
	};
}
async function diffOf({ octokit, owner, repo }, pull) {
	try {
		const asked = {
			owner,
			repo,
			pull_number: pull,
			mediaType: { format: "diff" }
		};
		const { data } = await octokit.rest.pulls.get(asked);
		return typeof data === "string" ? data : void 0;
	} catch (error) {
		if (statusOf(error) === 406) return void 0;
		throw error;
	}
}

// src/github/read-plan.ts
async function readPlan({ octokit, owner, repo }, { environment, sha, requestId }, { appId }) {
	const { data } = await octokit.rest.checks.listForRef({
		owner,
		repo,
		ref: sha,
		check_name: planCheckName(environment),
		app_id: appId,
		filter: "all",
		per_page: 100
	});
	const [newest] = data.check_runs.filter((check) => check.app?.id === appId && check.external_id === requestId && check.head_sha === sha).sort((one, other) => other.id - one.id);
	if (newest?.status !== "completed") return void 0;
	return {
		title: newest.output.title ?? "",
		summary: newest.output.summary ?? ""
	};
}

// src/action/command-ports.ts
async function actionSideOf(opened, config) {
	const github = await openGitHubOf(opened);
	const { github: access } = opened.surroundings;
	if (github === void 0 || access === void 0) return void 0;
	return {
		github,
		appId: access.appId,
		...config && { workflow: config.workflow }
	};
}
function actionOperationPorts(side) {
	const { github, appId, workflow = "seamless.yml", defaultBranch } = side;
	const speaker = appId === 15368 ? ACTIONS_SPEAKER : { appId };
	return {
		driver: "action",
		pulls: githubPullFacts(github),
		conversation: githubConversation(github, speaker),
		records: refRecords(github),
		deployments: githubDeployments(github, { appId }),
		workflows: githubWorkflows(github, {
			file: workflow,
			...defaultBranch !== void 0 && { defaultBranch }
		}),
		clock: systemClock,
		log: github.log,
		signal: github.signal
	};
}
function actionCommandPorts(side, trusted) {
	const { github, appId } = side;
	const known = trusted.kind === "config" ? {
		workflow: trusted.config.workflow,
		defaultBranch: trusted.defaultBranch
	} : {};
	let first = trusted;
	return {
		...actionOperationPorts({
			...side,
			...known
		}),
		async config() {
			const read = first ?? await trustedConfig(github);
			first = void 0;
			return read;
		},
		authority: githubAuthority(github),
		quarantine: githubQuarantine(github, { appId }),
		pullRequests: githubPullRequests(github),
		planResult: async (environment, sha, requestId) => readPlan(github, {
			environment,
			sha,
			requestId
		}, { appId })
	};
}
async function trustedConfig(github) {
	const file = await defaultBranchFile(github, CONFIG_FILE);
	if (file === void 0) return {
		kind: "missing",
		where: `${CONFIG_FILE} of the default branch`
	};
	return readTrustedConfig(file.text, file);
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

// src/report/checks-table.ts
function checksTable(checks) {
	return [
		"| check | verdict | before | now | change | allowed | coverage | |",
		"|---|---|---|---|---|---|---|---|",
		...checks.map((check) => `| ${cell(check.name)} | ${verdictWord(check.verdict)} | ${cell(check.before)} | ${cell(check.after)} | ${cell(check.change)} | ${cell(check.allowed)} | ${count(check.coverage.measured)} of ${count(check.coverage.expected)} | ${check.sparkline} |`)
	];
}
function verdictWord(verdict) {
	return {
		healthy: "✅ healthy",
		unhealthy: "❌ unhealthy",
		inconclusive: "❔ inconclusive"
	}[verdict];
}

// src/report/graphs-link.ts
function graphsLink(dashboard) {
	const url = URL.parse(dashboard ?? "");
	if (url === null || !/^https?:$/.test(url.protocol)) return void 0;
	return `[Graphs of this time](${url.href.replaceAll(/[()<>[\]\\*_`|]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)})`;
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
		`## ${icon} ${prose(headline$1(upgrade), 300)}`,
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
	return ({ name, state, previous, weight, difference, message, said = [] }) => {
		if (state === "untouched") return [`- ${code(name)}: untouched`];
		const from = previous === void 0 ? "its first version" : `before: ${code(previous.name)}`;
		const share = weight === void 0 || weight === 0 ? "" : `, with ${weight} % of the traffic`;
		return [
			`- ${code(name)}: **${state.replaceAll("_", " ")}**${share}, ${from}${message === void 0 ? "" : `. ${prose(message, 500)}`}`,
			...said.map((one) => `  - ${one.said} by ${code(one.by)} ${whenSaid(one.step)}`),
			...upgrade.artifacts.slice(0, 10).map(({ name: artifact, digest }) => `  - ${code(artifact)} ${code(digest.slice(0, 19))}`),
			...difference === void 0 ? [] : ["", fence(difference, {
				language: "diff",
				maxLength: MAX_DIFFERENCE
			})]
		];
	};
}
function whenSaid(step) {
	return step === "watch" ? "in the watch" : `at ${prose(step)} of the traffic`;
}
function healthLines({ name, judged }) {
	return judged.flatMap((report, index) => [
		`**${code(name)}, ${report.step === "watch" ? "the watch" : `at ${prose(report.step)}`}:** ${prose(report.line, 1e3)}`,
		"",
		...index === judged.length - 1 ? [
			...checksTable(report.checks),
			"",
			...graphsLines(report)
		] : []
	]);
}
function graphsLines({ dashboard }) {
	const link = graphsLink(dashboard);
	return link === void 0 ? [] : [link, ""];
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

// src/action/report.ts
async function reportUpgrade(upgrade, opened) {
	annotateFailures(upgrade);
	setOutputs(outputsOf(upgrade, await receiptOf(upgrade, opened)));
	await writeSummary(jobSummary(upgrade));
	const line = `${headline$1(upgrade)}. ${upgrade.message ?? ""}`;
	if (exitCodeOf(upgrade) === 0) opened.log.info(line);
	else setFailed(line);
}
async function receiptOf({ id, startedAtMs }, { surroundings }) {
	const file = join(surroundings.folder, ".seamless", "receipt.json");
	const kept = await readReceipt(file);
	return kept?.id === id && kept.startedAtMs === startedAtMs ? file : "";
}
async function sayNothingToDo(reason, message) {
	setOutputs({
		decision: "nothing_to_do",
		"reason-code": reason
	});
	await writeSummary(message);
}
async function writeSummary(markdown) {
	await summary.addRaw(markdown, true).write().catch((error) => warning(`The job summary could not be written: ${causes(error)}`));
}

// src/github/commit-of-repository.ts
async function isOfRepository(github, commit, defaultBranch, { isOfPull = false } = {}) {
	return isOfPull && await isInOwnPullRequest(github, commit) || await isOnBranch(github, commit, defaultBranch) || await isTip(github, commit) || !isOfPull && await isInOwnPullRequest(github, commit);
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

// src/action/request.ts
async function requestOf(inputs, context, opened) {
	const isPullRequest = context.event.startsWith("pull_request");
	const place = isPullRequest ? { kind: "working_tree" } : await configPlace(context, opened);
	if (isPullRequest) opened.log.info("The config is that of this pull request; it takes effect when it is on the default branch.");
	const loaded = await loadConfig(opened, inputs.config, place);
	if (inputs.token === void 0 && inputs.operation !== "plan") opened.log.warning("There is no github-token: what is deployed is on record in .seamless/ of this checkout only. A later run elsewhere will take its upgrade for the first one, with nothing to go back to.");
	if (inputs.sha !== void 0 && !letsForksIn(inputs, loaded.config)) await refuseStranger(inputs.sha, {
		inputs,
		context,
		opened
	});
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
function letsForksIn({ deploymentId, environment }, { environments }) {
	return deploymentId !== void 0 && environments[environment ?? ""]?.requires.sameRepository === false;
}
async function refuseStranger(sha, { inputs, context, opened }) {
	const github = await openGitHubOf(opened);
	if (github === void 0 || !/^[0-9a-f]{40}$/.test(sha)) return;
	const isOfPull = inputs.deploymentId !== void 0;
	if (await isOfRepository(github, sha, context.defaultBranch, { isOfPull })) return;
	throw new UsageError(`The commit ${sha} is on no branch or tag of this repository and in no pull request from one: it may be a fork's. Nothing was run. Push it to a branch first.`);
}
function shaOfEvent({ event, sha }, makes) {
	return event === "push" || event.startsWith("pull_request") || !makes ? sha : void 0;
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

// src/github/claim-deployment.ts
const statuses = array(object({
	id: number(),
	state: string(),
	log_url: string().optional()
}));
const FINAL = /* @__PURE__ */ new Set([
	"success",
	"failure",
	"error",
	"inactive"
]);
async function claimDeployment(github, request) {
	const deployment = await deploymentOf(github, request);
	const found = claimIn(await statusesOf(github, request.id), deployment, request.runUrl);
	if (found !== "free") return found;
	await post(github, request);
	const after = claimIn(await statusesOf(github, request.id), deployment, request.runUrl);
	return after === "free" ? {
		kind: "ours",
		deployment
	} : after;
}
function claimIn(statuses, deployment, runUrl) {
	const [newest] = statuses;
	const by = statuses.flatMap(({ state, log_url: by = "" }) => state === "in_progress" && by !== "" ? [by] : []).at(-1);
	if (by === runUrl) return {
		kind: "ours",
		deployment
	};
	if (newest !== void 0 && FINAL.has(newest.state)) return {
		kind: "ended",
		state: newest.state
	};
	if (by === void 0) return "free";
	return runOf$2(by) === runOf$2(runUrl) ? {
		kind: "cut_off",
		deployment,
		by
	} : {
		kind: "taken",
		by
	};
}
function runOf$2(url) {
	return url.replace(/\/attempts\/\d+$/, "");
}
async function deploymentOf({ octokit, owner, repo }, { id, sha, environment }) {
	if (!/^[1-9]\d{0,15}$/.test(id)) throw new DeploymentUnknown(`"${plain(id, 60)}" is no id of a deployment on GitHub: expected a number.`);
	const { data } = await octokit.rest.repos.getDeployment({
		owner,
		repo,
		deployment_id: Number(id)
	}).catch((cause) => {
		if (statusOf(cause) !== 404) throw cause;
		throw new DeploymentUnknown(`${owner}/${repo} has no deployment ${id}, or the token may not read it.`, { cause });
	});
	if (sha !== void 0 && data.sha !== sha) throw new DeploymentMismatch(`Deployment ${id} is of commit ${data.sha}, not of ${sha}.`);
	if (environment !== void 0 && data.environment !== environment) {
		const found = plain(data.environment, 60);
		throw new DeploymentMismatch(`Deployment ${id} is of the environment ${found}, not of ${environment}.`);
	}
	return {
		id,
		sha: data.sha,
		environment: data.environment
	};
}
async function statusesOf({ octokit, owner, repo }, id) {
	const asked = {
		owner,
		repo,
		deployment_id: Number(id),
		per_page: 100
	};
	const { data } = await octokit.rest.repos.listDeploymentStatuses(asked);
	return statuses.parse(data);
}
async function post(github, { id, runUrl }) {
	const { octokit, owner, repo } = github;
	await repeat(github, async () => octokit.rest.repos.createDeploymentStatus({
		owner,
		repo,
		deployment_id: Number(id),
		state: "in_progress",
		description: "A run works on it.",
		log_url: runUrl
	}));
}

// src/action/given-deployment.ts
async function takeGiven(inputs, context, opened) {
	const github = await openGitHubOf(opened);
	const { deploymentId: id, sha, environment } = inputs;
	if (id === void 0 || github === void 0) return { kind: "none" };
	const claim = await claimDeployment(github, {
		id,
		runUrl: context.runUrl,
		...sha !== void 0 && { sha },
		...environment !== void 0 && { environment }
	});
	switch (claim.kind) {
		case "ours":
			noteGiven(JSON.stringify(claim.deployment));
			return {
				kind: "given",
				deployment: givenDeployment(opened, claim.deployment)
			};
		case "taken": return {
			kind: "duplicate",
			message: `Another run works on deployment ${id} already: ${claim.by}`
		};
		case "ended": return {
			kind: "duplicate",
			message: `Deployment ${id} has ended already, as ${claim.state}.`
		};
		case "cut_off": {
			const lost = `An earlier attempt of this run (${claim.by}) was lost while it worked on deployment ${id}: nobody knows how far it got. Nothing was run again.`;
			return {
				kind: "given",
				deployment: givenDeployment(opened, claim.deployment),
				lost
			};
		}
	}
}
function givenBefore(opened) {
	const said = givenNoted();
	return said === "" ? void 0 : givenDeployment(opened, claimed$1.parse(JSON.parse(said)));
}
const claimed$1 = object({
	id: string(),
	sha: string(),
	environment: string()
});
function givenDeployment(opened, deployment) {
	const { id, environment } = deployment;
	const say = async (wordFor, asked) => {
		const deployments = await openDeploymentsOf(opened);
		const word = wordFor(asked ? await deployments.newest(environment, void 0, id) : void 0);
		if (word !== void 0) await deployments.setState(id, word.state, opened.mask.text(word.description));
		noteGiven("");
	};
	const orSaid = async (work) => work.catch((error) => opened.log.error(`How deployment ${id} ended could not be recorded: ${causes(error)}`));
	return {
		...deployment,
		ended: async (upgrade) => {
			const known = upgrade.environments.find(({ name }) => name === environment);
			if (known?.state === "live" && upgrade.reason === "watched_by_app") {
				noteGiven("");
				return;
			}
			const isUntouched = known === void 0 || known.state === "untouched";
			await orSaid(say((before) => finalWord(upgrade, environment, before), isUntouched));
		},
		failed: async (how) => orSaid(say((before) => lastWord(how, before), !how.begun))
	};
}

// src/action/open-action.ts
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

// src/command/operation-lock.ts
const person = object({
	id: number().int(),
	login: string()
});
const hold = object({
	pull: number().int(),
	by: person,
	reason: string().optional(),
	sinceMs: number()
});
const ending = object({
	reason: string(),
	refused: boolean(),
	states: array(object({
		state: _enum(["error", "inactive"]),
		description: string()
	})),
	text: string(),
	reaction: _enum([
		"rocket",
		"confused",
		"-1"
	]),
	dirty: string().optional()
});
const operation = object({
	kind: _enum(["deploy", "rollback"]),
	key: string(),
	pull: number().int().optional(),
	comment: number().int().optional(),
	by: person,
	sha: string(),
	version: string().optional(),
	sinceMs: number(),
	leaseUntilMs: number(),
	deployment: string().optional(),
	dispatchedAtMs: number().optional(),
	dispatched: boolean().optional(),
	run: object({
		id: number().int(),
		url: string()
	}).optional(),
	told: string().optional(),
	ending: ending.optional(),
	endingUntilMs: number().optional(),
	over: string().optional(),
	dirty: string().optional()
});
const environmentLock = object({
	schema: literal(1),
	environment: string(),
	hold: hold.optional(),
	operation: operation.optional()
});

// src/command/claim.ts
const LEASE_MS = 3e5;
function lockKey(environment) {
	return `locks/${environment}`;
}
function readLock(read, environment) {
	if (read.kind === "absent") return { kind: "lock" };
	if (read.kind === "unreadable") return unreadable(environment, `${read.why} ${read.where}`);
	const parsed = environmentLock.safeParse(read.record.value);
	if (parsed.success && parsed.data.environment === environment) return {
		kind: "lock",
		lock: parsed.data,
		revision: read.record.revision
	};
	return unreadable(environment, `the record ${read.record.key} is no lock of it`);
}
function decideClaim(lock, request) {
	const { operation, environment } = request;
	const holder = lock?.operation;
	if (holder?.key === operation.key) return {
		kind: "ours",
		operation: holder
	};
	const hold = lock?.hold;
	if (hold !== void 0 && hold.pull !== operation.pull && operation.kind === "deploy") {
		const advice = `${code(`/unlock ${environment}`)} takes the lock away.`;
		return held("environment_held", `${holdText(environment, hold)} ${advice}`);
	}
	const inTheWay = holder === void 0 ? void 0 : meet(holder, request);
	if (inTheWay !== void 0) return inTheWay;
	const over = holder?.dirty === void 0 ? {} : { over: holder.dirty };
	return {
		kind: "write",
		next: lockOf$1(environment, hold, {
			...operation,
			...over
		}),
		...hold === void 0 || hold.pull === operation.pull ? {} : { through: hold }
	};
}
function meet(holder, { operation, environment, nowMs, run }) {
	if (holder.dirty !== void 0) {
		if (operation.kind === "rollback") return void 0;
		return held("environment_dirty", dirtyText(environment, holder, holder.dirty));
	}
	if (holder.ending !== void 0 || hasEnded(holder, nowMs, run)) return {
		kind: "settle",
		holder
	};
	if (operation.kind === "rollback" && holder.kind === "deploy" && run !== "unknown") return {
		kind: "cancel",
		holder
	};
	const doubt = run === "unknown" ? " GitHub did not say whether its run still works." : "";
	return held("environment_busy", operationText(environment, holder) + doubt);
}
function hasEnded(holder, nowMs, run) {
	if (run === "unknown") return false;
	if (run === void 0 || run === "gone") return holder.leaseUntilMs <= nowMs;
	return run.status === "completed";
}
function decideHold(lock, { environment, hold }) {
	const found = lock?.hold;
	if (found !== void 0 && found.pull !== hold.pull) return held("environment_held", holdText(environment, found));
	if (found !== void 0 && (hold.reason === void 0 || hold.reason === found.reason)) return {
		kind: "same",
		hold: found
	};
	return {
		kind: "write",
		next: lockOf$1(environment, {
			...hold,
			sinceMs: found?.sinceMs ?? hold.sinceMs
		}, lock?.operation)
	};
}
function decideUnlock(lock, environment) {
	if (lock?.hold !== void 0) return {
		kind: "write",
		next: without(lock, "hold"),
		was: lock.hold
	};
	const { operation } = lock ?? {};
	if (operation === void 0) return {
		kind: "none",
		text: `${code(environment)} is not locked.`
	};
	return {
		kind: "none",
		text: operation.dirty === void 0 ? `Nobody locked it, but ${operationText(environment, operation)} That ends by itself, or by ${code(`/rollback ${environment}`)}.` : `Nobody locked it, but ${dirtyText(environment, operation, operation.dirty)}`
	};
}
function decideResolve(lock) {
	const operation = lock?.operation;
	if (lock === void 0 || operation === void 0) return { kind: "none" };
	if (operation.dirty === void 0) return held("environment_busy", operationText(lock.environment, operation));
	return {
		kind: "write",
		next: without(lock, "operation"),
		was: operation
	};
}
function decideRelease(lock, key) {
	if (lock?.operation?.key !== key) return { kind: "lost" };
	return {
		kind: "write",
		next: without(lock, "operation")
	};
}
function decideProgress(lock, key, { nowMs, ...progress }) {
	if (lock?.operation?.key !== key) return { kind: "lost" };
	const leaseUntilMs = Math.max(lock.operation.leaseUntilMs, nowMs + LEASE_MS);
	return {
		kind: "write",
		next: {
			...lock,
			operation: {
				...lock.operation,
				...progress,
				leaseUntilMs
			}
		}
	};
}
function held(reason, text) {
	return {
		kind: "held",
		reason,
		text
	};
}
function unreadable(environment, why) {
	return {
		kind: "unreadable",
		reason: "lock_unreadable",
		text: `The lock of ${code(environment)} cannot be read, so nothing was done: ${code(why, 300)}. Look at it, and remove it if it is nobody's.`
	};
}
function lockOf$1(environment, hold, operation) {
	return {
		schema: 1,
		environment,
		...hold === void 0 ? {} : { hold },
		...operation === void 0 ? {} : { operation }
	};
}
function without(lock, part) {
	const hold = part === "hold" ? void 0 : lock.hold;
	const operation = part === "operation" ? void 0 : lock.operation;
	return hold === void 0 && operation === void 0 ? void 0 : lockOf$1(lock.environment, hold, operation);
}

// src/command/answers/ended.ts
function endedText(facts) {
	const { operation, kind, reason, message } = facts;
	const who = kind === "done" || operation.comment === void 0 ? "" : `${mention(operation.by.login)} `;
	const words = message === "" ? "" : ` ${code(message, 300)}`;
	const next = nextStep(facts);
	return [
		`${who}${headline(facts)}`,
		`${code(reason)}${words}`,
		...next === "" ? [] : [next],
		...operation.run === void 0 ? [] : [`All of it: ${pageLink("the run", operation.run.url)}.`]
	].join("\n\n");
}
function headline({ operation, environment, kind, deployment, reason }) {
	const version = code(operation.version ?? operation.sha.slice(0, 12));
	const where = code(environment);
	if (operation.kind === "rollback") {
		if (kind === "done") return `✅ ${where} is back on ${version}.`;
		if (kind === "dirty") return `🚨 The rollback of ${where} to ${version} did not end well.`;
		return `❌ ${where} was not rolled back to ${version}: nothing was changed.`;
	}
	const isLive = deployment?.state === "success";
	switch (kind) {
		case "done": return `✅ ${version} is live in ${where}.`;
		case "held": return isLive ? `⏸️ ${version} is live in ${where}, but nobody knows whether users notice.` : `⏸️ ${version} is held in ${where}: not all users have it.`;
		case "failed": return reason === "unhealthy" ? `❌ Users would have noticed ${version}: it was taken back from ${where}.` : `❌ ${version} is not live in ${where}.`;
		case "dirty": return `🚨 ${where} is half done: ${version} was neither brought there nor taken back.`;
	}
}
function nextStep({ kind, environment, reason, operation }) {
	const rollback = code(`/rollback ${environment}`);
	const resolve = code(`/resolve ${environment}`);
	switch (kind) {
		case "done": return "";
		case "held": return `Look at it. ${rollback} brings the last healthy version back; deploying again goes on watching.`;
		case "dirty": return `The environment stays locked until somebody has looked at it: ${rollback} ${operation.kind === "rollback" ? "tries once more" : "brings the last healthy version back"}, ${resolve} says that it is in order.`;
		case "failed": return reason === "run_not_started" ? "See that the workflow of the default branch has `workflow_dispatch` with the inputs that Seamless sends, and that a runner is online. Then say it again." : "";
	}
}
function abandoned(operation, environment) {
	const what = operation.kind === "deploy" ? "deployment to" : "rollback of";
	return inVain(operation, {
		reason: "expired",
		text: `${mention(operation.by.login)} The ${what} ${code(environment)} was cut off before a run was asked for; nothing was sent there. Please repeat it if you still want it.`,
		refused: false,
		why: "cut off before it began"
	});
}
function endedInVain(operation, { reason, text }) {
	return inVain(operation, {
		reason,
		text: `${mention(operation.by.login)} ${text}`,
		refused: true,
		why: "refused before it began"
	});
}
function inVain({ over }, end) {
	const { reason, text, refused, why } = end;
	const description = plain(`${reason}: ${why}; nothing was sent there.`, 140);
	return {
		reason,
		refused,
		text,
		states: over === void 0 ? [{
			state: "error",
			description
		}, {
			state: "inactive",
			description
		}] : [{
			state: "error",
			description
		}],
		reaction: refused ? "-1" : "confused",
		...over !== void 0 && { dirty: over }
	};
}

// src/command/reason.ts
const commandReasons = [
	"no_command",
	"not_created",
	"from_bot",
	"no_pull_request",
	"stranger",
	"not_of_installation",
	"not_driver",
	"help_shown",
	"status_shown",
	"locked",
	"unlocked",
	"not_locked",
	"resolved",
	"nothing_to_resolve",
	"unquarantined",
	"not_quarantined",
	"promoted_on_request",
	"accepted_on_request",
	"already_healthy",
	"paused",
	"already_paused",
	"nothing_to_pause",
	"continued",
	"not_paused",
	"reverted",
	"revert_proposed",
	"already_reverted",
	"autorevert_on",
	"autorevert_off",
	"deploy_started",
	"rollback_started",
	"plan_started",
	"run_not_started",
	"run_failed",
	"run_cancelled",
	"command_unknown",
	"command_malformed",
	"command_twice",
	"environment_not_named",
	"no_such_environment",
	"expired",
	"permission_denied",
	"permission_unverified",
	"ref_changed",
	"head_unknown",
	"sha_not_head",
	"not_merged",
	"revert_declined",
	"revert_conflict",
	"revert_failed",
	"pull_closed",
	"pull_draft",
	"pull_fork",
	"base_not_allowed",
	"checks_failed",
	"checks_pending",
	"checks_unavailable",
	"changes_requested",
	"review_missing",
	"review_outdated",
	"own_pull",
	"not_up_to_date",
	"base_unknown",
	"quarantined",
	"nothing_watched",
	"found_unhealthy",
	"being_taken_back",
	"not_all_users",
	"not_live",
	"config_missing"
];

// src/command/run-words.ts
const KNOWN = /* @__PURE__ */ new Set([...reasonCodes, ...commandReasons]);
function runWords(description) {
	if (readJobOrder(description) !== void 0) return { message: description ?? "" };
	const [, code = "", message = ""] = /^([a-z_]+): ?(.*)$/s.exec(description ?? "") ?? [];
	return KNOWN.has(code) ? {
		reason: code,
		message
	} : { message: description ?? "" };
}
function runAtWork(deployment) {
	const [, id] = /\/actions\/runs\/(\d{1,16})(?:\/|$)/.exec(deployment?.logUrl ?? "") ?? [];
	return id === void 0 ? void 0 : Number(id);
}

// src/command/answers/progress.ts
function progressText(environment, operation, now) {
	const elapsed = elapsedMark(operation.told);
	return [
		`### ⏳ ${title(environment, operation)}`,
		`${phaseText(operation, now)}${elapsed === "" ? "" : ` For ${elapsed} by now.`}`,
		footer(operation)
	].join("\n\n");
}
function endedProgressText(environment, operation, { reason, reaction }) {
	return [
		`### ${reaction === "rocket" ? "✅" : "⏹️"} ${title(environment, operation)}`,
		`Ended: ${code(reason)}. The newest comment says how.`,
		footer(operation)
	].join("\n\n");
}
function title(environment, { kind, version, sha }) {
	const what = version === void 0 || sha.startsWith(version) ? "" : `${code(version)}, `;
	return `${kind === "deploy" ? "Deployment to" : "Rollback of"} ${code(environment)}: ${what}${code(sha.slice(0, 12))}`;
}
function phaseText({ run }, { phase, deployment }) {
	const link = pageLink("its run", run?.url);
	switch (phase) {
		case "beginning":
		case "asked": return "A run was asked for and has not shown yet.";
		case "queued": return `Waits for a runner: ${link}.`;
		case "waiting": return `Waits for somebody who may approve it: ${link}.`;
		case "running": {
			const { message } = runWords(deployment?.description);
			return `Works: ${link}.${message === "" ? "" : ` ${code(message)}`}`;
		}
		case "live": return `It is live. Whether users notice is being watched: ${link}.`;
	}
}
function footer({ sha, by, sinceMs, key, deployment }) {
	const made = deployment === void 0 ? "" : `, Deployment ${code(deployment)}`;
	const since = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, "Z");
	return `<sub>${code(sha)}, asked for by ${code(by.login)} at ${since} (${code(key)}${made})</sub>`;
}
function elapsedMark(told) {
	const minutes = Number(told?.split("/")[1] ?? 0);
	if (!(lastMark(minutes * 6e4) > 0)) return "";
	return minutes < 60 ? `${minutes} min` : `${minutes / 60} h`;
}

// src/command/decide-ending.ts
const MAX_DESCRIPTION = 140;
const HELD = /* @__PURE__ */ new Set([
	"health_no_data",
	"health_too_little_traffic",
	"health_undecided",
	"shadow_unhealthy",
	"earlier_environment_not_healthy"
]);
function decideEnding(facts) {
	const result = facts.operation.kind === "rollback" ? rollbackResult(facts) : deployResult(facts);
	const { kind, reason, message, states = [] } = result;
	return {
		reason,
		refused: false,
		states: states.map((state) => ({
			state,
			description: plain(`${reason}: ${message}`, MAX_DESCRIPTION)
		})),
		text: isToldByWatch(facts, result) ? "" : endedText({
			...facts,
			kind,
			reason,
			message
		}),
		reaction: kind === "done" ? "rocket" : "confused",
		...kind === "dirty" && { dirty: message === "" ? reason : message }
	};
}
function isToldByWatch({ operation, deployment, driver }, { kind, reason }) {
	if (reason === "watched_by_app") return true;
	if (driver !== "app" || operation.kind !== "deploy") return false;
	if (deployment?.state === "failure") return reason === "unhealthy";
	return deployment?.state === "in_progress" && kind === "held" && reason !== "earlier_environment_not_healthy";
}
function deployResult(facts) {
	const { deployment } = facts;
	const words = runWords(deployment?.description);
	switch (deployment?.state) {
		case "success": return liveResult(deployment, words);
		case "failure": return {
			kind: "failed",
			reason: "run_failed",
			...words
		};
		case "error": return {
			kind: "dirty",
			reason: "environment_dirty",
			...words
		};
		case "inactive": return {
			kind: "failed",
			reason: "superseded",
			...words
		};
		case "in_progress":
			if (mayBeHeld(facts) && words.reason !== void 0 && HELD.has(words.reason)) return {
				kind: "held",
				...words,
				reason: words.reason
			};
			return {
				...cutOff(facts),
				kind: "dirty",
				states: ["error"]
			};
		case "unknown":
		case void 0: return {
			...cutOff(facts),
			kind: "failed",
			states: ["error", "inactive"]
		};
	}
}
function mayBeHeld({ deployment, driver }) {
	if (deployment?.verdict === void 0) return driver === "app";
	return deployment.verdict === "inconclusive";
}
function liveResult({ verdict }, said) {
	const { message } = said;
	if (verdict === "healthy") return {
		kind: "done",
		reason: said.reason ?? "healthy",
		message
	};
	const reason = said.reason === "healthy" ? void 0 : said.reason;
	if (verdict === "inconclusive") return {
		kind: "held",
		reason: reason ?? "health_undecided",
		message
	};
	if (verdict === "unhealthy") return {
		kind: "held",
		reason: reason ?? "unhealthy",
		message
	};
	if (reason === void 0) return {
		kind: "held",
		reason: "health_undecided",
		message
	};
	return {
		kind: HELD.has(reason) ? "held" : "done",
		reason,
		message
	};
}
function rollbackResult(facts) {
	const { deployment, operation } = facts;
	const { reason, message } = runWords(deployment?.description);
	switch (deployment?.state) {
		case "success": return {
			kind: "done",
			reason: reason ?? "rolled_back_on_request",
			message
		};
		case "unknown":
		case void 0: {
			const end = cutOff(facts);
			return operation.over === void 0 ? {
				...end,
				kind: "failed",
				states: ["error", "inactive"]
			} : {
				...end,
				kind: "dirty",
				message: operation.over,
				states: ["error"]
			};
		}
		case "in_progress": return {
			...cutOff(facts),
			kind: "dirty",
			reason: "rollback_failed",
			states: ["error"]
		};
		case "failure": return operation.over === void 0 ? {
			kind: "failed",
			reason: reason ?? "rollback_failed",
			message
		} : {
			kind: "dirty",
			reason: reason ?? "rollback_failed",
			message: operation.over,
			states: ["error"]
		};
		case "error":
		case "inactive": return {
			kind: "dirty",
			reason: reason ?? "rollback_failed",
			message
		};
	}
}
function cutOff({ conclusion }) {
	if (conclusion === "never") return {
		reason: "run_not_started",
		message: "No run came for it."
	};
	if (conclusion === "cancelled") return {
		reason: "run_cancelled",
		message: "Its run was cancelled and said nothing more."
	};
	return {
		reason: "run_failed",
		message: `Its run ${conclusion === "gone" ? "is gone" : `ended as ${conclusion}`} and did not say what it did.`
	};
}

// src/command/lock-record.ts
async function lockOf(records, environment) {
	return readLock(await records.read(lockKey(environment)), environment);
}
async function writeLock(records, environment, known, { next }) {
	const key = lockKey(environment);
	if (next !== void 0) {
		const write = await records.write(key, next, known.revision);
		if (write.kind === "conflict") return "conflict";
		return {
			kind: "lock",
			lock: next,
			revision: write.record.revision
		};
	}
	if (known.revision === void 0) return known;
	return await records.remove(key, known.revision) === "conflict" ? "conflict" : { kind: "lock" };
}
function heldOf(environment, known) {
	const operation = known.lock?.operation;
	return operation && {
		environment,
		known,
		operation
	};
}
async function advance({ environment, known, operation }, progress, { records, clock }) {
	const change = decideProgress(known.lock, operation.key, {
		nowMs: clock.now(),
		...progress
	});
	if (change.kind === "lost") return "lost";
	const written = await writeLock(records, environment, known, change);
	return written === "conflict" ? "lost" : heldOf(environment, written) ?? "lost";
}

// src/command/end-operation.ts
const ATTEMPTS$3 = 5;
const ENDING_MS = 3e4;
async function endOperation(held, decided, ports) {
	if (held.operation.dirty !== void 0) return "ended";
	const nowMs = ports.clock.now();
	const { ending: before, endingUntilMs = 0 } = held.operation;
	if (before !== void 0 && endingUntilMs > nowMs) return "lost";
	const own = {
		ending: before ?? decided,
		endingUntilMs: nowMs + ENDING_MS
	};
	const noted = await advance(held, own, ports);
	if (noted === "lost") return "lost";
	const { operation } = noted;
	const ending = operation.ending ?? decided;
	await tellDeployment(operation, ending, ports);
	try {
		await tellPeople(noted, ending, ports);
	} catch (error) {
		if (!isRefusal(error)) throw error;
		ports.log.error(`The end of the ${operation.kind} of ${noted.environment} (${ending.reason}) is not told in full: ${error.message}`);
	}
	return release$2(noted, ending, ports);
}
function isRefusal(error) {
	return error instanceof GitHubError && error.status >= 400 && error.status < 500 && error.status !== 429;
}
async function tellDeployment({ deployment }, { states }, { deployments }) {
	if (deployment === void 0 || states.length === 0) return;
	const now = await deployments.read(deployment);
	const done = states.findLastIndex(({ state, description }) => now.state === state && now.description === description);
	for (const { state, description } of states.slice(done + 1)) await deployments.setState(deployment, state, description);
}
async function tellPeople({ environment, operation }, ending, { conversation }) {
	const { pull, key, comment, told } = operation;
	if (pull === void 0) return;
	const isHandedOver = ending.text === "";
	if (!isHandedOver) await conversation.say(pull, ending.refused ? `answer/${key}` : `end/${key}`, ending.text);
	if (told !== void 0 && !isHandedOver) await conversation.keep(pull, `progress/${environment}`, endedProgressText(environment, operation, ending));
	if (comment !== void 0) await conversation.react(comment, ending.reaction);
}
async function release$2(held, { dirty }, ports) {
	const { environment, operation } = held;
	for (let attempt = 1, { known } = held; attempt <= ATTEMPTS$3; attempt += 1) {
		if (dirty !== void 0) {
			if (await advance({
				environment,
				known,
				operation
			}, { dirty }, ports) !== "lost") return "ended";
		} else {
			const change = decideRelease(known.lock, operation.key);
			if (change.kind === "lost") return "ended";
			if (await writeLock(ports.records, environment, known, change) !== "conflict") return "ended";
		}
		const read = await lockOf(ports.records, environment);
		if (read.kind === "unreadable") return "lost";
		if (heldOf(environment, read)?.operation.key !== operation.key) return "ended";
		known = read;
	}
	return "lost";
}

// src/command/follow-operation.ts
const AGAIN_MS$1 = 5e3;
const SKEW_MS = 3e5;
async function followOperation(environment, ports) {
	const read = await lockOf(ports.records, environment);
	if (read.kind === "unreadable") return {
		kind: "unreadable",
		text: read.text
	};
	const held = heldOf(environment, read);
	if (held === void 0 || held.operation.dirty !== void 0) return { kind: "idle" };
	const { operation } = held;
	const nowMs = ports.clock.now();
	const { ending, endingUntilMs = 0 } = operation;
	if (ending !== void 0) return endingUntilMs > nowMs ? {
		kind: "waiting",
		untilMs: endingUntilMs
	} : end(held, ending, ports);
	if (operation.pull !== void 0 && operation.told === void 0 && operation.leaseUntilMs > nowMs) return again(ports);
	const facts = await factsOf(operation, ports);
	const decision = decideFollow(facts);
	switch (decision.kind) {
		case "wait": return tell(held, facts, {
			decision,
			ports
		});
		case "abandoned": return end(held, abandoned(operation, environment), ports);
		case "end": return end(held, await endingOf(held, decision.conclusion, ports, facts.deployment), ports);
	}
}
async function endingOf({ environment, operation }, conclusion, { deployments, driver }, readNow) {
	const { deployment: id } = operation;
	const deployment = readNow ?? (id === void 0 ? void 0 : await deployments.read(id));
	return decideEnding({
		operation,
		environment,
		conclusion,
		driver,
		...deployment !== void 0 && { deployment }
	});
}
async function end(held, ending, ports) {
	if (await endOperation(held, ending, ports) === "lost") return again(ports);
	const { reason, dirty } = held.operation.ending ?? ending;
	ports.log.info(`The ${held.operation.kind} of ${held.environment} has ended: ${reason}.`);
	return {
		kind: "ended",
		reason,
		dirty: dirty !== void 0
	};
}
async function factsOf(operation, ports) {
	const { workflows, deployments, clock } = ports;
	const nowMs = clock.now();
	const run = await runOf$1(operation, ports);
	const isAtWork = typeof run === "object" && run.status !== "queued" && run.status !== "waiting";
	if (operation.deployment === void 0 || !isAtWork) return facts({
		operation,
		nowMs
	}, run);
	const deployment = await deployments.read(operation.deployment);
	const other = runAtWork(deployment);
	const atWork = deployment.state === "in_progress" && other !== void 0 && other !== run.id ? await workflows.state(other) ?? run : run;
	return facts({
		operation,
		nowMs
	}, atWork, deployment);
}
function facts(known, run, deployment) {
	return {
		...known,
		...run !== void 0 && { run },
		...deployment !== void 0 && { deployment }
	};
}
async function runOf$1({ run, key, sinceMs, dispatchedAtMs }, { workflows }) {
	if (run !== void 0) return await workflows.state(run.id) ?? "gone";
	return dispatchedAtMs === void 0 ? void 0 : workflows.find(key, sinceMs - SKEW_MS);
}
async function tell(held, { operation, run, deployment }, { decision, ports }) {
	const { environment } = held;
	const { told, phase, untilMs } = decision;
	if (phase === "beginning") return {
		kind: "waiting",
		untilMs
	};
	const isRenewed = operation.leaseUntilMs - ports.clock.now() > LEASE_LEFT_MS;
	if (told === operation.told && isRenewed) return {
		kind: "waiting",
		untilMs
	};
	const known = typeof run === "object" ? {
		id: run.id,
		url: run.url
	} : operation.run;
	const isWatched = phase === "live" && ports.driver === "app";
	if (told !== operation.told && operation.pull !== void 0 && !isWatched) {
		const shown = {
			...operation,
			...known !== void 0 && { run: known },
			told
		};
		const text = progressText(environment, shown, {
			phase,
			deployment
		});
		await ports.conversation.keep(operation.pull, `progress/${environment}`, text);
	}
	const progress = {
		told,
		...known !== void 0 && { run: known }
	};
	if (await advance(held, progress, ports) === "lost") return again(ports);
	return {
		kind: "waiting",
		untilMs
	};
}
const LEASE_LEFT_MS = 15e4;
function again({ clock }) {
	return {
		kind: "waiting",
		untilMs: clock.now() + AGAIN_MS$1
	};
}

// src/command/claim-environment.ts
const ATTEMPTS$2 = 5;
async function lookAtClaim(environment, operation, ports) {
	for (let attempt = 1; attempt <= ATTEMPTS$2; attempt += 1) {
		const known = await lockOf(ports.records, environment);
		if (known.kind === "unreadable") return {
			kind: "refused",
			reason: known.reason,
			text: known.text
		};
		const run = await runOf(known.lock?.operation, ports);
		const nowMs = ports.clock.now();
		const decision = decideClaim(known.lock, {
			environment,
			operation,
			nowMs,
			...run !== void 0 && { run }
		});
		if (decision.kind !== "settle") return {
			kind: "decided",
			known,
			decision
		};
		await followOperation(environment, ports);
	}
	return { kind: "contended" };
}
async function claimEnvironment(environment, operation, ports) {
	for (let attempt = 1; attempt <= ATTEMPTS$2; attempt += 1) {
		const look = await lookAtClaim(environment, operation, ports);
		if (look.kind !== "decided") return look;
		const { known, decision } = look;
		switch (decision.kind) {
			case "held": return {
				kind: "refused",
				reason: decision.reason,
				text: decision.text
			};
			case "cancel": return decision;
			case "ours": return claimed(environment, known, { isNew: false });
			case "write": {
				const written = await writeLock(ports.records, environment, known, decision);
				if (written !== "conflict") return claimed(environment, written, {
					...decision,
					isNew: true
				});
			}
		}
	}
	return { kind: "contended" };
}
function claimed(environment, known, { isNew, through }) {
	const held = heldOf(environment, known);
	if (held === void 0) return { kind: "contended" };
	return {
		kind: "claimed",
		held,
		isNew,
		...through !== void 0 && { through }
	};
}
async function runOf(holder, { workflows, log }) {
	if (holder?.run === void 0 || holder.dirty !== void 0) return void 0;
	try {
		return await workflows.state(holder.run.id) ?? "gone";
	} catch (error) {
		log.warning(`The state of run ${holder.run.id} could not be read: ${String(error)}`);
		return "unknown";
	}
}

// src/action/environment-locks.ts
function ownOperation({ operation, sha }, context, nowMs) {
	const { runId, runUrl, actor } = context;
	return {
		kind: operation === "rollback" ? "rollback" : "deploy",
		key: `run-${runId}`,
		by: actor,
		sha: sha ?? context.sha,
		sinceMs: nowMs,
		leaseUntilMs: nowMs + LEASE_MS,
		run: {
			id: runId,
			url: runUrl
		}
	};
}
function environmentsOf({ loaded: { config }, stage, environment }) {
	if (stage !== "all" && stage !== "deploy" && stage !== "monitor") return [];
	if (environment !== void 0 && config.environments[environment] === void 0) throw unknownEnvironment(config, environment);
	return chosenEnvironments(config, environment);
}
async function takeLocks(environments, operation, ports) {
	const taken = [];
	try {
		for (const environment of environments) {
			await take(environment, operation, ports);
			taken.push(environment);
		}
		return {
			key: operation.key,
			environments: taken
		};
	} catch (error) {
		await releaseLocks({
			key: operation.key,
			environments: taken
		}, ports);
		throw error;
	}
}
async function releaseLocks({ key, environments }, ports) {
	for (const environment of environments) await release$1(environment, key, ports);
}
async function isLockedFor(environment, deployment, { records }) {
	const read = await lockOf(records, environment);
	return read.kind === "lock" && heldOf(environment, read)?.operation.deployment === deployment;
}
async function take(environment, operation, ports) {
	const claim = await claimEnvironment(environment, operation, ports);
	switch (claim.kind) {
		case "claimed": return;
		case "refused": throw new EnvironmentTaken(takenReason(claim.reason), `${claim.text} Nothing was done.`);
		case "cancel": {
			const { key, run } = claim.holder;
			const message = `${environment} is being deployed to (${run?.url ?? key}). Nothing was done.`;
			throw new EnvironmentTaken("environment_busy", message);
		}
		case "contended": throw new EnvironmentTaken("lock_contended", `Others write the lock of ${environment} at the same time. Nothing was done.`);
	}
}
function takenReason(reason) {
	switch (reason) {
		case "environment_held":
		case "environment_dirty":
		case "lock_unreadable": return reason;
		default: return "environment_busy";
	}
}
const ATTEMPTS$1 = 5;
async function release$1(environment, key, { records }) {
	for (let attempt = 1; attempt <= ATTEMPTS$1; attempt += 1) {
		const known = await lockOf(records, environment);
		if (known.kind === "unreadable") return;
		const change = decideRelease(known.lock, key);
		if (change.kind === "lost") return;
		if (await writeLock(records, environment, known, change) !== "conflict") return;
	}
	throw new Error(`others write the lock of ${environment} at the same time`);
}

// src/action/run-locks.ts
async function underLocks(inputs, { context, request }, work) {
	const { opened, loaded, adopt } = request;
	const side = loaded.config.driver === "action" ? await actionSideOf(opened, loaded.config) : void 0;
	const environments = environmentsOf(request);
	if (side === void 0 || environments.length === 0) return work();
	const ports = actionOperationPorts({
		...side,
		...request.defaultBranch !== void 0 && { defaultBranch: request.defaultBranch }
	});
	const [environment = ""] = environments;
	if (adopt !== void 0 && await isLockedFor(environment, adopt, ports)) return work();
	const operation = ownOperation(inputs, context, ports.clock.now());
	noteLocks(JSON.stringify({
		key: operation.key,
		environments
	}));
	const locks = await takeLocks(environments, operation, ports);
	try {
		return await work();
	} finally {
		if (!opened.surroundings.signal.aborted) await release(locks, opened);
	}
}
async function releaseBefore(opened) {
	const said = locksNoted();
	if (said !== "") await release(noted$1.parse(JSON.parse(said)), opened);
}
const noted$1 = object({
	key: string(),
	environments: array(string())
});
async function release(locks, opened) {
	try {
		const side = await actionSideOf(opened);
		if (side !== void 0) await releaseLocks(locks, actionOperationPorts(side));
		noteLocks("");
	} catch (error) {
		opened.log.warning(`The lock of ${locks.environments.join(", ")} is given back by whoever wants it next, since this run has ended by then: ${causes(error)}`);
	}
}

// src/action/open-github.ts
function openGitHubSide({ environment, signal, logs }, { token, operation }, { apiUrl, repository }) {
	if (token === void 0) throw new UsageError(`operation: ${operation} is nothing without a github-token: leave it at its default.`);
	const log = logs.masked(maskOf([...secretValues(environment), token]));
	return {
		github: openGitHub({
			token,
			apiUrl,
			repository
		}, {
			clock: systemClock,
			log,
			signal,
			fetch: globalThis.fetch
		}),
		appId: checksAppId(environment)
	};
}

// src/command/settle-operation.ts
async function settleOperation({ environment, key, conclusion }, ports) {
	const read = await lockOf(ports.records, environment);
	const held = read.kind === "lock" ? heldOf(environment, read) : void 0;
	if (held?.operation.key !== key) return "not_ours";
	return endOperation(held, held.operation.ending ?? await endingOf(held, conclusion, ports), ports);
}

// src/action/settle.ts
const ATTEMPTS = 5;
const AGAIN_MS = 1e3;
async function settle(request, ports) {
	try {
		for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
			if (await settleOperation(request, ports) !== "lost") return;
			await ports.clock.sleep(AGAIN_MS, ports.signal);
		}
		ports.log.warning(`Others write the lock of ${request.environment}: the next command says how this ended.`);
	} catch (error) {
		ports.log.error(`How ${request.key} ended could not be told; the next command tells it: ${causes(error)}`);
	}
}
async function settleLost(shell, inputs, context) {
	const { environment, requestId: key, deploymentId: deployment } = inputs;
	if (environment === void 0 || key === void 0 || deployment === void 0) throw new UsageError("operation: settle needs environment, request-id and deployment-id of the dispatch.");
	const side = openGitHubSide(shell, inputs, context);
	const trusted = await trustedConfig(side.github);
	if (trusted.kind === "config" && trusted.config.driver === "app") return sayNothingToDo("not_driver", "The App says how it ended.");
	const ports = actionOperationPorts(side);
	if (await isAnothers({
		environment,
		key,
		deployment,
		runId: context.runId
	}, ports)) return sayNothingToDo("duplicate", "Another run of the same command works on it, or it has ended.");
	await settle({
		environment,
		key,
		conclusion: "cancelled"
	}, ports);
	await sayNothingToDo("run_cancelled", `Nothing came of ${key}; that was said where it was asked for.`);
}
async function isAnothers({ environment, key, deployment, runId }, { records, deployments }) {
	const read = await lockOf(records, environment);
	const operation = read.kind === "lock" ? heldOf(environment, read)?.operation : void 0;
	if (operation?.key !== key || operation.dirty !== void 0) return true;
	if (operation.run !== void 0 && operation.run.id !== runId) return true;
	const atWork = runAtWork(await deployments.read(deployment));
	return atWork !== void 0 && atWork !== runId;
}

// src/action/started-by.ts
function startedBy(opened, started) {
	noteCommand(JSON.stringify(started));
	return commandOf(opened, started);
}
function startedBefore(opened) {
	const said = commandNoted();
	return said === "" ? void 0 : commandOf(opened, noted.parse(JSON.parse(said)));
}
const noted = object({
	environment: string(),
	requestId: string()
});
function commandOf(opened, { environment, requestId: key }) {
	return { async ended(conclusion) {
		const side = await actionSideOf(opened);
		if (side !== void 0) await settle({
			environment,
			key,
			conclusion
		}, actionOperationPorts(side));
		noteCommand("");
	} };
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
	const attempt = Number(environment["GITHUB_RUN_ATTEMPT"] ?? 1);
	const page = `${context.serverUrl}/${repository}/actions/runs/${context.runId}`;
	return {
		event: need("GITHUB_EVENT_NAME"),
		workspace,
		repository,
		apiUrl: context.apiUrl,
		runUrl: attempt > 1 ? `${page}/attempts/${attempt}` : page,
		runId: context.runId,
		actor: {
			id: Number(environment["GITHUB_ACTOR_ID"] ?? 0),
			login: environment["GITHUB_ACTOR"] ?? ""
		},
		payload: context.payload,
		ref: context.ref,
		sha: need("GITHUB_SHA"),
		...event.repository && { defaultBranch: event.repository.default_branch },
		...before !== void 0 && !/^0+$/.test(before) && { before },
		...pullRequest && { headBranch: pullRequest.head.ref }
	};
}

export { reportUpgrade as A, RUN_STARTS_WITHIN_MS as B, lockKey as C, takeGiven as D, givenBefore as E, setOutputs as F, writePlanCheck as G, holdText as H, actionCommandPorts as I, actionOperationPorts as L, writeSummary as M, jobSummary as N, configPlace as O, outputsOf as P, actionSideOf as R, decideUnlock as S, openAction as T, pageLink as U, lastMark as V, utc as W, runAtWork as _, openGitHubSide as a, decideHold as b, claimEnvironment as c, endOperation as d, advance as f, progressText as g, writeLock as h, settleLost as i, sayNothingToDo as j, requestOf as k, lookAtClaim as l, lockOf as m, startedBefore as n, releaseBefore as o, heldOf as p, startedBy as r, underLocks as s, readContext as t, followOperation as u, endedInVain as v, readLock as w, decideResolve as x, LEASE_MS as y, trustedConfig as z };