import { l as GitHubError } from "./errors.js";
import { a as plain, n as code, o as posted, r as fence } from "./markdown.js";
import { n as repeat, t as ensure } from "./ensure.js";
import { r as statusOf, t as isAmbiguous } from "./request-policy.js";

// src/github/revert-name.ts
function revertBranch({ number, result }) {
	return `revert/pr-${number}-${result.slice(0, 12)}`;
}
function revertedByUs({ head, base }) {
	if (head.repo?.id !== base.repo.id) return void 0;
	const [, number] = /^revert\/pr-(\d{1,12})-[0-9a-f]{12}$/.exec(head.ref) ?? [];
	return number === void 0 ? void 0 : Number(number);
}
function revertMarker({ number, result }, end) {
	return `<!-- seamless:revert pull=${number} result=${result}${end === void 0 ? "" : ` end=${end}`} -->`;
}

// src/github/merge-of.ts
const REBASE_SPREAD_MS = 6e4;
async function mergeOf(github, commit) {
	const { octokit, owner, repo } = github;
	const asked = {
		owner,
		repo,
		commit_sha: commit,
		per_page: 100
	};
	const { data } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit(asked);
	const pull = mergeToBlame(data, commit);
	const result = pull?.merge_commit_sha ?? void 0;
	if (pull === void 0 || result === void 0 || pull.merged_at === null) return void 0;
	const picks = await commitsOfPull(github, pull.number);
	const line = await lineTo(github, result, picks.length + 1);
	const landing = landed({
		line,
		picks,
		result,
		head: pull.head.sha
	});
	if (landing === void 0 || !landing.brought.has(commit)) return void 0;
	const revertOf = revertedByUs(pull);
	return {
		number: pull.number,
		title: pull.title,
		author: pull.user?.login ?? "ghost",
		result,
		before: landing.before,
		base: pull.base.ref,
		shape: landing.shape,
		mergedAtMs: Date.parse(pull.merged_at),
		labels: pull.labels.map(({ name }) => name),
		forwardOnly: [...picks, ...line.slice(0, 1)].some(({ commit }) => isForwardOnly(commit.message)),
		...revertOf !== void 0 && { revertOf }
	};
}
async function mergeOfPull(github, pull) {
	const { octokit, owner, repo } = github;
	const { data } = await octokit.rest.pulls.get({
		owner,
		repo,
		pull_number: pull
	});
	if (!data.merged || data.merge_commit_sha === null) return void 0;
	const merge = await mergeOf(github, data.merge_commit_sha);
	return merge?.number === pull ? merge : void 0;
}
function mergeToBlame(pulls, commit) {
	const rank = (pull) => (pull.base.ref === pull.base.repo.default_branch ? 2 : 0) + (pull.merge_commit_sha === commit ? 1 : 0);
	return pulls.filter(({ merged_at }) => merged_at !== null).sort((one, other) => rank(other) - rank(one) || (one.merged_at ?? "").localeCompare(other.merged_at ?? ""))[0];
}
async function commitsOfPull({ octokit, owner, repo }, number) {
	const commits = [];
	for (let page = 1; page <= 3; page += 1) {
		const { data } = await octokit.rest.pulls.listCommits({
			owner,
			repo,
			pull_number: number,
			per_page: 100,
			page
		});
		commits.push(...data);
		if (data.length < 100) break;
	}
	return commits;
}
async function lineTo({ octokit, owner, repo }, sha, count) {
	const { data } = await octokit.rest.repos.listCommits({
		owner,
		repo,
		sha,
		per_page: Math.min(100, count)
	});
	return data;
}
function landed({ line, picks, result, head }) {
	const tip = line.find(({ sha }) => sha === result);
	const [first, second] = tip?.parents ?? [];
	if (tip === void 0 || first === void 0) return void 0;
	if (second !== void 0) {
		if (result === head) return void 0;
		return {
			shape: "merge",
			before: first.sha,
			brought: /* @__PURE__ */ new Set([result, ...picks.map(({ sha }) => sha)])
		};
	}
	const copies = copiesOf({
		line,
		picks,
		tip
	});
	if (copies === "unprovable") return void 0;
	const before = copies.at(-1)?.parents[0]?.sha;
	if (before === void 0) return {
		shape: "squash",
		before: first.sha,
		brought: /* @__PURE__ */ new Set([result])
	};
	return {
		shape: "rebase",
		before,
		brought: new Set(copies.map(({ sha }) => sha))
	};
}
function copiesOf({ line, picks, tip }) {
	const bySha = new Map(line.map((commit) => [commit.sha, commit]));
	const copies = [];
	let from = picks.length;
	for (let at = tip; at !== void 0; at = bySha.get(at.parents[0]?.sha ?? "")) {
		const current = at;
		const index = picks.slice(0, from).findLastIndex((pick) => isCopy(current, pick, tip));
		if (index === -1) break;
		if (at.parents.length !== 1) return "unprovable";
		copies.push(at);
		from = index;
	}
	return copies;
}
function isCopy(commit, pick, tip) {
	if (commit.sha === pick.sha) return true;
	return Math.abs(committedMs(commit) - committedMs(tip)) <= REBASE_SPREAD_MS && commit.commit.message === pick.commit.message && commit.commit.author?.email === pick.commit.author?.email && commit.commit.author?.name === pick.commit.author?.name && commit.commit.author?.date === pick.commit.author?.date;
}
function committedMs({ commit }) {
	return Date.parse(commit.committer?.date ?? "");
}
function isForwardOnly(message) {
	return /^Seamless-Forward-Only:[ \t]*true[ \t]*\r?$/im.test(message);
}

// src/github/revert/recipe.ts
function conflictRecipe(merge) {
	const branch = `${revertBranch(merge)}-by-hand`;
	const commands = [
		"git fetch origin",
		`git switch --create ${branch} ${quoted(`origin/${merge.base}`)}`,
		revertCommand(merge),
		"# settle each conflict, then: git add --update && git revert --continue",
		`git push origin ${branch}`
	];
	return `Later work builds on #${merge.number}, so it cannot be taken out without a person's eye:\n\n${fence(commands.join("\n"), { language: "sh" })}`;
}
function revertCommand({ shape, result, before }) {
	return `git revert --no-edit ${{
		merge: `--mainline 1 ${result}`,
		squash: result,
		rebase: `${before}..${result}`
	}[shape]}`;
}
function quoted(text) {
	return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

// src/github/revert/revert-commit.ts
async function treeOf({ octokit, owner, repo }, commit) {
	const { data } = await octokit.rest.git.getCommit({
		owner,
		repo,
		commit_sha: commit
	});
	return data.tree.sha;
}
async function isRevertCommit({ octokit, owner, repo }, commit, { merge, tree }) {
	const { data } = await octokit.rest.git.getCommit({
		owner,
		repo,
		commit_sha: commit
	});
	return data.tree.sha === tree && data.parents.length === 1 && data.parents[0]?.sha === merge.result;
}
async function ensureRevertBranch(github, { merge, tree }) {
	const { octokit, owner, repo } = github;
	const branch = revertBranch(merge);
	return ensure(github, {
		find: async () => branchHead(github, branch),
		make: async () => {
			const asked = {
				owner,
				repo,
				message: message(merge),
				tree,
				parents: [merge.result]
			};
			const commit = await repeat(github, async () => octokit.rest.git.createCommit(asked));
			await octokit.rest.git.createRef({
				owner,
				repo,
				ref: `refs/heads/${branch}`,
				sha: commit.data.sha
			});
			return commit.data.sha;
		}
	});
}
async function deleteRevertBranch(github, merge, ours) {
	const { octokit, owner, repo } = github;
	const branch = revertBranch(merge);
	if (await branchHead(github, branch) !== ours) return;
	try {
		await repeat(github, async () => octokit.rest.git.deleteRef({
			owner,
			repo,
			ref: `heads/${branch}`
		}));
	} catch (error) {
		const status = statusOf(error);
		if (status !== 422 && status !== 404) throw error;
	}
}
function revertTitle({ title }) {
	return `Revert "${plain(title, 240)}"`;
}
async function branchHead({ octokit, owner, repo }, branch) {
	try {
		const { data } = await octokit.rest.git.getRef({
			owner,
			repo,
			ref: `heads/${branch}`
		});
		return data.object.sha;
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}
function message(merge) {
	const whole = merge.shape === "rebase" ? ` and the commits of #${merge.number} before it, back to ${merge.before}` : "";
	return `${revertTitle(merge)}\n\nThis reverts commit ${merge.result}${whole}.\n`;
}

// src/github/revert/earlier-revert.ts
async function earlierRevert(github, merge) {
	const { octokit, owner, repo } = github;
	const asked = {
		owner,
		repo,
		state: "all",
		head: `${owner}:${revertBranch(merge)}`,
		base: merge.base,
		per_page: 100
	};
	const { data } = await octokit.rest.pulls.list(asked);
	const open = data.find(({ state }) => state === "open");
	if (open !== void 0) return {
		kind: "open",
		number: open.number
	};
	const pull = data.find(({ merged_at }) => merged_at !== null) ?? data[0];
	if (pull === void 0) return { kind: "none" };
	const pullRequest = {
		number: pull.number,
		url: pull.html_url,
		head: pull.head.sha
	};
	const isMerged = pull.merged_at !== null;
	if (!isMerged && pull.body?.includes(revertMarker(merge, "conflict")) !== true) return {
		kind: "ended",
		outcome: {
			kind: "declined",
			pullRequest
		}
	};
	await deleteRevertBranch(github, merge, pull.head.sha);
	if (!isMerged) return {
		kind: "ended",
		outcome: {
			kind: "conflict",
			recipe: conflictRecipe(merge)
		}
	};
	return {
		kind: "ended",
		outcome: {
			kind: "merged",
			pullRequest,
			commit: pull.merge_commit_sha ?? pull.head.sha
		}
	};
}

// src/github/revert/refused.ts
async function refused(github, merge, error) {
	const said = code(error instanceof Error ? error.message : String(error), 700);
	const workflows = await touchedWorkflows(github, merge);
	return {
		kind: "refused",
		why: workflows.length === 0 ? said : `the merge changed ${workflows.map((path) => code(path)).join(", ")}, and only a token with the permission "workflows: write" may put such a file back: that of an App, never a workflow's GITHUB_TOKEN. ${said}`,
		recipe: `Give the permission and run again, or revert by hand:\n\n${fence(revertCommand(merge), { language: "sh" })}`
	};
}
async function touchedWorkflows({ octokit, owner, repo }, { before, result }) {
	const asked = {
		owner,
		repo,
		basehead: `${before}...${result}`,
		per_page: 1
	};
	const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked);
	return (data.files ?? []).flatMap(({ filename, previous_filename }) => [filename, previous_filename ?? ""]).filter((path) => path.startsWith(".github/workflows/"));
}

// src/github/revert/reverted-by-people.ts
const MAX_PAGES$1 = 10;
async function revertedByPeople(github, { merge, tree }) {
	const { status, commits } = await commitsSince(github, merge);
	if (status === "diverged" || status === "behind") return {
		kind: "refused",
		why: `commit ${merge.result} of #${merge.number} is not on ${code(merge.base)} any more`,
		recipe: "Somebody rewrote the branch. Look whether what it holds now needs the revert at all."
	};
	if (commits.at(-1)?.commit.tree.sha === tree) return {
		kind: "already_reverted",
		by: `${code(merge.base)} holds what it held before #${merge.number}`
	};
	const revert = standingRevert(commits, matcher(github, merge));
	if (revert !== void 0) return {
		kind: "already_reverted",
		by: `commit ${revert.sha}`
	};
	return openedByPerson(github, merge);
}
async function commitsSince({ octokit, owner, repo }, { result, base }) {
	const commits = [];
	for (let page = 1;; page += 1) {
		const asked = {
			owner,
			repo,
			basehead: `${result}...${base}`,
			per_page: 100,
			page
		};
		const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked);
		commits.push(...data.commits);
		if (data.commits.length < 100 || page === MAX_PAGES$1) return {
			status: data.status,
			commits
		};
	}
}
function standingRevert(commits, undoes) {
	const reverts = [];
	for (const commit of commits) {
		const { message } = commit.commit;
		const undone = reverts.findIndex(({ sha }) => names(message, sha));
		if (undone !== -1) reverts.splice(undone, 1);
		else if (undoes(message)) reverts.push(commit);
	}
	return reverts.at(-1);
}
function matcher({ owner, repo }, { number, result }) {
	const slug = `${owner}/${repo}`.replaceAll(/[.\\+*?^$[\](){}|]/g, String.raw`\$&`);
	const button = new RegExp(String.raw`^Reverts (?:${slug})?#${number}(?!\d)`, "im");
	return (text) => names(text, result) || button.test(text);
}
function names(text, sha) {
	return [...text.matchAll(/This reverts commit ([0-9a-f]{7,64})/g)].some(([, short = ""]) => sha.startsWith(short));
}
async function openedByPerson(github, merge) {
	const { octokit, owner, repo } = github;
	const undoes = matcher(github, merge);
	const asked = {
		owner,
		repo,
		state: "open",
		base: merge.base,
		sort: "created",
		direction: "desc",
		per_page: 100
	};
	const { data } = await octokit.rest.pulls.list(asked);
	const pull = data.find(({ head, base, body }) => head.repo?.id === base.repo.id && head.ref !== revertBranch(merge) && undoes(body ?? ""));
	if (pull === void 0) return void 0;
	return {
		kind: "proposed",
		pullRequest: {
			number: pull.number,
			url: pull.html_url,
			head: pull.head.sha
		},
		reason: "opened_by_person",
		why: `${code(pull.user?.login ?? "somebody")} has opened #${pull.number} for it already`
	};
}

// src/github/revert/ask-reviewers.ts
async function askReviewers(github, { author }, pull) {
	const { octokit, owner, repo, log } = github;
	if (pull.requested_reviewers?.some(({ login }) => login === author) === true || author === "ghost" || author.endsWith("[bot]") || author === pull.user.login) return;
	try {
		await octokit.rest.pulls.requestReviewers({
			owner,
			repo,
			pull_number: pull.number,
			reviewers: [author]
		});
	} catch (error) {
		const status = statusOf(error);
		if (status !== 403 && status !== 422) throw error;
		log.warning(`Nobody was asked to review #${pull.number}: ${author} cannot be asked in ${owner}/${repo}.`);
	}
}

// src/github/revert/land-later.ts
async function standingOf({ octokit }, pull) {
	const document = `query ($id: ID!) { node(id: $id) { ... on PullRequest { reviewDecision isInMergeQueue } } }`;
	const { reviewDecision, isInMergeQueue = false } = (await unlessRefused(async () => octokit.graphql(document, { id: pull.node_id })))?.node ?? {};
	if (reviewDecision === void 0) return {
		review: "unknown",
		isInMergeQueue
	};
	return {
		review: reviewDecision === "REVIEW_REQUIRED" || reviewDecision === "CHANGES_REQUESTED" ? "required" : "not_required",
		isInMergeQueue
	};
}
async function landLater(github, pull, at) {
	if (at.isInMergeQueue || at.hasMergeQueue && await enqueue(github, pull)) return "merge_queue";
	if (pull.auto_merge !== null || await turnOnAutoMerge(github, pull, at.method)) return "auto_merge";
}
async function enqueue({ octokit }, pull) {
	const document = `mutation ($input: EnqueuePullRequestInput!) {
    enqueuePullRequest(input: $input) { mergeQueueEntry { position } }
  }`;
	const input = {
		pullRequestId: pull.node_id,
		expectedHeadOid: pull.head.sha
	};
	return await unlessRefused(async () => octokit.graphql(document, { input })) !== void 0;
}
async function turnOnAutoMerge({ octokit }, pull, method) {
	const document = `mutation ($input: EnablePullRequestAutoMergeInput!) {
    enablePullRequestAutoMerge(input: $input) { pullRequest { number } }
  }`;
	const input = {
		pullRequestId: pull.node_id,
		expectedHeadOid: pull.head.sha,
		mergeMethod: method.toUpperCase()
	};
	return await unlessRefused(async () => octokit.graphql(document, { input })) !== void 0;
}
async function unlessRefused(ask) {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof Error && error.name === "GraphqlResponseError") return void 0;
		throw error;
	}
}

// src/github/revert/merge-methods.ts
async function mergeMethods({ octokit, owner, repo }, { shape }) {
	const { data } = await octokit.rest.repos.get({
		owner,
		repo
	});
	const allowed = {
		squash: data.allow_squash_merge,
		merge: data.allow_merge_commit,
		rebase: data.allow_rebase_merge
	};
	const methods = [
		"squash",
		"merge",
		"rebase"
	].filter((method) => allowed[method] !== false);
	return methods.includes(shape) ? [shape, ...methods.filter((method) => method !== shape)] : methods;
}

// src/github/revert/why-blocked.ts
async function whyBlocked(github, pull, { rules, standing }) {
	const reported = await reportedChecks(github, pull.head.sha);
	const stateOf = (name) => reported.get(name) ?? "missing";
	const failing = rules.required.filter((name) => stateOf(name) === "failing");
	const open = rules.required.filter((name) => stateOf(name) === "pending" || stateOf(name) === "missing");
	const nobody = open.length > 0 && open.every((name) => stateOf(name) === "missing") ? NOBODY_STARTS : "";
	const base = code(pull.base.ref);
	const found = [
		...when(failing.length > 0, "checks_failing", `failing: ${listed(failing)}`),
		...when(standing.review === "required", "review_required", `${base} needs a review before anything is merged`),
		...when(open.length > 0, "checks_pending", `not ended yet: ${listed(open)}${nobody}`),
		...when(pull.mergeable_state === "behind", "behind", `${base} wants it brought up to date first`),
		...when(rules.hasMergeQueue, "merge_queue", `${base} takes changes through its merge queue only`)
	];
	const [gravest] = found;
	if (gravest === void 0) return {
		reason: "blocked",
		why: `the rules of ${base} hold it back, and GitHub does not say which`
	};
	return {
		reason: gravest.reason,
		why: found.map(({ why }) => why).join("; ")
	};
}
async function branchRules({ octokit, owner, repo }, branch) {
	const [classic, rulesets] = await Promise.all([octokit.rest.repos.getBranch({
		owner,
		repo,
		branch
	}), octokit.rest.repos.getBranchRules({
		owner,
		repo,
		branch,
		per_page: 100
	})]);
	const ofRulesets = rulesets.data.flatMap((rule) => rule.type === "required_status_checks" ? rule.parameters?.required_status_checks ?? [] : []);
	const ofClassic = classic.data.protection?.required_status_checks?.contexts ?? [];
	return {
		required: [.../* @__PURE__ */ new Set([...ofClassic, ...ofRulesets.map(({ context }) => context)])],
		hasMergeQueue: rulesets.data.some(({ type }) => type === "merge_queue")
	};
}
async function reportedChecks({ octokit, owner, repo }, sha) {
	const asked = {
		owner,
		repo,
		ref: sha,
		per_page: 100
	};
	const [checks, status] = await Promise.all([octokit.rest.checks.listForRef(asked), octokit.rest.repos.getCombinedStatusForRef(asked)]);
	const runs = checks.data.check_runs.map(({ name, conclusion }) => [name, conclusionState(conclusion)]);
	const statuses = status.data.statuses.map(({ context, state }) => [context, conclusionState(state === "pending" ? null : state)]);
	return new Map([...runs, ...statuses]);
}
function conclusionState(conclusion) {
	if (conclusion === null) return "pending";
	return [
		"success",
		"neutral",
		"skipped"
	].includes(conclusion) ? "passed" : "failing";
}
function when(holds, reason, why) {
	return holds ? [{
		reason,
		why
	}] : [];
}
const NOBODY_STARTS = " (none has begun: what GITHUB_TOKEN opens starts no workflow; close and reopen the pull request, or give Seamless the token of an App)";
function listed(names) {
	return names.slice(0, 10).map((name) => code(name, 100)).join(", ") + (names.length > 10 ? ` and ${names.length - 10} more` : "");
}

// src/github/revert/settle-revert.ts
const POLL_MS = [
	1e3,
	2e3,
	3e3
];
const POLL_LIMIT_MS = 12e4;
const MERGE_ATTEMPTS = 3;
async function settleRevert(github, undoing, { number, merge }) {
	const pull = await knownMergeability(github, number);
	if (pull.merged) return merged(pull);
	if (pull.state === "closed") return {
		kind: "declined",
		pullRequest: pullRequestOf(pull)
	};
	if (!await isRevertCommit(github, pull.head.sha, undoing)) return waiting(github, {
		undoing,
		pull
	}, {
		reason: "changed_by_person",
		why: "somebody pushed to its branch"
	});
	if (pull.mergeable === false) return giveUp(github, undoing, pull);
	if (pull.mergeable === null) return waiting(github, {
		undoing,
		pull
	}, {
		reason: "mergeability_unknown",
		why: `GitHub did not say within ${POLL_LIMIT_MS / 1e3} s whether it can be merged`
	});
	if (!merge) return waiting(github, {
		undoing,
		pull
	}, {
		reason: "asked",
		why: "a person decides whether to merge it"
	});
	return mergeRevert(github, undoing, pull);
}
async function knownMergeability(github, number) {
	const { octokit, owner, repo, clock, signal } = github;
	const endMs = clock.now() + POLL_LIMIT_MS;
	for (let poll = 0;; poll += 1) {
		const { data } = await octokit.rest.pulls.get({
			owner,
			repo,
			pull_number: number
		});
		if (data.mergeable !== null || data.state === "closed" || clock.now() >= endMs) return data;
		await clock.sleep(POLL_MS[poll] ?? 5e3, signal);
	}
}
async function mergeRevert(github, undoing, first) {
	const methods = await mergeMethods(github, undoing.merge);
	let pull = first;
	for (let attempt = 0; attempt < MERGE_ATTEMPTS; attempt += 1) {
		if (pull.mergeable_state === "blocked" || pull.mergeable_state === "behind") break;
		const method = methods[attempt % methods.length] ?? "merge";
		const answer = await tryMerge(github, pull, method);
		if (answer !== "refused") {
			await deleteRevertBranch(github, undoing.merge, pull.head.sha);
			return {
				kind: "merged",
				pullRequest: pullRequestOf(pull),
				commit: answer
			};
		}
		pull = await knownMergeability(github, pull.number);
		if (pull.merged) return merged(pull);
		if (pull.mergeable === false) return giveUp(github, undoing, pull);
		if (pull.head.sha !== first.head.sha) return waiting(github, {
			undoing,
			pull
		}, {
			reason: "changed_by_person",
			why: "somebody pushed to its branch"
		});
	}
	return blocked(github, undoing, {
		pull,
		method: methods[0] ?? "merge"
	});
}
async function tryMerge(github, pull, method) {
	const { octokit, owner, repo, clock, signal } = github;
	const asked = {
		owner,
		repo,
		pull_number: pull.number
	};
	try {
		const { data } = await octokit.rest.pulls.merge({
			...asked,
			sha: pull.head.sha,
			merge_method: method
		});
		return data.sha;
	} catch (error) {
		const status = statusOf(error);
		if (status === 405 || status === 409) return "refused";
		if (!isAmbiguous(error)) throw error;
		await clock.sleep(2e3, signal);
		const { data } = await octokit.rest.pulls.get(asked);
		return data.merged ? data.merge_commit_sha ?? data.head.sha : "refused";
	}
}
async function blocked(github, undoing, { pull, method }) {
	const [rules, standing] = await Promise.all([branchRules(github, pull.base.ref), standingOf(github, pull)]);
	const waitsFor = await whyBlocked(github, pull, {
		rules,
		standing
	});
	if (waitsFor.reason === "checks_failing") return waiting(github, {
		undoing,
		pull
	}, waitsFor);
	const { hasMergeQueue } = rules;
	const { isInMergeQueue } = standing;
	const way = await landLater(github, pull, {
		method,
		hasMergeQueue,
		isInMergeQueue
	});
	const said = way === void 0 ? waitsFor : {
		reason: way,
		why: `${waitsFor.why}; it goes in by itself after that`
	};
	return waiting(github, {
		undoing,
		pull
	}, said);
}
async function waiting(github, { undoing, pull }, said) {
	await askReviewers(github, undoing.merge, pull);
	return {
		kind: "proposed",
		pullRequest: pullRequestOf(pull),
		...said
	};
}
async function giveUp(github, undoing, pull) {
	const { octokit, owner, repo } = github;
	const recipe = conflictRecipe(undoing.merge);
	const body = posted(`${recipe}\n\n${pull.body ?? ""}`, { marker: revertMarker(undoing.merge, "conflict") });
	await repeat(github, async () => octokit.rest.pulls.update({
		owner,
		repo,
		pull_number: pull.number,
		state: "closed",
		body
	}));
	await deleteRevertBranch(github, undoing.merge, pull.head.sha);
	return {
		kind: "conflict",
		recipe
	};
}
function merged(pull) {
	return {
		kind: "merged",
		pullRequest: pullRequestOf(pull),
		commit: pull.merge_commit_sha ?? pull.head.sha
	};
}
function pullRequestOf(pull) {
	return {
		number: pull.number,
		url: pull.html_url,
		head: pull.head.sha
	};
}

// src/github/revert/revert-merge.ts
async function revertMerge(github, merge, request) {
	if (merge.revertOf !== void 0) return {
		kind: "refused",
		why: `#${merge.number} is itself a revert that Seamless made, of #${merge.revertOf}`,
		recipe: "Reverts by machine are not reverted by machine: decide which of the two versions is the lesser evil."
	};
	const earlier = await earlierRevert(github, merge);
	if (earlier.kind === "ended") return earlier.outcome;
	const undoing = {
		merge,
		tree: await treeOf(github, merge.before)
	};
	const byPeople = await revertedByPeople(github, undoing);
	if (byPeople !== void 0) return byPeople;
	try {
		const number = earlier.kind === "open" ? earlier.number : await proposeRevert(github, undoing, request.body);
		if (typeof number !== "number") return number;
		return await settleRevert(github, undoing, {
			number,
			merge: request.merge
		});
	} catch (error) {
		if (statusOf(error) !== 403) throw error;
		return refused(github, merge, error);
	}
}
async function proposeRevert(github, undoing, body) {
	const { octokit, owner, repo } = github;
	const { merge } = undoing;
	const head = revertBranch(merge);
	const commit = await ensureRevertBranch(github, undoing);
	if (!await isRevertCommit(github, commit, undoing)) return {
		kind: "refused",
		why: `the branch ${code(head)} exists and holds something else than the revert of #${merge.number}`,
		recipe: `Delete ${code(head)} if nobody needs it; a new attempt makes it again.`
	};
	const text = {
		title: revertTitle(merge),
		body: posted(`${body}\n\nReverts ${owner}/${repo}#${merge.number}`, { marker: revertMarker(merge) })
	};
	return (await ensure(github, {
		find: async () => {
			const asked = {
				owner,
				repo,
				state: "open",
				head: `${owner}:${head}`,
				base: merge.base,
				per_page: 1
			};
			const [found] = (await octokit.rest.pulls.list(asked)).data;
			return found;
		},
		make: async () => (await octokit.rest.pulls.create({
			owner,
			repo,
			head,
			base: merge.base,
			...text
		})).data
	})).number;
}

// src/github/suspects.ts
async function suspects(github, from, to) {
	const merge = await mergeOf(github, to);
	if (merge === void 0) return { kind: "none" };
	if (merge.before === from) return {
		kind: "one",
		merge
	};
	const several = (others) => ({
		kind: "several",
		merge,
		others
	});
	const range = await compare(github, from, to);
	if (range === void 0) return several(`whatever came since ${from}, which is not in the repository any more`);
	if (range.status === "diverged") return several(`whatever lies between it and ${from}, which was well, on another line`);
	if (range.status !== "ahead") return { kind: "none" };
	const before = await compare(github, from, merge.before);
	return before?.status === "ahead" ? several(`${before.commits} more commits since ${from}`) : {
		kind: "one",
		merge
	};
}
async function compare({ octokit, owner, repo }, from, to) {
	try {
		const asked = {
			owner,
			repo,
			basehead: `${from}...${to}`,
			per_page: 1
		};
		const { data } = await octokit.rest.repos.compareCommitsWithBasehead(asked);
		return {
			status: data.status,
			commits: data.ahead_by
		};
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}

// src/github/pull-requests.ts
const MARKER = "<!-- seamless:upgrade -->";
const MAX_PAGES = 10;
function githubPullRequests(github) {
	return {
		open: async (request) => openPullRequest(github, request),
		mergeOf: async (commit) => mergeOf(github, commit),
		mergeOfPull: async (pull) => mergeOfPull(github, pull),
		suspects: async (from, to) => suspects(github, from, to),
		revert: async (merge, request) => revertMerge(github, merge, request),
		revertsSince: async (ms) => revertsSince(github, ms)
	};
}
async function openPullRequest(github, request) {
	const { octokit, owner, repo } = github;
	const { branch, base, draft } = request;
	const text = {
		title: plain(request.title),
		body: posted(request.body, { marker: MARKER })
	};
	const found = await ensure(github, {
		find: async () => findOpen(github, branch, base),
		make: async () => {
			const { data } = await octokit.rest.pulls.create({
				owner,
				repo,
				head: branch,
				base,
				draft,
				...text
			});
			return data;
		}
	});
	if (found.body?.endsWith(MARKER) === true && (found.title !== text.title || found.body !== text.body)) await repeat(github, async () => octokit.rest.pulls.update({
		owner,
		repo,
		pull_number: found.number,
		...text
	}));
	return {
		number: found.number,
		url: found.html_url,
		head: found.head.sha
	};
}
async function findOpen({ octokit, owner, repo }, branch, base) {
	const asked = {
		owner,
		repo,
		state: "open",
		head: `${owner}:${branch}`,
		base,
		per_page: 1
	};
	const [found] = (await octokit.rest.pulls.list(asked)).data;
	return found;
}
async function revertsSince({ octokit, owner, repo }, ms) {
	const asked = {
		owner,
		repo,
		state: "closed",
		sort: "updated",
		direction: "desc",
		per_page: 100
	};
	let reverts = 0;
	for (let page = 1; page <= MAX_PAGES; page += 1) {
		const { data } = await octokit.rest.pulls.list({
			...asked,
			page
		});
		reverts += data.filter((pull) => Date.parse(pull.merged_at ?? "") >= ms && revertedByUs(pull) !== void 0).length;
		if (data.length < 100 || data.some(({ updated_at }) => Date.parse(updated_at) < ms)) return reverts;
	}
	throw new GitHubError(200, `More than 1000 pull requests were closed since ${new Date(ms).toISOString()}: not all were counted.`);
}

export { revertedByUs as n, githubPullRequests as t };