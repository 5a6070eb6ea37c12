#!/usr/bin/env node
import { n as secretValues } from "./chunks/child-environment.js";
import { n as maskOf } from "./chunks/mask.js";
import { f as UsageError } from "./chunks/errors.js";
import { t as causes } from "./chunks/causes.js";
import { c as visible } from "./chunks/markdown.js";
import { t as nearestName } from "./chunks/nearest.js";
import { t as stages } from "./chunks/stage.js";
import { t as openTerminal } from "./chunks/terminal.js";
import { parseArgs } from "node:util";
import { realpath } from "node:fs/promises";

// src/cli/command-line.ts
const commands = {
	init: {
		takes: "",
		does: "write the config and the workflow, by looking at the repository",
		options: ["force"]
	},
	doctor: {
		takes: "",
		does: "say what is missing: tools, permissions, sources, a version to go back to",
		options: ["config", "json"]
	},
	validate: {
		takes: "",
		does: "check the config",
		options: ["config", "json"]
	},
	plan: {
		takes: "",
		does: "show what would run and what takes it back; change nothing",
		options: [
			"config",
			"stage",
			"environment",
			"sha",
			"json"
		]
	},
	run: {
		takes: "",
		does: "run the upgrade",
		options: [
			"config",
			"stage",
			"environment",
			"sha",
			"plan-digest",
			"json"
		]
	},
	rollback: {
		takes: "",
		does: "bring an environment's last healthy version back",
		options: [
			"config",
			"environment",
			"json"
		]
	},
	backtest: {
		takes: "",
		does: "judge past deployments by the health config, from sources that keep history",
		options: [
			"config",
			"environment",
			"deployments",
			"quiet",
			"record",
			"recorded",
			"json"
		]
	},
	show: {
		takes: "<receipt>",
		does: "show a receipt again",
		options: ["explain", "json"]
	},
	help: {
		takes: "",
		does: "show this",
		options: []
	}
};
const options = {
	config: {
		type: "string",
		takes: "<file>",
		does: "the config; default .github/seamless.yml"
	},
	stage: {
		type: "string",
		takes: "<stage>",
		does: `one of all, ${stages.join(", ")}; default all`
	},
	environment: {
		type: "string",
		takes: "<name>",
		does: "one environment; default all, in the order of `after`"
	},
	sha: {
		type: "string",
		takes: "<commit>",
		does: "the upgrade's commit by its full id; default: made by `upgrade`, else HEAD"
	},
	"plan-digest": {
		type: "string",
		takes: "<digest>",
		does: "run only if the plan is still the one of this digest"
	},
	deployments: {
		type: "string",
		takes: "<file>",
		does: "past deployments, a line each: time (ISO 8601) and version; default: those on record"
	},
	quiet: {
		type: "string",
		takes: "<n>",
		does: "also judge so many moments at which nothing was deployed: false alarms"
	},
	record: {
		type: "string",
		takes: "<file>",
		does: "keep what the sources said, to try other limits on it"
	},
	recorded: {
		type: "string",
		takes: "<file>",
		does: "judge what was kept; no source is asked"
	},
	explain: {
		type: "boolean",
		takes: "",
		does: "recompute every figure from its evidence and compare"
	},
	force: {
		type: "boolean",
		takes: "",
		does: "overwrite files that are there"
	},
	json: {
		type: "boolean",
		takes: "",
		does: "print JSON on standard output, everything else on standard error"
	}
};
const help = [
	"seamless: upgrades nobody notices",
	"",
	"Usage: seamless <command> [options]",
	"",
	...Object.entries(commands).map(([name, { takes, does }]) => `  ${`${name} ${takes}`.padEnd(16)} ${does}`),
	"",
	...Object.entries(options).map(([name, { takes, does }]) => `  ${`--${name} ${takes}`.padEnd(24)} ${does}`),
	"",
	"It works in the folder where it is called. GITHUB_TOKEN, if set, records deployments on GitHub, opens pull requests",
	"and reverts merges; SEAMLESS_SOURCE_<NAME>_URL says where a health source is.",
	"",
	"Exit codes: 0 well or nothing to do, 1 failed or taken back, 2 usage, 3 held: nobody knows."
].join("\n");
function parseCommandLine(argv) {
	const [first, ...rest] = argv;
	if (first === void 0 || first === "--help" || first === "-h") return {
		...NOTHING,
		command: "help"
	};
	if (!isCommand(first)) throw unknown("command", first, Object.keys(commands));
	const { values, positionals } = parse(first, rest);
	const receipt = positionals[0];
	const allowed = first === "show" ? 1 : 0;
	if (positionals.length > allowed) throw usage(`${first} takes no ${JSON.stringify(positionals[allowed])}.`);
	if (first === "show" && receipt === void 0) throw usage("show takes the path of a receipt.");
	return {
		command: first,
		config: text(values["config"]) ?? ".github/seamless.yml",
		stage: stageOf(text(values["stage"]) ?? "all"),
		...given("environment", values["environment"]),
		...given("sha", values["sha"]),
		...given("planDigest", values["plan-digest"]),
		...given("receipt", receipt),
		...given("deployments", values["deployments"]),
		...given("record", values["record"]),
		...given("recorded", values["recorded"]),
		...values["quiet"] !== void 0 && { quiet: numberOf("quiet", text(values["quiet"]) ?? "") },
		explain: values["explain"] === true,
		force: values["force"] === true,
		json: values["json"] === true
	};
}
function given(key, value) {
	return typeof value === "string" ? { [key]: value } : {};
}
function numberOf(option, value) {
	const number = Number(value);
	if (Number.isInteger(number) && number >= 0 && number <= 1e3) return number;
	throw usage(`--${option} takes a whole number from 0 to 1000, not ${JSON.stringify(value)}.`);
}
const NOTHING = {
	config: "",
	stage: "all",
	explain: false,
	force: false,
	json: false
};
function parse(command, argv) {
	const known = Object.fromEntries(commands[command].options.map((name) => [name, { type: options[name].type }]));
	const { tokens } = parseArgs({
		args: [...argv],
		options: known,
		strict: false,
		tokens: true,
		allowPositionals: true
	});
	const values = {};
	const positionals = [];
	for (const token of tokens) {
		if (token.kind === "positional") positionals.push(token.value);
		if (token.kind !== "option") continue;
		if (token.name === "help" || token.name === "h") throw new HelpAsked();
		const option = known[token.name];
		if (option === void 0) throw unknown(`option of ${command}`, token.rawName, Object.keys(known).map((name) => `--${name}`));
		const takesValue = option.type === "string";
		if (takesValue && (token.value === void 0 || token.value === "")) throw usage(`${token.rawName} needs a value.`);
		if (!takesValue && token.value !== void 0) throw usage(`${token.rawName} takes no value.`);
		values[token.name] = token.value ?? true;
	}
	return {
		values,
		positionals
	};
}
var HelpAsked = class extends Error {
	name = "HelpAsked";
};
function stageOf(value) {
	const known = ["all", ...stages];
	const found = known.find((one) => one === value);
	if (found === void 0) throw unknown("stage", value, known);
	return found;
}
function isCommand(name) {
	return Object.hasOwn(commands, name);
}
function text(value) {
	return typeof value === "string" ? value : void 0;
}
function unknown(what, written, known) {
	const nearest = nearestName(written, known);
	const hint = nearest === void 0 ? "" : ` Did you mean "${nearest}"?`;
	return usage(`There is no ${what} ${JSON.stringify(written)}; there is ${known.join(", ")}.${hint}`);
}
function usage(message) {
	return new UsageError(`${message} "seamless help" shows what there is.`);
}

// src/cli/refuse-old-node.ts
const OLDEST_NODE = 22;
function refuseOldNode(version) {
	if (Number.parseInt(version, 10) >= 22) return;
	throw new UsageError(`seamless needs Node.js ${22} or newer; this is ${version}.`);
}

// src/cli/run-cli.ts
async function runCli(argv, environment) {
	try {
		refuseOldNode(process.versions.node);
		const line = parseCommandLine(argv);
		if (line.command === "help") throw new HelpAsked();
		const terminal = await openTerminal(process.stdout, process.stderr);
		return await dispatch({
			line,
			folder: await realpath(process.cwd()),
			environment,
			terminal,
			signal: interruption()
		});
	} catch (error) {
		if (error instanceof HelpAsked) {
			process.stdout.write(`${help}\n`);
			return 0;
		}
		const { text } = maskOf(secretValues(environment));
		process.stderr.write(`seamless: ${visible(text(causes(error)))}\n`);
		return error instanceof UsageError ? 2 : 1;
	}
}
async function dispatch(shell) {
	const { command } = shell.line;
	switch (command) {
		case "init": return (await import("./chunks/init-command.js")).initCommand(shell);
		case "doctor": return (await import("./chunks/doctor-command.js")).doctorCommand(shell);
		case "backtest": return (await import("./chunks/backtest-command.js")).backtestCommand(shell);
		case "show": return (await import("./chunks/show-command.js")).showCommand(shell);
		case "validate": return (await import("./chunks/validate-command.js")).validateCommand(shell);
		case "plan":
		case "run":
		case "rollback": return (await import("./chunks/upgrade-command2.js")).upgradeCommand(shell);
		case "help": return 0;
	}
}
const EXIT_INTERRUPTED = 130;
function interruption() {
	const cancel = new AbortController();
	for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
		if (cancel.signal.aborted) process.exit(EXIT_INTERRUPTED);
		cancel.abort(/* @__PURE__ */ new Error(`Cancelled by ${signal}.`));
	});
	return cancel.signal;
}

// src/cli.ts
process.exitCode = await runCli(process.argv.slice(2), process.env);

export {  };