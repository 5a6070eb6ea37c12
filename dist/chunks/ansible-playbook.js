import { n as imagesOf } from "./kubernetes-images.js";
import { a as discriminatedUnion, d as record, i as boolean, o as int, p as string, s as literal, u as object } from "./schemas.js";
import { t as childEnvironment } from "./child-environment.js";
import { n as maskOf } from "./mask.js";
import { n as pathInside } from "./path-inside.js";
import { t as assertInside } from "./run-shell.js";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve } from "node:path";

// src/adapters/ansible-callback.ts
const CALLBACK_PLUGIN = String.raw`
import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: seamless_events
type: notification
short_description: What happens on which host, for Seamless
description: Appends one JSON object a line to the file that SEAMLESS_ANSIBLE_EVENTS names.
"""

TEXT_MAX = 4096
DIFF_MAX = 65536


def part(result, name):
    found = getattr(result, name, None)
    return getattr(result, '_' + name) if found is None else found


def last(text, length):
    return str(text)[-length:]


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'notification'
    CALLBACK_NAME = 'seamless_events'
    CALLBACK_NEEDS_ENABLED = False
    CALLBACK_NEEDS_WHITELIST = False

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        self._names = {}
        self._events = open(os.environ['SEAMLESS_ANSIBLE_EVENTS'], 'a')

    def _write(self, event, **fields):
        self._events.write(json.dumps(dict(fields, event=event)) + '\n')
        self._events.flush()

    def _of_task(self, task):
        name = str(task.get_name()).strip()
        if '{{' in name:
            name = self._names.get(task._uuid, name)
        return dict(task=name[:200], action=str(task.action))

    def _of_result(self, event, result, **fields):
        answer = part(result, 'result')
        facts = answer.get('ansible_facts')
        if isinstance(facts, dict) and 'seamless_live' in facts:
            live = facts['seamless_live']
            fields['live'] = '' if live is None else str(live)[:TEXT_MAX]
        for key in ('msg', 'stdout', 'stderr', 'module_stderr', 'module_stdout'):
            if event != 'ok' and answer.get(key):
                fields[key] = str(answer[key])[:TEXT_MAX] if key == 'msg' else last(answer[key], TEXT_MAX)
        fields['hidden'] = 'censored' in answer
        fields['changed'] = bool(answer.get('changed'))
        fields.update(self._of_task(part(result, 'task')))
        self._write(event, host=str(part(result, 'host').get_name()), **fields)

    def v2_playbook_on_task_start(self, task, is_conditional):
        # Before 2.19 only here the name of a task has its variables filled in.
        self._names[task._uuid] = str(task.get_name()).strip()

    def v2_playbook_on_handler_task_start(self, task):
        self.v2_playbook_on_task_start(task, False)

    def v2_runner_on_start(self, host, task):
        self._write('start', host=str(host.get_name()), **self._of_task(task))

    def v2_runner_on_ok(self, result):
        self._of_result('ok', result)

    def v2_runner_on_skipped(self, result):
        self._of_result('skipped', result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._of_result('failed', result, ignored=bool(ignore_errors))

    def v2_runner_item_on_failed(self, result):
        self._of_result('item_failed', result)

    def v2_runner_on_unreachable(self, result):
        self._of_result('unreachable', result)

    def v2_on_file_diff(self, result):
        answer = part(result, 'result')
        # Loops come here once for each item, and once more as a whole.
        if answer.get('diff') and answer.get('changed') and not answer.get('results'):
            self._of_result('diff', result, diff=self._get_diff(answer['diff'])[:DIFF_MAX])

    def v2_playbook_on_stats(self, stats):
        hosts = dict((str(host), stats.summarize(host)) for host in stats.processed)
        self._write('stats', hosts=hosts)
`;

// src/adapters/ansible-events.ts
const text = string().prefault("");
const ofTask = {
	host: string(),
	task: string(),
	action: string()
};
const ofResult = {
	...ofTask,
	changed: boolean(),
	hidden: boolean(),
	msg: text,
	stdout: text,
	stderr: text,
	module_stdout: text,
	module_stderr: text
};
const counts = object({
	failures: int(),
	unreachable: int(),
	ok: int(),
	changed: int()
});
const event = discriminatedUnion("event", [
	object({
		event: literal("start"),
		...ofTask
	}),
	object({
		event: literal("ok"),
		...ofResult,
		live: string().optional()
	}),
	object({
		event: literal("skipped"),
		...ofResult
	}),
	object({
		event: literal("failed"),
		...ofResult,
		ignored: boolean()
	}),
	object({
		event: literal("item_failed"),
		...ofResult
	}),
	object({
		event: literal("unreachable"),
		...ofResult
	}),
	object({
		event: literal("diff"),
		...ofResult,
		diff: string()
	}),
	object({
		event: literal("stats"),
		hosts: record(string(), counts)
	})
]);
function parseEvents(written) {
	return written.split("\n").flatMap((line) => {
		try {
			return line === "" ? [] : [event.parse(JSON.parse(line))];
		} catch {
			return [];
		}
	});
}

// src/adapters/ansible-variables.ts
const GIVEN = [
	"version",
	"sha",
	"previous",
	"previous_sha",
	"environment",
	"repository",
	"branch",
	"image"
];
function extraVariables(vars, values) {
	const empty = Object.fromEntries(GIVEN.map((name) => [`seamless_${name}`, ""]));
	const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
	const all = {
		...vars,
		...empty,
		...given,
		seamless_images: imagesOf(values)
	};
	return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, asData(value)]));
}
function asData(value) {
	if (typeof value === "string") return { __ansible_unsafe: value.toWellFormed() };
	if (Array.isArray(value)) return value.map(asData);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asData(one)]));
}

// src/adapters/ansible-playbook.ts
async function runPlaybook(settings, shell, context, { playbook, isCheck = false, isKept = false }) {
	const { step, directory, signal, values } = context;
	await assertInside(context);
	for (const path of [playbook, ...settings.inventory]) await pathInside(context.root, relative(context.root, resolve(directory, path)));
	const own = childEnvironment(shell.environment, {
		...settings,
		step,
		values
	});
	const secrets = settings.secrets.flatMap((name) => own[name] ?? []);
	const folder = await mkdtemp(join(tmpdir(), "seamless-ansible-"));
	try {
		const files = await writeFiles(folder, settings, {
			own,
			values
		});
		const said = [];
		return {
			playbook,
			end: await shell.run({
				file: "ansible-playbook",
				args: [
					...flags(settings, files, isCheck),
					"--",
					playbook
				],
				title: `${step}: ansible-playbook ${isCheck ? "--check --diff " : ""}${playbook}`,
				directory,
				environment: environmentOf(own, files),
				secrets,
				signal,
				timeoutMs: settings.timeoutMs,
				background: isKept ? "keep" : "end",
				onLine(line) {
					said.push(line);
					if (said.length > SAID_MAX) said.shift();
					if (!isCheck) shell.log.output(step, line);
				}
			}),
			events: parseEvents(await readFile(files.events, "utf8").catch(() => "")),
			errors: errorsOf(said),
			mask: maskOf(secrets).text
		};
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
const SAID_MAX = 2e3;
async function writeFiles(folder, { vars, vault, key }, { own, values }) {
	const write = async (name, text) => {
		const path = join(folder, name);
		await writeFile(path, text, { mode: 384 });
		return path;
	};
	await write("seamless_events.py", CALLBACK_PLUGIN);
	return {
		callbacks: folder,
		config: await write("ansible.cfg", "[defaults]\n"),
		events: await write("events.jsonl", ""),
		variables: await write("variables.json", JSON.stringify(extraVariables(vars, values))),
		...vault !== void 0 && { vault: await write("vault", `${own[vault] ?? ""}\n`) },
		...key !== void 0 && { key: await write("key", `${(own[key] ?? "").replaceAll("\r\n", "\n").trimEnd()}\n`) }
	};
}
function flags({ inventory, limit, tags }, files, isCheck) {
	return [
		...inventory.map((path) => `--inventory=${path}`),
		...limit === void 0 ? [] : [`--limit=${limit}`],
		...tags.length === 0 ? [] : [`--tags=${tags.join(",")}`],
		`--extra-vars=@${files.variables}`,
		...files.vault === void 0 ? [] : [`--vault-password-file=${files.vault}`],
		...files.key === void 0 ? [] : [`--private-key=${files.key}`],
		...isCheck ? ["--check", "--diff"] : []
	];
}
function environmentOf(own, { config, callbacks, events }) {
	const others = own["ANSIBLE_CALLBACK_PLUGINS"];
	return {
		ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: "true",
		ANSIBLE_RETRY_FILES_ENABLED: "false",
		ANSIBLE_NOCOWS: "true",
		...inUtf8(own),
		ANSIBLE_CONFIG: config,
		ANSIBLE_CALLBACK_PLUGINS: others === void 0 ? callbacks : `${callbacks}${delimiter}${others}`,
		ANSIBLE_NOCOLOR: "true",
		ANSIBLE_FORCE_COLOR: "false",
		SEAMLESS_ANSIBLE_EVENTS: events
	};
}
function inUtf8(environment) {
	const [locale = ""] = [
		"LC_ALL",
		"LC_CTYPE",
		"LANG"
	].flatMap((name) => environment[name] || []);
	return /utf-?8/i.test(locale) ? { ...environment } : {
		...environment,
		LC_ALL: "C.UTF-8"
	};
}
const ERROR_LINES = 40;
function errorsOf(said) {
	const begin = said.findIndex((line) => /^(?:ERROR[!:] |\[ERROR\]: |ansible-playbook: error: )/.test(line));
	return begin === -1 ? [] : said.slice(begin, begin + ERROR_LINES);
}

export { runPlaybook as n, inUtf8 as t };