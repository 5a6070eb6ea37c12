import { s as openRepository, t as systemClock } from "./system-clock.js";
import { c as looseObject, d as record, g as unknown, p as string } from "./schemas.js";
import { r as formatConfigError, t as parseConfig } from "./parse.js";
import { f as UsageError } from "./errors.js";
import { c as load, o as dump } from "./js-yaml.js";
import { t as isForbiddenVariable } from "./variable-name.js";
import { t as readFacts } from "./read-facts.js";
import { n as terminalLog } from "./terminal.js";
import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

// src/cli/init/config-text.ts
function configText(parts) {
	const { versionFile, toolchain, health } = parts;
	return blocks([
		[
			"# How this service is upgraded. Written by \"seamless init\" from what the repository says; every key is explained in",
			"# examples/seamless.yml of Seamless. \"seamless validate\" checks it, \"seamless plan\" shows what it does.",
			"driver: action # the workflow itself answers, judges and reverts: no server"
		],
		versionFile === void 0 ? [] : ["version:", `  file: ${scalar(versionFile)} # where a version's name is read`],
		sources$1(health),
		toolchain.build === void 0 ? [] : build(toolchain.build),
		toolchain.test === void 0 ? [] : test(toolchain.test),
		["environments:", ...parts.environments.flatMap((name, index) => environment$1(name, index, parts))]
	]);
}
function sources$1({ errors, probe }) {
	const entries = [...errors === void 0 ? [] : ["  main:", "    type: prometheus # its address: SEAMLESS_SOURCE_MAIN_URL, with SEAMLESS_SOURCE_MAIN_TOKEN"], ...probe === void 0 ? [] : ["  site:", "    type: probe # where users reach the service: SEAMLESS_SOURCE_SITE_URL"]];
	return entries.length === 0 ? [] : ["sources:", ...entries];
}
function build({ name, run, artifacts }) {
	return [
		"build:",
		`  - name: ${scalar(name)}`,
		`    run: ${scalar(run)}`,
		...artifacts.length === 0 ? [] : [`    artifacts: ${list(artifacts)} # digested, and deployed by digest`]
	];
}
function test({ run, junit, env, base }) {
	const variables = Object.entries(env).map(([name, value]) => `${name}: ${scalar(value)}`);
	return [
		"test:",
		"  - name: unit",
		`    run: ${scalar(run)}`,
		...junit.length === 0 ? [] : [`    junit: ${list(junit)} # which test failed`],
		...base === void 0 ? [] : [`    base: ${scalar(base)} # a failing test is run again on the old version: known failures do not count`],
		...variables.length === 0 ? [] : [`    env: { ${variables.join(", ")} }`]
	];
}
function environment$1(name, index, { environments, deploy, health }) {
	const isLast = index === environments.length - 1;
	const before = environments[index - 1];
	const isWatched = isLast && (health.errors !== void 0 || health.probe !== void 0);
	return [
		`  ${scalar(name)}:`,
		...before === void 0 ? [] : [`    after: ${list([before])} # only what is well there comes here`],
		...deployer(deploy),
		...isWatched && deploy.weight !== void 0 ? traffic(deploy.weight, deploy.secrets) : [],
		...isWatched ? watch(health) : []
	];
}
function deployer({ deploy, status, rollback, diff, secrets }) {
	const isSame = rollback === deploy;
	return [
		"    deploy:",
		"      run:",
		`        deploy: ${scalar(deploy)} # brings SEAMLESS_VERSION to SEAMLESS_ENVIRONMENT`,
		...status === void 0 ? [] : [`        status: ${scalar(status)} # prints the live version`],
		`        rollback: ${scalar(rollback)}${isSame ? " # with the last healthy version as SEAMLESS_VERSION" : ""}`,
		...diff === void 0 ? [] : [`        diff: ${scalar(diff)} # prints what the release changes`],
		...secrets.length === 0 ? [] : [`        secrets: ${list(secrets)} # it sees no others`]
	];
}
function traffic(weight, secrets) {
	return [
		"    traffic:",
		`      run: ${scalar(weight)} # sends SEAMLESS_WEIGHT percent to the new version`,
		"      steps: [10%, 50%, 100%]",
		...secrets.length === 0 ? [] : [`      secrets: ${list(secrets)}`]
	];
}
function watch({ errors, latency, probe }) {
	return [
		...errors === void 0 ? ["    # A probe alone does not say what users notice: propose opens the pull request that reverts, and people decide.", "    revert: propose"] : [
			"    # When users would have noticed, the environment goes back to the last healthy version, and the merge is reverted",
			"    # (auto), only proposed to be (propose), or left alone (off).",
			"    revert: auto"
		],
		"    health:",
		`      source: ${errors === void 0 ? "site" : "main"}`,
		"      every: 15s",
		"      watch: 30m",
		...errors === void 0 ? [] : ["      baseline: { before: 2h } # compared with the two hours before the deployment"],
		"      checks:",
		...errors === void 0 ? [] : [
			"        errors:",
			`          bad: ${scalar(errors.bad)}`,
			`          total: ${scalar(errors.total)}`,
			"          max: 5% # bad whatever it was before"
		],
		...latency === void 0 ? [] : [
			"        latency:",
			`          histogram: ${scalar(latency)}`,
			"          quantile: 0.99"
		],
		...probe === void 0 ? [] : [
			"        answers:",
			...errors === void 0 ? [] : ["          source: site"],
			`          probe: ${scalar(probe)}`
		]
	];
}
function blocks(parts) {
	return `${parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
function scalar(text) {
	return dump(text, {
		lineWidth: -1,
		quoteStyle: "double"
	}).trimEnd();
}
function list(texts) {
	return dump([...texts], {
		flowLevel: 0,
		lineWidth: -1,
		quoteStyle: "double"
	}).trimEnd();
}

// src/cli/init/make-targets.ts
function makeTargets({ texts }) {
	const text = texts.get("Makefile") ?? texts.get("makefile") ?? "";
	return new Set([...text.matchAll(/^([A-Za-z][\w-]*)[ \t]*:(?!=)/gm)].map(([, name = ""]) => name));
}

// src/cli/init/toolchain.ts
const NO_REPORT = "The tests write no JUnit report: with one (`junit`), failures are named, and known ones are told from new ones.";

// src/cli/init/node-toolchain.ts
const names = record(string(), unknown()).catch({});
const manifest = looseObject({
	version: string().optional().catch(void 0),
	scripts: record(string(), string()).catch({}).default({}),
	dependencies: names.default({}),
	devDependencies: names.default({})
});
function readNodeManifest({ texts }) {
	try {
		return manifest.parse(JSON.parse(texts.get("package.json") ?? ""));
	} catch {
		return;
	}
}
function nodeToolchain(facts) {
	const found = readNodeManifest(facts);
	if (found === void 0) return void 0;
	const manager = packageManager$1(facts);
	const build = buildOf(found, manager, facts);
	const test = testOf(found, manager);
	return {
		build: build.command,
		...test === void 0 ? {} : { test: test.command },
		found: [build.found, ...test === void 0 ? [] : [test.found]],
		todo: testTodo(test?.command),
		setup: "node"
	};
}
function testTodo(test) {
	if (test === void 0) return ["package.json has no script \"test\": add one, and a `test` step."];
	return test.junit.length === 0 ? [NO_REPORT] : [];
}
function packageManager$1({ files }) {
	const known = [
		[
			"package-lock.json",
			"npm",
			"npm ci"
		],
		[
			"npm-shrinkwrap.json",
			"npm",
			"npm ci"
		],
		[
			"pnpm-lock.yaml",
			"pnpm",
			"corepack enable && pnpm install --frozen-lockfile"
		],
		[
			"yarn.lock",
			"yarn",
			`corepack enable && yarn install ${files.has(".yarnrc.yml") ? "--immutable" : "--frozen-lockfile"}`
		],
		[
			"bun.lock",
			"bun",
			"bun install --frozen-lockfile"
		]
	];
	for (const [lock, name, install] of known) if (files.has(lock)) return {
		name,
		install,
		why: `there is ${lock}`
	};
	return {
		name: "npm",
		install: "npm install",
		why: "there is package.json, and no lock file"
	};
}
function buildOf({ scripts }, { name, install, why }, facts) {
	if (scripts["build"] === void 0) return {
		command: {
			name: "install",
			run: install,
			artifacts: []
		},
		found: {
			topic: "build",
			value: install,
			why
		}
	};
	const run = `${install} && ${name} run build`;
	const ignored = facts.texts.get(".gitignore") ?? "";
	const output = [
		"dist",
		"build",
		"out",
		".next"
	].find((folder) => ignored.split("\n").some((line) => line.trim().replaceAll("/", "") === folder));
	const artifacts = output === void 0 ? [] : [`${output}/**`];
	const says = output === void 0 ? "" : `; .gitignore names ${output}`;
	return {
		command: {
			name: "build",
			run,
			artifacts
		},
		found: {
			topic: "build",
			value: run,
			why: `package.json has a script "build"${says}`
		}
	};
}
const NO_TEST = /no test specified/;
function testOf({ scripts, dependencies, devDependencies }, { name, install }) {
	const script = scripts["test"];
	if (script === void 0 || NO_TEST.test(script)) return void 0;
	const has = (dependency) => dependency in dependencies || dependency in devDependencies;
	const plain = name === "npm" ? "npm test" : `${name} run test`;
	const reporter = REPORTERS.find(({ begins, needs }) => begins.test(script) && (needs === void 0 || has(needs)));
	if (reporter === void 0) return {
		command: {
			run: plain,
			junit: [],
			env: {}
		},
		found: {
			topic: "test",
			value: plain,
			why: "package.json has a script \"test\""
		}
	};
	const run = `${plain}${name === "npm" ? " --" : ""} ${reporter.options}`;
	return {
		command: {
			run,
			junit: ["reports/*.xml"],
			env: reporter.env,
			base: install
		},
		found: {
			topic: "test",
			value: run,
			why: `package.json has a script "test" that runs ${reporter.runner}, which can write a JUnit report`
		}
	};
}
const REPORTERS = [
	{
		runner: "vitest",
		begins: /^vitest(?: run)?(?: [^&|;]*)?$/,
		options: "--run --reporter=default --reporter=junit --outputFile.junit=reports/junit.xml",
		env: {}
	},
	{
		runner: "jest",
		begins: /^jest(?: [^&|;]*)?$/,
		needs: "jest-junit",
		options: "--ci --reporters=default --reporters=jest-junit",
		env: { JEST_JUNIT_OUTPUT_DIR: "reports" }
	},
	{
		runner: "mocha",
		begins: /^mocha(?: [^&|;]*)?$/,
		needs: "mocha-junit-reporter",
		options: "--reporter mocha-junit-reporter",
		env: { MOCHA_FILE: "reports/junit.xml" }
	}
];

// src/cli/init/deploy-scripts.ts
function detectDeployScripts(facts) {
	return scriptFiles(facts) ?? namedTargets(facts) ?? NONE$1;
}
const NONE$1 = {
	deploy: "./ops/deploy.sh",
	rollback: "./ops/deploy.sh",
	secrets: [],
	found: [],
	todo: ["Nothing here deploys the service: write ops/deploy.sh. It brings the version SEAMLESS_VERSION (commit SEAMLESS_SHA) to the environment SEAMLESS_ENVIRONMENT, and may be called twice for one version."]
};
const FOLDERS = [
	"ops",
	"deploy",
	"deployment",
	"scripts",
	"script",
	"bin",
	"ci",
	"."
];
const NAMES = {
	deploy: ["deploy"],
	rollback: [
		"rollback",
		"roll-back",
		"undeploy-latest"
	],
	status: [
		"status",
		"current-version",
		"version"
	],
	diff: ["diff", "plan"],
	weight: [
		"weight",
		"traffic",
		"canary"
	]
};
function scriptFiles(facts) {
	const folder = FOLDERS.find((folder) => fileOf(facts, folder, "deploy") !== void 0);
	if (folder === void 0) return void 0;
	const files = Object.keys(NAMES).flatMap((kind) => {
		const file = fileOf(facts, folder, kind);
		return file === void 0 ? [] : [[kind, file]];
	});
	return complete(files.map(([kind, file]) => ({
		topic: kind,
		value: call(facts, file),
		why: `there is ${file}`
	})), secretsOf(facts, files.map(([, file]) => file)));
}
function fileOf({ files }, folder, kind) {
	const prefix = folder === "." ? "" : `${folder}/`;
	return NAMES[kind].flatMap((name) => [`${prefix}${name}.sh`, `${prefix}${name}`]).find((file) => files.has(file));
}
function call({ executables }, file) {
	return executables.has(file) ? `./${file}` : `bash ${file}`;
}
function namedTargets(facts) {
	const scripts = readNodeManifest(facts)?.scripts ?? {};
	const targets = makeTargets(facts);
	const found = Object.entries(NAMES).flatMap(([topic, names]) => {
		const script = names.find((name) => Object.hasOwn(scripts, name) && !(topic !== "deploy" && name === "version"));
		if (script !== void 0) return [{
			topic,
			value: `npm run ${script}`,
			why: `package.json has a script "${script}"`
		}];
		const target = names.find((name) => targets.has(name));
		return target === void 0 ? [] : [{
			topic,
			value: `make ${target}`,
			why: `Makefile has a target "${target}"`
		}];
	});
	return found.some(({ topic }) => topic === "deploy") ? complete(found, []) : void 0;
}
function complete(found, secrets) {
	const value = (topic) => found.find((one) => one.topic === topic)?.value;
	const deploy = value("deploy") ?? NONE$1.deploy;
	const [rollback, status, diff, weight] = [
		value("rollback"),
		value("status"),
		value("diff"),
		value("weight")
	];
	const todo = [...rollback === void 0 ? ["Nothing here rolls back: the deploy command is called with the last healthy SEAMLESS_VERSION. See that it can bring back an old version."] : [], ...status === void 0 ? ["Nothing here says what is live: add `status`, a command that prints the live version, so that a lost run is not a riddle."] : []];
	return {
		deploy,
		rollback: rollback ?? deploy,
		...status === void 0 ? {} : { status },
		...diff === void 0 ? {} : { diff },
		...weight === void 0 ? {} : { weight },
		secrets,
		found,
		todo
	};
}
const VARIABLE = /\$\{?([A-Z][A-Z0-9_]*)\b/g;
const SECRET = /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS|KUBECONFIG|(?:SECRET|ACCESS|DEPLOY|SSH|PRIVATE|API)_KEY|ACCESS_KEY_ID)$/;
function secretsOf({ texts }, files) {
	const names = files.flatMap((file) => {
		const text = texts.get(file) ?? "";
		const set = new Set([...text.matchAll(/^\s*(?:export\s+|local\s+|readonly\s+)?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name));
		return [...text.matchAll(VARIABLE)].map(([, name = ""]) => name).filter((name) => SECRET.test(name) && !set.has(name));
	});
	return [...new Set(names)].filter((name) => !isForbiddenVariable(name)).toSorted();
}

// src/cli/init/python-toolchain.ts
function pythonToolchain(facts) {
	const manager = packageManager(facts);
	if (manager === void 0) return void 0;
	const { install, python, why } = manager;
	const build = {
		build: {
			name: "install",
			run: install,
			artifacts: []
		},
		setup: "python"
	};
	const installed = {
		topic: "build",
		value: install,
		why
	};
	const pytest = pytestEvidence(facts);
	if (pytest !== void 0) {
		const run = `${python} -m pytest --junitxml=reports/pytest.xml`;
		return {
			...build,
			test: {
				run,
				junit: ["reports/*.xml"],
				env: {},
				base: install
			},
			found: [installed, {
				topic: "test",
				value: run,
				why: pytest
			}],
			todo: []
		};
	}
	const run = `${python} -m unittest discover`;
	if (![...facts.files].some((file) => /(?:^|\/)test_\w+\.py$/.test(file))) return {
		...build,
		found: [installed],
		todo: ["No Python tests were found: add a `test` step."]
	};
	return {
		...build,
		test: {
			run,
			junit: [],
			env: {}
		},
		found: [installed, {
			topic: "test",
			value: run,
			why: "there are files test_….py, and pytest is named nowhere"
		}],
		todo: [NO_REPORT]
	};
}
function packageManager({ files }) {
	if (files.has("uv.lock")) return {
		install: "uv sync --frozen",
		python: "uv run python",
		why: "there is uv.lock"
	};
	if (files.has("poetry.lock")) return {
		install: "poetry install",
		python: "poetry run python",
		why: "there is poetry.lock"
	};
	const requirements = ["requirements-dev.txt", "requirements.txt"].find((file) => files.has(file));
	const python = ".venv/bin/python";
	if (requirements !== void 0) return {
		install: `python3 -m venv .venv && ${python} -m pip install -r ${requirements}`,
		python,
		why: `there is ${requirements}`
	};
	const project = ["pyproject.toml", "setup.py"].find((file) => files.has(file));
	if (project === void 0) return void 0;
	return {
		install: `python3 -m venv .venv && ${python} -m pip install -e .`,
		python,
		why: `there is ${project}`
	};
}
function pytestEvidence({ files, texts }) {
	if (files.has("pytest.ini")) return "there is pytest.ini";
	const named = [
		"pyproject.toml",
		"requirements-dev.txt",
		"requirements.txt",
		"setup.cfg",
		"tox.ini"
	].find((file) => /\bpytest\b/.test(texts.get(file) ?? ""));
	return named === void 0 ? void 0 : `${named} names pytest`;
}

// src/cli/init/detect-toolchain.ts
function detectToolchain(facts) {
	return nodeToolchain(facts) ?? pythonToolchain(facts) ?? compiledToolchain(facts) ?? makeToolchain(facts) ?? NONE;
}
const NONE = {
	found: [],
	todo: ["Nothing here says how the service is built or tested: add `build` and `test` steps."]
};
const COMPILED = [
	{
		manifest: ["go.mod"],
		build: () => "go build ./...",
		test: () => "go test ./..."
	},
	{
		manifest: ["Cargo.toml"],
		build: ({ files }) => `cargo build --release${files.has("Cargo.lock") ? " --locked" : ""}`,
		test: ({ files }) => `cargo test${files.has("Cargo.lock") ? " --locked" : ""}`
	},
	{
		manifest: ["pom.xml"],
		build: (facts) => `${wrapped(facts, "mvnw", "mvn")} -B -DskipTests package`,
		test: (facts) => `${wrapped(facts, "mvnw", "mvn")} -B test`,
		junit: "**/target/surefire-reports/*.xml"
	},
	{
		manifest: ["build.gradle", "build.gradle.kts"],
		build: (facts) => `${wrapped(facts, "gradlew", "gradle")} assemble`,
		test: (facts) => `${wrapped(facts, "gradlew", "gradle")} test`,
		junit: "**/build/test-results/test/*.xml"
	}
];
function compiledToolchain(facts) {
	for (const { manifest, build, test, junit } of COMPILED) {
		const file = manifest.find((name) => facts.files.has(name));
		if (file === void 0) continue;
		const targets = makeTargets(facts);
		const buildRun = build(facts);
		const usesMake = targets.has("test") && junit === void 0;
		const testRun = usesMake ? "make test" : test(facts);
		return {
			build: {
				name: "build",
				run: targets.has("build") ? "make build" : buildRun,
				artifacts: []
			},
			test: {
				run: testRun,
				junit: junit === void 0 ? [] : [junit],
				env: {},
				...junit === void 0 ? {} : { base: buildRun }
			},
			found: [{
				topic: "build",
				value: targets.has("build") ? "make build" : buildRun,
				why: targets.has("build") ? "Makefile has a target \"build\"" : `there is ${file}`
			}, {
				topic: "test",
				value: testRun,
				why: usesMake ? "Makefile has a target \"test\"" : `there is ${file}`
			}],
			todo: junit === void 0 ? [NO_REPORT] : []
		};
	}
}
function makeToolchain(facts) {
	const targets = makeTargets(facts);
	if (!targets.has("test") && !targets.has("build")) return void 0;
	const known = ["build", "test"].filter((name) => targets.has(name));
	return {
		...targets.has("build") ? { build: {
			name: "build",
			run: "make build",
			artifacts: []
		} } : {},
		...targets.has("test") ? { test: {
			run: "make test",
			junit: [],
			env: {}
		} } : {},
		found: known.map((name) => ({
			topic: name,
			value: `make ${name}`,
			why: `Makefile has a target "${name}"`
		})),
		todo: targets.has("test") ? [NO_REPORT] : []
	};
}
function wrapped({ files }, wrapper, command) {
	return files.has(wrapper) ? `./${wrapper}` : command;
}

// src/cli/init/environment-names.ts
const ORDER = [
	/^dev/i,
	/^(?:test|qa|int)/i,
	/^(?:stag|pre|uat)/i,
	/./,
	/^(?:prod|live)/i
];
const NO_PLACES = /^(?:github-pages|copilot|pypi|testpypi|test-pypi|npm|release|publish|docker.*)$/i;
const NAME = /^[A-Za-z][\w-]{0,39}$/;
function detectEnvironments({ workflows }) {
	const named = /* @__PURE__ */ new Map();
	for (const [file, text] of workflows) {
		if (file === "seamless.yml") continue;
		for (const name of environmentsOf(text)) if (NAME.test(name) && !NO_PLACES.test(name) && !name.endsWith("-rollback") && !isNamed(named, name)) named.set(name, file);
	}
	const [first, ...rest] = [...named.keys()].toSorted((a, b) => rank(a) - rank(b));
	if (first === void 0) return {
		names: ["production"],
		found: []
	};
	const found = [...named].map(([name, file]) => ({
		topic: "environment",
		value: name,
		why: `${file} names it`
	}));
	return {
		names: [first, ...rest],
		found
	};
}
function isNamed(named, name) {
	return [...named.keys()].some((known) => known.toLowerCase().replaceAll("-", "_") === name.toLowerCase().replaceAll("-", "_"));
}
function rank(name) {
	const last = ORDER.length - 1;
	if (ORDER[last]?.test(name) === true) return last;
	return ORDER.findIndex((pattern) => pattern.test(name));
}
function environmentsOf(text) {
	const jobs = property(parsed(text), "jobs");
	if (typeof jobs !== "object" || jobs === null) return [];
	return Object.values(jobs).flatMap((job) => {
		const environment = property(job, "environment");
		const name = typeof environment === "string" ? environment : property(environment, "name");
		return typeof name === "string" ? [name] : [];
	});
}
function parsed(text) {
	try {
		return load(text);
	} catch {
		return;
	}
}
function property(value, key) {
	return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? value[key] : void 0;
}

// src/cli/init/health-hints.ts
function detectHealth(facts) {
	const metrics = libraryMetrics(facts) ?? ownMetrics(facts);
	const endpoint = healthEndpoint(facts);
	const found = [...metrics?.found ?? [], ...endpoint === void 0 ? [] : [endpoint]];
	const todo = [...metrics === void 0 ? ["No metrics of requests were found: with a counter of requests and of failed ones Seamless sees what users notice. See docs/config.md, `health`."] : [], ...endpoint === void 0 ? ["No health endpoint was found: with one (`probe`), a version that does not answer is seen."] : []];
	return {
		...metrics === void 0 ? {} : { errors: metrics.errors },
		...metrics?.latency === void 0 ? {} : { latency: metrics.latency },
		...endpoint === void 0 ? {} : { probe: endpoint.value },
		found,
		todo
	};
}
const LIBRARIES = [
	{
		named: "express-prom-bundle",
		manifests: /^package\.json$/,
		total: "http_request_duration_seconds_count",
		bad: "http_request_duration_seconds_count{status_code=~\"5..\"}",
		latency: "http_request_duration_seconds"
	},
	{
		named: "prometheus-fastapi-instrumentator",
		manifests: /^(?:pyproject\.toml|requirements[\w-]*\.txt)$/,
		total: "http_requests_total",
		bad: "http_requests_total{status=~\"5.*\"}",
		latency: "http_request_duration_seconds"
	},
	{
		named: "django-prometheus",
		manifests: /^(?:pyproject\.toml|requirements[\w-]*\.txt)$/,
		total: "django_http_responses_total_by_status_total",
		bad: "django_http_responses_total_by_status_total{status=~\"5..\"}"
	},
	{
		named: "micrometer-registry-prometheus",
		manifests: /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/,
		total: "http_server_requests_seconds_count",
		bad: "http_server_requests_seconds_count{status=~\"5..\"}"
	}
];
function libraryMetrics({ texts }) {
	for (const { named, manifests, total, bad, latency } of LIBRARIES) {
		const manifest = [...texts.keys()].find((file) => manifests.test(file) && texts.get(file)?.includes(named) === true);
		if (manifest === void 0) continue;
		const why = `${manifest} names ${named}`;
		return {
			errors: {
				bad,
				total
			},
			...latency === void 0 ? {} : { latency },
			found: [{
				topic: "errors",
				value: bad,
				why
			}, ...latency === void 0 ? [] : [{
				topic: "latency",
				value: latency,
				why
			}]]
		};
	}
}
const SOURCE = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|php|cs|ex)$/;
const TEST = /(?:^|\/)(?:tests?|spec|__tests__|node_modules|vendor|fixtures|examples)\/|[._](?:test|spec)\.|_test\.go$/;
const COUNTERS = [
	"http_requests_total",
	"http_server_requests_total",
	"requests_total"
];
const HISTOGRAMS = [
	"http_request_duration_seconds",
	"http_server_request_duration_seconds",
	"request_duration_seconds"
];
const STATUS_LABELS = [
	"status_code",
	"code",
	"status"
];
function ownMetrics(facts) {
	const counter = named(facts, COUNTERS);
	if (counter === void 0) return void 0;
	const label = STATUS_LABELS.find((name) => new RegExp(`["'\`]${name}["'\`]|\\b${name}\\s*[:=]|[{,]\\s*${name}\\b`).test(counter.text));
	if (label === void 0) return void 0;
	const bad = `${counter.name}{${label}=~"5.."}`;
	const latency = named(facts, HISTOGRAMS);
	return {
		errors: {
			bad,
			total: counter.name
		},
		...latency === void 0 ? {} : { latency: latency.name },
		found: [{
			topic: "errors",
			value: bad,
			why: `${counter.file} has this counter, with the label ${label}`
		}, ...latency === void 0 ? [] : [{
			topic: "latency",
			value: latency.name,
			why: `${latency.file} has this histogram`
		}]]
	};
}
function named(facts, names) {
	for (const name of names) {
		const pattern = new RegExp(`\\b${name}\\b`);
		for (const [file, text] of sources(facts)) if (pattern.test(text)) return {
			name,
			file,
			text
		};
	}
}
const ENDPOINTS = [
	"/readyz",
	"/ready",
	"/healthz",
	"/health",
	"/_health",
	"/livez",
	"/ping"
];
function healthEndpoint(facts) {
	for (const [file, text] of facts.texts) if (/^(?:pom\.xml|build\.gradle(?:\.kts)?)$/.test(file) && text.includes("spring-boot-starter-actuator")) return {
		topic: "answers",
		value: "/actuator/health",
		why: `${file} names spring-boot-starter-actuator`
	};
	for (const endpoint of ENDPOINTS) {
		const pattern = new RegExp(`["'\`]${endpoint}/?["'\`]`);
		for (const [file, text] of sources(facts)) if (pattern.test(text)) return {
			topic: "answers",
			value: endpoint,
			why: `${file} names it`
		};
	}
}
function* sources({ texts }) {
	for (const [file, text] of texts) if (SOURCE.test(file) && !TEST.test(file)) yield [file, text];
}

// src/cli/init/workflow-text.ts
const CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2";
const SETUP = {
	node: "actions/setup-node@6044e13b5dc448c55e2357c09f80417699197238 # v6.2.0",
	python: "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0"
};
const SEAMLESS = "seamless-upgrade/seamless@v0";
function workflowText(parts) {
	const jobs = [
		commandJob(),
		planJob(parts),
		dryRunJob(parts),
		upgradeJob(parts),
		settleJob()
	];
	return `${[...head(parts), ...jobs.flatMap((job, index) => index === 0 ? job : ["", ...job])].join("\n")}\n`;
}
function head({ defaultBranch }) {
	return [
		"# Written by \"seamless init\". A push to the default branch is an upgrade, and so is a command in a pull request",
		"# (\"/help\" there lists them); a pull request by itself only shows what would run.",
		"name: Seamless",
		"run-name: \"${{ inputs.request-id && format('Seamless {0} {1} #{2}', inputs.operation, inputs.environment, inputs.request-id) || '' }}\"",
		"on:",
		"  push:",
		`    branches: ${list([defaultBranch])}`,
		"  pull_request:",
		`    branches: ${list([defaultBranch])}`,
		"  # \"/deploy\" in a pull request; the job that answers has no checkout and asks GitHub who may do what.",
		"  issue_comment: # zizmor: ignore[dangerous-triggers]",
		"    types: [created]",
		"  workflow_dispatch: # by hand, and by Seamless itself: a deployment from elsewhere would bring its own workflow",
		"    inputs:",
		"      operation: { type: choice, options: [run, plan, rollback], default: run, description: What to do }",
		"      environment: { type: string, default: \"\", description: The environment; all of them without one }",
		"      sha: { type: string, default: \"\", description: The commit by its full id }",
		"      deployment-id: { type: string, default: \"\", description: The deployment that this run is for }",
		"      plan-digest: { type: string, default: \"\", description: The digest of the plan that was approved }",
		"      request-id: { type: string, default: \"\", description: What asked for it }",
		"",
		"permissions: {}",
		"",
		"jobs:"
	];
}
function commandJob() {
	return [
		"  command:",
		"    name: Answer a command",
		"    # A comment that is no command starts no runner.",
		"    if: github.event_name == 'issue_comment' && github.event.issue.pull_request && startsWith(github.event.comment.body, '/')",
		"    runs-on: ubuntu-latest",
		"    timeout-minutes: 20",
		"    concurrency: { group: \"seamless-command-${{ github.event.comment.id }}\", cancel-in-progress: false }",
		"    permissions:",
		"      contents: write # the locks, which are git refs",
		"      pull-requests: write # the answer",
		"      deployments: write # what is about to run where",
		"      actions: write # starts the run",
		"      checks: write # those that the pull request needs; that /accept calls a version well",
		"      statuses: read # the same",
		"    steps: # no checkout: nothing of a pull request comes near these rights",
		`      - uses: ${SEAMLESS}`,
		"        with:",
		"          operation: command"
	];
}
function planJob(parts) {
	return [
		"  plan:",
		"    name: Show what would run",
		"    if: github.event_name == 'pull_request'",
		"    runs-on: ubuntu-latest",
		"    concurrency: { group: \"seamless-plan-${{ github.ref }}\", cancel-in-progress: true }",
		"    permissions:",
		"      contents: read",
		"      deployments: read # what runs where",
		"      checks: read # which of it was healthy",
		"    steps:",
		...checkout(),
		`      - uses: ${SEAMLESS}`,
		"        with:",
		"          operation: plan",
		...workingDirectory(parts)
	];
}
function dryRunJob(parts) {
	return [
		"  dry-run:",
		"    name: Show what was asked for",
		"    if: github.event_name == 'workflow_dispatch' && inputs.operation == 'plan'",
		"    runs-on: ubuntu-latest",
		"    concurrency: { group: \"seamless-${{ inputs.request-id || github.run_id }}\", cancel-in-progress: false }",
		"    permissions:",
		"      contents: read",
		"      pull-requests: write # the answer",
		"      deployments: read # what runs where",
		"      checks: write # the plan, for whoever asked for it",
		"    steps:",
		...checkout(),
		`      - uses: ${SEAMLESS}`,
		"        with:",
		"          operation: plan",
		"          environment: ${{ inputs.environment }}",
		"          sha: ${{ inputs.sha }}",
		"          request-id: ${{ inputs.request-id }}",
		...workingDirectory(parts)
	];
}
function settleJob() {
	return [
		"  settle:",
		"    name: Say that nothing came of it",
		"    needs: upgrade",
		"    # Cancelled while it waited, refused by a reviewer, its runner lost: then the upgrade cannot say so itself.",
		"    if: always() && inputs.deployment-id != '' && needs.upgrade.outputs.decision == ''",
		"    runs-on: ubuntu-latest",
		"    concurrency: { group: \"seamless-settle-${{ inputs.request-id || github.run_id }}\", cancel-in-progress: false }",
		"    permissions:",
		"      contents: write # the lock",
		"      pull-requests: write # the answer",
		"      deployments: write # closes the deployment",
		"      checks: read # how it was taken, where it came so far",
		"    steps:",
		`      - uses: ${SEAMLESS}`,
		"        with:",
		"          operation: settle",
		"          environment: ${{ inputs.environment }}",
		"          deployment-id: ${{ inputs.deployment-id }}",
		"          request-id: ${{ inputs.request-id }}"
	];
}
function upgradeJob(parts) {
	const { environments } = parts;
	const [only, ...more] = environments;
	return [
		"  upgrade:",
		"    name: Upgrade",
		"    if: github.event_name != 'pull_request' && github.event_name != 'issue_comment' && inputs.operation != 'plan'",
		"    runs-on: ubuntu-latest",
		...more.length === 0 ? environment(only) : [],
		"    # Of runs that wait in one group GitHub keeps the newest, which is right for pushes; a command has its own.",
		"    concurrency: { group: \"seamless-${{ inputs.request-id || (inputs.operation == 'rollback' && 'rollback' || 'upgrade') }}\", cancel-in-progress: false }",
		"    permissions:",
		"      contents: write # the branch of an upgrade, the revert of a merge, the locks",
		"      pull-requests: write # the pull request of either, the answer to a command",
		"      deployments: write # what runs where",
		"      checks: write # the verdict",
		"      actions: read # whether the run that has a lock still works",
		"    outputs:",
		"      decision: ${{ steps.upgrade.outputs.decision }}",
		"    steps:",
		...checkout(),
		...setup(parts),
		"      - id: upgrade",
		`        uses: ${SEAMLESS}`,
		"        with:",
		"          operation: ${{ inputs.operation || 'run' }}",
		"          environment: ${{ inputs.environment }}",
		"          sha: ${{ inputs.sha }}",
		"          deployment-id: ${{ inputs.deployment-id }}",
		"          plan-digest: ${{ inputs.plan-digest }}",
		"          request-id: ${{ inputs.request-id }}",
		...workingDirectory(parts),
		...variables(parts)
	];
}
function environment(name) {
	return [
		"    environment:",
		"      # A rollback must not wait for the reviewers of an upgrade: its environment has the same secrets and no reviewers.",
		`      name: \${{ inputs.operation == 'rollback' && '${name}-rollback' || '${name}' }}`,
		"      deployment: false # Seamless records it"
	];
}
function checkout() {
	return [
		`      - uses: ${CHECKOUT}`,
		"        with:",
		"          fetch-depth: 0 # the difference to the version before",
		"          persist-credentials: false # no step of yours sees a token that it did not declare"
	];
}
function setup({ setup, versionFile, directory }) {
	if (setup === void 0 || versionFile === void 0) return [];
	const file = directory === "." ? versionFile : `${directory}/${versionFile}`;
	return [
		`      - uses: ${SETUP[setup]}`,
		"        with:",
		`          ${setup}-version-file: ${scalar(file)}`
	];
}
function workingDirectory({ directory }) {
	return directory === "." ? [] : [`          working-directory: ${scalar(directory)}`];
}
function variables({ sources, secrets }) {
	const lines = [...sources.flatMap(({ name, hasToken }) => {
		const variable = `SEAMLESS_SOURCE_${name.toUpperCase()}`;
		const url = `          ${variable}_URL: \${{ vars.${variable}_URL }}`;
		return hasToken ? [url, `          ${variable}_TOKEN: \${{ secrets.${variable}_TOKEN }}`] : [url];
	}), ...secrets.map((name) => `          ${name}: \${{ secrets.${name} }}`)];
	return lines.length === 0 ? [] : ["        env:", ...lines];
}

// src/cli/init/decide-init.ts
function decideInit(facts) {
	const version = versionFile(facts);
	const toolchain = detectToolchain(facts);
	const deploy = detectDeployScripts(facts);
	const environments = detectEnvironments(facts);
	const health = detectHealth(facts);
	const parts = {
		versionFile: version?.value,
		toolchain,
		deploy,
		health,
		environments: environments.names
	};
	return {
		config: configText(parts),
		workflow: workflowText({
			...facts,
			environments: environments.names,
			sources: sourcesOf(health),
			secrets: deploy.secrets,
			setup: toolchain.setup,
			versionFile: toolchain.setup === void 0 ? void 0 : runtimeFile(facts, toolchain.setup)
		}),
		found: [
			{
				topic: "default branch",
				value: facts.defaultBranch,
				why: "the repository says so"
			},
			...version === void 0 ? [] : [version],
			...toolchain.found,
			...deploy.found,
			...deploy.secrets.map((name) => ({
				topic: "secret",
				value: name,
				why: "a deploy script reads it"
			})),
			...environments.found,
			...health.found
		],
		todo: [
			...toolchain.todo,
			...deploy.todo,
			...health.todo,
			...settings(health, deploy.secrets),
			...rollbackEnvironment(environments.names),
			...rivals(facts, deploy.deploy)
		]
	};
}
function rollbackEnvironment([only, ...more]) {
	if (only === void 0 || more.length > 0) return [];
	return [`If ${only} has secrets or reviewers of its own on GitHub, give ${only}-rollback the same secrets and no reviewers: a rollback must not wait for them.`];
}
function versionFile(facts) {
	if (facts.files.has("VERSION")) return {
		topic: "version",
		value: "VERSION",
		why: "there is VERSION"
	};
	const version = readNodeManifest(facts)?.version;
	if (version === void 0 || version === "0.0.0") return void 0;
	return {
		topic: "version",
		value: "package.json",
		why: `package.json has the version ${version}`
	};
}
function runtimeFile({ files, texts }, setup) {
	const file = (setup === "node" ? [".nvmrc", ".node-version"] : [".python-version"]).find((name) => files.has(name));
	if (file !== void 0 || setup === "python") return file;
	return /"engines"\s*:/.test(texts.get("package.json") ?? "") ? "package.json" : void 0;
}
function sourcesOf({ errors, probe }) {
	return [...errors === void 0 ? [] : [{
		name: "main",
		hasToken: true
	}], ...probe === void 0 ? [] : [{
		name: "site",
		hasToken: false
	}]];
}
function settings({ errors, probe }, secrets) {
	return [
		...errors === void 0 ? [] : ["Set the Actions variable SEAMLESS_SOURCE_MAIN_URL to the address of your Prometheus, and the secret SEAMLESS_SOURCE_MAIN_TOKEN if it needs one."],
		...probe === void 0 ? [] : ["Set the Actions variable SEAMLESS_SOURCE_SITE_URL to the address at which users reach the service."],
		...secrets.length === 0 ? [] : [`Set the Actions secrets ${secrets.join(", ")}, if they are not there yet.`]
	];
}
function rivals({ workflows }, deploy) {
	const command = deploy.replace(/^(?:\.\/|bash )/, "");
	return [...workflows].filter(([file, text]) => file !== "seamless.yml" && text.includes(command)).map(([file]) => `.github/workflows/${file} deploys too: take ${command} out of it, or both will.`);
}

// src/cli/init-command.ts
const CONFIG = ".github/seamless.yml";
const WORKFLOW = ".github/workflows/seamless.yml";
async function initCommand({ line, folder, environment, terminal, signal }) {
	const opened = await openRepository({
		folder,
		environment,
		signal,
		clock: systemClock,
		log: terminalLog(terminal)
	});
	if (opened.reverseMerges !== void 0) throw needsGit();
	const decision = decideInit(await readFacts(opened));
	refuseBroken(decision.config);
	const files = [{
		path: join(folder, CONFIG),
		text: decision.config
	}, {
		path: join(opened.repository.root, WORKFLOW),
		text: decision.workflow
	}];
	if (!line.force) await refuseOverwriting(files.map(({ path }) => path));
	for (const { path, text } of files) {
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
	}
	terminal.out(summary(decision, files.map(({ path }) => relative(folder, path))));
	return 0;
}
function needsGit() {
	return new UsageError("\"seamless init\" writes a config and a GitHub workflow from what a git repository says. On Subversion start from the config in docs/svn.md, which needs no workflow.");
}
function refuseBroken(config) {
	const parsed = parseConfig(config, CONFIG);
	if (!parsed.ok) throw new Error(`init made a config that is not valid:\n${parsed.errors.map(formatConfigError).join("\n")}`);
}
async function refuseOverwriting(paths) {
	const known = (await Promise.all(paths.map((path) => access(path).then(() => path, () => void 0)))).filter((path) => path !== void 0);
	if (known.length === 0) return;
	throw new UsageError(`${known.join(" and ")} ${known.length === 1 ? "is" : "are"} there already. "seamless init --force" overwrites.`);
}
function summary({ found, todo }, files) {
	const widths = [0, 1].map((column) => Math.max(...found.map(({ topic, value }) => (column === 0 ? topic : value).length)));
	return [
		"Found:",
		...found.map(({ topic, value, why }) => `  ${topic.padEnd(widths[0] ?? 0)}  ${value.padEnd(Math.min(widths[1] ?? 0, 60))}  ${why}`),
		"",
		"Wrote:",
		...files.map((file) => `  ${file}`),
		"",
		"Yours to do:",
		...todo.map((text) => `  - ${text}`),
		"  - Read both files, then \"seamless plan\" shows what would run, and \"seamless doctor\" what is still missing."
	].join("\n");
}

export { initCommand };