import { a as discriminatedUnion, d as record, f as strictObject, g as unknown, h as union, i as boolean, l as number, n as _enum, o as int, p as string, r as array, s as literal, v as toJSONSchema, x as NEVER } from "./schemas.js";
import { n as template } from "./template.js";
import { n as variableName } from "./variable-name.js";
import { t as nearestName } from "./nearest.js";
import { a as selector$1, r as labelTemplates } from "./selector.js";
import { n as isBranchName, t as branchName } from "./branch-name.js";
import { a as constructFromEvents, i as YAMLException, n as JSON_SCHEMA, r as SCALAR_STYLE, s as getScalarValue, t as EVENT_ID, u as parseEvents } from "./js-yaml.js";

// src/config/deploy-step.ts
function deployStep(deploy) {
	switch (deploy.adapter) {
		case "run": return deploy.run;
		case "kubernetes": return deploy.kubernetes;
		case "ansible": return deploy.ansible;
	}
}

// src/config/config-error.ts
function formatConfigError(error) {
	const { file, line, column, path, message, expected, nearest } = error;
	return `${`${file}:${line}:${column}`}${path === "" ? "" : ` ${path}:`} ${message}${expected === void 0 ? "" : `; expected ${expected}`}${nearest === void 0 ? "" : `. Did you mean "${nearest}"?`}`;
}
function formatPath(path) {
	let text = "";
	for (const step of path) if (typeof step === "number") text += `[${step}]`;
	else if (/^[\w-]{1,60}$/.test(step)) text += text === "" ? step : `.${step}`;
	else text += `[${quoted(step)}]`;
	return text;
}
function quoted(text) {
	return visible(JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text));
}
function visible(text) {
	return (text.length > 600 ? `${text.slice(0, 599)}…` : text).toWellFormed().replaceAll(INVISIBLE, (found) => {
		return `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
	});
}
const INVISIBLE = /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g;

// src/config/allow.ts
const GRANTED_ROLES = [
	"triage",
	"write",
	"maintain",
	"admin"
];
const EXPECTED$3 = `expected ${GRANTED_ROLES.join(", ")}, team:organisation/team, user:login or id:number`;
const LOGIN = String.raw`[A-Za-z\d](?:[A-Za-z\d-]{0,37}[A-Za-z\d])?(?:_[A-Za-z\d]+)?`;
const GRANT = new RegExp(`^(?:${GRANTED_ROLES.join("|")}|team:${LOGIN}/[a-z\\d_](?:[a-z\\d._-]{0,99})|user:${LOGIN}|id:[1-9]\\d{0,14})$`);
const grant = string({ error: EXPECTED$3 }).regex(GRANT, { error: EXPECTED$3 }).transform(readGrant);
const people = array(grant, { error: EXPECTED$3.replace("expected ", "expected a list of ") }).min(1, { error: "nobody could give the command: name somebody, or leave the key out" }).optional();
const allow = strictObject({
	deploy: people.describe("Who may `/deploy` there; anyone with write."),
	plan: people.describe("Who may `/plan`; anyone with write."),
	rollback: people.describe("Who may `/rollback`; anyone with write."),
	revert: people.describe("Who may `/revert` a merge; anyone with write."),
	promote: people.describe("Who may `/promote`; anyone with write."),
	accept: people.describe("Who may `/accept` what was found there; anyone with write."),
	pause: people.describe("Who may `/pause` its watch; anyone with write."),
	continue: people.describe("Who may `/continue` a paused one; anyone with write."),
	lock: people.describe("Who may `/lock` it; anyone with write."),
	unlock: people.describe("Who may `/unlock` it; anyone with write."),
	resolve: people.describe("Who may say by `/resolve` that it was looked after; anyone with write."),
	unquarantine: people.describe("Who may `/unquarantine`; anyone with maintain."),
	autorevert: people.describe("Who may say by `/autorevert` whether merges are taken back by themselves; anyone with maintain.")
}).prefault({}).transform((found) => found).describe("Who may give which command: lists of `triage`, `write`, `maintain`, `admin` (this role or a higher one), `team:organisation/team`, `user:login`, `id:number`.");
function readGrant(text) {
	const [kind, value = ""] = text.split(":", 2);
	if (kind === "team") return {
		kind,
		team: value
	};
	if (kind === "user") return {
		kind,
		login: value
	};
	if (kind === "id") return {
		kind,
		id: Number(value)
	};
	return {
		kind: "role",
		role: text
	};
}

// src/config/in-milliseconds.ts
function inMilliseconds({ timeout, ...step }) {
	return {
		...step,
		timeoutMs: timeout
	};
}

// src/config/quantity.ts
const DURATION_UNITS = {
	ms: 1,
	s: 1e3,
	m: 6e4,
	h: 36e5,
	d: 864e5,
	w: 6048e5
};
const SIZE_UNITS = {
	B: 1,
	kB: 1e3,
	MB: 1e6,
	GB: 1e9,
	TB: 0xe8d4a51000,
	KiB: 1024,
	MiB: 1024 ** 2,
	GiB: 1024 ** 3,
	TiB: 1024 ** 4
};
const LONGEST_MS = 316224e5;
const NUMBER = String.raw`\d{1,15}(?:\.\d{1,9})?`;
const DURATION = new RegExp(`^(?:${NUMBER}(?:ms|[smhdw]))+$`);
const PERCENTAGE = new RegExp(`^${NUMBER}%$`);
const POINTS = new RegExp(`^${NUMBER}(?:pp|%)$`);
const SIZE = new RegExp(`^${NUMBER}(?:[kMGT]?B|[KMGT]iB)$`);
const EXPECTED_DURATION = "expected a duration such as 30s, 5m or 1h30m";
const EXPECTED_PERCENTAGE = "expected a percentage such as 10% or 0.5%";
const EXPECTED_POINTS = "expected percentage points such as 0.05pp";
const EXPECTED_SIZE = "expected a size such as 512MiB or 2GB";
const duration = string({ error: EXPECTED_DURATION }).regex(DURATION, { error: EXPECTED_DURATION }).transform(milliseconds).refine((ms) => ms > 0 && ms <= LONGEST_MS, { error: "a duration is more than 0s and at most 366d" });
const durationOrNone = string({ error: EXPECTED_DURATION }).regex(DURATION, { error: EXPECTED_DURATION }).transform(milliseconds).refine((ms) => ms <= LONGEST_MS, { error: "a duration is at most 366d" });
const percentage = string({ error: EXPECTED_PERCENTAGE }).regex(PERCENTAGE, { error: EXPECTED_PERCENTAGE }).transform(share);
const proportion = percentage.refine((value) => value <= 1, { error: "at most 100%" });
const percentagePoints = string({ error: EXPECTED_POINTS }).regex(POINTS, { error: EXPECTED_POINTS }).transform(share).refine((value) => value <= 1, { error: "at most 100pp" });
const size = string({ error: EXPECTED_SIZE }).regex(SIZE, { error: EXPECTED_SIZE }).transform(bytes);
const LEVEL = new RegExp(`^(?:(?:${NUMBER}(?:ms|[smhdw]))+|${NUMBER}%|${NUMBER}(?:[kMGT]?B|[KMGT]iB)|-?${NUMBER})$`);
const EXPECTED_LEVEL = "expected a number, a duration (300ms), a size (512MiB) or a percentage (80%)";
const level = union([number(), string().regex(LEVEL)], { error: EXPECTED_LEVEL }).transform((text) => {
	if (typeof text === "number") return {
		value: text,
		unit: "none"
	};
	if (DURATION.test(text)) return {
		value: milliseconds(text) / 1e3,
		unit: "seconds"
	};
	if (PERCENTAGE.test(text)) return {
		value: share(text),
		unit: "share"
	};
	if (SIZE.test(text)) return {
		value: bytes(text),
		unit: "bytes"
	};
	return {
		value: Number(text),
		unit: "none"
	};
});
function milliseconds(text) {
	let sum = 0;
	for (const [, number, unit = ""] of text.matchAll(/([\d.]+)(ms|[smhdw])/g)) sum += Number(number) * (DURATION_UNITS[unit] ?? NaN);
	return Math.round(sum);
}
function share(text) {
	const number = Number(text.replace(/(?:%|pp)$/, ""));
	return Number((number / 100).toPrecision(12));
}
function bytes(text) {
	const [, number, unit = ""] = /^([\d.]+)(\w+)$/.exec(text) ?? [];
	return Number(number) * (SIZE_UNITS[unit] ?? NaN);
}

// src/config/repository-path.ts
const EXPECTED_PATH = "expected a path within the repository, such as packages/api";
const EXPECTED_GLOB = "expected a pattern within the repository, such as dist/**";
const repositoryPath = string({ error: EXPECTED_PATH }).max(500).refine(staysInside, { error: EXPECTED_PATH });
const repositoryGlob = string({ error: EXPECTED_GLOB }).max(500).refine(staysInside, { error: EXPECTED_GLOB });
function staysInside(text) {
	if (text === "" || text.startsWith("-")) return false;
	if (/[\\\u0000-\u001F\u007F]|^[A-Za-z]:|^\//.test(text)) return false;
	return !text.split("/").some((part) => part === ".." || part.toLowerCase() === ".git");
}

// src/config/command.ts
const EXPECTED$2 = "expected a command";
const command = string({ error: EXPECTED$2 }).regex(/\S/, { error: EXPECTED$2 }).refine((text) => !text.includes("\0"), { error: "expected a command without NUL" });

// src/config/docker.ts
const EXPECTED_IMAGE = "expected the name of an image without tag or digest, such as registry.example.org/shop/api";
const image = string({ error: EXPECTED_IMAGE }).max(255, { error: EXPECTED_IMAGE }).regex(/^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9-]*[a-zA-Z0-9](?::\d{1,5})?\/|[a-zA-Z0-9-]+:\d{1,5}\/|localhost\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/, { error: EXPECTED_IMAGE });
const EXPECTED_TAG$1 = "expected a tag of letters, digits, _, . and -, such as {version}";
const tag$1 = template(["version"]).refine((text) => /^(?:\w|\{version\})(?:[\w.-]|\{version\})*$/.test(text), { error: EXPECTED_TAG$1 }).refine((text) => text.length <= 128, { error: EXPECTED_TAG$1 });
const EXPECTED_WORD = "expected one word: no space, no line break, no - at its start (write it into the Dockerfile)";
const SECRET = /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE_?KEY|API_?KEY/i;
const argument = template([
	"version",
	"previous",
	"repository"
]).refine((text) => !/^-|[\s\u0000-\u001F\u007F]/.test(text), { error: EXPECTED_WORD });
const argumentName = string().regex(/^[A-Za-z_]\w{0,99}$/, { error: "expected a name of letters, digits and _" }).refine((name) => !SECRET.test(name), { error: "expected no secret: build arguments stay in the image; hand it over under \"secrets\" of the docker section" });
const docker = strictObject({
	image: image.describe("Its repository, without a tag: the name that manifests use."),
	context: repositoryPath.prefault(".").describe("The folder whose files the Dockerfile can copy, from the step's."),
	file: repositoryPath.optional().describe("The Dockerfile, from the step's folder; that of the context."),
	target: string({ error: "expected the name of a build stage" }).regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: "expected the name of a build stage" }).optional().describe("The stage of the Dockerfile to build; its last."),
	args: record(argumentName, argument, { error: "expected a mapping from arguments" }).prefault({}).describe("Build arguments, one word each: `{version}`, `{previous}` and `{repository}` are filled in."),
	tags: array(tag$1, { error: "expected a list of tags such as [\"{version}\", latest]" }).prefault(["{version}"]).describe("What it is also called in the registry, beside its commit's full id."),
	secrets: record(string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: "expected the id of a secret, such as npm" }), variableName, { error: "expected a mapping from ids to variables" }).prefault({}).describe("Secrets of the build by their `id` in `RUN --mount=type=secret`, from variables. They need BuildKit, and stay out of the image.")
});
function withBuildSecrets(step) {
	return {
		...step,
		secrets: [.../* @__PURE__ */ new Set([...step.secrets, ...Object.values(step.docker.secrets)])]
	};
}

// src/config/build-parameters.ts
const EXPECTED$1 = "expected a name of letters, digits, _ and -, at most 100, that begins with a letter or _";
const VALUE_VARIABLES = [
	"version",
	"previous",
	"sha",
	"branch",
	"repository"
];
const parameterName = string({ error: EXPECTED$1 }).regex(/^[A-Za-z_][\w-]{0,99}$/, { error: EXPECTED$1 });
const buildParameters = record(parameterName, template(VALUE_VARIABLES), { error: "expected a mapping from names" }).refine((found) => Object.values(found).some((text) => text.includes("{sha}")), { error: "names no commit: one of them must hold {sha}, and the build must check that commit out" });

// src/config/jenkins.ts
const JOB = "expected a job with its folders, such as team/shop-integration";
const NAME = "expected a name of letters, digits and _, such as SEAMLESS_REQUEST";
const jenkins = strictObject({
	job: string({ error: JOB }).max(300).regex(/^[^/\\?#\u0000-\u001F\u007F]+(?:\/[^/\\?#\u0000-\u001F\u007F]+)*$/, { error: JOB }).refine((job) => !job.split("/").some((part) => part === "." || part === ".."), { error: JOB }).describe("The job with its folders: `team/shop-integration`."),
	parameters: buildParameters.describe("Its parameters: texts that may name `{version}`, `{previous}`, `{sha}`, `{branch}`, `{repository}`; one holds `{sha}`."),
	"request-parameter": string({ error: NAME }).regex(/^[A-Za-z_]\w{0,99}$/, { error: NAME }).prefault("SEAMLESS_REQUEST").describe("The parameter by which Seamless finds its own build again, so that none is started twice."),
	junit: boolean({ error: "expected true or false" }).prefault(true).describe("The job publishes a JUnit report; without one its result alone speaks.")
}).refine((found) => !Object.hasOwn(found.parameters, found["request-parameter"]), {
	error: "the request parameter is filled by Seamless: leave it out of \"parameters\"",
	path: ["parameters"]
}).transform(({ "request-parameter": requestParameter, ...found }) => ({
	...found,
	requestParameter
}));

// src/config/openapi.ts
const openapi = repositoryPath.refine((path) => /\.(?:ya?ml|json)$/i.test(path), { error: "expected a file that ends in .yaml, .yml or .json, such as openapi.yaml" });

// src/config/travis.ts
const SLUG = "expected owner/name";
const travis = strictObject({
	repository: string({ error: SLUG }).regex(/^[\w-]+\/[\w.-]+$/, { error: SLUG }).refine((slug) => !/\/\.{1,2}$/.test(slug), { error: SLUG }).optional().describe("`owner/name` at Travis CI; this repository."),
	branch: template(["branch"]).optional().describe("The branch that the build is shown under; the default branch. May name `{branch}`."),
	variables: record(variableName, template(VALUE_VARIABLES), { error: "expected a mapping from variables" }).prefault({}).describe("Environment variables of the build: texts that may name `{version}`, `{sha}` and the like.")
});

// src/config/written-form.ts
function writtenForm(schema) {
	const { $schema: _, ...form } = toJSONSchema(schema, {
		io: "input",
		unrepresentable: "any"
	});
	return form;
}

// src/config/variant.ts
const MAX_UNKNOWN = 100;
function variant(tag, options) {
	const names = Object.keys(options);
	const published = () => Object.values(options).map(writtenForm);
	let known;
	return record(string(), unknown(), { error: `expected a mapping with ${names.join(" or ")}` }).transform((value, context) => {
		const [name, ...more] = names.filter((name) => Object.hasOwn(value, name));
		const option = name === void 0 ? void 0 : options[name];
		if (option === void 0 || more.length > 0) {
			known ??= keysOf(published());
			refuse(value, {
				tag,
				names,
				known,
				context,
				found: name === void 0 ? [] : [name, ...more]
			});
			return NEVER;
		}
		const read = option.safeParse(value);
		if (read.success) return {
			...read.data,
			[tag]: name
		};
		for (const issue of read.error.issues) context.addIssue({ ...issue });
		return NEVER;
	}).meta({ get anyOf() {
		return published();
	} });
}
function refuse(value, { tag, names, known, context, found }) {
	const report = (message, path = [], among = names) => {
		const slip = path[0] === void 0 ? {} : {
			written: path[0],
			names: [...names, ...known]
		};
		const expected = `one of ${among.join(", ")}`;
		context.addIssue({
			code: "custom",
			message,
			path,
			params: {
				expected,
				part: "key",
				...slip
			}
		});
	};
	if (found.length > 1) {
		report(`names ${found.length} ${tag}s (${found.join(", ")})`);
		return;
	}
	const unknown = Object.keys(value).filter((key) => !known.includes(key)).slice(0, MAX_UNKNOWN);
	const others = unknown.filter((key) => {
		const nearest = nearestName(key, [...names, ...known]);
		return nearest !== void 0 && !names.includes(nearest);
	});
	for (const key of unknown) if (others.includes(key)) report("unknown key", [key], known);
	else report(`unknown ${tag}`, [key]);
	if (unknown.length === others.length) report(`names no ${tag}`);
}
function keysOf(schemas) {
	return [...new Set(schemas.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

// src/config/workflow-test.ts
const FILE = "expected a file of .github/workflows, such as integration.yml";
const ARTIFACT = "expected the name of an artifact";
const workflowFields = {
	workflow: string({ error: FILE }).regex(/^[\w.-]+\.ya?ml$/, { error: FILE }).describe("Another workflow of this repository, of its default branch: `integration.yml`."),
	inputs: buildParameters.refine((found) => !Object.hasOwn(found, "request-id"), { error: "request-id is filled by Seamless: leave it out" }).describe("Its inputs: texts that may name `{version}`, `{previous}`, `{sha}`, `{branch}`, `{repository}`; one holds `{sha}`."),
	artifact: string({ error: ARTIFACT }).regex(/^[^"<>|:*?\r\n\\/]{1,255}$/, { error: ARTIFACT }).optional().describe("The artifact with its JUnit reports; without one each of its jobs counts as a test."),
	junit: array(repositoryGlob, { error: "expected a list of patterns such as reports/*.xml" }).min(1, { error: "expected a pattern" }).optional().describe("Which files of the artifact are reports; all that end in .xml.")
};

// src/config/step.ts
const text = string({ error: "expected text; a number goes in quotes" });
const stepFields = {
	working: repositoryPath.prefault(".").describe("The folder within the repository that it runs in."),
	env: record(variableName, text, { error: "expected a mapping from variables" }).prefault({}).describe("Plain values of your own."),
	secrets: array(variableName, { error: "expected a list of variables" }).prefault([]).describe("The environment variables with secrets that it may see; it sees no others.")
};
const name$2 = template([
	"version",
	"previous",
	"repository"
]).refine((found) => /^[^\s/\\:]+$/.test(found), { error: "expected a name without spaces, /, \\ and :" }).describe("What reports call it; once per stage.");
const timeout = duration.prefault("30m").describe("Stopped after this.");
const junit = array(repositoryGlob, { error: "expected a list of patterns such as reports/*.xml" }).prefault([]).describe("Its JUnit reports: which tests failed, and whether they failed on the base too.");
const runBuild = strictObject({
	name: name$2,
	run: command.describe("The command."),
	artifacts: array(repositoryGlob, { error: "expected a list of patterns such as dist/**" }).prefault([]).describe("What it makes: digested, and deployed by digest."),
	undo: command.optional().describe("Run when a later stage fails; undos run in reverse order."),
	...stepFields,
	timeout
}).transform(inMilliseconds);
const dockerBuild = strictObject({
	name: name$2,
	docker: docker.describe("An image, built by `docker` and pushed to its registry."),
	...stepFields,
	timeout
}).transform((step) => withBuildSecrets(inMilliseconds(step)));
const accepts = array(string({ error: "expected the name of a test" }).min(1), { error: "expected a list of tests" }).prefault([]);
const runTest = strictObject({
	name: name$2,
	run: command.describe("The command."),
	junit,
	base: command.optional().describe("Prepares a checkout of the base commit, where a failing test is run again to tell known failures apart."),
	...stepFields,
	timeout
}).transform(inMilliseconds);
const previousTest = strictObject({
	name: name$2,
	previous: command.describe("Version n's own black-box tests, from its own checkout, against the new build."),
	junit,
	accepts: accepts.describe("Tests by name (`suite › case`) whose breaking is meant."),
	...stepFields,
	timeout
}).transform(inMilliseconds);
const openapiTest = strictObject({
	name: name$2,
	openapi: openapi.describe("The API's description, held against version n's: what it breaks for users."),
	accepts: accepts.describe("Breaking changes by name (`openapi › GET /orders: …`) that are meant.")
});
const jenkinsTest = strictObject({
	name: name$2,
	jenkins: jenkins.describe("A job of your Jenkins, and its JUnit report."),
	timeout
}).transform(inMilliseconds);
const travisTest = strictObject({
	name: name$2,
	travis: travis.describe("A build of the commit at Travis CI; each job is a test."),
	timeout
}).transform(inMilliseconds);
const workflowTest = strictObject({
	name: name$2,
	...workflowFields,
	timeout
}).refine(({ artifact, junit }) => artifact !== void 0 || junit === void 0, {
	error: "does nothing without \"artifact\", which names where the reports are",
	path: ["junit"]
}).transform(({ junit = ["**/*.xml"], ...step }) => inMilliseconds({
	...step,
	junit
}));
const buildStep = variant("adapter", {
	run: runBuild,
	docker: dockerBuild
});
const testStep = variant("adapter", {
	run: runTest,
	previous: previousTest,
	openapi: openapiTest,
	jenkins: jenkinsTest,
	travis: travisTest,
	workflow: workflowTest
});

// src/config/ansible.ts
const EXPECTED_INVENTORY = "expected files or folders of the repository, such as inventory/production; hosts are not named here";
const EXPECTED_LIMIT = "expected a pattern of hosts such as web:!web3, not beginning with - or @ and without spaces";
const EXPECTED_TAG = "expected a tag of letters, digits, _, . and -";
const EXPECTED_VALUE = "expected text, a number, true, false, or a list of them";
const inventoryPath = repositoryPath.refine((path) => !path.includes(","), { error: EXPECTED_INVENTORY });
const limit$1 = string({ error: EXPECTED_LIMIT }).regex(/^[\w*!&~[][\w.:,!&*~[\]-]{0,499}$/, { error: EXPECTED_LIMIT });
const tag = string({ error: EXPECTED_TAG }).regex(/^\w[\w.-]{0,99}$/, { error: EXPECTED_TAG });
const EXPECTED_NAME = "expected a variable name of letters, digits and _; those that begin with seamless_ are given";
const extraName = string({ error: EXPECTED_NAME }).regex(/^(?!seamless_)[A-Za-z_]\w{0,99}$/, { error: EXPECTED_NAME });
const scalar = union([
	string(),
	number(),
	boolean()
], { error: EXPECTED_VALUE });
const extraValue = union([scalar, array(scalar)], { error: EXPECTED_VALUE });
const OURS = ["ANSIBLE_CONFIG", "ANSIBLE_CALLBACK_PLUGINS"];
const ansible = strictObject({
	playbook: repositoryPath.describe("The playbook that brings `seamless_version` there."),
	inventory: union([inventoryPath.transform((path) => [path]), array(inventoryPath).min(1)], { error: EXPECTED_INVENTORY }).describe("The inventory: a file or folder of the repository, or a list of them."),
	limit: limit$1.optional().describe("Only these hosts of it, as `--limit`."),
	tags: array(tag, { error: "expected a list of tags" }).prefault([]).describe("Only tasks with one of these tags, as `--tags`."),
	vars: record(extraName, extraValue, { error: "expected a mapping from variables" }).prefault({}).describe("Extra variables of your own. They are data: braces in them are no template."),
	rollback: repositoryPath.optional().describe("The playbook that brings `seamless_version` back; without it, the last healthy version's own `playbook`."),
	status: repositoryPath.optional().describe("The playbook that sets the fact `seamless_live` on each host to the version that runs there, or to nothing."),
	vault: variableName.optional().describe("The environment variable with the vault's password; Ansible gets it as a file."),
	key: variableName.optional().describe("The environment variable with the private key for SSH; Ansible gets it as a file."),
	...stepFields,
	timeout: duration.prefault("30m").describe("Each playbook is stopped after this.")
}).superRefine(({ env }, report) => {
	for (const name of OURS.filter((one) => Object.hasOwn(env, one))) report.addIssue({
		code: "custom",
		path: ["env", name],
		message: "is set by Seamless, so that no commit configures its own deployment",
		params: { expected: "a setting by its own variable, such as ANSIBLE_ROLES_PATH" }
	});
}).transform(({ secrets, ...step }) => {
	const named = [step.vault, step.key].filter((name) => name !== void 0);
	return inMilliseconds({
		...step,
		secrets: [.../* @__PURE__ */ new Set([...secrets, ...named])]
	});
});

// src/config/check-keys.ts
const name$1 = string().regex(/^[A-Za-z][\w-]{0,39}$/, { error: "expected a name of letters, digits, _ and - (at most 40)" });
const consecutive = int({ error: "expected a whole number of ticks" }).min(2, { error: "at least 2: one bad tick decides nothing" }).max(1e3).default(3).describe("How many ticks in a row must break the limit.");
const source$1 = name$1.optional().describe("The source that answers it; `health.source`.");

// src/config/probe-check.ts
const statuses = union([httpStatus(), array(httpStatus()).min(1).max(20)], { error: "expected a status such as 200" }).default(200).transform((status) => typeof status === "number" ? [status] : status);
const pattern = string().min(1).max(500).refine(isRegex, { error: "no regular expression" });
const headerName = string().regex(/^[A-Za-z\d][A-Za-z\d_-]{0,99}$/, { error: "expected the name of a header, such as Content-Type" });
const certificate = duration.describe("For how much longer the certificate must hold, such as 14d.");
const probe$1 = strictObject({
	source: source$1,
	probe: string().regex(/^\/(?!\/)[!-~]{0,999}$/, { error: "expected a path such as /healthz" }).describe("The path and query that are asked for, below the source's URL."),
	method: _enum(["GET", "HEAD"]).default("GET").describe("How it is asked for."),
	status: statuses.describe("The status that counts as success, or a list of them."),
	body: pattern.optional().describe("A regular expression that the body must match."),
	headers: record(headerName, pattern).refine((headers) => Object.keys(headers).length <= 20, { error: "at most 20 headers" }).optional().describe("Headers that must be there, and the regular expression that each must match."),
	certificate: certificate.optional(),
	timeout: duration.prefault("5s").describe("An answer that takes longer is a failure."),
	consecutive
}).transform(({ status, ...rest }) => ({
	kind: "probe",
	...probed(rest),
	statuses: status
}));
const connect = strictObject({
	source: source$1,
	connect: _enum(["tcp", "tls"]).describe("A connection to the host and port of the source: bare, or with a TLS handshake."),
	certificate: certificate.optional(),
	timeout: duration.prefault("5s").describe("A connection that takes longer is a failure."),
	consecutive
}).refine(({ connect, certificate }) => connect === "tls" || certificate === void 0, {
	path: ["certificate"],
	error: "over tcp there is none: connect by tls"
}).transform((found) => ({
	kind: "probe",
	...probed(found)
}));
const alerts = strictObject({
	source: source$1,
	alerts: strictObject({
		folder: string().min(1).max(200).optional().describe("The title or the UID of the folder that the rules are in."),
		labels: record(string().min(1).max(100), string().max(500)).refine((labels) => Object.keys(labels).length > 0, { error: "expected at least one label" }).refine((labels) => Object.keys(labels).length <= 20, { error: "at most 20 labels" }).optional().describe("Labels that a rule, or one of its alerts, has.")
	}).refine(({ folder, labels }) => folder !== void 0 || labels !== void 0, { error: "expected folder or labels, or both: not every alert of a Grafana is this service's" }).describe("Which alerts of a Grafana; none of them may be firing."),
	consecutive
}).transform((found) => ({
	kind: "probe",
	...found
}));
function probed({ timeout, certificate, ...rest }) {
	return {
		...rest,
		timeoutMs: timeout,
		...certificate === void 0 ? {} : { certificateMs: certificate }
	};
}
function httpStatus() {
	return int().min(100).max(599);
}
function isRegex(text) {
	try {
		new RegExp(text);
		return true;
	} catch {
		return false;
	}
}

// src/config/health.ts
const weight = number().positive().max(1e3).default(1).describe("Its part of the watch's one error budget, relative to the other checks.");
const limit = "The limit, whatever the baseline has.";
const atLeast = "And by how much at least, so that a small number of a few is no alarm.";
const worseBy = percentage.prefault("10%").describe("How much worse than the baseline is tolerated.");
const ratio = strictObject({
	source: source$1,
	bad: selector$1.describe("The counter of the requests that went wrong, as a PromQL selector."),
	total: selector$1.describe("The counter of all requests."),
	max: proportion.optional().describe(limit),
	consecutive,
	"worse-by": worseBy,
	"at-least": percentagePoints.prefault("0.05pp").describe(atLeast),
	weight
}).transform(({ "worse-by": worseBy, "at-least": atLeast, ...rest }) => ({
	kind: "ratio",
	...rest,
	worseBy,
	atLeast
}));
const histogram = strictObject({
	source: source$1,
	histogram: selector$1.describe("A histogram of latencies."),
	quantile: number().gt(0).lt(1, { error: "a quantile is between 0 and 1, e.g. 0.99" }).default(.99).describe("The quantile that `max` is about."),
	max: level.optional().describe(limit),
	consecutive,
	"worse-by": worseBy,
	"at-least": percentagePoints.prefault("0.2pp").describe(atLeast),
	weight
}).transform(({ "worse-by": worseBy, "at-least": atLeast, ...rest }) => ({
	kind: "histogram",
	...rest,
	worseBy,
	atLeast
}));
const gauge = strictObject({
	source: source$1,
	gauge: selector$1.describe("A gauge."),
	max: level.optional().describe(limit),
	min: level.optional().describe("The limit downwards."),
	consecutive,
	"worse-by": worseBy,
	"at-least": percentagePoints.prefault("5pp").describe(atLeast),
	weight
}).refine(({ max, min }) => max === void 0 || min === void 0 || min.value < max.value, { error: "min must be below max" }).transform(({ "worse-by": worseBy, "at-least": atLeast, ...rest }) => ({
	kind: "gauge",
	...rest,
	worseBy,
	atLeast
}));
const traffic = strictObject({
	source: source$1,
	traffic: selector$1.describe("The counter of all requests: a service that gets none has no errors either."),
	"at-least": proportion.prefault("20%").describe("Of the baseline's requests, how many must still come."),
	weight
}).transform(({ "at-least": atLeast, ...rest }) => ({
	kind: "traffic",
	...rest,
	atLeast
}));
const KINDS = {
	bad: ratio,
	total: ratio,
	histogram,
	gauge,
	traffic,
	probe: probe$1,
	connect,
	alerts
};
const anyCheck = union([
	ratio,
	histogram,
	gauge,
	traffic,
	probe$1,
	connect,
	alerts
]);
const check = unknown().transform((value, context) => {
	const key = typeof value === "object" && value !== null ? kindKey(value) : void 0;
	if (key === void 0) {
		context.addIssue({
			code: "custom",
			message: "expected what to check: bad and total, or histogram, gauge, traffic, probe, connect or alerts"
		});
		return NEVER;
	}
	const read = KINDS[key].safeParse(value);
	if (read.success) return read.data;
	return passOn(read.error, value, context);
}).meta({ get anyOf() {
	return writtenForm(anyCheck).anyOf;
} });
const beforeBaseline = strictObject({
	before: duration.describe("Compare with so long before the deployment."),
	"same-time": _enum(["day", "week"]).optional().describe("Compare with the same time of the days or weeks before.")
}).transform(({ before, "same-time": sameTime }) => ({
	kind: "before",
	beforeMs: before,
	...sameTime === void 0 ? {} : { sameTime }
}));
const concurrentBaseline = labelTemplates.transform((labels) => ({
	kind: "concurrent",
	labels
}));
const baseline = unknown().transform((value, context) => {
	const read = (typeof value === "object" && value !== null && "before" in value ? beforeBaseline : concurrentBaseline).safeParse(value);
	if (read.success) return read.data;
	return passOn(read.error, value, context);
}).meta({ get anyOf() {
	return writtenForm(union([beforeBaseline, concurrentBaseline])).anyOf;
} });
const health = strictObject({
	source: name$1.optional().describe("The source of every check that names none."),
	every: duration.prefault("15s").describe("How often the checks are read."),
	grace: durationOrNone.prefault("60s").describe("Not judged for so long after a start."),
	hold: duration.prefault("5m").describe("How long each step of the traffic is held."),
	watch: duration.prefault("30m").describe("How long it is watched after the last step."),
	live: selector$1.optional().describe("A metric that shows which version runs, such as `app_build_info{commit=\"{sha}\"}`, read from `health.source`: the watch starts once it is there."),
	candidate: labelTemplates.optional().describe("Labels of the new version's series."),
	baseline: baseline.optional().describe("What to compare with: labels of the stable version, or the time before the deployment."),
	dashboard: string().regex(/^https?:\/\/[^\s<>"\\^`|]{1,999}$/, { error: "expected the http or https URL of a dashboard" }).refine((url) => url.includes("{from}") && url.includes("{to}"), { error: "expected {from} and {to} in it: the times of the watch, in ms" }).optional().describe("The URL of graphs to link to; `{from}` and `{to}` are the times of the watch, in ms."),
	checks: record(name$1, check).refine((checks) => Object.keys(checks).length > 0, { error: "expected at least one check" }).refine((checks) => Object.keys(checks).length <= 50, { error: "at most 50 checks" }).describe("What is watched, by name; of one kind each.")
}).superRefine((value, context) => {
	requireRules(value, context);
	requireSources(value, context);
	requireVersionInLive(value, context);
	requireArms(value, context);
	requireTime(value, context);
	requireReachablePast(value, context);
}).transform(({ every, grace, hold, watch, ...rest }) => ({
	...rest,
	everyMs: every,
	graceMs: grace,
	holdMs: hold,
	watchMs: watch
}));
function requireRules({ baseline, checks }, context) {
	for (const [name, check] of Object.entries(checks)) {
		if (check.kind === "probe" || "max" in check && check.max !== void 0 || "min" in check && check.min !== void 0 || baseline !== void 0) continue;
		const remedy = check.kind === "traffic" ? "set health.baseline" : `set ${check.kind === "gauge" ? "max or min" : "max"}, or health.baseline`;
		context.addIssue({
			code: "custom",
			path: ["checks", name],
			message: `nothing says when it passes or fails: ${remedy}`
		});
	}
}
function requireSources({ source, checks }, context) {
	if (source !== void 0) return;
	for (const [name, check] of Object.entries(checks)) {
		if (check.source !== void 0) continue;
		context.addIssue({
			code: "custom",
			path: [
				"checks",
				name,
				"source"
			],
			message: "no source: set it here or as health.source"
		});
	}
}
function requireVersionInLive({ source, live }, context) {
	if (live === void 0) return;
	const complain = (message) => context.addIssue({
		code: "custom",
		path: ["live"],
		message
	});
	if (source === void 0) complain("no source: it is read from health.source");
	if (!live.matchers.some(({ operator, value }) => (operator === "=" || operator === "=~") && /\{(?:sha|version)\}/.test(value))) complain("no {sha} or {version} in its labels: it would show whichever version runs");
}
const LEAST_EVERY_MS = 100;
function requireTime({ every, hold, watch, checks }, context) {
	const ticks = Math.max(1, ...Object.values(checks).map((check) => check.kind === "traffic" ? 1 : check.consecutive));
	const complain = (key, message) => context.addIssue({
		code: "custom",
		path: [key],
		message
	});
	if (every < LEAST_EVERY_MS) complain("every", "at least 100ms: more often is load, not knowledge");
	if (hold < every) complain("hold", "shorter than one tick (every)");
	if (watch < ticks * every) complain("watch", `too short for ${ticks} ticks: a limit could not be broken ${ticks} times in a row`);
}
const MOST_PAST_TICKS = 1e4;
function requireReachablePast({ every, baseline }, context) {
	if (baseline?.kind !== "before") return;
	const complain = (message) => context.addIssue({
		code: "custom",
		path: ["baseline", "before"],
		message
	});
	if (baseline.beforeMs / every > MOST_PAST_TICKS) complain(`more than ${MOST_PAST_TICKS} ticks (every)`);
	if (baseline.sameTime !== void 0 && baseline.beforeMs > 864e5) complain("with same-time at most 24h");
}
function requireArms({ candidate, baseline }, context) {
	if (!(typeof baseline === "object" && baseline !== null && "labels" in baseline) || candidate !== void 0) return;
	context.addIssue({
		code: "custom",
		path: ["candidate"],
		message: "a baseline by labels needs health.candidate: the labels of the new version"
	});
}
function passOn(error, input, context) {
	for (const issue of error.issues) context.issues.push({
		...issue,
		input
	});
	return NEVER;
}
function kindKey(value) {
	return Object.keys(KINDS).find((key) => Object.hasOwn(value, key));
}

// src/config/kubernetes.ts
const EXPECTED_NAMESPACE = "expected a namespace: lower-case letters, digits and -, at most 63, beginning and ending with a letter or digit";
const EXPECTED_CONTEXT = "expected the name of a context in the kubeconfig, not beginning with - and without spaces";
const EXPECTED_SELECTOR = "expected a label selector such as app.kubernetes.io/part-of=shop";
const namespace = string({ error: EXPECTED_NAMESPACE }).regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, { error: EXPECTED_NAMESPACE });
const context = string({ error: EXPECTED_CONTEXT }).regex(/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,199}$/, { error: EXPECTED_CONTEXT });
const KEY = String.raw`(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`;
const VALUE = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`;
const SELECTOR = new RegExp(`^${KEY}==?${VALUE}(?:,${KEY}==?${VALUE})*$`);
const selector = string({ error: EXPECTED_SELECTOR }).max(1e3).regex(SELECTOR, { error: EXPECTED_SELECTOR });
const kubernetes = strictObject({
	manifests: array(repositoryPath, { error: "expected a list of files and folders such as k8s/" }).min(1, { error: "expected at least one file or folder" }).optional().describe("Manifests: files, or folders whose .yaml, .yml and .json files are taken."),
	kustomize: repositoryPath.optional().describe("A folder with a kustomization, instead of `manifests`."),
	namespace: namespace.optional().describe("Where all of it goes; without it, where each manifest says, else the context's own."),
	context: context.optional().describe("The kubeconfig's context; without it, its current one."),
	prune: selector.optional().describe("After the rollout, what Seamless once applied in the namespace with these labels and what is in the manifests no more is deleted."),
	conflicts: _enum(["refuse", "take"], { error: "expected refuse or take" }).prefault("refuse").describe("Fields that somebody else set (`kubectl edit`, Helm, an autoscaler): `refuse` the release and name them, or `take` them over."),
	history: int({ error: "expected a number of releases from 0 to 20" }).min(0).max(20).prefault(5).describe("How many releases are kept in the namespace, each as a Secret, for rollbacks to what was applied; 0 keeps none, and a rollback applies the manifests of the old commit."),
	...stepFields,
	timeout: duration.prefault("10m").describe("How long it may take until everything that was changed is rolled out.")
}).superRefine(({ manifests, kustomize, prune, namespace: where }, report) => {
	if (manifests === void 0 === (kustomize === void 0)) {
		const message = manifests === void 0 ? "names no manifests" : "names manifests and kustomize";
		report.addIssue({
			code: "custom",
			message,
			params: { expected: "one of manifests, kustomize" }
		});
	}
	if (prune !== void 0 && where === void 0) report.addIssue({
		code: "custom",
		path: ["prune"],
		message: "without namespace nobody knows where to take things away",
		params: { expected: "namespace as well" }
	});
}).transform(inMilliseconds);

// src/config/name.ts
const EXPECTED = "expected a name of letters, digits, _ and -, at most 40, that begins with a letter";
const name = string({ error: EXPECTED }).regex(/^[A-Za-z][\w-]{0,39}$/, { error: EXPECTED });
function named(value) {
	return record(name, value, { error: "expected a mapping from names" }).transform((found) => Object.assign(Object.create(null), found));
}

// src/config/requires.ts
const EXPECTED_REVIEWS = "expected as-branch or a number of approvals";
const requires = strictObject({
	checks: _enum([
		"required",
		"all",
		"none"
	]).prefault("required").describe("The checks that must have passed on the commit: those that the rules of the base branch require, all that there are, or none."),
	reviews: union([literal("as-branch"), int().min(0).max(20)], { error: EXPECTED_REVIEWS }).prefault("as-branch").describe("The approvals of this very commit: what the base branch asks for, or so many."),
	"up-to-date": boolean().prefault(true).describe("The commit has all of the base branch: else its deployment would take back what was merged."),
	"ready-for-review": boolean().prefault(true).describe("It is not a draft."),
	"same-repository": boolean().prefault(true).describe("Its branch is not in a fork."),
	"second-person": boolean().prefault(false).describe("Whoever deploys it is not its author."),
	base: array(branchName, { error: "expected a list of branches" }).prefault([]).describe("The branches that it may be meant for; the repository's default branch: another one may have no rules.")
}).prefault({}).transform(({ checks, reviews, base, ...flags }) => ({
	checks,
	reviews,
	base,
	upToDate: flags["up-to-date"],
	readyForReview: flags["ready-for-review"],
	sameRepository: flags["same-repository"],
	secondPerson: flags["second-person"]
})).describe("What a pull request must be before `/deploy` brings it there.");

// src/config/environment.ts
const runDeploy = strictObject({
	deploy: command.describe("Brings `SEAMLESS_VERSION` there."),
	status: command.optional().describe("Prints the live version, as text or as `{\"version\": \"…\"}`."),
	rollback: command.describe("Brings it back to `SEAMLESS_VERSION`, the last healthy one."),
	diff: command.optional().describe("Prints what the release changes."),
	...stepFields,
	timeout: duration.prefault("10m").describe("Each command is stopped after this.")
}).transform(inMilliseconds);
const runTraffic = strictObject({
	run: command.describe("Sends `SEAMLESS_WEIGHT` percent of the traffic to the new version."),
	steps: array(proportion, { error: "expected a list of percentages such as [10%, 50%, 100%]" }).transform((steps) => steps.map(percent)).refine(ascendToAll, { error: "expected percentages that ascend from above 0% to 100%, such as [10%, 50%, 100%]" }).describe("The shares, in order; each is held for `health.hold`."),
	...stepFields,
	timeout: duration.prefault("1m").describe("Stopped after this.")
}).transform(inMilliseconds);
const environment = strictObject({
	after: array(name, { error: "expected a list of environments" }).prefault([]).describe("The environments that must be healthy with a version before it comes here."),
	allow,
	requires,
	deploy: variant("adapter", {
		run: strictObject({ run: runDeploy.describe("Commands of your own.") }),
		kubernetes: strictObject({ kubernetes: kubernetes.describe("Manifests, by `kubectl`: diff, apply, wait, take back.") }),
		ansible: strictObject({ ansible: ansible.describe("A playbook, by `ansible-playbook`, host by host.") })
	}).describe("How a version is brought there and taken back."),
	traffic: variant("adapter", { run: runTraffic }).optional().describe("How a version gets its share of the traffic, step by step."),
	revert: _enum([
		"auto",
		"propose",
		"off"
	]).optional().describe("When users would have noticed: `auto` reverts the merge, `propose` opens the pull request only, `off` does neither. Required with `health`."),
	shadow: boolean().prefault(false).describe("Say what would have been done, do nothing."),
	health: health.optional().describe("What is watched there, and when it is bad.")
});
const environments = named(environment).refine((found) => Object.keys(found).length > 0, { error: "expected at least one environment" }).refine((found) => Object.keys(found).length <= 50, { error: "expected at most 50 environments" }).describe("The places that a version is deployed to, by name.");
function percent(share) {
	return Number((share * 100).toPrecision(12));
}
function ascendToAll(steps) {
	return steps.every((step, index) => step > (steps[index - 1] ?? 0)) && steps.at(-1) === 100;
}

// src/config/rules.ts
function refuseContradictions(config, context) {
	const report = (path, message, params) => {
		context.addIssue({
			code: "custom",
			path,
			message,
			params: { ...params }
		});
	};
	refuseSelfNaming(config, report);
	refuseTwins(config, report);
	refuseRepeatedSteps(config, report);
	refuseRepeatedImages(config, report);
	refuseIdleTestKeys(config, report);
	refuseSharedVariables(config, report);
	for (const [name, environment] of Object.entries(config.environments)) {
		refuseUnknownEnvironments(name, config, report);
		refuseCircle(name, config, report);
		refuseUnwatched(["environments", name], environment, report);
		refuseUnknownSources([
			"environments",
			name,
			"health"
		], environment, {
			config,
			report
		});
	}
}
function refuseSelfNaming({ upgrade, version }, report) {
	if (version !== void 0 || upgrade === void 0) return;
	for (const key of ["branch", "message"]) {
		if (!upgrade[key]?.includes("{version}")) continue;
		report(["upgrade", key], "{version} would be the id of the commit that is only being made", { expected: "version.file, or a text without {version}" });
	}
}
function refuseTwins({ environments, sources }, report) {
	for (const [key, names] of [["environments", Object.keys(environments)], ["sources", Object.keys(sources)]]) {
		const seen = /* @__PURE__ */ new Map();
		for (const name of names) {
			const folded = name.toLowerCase().replaceAll("-", "_");
			const twin = seen.get(folded);
			if (twin !== void 0) report([key, name], `too like "${twin}"`, {
				expected: "names that differ by more than case, - and _",
				part: "key"
			});
			seen.set(folded, name);
		}
	}
	for (const name of Object.keys(environments)) {
		const origin = name.replace(/-rollback$/, "");
		if (origin === name) continue;
		const message = `this name is kept for the rollbacks of "${origin}"`;
		report(["environments", name], message, {
			expected: "a name that does not end in -rollback",
			part: "key"
		});
	}
}
function refuseRepeatedSteps(config, report) {
	for (const stage of ["build", "test"]) {
		const seen = /* @__PURE__ */ new Set();
		for (const [index, { name }] of config[stage].entries()) {
			if (seen.has(name)) report([
				stage,
				index,
				"name"
			], `"${name}" is the name of an earlier step`, { expected: "a name of its own" });
			seen.add(name);
		}
	}
}
function refuseRepeatedImages({ build }, report) {
	const seen = /* @__PURE__ */ new Set();
	for (const [index, step] of build.entries()) {
		if (step.adapter !== "docker") continue;
		const { image } = step.docker;
		if (seen.has(image)) report([
			"build",
			index,
			"docker",
			"image"
		], `"${image}" is the image of an earlier step`, { expected: "a repository of its own for each image" });
		seen.add(image);
	}
}
function refuseIdleTestKeys({ test }, report) {
	for (const [index, step] of test.entries()) {
		if (step.adapter !== "run" && step.adapter !== "previous" || step.junit.length > 0) continue;
		if (!(step.adapter === "run" ? step.base !== void 0 : step.accepts.length > 0)) continue;
		report([
			"test",
			index,
			step.adapter === "run" ? "base" : "accepts"
		], "does nothing without junit: only a report names the tests", { expected: "junit as well" });
	}
}
function refuseSharedVariables(config, report) {
	const steps = [...config.build.map((step, index) => [["build", index], step]), ...config.test.flatMap((step, index) => "secrets" in step ? [[["test", index], step]] : [])];
	for (const [name, { deploy, traffic }] of Object.entries(config.environments)) {
		steps.push([[
			"environments",
			name,
			"deploy",
			deploy.adapter
		], deployStep(deploy)]);
		if (traffic !== void 0) steps.push([[
			"environments",
			name,
			"traffic"
		], traffic]);
	}
	for (const [path, { env, secrets }] of steps) for (const [index, secret] of secrets.entries()) {
		if (!Object.hasOwn(env, secret)) continue;
		report([
			...path,
			"secrets",
			index
		], `${secret} stands under env too`, { expected: "it in one of them" });
	}
}
function refuseUnknownEnvironments(name, { environments }, report) {
	const names = Object.keys(environments).filter((other) => other !== name);
	const expected = names.length === 0 ? "no entry: there is no other environment" : oneOf$1(names);
	const seen = /* @__PURE__ */ new Set();
	for (const [index, other] of (environments[name]?.after ?? []).entries()) {
		const path = [
			"environments",
			name,
			"after",
			index
		];
		if (other === name) report(path, "an environment does not come after itself", { expected });
		else if (!names.includes(other)) report(path, "unknown environment", {
			expected,
			written: other,
			names
		});
		else if (seen.has(other)) report(path, `"${other}" stands here twice`, { expected: "each once" });
		seen.add(other);
	}
}
function refuseCircle(name, { environments }, report) {
	const circle = circleFrom(name, environments);
	if (circle === void 0 || circle.length === 1) return;
	if (Object.keys(environments).find((other) => circle.includes(other)) !== name) return;
	const message = `${[...circle, name].join(" after ")}: none could ever be first`;
	report([
		"environments",
		name,
		"after"
	], message, { expected: "an order without a circle" });
}
function circleFrom(start, environments) {
	const paths = [[start]];
	const seen = /* @__PURE__ */ new Set();
	for (let path = paths.pop(); path !== void 0; path = paths.pop()) for (const next of environments[path.at(-1) ?? ""]?.after ?? []) {
		if (next === start) return path;
		if (seen.has(next)) continue;
		seen.add(next);
		paths.push([...path, next]);
	}
}
function refuseUnwatched(path, { health, revert, shadow, traffic }, report) {
	if (health !== void 0) {
		const expected = "one of auto, propose, off";
		if (revert === void 0) report([...path, "revert"], "missing: say what happens to a merge that users would notice", { expected });
		return;
	}
	const idle = "does nothing without health: there is no verdict";
	if (revert === "auto" || revert === "propose") report([...path, "revert"], idle, { expected: "health as well, or off" });
	if (shadow) report([...path, "shadow"], idle, { expected: "health as well, or false" });
	if (traffic !== void 0) report([...path, "traffic"], "without health nothing says when to take the next step", { expected: "health as well" });
}
function refuseUnknownSources(path, { health }, { config: { sources }, report }) {
	const names = Object.keys(sources);
	const expected = names.length === 0 ? "it under sources" : oneOf$1(names);
	const isKnown = (name, at) => {
		const known = Object.hasOwn(sources, name);
		if (!known) report(at, "unknown source", {
			expected,
			written: name,
			names
		});
		return known;
	};
	const refuseType = (name, wanted, at) => {
		const type = sources[name]?.type;
		if (type === void 0 || wanted.includes(type)) return;
		report(at, `its source "${name}" is of type ${type}`, { expected: `a source of type ${wanted.join(" or ")}` });
	};
	if (health?.source !== void 0) isKnown(health.source, [...path, "source"]);
	if (health?.live !== void 0) refuseType(health.source ?? "", METRICS, [...path, "live"]);
	for (const [key, check] of Object.entries(health?.checks ?? {})) {
		const name = check.source ?? health?.source ?? "";
		if (check.source !== void 0 && !isKnown(name, [
			...path,
			"checks",
			key,
			"source"
		])) continue;
		refuseType(name, check.kind !== "probe" ? METRICS : "alerts" in check ? ["grafana"] : ["probe"], [
			...path,
			"checks",
			key
		]);
	}
}
const METRICS = ["prometheus", "scrape"];
function oneOf$1(names) {
	return `one of ${names.join(", ")}`;
}

// src/config/source.ts
const prometheus = strictObject({
	type: literal("prometheus").describe("A Prometheus server, or one that speaks its API: Mimir, Thanos, Cortex."),
	timeout: duration.prefault("10s").describe("The longest that one request may take."),
	"tolerate-warnings": boolean().optional().describe("Whether answers count that the server itself calls incomplete; without it, they do not.")
});
const scrape = strictObject({
	type: literal("scrape").describe("Metrics pages read directly; needs no server."),
	timeout: duration.prefault("5s").describe("The longest that one request may take.")
});
const probe = strictObject({ type: literal("probe").describe("Requests to the service itself.") });
const grafana = strictObject({
	type: literal("grafana").describe("A Grafana: the state of its alerts, and where upgrades are marked."),
	timeout: duration.prefault("10s").describe("The longest that one request may take."),
	annotate: boolean().default(false).describe("Whether each deployment is marked there, from its start to its verdict.")
});
const source = discriminatedUnion("type", [
	prometheus.transform(({ "tolerate-warnings": tolerateWarnings, ...rest }) => ({
		...inMilliseconds(rest),
		...tolerateWarnings === void 0 ? {} : { tolerateWarnings }
	})),
	scrape.transform(inMilliseconds),
	probe,
	grafana.transform(inMilliseconds)
]);
const sources = named(source).prefault({}).describe("Where health is read, by name. Its URL and token come from `SEAMLESS_SOURCE_<NAME>_URL` and `_TOKEN`.");

// src/config/upgrade.ts
const EXPECTED_AUTHOR = "expected an author such as Name <name@example.org>";
const branch = template([
	"version",
	"previous",
	"repository"
]).refine((text) => isBranchName(text.replaceAll(/\{\w+\}/g, "x")), { error: "expected a branch name such as upgrade/{version}" });
const AFTERWARDS = [
	"version",
	"previous",
	"sha",
	"branch",
	"repository"
];
const pullRequest = strictObject({
	title: template(AFTERWARDS).refine((text) => /^.{1,200}$/.test(text), { error: "expected one line of at most 200 characters" }).prefault("Upgrade to {version}").describe("Its title."),
	body: template(AFTERWARDS).prefault("Made by Seamless from {previous}.").describe("Its text, in Markdown."),
	draft: boolean().prefault(false).describe("Opened as a draft.")
}).prefault({}).describe("The pull request that is opened where a token allows it.");
const upgrade = strictObject({
	base: branchName.optional().describe("The branch it starts from; the repository's default branch."),
	branch: branch.describe("The branch that is made."),
	change: command.describe("Run in a clean checkout of the base commit; what it changes is committed."),
	message: template([
		"version",
		"previous",
		"branch",
		"repository"
	]).optional().describe("The commit message; `Upgrade from {previous} to {version}` where `version` names a file."),
	author: string({ error: EXPECTED_AUTHOR }).regex(/^[^<>\p{Cc}]+ <[^<>\s\p{Cc}]+@[^<>\s\p{Cc}]+>$/u, { error: EXPECTED_AUTHOR }).prefault("Seamless <seamless@users.noreply.github.com>").describe("Whom the commit names as its author."),
	"pull-request": pullRequest
}).transform(({ "pull-request": pullRequest, ...rest }) => ({
	...rest,
	pullRequest
})).describe("How an upgrade is made. Without it the commit that Seamless is given is the upgrade.");

// src/config/schema.ts
const EXPECTED_WORKFLOW = "expected a file name under .github/workflows, such as seamless.yml";
const written = strictObject({
	driver: _enum(["action", "app"]).describe("Who answers, judges and reverts. `action`: the workflow itself, no server. `app`: the Seamless App that is installed on the repository; the workflow only does what it is told."),
	workflow: string({ error: EXPECTED_WORKFLOW }).regex(/^[A-Za-z\d_][\w.-]{0,99}\.ya?ml$/, { error: EXPECTED_WORKFLOW }).prefault("seamless.yml").describe("The workflow that commands start: its file under `.github/workflows`, on the default branch."),
	version: strictObject({ file: repositoryPath.describe("A text file, or a .json file with a \"version\" field.") }).optional().describe("Where a version's name is read, at the commit itself; without it, its first 12 digits are the name."),
	sources,
	upgrade: upgrade.optional(),
	build: array(buildStep, { error: "expected a list of steps" }).prefault([]).describe("Run in a clean checkout of the upgrade's commit, in order."),
	test: array(testStep, { error: "expected a list of steps" }).prefault([]).describe("Run there after the build, in order."),
	environments
});
const config = written.superRefine(refuseContradictions).transform((found) => {
	const { upgrade, environments, version, ...rest } = found;
	return {
		...rest,
		...version === void 0 ? {} : { version },
		...upgrade === void 0 ? {} : { upgrade: withMessage(upgrade, version !== void 0) },
		environments: withRevert(environments)
	};
});
function withMessage(upgrade, isNamed) {
	const message = isNamed ? "Upgrade from {previous} to {version}" : "Upgrade from {previous}";
	return {
		...upgrade,
		message: upgrade.message ?? message
	};
}
function withRevert(environments) {
	const complete = Object.entries(environments).map(([name, environment]) => [name, {
		...environment,
		revert: environment.revert ?? "off"
	}]);
	return Object.assign(Object.create(null), Object.fromEntries(complete));
}

// src/config/published-schema.ts
function publishedSchema() {
	const schema = toJSONSchema(written, {
		io: "input",
		unrepresentable: "any",
		target: "draft-7"
	});
	schema.title = "Seamless configuration (.github/seamless.yml)";
	return schema;
}

// src/config/known-keys.ts
let published;
function knownKeys(path, root) {
	published ??= publishedSchema();
	let schemas = [published];
	let value = root;
	for (const step of path) {
		schemas = fitting(schemas, value).flatMap((schema) => below(schema, step));
		value = typeof value === "object" && value !== null ? value[step] : void 0;
	}
	const keys = fitting(schemas, value).flatMap((schema) => Object.keys(schema.properties ?? {}));
	return [...new Set(keys)];
}
function fitting(schemas, value) {
	const alternatives = schemas.flatMap((schema) => schema.anyOf ?? schema.oneOf ?? [schema]);
	const has = (key) => typeof value === "object" && value !== null && Object.hasOwn(value, key);
	const chosen = alternatives.filter(({ required }) => (required ?? []).every(has));
	return chosen.length > 0 ? chosen : alternatives;
}
function below(schema, step) {
	const child = typeof step === "number" ? schema.items : schema.properties?.[step] ?? schema.additionalProperties;
	return typeof child === "object" && child !== null && !Array.isArray(child) ? [child] : [];
}

// src/config/explain.ts
const MAX_ERRORS = 100;
function explain(issues, document, file) {
	return issues.flatMap((issue) => findings(issue, document.value)).map((finding) => ({
		finding,
		place: document.placeOf(finding.path, finding.part)
	})).toSorted((a, b) => a.place.line - b.place.line || a.place.column - b.place.column).slice(0, MAX_ERRORS).map(({ finding, place }) => configError(finding, place, file));
}
function configError({ path, message, expected, slip }, place, file) {
	const close = slip === void 0 ? void 0 : nearestName(slip.written, slip.names);
	const nearest = close !== void 0 && slip?.braces === true ? `{${close}}` : close;
	return {
		file,
		...place,
		path: formatPath(path),
		message: visible(message),
		...expected === void 0 ? {} : { expected },
		...nearest === void 0 ? {} : { nearest }
	};
}
function findings(issue, root) {
	const path = issue.path.map((step) => typeof step === "symbol" ? String(step) : step);
	if (issue.code === "unrecognized_keys") return unknownKeys(issue.keys, path, root);
	if (issue.code === "invalid_key") return badKey(issue, path);
	if (issue.code === "invalid_element") return issue.issues.flatMap((inner) => findings(inner, root));
	if (issue.code === "custom" && issue.params !== void 0) return [ruleBroken(issue, path)];
	const value = valueAt(root, path);
	const expected = withQuotes(authored(issue) ?? expectation(issue), issue, value);
	if (value === void 0) return [{
		path,
		part: "key",
		message: "missing",
		expected
	}];
	return [misfit(value, path, {
		expected,
		issue
	})];
}
function unknownKeys(keys, path, root) {
	const names = knownKeys(path, root);
	return keys.map((key) => ({
		path: [...path, key],
		part: "key",
		message: "unknown key",
		expected: `one of ${names.join(", ")}`,
		slip: {
			written: key,
			names
		}
	}));
}
function badKey(issue, path) {
	const [first] = issue.issues;
	const expected = first === void 0 ? "another name" : authored(first) ?? expectation(first);
	return [{
		path,
		part: "key",
		message: `${quoted(String(path.at(-1)))} is not usable here`,
		expected
	}];
}
function ruleBroken(issue, path) {
	const { expected, part, written, names, braces } = issue.params;
	const slip = written === void 0 ? void 0 : {
		written,
		names: names ?? [],
		braces: braces === true
	};
	return {
		path,
		part: part ?? "value",
		message: issue.message,
		expected,
		slip
	};
}
function misfit(value, path, { expected, issue }) {
	const text = ownWords(issue);
	if (text !== void 0) return {
		path,
		part: "value",
		message: text
	};
	if (value === "") return {
		path,
		part: "value",
		message: "empty",
		expected
	};
	const names = issue.code === "invalid_value" ? issue.values.map(String) : knownOptions(issue);
	const slip = typeof value === "string" && names !== void 0 ? {
		written: value,
		names
	} : void 0;
	return {
		path,
		part: "value",
		message: `${described(value)} does not fit`,
		expected,
		slip
	};
}
function authored({ message }) {
	return message.startsWith("expected ") ? message.slice(9) : void 0;
}
function ownWords(issue) {
	if (authored(issue) !== void 0 || /^(?:Invalid|Too (?:big|small)|Unrecognized)\b/.test(issue.message)) return void 0;
	return issue.message;
}
function expectation(issue) {
	switch (issue.code) {
		case "invalid_type": return TYPES[issue.expected] ?? issue.expected;
		case "invalid_value": return oneOf(issue.values.map(String));
		case "too_small": return `${issue.inclusive === false ? "more than" : "at least"} ${amount(issue.minimum, issue.origin)}`;
		case "too_big": return `${issue.inclusive === false ? "less than" : "at most"} ${amount(issue.maximum, issue.origin)}`;
		case "invalid_union": return oneOf(knownOptions(issue) ?? []);
		case "invalid_format":
		case "not_multiple_of":
		case "unrecognized_keys":
		case "invalid_key":
		case "invalid_element":
		case "custom": return;
		default: return issue;
	}
}
const TYPES = {
	string: "text; a number goes in quotes",
	number: "a number",
	int: "a whole number",
	boolean: "true or false",
	array: "a list",
	object: "a mapping",
	record: "a mapping"
};
function withQuotes(expected, issue, value) {
	if (!(issue.code === "invalid_type" && issue.expected === "string") || typeof value !== "object" || expected === void 0) return expected;
	return `${expected}; one that begins with { or [ goes in quotes`;
}
function knownOptions(issue) {
	return issue.code === "invalid_union" && "options" in issue ? issue.options?.map(String) : void 0;
}
function oneOf(names) {
	if (names.length === 0) return void 0;
	return names.length === 1 ? names[0] : `one of ${names.join(", ")}`;
}
function amount(limit, origin) {
	if (origin === "string") return `${limit} characters`;
	return origin === "array" ? `${limit} ${limit === 1 ? "entry" : "entries"}` : String(limit);
}
function described(value) {
	if (typeof value === "string") return quoted(value);
	if (Array.isArray(value)) return "a list";
	return typeof value === "object" && value !== null ? "a mapping" : String(value);
}
function valueAt(root, path) {
	let value = root;
	for (const step of path) {
		if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return void 0;
		value = value[step];
	}
	return value;
}

// src/config/yaml-document.ts
const MAX_BYTES = 65536;
const MAX_NODES = 5e3;
const MAX_DEPTH = 32;
const MAX_PROBLEMS = 100;
function readYaml(text) {
	const bytes = Buffer.byteLength(text);
	if (bytes > MAX_BYTES) return refused$1([ofFile(`the file has ${bytes} bytes`, `at most ${MAX_BYTES}`)]);
	try {
		const events = parseEvents(text, { maxDepth: MAX_DEPTH });
		const nodes = events.filter(({ type }) => type !== EVENT_ID.POP && type !== EVENT_ID.DOCUMENT).length;
		if (nodes <= MAX_NODES) return readEvents(text, events);
		return refused$1([ofFile(`the file has ${nodes} keys and values`, `at most ${MAX_NODES}`)]);
	} catch (error) {
		return refused$1([syntaxProblem(error)]);
	}
}
function readEvents(text, events) {
	const walk = new Walk(text, events);
	const root = walk.document();
	if (walk.problems.length > 0) return refused$1(walk.problems.slice(0, MAX_PROBLEMS));
	if (root === void 0) return refused$1([ofFile("the file is empty", "a mapping that begins with \"driver: action\"")]);
	const [value] = constructFromEvents(events, {
		source: text,
		schema: JSON_SCHEMA,
		maxAliases: 0
	});
	return {
		ok: true,
		value,
		placeOf: (path, part) => walk.lines.place(offsetOf(root, path, part))
	};
}
function refused$1(problems) {
	return {
		ok: false,
		problems
	};
}
function ofFile(message, expected) {
	return {
		line: 1,
		column: 1,
		path: [],
		message,
		expected
	};
}
function syntaxProblem(error) {
	const mark = error instanceof YAMLException ? error.mark : void 0;
	const reason = error instanceof YAMLException ? error.reason : String(error);
	return {
		line: (mark?.line ?? 0) + 1,
		column: (mark?.column ?? 0) + 1,
		path: [],
		message: `not readable: ${reason}`,
		expected: "valid YAML"
	};
}
function offsetOf(root, path, part) {
	let node = root;
	for (const step of path) {
		const child = node.children.get(step);
		if (child === void 0) return node.keyAt;
		node = child;
	}
	return part === "key" ? node.keyAt : node.at;
}
var Lines = class {
	#starts = [0];
	constructor(text) {
		for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) this.#starts.push(index + end.length);
	}
	place(offset) {
		let low = 0;
		let high = this.#starts.length - 1;
		while (low < high) {
			const middle = Math.ceil((low + high) / 2);
			if ((this.#starts[middle] ?? 0) <= offset) low = middle;
			else high = middle - 1;
		}
		return {
			line: low + 1,
			column: offset - (this.#starts[low] ?? 0) + 1
		};
	}
};
var Walk = class {
	problems = [];
	lines;
	#text;
	#events;
	#next = 0;
	constructor(text, events) {
		this.#text = text;
		this.#events = events;
		this.lines = new Lines(text);
	}
	document() {
		if (this.#take() === void 0) return void 0;
		const root = this.#node(0, []);
		this.#take();
		if (this.#events[this.#next] !== void 0) {
			const inner = this.#events[this.#next + 1];
			this.#refuse(inner === void 0 ? 0 : startOf(inner), [], "a second document", "one document in the file");
		}
		return root;
	}
	#take() {
		return this.#events[this.#next++];
	}
	#node(keyAt, path, isItem = false) {
		const event = this.#take();
		const children = /* @__PURE__ */ new Map();
		if (event === void 0) return {
			keyAt,
			at: keyAt,
			children
		};
		const at = this.#valueStart(event, keyAt);
		const node = {
			keyAt: isItem ? at : keyAt,
			at,
			children
		};
		this.#refuseExtras(event, at, path);
		if (event.type === EVENT_ID.MAPPING) this.#mapping(node, path);
		if (event.type === EVENT_ID.SEQUENCE) this.#sequence(node, path);
		return node;
	}
	#mapping(node, path) {
		for (let event = this.#take(); event !== void 0 && event.type !== EVENT_ID.POP; event = this.#take()) {
			const at = this.#valueStart(event, node.at);
			const key = this.#key(event, at, path);
			const first = node.children.get(key);
			if (first !== void 0) {
				const { line } = this.lines.place(first.keyAt);
				this.#refuse(at, [...path, key], `stands here again (first in line ${line})`, "each key once");
			}
			const value = this.#node(at, [...path, key]);
			if (first === void 0) node.children.set(key, value);
		}
	}
	#sequence(node, path) {
		for (let index = 0; this.#events[this.#next]?.type !== EVENT_ID.POP; index++) node.children.set(index, this.#node(node.at, [...path, index], true));
		this.#take();
	}
	#key(event, at, path) {
		if (event.type !== EVENT_ID.SCALAR) {
			this.#refuse(at, path, "a key that is not text", "text");
			this.#next--;
			this.#node(at, path);
			return "";
		}
		this.#refuseExtras(event, at, path);
		const key = getScalarValue(this.#text, event);
		if (key === "<<" && event.style === SCALAR_STYLE.PLAIN) this.#refuse(at, [...path, key], "merge keys are not read", "the keys themselves");
		if (INHERITED.has(key)) this.#refuse(at, [...path, key], "not usable as a name", "another name");
		return key;
	}
	#refuseExtras(event, at, path) {
		if (event.type === EVENT_ID.ALIAS) this.#refuse(at, path, "aliases are not read", "the value itself, or quotes around a text that begins with *");
		if (event.type !== EVENT_ID.SCALAR && event.type !== EVENT_ID.MAPPING && event.type !== EVENT_ID.SEQUENCE) return;
		if (event.anchorStart >= 0) this.#refuse(event.anchorStart - 1, path, "anchors are not read", "the value alone, or quotes around a text that begins with &");
		if (event.tagStart >= 0) this.#refuse(event.tagStart, path, "tags are not read", "the value alone, or quotes around a text that begins with !");
	}
	#refuse(offset, path, message, expected) {
		this.problems.push({
			...this.lines.place(Math.max(0, offset)),
			path,
			message,
			expected
		});
	}
	#valueStart(event, keyAt) {
		const at = startOf(event);
		if (at < 0) return keyAt;
		if (event.type !== EVENT_ID.SCALAR) return at;
		if (event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED) return at - 1;
		if (event.style === SCALAR_STYLE.PLAIN) return at;
		const header = this.#text.slice(keyAt, at).search(/[|>]/);
		return header < 0 ? at : keyAt + header;
	}
};
const INHERITED = /* @__PURE__ */ new Set([
	"__proto__",
	"constructor",
	"prototype"
]);
function startOf(event) {
	if (event.type === EVENT_ID.SCALAR) return event.valueStart;
	if (event.type === EVENT_ID.ALIAS) return event.anchorStart - 1;
	return isCollection(event) ? event.start : -1;
}
function isCollection(event) {
	return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE;
}

// src/config/parse.ts
function parseConfig(text, file) {
	const document = readYaml(text);
	if (!document.ok) return refused(document.problems.map(({ line, column, path, message, expected }) => {
		return {
			file,
			line,
			column,
			path: formatPath(path),
			message: visible(message),
			expected
		};
	}));
	const read = config.safeParse(document.value);
	if (read.success) return {
		ok: true,
		config: read.data
	};
	return refused(explain(read.error.issues, document, file));
}
function refused([first, ...rest]) {
	if (first === void 0) throw new Error("a refusal without an error");
	return {
		ok: false,
		errors: [first, ...rest]
	};
}

export { deployStep as i, readYaml as n, formatConfigError as r, parseConfig as t };