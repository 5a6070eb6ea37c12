// src/adapters/openmetrics.ts
var MalformedPage = class extends Error {
	name = "MalformedPage";
};
function parsePage(text, format) {
	const samples = [];
	let ended = false;
	let line = 0;
	for (const content of linesOf(text)) {
		line++;
		if (ended) throw new MalformedPage(`line ${line}: nothing may follow # EOF`);
		if (content === "# EOF" && format === "openmetrics") ended = true;
		else if (!/^[ \t]*(?:#|$)/.test(content)) samples.push(parseSample({
			content,
			format,
			line
		}));
	}
	if (format === "openmetrics" && !ended) throw new MalformedPage("it does not end with # EOF: it is cut off");
	return samples;
}
function* linesOf(text) {
	let start = 0;
	while (start < text.length) {
		const found = text.indexOf("\n", start);
		const end = found === -1 ? text.length : found;
		yield text.slice(start, end);
		start = end + 1;
	}
}
const HEAD = /[ \t]*([a-zA-Z_:][\w:]*)[ \t]*(\{?)/y;
const PROMETHEUS_TAIL = /[ \t]*([^ \t]+)(?:[ \t]+(-?\d+))?[ \t]*$/y;
const OPENMETRICS_TAIL = /[ \t]*([^ \t]+)(?:[ \t]+([-+\d.eE]+))?[ \t]*(?: # [^]*)?$/y;
function parseSample(line) {
	const head = matchAt(HEAD, line.content, 0);
	if (head?.[1] === void 0) throw expected(line, "a metric name");
	const labels = Object.create(null);
	labels["__name__"] = head[1];
	const end = head[2] === "{" ? readLabels(line, head[0].length, labels) : head[0].length;
	const tail = matchAt(line.format === "openmetrics" ? OPENMETRICS_TAIL : PROMETHEUS_TAIL, line.content, end);
	const value = parseValue(tail?.[1] ?? "");
	if (value === void 0) throw expected(line, "a number, and at most a timestamp after it");
	const stated = tail?.[2];
	return stated === void 0 ? {
		labels,
		value
	} : {
		labels,
		value,
		atMs: parseTime(line, stated)
	};
}
const LABEL = /[ \t]*([a-zA-Z_]\w*)[ \t]*=[ \t]*"([^"\\]*(?:\\[^][^"\\]*)*)"[ \t]*/y;
const SEPARATOR = /,?[ \t]*(\}?)/y;
function readLabels(line, from, labels) {
	const { content } = line;
	let at = from + (matchAt(/[ \t]*/y, content, from)?.[0].length ?? 0);
	if (content[at] === "}") return at + 1;
	for (;;) {
		const label = matchAt(LABEL, content, at);
		if (label?.[1] === void 0 || label[2] === void 0) throw expected(line, "a label as name=\"value\"");
		if (label[1] in labels) throw expected(line, "each label once");
		labels[label[1]] = unescapeValue(label[2]);
		at += label[0].length;
		const separator = matchAt(SEPARATOR, content, at);
		if (separator === null || separator[0] === "") throw expected(line, "a comma or } after a label");
		at += separator[0].length;
		if (separator[1] === "}") return at;
	}
}
function unescapeValue(text) {
	if (!text.includes("\\")) return text;
	return text.replace(/\\([\\"n])/g, (_, escaped) => escaped === "n" ? "\n" : escaped);
}
function parseValue(text) {
	if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return Number(text);
	if (/^nan$/i.test(text)) return NaN;
	if (/^\+?inf(?:inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
	if (/^-inf(?:inity)?$/i.test(text)) return Number.NEGATIVE_INFINITY;
}
function parseTime(line, text) {
	const number = parseValue(text);
	if (number === void 0) throw expected(line, "a timestamp");
	return line.format === "openmetrics" ? Math.round(number * 1e3) : number;
}
function matchAt(pattern, text, at) {
	pattern.lastIndex = at;
	return pattern.exec(text);
}
function expected(line, what) {
	return new MalformedPage(`line ${line.line}: expected ${what}`);
}

export { parsePage as n, parseValue as r, MalformedPage as t };