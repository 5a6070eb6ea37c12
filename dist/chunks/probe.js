import { l as UsageError } from "./errors.js";
import { n as httpRequest, r as shownUrl, t as HttpFailure } from "./http-request.js";
import { n as compilePattern, r as matchWithin, t as PatternFailure } from "./pattern.js";

// src/adapters/probe.ts
const MAX_BODY_BYTES = 1048576;
const MATCHING_MS = 250;
function probeSource({ name, url, clock }) {
	const base = readBase(name, url);
	return {
		name,
		async read(queries, signal) {
			signal.throwIfAborted();
			return Promise.all(queries.map((query) => measure({
				base,
				query,
				clock
			}, signal)));
		}
	};
}
function readBase(name, text) {
	const url = URL.parse(text);
	if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`source ${name}: expected the http or https URL of the service`);
	if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") throw new UsageError(`source ${name}: a probe's URL has no user, password, query or fragment`);
	return url;
}
async function measure({ base, query, clock }, signal) {
	if (query.kind !== "probe") return {
		kind: "invalid",
		why: `a probe does not answer ${query.kind} queries`
	};
	try {
		const { probe } = query;
		const expected = probe.body === void 0 ? void 0 : compilePattern(probe.body);
		if (expected !== void 0 && probe.method === "HEAD") return {
			kind: "invalid",
			why: "a HEAD request has no body that could match"
		};
		const url = below(base, probe.path);
		if (url === void 0) return {
			kind: "invalid",
			why: `${JSON.stringify(probe.path)} is no path below ${shownUrl(base)}`
		};
		const atMs = clock.now();
		const startedMs = performance.now();
		return samples(url, atMs, {
			success: await isSuccess({
				url,
				probe,
				expected
			}, signal),
			seconds: (performance.now() - startedMs) / 1e3
		});
	} catch (error) {
		if (error instanceof PatternFailure || error instanceof UndecidedBody) return {
			kind: "invalid",
			why: error.message
		};
		if (error instanceof HttpFailure) return {
			kind: "error",
			why: error.message
		};
		throw error;
	}
}
function below(base, path) {
	if (!path.startsWith("/")) return void 0;
	const prefix = base.pathname.replace(/\/$/, "");
	const url = URL.parse(`${base.origin}${prefix}${path}`);
	return url?.origin === base.origin && url.pathname.startsWith(`${prefix}/`) && url.username === "" ? url : void 0;
}
async function isSuccess({ url, probe, expected }, signal) {
	try {
		const { method, timeoutMs } = probe;
		const answer = await httpRequest({
			url,
			method,
			timeoutMs,
			maxBytes: MAX_BODY_BYTES,
			overflow: "cut"
		}, signal);
		return probe.statuses.includes(answer.status) && (expected === void 0 || hasBody(answer, expected));
	} catch (error) {
		if (error instanceof HttpFailure && error.reason !== "unreachable") return false;
		throw error;
	}
}
function hasBody({ body, cut }, expected) {
	const text = body.toString("utf8");
	if (matchWithin(MATCHING_MS, () => expected.test(text))) return true;
	if (cut) throw new UndecidedBody("the body is over 1 MiB and its beginning does not match");
	return false;
}
var UndecidedBody = class extends Error {
	name = "UndecidedBody";
};
function samples(url, atMs, { success, seconds }) {
	const instance = shownUrl(url);
	const named = (name, value) => ({
		labels: {
			__name__: name,
			instance
		},
		value,
		atMs
	});
	return {
		kind: "ok",
		samples: [named("probe_success", success ? 1 : 0), named("probe_duration_seconds", seconds)]
	};
}

export { probeSource };