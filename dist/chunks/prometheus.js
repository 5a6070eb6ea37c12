import { f as UsageError } from "./errors.js";
import { a as discriminatedUnion, d as record, l as number$1, m as tuple, p as string, r as array, s as literal, u as object } from "./schemas.js";
import { i as shownUrl, r as httpRequest, t as HttpFailure } from "./http-request.js";
import { i as parseSelector, n as formatSelector } from "./selector.js";
import { r as parseValue } from "./openmetrics.js";
import { t as sourceHeaders } from "./source-headers.js";

// src/adapters/in-parallel.ts
async function inParallel(limit, items, work) {
	const answers = [];
	const waiting = items.entries();
	const worker = async () => {
		for (const [index, item] of waiting) answers[index] = await work(item);
	};
	await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
	return answers;
}

// src/adapters/prometheus-api.ts
const MAX_ANSWER_BYTES = 16777216;
const point = tuple([number$1(), string()]);
const histogramPoint$1 = tuple([number$1(), object({
	count: string(),
	sum: string(),
	buckets: array(tuple([
		number$1(),
		string(),
		string(),
		string()
	])).default([])
})]);
const metric = record(string(), string());
const queryData = discriminatedUnion("resultType", [
	object({
		resultType: literal("vector"),
		result: array(object({
			metric,
			value: point.optional(),
			histogram: histogramPoint$1.optional()
		}))
	}),
	object({
		resultType: literal("matrix"),
		result: array(object({
			metric,
			values: array(point).default([]),
			histograms: array(histogramPoint$1).default([])
		}))
	}),
	object({
		resultType: literal("scalar"),
		result: point
	}),
	object({
		resultType: literal("string"),
		result: point
	})
]);
const envelope = discriminatedUnion("status", [object({
	status: literal("success"),
	data: queryData,
	warnings: array(string()).nullish()
}), object({
	status: literal("error"),
	errorType: string(),
	error: string()
})]);
async function askPrometheus(api, endpoint, parameters, signal) {
	const url = new URL(api.url);
	url.pathname = `${url.pathname.replace(/\/$/, "")}/api/v1/${endpoint}`;
	const form = new URLSearchParams({
		...parameters,
		timeout: `${api.timeoutMs}ms`
	});
	const headers = {
		...api.headers,
		accept: "application/json",
		"content-type": "application/x-www-form-urlencoded"
	};
	const { timeoutMs, tls } = api;
	const limits = {
		timeoutMs,
		maxBytes: MAX_ANSWER_BYTES,
		overflow: "fail",
		...tls && { tls }
	};
	try {
		return readAnswer(await httpRequest({
			url,
			method: "POST",
			headers,
			body: form.toString(),
			...limits
		}, signal), shownUrl(url), api.tolerateWarnings);
	} catch (error) {
		if (!(error instanceof HttpFailure)) throw error;
		return {
			kind: error.reason === "too_large" ? "too_large" : "error",
			why: error.message
		};
	}
}
function readAnswer(answer, where, tolerateWarnings) {
	const { status, contentType } = answer;
	if (status >= 300 && status < 400) return {
		kind: "error",
		why: `${where} redirects (${status}); name the server itself`
	};
	const read = contentType === "application/json" ? envelope.safeParse(parseJson(answer.body)) : void 0;
	if (read?.data?.status === "error") {
		const { errorType, error } = read.data;
		return {
			kind: errorType === "bad_data" || errorType === "execution" ? "refused" : "error",
			why: `${where} answers ${errorType}: ${error.slice(0, 300)}`
		};
	}
	if (status < 200 || status >= 300) return {
		kind: "error",
		why: `${where} answers with status ${status}${hint(status)}`
	};
	if (read?.data === void 0) return {
		kind: "invalid",
		why: `${where} answers with ${strange(contentType, read?.error)}`
	};
	const [warning] = read.data.warnings ?? [];
	if (warning !== void 0 && !tolerateWarnings) return {
		kind: "error",
		why: `${where} calls its answer incomplete: ${warning.slice(0, 300)}`
	};
	return {
		kind: "data",
		data: read.data.data
	};
}
function parseJson(body) {
	try {
		return JSON.parse(body.toString("utf8"));
	} catch {
		return;
	}
}
function hint(status) {
	if (status === 401 || status === 403) return ": it wants other credentials";
	return status === 404 ? ": is this the URL of a Prometheus?" : "";
}
function strange(contentType, error) {
	if (error === void 0) return `${contentType.slice(0, 60) || "no content type"}, which is no JSON`;
	const path = error.issues[0]?.path.join(".") ?? "";
	return `JSON that is not of Prometheus' API${path === "" ? "" : ` (at ${path})`}`;
}

// src/adapters/prometheus-samples.ts
var StrangeAnswer = class extends Error {
	name = "StrangeAnswer";
};
const TIME_LABEL = "__seamless_time__";
function withTimes(selector) {
	const text = formatSelector(selector);
	return `${text} or label_replace(timestamp(${text}), "${TIME_LABEL}", "1", "", "")`;
}
const QUERY_LABEL = "__seamless_query__";
const NATIVE_LABEL = "__seamless_native__";
function together(selectors) {
	return selectors.map((selector, index) => {
		const native = `label_replace(histogram_count(${formatSelector(selector)}), "${NATIVE_LABEL}", "1", "", "")`;
		return `label_replace(${withTimes(selector)} or ${native}, "${QUERY_LABEL}", "${index}", "", "")`;
	}).join(" or ");
}
function apart({ result }, count) {
	const parts = Array.from({ length: count }, () => ({
		result: [],
		isNative: false
	}));
	for (const { metric: tagged, ...point } of result) {
		const { [QUERY_LABEL]: index, ...metric } = tagged;
		const part = parts[Number(index)];
		if (part === void 0) throw new StrangeAnswer("a series came that belongs to no query");
		if (NATIVE_LABEL in metric) part.isNative = true;
		else part.result.push({
			metric,
			...point
		});
	}
	return parts.map((part) => part.isNative ? void 0 : {
		resultType: "vector",
		result: part.result
	});
}
function pointsByTime(data) {
	const times = /* @__PURE__ */ new Map();
	const add = (seconds, point) => {
		const atMs = Math.round(seconds * 1e3);
		const points = times.get(atMs);
		if (points === void 0) times.set(atMs, [point]);
		else points.push(point);
	};
	if (data.resultType === "string") throw new StrangeAnswer("the query gives a string, not numbers");
	if (data.resultType === "scalar") add(data.result[0], {
		labels: {},
		value: number(data.result[1])
	});
	else if (data.resultType === "vector") for (const { metric, value, histogram } of data.result) {
		if (value !== void 0) add(value[0], {
			labels: metric,
			value: number(value[1])
		});
		if (histogram !== void 0) add(histogram[0], histogramPoint(metric, histogram[1]));
	}
	else for (const { metric, values, histograms } of data.result) {
		for (const [at, text] of values) add(at, {
			labels: metric,
			value: number(text)
		});
		for (const [at, histogram] of histograms) add(at, histogramPoint(metric, histogram));
	}
	return times;
}
function measureExpression(points, atMs, promql) {
	return measurement(points.map((point) => ({
		...point,
		atMs
	})), promql);
}
function measureSelector(points, selector) {
	const times = /* @__PURE__ */ new Map();
	for (const { labels, value } of points) if (TIME_LABEL in labels) times.set(seriesKey(labels), Math.round(value * 1e3));
	return measurement(points.filter(({ labels }) => !(TIME_LABEL in labels)).map((point) => {
		const atMs = times.get(seriesKey(point.labels));
		if (atMs === void 0) throw new StrangeAnswer("a series came without the time of its sample");
		return sampleAt(atMs, point);
	}), formatSelector(selector));
}
function sampleAt(atMs, point) {
	return {
		...point,
		atMs
	};
}
function measurement([first, ...rest], query) {
	if (first === void 0) return {
		kind: "no_data",
		why: `${query}: the answer is empty`
	};
	return {
		kind: "ok",
		samples: [first, ...rest]
	};
}
function seriesKey(labels) {
	const pairs = Object.entries(labels).filter(([name]) => name !== "__name__" && name !== TIME_LABEL);
	return JSON.stringify(pairs.sort(([a], [b]) => a < b ? -1 : 1));
}
function histogramPoint(labels, { count, sum, buckets }) {
	const histogram = {
		count: number(count),
		sum: number(sum),
		buckets: buckets.map(([, lower, upper, count]) => ({
			lower: number(lower),
			upper: number(upper),
			count: number(count)
		}))
	};
	return {
		labels,
		value: histogram.count,
		histogram
	};
}
function number(text) {
	const value = parseValue(text);
	if (value === void 0) throw new StrangeAnswer("a value is no number");
	return value;
}

// src/adapters/prometheus-query.ts
function prepare(query) {
	if (query.kind === "probe" || query.kind === "alerts") return {
		kind: "invalid",
		why: `a Prometheus does not answer ${query.kind} queries`
	};
	if (query.kind === "expression") return {
		promql: query.promql,
		shown: query.promql
	};
	try {
		const selector = parseSelector(query.selector);
		return {
			promql: withTimes(selector),
			shown: query.selector,
			selector
		};
	} catch (error) {
		return {
			kind: "invalid",
			why: error instanceof Error ? error.message : String(error)
		};
	}
}
function measureAll(query, data) {
	const { shown } = query;
	try {
		const measured = /* @__PURE__ */ new Map();
		for (const [atMs, points] of pointsByTime(data)) measured.set(atMs, "selector" in query ? measureSelector(points, query.selector) : measureExpression(points, atMs, shown));
		return measured;
	} catch (error) {
		if (!(error instanceof StrangeAnswer)) throw error;
		return {
			kind: "invalid",
			why: `${shown}: ${error.message}`
		};
	}
}
function unmeasured({ kind, why }) {
	return {
		kind: kind === "error" || kind === "refused" ? "error" : "invalid",
		why
	};
}

// src/adapters/prometheus-past.ts
const MAX_STEPS = 11e3;
function stepTimes({ fromMs, toMs, stepMs }) {
	const first = Math.ceil(fromMs / stepMs) * stepMs;
	return Array.from({ length: Math.max(0, Math.floor((toMs - first) / stepMs) + 1) }, (_, step) => first + step * stepMs);
}
async function readPast(past, times) {
	const prepared = prepare(past.query);
	if ("kind" in prepared) return times.map(() => prepared);
	const measurements = [];
	for (let from = 0; from < times.length; from += MAX_STEPS) measurements.push(...await readChunk(past, prepared, times.slice(from, from + MAX_STEPS)));
	return measurements;
}
async function readChunk(past, query, times) {
	const parameters = {
		query: query.promql,
		start: String((times[0] ?? 0) / 1e3),
		end: String((times.at(-1) ?? 0) / 1e3),
		step: String(past.stepMs / 1e3)
	};
	const answer = await askPrometheus(past.api, "query_range", parameters, past.signal);
	if (answer.kind === "too_large" && times.length > 1) {
		const half = Math.ceil(times.length / 2);
		return [...await readChunk(past, query, times.slice(0, half)), ...await readChunk(past, query, times.slice(half))];
	}
	if (answer.kind !== "data") return times.map(() => unmeasured(answer));
	if (answer.data.resultType !== "matrix") return times.map(() => ({
		kind: "invalid",
		why: `${query.shown} gives no range of values`
	}));
	const measured = measureAll(query, answer.data);
	if (!(measured instanceof Map)) return times.map(() => measured);
	const empty = {
		kind: "no_data",
		why: `${query.shown}: nothing at that time`
	};
	return times.map((atMs) => measured.get(atMs) ?? empty);
}

// src/adapters/prometheus.ts
const QUERIES_AT_ONCE = 6;
const MAX_CLOCK_DIFFERENCE_MS = 6e4;
function prometheusSource(options) {
	const api = makeApi(options);
	const readJointly = jointReader(api);
	return {
		name: options.name,
		async read(queries, signal) {
			signal.throwIfAborted();
			const prepared = queries.map(prepare);
			const raw = prepared.filter((query) => "selector" in query);
			const joint = await readJointly(raw, signal);
			return inParallel(QUERIES_AT_ONCE, prepared, async (query) => {
				if ("kind" in query) return query;
				return measureInstant(query, joint.get(query) ?? await askPrometheus(api, "query", { query: query.promql }, signal), options.clock.now());
			});
		},
		async history(queries, range, signal) {
			signal.throwIfAborted();
			const times = stepTimes(range);
			const past = await inParallel(QUERIES_AT_ONCE, queries, (query) => readPast({
				api,
				query,
				stepMs: range.stepMs,
				signal
			}, times));
			return times.map((atMs, step) => ({
				atMs,
				measurements: past.flatMap((of) => of[step] ?? [])
			}));
		}
	};
}
function makeApi({ name, url: text, timeoutMs, tolerateWarnings, tls, ...access }) {
	const url = URL.parse(text);
	if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") throw new UsageError(`source ${name}: expected the http or https URL of a Prometheus, without query or fragment`);
	return {
		url,
		headers: sourceHeaders(access),
		...tls === void 0 ? {} : { tls },
		timeoutMs,
		tolerateWarnings: tolerateWarnings ?? false
	};
}
function jointReader(api) {
	let refused = "";
	return async (queries, signal) => {
		const promql = together(queries.map(({ selector }) => selector));
		if (queries.length < 2 || promql === refused) return /* @__PURE__ */ new Map();
		const answer = await askPrometheus(api, "query", { query: promql }, signal);
		if (answer.kind !== "refused" && answer.kind !== "too_large") return answersApart(queries, answer);
		refused = promql;
		return /* @__PURE__ */ new Map();
	};
}
function answersApart(queries, answer) {
	if (answer.kind !== "data" || answer.data.resultType !== "vector") return new Map(queries.map((query) => [query, answer]));
	try {
		const parts = apart(answer.data, queries.length);
		const found = queries.flatMap((query, index) => {
			const data = parts[index];
			return data === void 0 ? [] : [[query, {
				kind: "data",
				data
			}]];
		});
		return new Map(found);
	} catch (error) {
		if (!(error instanceof StrangeAnswer)) throw error;
		const invalid = {
			kind: "invalid",
			why: error.message
		};
		return new Map(queries.map((query) => [query, invalid]));
	}
}
function measureInstant(query, answer, nowMs) {
	if (answer.kind !== "data") return unmeasured(answer);
	if (answer.data.resultType === "matrix") return {
		kind: "invalid",
		why: `${query.shown} gives a range of values, not one; apply a function such as rate()`
	};
	const measured = measureAll(query, answer.data);
	if (!(measured instanceof Map)) return measured;
	const [evaluation, another] = measured;
	if (another !== void 0) return {
		kind: "invalid",
		why: `${query.shown}: an instant query with values of several times`
	};
	if (evaluation === void 0) return {
		kind: "no_data",
		why: `${query.shown}: the answer is empty`
	};
	const [atMs, measurement] = evaluation;
	const apartMs = Math.abs(atMs - nowMs);
	if (apartMs <= MAX_CLOCK_DIFFERENCE_MS) return measurement;
	return {
		kind: "error",
		why: `the clocks of the Prometheus and of this machine are ${Math.round(apartMs / 1e3)} s apart: what was measured before the deployment cannot be told from what was measured after it`
	};
}

export { prometheusSource };