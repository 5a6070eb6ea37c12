import { i as parseSelector } from "./selector.js";
import { f as UsageError } from "./errors.js";
import { i as shownUrl, r as httpRequest, t as HttpFailure } from "./http-request.js";
import { n as parsePage, t as MalformedPage } from "./openmetrics.js";
import { n as compilePattern, r as matchWithin, t as PatternFailure } from "./pattern.js";
import { t as sourceHeaders } from "./source-headers.js";

// src/adapters/series-match.ts
function seriesMatch({ metric, matchers }) {
	const tests = matchers.map(matcherTest);
	return (labels) => (metric === void 0 || labels["__name__"] === metric) && tests.every((test) => test(labels));
}
function matcherTest({ label, operator, value }) {
	const of = (labels) => Object.hasOwn(labels, label) ? labels[label] ?? "" : "";
	if (operator === "=") return (labels) => of(labels) === value;
	if (operator === "!=") return (labels) => of(labels) !== value;
	const whole = wholeValue(value);
	return operator === "=~" ? (labels) => whole.test(of(labels)) : (labels) => !whole.test(of(labels));
}
function wholeValue(pattern) {
	const { source, flags } = compilePattern(pattern, "s");
	return new RegExp(`^(?:${source})$`, flags);
}

// src/adapters/scrape.ts
const MAX_PAGE_BYTES = 16777216;
const GONE_AFTER_MS = 3e5;
const MATCHING_MS = 500;
const ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
function scrapeSource(options) {
	const targets = makeTargets(options);
	return {
		name: options.name,
		async read(queries, signal) {
			signal.throwIfAborted();
			if (!queries.some(({ kind }) => kind === "select")) return queries.map((query) => measure(query, []));
			const scrapes = await Promise.all(targets.map((target) => scrape(target, options, signal)));
			return queries.map((query) => measure(query, scrapes));
		}
	};
}
function makeTargets({ name, urls }) {
	if (urls.length === 0) throw new UsageError(`source ${name} has no URL to scrape`);
	const parsed = [...new Set(urls)].map((text) => {
		const url = URL.parse(text);
		if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`source ${name}: expected an http or https URL of a metrics page`);
		return url;
	});
	const names = parsed.map((url) => instanceOf(url, parsed));
	return parsed.map((url, index) => {
		const name = names[index] ?? "";
		return {
			url,
			instance: names.filter((other) => other === name).length > 1 ? `${name}#${index + 1}` : name
		};
	});
}
function instanceOf(url, all) {
	const place = hostAndPort(url);
	return all.filter((other) => hostAndPort(other) === place).length === 1 ? place : place + url.pathname;
}
function hostAndPort(url) {
	return `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
}
async function scrape(target, options, signal) {
	const atMs = options.clock.now();
	try {
		const page = await fetchPage(target, options, signal);
		const samples = parsePage(page.text, page.format).map((sample) => ({
			labels: Object.assign(Object.create(null), { instance: target.instance }, sample.labels),
			value: sample.value,
			atMs: sample.atMs ?? atMs
		}));
		target.last = {
			samples,
			atMs
		};
		return { samples };
	} catch (error) {
		signal.throwIfAborted();
		if (target.last !== void 0 && atMs - target.last.atMs > GONE_AFTER_MS) delete target.last;
		return {
			failure: explain(target, error),
			before: target.last?.samples ?? []
		};
	}
}
async function fetchPage({ url }, { timeoutMs, tls, ...access }, signal) {
	const headers = {
		...sourceHeaders(access),
		accept: ACCEPT
	};
	const limits = {
		timeoutMs,
		maxBytes: MAX_PAGE_BYTES,
		overflow: "fail",
		...tls && { tls }
	};
	const { status, contentType, body } = await httpRequest({
		url,
		method: "GET",
		headers,
		...limits
	}, signal);
	if (status >= 300 && status < 400) throw new PageFailure("error", `redirects (${status}); name the page itself`);
	if (status !== 200) throw new PageFailure("error", `answers with status ${status}`);
	const format = formatOf(contentType);
	if (format === void 0) {
		const is = contentType === "" ? "without a content type" : `as ${contentType.slice(0, 60)}`;
		throw new PageFailure("invalid", `answers ${is}, which is no metrics page`);
	}
	try {
		return {
			text: new TextDecoder("utf-8", { fatal: true }).decode(body),
			format
		};
	} catch (error) {
		throw new PageFailure("invalid", "answers with text that is not UTF-8", { cause: error });
	}
}
function formatOf(contentType) {
	if (contentType === "application/openmetrics-text") return "openmetrics";
	return contentType === "text/plain" ? "prometheus" : void 0;
}
var PageFailure = class extends Error {
	kind;
	constructor(kind, message, options) {
		super(message, options);
		this.kind = kind;
	}
};
function explain({ url }, error) {
	if (error instanceof HttpFailure) return {
		kind: error.reason === "too_large" ? "invalid" : "error",
		why: error.message
	};
	if (error instanceof PageFailure) return {
		kind: error.kind,
		why: `${shownUrl(url)} ${error.message}`
	};
	if (error instanceof MalformedPage) return {
		kind: "invalid",
		why: `${shownUrl(url)} is no valid metrics page: ${error.message}`
	};
	throw error;
}
function measure(query, scrapes) {
	if (query.kind !== "select") return {
		kind: "invalid",
		why: `a metrics page answers selectors only, not ${query.kind} queries`
	};
	const selector = readSelector(query.selector);
	if (selector instanceof Error) return {
		kind: "invalid",
		why: selector.message
	};
	try {
		const work = () => select(selector, query.selector, scrapes);
		return selector.matchers.some(isPattern) ? matchWithin(MATCHING_MS, work) : work();
	} catch (error) {
		if (error instanceof PatternFailure) return {
			kind: "invalid",
			why: error.message
		};
		throw error;
	}
}
function isPattern({ operator }) {
	return operator === "=~" || operator === "!~";
}
function readSelector(text) {
	try {
		return parseSelector(text);
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}
function select(selector, text, scrapes) {
	const matches = seriesMatch(selector);
	const failed = scrapes.filter((scrape) => "failure" in scrape);
	const missed = failed.find(({ before }) => before.some(({ labels }) => matches(labels)));
	if (missed !== void 0) return {
		...missed.failure,
		why: `missed scrape: ${missed.failure.why}`
	};
	const [first] = failed;
	if (first !== void 0 && failed.length === scrapes.length) {
		const others = failed.length > 1 ? ` (and ${failed.length - 1} more)` : "";
		return {
			...first.failure,
			why: first.failure.why + others
		};
	}
	const found = scrapes.flatMap((scrape) => "samples" in scrape ? scrape.samples : []);
	const answered = scrapes.length - failed.length;
	return newest(text, found.filter(({ labels }) => matches(labels)), answered);
}
function newest(text, matched, pages) {
	const series = /* @__PURE__ */ new Map();
	for (const sample of matched) {
		const key = JSON.stringify(Object.entries(sample.labels).sort(([a], [b]) => a < b ? -1 : 1));
		const other = series.get(key);
		if (other?.atMs === sample.atMs) return {
			kind: "invalid",
			why: `${text}: the same series stands on the pages twice`
		};
		if (other === void 0 || other.atMs < sample.atMs) series.set(key, sample);
	}
	const [first, ...rest] = series.values();
	if (first !== void 0) return {
		kind: "ok",
		samples: [first, ...rest]
	};
	return {
		kind: "no_data",
		why: `${text}: no such series on ${pages === 1 ? "the page" : `${pages} pages`}`
	};
}

export { scrapeSource };