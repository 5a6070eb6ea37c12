import { g as unknown, p as string, s as literal, u as object } from "./schemas.js";
import { n as repeat } from "./ensure.js";
import { r as statusOf, t as isAmbiguous } from "./request-policy.js";
import { randomUUID } from "node:crypto";

// src/github/ref-records.ts
const NAMESPACE = "seamless";
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const ATTEMPTS = 3;
const entry = object({
	seamless: literal(1),
	key: string(),
	nonce: string(),
	record: object({ value: unknown() }).optional()
});
function refRecords(github) {
	const shelf = {
		github,
		said: /* @__PURE__ */ new Map(),
		tombstones: /* @__PURE__ */ new Map()
	};
	return {
		read: async (key) => {
			const tip = await tipOf(github, key);
			return tip === void 0 ? { kind: "absent" } : readTip(shelf, key, tip);
		},
		write: async (key, value, revision) => write(shelf, {
			key,
			value,
			revision
		}),
		async remove(key, revision) {
			const commit = await append(shelf, {
				key,
				parent: revision
			});
			if (commit !== void 0) shelf.tombstones.set(key, commit);
			return commit === void 0 ? "conflict" : "removed";
		},
		list: async (prefix) => list(shelf, prefix)
	};
}
async function write(shelf, { key, value, revision }) {
	const parent = revision ?? shelf.tombstones.get(key);
	const commit = await append(shelf, {
		key,
		record: { value },
		parent
	});
	if (commit !== void 0) return {
		kind: "written",
		record: {
			key,
			value,
			revision: commit
		}
	};
	if (revision !== void 0 || parent !== void 0) return { kind: "conflict" };
	const tip = await tipOf(shelf.github, key);
	if (tip === void 0 || (await readTip(shelf, key, tip)).kind !== "absent") return { kind: "conflict" };
	const later = await append(shelf, {
		key,
		record: { value },
		parent: tip
	});
	return later === void 0 ? { kind: "conflict" } : {
		kind: "written",
		record: {
			key,
			value,
			revision: later
		}
	};
}
async function list(shelf, prefix) {
	const { octokit, owner, repo } = shelf.github;
	const asked = {
		owner,
		repo,
		ref: `${NAMESPACE}/${prefix.replace(/\/$/, "")}`
	};
	const { data } = await octokit.rest.git.listMatchingRefs(asked);
	const keys = data.map(({ ref, object }) => [ref.slice(`refs/${NAMESPACE}/`.length), object.sha]);
	return (await Promise.all(keys.filter(([key]) => key.startsWith(prefix)).toSorted(([one], [other]) => one < other ? -1 : 1).map(async ([key, tip]) => readTip(shelf, key, tip)))).filter(({ kind }) => kind !== "absent");
}
async function tipOf({ octokit, owner, repo }, key) {
	try {
		const { data } = await octokit.rest.git.getRef({
			owner,
			repo,
			ref: refOf(key)
		});
		return data.object.sha;
	} catch (error) {
		if (statusOf(error) === 404) return void 0;
		throw error;
	}
}
async function readTip(shelf, key, tip) {
	const said = shelf.said.get(tip) ?? await readEntry(shelf.github, tip);
	shelf.said.set(tip, said);
	if (said === "unreadable" || said.key !== key) {
		const { owner, repo } = shelf.github;
		return {
			kind: "unreadable",
			why: "what it points at was not written by Seamless for this key",
			where: `refs/${refOf(key)} of ${owner}/${repo} (${tip})`
		};
	}
	if (said.record === void 0) {
		shelf.tombstones.set(key, tip);
		return { kind: "absent" };
	}
	return {
		kind: "found",
		record: {
			key,
			value: said.record.value,
			revision: tip
		}
	};
}
async function readEntry({ octokit, owner, repo }, commit) {
	try {
		const { data } = await octokit.rest.git.getCommit({
			owner,
			repo,
			commit_sha: commit
		});
		const read = entry.safeParse(JSON.parse(data.message));
		return read.success ? read.data : "unreadable";
	} catch (error) {
		if (statusOf(error) === 404 || error instanceof SyntaxError) return "unreadable";
		throw error;
	}
}
async function append(shelf, { key, record, parent }) {
	const { github, said } = shelf;
	const { octokit, owner, repo } = github;
	const words = {
		seamless: 1,
		key,
		nonce: randomUUID(),
		...record && { record }
	};
	const asked = {
		owner,
		repo,
		message: JSON.stringify(words),
		tree: EMPTY_TREE,
		parents: parent === void 0 ? [] : [parent]
	};
	const { data } = await repeat(github, async () => octokit.rest.git.createCommit(asked));
	if (!await move(github, {
		key,
		to: data.sha,
		isNew: parent === void 0
	})) return void 0;
	said.set(data.sha, words);
	return data.sha;
}
async function move(github, { key, to, isNew }) {
	const { octokit, owner, repo, clock, signal } = github;
	const ref = refOf(key);
	for (let attempt = 1;; attempt += 1) try {
		if (isNew) await octokit.rest.git.createRef({
			owner,
			repo,
			ref: `refs/${ref}`,
			sha: to
		});
		else await octokit.rest.git.updateRef({
			owner,
			repo,
			ref,
			sha: to,
			force: false
		});
		return true;
	} catch (error) {
		const isLost = isAmbiguous(error);
		if (!isLost && statusOf(error) !== 422 && statusOf(error) !== 409) throw error;
		if (await tipOf(github, key) === to) return true;
		if (!isLost) return false;
		if (attempt === ATTEMPTS) throw error;
		await clock.sleep(2e3 * attempt, signal);
	}
}
function refOf(key) {
	if (!key.split("/").every((part) => /^\w[\w-]{0,99}$/.test(part))) throw new TypeError(`"${key}" is no key of a record: words of letters, digits, _ and -, with / between.`);
	return `${NAMESPACE}/${key}`;
}

export { refRecords as t };