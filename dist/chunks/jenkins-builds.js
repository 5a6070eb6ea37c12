import { g as unknown, i as boolean, l as number, p as string, r as array, u as object } from "./schemas.js";
import { i as redirectOf, n as briefly, r as jsonOf, t as askService } from "./ask-service.js";
import { i as shownUrl } from "./http-request.js";
import { t as RemoteFault } from "./remote-fault.js";

// src/adapters/jenkins-api.ts
function jenkinsApi({ url: base, user = "", token }, job) {
	const headers = {
		authorization: `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`,
		accept: "application/json, text/plain"
	};
	const place = {
		at: (path) => new URL(`${base}${path}`),
		headers,
		job
	};
	return {
		async read(path, schema, signal) {
			const url = place.at(path);
			const answer = await askService({
				url,
				headers
			}, signal);
			if (answer.status === 404) return void 0;
			assertAllowed(answer, {
				url,
				job
			});
			return jsonOf(url, answer, schema);
		},
		async text(path, maxBytes, signal) {
			const url = place.at(path);
			const answer = await askService({
				url,
				headers,
				maxBytes,
				mayBeCut: true
			}, signal);
			assertAllowed(answer, {
				url,
				job
			});
			return answer;
		},
		post: async (path, form, signal) => post(place, {
			path,
			form
		}, signal)
	};
}
async function post({ at, headers, job }, { path, form }, signal) {
	const url = at(path);
	const crumb = await crumbHeaders({
		at,
		headers,
		job
	}, signal);
	const type = { "content-type": "application/x-www-form-urlencoded" };
	const body = new URLSearchParams(form).toString();
	const request = {
		url,
		method: "POST",
		headers: {
			...headers,
			...type,
			...crumb
		},
		body
	};
	const answer = await askService(request, signal);
	const { status } = answer;
	if (status < 400) return {
		status,
		location: answer.headers.location
	};
	if (status === 404) return {
		status,
		location: void 0
	};
	assertAllowed(answer, {
		url,
		job
	});
	throw new RemoteFault(`Jenkins refuses ${shownUrl(url)} (${status}${briefly(answer.body)}).`);
}
const crumbAnswer = object({
	crumb: string(),
	crumbRequestField: string()
});
async function crumbHeaders({ at, headers, job }, signal) {
	const url = at("/crumbIssuer/api/json");
	const answer = await askService({
		url,
		headers
	}, signal);
	if (answer.status === 404) return {};
	assertAllowed(answer, {
		url,
		job
	});
	const { crumb, crumbRequestField } = jsonOf(url, answer, crumbAnswer);
	if (!/^[\w-]+$/.test(crumbRequestField) || !/^[\u0021-\u007E]+$/.test(crumb)) return {};
	const session = (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";", 1)[0]);
	return {
		[crumbRequestField]: crumb,
		...session.length > 0 && { cookie: session.join("; ") }
	};
}
function assertAllowed(answer, { url, job }) {
	const { status, body } = answer;
	if (status === 200) return;
	const where = shownUrl(url);
	const to = redirectOf(answer, url);
	if (to !== void 0) throw new RemoteFault(`${where} redirects to ${to}, and redirects are not followed: set SEAMLESS_JENKINS_URL to Jenkins' own address, or the credentials are not accepted.`);
	if (status === 401) throw new RemoteFault(`Jenkins does not accept the credentials (401 of ${where}): set SEAMLESS_JENKINS_USER and SEAMLESS_JENKINS_TOKEN to a user and an API token of theirs.`);
	if (status === 403 && /crumb/i.test(body)) throw new RemoteFault(`Jenkins refuses the request for want of a valid crumb (403 of ${where}${briefly(body)}): use an API token, which needs none, not a password.`);
	if (status === 403) throw new RemoteFault(`The user of SEAMLESS_JENKINS_USER may not do this (403 of ${where}${briefly(body)}): give it Job/Read, Job/Build and Job/Cancel on ${job}.`);
	throw new RemoteFault(`${where} answers with ${status}${briefly(body)}.`);
}

// src/adapters/jenkins-report.ts
const caseResult = object({
	className: string().nullish(),
	name: string().nullish(),
	status: string(),
	duration: number().nullish(),
	errorDetails: string().nullish(),
	errorStackTrace: string().nullish()
});
const suites = array(object({
	name: string().nullish(),
	cases: array(caseResult)
}));
const testReport = object({
	suites: suites.optional(),
	childReports: array(object({ result: object({ suites: suites.optional() }) })).optional()
});
const SUITES = `suites[name,cases[className,name,status,duration,errorDetails,errorStackTrace]]`;
const REPORT_TREE = `${SUITES},childReports[result[${SUITES}]]`;
const MESSAGE_MAX = 4096;
function casesOf({ suites: own = [], childReports = [] }) {
	return [...own, ...childReports.flatMap(({ result }) => result.suites ?? [])].flatMap(({ name: suite, cases }) => cases.map((one) => caseOf(suite ?? "", one)));
}
function caseOf(suite, found) {
	const group = found.className ?? "";
	const name = [group === "" ? suite : group, found.name ?? ""].filter((part) => part !== "").join(" › ");
	const result = resultOf(found.status);
	const details = found.errorDetails ?? "";
	const message = details === "" ? found.errorStackTrace ?? "" : details;
	return {
		name,
		result,
		...result === "failed" && message !== "" && { message: message.slice(0, MESSAGE_MAX) },
		...typeof found.duration === "number" && { seconds: found.duration }
	};
}
function resultOf(status) {
	if (status === "PASSED" || status === "FIXED") return "passed";
	return status === "SKIPPED" ? "skipped" : "failed";
}

// src/adapters/jenkins-builds.ts
function jenkinsBuilds(test, values, service) {
	const path = test.job.split("/").map((part) => `/job/${encodeURIComponent(part)}`).join("");
	const job = {
		api: jenkinsApi(service, test.job),
		test,
		path
	};
	const log = {
		number: 0,
		start: 0
	};
	return {
		service: "Jenkins",
		what: `the job ${test.job}`,
		pollMs: 5e3,
		settleMs: 15e3,
		check: async (signal) => check(job, signal),
		find: async (prefix, signal) => find(job, prefix, signal),
		trigger: async (key, signal) => trigger(job, {
			...values,
			[test.requestParameter]: key
		}, signal),
		look: async (build, signal) => look(job, build, signal),
		news: async (build, tell, signal) => {
			if (build.kind === "build") await news(job, {
				build,
				log,
				tell
			}, signal);
		},
		report: async (build, signal) => report(job, build, signal),
		cancel: async (build, signal) => cancel(job, build, signal)
	};
}
function asked(path, tree) {
	return `${path}/api/json?tree=${encodeURIComponent(tree)}`;
}
const jobAnswer = object({
	buildable: boolean().optional(),
	property: array(object({ parameterDefinitions: array(object({ name: string() })).optional() })).optional()
});
async function check({ api, test, path }, signal) {
	const found = await api.read(asked(path, "buildable,property[parameterDefinitions[name]]"), jobAnswer, signal);
	if (found === void 0) throw noJob(test);
	if (found.buildable === false) throw new RemoteFault(`The job ${test.job} is disabled at Jenkins: enable it there.`);
	const declared = (found.property ?? []).flatMap(({ parameterDefinitions }) => parameterDefinitions ?? []);
	const names = new Set(declared.map(({ name }) => name));
	const missing = [test.requestParameter, ...Object.keys(test.parameters)].filter((name) => !names.has(name));
	if (missing.length === 0) return `It has the job ${test.job} with its parameters.`;
	throw new RemoteFault(`The job ${test.job} does not declare the parameter${missing.length === 1 ? "" : "s"} ${missing.join(", ")}: Jenkins would drop what is not declared. Declare each as a string parameter (a Jenkinsfile's own are known after its first build).`);
}
function noJob({ job }) {
	return new RemoteFault(`Jenkins has no job ${job}, or does not show it to the user of SEAMLESS_JENKINS_USER (404): correct "job" of the step, folders included, or give the user Job/Read.`);
}
const actions = array(object({
	parameters: array(object({
		name: string(),
		value: unknown()
	})).optional(),
	causes: array(object({ shortDescription: string().nullish() })).optional(),
	_class: string().optional()
})).nullish();
const queueAnswer = object({ items: array(object({
	id: number().int(),
	actions
})) });
const buildsAnswer = object({ builds: array(object({
	number: number().int(),
	building: boolean().nullish(),
	actions
})).nullish() });
async function find({ api, test, path }, prefix, signal) {
	const parameters = "actions[parameters[name,value]]";
	const queue = await api.read(asked("/queue", `items[id,${parameters}]`), queueAnswer, signal);
	const tree = `builds[number,building,${parameters}]{0,100}`;
	const done = await api.read(asked(path, tree), buildsAnswer, signal);
	if (done === void 0) throw noJob(test);
	const keyOf = (found) => {
		const key = (found ?? []).flatMap((action) => action.parameters ?? []).find(({ name }) => name === test.requestParameter)?.value;
		return typeof key === "string" && key.startsWith(prefix) ? key : void 0;
	};
	return { requests: [...(queue?.items ?? []).map((item) => {
		const key = keyOf(item.actions);
		return key === void 0 ? {} : {
			key,
			build: {
				kind: "item",
				id: item.id,
				key
			},
			isOver: false
		};
	}), ...(done.builds ?? []).map(({ number, building, actions: given }) => {
		const key = keyOf(given);
		return key === void 0 ? {} : {
			key,
			build: {
				kind: "build",
				number
			},
			isOver: building !== true
		};
	})].filter((one) => one.key !== void 0) };
}
async function trigger({ api, test, path }, form, signal) {
	const { status, location } = await api.post(`${path}/buildWithParameters`, form, signal);
	if (status === 404) throw noJob(test);
	const id = /\/queue\/item\/(\d+)\/?$/.exec(location ?? "")?.[1];
	if (id !== void 0) return {
		kind: "item",
		id: Number(id),
		key: form[test.requestParameter] ?? ""
	};
}
const itemAnswer = object({
	why: string().nullish(),
	stuck: boolean().nullish(),
	cancelled: boolean().nullish(),
	executable: object({ number: number().int() }).nullish()
});
const buildAnswer = object({
	building: boolean(),
	result: string().nullish(),
	url: string(),
	actions
});
async function look(job, build, signal) {
	if (build.kind === "build") return lookAtBuild(job, build, signal);
	const { api } = job;
	const item = await api.read(`/queue/item/${build.id}/api/json`, itemAnswer, signal);
	if (item === void 0) {
		const { requests } = await find(job, build.key, signal);
		const left = requests.find(({ key, build: found }) => key === build.key && found.kind === "build");
		if (left !== void 0) return look(job, left.build, signal);
		throw new RemoteFault(`Jenkins knows nothing of its queue item ${build.id} any more, and has no build of it.`);
	}
	if (item.executable) return look(job, {
		kind: "build",
		number: item.executable.number
	}, signal);
	if (item.cancelled === true) return {
		phase: "ended",
		build,
		url: `queue item ${build.id}`,
		result: "aborted",
		said: "somebody took it out of the queue"
	};
	const stuck = item.stuck === true ? " (Jenkins calls it stuck)" : "";
	return {
		phase: "waiting",
		build,
		why: `${item.why ?? "in the queue"}${stuck}`
	};
}
async function lookAtBuild({ api, test, path }, build, signal) {
	const found = await api.read(asked(`${path}/${build.number}`, "building,result,url,actions[_class,causes[shortDescription]]"), buildAnswer, signal);
	if (found === void 0) throw new RemoteFault(`Build ${build.number} of ${test.job} is not there any more: somebody deleted it.`);
	const { building, result, url } = found;
	if (building || typeof result !== "string") return {
		phase: "running",
		build,
		url
	};
	const by = (found.actions ?? []).filter(({ _class = "" }) => _class.includes("InterruptedBuildAction")).flatMap(({ causes = [] }) => causes.map(({ shortDescription }) => shortDescription ?? ""));
	if (result === "ABORTED") return {
		phase: "ended",
		build,
		url,
		result: "aborted",
		said: by.join(", ") || result
	};
	return {
		phase: "ended",
		build,
		url,
		result: result === "SUCCESS" ? "passed" : "failed",
		said: result
	};
}
const LOG_MAX_BYTES = 2097152;
async function news({ api, path }, { build, log, tell }, signal) {
	if (log.number !== build.number) Object.assign(log, {
		number: build.number,
		start: 0
	});
	const url = `${path}/${build.number}/logText/progressiveText?start=${log.start}`;
	const answer = await api.text(url, LOG_MAX_BYTES, signal);
	tell(answer.body);
	if (answer.isCut) tell("\n(Seamless leaves out what follows here; Jenkins has it all.)\n");
	const size = Number(answer.headers["x-text-size"]);
	log.start = Number.isSafeInteger(size) ? size : log.start + Buffer.byteLength(answer.body);
}
async function report({ api, test, path }, build, signal) {
	if (!test.junit) return { kind: "none" };
	if (build.kind === "item") return {
		kind: "missing",
		why: "it never began."
	};
	const place = asked(`${path}/${build.number}/testReport`, REPORT_TREE);
	const found = await api.read(place, testReport, signal);
	if (found !== void 0) return {
		kind: "report",
		cases: casesOf(found)
	};
	return {
		kind: "missing",
		why: "it has no JUnit report. Let the job publish one (junit), or set \"junit: false\"."
	};
}
async function cancel(job, build, signal) {
	const state = await look(job, build, signal);
	if (state.phase === "ended") return;
	const { api, path } = job;
	if (state.build.kind === "item") await api.post("/queue/cancelItem", { id: String(state.build.id) }, signal);
	else await api.post(`${path}/${state.build.number}/stop`, {}, signal);
}

export { jenkinsBuilds as t };