import { n as validate, t as XMLParser } from "./XMLParser.js";

// node_modules/fast-xml-parser/src/fxp.js
const XMLValidator = { validate };

// src/adapters/junit.ts
const TEXT = "#text";
const CDATA = "#cdata";
function parseJUnit(xml) {
	const text = xml.replace(/^\uFEFF/, "").trim();
	if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return malformed("it has a document type, which Seamless does not read");
	try {
		const valid = XMLValidator.validate(text);
		if (valid !== true) return malformed(explained(valid.err));
		const root = elementOf("", parser.parse(text), void 0);
		const [top, ...others] = root.children;
		if (others.length > 0) return malformed("it has several elements at its top");
		if (top?.tag !== "testsuites" && top?.tag !== "testsuite") return malformed("it has neither <testsuites> nor <testsuite> at its top");
		return {
			kind: "report",
			cases: casesIn(root, [])
		};
	} catch (error) {
		return malformed(error.message);
	}
}
const parser = new XMLParser({
	preserveOrder: true,
	ignoreAttributes: false,
	attributeNamePrefix: "",
	cdataPropName: CDATA,
	parseTagValue: false,
	parseAttributeValue: false,
	trimValues: false,
	processEntities: false,
	ignoreDeclaration: true,
	ignorePiTags: true,
	maxNestedTags: 64
});
function explained({ msg, line }) {
	return `${line === void 0 ? "" : `line ${line}: `}${msg.startsWith("Invalid '[") ? "it ends before its elements are closed" : msg}`;
}
function malformed(why) {
	return {
		kind: "malformed",
		why
	};
}
function elementOf(tag, nodes, attributes) {
	const children = nodes.flatMap((node) => {
		const name = Object.keys(node).find((key) => key !== ":@" && key !== TEXT && key !== CDATA);
		return name === void 0 ? [] : [elementOf(name, node[name], node[":@"])];
	});
	const given = Object.entries(attributes ?? {});
	return {
		tag,
		attributes: new Map(given.map(([key, value]) => [key, decoded(value)])),
		children,
		text: nodes.map(textOf).join("")
	};
}
function textOf(node) {
	const cdata = node[CDATA];
	if (cdata !== void 0) return cdata.map((part) => String(part[TEXT])).join("");
	return TEXT in node ? decoded(String(node[TEXT])) : "";
}
const NAMED = {
	amp: "&",
	lt: "<",
	gt: ">",
	quot: "\"",
	apos: "'"
};
function decoded(text) {
	return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g, (all, decimal, hex, name) => {
		if (name !== void 0) return NAMED[name] ?? all;
		const code = decimal === void 0 ? Number.parseInt(hex, 16) : Number(decimal);
		return code > 0 && code <= 1114111 ? String.fromCodePoint(code) : all;
	});
}
function casesIn(element, suites) {
	return element.children.flatMap((child) => {
		if (child.tag === "testcase") return [testCase(child, suites)];
		if (child.tag === "testsuite") return casesIn(child, [...suites, child.attributes.get("name") ?? ""]);
		if (child.tag === "testsuites") return casesIn(child, suites);
		return FAILED.has(child.tag) ? [suiteFailure(child, suites)] : [];
	});
}
const FAILED = /* @__PURE__ */ new Set(["failure", "error"]);
function testCase(element, suites) {
	const { attributes, children } = element;
	const failures = children.filter(({ tag }) => FAILED.has(tag));
	const isSkipped = children.some(({ tag }) => tag === "skipped") || /^(?:notrun|disabled)$/.test(attributes.get("status") ?? "");
	const seconds = secondsOf(attributes.get("time"));
	return {
		name: nameOf(attributes, suites),
		result: failures.length > 0 ? "failed" : isSkipped ? "skipped" : "passed",
		...failures.length > 0 && { message: messageOf(failures) },
		...placeOf(attributes, failures),
		...seconds !== void 0 && { seconds }
	};
}
function suiteFailure(element, suites) {
	return {
		name: joined([...suites, "(suite)"]),
		result: "failed",
		message: messageOf([element])
	};
}
const NOISE = /* @__PURE__ */ new Set([
	"",
	"test",
	"undefined",
	"pytest",
	"root suite",
	"jest tests",
	"mocha tests"
]);
function nameOf(attributes, suites) {
	const name = attributes.get("name") ?? "";
	const classname = (attributes.get("classname") ?? "").trim();
	const inner = suites.at(-1) ?? "";
	return joined([...NOISE.has(classname.toLowerCase()) || classname === name || inner.endsWith(classname) ? suites : [classname], name]);
}
function joined(parts) {
	return parts.map((part) => part.replace(/\s+/g, " ").trim()).filter((part) => !NOISE.has(part.toLowerCase())).join(" › ") || "(no name)";
}
const MESSAGE_MAX = 4096;
function messageOf(failures) {
	const parts = failures.flatMap(({ attributes, text }) => [attributes.get("message") ?? "", text]);
	const told = [...new Set(parts.map((part) => part.trim()).filter((part) => part !== ""))];
	const [first = "", ...rest] = told.filter((part, index) => !told[index + 1]?.startsWith(part));
	return limited([first, ...rest].join("\n"));
}
function limited(text) {
	const bytes = Buffer.from(text);
	if (bytes.length <= MESSAGE_MAX) return text;
	return `${bytes.subarray(0, 4092).toString("utf8").replace(/\uFFFD+$/, "")}…`;
}
function placeOf(attributes, failures) {
	const file = attributes.get("file") ?? attributes.get("filepath");
	if (file === void 0 || file === "") return {};
	const said = Number(attributes.get("line") ?? attributes.get("lineno"));
	const line = Number.isSafeInteger(said) && said > 0 ? said : lineIn(failures, file);
	return line === void 0 ? { file } : {
		file,
		line
	};
}
function lineIn(failures, file) {
	const base = `${file.slice(file.search(/[^/\\]*$/))}:`;
	for (const { text } of failures) {
		const at = text.indexOf(base);
		const digits = at === -1 ? void 0 : /^\d{1,7}/.exec(text.slice(at + base.length));
		if (digits) return Number(digits[0]);
	}
}
function secondsOf(time) {
	const seconds = Number((time ?? "").replaceAll(",", "") || NaN);
	return Number.isFinite(seconds) && seconds >= 0 ? seconds : void 0;
}

export { parseJUnit as t };