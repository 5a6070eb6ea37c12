import { f as UsageError, p as VersionControlError } from "./errors.js";
import { _ as ZodError, b as prettifyError, f as strictObject, h as union, n as _enum, p as string, r as array, u as object } from "./schemas.js";
import { t as XMLParser } from "./XMLParser.js";
import { resolve } from "node:path";

// src/adapters/svn-address.ts
const SCHEMES = /* @__PURE__ */ new Set([
	"file:",
	"svn:",
	"svn+ssh:",
	"https:"
]);
function assertSvnAddress(url) {
	if (!(!url.startsWith("-") && !/[\u0000-\u0020\u007F]/.test(url) && URL.canParse(url))) throw refused(url);
	const { protocol, hostname, username, password } = new URL(url);
	if (password !== "") throw new VersionControlError(`The repository's address has a password in it. Take it out (svn relocate) and give it as SEAMLESS_SVN_PASSWORD.`);
	if (protocol === "http:" && isLoopback(hostname)) return;
	const isNamed = protocol !== "file:" ? /^[\w[]/.test(hostname) && !username.startsWith("-") : hostname === "";
	if (!SCHEMES.has(protocol) || !isNamed) throw refused(url);
}
function isLoopback(hostname) {
	return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
function refused(url) {
	return new VersionControlError(`The repository's address ${JSON.stringify(url)} is refused: Seamless speaks to Subversion over https, svn+ssh, svn, or file.`);
}
function pegged(root, path, revision) {
	return `${joined(root, path)}@${revision}`;
}
function joined(root, path) {
	return [root, ...path.split("/").filter((part) => part !== "").map(encodeURIComponent)].join("/");
}
function local(path) {
	return `${resolve(path)}@`;
}

// src/adapters/svn-layout.ts
function placeOf(path) {
	const parts = path.split("/").filter((part) => part !== "");
	const at = parts.findIndex((part) => KINDS.has(part));
	if (at < 0 || parts[at] !== "trunk" && parts.length === at + 1) return void 0;
	return {
		project: parts.slice(0, at).join("/"),
		way: parts.slice(at).join("/")
	};
}
const KINDS = /* @__PURE__ */ new Set([
	"trunk",
	"branches",
	"tags"
]);
function linesOn(way) {
	const parts = way.split("/");
	if (parts[0] === "trunk") return ["trunk"];
	if (parts[0] !== "branches" && parts[0] !== "tags") return [];
	return parts.slice(1).map((_, index) => parts.slice(0, index + 2).join("/"));
}
function pathOf({ project }, way) {
	return project === "" ? way : `${project}/${way}`;
}
function wayOf({ project }, path) {
	const plain = path.replace(/^\/+/, "");
	if (project === "") return plain;
	return plain.startsWith(`${project}/`) ? plain.slice(project.length + 1) : void 0;
}
function commonFolder(paths) {
	const [first = [], ...others] = paths.map((path) => path.split("/"));
	const length = Math.min(first.length, ...others.map((parts) => sharedLength(first, parts)));
	return first.slice(0, length).join("/");
}
function sharedLength(one, other) {
	const differs = one.findIndex((part, index) => part !== other[index]);
	return differs < 0 ? one.length : differs;
}
function noLayout(where) {
	return new UsageError(`${where} is not within trunk, a branch or a tag. Seamless needs the usual layout of a Subversion project: trunk, branches and tags beside each other.`);
}

// src/adapters/svn-xml.ts
const REPEATED = /* @__PURE__ */ new Set([
	"entry",
	"logentry",
	"path",
	"target",
	"property"
]);
const parser = new XMLParser({
	ignoreAttributes: false,
	attributeNamePrefix: "",
	textNodeName: "text",
	isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && REPEATED.has(name),
	parseTagValue: false,
	parseAttributeValue: false,
	trimValues: false,
	ignoreDeclaration: true,
	processEntities: {
		enabled: true,
		maxTotalExpansions: Infinity,
		maxExpandedLength: Infinity
	},
	htmlEntities: true
});
const number = string().regex(/^-?\d+$/).transform(Number);
const text = union([string(), strictObject({ text: string() }).transform(({ text: value }) => value)]);
const commit = object({
	revision: number.optional(),
	author: text.optional(),
	date: text.optional()
});
const infoEntry = object({
	kind: string(),
	revision: number,
	url: text,
	"relative-url": text,
	repository: object({
		root: text,
		uuid: text
	}),
	"wc-info": object({ "wcroot-abspath": text.optional() }).optional(),
	commit: commit.optional()
});
function readInfo(xml) {
	const [entry] = parse(xml, object({ info: object({ entry: array(infoEntry) }) })).info.entry;
	if (entry === void 0) throw unreadable(/* @__PURE__ */ new Error("it has no entry"));
	const folder = entry["wc-info"]?.["wcroot-abspath"];
	return {
		kind: entry.kind === "file" || entry.kind === "dir" ? entry.kind : "other",
		url: entry.url,
		path: decodeURIComponent(entry["relative-url"].replace(/^\^\/?/, "")),
		root: entry.repository.root,
		uuid: entry.repository.uuid,
		revision: entry.revision,
		changedIn: entry.commit?.revision ?? 0,
		...folder !== void 0 && { workingCopy: folder }
	};
}
const logEntry = object({
	revision: number,
	author: text.optional(),
	date: text.optional(),
	msg: text.optional(),
	paths: union([object({ path: array(object({
		text: string(),
		action: _enum([
			"A",
			"D",
			"M",
			"R"
		]),
		kind: string().optional(),
		"copyfrom-path": string().optional(),
		"copyfrom-rev": number.optional()
	})) }), string().transform(() => ({ path: [] }))]).optional(),
	revprops: union([object({ property: array(object({
		name: string(),
		text: string().optional()
	})) }), string()]).optional()
});
const log = object({ log: union([object({ logentry: array(logEntry).default([]) }), string().transform(() => ({ logentry: [] }))]) });
function readLog(xml) {
	return parse(xml, log).log.logentry.map(({ revision, author, date, msg = "", paths, revprops }) => ({
		revision,
		...author !== void 0 && { author },
		atMs: Date.parse(date ?? ""),
		message: msg,
		paths: (paths?.path ?? []).map(({ text: path, action, kind, "copyfrom-path": from, "copyfrom-rev": at }) => ({
			path,
			action,
			isFolder: kind === "dir",
			...from !== void 0 && at !== void 0 && { copiedFrom: {
				path: from,
				revision: at
			} }
		})),
		properties: new Map(typeof revprops === "object" ? revprops.property.map(({ name, text: value = "" }) => [name, value]) : [])
	}));
}
const summary = object({ diff: object({ paths: union([object({ path: array(object({
	text: string(),
	kind: string()
})) }), string().transform(() => ({ path: [] }))]) }) });
function readSummary(xml) {
	return parse(xml, summary).diff.paths.path.flatMap((one) => one.kind === "file" ? [one.text] : []);
}
const status = object({ status: object({ target: array(object({ entry: array(object({
	path: string(),
	"wc-status": object({
		item: string(),
		props: string(),
		"tree-conflicted": string().optional()
	})
})).default([]) })) }) });
function readStatus(xml) {
	return parse(xml, status).status.target.flatMap(({ entry }) => entry.map(({ path, "wc-status": { item, props, "tree-conflicted": tree } }) => ({
		path,
		item,
		isConflict: item === "conflicted" || props === "conflicted" || tree === "true"
	})));
}
function parse(xml, shape) {
	try {
		return shape.parse(parser.parse(xml));
	} catch (error) {
		throw unreadable(error);
	}
}
function unreadable(cause) {
	const why = cause instanceof ZodError ? prettifyError(cause) : cause.message;
	return new VersionControlError(`What svn answered cannot be read (is it of version 1.10 or newer?): ${why.split("\n", 1)[0] ?? ""}`, { cause });
}

// src/adapters/svn-history.ts
const AUTHOR = "seamless:author";
const REVERTS = "seamless:reverts";
const PROPERTIES = [
	"svn:author",
	"svn:date",
	"svn:log",
	AUTHOR,
	REVERTS
].flatMap((name) => ["--with-revprop", name]);
async function originOf(project, line, revision) {
	const path = pathOf(project, line);
	const target = pegged(project.root, path, revision);
	const range = [
		"--stop-on-copy",
		"--revision",
		`0:${revision}`,
		"--limit",
		"1"
	];
	const [first] = readLog(await project.svn([
		"log",
		"--xml",
		"--verbose",
		"--quiet",
		...range,
		"--",
		target
	]));
	const made = first?.paths.find((one) => one.path === `/${path}` && one.isFolder && one.copiedFrom !== void 0);
	return {
		revision: first?.revision ?? revision,
		...made?.copiedFrom && { from: {
			...made.copiedFrom,
			path: made.copiedFrom.path.replace(/^\/+/, "")
		} }
	};
}
async function lineOn(project, way, revision) {
	const candidates = linesOn(way);
	const [first = way] = candidates;
	if (candidates.length < 2) return first;
	for (const line of candidates) {
		const { from } = await originOf(project, line, revision);
		if (from !== void 0 && !wayOf(project, from.path)?.startsWith("trunk/")) return line;
	}
	return first;
}
async function lineOfEntry(project, entry) {
	const changed = entry.paths.flatMap((one) => {
		const way = wayOf(project, one.path);
		return way === void 0 || linesOn(way).length === 0 ? [] : [{
			...one,
			way
		}];
	});
	const isRemoved = (folder) => changed.some(({ action, way }) => action === "D" && isWithin(way, folder));
	if (changed.some(({ way }) => isWithin("trunk", way)) && !isRemoved("trunk")) return "trunk";
	const [group, ...others] = Map.groupBy(changed, ({ way }) => linesOn(way)[0] ?? way).values();
	if (group === void 0 || others.length > 0) return void 0;
	const common = commonFolder(withoutParents(group).map(({ way }) => way));
	const there = linesOn(common).findLast((line) => !isRemoved(line));
	return there === void 0 ? void 0 : lineOn(project, there, entry.revision);
}
function withoutParents(group) {
	const [first, ...others] = group.toSorted((a, b) => a.way.length - b.way.length);
	return first?.action === "A" && first.copiedFrom === void 0 && others.length > 0 && others.every(({ way }) => isWithin(first.way, way)) ? withoutParents(others) : group;
}
function isWithin(folder, path) {
	return path === folder || path.startsWith(`${folder}/`);
}

export { local as _, lineOn as a, readLog as c, linesOn as d, noLayout as f, joined as g, assertSvnAddress as h, lineOfEntry as i, readStatus as l, placeOf as m, PROPERTIES as n, originOf as o, pathOf as p, REVERTS as r, readInfo as s, AUTHOR as t, readSummary as u, pegged as v };