import { f as UsageError } from "./errors.js";
import { c as load, i as YAMLException, l as mergeTag, n as JSON_SCHEMA, s as getScalarValue, t as EVENT_ID, u as parseEvents } from "./js-yaml.js";
import { n as pathInside } from "./path-inside.js";
import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

// src/adapters/openapi-document.ts
var DocumentUnreadable = class extends Error {
	name = "DocumentUnreadable";
	line;
	constructor(line, message) {
		super(message);
		this.line = line;
	}
};
const MAX_BYTES = 33554432;
const MAX_DEPTH = 200;
const MAX_ALIASES = 1e4;
function readApiDocument(text, isJson) {
	if (Buffer.byteLength(text) > MAX_BYTES) throw new DocumentUnreadable(1, "it has more than 32 MiB");
	const value = isJson ? parsedJson(text) : parsedYaml(text);
	let places;
	return {
		value,
		lineOf: (path) => {
			places ??= {
				root: placesOf(text),
				lineAt: linesOf(text)
			};
			return places.lineAt(offsetOf(places.root, path));
		}
	};
}
function parsedYaml(text) {
	try {
		const schema = JSON_SCHEMA.withTags(mergeTag);
		return load(text, {
			schema,
			maxDepth: MAX_DEPTH,
			maxAliases: MAX_ALIASES
		});
	} catch (error) {
		if (!(error instanceof YAMLException)) throw error;
		throw new DocumentUnreadable((error.mark?.line ?? 0) + 1, error.reason);
	}
}
function parsedJson(text) {
	try {
		return JSON.parse(text);
	} catch (error) {
		const { message } = error;
		const at = Number(/position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : 0));
		throw new DocumentUnreadable(linesOf(text)(at), message.replace(/ \(line \d+ column \d+\)$/, ""));
	}
}
function placesOf(text) {
	const root = {
		at: 0,
		children: /* @__PURE__ */ new Map()
	};
	try {
		const [, ...inner] = parseEvents(text, { maxDepth: MAX_DEPTH });
		if (inner.length > 0) nodeFrom(text, inner[Symbol.iterator](), root);
	} catch (error) {
		if (!(error instanceof YAMLException)) throw error;
	}
	return root;
}
function nodeFrom(text, events, node) {
	const { value: event, done } = events.next();
	if (done === true || event.type === EVENT_ID.POP) return false;
	if (event.type === EVENT_ID.MAPPING) for (let key = events.next(); key.done !== true && key.value.type !== EVENT_ID.POP; key = events.next()) {
		const scalar = key.value.type === EVENT_ID.SCALAR ? key.value : void 0;
		const child = {
			at: scalar?.valueStart ?? node.at,
			children: /* @__PURE__ */ new Map()
		};
		nodeFrom(text, events, child);
		if (scalar !== void 0) node.children.set(getScalarValue(text, scalar), child);
	}
	if (event.type === EVENT_ID.SEQUENCE) for (let index = 0;; index++) {
		const child = {
			at: node.at,
			children: /* @__PURE__ */ new Map()
		};
		if (!nodeFrom(text, events, child)) break;
		node.children.set(String(index), child);
	}
	return true;
}
function offsetOf(root, path) {
	let node = root;
	for (const step of path) {
		const child = node.children.get(String(step));
		if (child === void 0) return node.at;
		node = child;
	}
	return node.at;
}
function linesOf(text) {
	const starts = [0];
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
	return (offset) => {
		let [low, high] = [0, starts.length - 1];
		while (low < high) {
			const middle = Math.ceil((low + high) / 2);
			if ((starts[middle] ?? 0) <= offset) low = middle;
			else high = middle - 1;
		}
		return low + 1;
	};
}

// src/adapters/openapi-files.ts
var ApiUnreadable = class extends Error {
	name = "ApiUnreadable";
	file;
	line;
	constructor(file, line, why) {
		super(`${file}:${line}: ${why}`);
		this.file = file;
		this.line = line;
	}
};
const REFS_MAX = 100;
const FILES_MAX = 2e3;
async function readApi(root, file) {
	const documents = /* @__PURE__ */ new Map();
	if (await textOf$1(root, file) === void 0) return void 0;
	for (const ref of await readAll(root, file, documents)) follow(ref, documents);
	return {
		root: {
			value: documents.get(file)?.value,
			file,
			path: []
		},
		resolve: (place) => follow(place, documents),
		child: (place, key) => {
			const inner = below(place.value, key);
			return inner === void 0 ? void 0 : {
				value: inner,
				file: place.file,
				path: [...place.path, key]
			};
		},
		lineOf: ({ file: at, path }) => documents.get(at)?.lineOf(path) ?? 1
	};
}
async function readAll(root, first, documents) {
	const all = [];
	const waiting = [{ file: first }];
	for (let next = waiting.pop(); next !== void 0; next = waiting.pop()) {
		const { file, from } = next;
		if (documents.has(file)) continue;
		if (documents.size >= FILES_MAX) throw new ApiUnreadable(first, 1, `it refers to more than ${FILES_MAX} files`);
		const document = await readOne(root, file, from === void 0 ? void 0 : placeIn(from, documents));
		documents.set(file, document);
		for (const ref of refsOf({
			value: document.value,
			file,
			path: []
		})) {
			all.push(ref);
			const target = targetFile(ref);
			if (target !== void 0) waiting.push({
				file: target,
				from: {
					...ref,
					path: [...ref.path, "$ref"]
				}
			});
		}
	}
	return all;
}
async function readOne(root, file, from) {
	const fail = (why) => from === void 0 ? new ApiUnreadable(file, 1, why) : new ApiUnreadable(from.file, from.line, why);
	if (file.startsWith("../")) throw fail(`it refers to ${file}, outside the repository, which is never read`);
	const text = await textOf$1(root, file);
	if (text === void 0) throw fail(`it refers to ${file}, which is not there`);
	try {
		return readApiDocument(text, /\.json$/i.test(file));
	} catch (error) {
		if (error instanceof DocumentUnreadable) throw new ApiUnreadable(file, error.line, error.message);
		throw error;
	}
}
async function textOf$1(root, file) {
	const lexical = resolve(root, file);
	try {
		return await readFile(await pathInside(root, relative(root, lexical)), "utf8");
	} catch (error) {
		if (isMissing(error)) return void 0;
		throw error;
	}
}
function isMissing(error) {
	return (error instanceof Error ? error.cause ?? error : error)?.code === "ENOENT";
}
function placeIn({ file, path }, documents) {
	return {
		file,
		line: documents.get(file)?.lineOf(path) ?? 1
	};
}
const DATA = /* @__PURE__ */ new Set([
	"example",
	"examples",
	"default",
	"enum",
	"const"
]);
function refsOf(root) {
	const found = [];
	const seen = /* @__PURE__ */ new Set();
	const todo = [root];
	for (let place = todo.pop(); place !== void 0; place = todo.pop()) {
		const { value, file, path } = place;
		if (typeof value !== "object" || value === null || seen.has(value)) continue;
		seen.add(value);
		if (refOf(value) !== void 0) found.push(place);
		for (const [key, inner] of Object.entries(value)) if (!DATA.has(key) || path.at(-1) === "properties") todo.push({
			value: inner,
			file,
			path: [...path, key]
		});
	}
	return found;
}
function refOf(value) {
	if (typeof value !== "object" || value === null || !Object.hasOwn(value, "$ref")) return void 0;
	const { $ref } = value;
	return typeof $ref === "string" ? $ref : void 0;
}
function isRemote(ref) {
	return /^(?:[A-Za-z][A-Za-z0-9+.-]*:|\/\/)/.test(ref);
}
function targetFile({ value, file }) {
	const ref = refOf(value) ?? "";
	const [path = ""] = ref.split("#");
	if (path === "" || isRemote(ref)) return void 0;
	const target = relative("/", resolve("/", dirname(file), decoded(path)));
	return leadsOut(dirname(file), decoded(path)) ? `../${target}` : target;
}
function leadsOut(folder, path) {
	if (path.startsWith("/")) return true;
	let depth = folder.split("/").filter((part) => part !== "" && part !== ".").length;
	for (const part of path.split("/")) {
		if (part === "..") depth--;
		else if (part !== "" && part !== ".") depth++;
		if (depth < 0) return true;
	}
	return false;
}
function follow(start, documents) {
	let place = start;
	for (let count = 0;; count++) {
		const ref = refOf(place.value);
		if (ref === void 0 || isRemote(ref)) return place;
		const { file, line } = placeIn({
			...place,
			path: [...place.path, "$ref"]
		}, documents);
		if (count > REFS_MAX) throw new ApiUnreadable(file, line, `its reference ${ref} leads in a circle`);
		const next = targetOf(place, ref, documents);
		if (next === void 0) throw new ApiUnreadable(file, line, `its reference ${ref} leads to nothing`);
		place = next;
	}
}
function targetOf(place, ref, documents) {
	const file = targetFile(place) ?? place.file;
	const pointer = ref.split("#")[1] ?? "";
	let value = documents.get(file)?.value;
	const path = pointer.split("/").slice(1).map(decoded).map(unescaped);
	for (const key of path) value = below(value, key);
	return value === void 0 ? void 0 : {
		value,
		file,
		path
	};
}
function below(value, key) {
	if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return void 0;
	return value[key];
}
function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
function unescaped(key) {
	return key.replaceAll("~1", "/").replaceAll("~0", "~");
}

// src/adapters/openapi-shape.ts
const BOUNDS = [
	"maximum",
	"exclusiveMaximum",
	"maxLength",
	"maxItems",
	"maxProperties",
	"minimum",
	"exclusiveMinimum",
	"minLength",
	"minItems",
	"minProperties"
];
const NESTED_MAX = 32;
function shapeOf(api, place, nested = 0) {
	const target = api.resolve(place);
	const own = shapeOfOne(api, target);
	if (nested > NESTED_MAX) return own;
	const parts = childrenOf(api, target, "allOf").map((part) => shapeOf(api, part, nested + 1));
	const beside = target !== place && refOf(place.value) !== void 0 ? [shapeOfOne(api, withoutRef(place))] : [];
	const merged = [...parts, ...beside].reduce(both, own);
	const isSaid = isMapping(target.value) && target.value["nullable"] === true;
	const whole = {
		...merged,
		nullable: merged.nullable || isSaid
	};
	const [only, ...more] = whole.alternatives;
	if (only === void 0 || more.length > 0) return whole;
	const inner = shapeOf(api, only, nested + 1);
	return {
		...both({
			...whole,
			alternatives: []
		}, inner),
		nullable: whole.nullable || inner.nullable
	};
}
function withoutRef({ value, file, path }) {
	const { $ref: _, ...rest } = value;
	return {
		value: rest,
		file,
		path
	};
}
function shapeOfOne(api, place) {
	const schema = isMapping(place.value) ? place.value : {};
	const values = valuesOf(place.value === false ? { enum: [] } : schema);
	const choices = ["oneOf", "anyOf"].flatMap((key) => childrenOf(api, place, key));
	const alternatives = choices.filter((choice) => !isNull(api.resolve(choice).value));
	const types = typesOf(schema, values);
	return {
		place,
		types: types && new Set([...types].filter((type) => type !== "null")),
		nullable: schema["nullable"] === true || choices.length > alternatives.length || (types === void 0 ? choices.length === 0 : types.has("null")),
		values: values?.filter((value) => value !== "null"),
		bounds: boundsOf(schema),
		format: textOf(schema["format"]),
		pattern: textOf(schema["pattern"]),
		properties: propertiesOf(api, place),
		required: new Set(textsOf(schema["required"])),
		items: api.child(place, "items"),
		additional: additionalOf(api, place),
		alternatives,
		side: sideOf(schema),
		remote: refOf(place.value)
	};
}
function typesOf(schema, values) {
	const { type } = schema;
	if (typeof type === "string") return /* @__PURE__ */ new Set([type]);
	if (Array.isArray(type)) return new Set(textsOf(type));
	if (values !== void 0 && values.length > 0) return new Set(values.map(typeOfJson));
	if (["properties", "additionalProperties"].some((key) => Object.hasOwn(schema, key))) return /* @__PURE__ */ new Set(["object"]);
	if (Object.hasOwn(schema, "items")) return /* @__PURE__ */ new Set(["array"]);
}
function typeOfJson(json) {
	const value = JSON.parse(json);
	if (value === null) return "null";
	if (Array.isArray(value)) return "array";
	return Number.isInteger(value) ? "integer" : typeof value;
}
function valuesOf(schema) {
	if (Array.isArray(schema["enum"])) return schema["enum"].map((value) => JSON.stringify(value));
	return Object.hasOwn(schema, "const") ? [JSON.stringify(schema["const"])] : void 0;
}
function boundsOf(schema) {
	const bounds = /* @__PURE__ */ new Map();
	for (const key of BOUNDS) {
		const bound = schema[key];
		if (typeof bound === "number") bounds.set(key, bound);
	}
	for (const [key, exclusive] of [["minimum", "exclusiveMinimum"], ["maximum", "exclusiveMaximum"]]) {
		const bound = bounds.get(key);
		if (schema[exclusive] !== true || bound === void 0) continue;
		bounds.delete(key);
		bounds.set(exclusive, bound);
	}
	return bounds;
}
function propertiesOf(api, place) {
	const all = api.child(place, "properties");
	if (all === void 0 || !isMapping(all.value)) return /* @__PURE__ */ new Map();
	return new Map(Object.keys(all.value).flatMap((name) => {
		const property = api.child(all, name);
		return property === void 0 ? [] : [[name, property]];
	}));
}
function additionalOf(api, place) {
	const additional = api.child(place, "additionalProperties");
	if (additional?.value === false) return "none";
	return additional?.value === true ? void 0 : additional;
}
function sideOf(schema) {
	if (schema["readOnly"] === true) return "read_only";
	return schema["writeOnly"] === true ? "write_only" : "both";
}
function both(one, other) {
	return {
		place: one.place,
		types: common(one.types, other.types),
		nullable: one.nullable && other.nullable,
		values: one.values && other.values ? one.values.filter((value) => other.values?.includes(value)) : one.values ?? other.values,
		bounds: tightest(one.bounds, other.bounds),
		format: one.format ?? other.format,
		pattern: one.pattern ?? other.pattern,
		properties: new Map([...one.properties, ...other.properties]),
		required: /* @__PURE__ */ new Set([...one.required, ...other.required]),
		items: one.items ?? other.items,
		additional: one.additional === "none" || other.additional === "none" ? "none" : one.additional ?? other.additional,
		alternatives: one.alternatives.length > 0 ? one.alternatives : other.alternatives,
		side: one.side === "both" ? other.side : one.side,
		remote: one.remote ?? other.remote
	};
}
function common(one, other) {
	if (one === void 0 || other === void 0) return one ?? other;
	return new Set([...one].filter((type) => other.has(type)));
}
function tightest(one, other) {
	const bounds = new Map(one);
	for (const [key, bound] of other) {
		const known = bounds.get(key);
		const tighter = isUpper(key) ? Math.min : Math.max;
		bounds.set(key, known === void 0 ? bound : tighter(known, bound));
	}
	return bounds;
}
function isUpper(key) {
	return /max/i.test(key);
}
function childrenOf(api, place, key) {
	const list = api.child(place, key);
	if (list === void 0 || !Array.isArray(list.value)) return [];
	return list.value.flatMap((_, index) => api.child(list, index) ?? []);
}
function isNull(value) {
	return isMapping(value) && (value["type"] === "null" || valuesOf(value)?.every((one) => one === "null") === true);
}
function isMapping(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
function textOf(value) {
	return typeof value === "string" ? value : void 0;
}
function textsOf(value) {
	return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

// src/adapters/openapi-operations.ts
const METHODS = [
	"get",
	"put",
	"post",
	"delete",
	"options",
	"head",
	"patch",
	"trace",
	"query"
];
function operationsOf(api) {
	const paths = api.child(api.root, "paths");
	const found = /* @__PURE__ */ new Map();
	if (paths === void 0 || !isMapping(paths.value)) return found;
	for (const path of Object.keys(paths.value)) {
		const written = api.child(paths, path);
		const item = written && api.resolve(written);
		for (const method of item !== void 0 && isMapping(item.value) ? METHODS : []) {
			const place = item && api.child(item, method);
			if (item === void 0 || place === void 0) continue;
			const operation = operationOf(api, {
				path,
				method,
				item,
				place
			});
			found.set(operation.key, operation);
		}
	}
	return found;
}
function operationOf(api, { path, method, item, place }) {
	const names = [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
	const parameters = /* @__PURE__ */ new Map();
	for (const parameter of [...parametersOf(api, item), ...parametersOf(api, place)]) {
		const { in: where, name } = parameter.value;
		const position = names.indexOf(String(name));
		parameters.set(where === "path" && position >= 0 ? `path ${position}` : `${String(where)} ${keyOf(where, name)}`, parameter);
	}
	return {
		name: `${method.toUpperCase()} ${path}`,
		key: `${method} ${path.replaceAll(/\{[^{}]*\}/g, "{}")}`,
		place,
		parameters
	};
}
function keyOf(where, name) {
	return where === "header" ? String(name).toLowerCase() : String(name);
}
function parametersOf(api, place) {
	const list = api.child(place, "parameters");
	if (list === void 0 || !Array.isArray(list.value)) return [];
	return list.value.flatMap((_, index) => api.child(list, index) ?? []).map((parameter) => api.resolve(parameter)).filter(({ value }) => isMapping(value));
}

// src/adapters/openapi-pairs.ts
function pairs() {
	const words = /* @__PURE__ */ new Map();
	return {
		get: ([word, one, other]) => isObject$1(one) && isObject$1(other) ? words.get(word)?.get(one)?.get(other) : void 0,
		set([word, one, other], known) {
			if (!isObject$1(one) || !isObject$1(other)) return;
			const ones = words.get(word) ?? /* @__PURE__ */ new WeakMap();
			words.set(word, ones);
			const others = ones.get(one) ?? /* @__PURE__ */ new WeakMap();
			ones.set(one, others);
			others.set(other, known);
		}
	};
}
function isObject$1(value) {
	return typeof value === "object" && value !== null;
}

// src/adapters/openapi-schema.ts
var ApiTooLarge = class extends Error {
	name = "ApiTooLarge";
};
const COMPARISONS_MAX = 2e6;
function schemaComparer(apis) {
	const comparison = new Comparison(apis);
	return (before, after, direction) => comparison.compare(before, after, direction);
}
var Comparison = class {
	#apis;
	#shapesOf = /* @__PURE__ */ new WeakMap();
	#whole = pairs();
	#partial = pairs();
	#open = [];
	#met = Infinity;
	#count = 0;
	constructor(apis) {
		this.#apis = apis;
	}
	compare(was, is, direction) {
		const [before, after] = [bare(this.#apis.before, was), bare(this.#apis.after, is)];
		if (++this.#count > COMPARISONS_MAX) throw new ApiTooLarge("It has more schemas than can be compared.");
		const open = this.#open.findIndex(([one, other]) => one === before.value && other === after.value);
		if (open >= 0) {
			this.#met = Math.min(this.#met, open);
			return [];
		}
		if (this.#open.length === 0) this.#partial = pairs();
		const key = [
			direction,
			before.value,
			after.value
		];
		const whole = this.#whole.get(key);
		if (whole !== void 0) return whole;
		const partial = this.#partial.get(key);
		if (partial !== void 0) {
			this.#met = 0;
			return partial;
		}
		const depth = this.#open.push([before.value, after.value]) - 1;
		const found = this.#shapes(this.#shapeOf("before", before), this.#shapeOf("after", after), direction);
		this.#open.pop();
		const isWhole = this.#met >= depth;
		if (isWhole) this.#met = Infinity;
		(isWhole ? this.#whole : this.#partial).set(key, found);
		return found;
	}
	#shapeOf(which, place) {
		const { value } = place;
		const known = isObject(value) ? this.#shapesOf.get(value) : void 0;
		if (known !== void 0) return known;
		const shape = shapeOf(this.#apis[which], place);
		if (isObject(value)) this.#shapesOf.set(value, shape);
		return shape;
	}
	#shapes(before, after, direction) {
		if (before.remote !== void 0 || after.remote !== void 0) return remoteChanges(before, after);
		const own = valueChanges(before, after, direction);
		if (own.some(({ what }) => what.startsWith("type "))) return own;
		if (before.alternatives.length > 0 !== after.alternatives.length > 0) return [...own, ...this.#alternatives(before, after, direction)];
		return [
			...own,
			...this.#properties(before, after, direction),
			...this.#inner("[]", [before.items, after.items], direction),
			...this.#additional(before, after, direction),
			...this.#alternatives(before, after, direction)
		];
	}
	#properties(before, after, direction) {
		const known = [before, after].flatMap(({ properties, required }) => [...properties.keys(), ...required]);
		return [...new Set(known)].flatMap((name) => this.#property(name, [before, after], direction));
	}
	#property(name, [before, after], direction) {
		const [was, is] = [before.properties.get(name), after.properties.get(name)];
		const change = (what, place = is ?? after.place) => [breaking$1(what, place, [name])];
		const [wasRequired, isRequired] = [before.required.has(name), after.required.has(name)];
		if (was === void 0 && is === void 0) return direction === "request" && isRequired && !wasRequired ? change("added as required") : [];
		if (was !== void 0 && !this.#isMeant(was, "before", direction)) return [];
		if (is === void 0) return change("removed");
		if (!this.#isMeant(is, "after", direction)) return was !== void 0 && direction === "response" ? change("removed") : [];
		if (was === void 0) return direction === "request" && isRequired && !wasRequired ? change("added as required") : [];
		return [
			...direction === "request" && isRequired && !wasRequired ? change("became required") : [],
			...direction === "response" && wasRequired && !isRequired ? change("became optional") : [],
			...within(name, this.compare(was, is, direction))
		];
	}
	#isMeant(place, which, direction) {
		const { side } = this.#shapeOf(which, bare(this.#apis[which], place));
		return side !== (direction === "request" ? "read_only" : "write_only");
	}
	#inner(segment, [was, is], direction) {
		return was === void 0 || is === void 0 ? [] : within(segment, this.compare(was, is, direction));
	}
	#additional(before, after, direction) {
		const [was, is] = [before.additional, after.additional];
		if (direction === "request" && is === "none" && was !== "none" && after.properties.size > 0) return [breaking$1("takes no other properties now", after.place)];
		return was === "none" || is === "none" ? [] : this.#inner("*", [was, is], direction);
	}
	#alternatives(before, after, direction) {
		if (before.alternatives.length === 0 && after.alternatives.length === 0) return [];
		const [was, is] = [choices(before), choices(after)];
		const [asked, among] = direction === "request" ? [was, is] : [is, was];
		return asked.flatMap((one) => {
			const pair = (other) => direction === "request" ? this.compare(one, other, direction) : this.compare(other, one, direction);
			if (among.some((other) => pair(other).length === 0)) return [];
			const name = nameOf(one);
			const twin = among.find((other) => nameOf(other) === name);
			if (twin !== void 0) return pair(twin);
			return [breaking$1(direction === "request" ? `no longer takes ${name}` : `may be ${name} now`, after.place)];
		});
	}
};
function bare(api, place) {
	if (refOf(place.value) === void 0 || !isObject(place.value)) return place;
	return Object.keys(place.value).every((key) => SAYING_NOTHING.has(key)) ? api.resolve(place) : place;
}
const SAYING_NOTHING = /* @__PURE__ */ new Set([
	"$ref",
	"summary",
	"description"
]);
function choices(shape) {
	return shape.alternatives.length > 0 ? shape.alternatives : [shape.place];
}
function nameOf({ value, path }) {
	const { $ref, title } = isObject(value) ? value : {};
	if (typeof $ref === "string") return $ref.split("/").at(-1) ?? $ref;
	if (typeof title === "string") return title;
	const index = Number(path.at(-1));
	return Number.isInteger(index) ? `alternative ${index + 1}` : "what it was";
}
function remoteChanges(before, after) {
	if (before.remote === after.remote) return [];
	return [{
		kind: "unknown",
		at: [],
		what: `is described at ${after.remote ?? before.remote ?? ""}, which is not read`,
		place: after.place
	}];
}
function valueChanges(before, after, direction) {
	const [narrow, wide] = direction === "request" ? [before, after] : [after, before];
	const asks = direction === "request";
	if (!admitsTypes(wide, narrow)) return [breaking$1(`type changed from ${typesText(before)} to ${typesText(after)}`, after.place)];
	return [
		...narrow.nullable && !wide.nullable ? [asks ? "may no longer be null" : "may be null now"] : [],
		...enumChanges(narrow, wide, asks),
		...boundChanges(before, after, asks),
		...formatChanges(before, after, asks),
		...asks && after.pattern !== void 0 && after.pattern !== before.pattern ? [`must match ${JSON.stringify(after.pattern)} now`] : []
	].map((what) => breaking$1(what, after.place));
}
function admitsTypes(wide, narrow) {
	const { types } = wide;
	if (types === void 0) return true;
	if (narrow.types === void 0) return narrow.alternatives.length > 0;
	return [...narrow.types].every((type) => types.has(type) || type === "integer" && types.has("number"));
}
function typesText({ types }) {
	return types === void 0 ? "any" : [...types].toSorted().join(" or ") || "nothing";
}
function enumChanges(narrow, wide, asks) {
	if (wide.values === void 0) return [];
	if (narrow.values === void 0) {
		if (narrow.alternatives.length > 0) return [];
		return [asks ? `takes only ${wide.values.join(", ")} now` : "may be any value now"];
	}
	return narrow.values.filter((value) => wide.values?.includes(value) === false).map((value) => asks ? `no longer takes ${value}` : `may be ${value} now`);
}
function boundChanges(before, after, asks) {
	return BOUNDS.flatMap((key) => {
		const [was, is] = [before.bounds.get(key), after.bounds.get(key)];
		if (was === is) return [];
		return (is === void 0 || was !== void 0 && (isUpper(key) ? is > was : is < was)) === asks ? [] : [`${key} changed from ${was ?? "none"} to ${is ?? "none"}`];
	});
}
function formatChanges({ format: was }, { format: is }, asks) {
	const [narrow, wide] = asks ? [was, is] : [is, was];
	if (wide === void 0 || narrow === wide || narrow === "int32" && wide === "int64") return [];
	return [`format changed from ${was ?? "none"} to ${is ?? "none"}`];
}
function breaking$1(what, place, at = []) {
	return {
		kind: "breaking",
		at,
		what,
		place
	};
}
function within(segment, changes) {
	return changes.map((change) => ({
		...change,
		at: [segment, ...change.at]
	}));
}
function isObject(value) {
	return typeof value === "object" && value !== null;
}

// src/adapters/openapi-security.ts
function securityChanges(apis, before, after) {
	const [was, is] = [waysOf(apis.before, before), waysOf(apis.after, after)];
	const lost = was.filter((way) => !is.some((other) => suffices(way, other)));
	if (lost.length === 0) return [];
	if (lost.some((way) => way.size === 0)) return [`security added: ${is.map(wayText).join(" or ")}`];
	return [`security changed: ${lost.map(wayText).join(" or ")} no longer suffices`];
}
function suffices(shown, asked) {
	return [...asked].every(([scheme, scopes]) => {
		const has = shown.get(scheme);
		return has !== void 0 && [...scopes].every((scope) => has.has(scope));
	});
}
function waysOf(api, operation) {
	const security = api.child(operation, "security") ?? api.child(api.root, "security");
	if (security === void 0 || !Array.isArray(security.value) || security.value.length === 0) return [/* @__PURE__ */ new Map()];
	return security.value.filter(isMapping).map((way) => {
		return new Map(Object.entries(way).map(([name, scopes]) => [schemeText(api, name), new Set(Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [])]));
	});
}
function schemeText(api, name) {
	const place = [
		"components",
		"securitySchemes",
		name
	].reduce((at, key) => at === void 0 ? void 0 : api.child(at, key), api.root);
	const scheme = place === void 0 ? void 0 : api.resolve(place).value;
	if (!isMapping(scheme)) return name;
	const { type, scheme: kind, in: where, name: key } = scheme;
	if (type === "apiKey") return `an API key in ${String(where)} ${String(key)}`;
	if (type === "http") return `HTTP ${String(kind).toLowerCase()}`;
	return String(type);
}
function wayText(way) {
	if (way.size === 0) return "nothing";
	return [...way].map(([scheme, scopes]) => scopes.size === 0 ? scheme : `${scheme} with ${[...scopes].join(", ")}`).join(" and ");
}

// src/adapters/openapi-changes.ts
function compareApis(apis) {
	const [before, after] = [operationsOf(apis.before), operationsOf(apis.after)];
	const comparison = {
		apis,
		schemas: schemaComparer(apis)
	};
	const added = [...after].filter(([key]) => !before.has(key));
	return [...[...before].map(([key, was]) => compared(comparison, was, after.get(key))), ...added.map(([, { name }]) => ({
		name,
		state: "added",
		changes: []
	}))];
}
function compared(comparison, was, is) {
	const { apis } = comparison;
	const { name } = was;
	if (is === void 0) return {
		name,
		state: "kept",
		changes: [breaking("removed", "", apis.after.child(apis.after.root, "paths") ?? apis.after.root)]
	};
	return {
		name,
		state: "kept",
		changes: [
			...securityChanges(apis, was.place, is.place).map((what) => breaking(what, "", is.place)),
			...parameterChanges(comparison, was, is),
			...bodyChanges(comparison, was, is),
			...responseChanges(comparison, was, is)
		]
	};
}
function parameterChanges({ apis, schemas }, was, is) {
	return [.../* @__PURE__ */ new Set([...was.parameters.keys(), ...is.parameters.keys()])].flatMap((key) => {
		const [before, after] = [was.parameters.get(key), is.parameters.get(key)];
		const name = parameterName(before ?? after);
		if (after === void 0) return [breaking(`${name} removed`, "", is.place)];
		if (before === void 0) return isRequired(after) ? [breaking(`${name} added as required`, "", after)] : [];
		const subject = {
			body: name,
			property: `${name} property`
		};
		return [
			...isRequired(after) && !isRequired(before) ? [breaking(`${name} became required`, "", after)] : [],
			...wireForm(after) === wireForm(before) ? [] : [breaking(`${name} is written another way`, "", after)],
			...contentChanges({
				apis,
				schemas
			}, before, after, {
				direction: "request",
				subject,
				where: ""
			})
		];
	});
}
function parameterName(place) {
	const { in: where, name } = mapping(place);
	return `${String(where)} parameter ${JSON.stringify(name)}`;
}
function isRequired(place) {
	const { required, in: where } = mapping(place);
	return required === true || where === "path";
}
function wireForm(place) {
	const { in: where } = mapping(place);
	const { style = where === "query" || where === "cookie" ? "form" : "simple", explode = style === "form" } = mapping(place);
	return JSON.stringify([style, explode]);
}
function bodyChanges(comparison, was, is) {
	const { before: old, after: now } = comparison.apis;
	const [before, after] = [resolved(old, was.place, "requestBody"), resolved(now, is.place, "requestBody")];
	const place = after ?? is.place;
	if (before === void 0) return isRequired(after) ? [breaking("request body added as required", "", place)] : [];
	if (after === void 0) return [breaking("request body removed", "", place)];
	const subject = {
		body: "request body",
		property: "request property"
	};
	return [...isRequired(after) && !isRequired(before) ? [breaking("request body became required", "", place)] : [], ...contentChanges(comparison, before, after, {
		direction: "request",
		subject,
		where: ""
	})];
}
function responseChanges(comparison, was, is) {
	const { before: old, after: now } = comparison.apis;
	const [before, after] = [old.child(was.place, "responses"), now.child(is.place, "responses")];
	return (before !== void 0 && isMapping(before.value) ? Object.keys(before.value) : []).flatMap((status) => {
		const response = before && resolved(old, before, status);
		const next = after && [
			status,
			`${status[0]}XX`,
			"default"
		].map((key) => resolved(now, after, key)).find((one) => one !== void 0);
		if (response === void 0 || status.startsWith("x-")) return [];
		if (next === void 0) return status.startsWith("2") ? [breaking(`response ${status} removed`, "", after ?? is.place)] : [];
		const subject = {
			body: "response body",
			property: "response property"
		};
		return [...headerChanges(comparison, response, next, status), ...contentChanges(comparison, response, next, {
			direction: "response",
			subject,
			where: status
		})];
	});
}
function headerChanges({ apis, schemas }, was, is, where) {
	const [before, after] = [apis.before.child(was, "headers"), apis.after.child(is, "headers")];
	return Object.keys(mapping(before)).flatMap((name) => {
		const subject = `response header ${JSON.stringify(name)}`;
		const [old, now] = [before && resolved(apis.before, before, name), after && resolved(apis.after, after, name)];
		if (old === void 0) return [];
		if (now === void 0) return [breaking(`${subject} removed`, where, is)];
		const named = {
			body: subject,
			property: `${subject} property`
		};
		return contentChanges({
			apis,
			schemas
		}, old, now, {
			direction: "response",
			subject: named,
			where
		});
	});
}
function contentChanges(comparison, was, is, content) {
	const { apis } = comparison;
	const { where, subject } = content;
	const [before, after] = [apis.before.child(was, "content"), apis.after.child(is, "content")];
	return [...schemaChanges(comparison, was, is, content), ...Object.keys(mapping(before)).flatMap((type) => {
		const old = before && resolved(apis.before, before, type);
		const now = after && resolved(apis.after, after, type);
		if (old === void 0) return [];
		if (now === void 0) return [breaking(`${subject.body} as ${type} removed`, where, is)];
		return schemaChanges(comparison, old, now, {
			...content,
			where: `${where} ${type}`.trim()
		});
	})];
}
function schemaChanges({ apis, schemas }, was, is, { direction, subject, where }) {
	const [before, after] = [apis.before.child(was, "schema"), apis.after.child(is, "schema")];
	if (before === void 0 || after === void 0) return [];
	return schemas(before, after, direction).map((change) => ({
		...named(change, subject),
		where
	}));
}
function named({ kind, at, what, place }, { body, property }) {
	const path = at.join(".").replaceAll(".[]", "[]");
	return {
		kind,
		what: path === "" ? `${body} ${what}` : `${property} ${JSON.stringify(path)} ${what}`,
		place
	};
}
function resolved(api, place, key) {
	const child = api.child(place, key);
	return child && api.resolve(child);
}
function mapping(place) {
	return place !== void 0 && isMapping(place.value) ? place.value : {};
}
function breaking(what, where, place) {
	return {
		kind: "breaking",
		what,
		where,
		place
	};
}

// src/adapters/openapi.ts
function openapiTestRunner({ openapi }) {
	return { async test(context) {
		if (context.signal.aborted) return failed("cancelled", `${context.step} was stopped because the run was cancelled.`);
		try {
			return await outcomeOf(openapi, context);
		} catch (error) {
			if (error instanceof ApiUnreadable || error instanceof ApiTooLarge || error instanceof UsageError) return failed("report", `${context.step}: ${error.message}`);
			throw error;
		}
	} };
}
async function outcomeOf(openapi, context) {
	const { root, directory, values } = context;
	const candidate = values["SEAMLESS_CANDIDATE_DIR"] ?? directory;
	const top = resolve(candidate, relative(directory, root));
	const after = await describedApi(top, relative(top, join(candidate, openapi)));
	const before = await describedApi(root, relative(root, join(directory, openapi))).catch(asUnreadable);
	const one = (result, what, message) => ({
		kind: "ran",
		cases: [{
			name: `openapi › ${openapi}: ${what}`,
			result,
			...message !== void 0 && {
				message,
				file: openapi
			}
		}]
	});
	if (before instanceof Error) return one("skipped", "version n has one that cannot be read", `${before.message}. Nothing could be compared.`);
	if (before === void 0 && after === void 0) return failed("report", `${context.step}: there is no ${openapi}, in neither version. Correct "openapi" of the step.`);
	if (before === void 0) return one("passed", "version n has none, so nothing of it can break");
	if (after === void 0) return one("failed", "removed", `Version n has ${openapi}, and this one does not.`);
	return {
		kind: "ran",
		cases: casesOf({
			before,
			after
		})
	};
}
async function describedApi(root, file) {
	const api = await readApi(root, file);
	if (api === void 0) return void 0;
	const { openapi, swagger } = isMapping(api.root.value) ? api.root.value : {};
	if (swagger !== void 0) throw new ApiUnreadable(file, 1, `it is Swagger ${JSON.stringify(swagger)}; OpenAPI 3 is read. Converters exist, such as swagger2openapi`);
	if (typeof openapi !== "string" || !openapi.startsWith("3.")) throw new ApiUnreadable(file, 1, "it is no OpenAPI 3 description: it does not begin with \"openapi: 3.…\"");
	return api;
}
function asUnreadable(error) {
	if (error instanceof ApiUnreadable || error instanceof UsageError) return error;
	throw error;
}
function casesOf(apis) {
	return compareApis(apis).flatMap((operation) => casesOfOperation(operation, apis.after));
}
function casesOfOperation({ name, state, changes }, after) {
	const title = `openapi › ${name}`;
	if (state === "added") return [{
		name: `${title}: added`,
		result: "passed"
	}];
	const cases = [...Map.groupBy(changes, ({ what }) => what)].map(([what, same]) => caseOf(`${title}: ${what}`, same, after));
	return cases.some(({ result }) => result === "failed") ? cases : [{
		name: title,
		result: "passed"
	}, ...cases];
}
function caseOf(name, changes, after) {
	const [first] = changes;
	const where = [...new Set(changes.map((change) => change.where).filter((text) => text !== ""))].slice(0, 10);
	const isBreaking = changes.some(({ kind }) => kind === "breaking");
	const message = isBreaking ? `Users of version n rely on it${where.length === 0 ? "" : ` (${where.join(", ")})`}. If it is meant, name it under "accepts" of the step.` : "It cannot be told whether this breaks anybody.";
	return {
		name,
		result: isBreaking ? "failed" : "skipped",
		message,
		...first !== void 0 && {
			file: first.place.file,
			line: after.lineOf(first.place)
		}
	};
}
function failed(why, message) {
	return {
		kind: "failed",
		failure: {
			why,
			message,
			output: ""
		}
	};
}

export { openapiTestRunner as n, compareApis as r, describedApi as t };