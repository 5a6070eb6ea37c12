import { t as causes } from "./causes.js";
import { t as exitCodeOf } from "./exit-code.js";
import { i as boolean, l as number, p as string, s as literal, u as object } from "./schemas.js";
import { t as datetime } from "./iso.js";
import { _ as versionName, c as resultOf, d as jobOrderWords, f as readJobOrder, h as liveDeployment, i as operateRun, l as readAutoRevert, m as decideGate, n as makePlan, r as operateRollback, u as writeAutoRevert } from "./operation.js";
import { f as UsageError, l as GitHubError, n as AttemptLost, o as DeploymentMismatch } from "./errors.js";
import { t as reasonOf } from "./reason-of.js";
import { n as noteBeginning, r as noteEnd } from "./began.js";
import { A as reportUpgrade, B as RUN_STARTS_WITHIN_MS, C as lockKey, D as takeGiven, F as setOutputs, G as writePlanCheck, H as holdText, I as actionCommandPorts, L as actionOperationPorts, M as writeSummary, R as actionSideOf, S as decideUnlock, T as openAction, U as pageLink, V as lastMark, W as utc, _ as runAtWork, a as openGitHubSide, b as decideHold, c as claimEnvironment, d as endOperation, f as advance, g as progressText, h as writeLock, i as settleLost, j as sayNothingToDo, k as requestOf, l as lookAtClaim, m as lockOf, p as heldOf, r as startedBy, s as underLocks, t as readContext, u as followOperation, v as endedInVain, w as readLock, x as decideResolve, y as LEASE_MS, z as trustedConfig } from "./workflow-context.js";
import { a as plain, i as mention, n as code, r as fence, t as cell } from "./markdown.js";
import { t as planSummary } from "./plan-summary.js";
import { t as leven } from "./leven.js";
import { t as nearestName } from "./nearest.js";
import { n as verdictDetails } from "./verdict-details.js";
import { i as elapsed } from "./next-steps.js";
import { t as isAmbiguous } from "./request-policy.js";

// src/command/answers/plan.ts
function planText(environment, sha, { title, summary }, run) {
	return [
		`### 📋 ${code(title)} of ${code(sha.slice(0, 12))} for ${code(environment)}`,
		summary,
		`<sub>${code(sha)}, by ${pageLink("its run", run.url)}</sub>`
	].join("\n\n");
}

// src/command/answers/gates.ts
function gatesText(failures) {
	const [only, ...others] = failures;
	if (only !== void 0 && others.length === 0) return `${only.text} Nothing was done.`;
	return [
		`${failures.length} things stand in the way, so nothing was done:`,
		"",
		...failures.map(({ text }) => `- ${text}`)
	].join("\n");
}

// src/command/bind-sha.ts
function bindSha(facts) {
	return facts.named === void 0 ? bindSeen(facts) : bindNamed(facts, facts.named);
}
function bindNamed(facts, named) {
	const { head, heads } = facts;
	if (named === head) return {
		kind: "bound",
		sha: head
	};
	if (heads?.some(({ sha }) => sha === named) === true) return refused$2("ref_changed", `You named ${code(named)}, which this pull request has moved on from: its head is ${code(head)} now.`, facts);
	return refused$2("sha_not_head", `You named ${code(named)}, which is not the head of this pull request: that is ${code(head)}.`, facts);
}
function bindSeen(facts) {
	const { head } = facts;
	const changes = (facts.heads ?? []).toSorted((a, b) => b.atMs - a.atMs);
	const newest = changes.filter(({ atMs }) => seconds(atMs) === seconds(changes[0]?.atMs ?? 0));
	if (newest.length === 0) return refused$2("head_unknown", `Nobody knows since when ${code(head)} has been the head of this pull request, so it is not certain that you saw it.`, facts);
	if (newest.every((change) => isBefore(change, facts)) && newest.some(({ sha }) => sha === head)) return {
		kind: "bound",
		sha: head
	};
	return refused$2("ref_changed", moved(facts, changes), facts);
}
function isBefore(change, { commentAtMs, receivedAtMs }) {
	if (seconds(change.atMs) >= seconds(commentAtMs)) return false;
	if (change.receivedAtMs === void 0 || receivedAtMs === void 0) return true;
	return change.receivedAtMs < receivedAtMs;
}
function moved(facts, changes) {
	const seen = changes.find((change) => isBefore(change, facts));
	const now = `its head is ${code(facts.head)}`;
	if (seen === void 0) return `This pull request moved as you wrote, or after: ${now} now.`;
	if (seen.sha !== facts.head) return `This pull request moved as you wrote, or after: its head was ${code(seen.sha)}, and is ${code(facts.head)} now.`;
	const last = changes[0]?.sha ?? facts.head;
	return `This pull request moved as you wrote, or after, although ${now}${last === facts.head ? "" : `, after ${code(last)}`} again.`;
}
function refused$2(reason, found, { asked, head }) {
	return {
		kind: "refused",
		reason,
		text: `${found} Nothing was done. ${`Look at the commit that you mean; if it is this one, name it: ${code(`${asked} --sha=${head}`)}`}`
	};
}
function seconds(ms) {
	return Math.floor(ms / 1e3);
}

// src/command/command-outcome.ts
function commandKey({ comment }) {
	return `comment-${comment.id}`;
}
function written$1(command, environment) {
	const where = environment ?? ("environment" in command ? command.environment : void 0);
	return [
		`/${command.kind}`,
		...where === void 0 ? [] : [where],
		..."to" in command ? [command.to] : [],
		..."sha" in command && command.sha !== void 0 ? [`--sha=${command.sha}`] : []
	].join(" ");
}

// src/command/bind-commit.ts
async function bindCommit({ request, command, ports }, environment, pull) {
	const { comment } = request;
	const { sha: named } = command;
	const heads = await ports.pulls.heads(pull);
	return bindSha({
		asked: written$1({ kind: command.kind }, environment),
		commentAtMs: comment.createdAtMs,
		head: pull.head,
		heads,
		...named !== void 0 && { named },
		...comment.receivedAtMs !== void 0 && { receivedAtMs: comment.receivedAtMs }
	});
}

// src/command/dispatch-once.ts
const SHOWS_WITHIN_MS = 2e4;
const SKEW_MS$1 = 3e5;
async function dispatchOnce({ workflows, clock }, { request, sinceMs, dispatchedAtMs, note }) {
	if (dispatchedAtMs !== void 0) {
		const run = await workflows.find(request.key, sinceMs - SKEW_MS$1);
		if (run !== void 0) return {
			kind: "asked",
			run
		};
		const untilMs = dispatchedAtMs + SHOWS_WITHIN_MS;
		if (clock.now() < untilMs) return {
			kind: "wait",
			untilMs
		};
	}
	if (!await note(clock.now())) return { kind: "lost" };
	try {
		const run = await workflows.dispatch(request);
		return {
			kind: "asked",
			...run !== void 0 && { run }
		};
	} catch (error) {
		if (error instanceof UsageError) return {
			kind: "refused",
			error
		};
		if (error instanceof GitHubError && isRefusal(error.status)) return {
			kind: "refused",
			error: new UsageError(error.message, { cause: error })
		};
		throw error;
	}
}
function isRefusal(status) {
	return status === 400 || status === 404 || status === 410 || status === 422;
}

// src/command/gates.ts
function decideGates(pull, request) {
	const looks = [
		ofState(pull),
		ofFork(pull, request),
		ofBase(pull, request)
	];
	const runs = [
		ofDraft(pull, request),
		ofCommit(pull, request),
		...ofChecks(pull, request),
		ofReviews(pull, request),
		ofAuthor(pull, request),
		ofAge(pull, request)
	];
	return (request.command === "plan" ? looks : [...looks, ...runs]).filter((failure) => failure !== void 0);
}
function ofState({ state }) {
	if (state === "open") return void 0;
	return {
		reason: "pull_closed",
		text: `This pull request is ${state}: only an open one is deployed by a command.`
	};
}
function ofFork({ fork }, { requires }) {
	if (!fork || !requires.sameRepository) return void 0;
	return {
		reason: "pull_fork",
		text: `Its branch is in a fork, whose commits are not run here${unless("same-repository: false")}.`
	};
}
function ofBase({ base }, { requires, defaultBranch }) {
	const wanted = requires.base.length === 0 ? [defaultBranch] : requires.base;
	if (wanted.includes(base)) return void 0;
	return {
		reason: "base_not_allowed",
		text: `It is meant for ${code(base)}, not for ${wanted.map((name) => code(name)).join(" or ")}: another branch may have other rules${unless("base")}.`
	};
}
function ofDraft({ draft }, { requires }) {
	if (!draft || !requires.readyForReview) return void 0;
	return {
		reason: "pull_draft",
		text: `It is a draft${unless("ready-for-review: false")}.`
	};
}
function ofCommit({ head }, { sha }) {
	if (head === sha) return void 0;
	return {
		reason: "ref_changed",
		text: `Its head is ${code(head)} now, so nothing is known of ${code(sha)} any more.`
	};
}
function ofChecks({ checks }, { requires, environments }) {
	if (requires.checks === "none") return [];
	if (checks.kind === "unavailable") return [{
		reason: "checks_unavailable",
		text: `The state of its checks is UNAVAILABLE: GitHub did not say (${code(checks.why)}). That is not "no checks".`
	}];
	const ours = new Set(environments.map((name) => `seamless/${name}`));
	const asked = (requires.checks === "all" ? [...checks.required, ...checks.others] : checks.required).filter(({ name }) => !ours.has(name) && !ours.has(name.replace(/\/(?:plan|run)$/, "")));
	const failed = asked.filter(({ state }) => state === "failed");
	const pending = asked.filter(({ state }) => state === "pending" || state === "missing");
	return [failed.length === 0 ? void 0 : {
		reason: "checks_failed",
		text: `Checks that have failed on this commit: ${names(failed)}.`
	}, pending.length === 0 ? void 0 : {
		reason: "checks_pending",
		text: `Checks that have not ended on this commit: ${names(pending)}.`
	}];
}
function ofReviews({ reviews, head }, { requires, sha }) {
	const { decision, opinions } = reviews;
	const asBranch = requires.reviews === "as-branch";
	const needed = requires.reviews === "as-branch" ? decision === "none" ? 0 : 1 : requires.reviews;
	if (needed === 0) return void 0;
	const against = opinions.filter(({ state }) => state === "changes_requested");
	if (asBranch ? decision === "changes_requested" : against.length > 0) return {
		reason: "changes_requested",
		text: `Changes are requested${by(against)}.`
	};
	const approvals = opinions.filter(({ state, by }) => state === "approved" && (asBranch || !isApp(by)));
	const fresh = new Set(approvals.filter(({ commit }) => commit === sha).map(({ by }) => by.id)).size;
	const missing = asBranch && decision === "review_required";
	if (fresh >= needed && !missing) return void 0;
	const stale = approvals.filter(({ commit }) => commit !== sha);
	if (stale.length === 0 || missing) return {
		reason: "review_missing",
		text: `${asBranch ? "An approval that its branch asks for" : `${needed} ${needed === 1 ? "approval" : "approvals"}`} of this commit must come first; it has ${fresh}.`
	};
	return {
		reason: "review_outdated",
		text: `It was approved${by(stale)} at an earlier commit, not at ${code(head)}: ${needed} must approve this one.`
	};
}
function isApp({ login }) {
	return login.endsWith("[bot]");
}
function ofAuthor({ author }, { requires, by }) {
	if (!requires.secondPerson || author.id !== by.id) return void 0;
	return {
		reason: "own_pull",
		text: `It is your own, and somebody else has to deploy it${unless("second-person: false")}.`
	};
}
function ofAge({ behindBy, base }, { requires }) {
	if (!requires.upToDate || behindBy === 0) return void 0;
	if (behindBy === "unknown") return {
		reason: "base_unknown",
		text: `GitHub did not say whether it has all of ${code(base)}.`
	};
	return {
		reason: "not_up_to_date",
		text: `${`It lacks ${behindBy} ${behindBy === 1 ? "commit" : "commits"} of ${code(base)}`}, which its deployment could take back: bring it up to date${unless("up-to-date: false")}.`
	};
}
function unless(setting) {
	return ` (${code(`requires.${setting}`)})`;
}
function by(opinions) {
	if (opinions.length === 0) return "";
	return ` by ${opinions.map((opinion) => code(opinion.by.login)).join(", ")}`;
}
const SHOWN_CHECKS = 10;
function names(checks) {
	const shown = checks.slice(0, SHOWN_CHECKS).map(({ name }) => code(name, 100));
	const more = checks.length - shown.length;
	return shown.join(", ") + (more === 0 ? "" : ` and ${more} more`);
}

// src/command/serving.ts
function servingOf(parts) {
	return {
		...parts,
		key: commandKey(parts.request)
	};
}
function refused$1(reason, text) {
	return {
		kind: "refused",
		reason,
		text
	};
}
function answered(reason, text) {
	return {
		kind: "answered",
		reason,
		text
	};
}
const CONTENDED_MS = 5e3;
function contended({ clock }) {
	return {
		kind: "waiting",
		reason: "lock_contended",
		untilMs: clock.now() + CONTENDED_MS
	};
}

// src/command/serve-plan.ts
const planRecord = object({
	schema: literal(1),
	environment: string(),
	pull: number().int(),
	sha: string(),
	sinceMs: number(),
	dispatchedAtMs: number().optional(),
	dispatched: boolean().optional()
});
const LOOK_EVERY_MS$1 = 15e3;
const SKEW_MS = 3e5;
function planKey(key) {
	return `plans/${key}`;
}
async function isPlanUnderWay(records, key) {
	const read = await records.read(planKey(key));
	return read.kind === "found" && planRecord.safeParse(read.record.value).data?.dispatchedAtMs !== void 0;
}
async function servePlan(serving, environment) {
	const { ports, key } = serving;
	const read = await ports.records.read(planKey(key));
	if (read.kind === "unreadable") return refused$1("lock_unreadable", `The record of this plan cannot be read: ${code(read.why)}`);
	const known = read.kind === "found" ? knownPlan(read.record) : await newPlan(serving, environment);
	if (!("plan" in known)) return known;
	const asked = await askForPlan(serving, known);
	if (!("plan" in asked)) return asked;
	if (ports.driver === "action") return started$1(environment, key);
	return followPlan(serving, asked);
}
function knownPlan({ key, value, revision }) {
	const { data: plan } = planRecord.safeParse(value);
	if (plan !== void 0) return {
		plan,
		revision
	};
	return refused$1("lock_unreadable", `The record ${code(key)} is none of a plan. Nothing was planned.`);
}
async function newPlan(serving, environment) {
	const { request, config, defaultBranch, ports } = serving;
	const pull = await ports.pulls.read(request.pull);
	if (pull === void 0) return {
		kind: "silent",
		reason: "no_pull_request"
	};
	const bound = await bindCommit(serving, environment, pull);
	if (bound.kind === "refused") return refused$1(bound.reason, bound.text);
	const requires = config.environments[environment]?.requires;
	if (requires === void 0) throw new Error(`there is no environment ${environment}`);
	const failures = decideGates(pull, {
		command: "plan",
		sha: bound.sha,
		requires,
		defaultBranch,
		by: request.comment.author,
		environments: Object.keys(config.environments)
	});
	const [first] = failures;
	if (first !== void 0) return refused$1(first.reason, gatesText(failures));
	const sinceMs = ports.clock.now();
	return {
		plan: {
			schema: 1,
			environment,
			pull: request.pull,
			sha: bound.sha,
			sinceMs
		},
		revision: void 0
	};
}
async function askForPlan({ ports, key }, known) {
	const { records } = ports;
	let { plan, revision } = known;
	const note = async (more) => {
		const write = await records.write(planKey(key), {
			...plan,
			...more
		}, revision);
		if (write.kind === "conflict") return false;
		plan = {
			...plan,
			...more
		};
		revision = write.record.revision;
		return true;
	};
	if (plan.dispatched === true && revision !== void 0) return {
		plan,
		revision
	};
	const { environment, sha, sinceMs, dispatchedAtMs } = plan;
	const asked = await dispatchOnce(ports, {
		sinceMs,
		dispatchedAtMs,
		request: {
			operation: "plan",
			environment,
			sha,
			key
		},
		note: async (nowMs) => note({ dispatchedAtMs: nowMs })
	});
	if (asked.kind === "wait") return {
		kind: "waiting",
		reason: "plan_started",
		untilMs: asked.untilMs
	};
	if (asked.kind === "lost") return contended(ports);
	if (asked.kind === "refused") return refused$1("run_not_started", `${code(asked.error.message, 500)} Nothing was planned.`);
	if (!await note({ dispatched: true }) || revision === void 0) return contended(ports);
	return {
		plan,
		revision
	};
}
async function followPlan(serving, { plan }) {
	const { ports, key } = serving;
	const { sinceMs, dispatchedAtMs = sinceMs } = plan;
	const run = await ports.workflows.find(key, sinceMs - SKEW_MS);
	const nowMs = ports.clock.now();
	if (run === void 0) {
		const lateMs = dispatchedAtMs + RUN_STARTS_WITHIN_MS;
		if (nowMs < lateMs) return {
			kind: "waiting",
			reason: "plan_started",
			untilMs: Math.min(nowMs + LOOK_EVERY_MS$1, lateMs)
		};
		return refused$1("run_not_started", "No run came for it within 90 seconds. Nothing was planned.");
	}
	if (run.status !== "completed") return {
		kind: "waiting",
		reason: "plan_started",
		untilMs: nowMs + LOOK_EVERY_MS$1
	};
	return tellPlan(serving, plan, run);
}
async function tellPlan({ request, ports, key }, plan, run) {
	const { environment, sha } = plan;
	const result = await ports.planResult(environment, sha, key);
	if (result === void 0) {
		const how = run.conclusion ?? "completed";
		return refused$1("run_failed", `The dry run ended as ${code(how)} without a plan: ${run.url}`);
	}
	await ports.conversation.keep(request.pull, `plan/${environment}`, planText(environment, sha, result, run));
	return answered("plan_only", "");
}
function started$1(environment, key) {
	return {
		kind: "started",
		reason: "plan_started",
		environment,
		key
	};
}

// src/action/answer-plan.ts
async function answerPlan(answer, ports) {
	const { environment, sha, key, failed, runUrl } = answer;
	const read = await ports.records.read(planKey(key));
	const asked = read.kind === "found" ? planRecord.safeParse(read.record.value).data : void 0;
	if (asked?.environment !== environment || asked.sha !== sha) return;
	const text = planText(environment, sha, answer, { url: runUrl });
	if (failed) await ports.conversation.say(asked.pull, `answer/${key}`, text);
	else await ports.conversation.keep(asked.pull, `plan/${environment}`, text);
	const comment = Number(/^comment-(\d{1,16})$/.exec(key)?.[1]);
	if (comment > 0) await ports.conversation.react(comment, failed ? "confused" : "rocket");
}

// src/action/dry-run.ts
async function dryRun(inputs, context, opened) {
	const work = requestOf(inputs, context, opened).then(makePlan);
	const { requestId } = inputs;
	if (requestId !== void 0 && context.event === "workflow_dispatch") await answer$2(work, {
		inputs,
		requestId,
		context,
		opened
	});
	await showPlan(await work);
}
async function answer$2(work, { inputs, requestId, context, opened }) {
	const side = await actionSideOf(opened);
	if (side === void 0) return;
	const said = await work.then(planned, (error) => ({
		environment: inputs.environment,
		sha: inputs.sha ?? context.sha,
		title: "There is no plan",
		text: fence(opened.mask.text(causes(error))),
		failed: true
	}));
	const { environment } = said;
	if (environment === void 0) return;
	const { runUrl } = context;
	await writePlanCheck(side.github, {
		...said,
		environment,
		requestId,
		runUrl
	});
	const answered = {
		...said,
		summary: said.text,
		environment,
		key: requestId,
		runUrl
	};
	await answerPlan(answered, actionOperationPorts(side));
}
function planned(plan) {
	const { environments, head, digest } = plan;
	return {
		environment: environments.length === 1 ? environments[0] : void 0,
		sha: head.kind === "given" ? head.version.sha : head.from,
		title: `Plan ${digest.slice(0, 19)}`,
		text: planSummary(plan),
		failed: false
	};
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

// src/command/grammar.ts
const grammar = {
	deploy: {
		takes: ["environment", "sha"],
		default: "write",
		help: "Deploys the commit that you see, or the one that you name."
	},
	plan: {
		takes: ["environment", "sha"],
		default: "write",
		help: "Shows what a deployment would do, and changes nothing."
	},
	rollback: {
		takes: ["environment"],
		default: "write",
		help: "Brings the last healthy version of the environment back."
	},
	revert: {
		takes: [],
		default: "write",
		help: "Takes this merged pull request out again, by a pull request of its own."
	},
	promote: {
		takes: ["environment"],
		default: "write",
		help: "Ends the watch: what is live counts as well now. In a step of the traffic, takes the next one."
	},
	accept: {
		takes: ["environment"],
		default: "write",
		help: "Accepts what is live, whatever was found: later rollbacks may return to it."
	},
	pause: {
		takes: ["environment"],
		default: "write",
		help: "Has nothing promoted or taken back by itself there; it is still watched."
	},
	continue: {
		takes: ["environment"],
		default: "write",
		help: "Ends such a pause."
	},
	lock: {
		takes: ["environment", "reason"],
		default: "write",
		help: "Keeps the environment for this pull request, until it is unlocked."
	},
	unlock: {
		takes: ["environment"],
		default: "write",
		help: "Takes such a lock away, whoever set it."
	},
	resolve: {
		takes: ["environment"],
		default: "write",
		help: "Says that you have looked after a half-done environment: it may be deployed to again."
	},
	unquarantine: {
		takes: [],
		default: "maintain",
		help: "Lets this change be deployed again although it was taken back once."
	},
	autorevert: {
		takes: ["switch"],
		default: "maintain",
		help: "Says whether merges are taken back by themselves in this repository."
	},
	status: {
		takes: [],
		default: "known",
		help: "Shows what each environment runs, how it is watched, and who holds it."
	},
	help: {
		takes: ["command"],
		default: "known",
		help: "Shows the commands."
	}
};
const commandKinds = Object.keys(grammar);
function usage(kind) {
	return [`/${kind}`, ...grammar[kind].takes.map((argument) => WRITTEN[argument])].join(" ");
}
const WRITTEN = {
	environment: "[environment]",
	sha: "[--sha=<40 hex digits>]",
	reason: "[reason]",
	command: "[command]",
	switch: "on|off"
};
function helpText(about) {
	if (about !== void 0) return `${code(usage(about))}: ${grammar[about].help} ${whoMay(about)}`;
	const rows = commandKinds.map((kind) => `| ${cell(usage(kind))} | ${grammar[kind].help} |`);
	const rules = ["A command is the whole first line of a new comment on a pull request.", "The environment may be left out where there is only one."];
	return [
		"| command | what it does |",
		"| --- | --- |",
		...rows,
		"",
		rules.join(" ")
	].join("\n");
}
function whoMay(kind) {
	const role = grammar[kind].default;
	if (role === "known") return "Whoever knows the repository may.";
	return `Whoever has ${role} on the repository may, unless the configuration says otherwise.`;
}

// src/command/meant-command.ts
function meantCommand(line) {
	const [, word = ""] = /^\/([A-Za-z][\w-]{0,19}[.,:;!?]?)(?:[ \t]|$)/.exec(line) ?? [];
	if (word === "") return void 0;
	const command = commandKinds.find((kind) => kind === word);
	if (command !== void 0) return {
		kind: "command",
		command
	};
	const lower = word.toLowerCase();
	const nearest = otherWord(lower, line) ?? commandKinds.find((kind) => isSlip(lower, kind));
	return nearest === void 0 ? void 0 : {
		kind: "slip",
		written: `/${word}`,
		nearest
	};
}
const OTHER_WORDS = /* @__PURE__ */ new Map([
	["resume", "continue"],
	["unpause", "continue"],
	["abort", "rollback"],
	["approve", "accept"]
]);
function otherWord(word, line) {
	return word === "approve" && !/^\S+[ \t]+(?!(?:cancel|no-issue)\b)\w/.test(line) ? void 0 : OTHER_WORDS.get(word);
}
function isSlip(word, name) {
	if (Math.abs(word.length - name.length) > 2) return false;
	return isOneSlip(word, name) || name.length > 7 && leven(word, name) <= 2;
}
function isOneSlip(word, name) {
	const most = Math.min(word.length, name.length);
	let from = 0;
	while (from < most && word[from] === name[from]) from++;
	let behind = 0;
	while (behind < most - from && word.at(-1 - behind) === name.at(-1 - behind)) behind++;
	const written = word.slice(from, word.length - behind);
	const meant = name.slice(from, name.length - behind);
	if (written.length <= 1 && meant.length <= 1) return true;
	return meant.length === 2 && written === `${meant[1] ?? ""}${meant[0] ?? ""}`;
}

// src/command/open-lines.ts
function openLines(lines) {
	const open = [];
	let inside;
	for (const line of lines) {
		if (inside !== void 0) {
			if (inside.endsWith(line)) inside = void 0;
			continue;
		}
		inside = blockBegunBy(line);
		if (inside === void 0) open.push(line);
	}
	return open;
}
function blockBegunBy(line) {
	const [, fence = "", after = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
	if (fence !== "" && !(fence.startsWith("`") && after.includes("`"))) return { endsWith: closes(fence) };
	if (!/^ {0,3}<!--/.test(line) || line.includes("-->")) return void 0;
	return { endsWith: (later) => later.includes("-->") };
}
function closes(fence) {
	return (line) => {
		const [, run = ""] = /^ {0,3}(`+|~+)[ \t]*$/.exec(line) ?? [];
		return run[0] === fence[0] && run.length >= fence.length;
	};
}

// src/command/parse-comment.ts
const LONGEST_REASON = 300;
function parseComment(body) {
	const [first = "", ...rest] = body.split(/\r\n|\r|\n/);
	const meant = meantCommand(first);
	if (meant === void 0) return { kind: "ignored" };
	const second = openLines(rest).find((line) => meantCommand(line) !== void 0);
	if (second !== void 0) return twice(first, second);
	if (meant.kind === "slip") return {
		kind: "reply",
		reason: "command_unknown",
		text: `${code(meant.written)} is no command. Did you mean ${code(`/${meant.nearest}`)}? ${code("/help")} lists all.`
	};
	return argued(meant.command, words(first).slice(1));
}
function words(line) {
	return line.split(/[ \t]+/).filter((word) => word !== "");
}
function twice(first, second) {
	return {
		kind: "reply",
		reason: "command_twice",
		text: `This comment has more than one command (${code(first, 80)} and ${code(second, 80)}), so none was run. One command per comment, please.`
	};
}
function argued(kind, given) {
	const found = {};
	for (const [index, word] of given.entries()) {
		if (grammar[kind].takes.includes("reason") && index > 0) {
			Object.assign(found, reasonIn(given.slice(1)));
			break;
		}
		const fault = take(kind, word, found);
		if (fault !== void 0) return malformed(kind, fault);
	}
	if ((found.reason?.length ?? 0) > LONGEST_REASON) return malformed(kind, `The reason has more than ${LONGEST_REASON} characters.`);
	if (grammar[kind].takes.includes("switch") && found.to === void 0) return malformed(kind, `It says neither ${code("on")} nor ${code("off")}.`);
	return {
		kind: "command",
		command: {
			kind,
			...found
		}
	};
}
function reasonIn(words) {
	const reason = words.join(" ").replace(/^because\b[,:]? ?/i, "");
	return reason === "" ? {} : { reason };
}
function take(kind, word, found) {
	const { takes } = grammar[kind];
	if (takes.includes("command")) return takeTopic(word, found);
	if (takes.includes("switch")) return takeSwitch(word, found);
	if (word.startsWith("-")) return takeOption(kind, word, found);
	if (takes.includes("sha") && isFullSha(word)) return takeSha(word, found);
	if (takes.includes("sha") && looksLikeSha(word, found.environment !== void 0)) return shortSha(word);
	if (!takes.includes("environment")) return `${code(word)} is one word too many: it takes nothing.`;
	if (found.environment !== void 0) return `${code(word)} is one word too many.`;
	if (!/^[A-Za-z][\w-]{0,39}$/.test(word)) return `${code(word)} cannot be the name of an environment.`;
	found.environment = word;
}
function takeOption(kind, word, found) {
	const value = /^--sha=(.*)$/s.exec(word)?.[1];
	if (!grammar[kind].takes.includes("sha")) return `It has no option ${code(word)}.`;
	if (value === void 0) return `It has no option ${code(word)}; a commit is named by ${code("--sha=…")}.`;
	return isFullSha(value) ? takeSha(value, found) : shortSha(value);
}
function takeSha(sha, found) {
	if (found.sha !== void 0) return "It names two commits.";
	found.sha = sha.toLowerCase();
}
function shortSha(word) {
	return `${code(word)} is not a whole commit id: short ids, branches and tags can come to mean another commit. Give all 40 hex digits.`;
}
function takeTopic(word, found) {
	const topic = commandKinds.find((kind) => kind === word.replace(/^\//, ""));
	if (topic === void 0 || found.about !== void 0) return `There is no help on ${code(word)}.`;
	found.about = topic;
}
function takeSwitch(word, found) {
	if (found.to !== void 0) return `${code(word)} is one word too many.`;
	if (word !== "on" && word !== "off") return `${code(word)} is neither ${code("on")} nor ${code("off")}.`;
	found.to = word;
}
function isFullSha(word) {
	return /^[\da-f]{40}$/i.test(word);
}
function looksLikeSha(word, isNamed) {
	return (isNamed ? /^[\da-f]{4,64}$/i : /^(?:\d[\da-f]{3,63}|[\da-f]{41,64})$/i).test(word);
}
function malformed(kind, fault) {
	return {
		kind: "reply",
		reason: "command_malformed",
		text: `${fault} It is written ${code(usage(kind))}. Nothing was done.`
	};
}

// src/command/read-comment-event.ts
const account = object({
	id: number().int(),
	login: string(),
	type: string()
});
const event = object({
	action: string(),
	repository: object({
		id: number().int(),
		full_name: string()
	}),
	sender: account.nullish(),
	issue: object({
		number: number().int(),
		pull_request: object({}).nullish()
	}),
	comment: object({
		id: number().int(),
		html_url: string(),
		body: string(),
		created_at: datetime({ offset: true }),
		user: account.nullish(),
		performed_via_github_app: object({}).nullish()
	})
});
function readCommentEvent(body, receivedAtMs) {
	const { action, repository, sender, issue, comment } = event.parse(body);
	if (action !== "created") return {
		kind: "ignored",
		reason: "not_created"
	};
	if (!issue.pull_request) return {
		kind: "ignored",
		reason: "no_pull_request"
	};
	const author = comment.user;
	if (!isPerson(author) || !isPerson(sender) || author.id !== sender.id || comment.performed_via_github_app) return {
		kind: "ignored",
		reason: "from_bot"
	};
	const asked = parseComment(comment.body);
	if (asked.kind === "ignored") return {
		kind: "ignored",
		reason: "no_command"
	};
	return {
		kind: "command",
		request: {
			repository: {
				id: repository.id,
				name: repository.full_name
			},
			pull: issue.number,
			comment: {
				id: comment.id,
				url: comment.html_url,
				createdAtMs: Date.parse(comment.created_at),
				...receivedAtMs === void 0 ? {} : { receivedAtMs },
				author: {
					id: author.id,
					login: author.login
				}
			},
			asked
		}
	};
}
function isPerson(found) {
	return found?.type === "User";
}

// src/command/answers/answer.ts
function answerBody({ asked, comment }, { kind, text }) {
	if (kind === "answered") return text;
	const what = asked.kind === "command" ? `${code(written$1(asked.command))}: ` : "";
	return `${mention(comment.author.login)} ${what}${text}`;
}
function missingConfigText({ where }) {
	return `There is no ${code(where)}: commands are carried out by the rules of the default branch, and there are none. ${code("seamless init")} writes them. Nothing was done.`;
}
function invalidConfigText({ errors }) {
	return `The config on the default branch is wrong, so nothing was done:\n\n${fence(errors, { maxLength: 4e3 })}`;
}
function expiredText(expiresMs) {
	return `This has waited for more than ${Math.round(expiresMs / 6e4)} minutes and is not carried out any more: what was meant then may be wrong now. Please repeat it if you still want it.`;
}

// src/ports/authority.ts
const roles = [
	"none",
	"read",
	"triage",
	"write",
	"maintain",
	"admin"
];

// src/command/authority.ts
function authorityRules(command, environments, environment) {
	if (!isChosen(command)) return [{ anyOf: [] }];
	return (environment === void 0 ? Object.keys(environments) : [environment]).map((name) => ({
		environment: name,
		anyOf: environments[name]?.allow[command] ?? defaultGrants(command)
	}));
}
function teamsToAsk(facts) {
	if (facts.role === "unverified" || facts.role === "none") return [];
	const teams = facts.rules.filter((rule) => met(rule, {
		...facts,
		teams: /* @__PURE__ */ new Map()
	}) !== "met").flatMap(({ anyOf }) => anyOf.filter((grant) => grant.kind === "team"));
	return [...new Set(teams.map(({ team }) => team))];
}
function decideAuthority(facts) {
	const { role, rules } = facts;
	if (role === "none") return {
		kind: "stranger",
		reason: "stranger"
	};
	if (role === "unverified") return unverified(facts);
	const outcomes = rules.map((rule) => ({
		rule,
		outcome: met(rule, facts)
	}));
	const denied = outcomes.find(({ outcome }) => outcome === "denied");
	if (denied !== void 0) return refused(facts, denied.rule);
	if (outcomes.some(({ outcome }) => outcome === "unverified")) return unverified(facts);
	return {
		kind: "allowed",
		by: rules.map((rule) => grantedBy(rule, facts))
	};
}
function isChosen(command) {
	return grammar[command].default !== "known";
}
function defaultGrants(command) {
	const role = grammar[command].default;
	return role === "known" ? [] : [{
		kind: "role",
		role
	}];
}
function met(rule, facts) {
	if (rule.anyOf.length === 0) return "met";
	const held = new Set(rule.anyOf.map((grant) => holds(grant, facts)));
	if (held.has(true)) return "met";
	return held.has("unverified") ? "unverified" : "denied";
}
function holds(grant, { person, role, teams }) {
	switch (grant.kind) {
		case "role": return role !== "unverified" && roles.indexOf(role) >= roles.indexOf(grant.role);
		case "team": return teams.get(grant.team) ?? "unverified";
		case "user": return person.login.toLowerCase() === grant.login.toLowerCase();
		case "id": return person.id === grant.id;
	}
}
function grantedBy(rule, facts) {
	const grant = rule.anyOf.find((one) => holds(one, facts) === true);
	return grant === void 0 ? facts.role : written(grant);
}
function written(grant) {
	switch (grant.kind) {
		case "role": return grant.role;
		case "team": return `team:${grant.team}`;
		case "user": return `user:${grant.login}`;
		case "id": return `id:${grant.id}`;
	}
}
function refused({ command, role }, rule) {
	const where = rule.environment === void 0 ? "" : ` for ${code(rule.environment)}`;
	const needed = rule.anyOf.map((grant) => needs(grant)).join(" or ");
	return {
		kind: "refused",
		reason: "permission_denied",
		text: `You may not ${code(`/${command}`)}${where}: that takes ${needed}; you have ${role}. Nothing was done.`
	};
}
function needs(grant) {
	if (grant.kind === "role") return grant.role === "admin" ? "the role admin" : `the role ${grant.role} or a higher one`;
	if (grant.kind === "team") return `being in the team ${code(grant.team)}`;
	return `being ${grant.kind === "user" ? code(grant.login) : `the account ${grant.id}`}`;
}
function unverified({ command }) {
	return {
		kind: "unverified",
		reason: "permission_unverified",
		text: `GitHub did not say whether you may ${code(`/${command}`)}, so nothing was done: could not verify. Please repeat it in a while.`
	};
}

// src/command/environment-of.ts
function environmentOf(named, names) {
	if (named === void 0) return theOnly(names);
	if (names.includes(named)) return {
		kind: "environment",
		name: named
	};
	const nearest = nearestName(named, names);
	const hint = nearest === void 0 ? "" : ` Did you mean ${code(nearest)}?`;
	const sha = /^[\da-f]{7,40}$/i.test(named) ? ` If it is a commit: give its full id, as ${code("--sha=<40 hex digits>")}.` : "";
	return {
		kind: "refused",
		reason: "no_such_environment",
		text: `There is no environment ${code(named)}; the configuration has ${list(names)}.${hint}${sha}`
	};
}
function theOnly(names) {
	const [only, ...others] = names;
	if (only !== void 0 && others.length === 0) return {
		kind: "environment",
		name: only
	};
	return {
		kind: "refused",
		reason: "environment_not_named",
		text: `Name the environment: the configuration has ${list(names)}.`
	};
}
function list(names) {
	return names.map((name) => code(name)).join(", ");
}

// src/command/own-operation.ts
const AGAIN_MS$1 = 5e3;
async function ownOperation(environment, key, { records }) {
	const read = await lockOf(records, environment);
	if (read.kind === "unreadable") return read;
	const held = heldOf(environment, read);
	return held?.operation.key === key ? held : void 0;
}
async function isUnderWay(environment, key, ports) {
	const own = await ownOperation(environment, key, ports);
	return own !== void 0 && "operation" in own && own.operation.dispatchedAtMs !== void 0;
}
async function dropOwn(outcome, key, ports) {
	const { kind, environment } = outcome;
	if (kind !== "refused" || environment === void 0) return "none";
	const own = await ownOperation(environment, key, ports);
	if (own === void 0 || !("operation" in own)) return "none";
	if (own.operation.ending === void 0 && own.operation.dispatchedAtMs !== void 0) return "none";
	if (await endOperation(own, endedInVain(own.operation, outcome), ports) === "ended") return "dropped";
	return { untilMs: Math.max(own.operation.endingUntilMs ?? 0, ports.clock.now() + AGAIN_MS$1) };
}

// src/revert/breaker.ts
const record = object({
	schema: literal(1),
	deployment: string(),
	why: string(),
	openedAtMs: number()
});
async function readBreaker(records, environment) {
	const read = await records.read(keyOf(environment));
	if (read.kind === "absent") return { state: "closed" };
	const parsed = read.kind === "found" ? record.safeParse(read.record.value).data : void 0;
	if (parsed === void 0) return { state: "unknown" };
	return {
		state: "open",
		why: parsed.why,
		openedAtMs: parsed.openedAtMs
	};
}
async function closeBreakers(records) {
	for (const read of await records.list("breaker/")) if (read.kind === "found") await records.remove(read.record.key, read.record.revision);
}
function keyOf(environment) {
	return `breaker/${environment}`;
}

// src/command/answers/auto-revert.ts
function autoRevertText(said) {
	const { isOn, by, before, open } = said;
	return [
		isOn ? `🟢 ${code(by)} switched automatic reverts on: a merge that users would notice is taken back by itself wherever the configuration says ${code("revert: auto")}.` : `🛑 ${code(by)} switched automatic reverts off: no merge of this repository is taken back by itself until ${code("/autorevert on")}. Environments are watched and rolled back as before, and ${code("/revert")} by a person works.`,
		...open.length === 0 ? [] : [`Breakers closed: ${open.map((name) => code(name)).join(", ")}.`],
		`Until now: ${switchText(before)}`
	].join(" ");
}
function switchText(found) {
	if (found.state === "unknown") return `⚠️ unreadable, so that nothing is taken back by itself; ${code("/autorevert on")} or ${code("/autorevert off")} mends it.`;
	const { state, by, atMs } = found;
	const since = atMs === void 0 ? "" : ` since ${utc(atMs)}`;
	return by === void 0 ? `${state}, as nobody said otherwise.` : `${state}, by ${code(by.login)}${since}.`;
}
function breakerText(environment, breaker) {
	const until = `no merge is taken back by itself until a version is healthy there, or somebody says ${code("/autorevert on")}.`;
	switch (breaker.state) {
		case "closed": return;
		case "unknown": return `🛑 The breaker of ${code(environment)} cannot be read and counts as open: ${until}`;
		case "open": return `🛑 The breaker of ${code(environment)} is open since ${utc(breaker.openedAtMs)} (${code(breaker.why, 300)}): ${until}`;
	}
}

// src/command/serve-auto-revert.ts
async function serveAutoRevert(serving) {
	const { request, command, config, ports, key } = serving;
	const { records } = ports;
	const { author: by, createdAtMs: atMs } = request.comment;
	const before = await readAutoRevert(records);
	if (before.state === "unknown" && before.where !== void 0) {
		const text = `What stands where the switch should be cannot be read, so nothing is taken back by itself until somebody has looked at it and removed it: ${code(before.where, 300)}`;
		return refused$1("lock_unreadable", text);
	}
	const isOn = command.to === "on";
	const open = isOn ? await openBreakers(Object.keys(config.environments), ports) : [];
	const text = autoRevertText({
		isOn,
		by: by.login,
		before,
		open
	});
	await ports.conversation.say(request.pull, `answer/${key}`, text);
	if (await writeAutoRevert(records, {
		isOn,
		by,
		atMs
	}) === "conflict") return contended(ports);
	if (isOn) await closeBreakers(records);
	return answered(isOn ? "autorevert_on" : "autorevert_off", text);
}
async function openBreakers(environments, { records }) {
	const read = environments.map(async (name) => ({
		name,
		breaker: await readBreaker(records, name)
	}));
	return (await Promise.all(read)).flatMap(({ name, breaker }) => breaker.state === "open" ? [name] : []);
}

// src/command/answers/refused.ts
function changedHeadText(facts) {
	const { bound, head, asked } = facts;
	return `This pull request moved meanwhile: you meant ${code(bound)}, its head is ${code(head)} now. Nothing was sent there. If you mean the new one, name it: ${code(asked)}`;
}

// src/command/begin-operation.ts
async function beginOperation(ports, claimed, options = {}) {
	const { operation } = claimed;
	if (operation.dirty !== void 0 || operation.ending !== void 0) {
		await followOperation(claimed.environment, ports);
		return started(claimed);
	}
	const held = operation.deployment === void 0 ? await makeDeployment(ports, claimed, options) : claimed;
	if (!("known" in held)) return held;
	if (held.operation.dispatchedAtMs === void 0) {
		const moved = await movedHead(ports, held);
		if (moved !== void 0) return moved;
	}
	const asked = await askForRun(ports, held);
	if (!("known" in asked)) return asked;
	const told = await tellBeginning(ports, asked);
	return told === "lost" ? contended(ports) : started(told);
}
function started({ environment, operation: { kind, key } }) {
	return {
		kind: "started",
		reason: kind === "deploy" ? "deploy_started" : "rollback_started",
		environment,
		key
	};
}
async function makeDeployment(ports, held, { newestId, isNew = false }) {
	const { environment, operation } = held;
	const { kind, key, sha, version = sha } = operation;
	try {
		const wanted = {
			environment,
			sha,
			version,
			key,
			isFirst: isNew && ports.decided !== void 0
		};
		const { id } = await ports.deployments.begin(kind === "rollback" ? {
			...wanted,
			operation: kind
		} : wanted);
		if (newestId !== void 0 && Number(id) <= Number(newestId)) return refused$1("duplicate", "This command was carried out before.");
		const next = await advance(held, { deployment: id }, ports);
		return next === "lost" ? contended(ports) : next;
	} catch (error) {
		if (!(error instanceof DeploymentMismatch)) throw error;
		return refused$1("deployment_sha_mismatch", `${code(error.message, 300)}. Nothing was sent there.`);
	}
}
async function movedHead(ports, { environment, operation }) {
	if (operation.kind === "rollback" || operation.pull === void 0 || operation.comment === void 0) return void 0;
	const now = await ports.pulls.head(operation.pull);
	if (now?.head === operation.sha && now.state === "open") return void 0;
	if (now === void 0 || now.state !== "open") return refused$1("pull_closed", "The pull request was closed meanwhile. Nothing was sent there.");
	const asked = written$1({
		kind: "deploy",
		sha: now.head
	}, environment);
	return refused$1("ref_changed", changedHeadText({
		bound: operation.sha,
		head: now.head,
		asked
	}));
}
async function askForRun(ports, held) {
	const { environment, operation } = held;
	const { kind, key, run: known, sha, deployment } = operation;
	if (known !== void 0 || operation.dispatched === true) return held;
	if (deployment === void 0) throw new Error("a run is asked for only once its Deployment is known");
	let current = held;
	const asked = await dispatchOnce(ports, {
		...operation,
		request: {
			operation: kind === "deploy" ? "run" : "rollback",
			environment,
			sha,
			key,
			deploymentId: deployment
		},
		async note(dispatchedAtMs) {
			const next = await advance(current, { dispatchedAtMs }, ports);
			if (next !== "lost") current = next;
			return next !== "lost";
		}
	});
	switch (asked.kind) {
		case "asked": return noteRun(ports, current, asked.run);
		case "wait": return {
			kind: "waiting",
			reason: "run_not_started",
			untilMs: asked.untilMs
		};
		case "lost": return contended(ports);
		case "refused": return neverAsked(ports, current, asked.error);
	}
}
async function noteRun(ports, held, run) {
	const found = run === void 0 ? {} : { run: {
		id: run.id,
		url: run.url
	} };
	const next = await advance(held, {
		dispatched: true,
		...found
	}, ports);
	return next === "lost" ? contended(ports) : next;
}
async function neverAsked(ports, held, error) {
	if (await advance(held, { dispatchedAtMs: void 0 }, ports) === "lost") return contended(ports);
	return refused$1("run_not_started", `${code(error.message, 500)} Nothing was sent there.`);
}
async function tellBeginning(ports, held) {
	const { environment, operation } = held;
	if (operation.told !== void 0 || operation.pull === void 0) return held;
	const phase = operation.run === void 0 ? "asked" : "queued";
	const told = `${phase}/${lastMark(0)}/${operation.run?.id ?? ""}`;
	const text = progressText(environment, {
		...operation,
		told
	}, { phase });
	await ports.conversation.keep(operation.pull, `progress/${environment}`, text);
	return advance(held, { told }, ports);
}

// src/command/environment-gate.ts
async function environmentFacts({ config, ports }, environment) {
	const { after = [] } = config.environments[environment] ?? {};
	const earlier = after.map(async (name) => ({
		name,
		watched: config.environments[name]?.health !== void 0,
		newest: await ports.deployments.newest(name)
	}));
	return {
		newest: await ports.deployments.newest(environment),
		earlier: await Promise.all(earlier)
	};
}
function environmentGate({ config }, environment, facts) {
	const watched = config.environments[environment]?.health !== void 0;
	const ending = decideGate({
		environment,
		watched,
		ours: false,
		...facts
	});
	if (ending === void 0) return void 0;
	const { reason } = ending;
	const where = code(environment);
	const version = code(facts.newest?.version ?? "");
	const ways = `${code(`/rollback ${environment}`)} brings its last healthy version back; ${code(`/resolve ${environment}`)} says that you have looked after it.`;
	switch (reason) {
		case "already_live": return {
			reason,
			text: `Nothing to do: ${where} runs ${version} (${code(facts.sha.slice(0, 12))}) already.`
		};
		case "environment_dirty": return {
			reason,
			text: `${where} is half done since the deployment of ${version}. ${ways}`
		};
		case "environment_unknown": return {
			reason,
			text: `A deployment of ${version} to ${where} began and never said how it ended. If it still runs, wait for it. If not: ${ways}`
		};
		default: return {
			reason,
			text: earlierText(environment, facts)
		};
	}
}
function earlierText(environment, { earlier, sha }) {
	const found = earlier.map(({ name, newest, watched }) => {
		const needs = watched ? "healthy" : "live";
		const has = newest === void 0 ? "nothing" : newest.sha === sha ? `it as ${newest.state}, ${newest.verdict ?? "not judged"}` : `${code(newest.version)} (${code(newest.sha.slice(0, 12))})`;
		return `${code(name)} must have this commit ${needs} first, and has ${has}`;
	});
	return `${code(environment)} comes after: ${found.join("; ")}.`;
}

// src/command/new-operation.ts
function newOperation({ request, command, key, ports }, { sha, version }) {
	const nowMs = ports.clock.now();
	return {
		kind: command.kind,
		key,
		sha,
		version,
		pull: request.pull,
		comment: request.comment.id,
		by: request.comment.author,
		sinceMs: nowMs,
		leaseUntilMs: nowMs + LEASE_MS
	};
}

// src/command/quarantine.ts
function decideQuarantine(facts) {
	const { sha, patch, takenBack, lifted } = facts;
	if (lifted.includes(sha) || patch !== void 0 && lifted.includes(patch)) return void 0;
	const lifts = patch === void 0 ? [sha] : [patch, sha];
	const same = takenBack.find((one) => one.head === sha || patch !== void 0 && one.patch === patch);
	if (same !== void 0) return quarantined(`It changes what #${same.pull} changed, which was reverted.`, lifts);
	if (facts.verdict !== "unhealthy") return void 0;
	return quarantined(`Users of ${code(facts.environment)} would have noticed ${code(sha)} the last time, and it was taken back.`, lifts);
}
function quarantined(found, lifts) {
	return {
		reason: "quarantined",
		text: `${found} ${code("/unquarantine")} lets it be deployed again.`,
		lifts
	};
}
function liftedKey(lift) {
	return `lifted/${lift}`;
}

// src/command/quarantine-gate.ts
async function quarantineOf({ request, ports }, environment, { sha, isFirst }) {
	const [takenBack, verdict] = await Promise.all([ports.quarantine.takenBack(request.pull), isFirst ? void 0 : ports.quarantine.verdictOf(environment, sha)]);
	if (takenBack.length === 0 && verdict !== "unhealthy") return void 0;
	const patch = takenBack.length === 0 ? void 0 : await ports.quarantine.patchOf(request.pull);
	const lifted = await ports.records.list(liftedKey(""));
	return decideQuarantine({
		environment,
		sha,
		takenBack,
		...patch !== void 0 && { patch },
		...verdict !== void 0 && { verdict },
		lifted: lifted.flatMap((read) => read.kind === "found" ? [read.record.key.slice(liftedKey("").length)] : [])
	});
}

// src/command/serve-deploy.ts
async function serveDeploy(serving, environment) {
	const { request, ports, key } = serving;
	const own = await ownOperation(environment, key, ports);
	if (own !== void 0 && !("operation" in own)) return refused$1(own.reason, own.text);
	if (own !== void 0) return beginOperation(ports, own);
	const pull = await ports.pulls.read(request.pull);
	if (pull === void 0) return {
		kind: "silent",
		reason: "no_pull_request"
	};
	const bound = await bindCommit(serving, environment, pull);
	if (bound.kind === "refused") return refused$1(bound.reason, bound.text);
	const version = await versionOf(serving, bound.sha).catch(unnamed);
	if (typeof version !== "string") return version;
	const operation = newOperation(serving, {
		sha: bound.sha,
		version
	});
	const look = await lookAtClaim(environment, operation, ports);
	const facts = await environmentFacts(serving, environment);
	if (facts.newest?.key === key) return {
		kind: "silent",
		reason: "duplicate"
	};
	const stop = await inTheWay(serving, environment, {
		pull,
		operation,
		look,
		facts
	});
	if (stop !== void 0) return stop;
	const claim = await claimEnvironment(environment, operation, ports);
	if (claim.kind === "refused") return refused$1(claim.reason, claim.text);
	return claim.kind === "claimed" ? beginOperation(ports, claim.held, {
		isNew: claim.isNew,
		newestId: facts.newest?.id
	}) : contended(ports);
}
async function inTheWay(serving, environment, { pull, operation, look, facts }) {
	const { config, defaultBranch, request, ports } = serving;
	const { sha } = operation;
	const requires = config.environments[environment]?.requires;
	if (requires === void 0) throw new Error(`there is no environment ${environment}`);
	const failures = [...decideGates(pull, {
		command: "deploy",
		sha,
		requires,
		defaultBranch,
		by: request.comment.author,
		environments: Object.keys(config.environments)
	})];
	const quarantine = await quarantineOf(serving, environment, {
		sha,
		isFirst: facts.newest === void 0
	});
	if (quarantine !== void 0) failures.push(quarantine);
	if (look.kind === "contended") return contended(ports);
	if (look.kind === "refused") failures.push(look);
	if (look.kind === "decided" && look.decision.kind === "held") failures.push(look.decision);
	const gate = look.kind === "decided" && look.decision.kind === "write" ? environmentGate(serving, environment, {
		...facts,
		sha
	}) : void 0;
	if (gate?.reason === "already_live" && failures.length === 0) return answered(gate.reason, gate.text);
	if (gate !== void 0 && gate.reason !== "already_live") failures.push(await claimedMeanwhile(environment, operation, ports) ?? gate);
	const [first] = failures;
	return first && refused$1(first.reason, gatesText(failures));
}
async function claimedMeanwhile(environment, operation, ports) {
	const look = await lookAtClaim(environment, operation, ports);
	return look.kind === "decided" && look.decision.kind === "held" ? look.decision : void 0;
}
async function versionOf({ config, ports }, sha) {
	const file = config.version?.file;
	return versionName(sha, file, file === void 0 ? void 0 : await ports.pulls.file(sha, file));
}
function unnamed(error) {
	if (error instanceof UsageError) return refused$1("config_invalid", `${code(error.message, 500)} Nothing was done.`);
	throw error;
}

// src/command/serve-lock.ts
async function serveLock(serving, environment) {
	const { request, command, ports } = serving;
	const known = await lockOf(ports.records, environment);
	if (known.kind === "unreadable") return refused$1(known.reason, known.text);
	const { reason } = command;
	const { author: by, createdAtMs: sinceMs } = request.comment;
	const hold = {
		pull: request.pull,
		by,
		sinceMs,
		...reason !== void 0 && { reason }
	};
	const decision = decideHold(known.lock, {
		environment,
		hold
	});
	if (decision.kind === "held") return refused$1(decision.reason, `${decision.text} Nothing was done.`);
	if (decision.kind === "write") {
		if (await writeLock(ports.records, environment, known, decision) === "conflict") return contended(ports);
	}
	const text = holdText(environment, decision.kind === "same" ? decision.hold : hold);
	return answered("locked", `🔒 ${text} ${code(`/unlock ${environment}`)} takes the lock away.`);
}
async function serveUnlock(serving, environment, authority) {
	const { request, ports, key } = serving;
	const known = await lockOf(ports.records, environment);
	if (known.kind === "unreadable") return refused$1(known.reason, known.text);
	const decision = decideUnlock(known.lock, environment);
	const isOwner = decision.kind === "write" && decision.was.by.id === request.comment.author.id;
	if (authority.kind === "refused" && !isOwner) return refused$1(authority.reason, authority.text);
	if (decision.kind === "none") return answered("not_locked", decision.text);
	const text = `🔓 ${code(request.comment.author.login)} unlocked ${code(environment)}. Until now: ${holdText(environment, decision.was)}`;
	await ports.conversation.say(request.pull, `answer/${key}`, text);
	if (await writeLock(ports.records, environment, known, decision) === "conflict") return contended(ports);
	return answered("unlocked", text);
}
async function serveResolve(serving, environment) {
	const { request, ports, key } = serving;
	const known = await lockOf(ports.records, environment);
	if (known.kind === "unreadable") return refused$1(known.reason, known.text);
	const decision = decideResolve(known.lock);
	if (decision.kind === "held") return refused$1(decision.reason, `${decision.text} Nothing was done.`);
	const newest = await ports.deployments.newest(environment);
	const isUnclear = newest !== void 0 && unclear(newest);
	if (decision.kind === "none" && !isUnclear) return answered("nothing_to_resolve", `${code(environment)} is not half done: there is nothing to resolve.`);
	const by = request.comment.author.login;
	const text = `🧹 ${code(by)} has looked after ${code(environment)}: it may be deployed to again.`;
	await ports.conversation.say(request.pull, `answer/${key}`, text);
	if (isUnclear) await ports.deployments.setState(newest.id, "inactive", plain(`resolved: by ${by}`, 140));
	if (decision.kind === "write" && await isConflict(serving, environment, known, decision)) return contended(ports);
	return answered("resolved", text);
}
function unclear({ state, verdict }) {
	if (state === "error") return true;
	return (state === "in_progress" || state === "unknown") && verdict !== "inconclusive";
}
async function isConflict({ ports }, environment, known, decision) {
	return await writeLock(ports.records, environment, known, decision) === "conflict";
}

// src/command/answers/order.ts
function orderText(situation, said) {
	return sentences[situation](said).join(" ");
}
const sentences = {
	promoted_on_request: (said) => [
		`🚀 ${code(said.by)} promotes ${what(said)}.`,
		...said.isJob === true ? ["Its run skips the rest of this step, or of its watch, within a minute or so."] : ["The rest of its watch is skipped: it counts as well, and later rollbacks may return to it."],
		...soFar(said)
	],
	accepted_on_request: (said) => [
		`✅ ${code(said.by)} accepts ${what(said)}, whatever was found.`,
		said.isJob === true ? "Its run goes on with it within a minute or so." : "It counts as well, and later rollbacks may return to it.",
		...soFar(said)
	],
	paused: (said) => [
		`⏸️ ${code(said.by)} pauses ${what(said)}: nothing is promoted or taken back by itself until ${command("continue", said)}.`,
		afterPause(said),
		`${command("rollback", said)} takes it back at any time.`,
		...soFar(said)
	],
	continued: (said) => [`▶️ ${code(said.by)} ends the pause of ${what(said)}: what is found is acted on again.`, ...soFar(said)],
	already_healthy: (said) => [`${what(said)} counts as well already.`, ...found(said)],
	already_paused: (said) => [`${what(said)} is paused already${said.before === void 0 ? "" : `, by ${code(said.before)}`}: ${command("continue", said)} ends that.`, ...found(said)],
	not_paused: (said) => [`${what(said)} is not paused.`, ...found(said)],
	nothing_to_pause: (said) => [
		`${what(said)} is held: nothing is done by itself there.`,
		`${command("promote", said)}, ${command("accept", said)} or ${command("rollback", said)} decide.`,
		...found(said)
	],
	nothing_watched: (said) => [
		`Nothing is being watched in ${code(said.environment)}.`,
		...said.kind === "promote" ? [`${command("accept", said)} says that ${code(said.version ?? "")} is well all the same.`] : [],
		...found(said),
		NOTHING_DONE
	],
	found_unhealthy: (said) => [
		`Users would notice ${what(said)}; to promote it does not change that.`,
		...found(said),
		`${command("accept", said)} accepts it as it is, ${command("rollback", said)} takes it back.`,
		NOTHING_DONE
	],
	being_taken_back: (said) => [
		`${what(said)} was found bad, and it is being taken back: too late for that.`,
		...found(said),
		"If you want it all the same, deploy it again once that has ended.",
		NOTHING_DONE
	],
	not_all_users: (said) => [
		`Not all users have ${what(said)}, and its run has ended.`,
		...found(said),
		`Deploying it again goes on with it, ${command("rollback", said)} takes it back.`,
		NOTHING_DONE
	],
	not_live: (said) => [`No version is on record as what all users of ${code(said.environment)} have: there is nothing to ${said.kind}.`, NOTHING_DONE]
};
const NOTHING_DONE = "Nothing was done.";
function afterPause({ isJob = false, isBad = false }) {
	if (isJob) return "Its run sees that within a minute or so.";
	return isBad ? "What a run does already goes on to its end; nothing comes after it." : "It is still watched, and told.";
}
function what({ version = "", environment }) {
	return `${code(version)} in ${code(environment)}`;
}
function command(name, { environment }) {
	return code(`/${name} ${environment}`);
}
function soFar({ line }) {
	return line === void 0 || line === "" ? [] : [`So far: ${code(line, 300)}`];
}
function found({ line }) {
	return line === void 0 || line === "" ? [] : [`Its watch: ${code(line, 300)}`];
}

// src/command/decide-order.ts
function decideOrder(facts) {
	if (facts.job !== void 0) return ofJob(facts, facts.job);
	const { watch } = facts;
	if (watch !== void 0 && watch.state !== "ended") return ofWatch(facts, watch);
	return ofNobody(facts);
}
function ofJob(facts, { deployment, last, logUrl }) {
	const { kind, by, atMs } = facts;
	const { version } = deployment;
	const told = answer$1(DONE[kind], facts, {
		version,
		isJob: true
	});
	if (last?.kind === kind && last.by === by.login && last.atMs >= atMs) return {
		kind: "answered",
		...told
	};
	if (kind === "pause" && last?.kind === "pause") return {
		kind: "answered",
		...answer$1("already_paused", facts, {
			version,
			before: last.by
		})
	};
	return {
		kind: "tell_job",
		deployment,
		...logUrl !== void 0 && { logUrl },
		...told
	};
}
function ofWatch(facts, watch) {
	const { deployment, line } = watch;
	const isBad = watch.verdict === "unhealthy";
	const said = {
		version: deployment.version,
		line,
		isBad
	};
	const why = whyNot(facts, watch);
	if (why === void 0) return {
		kind: "order",
		deployment: deployment.id,
		...answer$1(DONE[facts.kind], facts, said)
	};
	return {
		kind: REFUSED.has(why) ? "refused" : "answered",
		...answer$1(why, facts, said)
	};
}
function whyNot({ kind, live }, watch) {
	const { state, paused, verdict, deployment } = watch;
	if (kind === "continue") return paused ? void 0 : "not_paused";
	if (kind === "pause") {
		if (paused) return "already_paused";
		return state === "held" ? "nothing_to_pause" : void 0;
	}
	if (state === "open" && verdict === "unhealthy") return "being_taken_back";
	if (live?.id === deployment.id && live.state !== "success") return "not_all_users";
	if (verdict === "healthy") return "already_healthy";
	return kind === "promote" && verdict === "unhealthy" ? "found_unhealthy" : void 0;
}
function ofNobody(facts) {
	const { kind, live, watch } = facts;
	const isOfLive = watch !== void 0 && watch.deployment.id === live?.id;
	const said = {
		...live && { version: live.version },
		...isOfLive && { line: watch.line }
	};
	const no = (reason) => ({
		kind: "refused",
		...answer$1(reason, facts, said)
	});
	if (kind === "pause" || kind === "continue") return no("nothing_watched");
	if (live?.state !== "success") return no("not_live");
	if (live.verdict === "healthy" || isOfLive && watch.verdict === "healthy") return {
		kind: "answered",
		...answer$1("already_healthy", facts, said)
	};
	if (kind === "accept") return {
		kind: "accept",
		deployment: live,
		...answer$1("accepted_on_request", facts, said)
	};
	return no(live.verdict === "unhealthy" ? "found_unhealthy" : "nothing_watched");
}
const DONE = {
	promote: "promoted_on_request",
	accept: "accepted_on_request",
	pause: "paused",
	continue: "continued"
};
const REFUSED = /* @__PURE__ */ new Set([
	"being_taken_back",
	"not_all_users",
	"found_unhealthy"
]);
function answer$1(reason, { kind, environment, by }, more) {
	return {
		reason,
		text: orderText(reason, {
			kind,
			environment,
			by: by.login,
			...more
		})
	};
}

// src/command/job-at-work.ts
async function jobAtWork(environment, newest, { ports, isWatchedHere }) {
	const mayWork = newest?.state === "in_progress" || newest?.state === "success" && !isWatchedHere;
	if (newest === void 0 || !mayWork) return void 0;
	const said = await ports.deployments.read(newest.id);
	if (said.state !== newest.state) return void 0;
	const order = readJobOrder(said.description);
	const last = order && {
		...order,
		atMs: said.stateAtMs ?? 0
	};
	const { logUrl } = said;
	const job = {
		deployment: newest,
		...last !== void 0 && { last },
		...logUrl !== void 0 && { logUrl }
	};
	const run = runAtWork(said) ?? await runOfLock(environment, newest.id, ports);
	if (run === void 0) return void 0;
	const state = await ports.workflows.state(run);
	return state === void 0 || state.status === "completed" ? void 0 : job;
}
async function runOfLock(environment, deployment, { records }) {
	const read = await lockOf(records, environment);
	const held = read.kind === "unreadable" ? void 0 : heldOf(environment, read);
	return held?.operation.deployment === deployment ? held.operation.run?.id : void 0;
}

// src/command/serve-order.ts
const ATTEMPTS = 3;
async function serveOrder(serving, environment) {
	const { request, command, ports, key } = serving;
	const { conversation } = ports;
	const on = [request.pull, `answer/${key}`];
	for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
		const decision = decideOrder(await factsOf(serving, environment));
		const outcome = outcomeOf$1(decision);
		const body = answerBody(request, outcome);
		if (attempt > 1) await conversation.keep(...on, body);
		if (!("deployment" in decision)) return outcome;
		if (attempt === 1) await conversation.say(...on, body);
		if (await carryOut(serving, environment, decision) === "done") return outcome;
	}
	const text = `The watch of ${code(environment)} takes no ${code(`/${command.kind}`)} any more: it is past that. Nothing was done.`;
	await conversation.keep(...on, answerBody(request, refused$1("nothing_watched", text)));
	return refused$1("nothing_watched", text);
}
function outcomeOf$1({ kind, reason, text }) {
	return kind === "refused" ? refused$1(reason, text) : answered(reason, text);
}
async function factsOf({ request, command, ports }, environment) {
	const { deployments, watches } = ports;
	const newest = await deployments.newest(environment);
	const job = await jobAtWork(environment, newest, {
		ports,
		isWatchedHere: watches !== void 0
	});
	const watch = await watches?.current(environment);
	const live = newest?.state === "failure" || newest?.state === "inactive" ? await liveDeployment(deployments, environment) : newest;
	return {
		kind: command.kind,
		environment,
		by: request.comment.author,
		atMs: request.comment.createdAtMs,
		live,
		...job !== void 0 && { job },
		...watch !== void 0 && { watch }
	};
}
async function carryOut({ request, command, ports, key }, environment, decision) {
	const { author: by, createdAtMs: atMs } = request.comment;
	const { kind } = command;
	switch (decision.kind) {
		case "order": return await ports.watches?.order(decision.deployment, {
			kind,
			by,
			atMs
		}) === "taken" ? "done" : "over";
		case "tell_job": {
			const { id, state } = decision.deployment;
			const same = state === "success" ? state : "in_progress";
			await ports.deployments.setState(id, same, jobOrderWords(kind, by), decision.logUrl);
			return "done";
		}
		case "accept": {
			const { id, sha } = decision.deployment;
			const title = plain(`accepted: by ${by.login}`, 140);
			const details = verdictDetails(key, await ports.deployments.builtOf(environment, sha));
			await ports.deployments.setVerdict(id, "healthy", {
				title,
				text: decision.text,
				details
			});
			return "done";
		}
	}
}

// src/revert/revert-by-person.ts
async function revertByPerson(pull, by, { pullRequests, records }) {
	const merge = await pullRequests.mergeOfPull?.(pull);
	if (merge === void 0) return {
		outcome: "not_done",
		reason: "no_merge",
		message: `#${pull} was not taken back: it is not merged, or what its merge did to the branch cannot be told from what was there before.`
	};
	const isOff = records !== void 0 && (await readAutoRevert(records)).state !== "on";
	const outcome = await pullRequests.revert(merge, {
		body: bodyOf(pull, by, isOff),
		merge: true
	});
	return resultOf(outcome, {
		kind: "merge",
		merge
	});
}
function bodyOf(pull, { login }, isOff) {
	return [`${code(login)} asked for this by ${code("/revert")} on #${pull}.${isOff ? " Automatic reverts are switched off in this repository: that holds machines, not people." : ""}`, "What was merged since then stays: only this one change is taken out. Seamless merges this as soon as the repository allows it."].join("\n\n");
}

// src/command/serve-revert.ts
async function serveRevert({ request, ports }) {
	const { pullRequests } = ports;
	const pull = await ports.pulls.read(request.pull);
	if (pull === void 0) return {
		kind: "silent",
		reason: "no_pull_request"
	};
	if (pull.state !== "merged") {
		const text = `This pull request is ${pull.state}, not merged: there is no merge to take back. Nothing was done.`;
		return refused$1("not_merged", text);
	}
	if (pullRequests === void 0) return refused$1("revert_failed", "Merges cannot be taken back from here. Nothing was done.");
	const by = request.comment.author;
	return outcomeOf(await revertByPerson(request.pull, by, {
		pullRequests,
		records: ports.records
	}), by.login);
}
function outcomeOf({ outcome, reason, message }, login) {
	const by = code(login);
	switch (outcome) {
		case "merged": return answered("reverted", `↩️ ${by} asked for it: ${message} Users get it with the next deployment of that branch; ${code("/rollback")} takes an environment back at once.`);
		case "proposed": return answered("revert_proposed", `↩️ ${by} asked for it: ${message}`);
		case "already_reverted": return answered("already_reverted", message);
		case "conflict": return refused$1("revert_conflict", message);
		case "not_done": return refused$1(reason === "declined" ? "revert_declined" : "revert_failed", `${message} Nothing was done.`);
		case "failed": return refused$1("revert_failed", message);
	}
}

// src/command/serve-rollback.ts
const version = object({
	sha: string(),
	version: string()
});
const cancelled = object({
	schema: literal(1),
	target: version,
	leaves: string(),
	sinceMs: number()
});
async function cancelledFor(records, key) {
	const read = await records.read(cancelledKey(key));
	if (read.kind === "absent") return void 0;
	return (read.kind === "found" ? cancelled.safeParse(read.record.value).data : void 0) ?? "unreadable";
}
function cancelledKey(key) {
	return `rollbacks/${key}`;
}
async function noteCancelled({ ports, key }, { target, leaves }) {
	const { sha, version } = target;
	const noted = {
		schema: 1,
		target: {
			sha,
			version
		},
		leaves,
		sinceMs: ports.clock.now()
	};
	await ports.records.write(cancelledKey(key), noted, void 0);
}
const ENDS_WITHIN_MS = 1e4;
async function serveRollback(serving, environment) {
	const { ports, key } = serving;
	const own = await ownOperation(environment, key, ports);
	if (own !== void 0 && !("operation" in own)) return refused$1(own.reason, own.text);
	if (own !== void 0) return beginOperation(ports, own);
	const newest = await ports.deployments.newest(environment);
	if (newest?.key === key) return {
		kind: "silent",
		reason: "duplicate"
	};
	const begun = await cancelledFor(ports.records, key);
	if (begun === "unreadable") return refused$1("lock_unreadable", noRecordText(key));
	if (begun !== void 0 && await isBack(serving, environment, begun.target)) return back(environment, begun);
	const target = begun?.target ?? await targetOf(serving, environment, newest);
	if (newest === void 0 || target === void 0) return refused$1("no_rollback_target", noTargetText(environment));
	const claim = await claimEnvironment(environment, newOperation(serving, target), ports);
	switch (claim.kind) {
		case "refused": return refused$1(claim.reason, claim.text);
		case "contended": return contended(ports);
		case "cancel":
			if (begun === void 0) await noteCancelled(serving, {
				target,
				leaves: newest.version
			});
			return cancel(serving, claim.holder);
		case "claimed":
			if (claim.through !== void 0) await sayThrough(serving, environment, claim.through);
			return beginOperation(ports, claim.held, {
				isNew: claim.isNew,
				newestId: newest.id
			});
	}
}
async function cancel({ ports }, { run }) {
	const { workflows, log, clock } = ports;
	if (run !== void 0) {
		log.info(`Cancels run ${run.id}: a rollback does not wait for what it takes back.`);
		await workflows.cancel(run.id);
	}
	return {
		kind: "waiting",
		reason: "environment_busy",
		untilMs: clock.now() + ENDS_WITHIN_MS
	};
}
async function targetOf({ ports }, environment, newest) {
	if (newest === void 0) return void 0;
	const live = await liveDeployment(ports.deployments, environment) ?? newest;
	return ports.deployments.lastHealthy(environment, live.sha);
}
async function isBack({ ports }, environment, target) {
	await followOperation(environment, ports);
	const known = await lockOf(ports.records, environment);
	if (known.kind === "unreadable" || known.lock?.operation !== void 0) return false;
	const live = await liveDeployment(ports.deployments, environment);
	return live?.sha === target.sha && live.state === "success";
}
function back(environment, { target, leaves }) {
	const text = `↩️ ${code(environment)} is on ${code(target.version)}: the deployment of ${code(leaves)} was cancelled, and has taken itself back.`;
	return answered("rolled_back_on_request", text);
}
function noTargetText(environment) {
	return [
		`No other version of ${code(environment)} is on record as healthy: there is nothing to go back to.`,
		`An environment without ${code("health")} has none but those that somebody called well by ${code(`/accept ${environment}`)}.`,
		"Deploy one that works instead. Nothing was done."
	].join(" ");
}
function noRecordText(key) {
	return `The record ${code(cancelledKey(key))} is none of a rollback. Nothing was done: please write the command once more.`;
}
async function sayThrough({ request, key, ports }, environment, hold) {
	const text = `${holdText(environment, hold)} The rollback goes through it; the lock stays.`;
	await ports.conversation.say(request.pull, `through/${key}`, text);
}

// src/command/answers/status.ts
function statusText(status, nowMs) {
	const { environments, queue } = status;
	const table = [
		"| environment | version | state | locked | under way |",
		"|---|---|---|---|---|",
		...environments.map(({ name, newest, lock }) => `| ${cell(name)} | ${versionText(newest)} | ${stateText(newest)} | ${lockText(lock)} | ${workText(lock)} |`)
	];
	const waiting = queue.map(({ pull, command, sinceMs }) => `| #${pull} | ${cell(command)} | ${elapsed(Math.max(0, nowMs - sinceMs))} |`);
	const queued = [
		"",
		"| waiting | command | since |",
		"|---|---|---|",
		...waiting
	];
	return [
		...table,
		...watchTable(environments, nowMs),
		...waiting.length === 0 ? [] : queued,
		...switches(status)
	].join("\n");
}
function watchTable(environments, nowMs) {
	const rows = environments.flatMap(({ name, watch }) => {
		if (watch === void 0) return [];
		const { deployment, line, endsMs } = watch;
		const until = endsMs === void 0 ? "" : untilText(endsMs, nowMs);
		return [`| ${cell(name)} | ${cell(deployment.version)} | ${watchState(watch)} | ${cell(line, 300)} | ${until} |`];
	});
	if (rows.length === 0) return [];
	return [
		"",
		"| watched | version | state | how it looks | decided |",
		"|---|---|---|---|---|",
		...rows
	];
}
function watchState({ state, paused, verdict }) {
	const found = verdict === void 0 ? "" : `, ${verdict}`;
	if (state === "ended") return `ended${found}`;
	if (paused) return `⏸️ paused${found}`;
	return state === "held" ? `✋ held${found}` : `👀 ${verdict === void 0 ? "watched" : `decided${found}`}`;
}
function untilText(endsMs, nowMs) {
	const left = endsMs <= nowMs ? "any moment" : `in ${elapsed(endsMs - nowMs)}`;
	return `${utc(endsMs)} (${left})`;
}
function switches({ environments, autoRevert, counts }) {
	const breakers = environments.flatMap(({ name, breaker }) => breakerText(name, breaker) ?? []);
	return [
		`Automatic reverts: ${switchText(autoRevert)}`,
		...breakers,
		...countsLine(counts)
	].flatMap((line) => ["", line]);
}
function countsLine(counts) {
	if (counts === void 0) return [];
	const { right, wrong, missed, open } = counts;
	if (right + wrong + missed + open === 0) return [];
	return [`Of what was taken back, ${right} turned out right and ${wrong} wrong; of what was promoted, people reverted ${missed}; of ${open} nobody knows yet.`];
}
function versionText(newest) {
	if (newest === void 0) return "none yet";
	const { version, sha } = newest;
	return sha.startsWith(version) ? cell(version) : `${cell(version)} (${cell(sha.slice(0, 12))})`;
}
const STATES = {
	success: "live",
	in_progress: "being deployed",
	failure: "not taken up, or taken back",
	error: "half done",
	inactive: "not live",
	unknown: "begun"
};
function stateText(newest) {
	if (newest === void 0) return "";
	return newest.verdict === void 0 ? STATES[newest.state] : `${STATES[newest.state]}, ${newest.verdict}`;
}
function lockText(lock) {
	if (lock.kind === "unreadable") return "⚠️ unreadable";
	const hold = lock.lock?.hold;
	if (hold === void 0) return "";
	const why = hold.reason === void 0 ? "" : `: ${cell(hold.reason)}`;
	return `🔒 #${hold.pull} by ${cell(hold.by.login)} since ${utc(hold.sinceMs)}${why}`;
}
function workText(lock) {
	const operation = lock.kind === "lock" ? lock.lock?.operation : void 0;
	if (operation === void 0) return "";
	const { kind, sha, pull, by, sinceMs, run, dirty } = operation;
	const what = `${verb(kind, dirty)} ${cell(sha.slice(0, 12))}`;
	const page = run === void 0 ? "" : `, ${pageLink("run", run.url)}`;
	return `${what}${pull === void 0 ? "" : ` for #${pull}`} by ${cell(by.login)} since ${utc(sinceMs)}${page}`;
}
function verb(kind, dirty) {
	if (dirty !== void 0) return "🚨 half done:";
	return kind === "deploy" ? "deploys" : "rolls back to";
}

// src/command/serve-status.ts
async function serveHelp({ command }) {
	return answered("help_shown", helpText(command.about));
}
async function serveStatus(serving) {
	const { config, ports, request } = serving;
	const [locks, queue, autoRevert, counts] = await Promise.all([
		ports.records.list(lockKey("")),
		ports.queue?.() ?? [],
		readAutoRevert(ports.records),
		ports.watches?.counts()
	]);
	const names = Object.keys(config.environments);
	const environments = await Promise.all(names.map(async (name) => statusOf(name, locks, ports)));
	await ports.watches?.refresh();
	const status = {
		environments,
		queue: queue.filter(({ comment }) => comment !== request.comment.id),
		autoRevert,
		...counts !== void 0 && { counts }
	};
	return answered("status_shown", statusText(status, ports.clock.now()));
}
async function statusOf(name, locks, { records, deployments, watches }) {
	const key = lockKey(name);
	const [newest, breaker, watch] = await Promise.all([
		deployments.newest(name),
		readBreaker(records, name),
		watches?.current(name)
	]);
	return {
		name,
		newest,
		lock: readLock(locks.find((one) => isOf(one, key)) ?? { kind: "absent" }, name),
		breaker,
		...watch !== void 0 && { watch }
	};
}
function isOf(read, key) {
	if (read.kind === "found") return read.record.key === key;
	return read.kind === "unreadable" && read.where.includes(key);
}

// src/command/serve-unquarantine.ts
async function serveUnquarantine(serving) {
	const { request, config, ports, key } = serving;
	const pull = await ports.pulls.read(request.pull);
	if (pull === void 0) return {
		kind: "silent",
		reason: "no_pull_request"
	};
	const found = [];
	for (const environment of Object.keys(config.environments)) {
		const quarantine = await quarantineOf(serving, environment, {
			sha: pull.head,
			isFirst: false
		});
		if (quarantine !== void 0) found.push(quarantine);
	}
	const [first] = found;
	const by = request.comment.author;
	if (first === void 0) return answered("not_quarantined", `${code(pull.head.slice(0, 12))} is not quarantined: nothing keeps it out.`);
	const text = `🧪 ${code(by.login)} lets ${code(pull.head)} be deployed again. It was kept out, because: ${first.text}`;
	await ports.conversation.say(request.pull, `answer/${key}`, text);
	for (const lift of new Set(found.flatMap(({ lifts }) => lifts))) {
		const lifted = {
			schema: 1,
			by,
			pull: request.pull,
			comment: request.comment.id,
			atMs: ports.clock.now()
		};
		await ports.records.write(liftedKey(lift), lifted, void 0);
	}
	return answered("unquarantined", text);
}

// src/command/serve-command.ts
const EXPIRES_MS = 9e5;
async function serveCommand(request, ports) {
	const key = commandKey(request);
	const before = await ports.decided?.read(key);
	const outcome = before ?? await decide(request, ports);
	if (outcome.kind !== "answered" && outcome.kind !== "refused") return outcome;
	if (before === void 0) await ports.decided?.write(key, outcome);
	const own = await dropOwn(outcome, key, ports);
	if (typeof own === "object") return {
		kind: "waiting",
		reason: "lock_contended",
		untilMs: own.untilMs
	};
	if (own === "none") await answer(request, outcome, ports);
	return outcome;
}
async function answer(request, outcome, ports) {
	const key = commandKey(request);
	if (outcome.text !== "") await ports.conversation.say(request.pull, `answer/${key}`, answerBody(request, outcome));
	await ports.conversation.react(request.comment.id, outcome.kind === "refused" ? "-1" : "rocket");
}
async function decide(request, ports) {
	const trusted = await ports.config();
	if (!isDriver(trusted, ports)) return {
		kind: "silent",
		reason: "not_driver"
	};
	const role = await roleOf(request.comment.author, ports);
	if (role === "none") return {
		kind: "silent",
		reason: "stranger"
	};
	await ports.conversation.react(request.comment.id, "eyes");
	const { asked } = request;
	if (asked.kind === "reply") return refused$1(asked.reason, asked.text);
	if (trusted.kind === "missing") return refused$1("config_missing", missingConfigText(trusted));
	if (trusted.kind === "invalid") return refused$1("config_invalid", invalidConfigText(trusted));
	const { config, defaultBranch } = trusted;
	return serveKnown(servingOf({
		request,
		command: asked.command,
		config,
		defaultBranch,
		ports
	}), role);
}
function isDriver(trusted, { driver }) {
	if (trusted.kind === "missing") return true;
	return (trusted.kind === "config" ? trusted.config.driver : trusted.driver ?? driver) === driver;
}
async function serveKnown(serving, role) {
	const { command, config } = serving;
	if (!isAboutEnvironment(command)) {
		const authority = await authorityOf(serving, role);
		if (authority.kind !== "allowed") return notAllowed(authority);
		if (isLate(serving)) return expired();
		return serveGeneral({
			...serving,
			command
		});
	}
	const choice = environmentOf(command.environment, Object.keys(config.environments));
	if (choice.kind === "refused") return refused$1(choice.reason, choice.text);
	const environment = choice.name;
	const outcome = await serveThere({
		...serving,
		command
	}, role, environment);
	const hasOperation = command.kind === "deploy" || command.kind === "rollback";
	return outcome.kind === "refused" && hasOperation ? {
		...outcome,
		environment
	} : outcome;
}
function isAboutEnvironment(command) {
	return grammar[command.kind].takes.includes("environment");
}
async function serveThere(serving, role, environment) {
	const { command } = serving;
	const authority = await authorityOf(serving, role, environment);
	if (authority.kind !== "allowed" && !(command.kind === "unlock" && authority.kind === "refused")) return notAllowed(authority);
	if (isLate(serving) && !await wasAskedFor(serving, environment)) return expired();
	switch (command.kind) {
		case "deploy": return serveDeploy({
			...serving,
			command
		}, environment);
		case "rollback": return serveRollback({
			...serving,
			command
		}, environment);
		case "plan": return servePlan({
			...serving,
			command
		}, environment);
		case "promote":
		case "accept":
		case "pause":
		case "continue": return serveOrder({
			...serving,
			command
		}, environment);
		case "lock": return serveLock({
			...serving,
			command
		}, environment);
		case "unlock": return serveUnlock({
			...serving,
			command
		}, environment, authority);
		case "resolve": return serveResolve({
			...serving,
			command
		}, environment);
	}
}
async function serveGeneral(serving) {
	const { command } = serving;
	switch (command.kind) {
		case "revert": return serveRevert({
			...serving,
			command
		});
		case "unquarantine": return serveUnquarantine({
			...serving,
			command
		});
		case "autorevert": return serveAutoRevert({
			...serving,
			command
		});
		case "status": return serveStatus({
			...serving,
			command
		});
		case "help": return serveHelp({
			...serving,
			command
		});
	}
}
async function authorityOf({ request, command, config, ports }, role, environment) {
	const person = request.comment.author;
	const rules = authorityRules(command.kind, config.environments, environment);
	const facts = {
		command: command.kind,
		person,
		role,
		rules
	};
	const teams = /* @__PURE__ */ new Map();
	for (const team of teamsToAsk(facts)) teams.set(team, await unlessUnverified(() => ports.authority.isMember(team, person)));
	return decideAuthority({
		...facts,
		teams
	});
}
async function roleOf(person, { authority }) {
	return unlessUnverified(() => authority.roleOf(person));
}
async function unlessUnverified(ask) {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof GitHubError) return "unverified";
		throw error;
	}
}
function notAllowed(decision) {
	return decision.kind === "stranger" ? {
		kind: "silent",
		reason: decision.reason
	} : refused$1(decision.reason, decision.text);
}
function isLate({ request, ports }) {
	return ports.clock.now() - request.comment.createdAtMs > EXPIRES_MS;
}
async function wasAskedFor(serving, environment) {
	const { command, key, ports } = serving;
	if (command.kind === "plan") return isPlanUnderWay(ports.records, key);
	return isUnderWay(environment, key, ports);
}
function expired() {
	return refused$1("expired", expiredText(EXPIRES_MS));
}

// src/action/serve-to-its-end.ts
const LOST_ANSWERS = 5;
const AGAIN_MS = 5e3;
async function serveToItsEnd(request, ports) {
	for (let lost = 0;;) {
		let untilMs;
		try {
			const outcome = await serveCommand(request, ports);
			if (outcome.kind !== "waiting") return outcome;
			({untilMs} = outcome);
		} catch (error) {
			lost += 1;
			if (!isAmbiguous(error) || lost > LOST_ANSWERS) throw error;
			ports.log.warning(`Served again in a moment: ${String(error)}`);
			untilMs = ports.clock.now() + AGAIN_MS * lost;
		}
		await ports.clock.sleep(Math.max(1e3, untilMs - ports.clock.now()), ports.signal);
	}
}

// src/action/serve-comment.ts
async function serveComment(shell, inputs, context) {
	if (context.event !== "issue_comment") throw new UsageError(`operation: command answers comments: its job is for "issue_comment", not ${context.event}.`);
	const read = readCommentEvent(context.payload);
	if (read.kind === "ignored") return sayNothingToDo(read.reason, "");
	const side = openGitHubSide(shell, inputs, context);
	const ports = actionCommandPorts(side, await trustedConfig(side.github));
	const outcome = await serveToItsEnd(read.request, ports);
	if (outcome.kind === "silent") return sayNothingToDo(outcome.reason, "");
	ports.log.info(`The command of comment ${read.request.comment.id}: ${outcome.reason}.`);
	if (outcome.kind === "started") await waitForRun(outcome, ports);
	setOutputs({
		decision: outcome.kind === "refused" ? "nothing_to_do" : "completed",
		"reason-code": outcome.reason
	});
}
async function waitForRun({ environment, reason }, ports) {
	if (reason === "plan_started") return;
	const lateMs = ports.clock.now() + 2 * RUN_STARTS_WITHIN_MS;
	while (ports.clock.now() < lateMs) {
		const read = await lockOf(ports.records, environment);
		const held = read.kind === "lock" ? heldOf(environment, read) : void 0;
		if (held === void 0 || held.operation.run !== void 0) return;
		if ((await followOperation(environment, ports)).kind !== "waiting") return;
		await ports.clock.sleep(LOOK_EVERY_MS, ports.signal);
	}
}
const LOOK_EVERY_MS = 5e3;

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
	if (!ACTING.has(event)) throw new UsageError(`operation: ${inputs.operation} is not possible on ${event}: what ${event.startsWith("pull_request") ? "a pull request brings" : "comes with it"} is not trusted. Use "operation: ${event === "issue_comment" ? "command" : "plan"}" there, and deploy on "push" to the default branch or "workflow_dispatch".`);
	if (event === "push" && ref.startsWith("refs/heads/") && ref !== `refs/heads/${defaultBranch}`) throw new UsageError(`This push is to ${ref.slice(11)}, not to the default branch ${defaultBranch}: nothing is deployed. Add "branches: [${defaultBranch}]" under "push" of the workflow; to deploy another commit on purpose, run the workflow by hand with its sha.`);
	if (inputs.operation === "rollback") refuseTarget(inputs);
}
function refuseTarget({ sha, planDigest, stage, deploymentId }) {
	const given = [...sha !== void 0 && deploymentId === void 0 ? ["sha"] : [], ...planDigest === void 0 ? [] : ["plan-digest"]];
	if (stage !== "all") given.push("stage");
	if (given.length === 0) return;
	throw new UsageError(`operation: rollback returns to the last healthy version and takes no ${given.join(", no ")}. To bring another version there, run an upgrade with its sha.`);
}

// src/action/run-action.ts
async function runAction(shell, inputs) {
	const context = await readContext(shell.environment);
	if (inputs.operation === "command") return serveComment(shell, inputs, context);
	if (inputs.operation === "settle") return settleLost(shell, inputs, context);
	if (context.event === "merge_group") return sayMergeQueue();
	const opened = await openAction({
		...shell,
		inputs,
		context
	});
	const defaultBranch = context.defaultBranch ?? await opened.repository.defaultBranch();
	const known = {
		...context,
		defaultBranch
	};
	refuseUntrusted(inputs, known);
	if (inputs.operation === "plan") return dryRun(inputs, known, opened);
	const given = await takeGiven(inputs, known, opened);
	if (given.kind === "duplicate") return sayNothingToDo("duplicate", given.message);
	const where = {
		context: known,
		opened
	};
	const upgrade = given.kind === "none" ? await operate(shell, inputs, where) : await operateGiven(shell, {
		inputs,
		given
	}, where);
	await reportUpgrade(upgrade, opened);
	noteEnd();
}
async function operate({ signal, logs }, inputs, { context, opened, watch }) {
	const request = {
		...await requestOf(inputs, context, opened),
		...watch && { watch }
	};
	return underLocks(inputs, {
		context,
		request
	}, async () => {
		noteBeginning();
		const upgrade = inputs.operation === "rollback" ? await operateRollback(request, signal) : await operateRun(request, signal);
		logs.resume();
		if (signal.aborted) throw signal.reason;
		return upgrade;
	});
}
async function operateGiven(shell, { inputs, given: { deployment, lost } }, where) {
	const { id: deploymentId, sha, environment } = deployment;
	const { requestId } = inputs;
	const command = requestId === void 0 ? void 0 : startedBy(where.opened, {
		environment,
		requestId
	});
	let begun = lost !== void 0;
	const watch = { watchEvent: ({ type }) => {
		begun ||= type === "deployment_begun";
	} };
	try {
		if (lost !== void 0) throw new AttemptLost(lost);
		const upgrade = await operate(shell, {
			...inputs,
			deploymentId,
			sha,
			environment
		}, {
			...where,
			watch
		});
		await deployment.ended(upgrade);
		await command?.ended(exitCodeOf(upgrade) === 0 ? "success" : "failure");
		return upgrade;
	} catch (error) {
		if (!shell.signal.aborted) {
			await deployment.failed({
				reason: reasonOf(error),
				message: causes(error),
				begun
			});
			await command?.ended("failure");
		}
		throw error;
	}
}
async function sayMergeQueue() {
	await sayNothingToDo("merge_queue", "A merge queue tries this commit; it is not merged yet, so nothing is done.");
}

export { runAction };