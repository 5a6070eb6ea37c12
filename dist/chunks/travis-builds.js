import { g as unknown, i as boolean, l as number, p as string, r as array, u as object } from "./schemas.js";
import { i as redirectOf, n as briefly, o as TRAVIS_URL, r as jsonOf, t as askService } from "./ask-service.js";
import { t as RemoteFault } from "./remote-fault.js";
import { i as shownUrl } from "./http-request.js";

// src/adapters/travis-api.ts
function travisApi({ url: base, token }) {
	const headers = {
		authorization: `token ${token}`,
		"travis-api-version": "3",
		accept: "application/json"
	};
	const at = (path) => new URL(`${base}${path}`);
	return {
		read: async (path, schema, signal) => answered(at(path), schema, askService({
			url: at(path),
			headers
		}, signal)),
		async text(path, maxBytes, signal) {
			const asked = {
				url: at(path),
				headers: {
					...headers,
					accept: "text/plain"
				},
				maxBytes,
				mayBeCut: true
			};
			const answer = await askService(asked, signal);
			if (answer.status === 404) return void 0;
			assertAllowed(answer, at(path));
			return answer.isCut ? `${answer.body}\n(Seamless leaves out the rest.)\n` : answer.body;
		},
		async post(path, { body, schema }, signal) {
			const request = {
				url: at(path),
				method: "POST",
				headers: {
					...headers,
					"content-type": "application/json"
				},
				body: JSON.stringify(body)
			};
			return answered(at(path), schema, askService(request, signal));
		}
	};
}
async function answered(url, schema, asked) {
	const answer = await asked;
	if (answer.status === 404) return void 0;
	assertAllowed(answer, url);
	return jsonOf(url, answer, schema);
}
function assertAllowed(answer, url) {
	const { status } = answer;
	if (status >= 200 && status < 300) return;
	const where = shownUrl(url);
	const said = saidBy(answer);
	const to = redirectOf(answer, url);
	if (to !== void 0) throw new RemoteFault(`${where} redirects to ${to}, and redirects are not followed: set SEAMLESS_TRAVIS_URL to the API's own address.`);
	if (status === 401 || status === 403 && /access denied|login[ _]required/i.test(said)) throw new RemoteFault(`Travis CI does not accept the token (${status} of ${where}${said}): set SEAMLESS_TRAVIS_TOKEN to an API token of a user that may push.`);
	if (status === 403) throw new RemoteFault(`The user of SEAMLESS_TRAVIS_TOKEN may not do this (403 of ${where}${said}): they need push access to the repository.`);
	throw new RemoteFault(`Travis CI refuses ${where} (${status}${said}).`);
}
function saidBy({ body }) {
	try {
		const { error_message: message } = JSON.parse(body);
		if (typeof message === "string") return briefly(message);
	} catch {}
	return briefly(body);
}

// src/adapters/travis-builds.ts
function travisBuilds(request, service) {
	const { repository } = request;
	const place = {
		api: travisApi(service),
		request,
		path: `/repo/${encodeURIComponent(repository)}`,
		pageOf: (build) => service.url === "https://api.travis-ci.com" ? `https://app.travis-ci.com/github/${repository}/builds/${build}` : `build ${build} of ${repository}`
	};
	const shown = /* @__PURE__ */ new Set();
	return {
		service: "Travis CI",
		what: repository,
		pollMs: 1e4,
		settleMs: 6e4,
		check: async (signal) => check(place, signal),
		find: async (prefix, signal) => find(place, prefix, signal),
		trigger: async (key, signal) => trigger(place, key, signal),
		look: async (build, signal) => look(place, build, signal),
		news: async (build, tell, signal) => news(place, {
			build,
			shown,
			tell
		}, signal),
		report: async (build, signal) => report(place, build, signal),
		cancel: async (build, signal) => cancel(place, build, signal)
	};
}
const repositoryAnswer = object({
	active: boolean().nullish(),
	"@permissions": object({ create_request: boolean().optional() }).optional()
});
async function check({ api, request, path }, signal) {
	const found = await api.read(path, repositoryAnswer, signal);
	if (found === void 0) throw noRepository(request);
	if (found.active === false) throw new RemoteFault(`${request.repository} is not active at Travis CI: activate it in its settings there.`);
	if (found["@permissions"]?.create_request === false) throw new RemoteFault(`The user of SEAMLESS_TRAVIS_TOKEN may not request builds of ${request.repository}: they need push access to it.`);
	return `It has ${request.repository}, and builds may be requested.`;
}
function noRepository({ repository }) {
	return new RemoteFault(`Travis CI has no repository ${repository}, or does not show it to the user of SEAMLESS_TRAVIS_TOKEN (404).`);
}
const FINISHED = /* @__PURE__ */ new Set([
	"passed",
	"failed",
	"errored",
	"canceled"
]);
const buildsAnswer = object({ builds: array(object({
	id: number().int(),
	state: string().nullish(),
	commit: object({ message: string().nullish() }).nullish()
})) });
const requestsAnswer = object({ requests: array(object({
	event_type: string().nullish(),
	state: string().nullish()
})) });
async function find({ api, request, path }, prefix, signal) {
	const pending = await api.read(`${path}/requests?limit=25`, requestsAnswer, signal);
	const found = await api.read(`${path}/builds?event_type=api&limit=100&sort_by=id:desc`, buildsAnswer, signal);
	if (found === void 0 || pending === void 0) throw noRepository(request);
	return {
		requests: found.builds.flatMap(({ id, state, commit }) => {
			const key = /\((seamless-[\w-]+)\)\s*$/.exec(commit?.message ?? "")?.[1];
			if (key === void 0 || !key.startsWith(prefix)) return [];
			return [{
				key,
				build: {
					kind: "build",
					id
				},
				isOver: FINISHED.has(state ?? "")
			}];
		}),
		isUnclear: pending.requests.some(({ event_type: event, state }) => event === "api" && state !== "finished")
	};
}
const triggerAnswer = object({ request: object({ id: number().int().optional() }) });
async function trigger({ api, request, path }, key, signal) {
	const { sha, branch, variables } = request;
	const body = { request: {
		sha,
		message: `Seamless tests ${sha.slice(0, 12)} (${key})`,
		...branch !== void 0 && { branch },
		merge_mode: "deep_merge_append",
		config: { env: { global: variables } }
	} };
	const answer = await api.post(`${path}/requests`, {
		body,
		schema: triggerAnswer
	}, signal);
	if (answer === void 0) throw noRepository(request);
	const { id } = answer.request;
	return id === void 0 ? void 0 : {
		kind: "request",
		id
	};
}
const requestAnswer = object({
	state: string().nullish(),
	result: string().nullish(),
	message: string().nullish(),
	builds: array(object({ id: number().int() })).nullish()
});
const buildAnswer = object({
	state: string(),
	number: string().nullish()
});
async function look(place, build, signal) {
	if (build.kind === "build") return lookAtBuild(place, build, signal);
	const { api, path } = place;
	const request = await api.read(`${path}/request/${build.id}`, requestAnswer, signal);
	if (request === void 0) return {
		phase: "waiting",
		build,
		why: "its request is not processed yet"
	};
	const [first] = request.builds ?? [];
	if (first !== void 0) return look(place, {
		kind: "build",
		id: first.id
	}, signal);
	if (request.result === "rejected") {
		const why = request.message ?? "";
		throw new RemoteFault(`Travis CI rejected the request${why === "" ? "" : `: ${why}`}. The commit must be on GitHub, and have a .travis.yml that builds it.`);
	}
	return {
		phase: "waiting",
		build,
		why: "its request is not processed yet"
	};
}
async function lookAtBuild({ api, pageOf }, build, signal) {
	const found = await api.read(`/build/${build.id}`, buildAnswer, signal);
	if (found === void 0) throw new RemoteFault(`Travis CI has no build ${build.id} any more.`);
	const { state } = found;
	const url = pageOf(build.id);
	if (state === "created" || state === "queued" || state === "received") return {
		phase: "waiting",
		build,
		why: `no worker has begun it yet (${state}, ${url})`
	};
	if (!FINISHED.has(state)) return {
		phase: "running",
		build,
		url
	};
	if (state === "canceled") return {
		phase: "ended",
		build,
		url,
		result: "aborted",
		said: "somebody canceled it"
	};
	return {
		phase: "ended",
		build,
		url,
		result: state === "passed" ? "passed" : "failed",
		said: state
	};
}
const jobsAnswer = object({ jobs: array(object({
	id: number().int(),
	number: string().nullish(),
	state: string().nullish(),
	allow_failure: boolean().nullish(),
	started_at: string().nullish(),
	finished_at: string().nullish(),
	stage: object({ name: string().nullish() }).nullish()
})) });
async function jobsOf({ api }, build, signal) {
	return (await api.read(`/build/${build.id}/jobs`, jobsAnswer, signal))?.jobs ?? [];
}
const LOG_MAX_BYTES = 2097152;
async function news(place, { build, shown, tell }, signal) {
	if (build.kind === "request") return;
	for (const job of await jobsOf(place, build, signal)) {
		if (shown.has(job.id) || !FINISHED.has(job.state ?? "")) continue;
		const log = await place.api.text(`/job/${job.id}/log.txt`, LOG_MAX_BYTES, signal);
		shown.add(job.id);
		tell(`Job ${job.number ?? job.id}: ${job.state}\n${log ?? ""}\n`);
	}
}
async function report(place, build, signal) {
	return {
		kind: "report",
		cases: (await jobsOf(place, build, signal)).map((job, index) => caseOf(job, index))
	};
}
function caseOf(job, index) {
	const stage = job.stage?.name ?? "";
	const name = [
		"travis",
		...stage === "" ? [] : [stage],
		`job ${index + 1}`
	].join(" › ");
	const state = job.state ?? "unknown";
	const seconds = (Date.parse(job.finished_at ?? "") - Date.parse(job.started_at ?? "")) / 1e3;
	const timed = Number.isFinite(seconds) && seconds >= 0 ? { seconds } : {};
	if (state === "passed") return {
		name,
		result: "passed",
		...timed
	};
	if (job.allow_failure === true) return {
		name,
		result: "skipped",
		...timed
	};
	return {
		name,
		result: "failed",
		message: `Job ${job.number ?? job.id} ended as ${state}.`,
		...timed
	};
}
async function cancel(place, build, signal) {
	const state = await look(place, build, signal);
	if (state.phase === "ended") return;
	if (state.build.kind === "request") throw new RemoteFault(`Travis CI has not made a build of request ${build.id} yet, and a request cannot be taken back.`);
	await place.api.post(`/build/${state.build.id}/cancel`, {
		body: {},
		schema: unknown()
	}, signal);
}

export { travisBuilds as t };