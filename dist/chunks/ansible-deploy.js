import { n as runPlaybook } from "./ansible-playbook.js";
import { t as thrownFailure } from "./thrown-failure.js";

// src/adapters/ansible-difference.ts
const SHOWN_MAX = 65536;
function playDifference(events, root) {
	const shown = new Set(events.flatMap((one) => one.event === "diff" ? [`${one.host}\n${one.task}`] : []));
	const changes = events.flatMap((one) => changeOf(one, shown, root) ?? []);
	const text = [...Map.groupBy(changes, ({ task, what }) => `${task}\n${what}`).values()].map((same) => {
		const hosts = [...new Set(same.map(({ host }) => host))].sort().join(", ");
		return `${same[0]?.task} on ${hosts}${same[0]?.what}`;
	}).join("\n\n");
	return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}\n… (cut after 64 KiB)`;
}
function changeOf(one, shown, root) {
	const of = (what) => one.event === "stats" ? void 0 : {
		host: one.host,
		task: one.task,
		what
	};
	switch (one.event) {
		case "diff": return of(one.diff.trim() === "" ? ": changes" : `:\n${tidy(one.diff, root)}`);
		case "ok":
			if (!one.changed || shown.has(`${one.host}\n${one.task}`)) return void 0;
			return of(one.hidden ? ": changes (hidden by no_log)" : ": changes");
		case "skipped": return /check mode/.test(one.msg) ? of(": runs, and nobody knows what it changes") : void 0;
		default: return;
	}
}
function tidy(diff, root) {
	return diff.replace(/^\+\+\+ after: \S*\/ansible-local-\S+$/gm, "+++ after").replaceAll(`+++ after: ${root}/`, "+++ after: ").trimEnd();
}

// src/adapters/ansible-hosts.ts
function hostResults(events) {
	const stats = events.findLast((one) => one.event === "stats");
	return [...Map.groupBy(events.filter((one) => one.event !== "stats"), ({ host }) => host)].map(([host, own]) => hostResult(host, own, stats?.hosts[host]));
}
function hasTasks(events) {
	return events.some((one) => one.event !== "stats" && !isAction(one.action, ["setup", "gather_facts"]));
}
function hostResult(host, own, counts) {
	const ended = own.filter((one) => one.event !== "start");
	const last = ended.findLast(isFault);
	const bad = last !== void 0 && isBad(last, counts) ? last : void 0;
	const state = bad === void 0 ? "well" : bad.event === "unreachable" ? "unreachable" : "failed";
	const done = ended.filter(({ event }) => event === "ok");
	const changes = done.filter(({ changed }) => changed).length;
	const running = runningTask(own);
	return {
		host,
		state,
		changed: changes > 0 ? "yes" : own.some((one) => mayChange(one, running)) ? "perhaps" : "no",
		changes,
		ok: done.length,
		...bad && { fault: {
			task: bad.task,
			why: whyOf(bad, ended)
		} },
		...running && { running: running.task }
	};
}
function isFault(one) {
	return one.event === "unreachable" || one.event === "failed" && !one.ignored;
}
function isBad({ event }, counts) {
	if (counts === void 0) return true;
	return event === "unreachable" ? counts.unreachable > 0 : counts.failures > 0;
}
function runningTask(own) {
	const begun = own.findLastIndex(({ event }) => event === "start");
	const isOver = own.slice(begun + 1).some(({ event }) => event !== "diff" && event !== "item_failed");
	return begun === -1 || isOver ? void 0 : own[begun];
}
const HARMLESS = ["setup gather_facts assert fail debug set_fact ping stat wait_for wait_for_connection pause meta", "include_tasks import_tasks include_role import_role include_vars validate_argument_spec group_by add_host"].flatMap((names) => names.split(" "));
const ANYTHING = [
	"command",
	"shell",
	"raw",
	"script",
	"expect",
	"uri"
];
function mayChange(one, running) {
	if (isAction(one.action, HARMLESS)) return false;
	switch (one.event) {
		case "start": return one === running;
		case "ok": return isAction(one.action, ANYTHING);
		case "failed":
		case "item_failed": return true;
		case "unreachable": return !isNeverReached(one.msg);
		case "skipped":
		case "diff": return false;
	}
}
function isNeverReached(msg) {
	return /ssh: connect to host|Could not resolve hostname|Permission denied \(|Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/.test(msg);
}
function isAction(action, names) {
	return names.includes(action.replace(/^ansible\.(?:builtin|legacy)\./, ""));
}
function whyOf(bad, ended) {
	if (bad.hidden) return "what it said is hidden by no_log";
	const before = ended.slice(0, ended.indexOf(bad));
	const { msg, stdout, stderr, module_stderr, module_stdout } = before.slice(before.findLastIndex(({ event }) => event !== "item_failed" && event !== "diff") + 1).findLast(({ event }) => event === "item_failed") ?? bad;
	const said = [
		stderr,
		module_stderr,
		stdout,
		module_stdout
	].find((text) => text.trim() !== "") ?? "";
	const first = firstParagraph(msg);
	const last = said.trim().split("\n").at(-1)?.trim() ?? "";
	return [first, first.includes(last) ? "" : last].filter((text) => text !== "").join(": ");
}
function firstParagraph(msg) {
	return msg.replace(/^(?:Task failed: |Module failed: |Action failed: )+/, "").trim().split(/\n\s*\n/)[0]?.replace(/\s+/g, " ") ?? "";
}

// src/adapters/ansible-faults.ts
function playFailure(step, played, settings) {
	const end = played.end;
	const hosts = hostResults(played.events);
	const said = hosts.length === 0 ? beforeHosts(step, played, settings) : onHosts(step, played, hosts, settings);
	const isUntouched = end.exitCode !== void 0 && hosts.every(({ changed }) => changed === "no");
	return {
		...end.failure,
		message: played.mask(said),
		...isUntouched && hasSaidWhy(played, hosts) && { isUntouched: true }
	};
}
function nothingPlayed(step, played, { limit, tags }) {
	const within = limit === void 0 ? "" : ` within the limit ${limit}`;
	const tagged = tags.length === 0 ? "" : `, or no task has a tag of ${tags.join(", ")}`;
	return {
		why: "report",
		message: `${step}: ${played.playbook} ran no task on any host: its "hosts" match nothing in the inventory${within}${tagged}. Nothing was changed.`,
		output: played.end.output,
		isUntouched: true
	};
}
function hasSaidWhy({ events, errors }, hosts) {
	return hosts.length === 0 ? errors.length > 0 : events.some(({ event }) => event === "stats");
}
function onHosts(step, played, hosts, settings) {
	const { failure, exitCode } = played.end;
	const bad = hosts.filter(({ fault }) => fault !== void 0);
	const begun = `${step}: ${played.playbook} failed on ${bad.length} of ${hosts.length} ${hosts.length === 1 ? "host" : "hosts"} (exit ${exitCode}).`;
	const isStopped = exitCode === void 0 || bad.length === 0;
	return [
		isStopped ? failure.message.replace(/ It last said: [^]*$/, "") : begun,
		...faultTexts(bad, settings),
		...isStopped ? runningTexts(hosts) : [],
		...isStopped && bad.length === 0 && played.errors.length > 0 ? [errorText(played)] : [],
		changedText(hosts)
	].join(" ");
}
const SHOWN_HOSTS = 10;
function faultTexts(bad, settings) {
	const alike = Map.groupBy(bad, ({ fault, state }) => `${state}\n${fault?.task}\n${fault?.why}`);
	const texts = [...alike.values()].slice(0, SHOWN_HOSTS).map((hosts) => {
		const [first] = hosts;
		const why = cut(first?.fault?.why ?? "");
		const advice = adviceOn(why, settings);
		const what = first?.state === "unreachable" ? "unreachable" : "failed";
		return `${names(hosts)} ${what} in "${first?.fault?.task}": ${ended(why)}${advice === "" ? "" : ` ${advice}`}`;
	});
	return alike.size > SHOWN_HOSTS ? [...texts, `… and ${alike.size - SHOWN_HOSTS} more faults.`] : texts;
}
function runningTexts(hosts) {
	return [...Map.groupBy(hosts.filter(({ running, fault }) => running !== void 0 && fault === void 0), ({ running }) => running)].map(([task, own]) => `It was in "${task}" on ${names(own)}.`);
}
function changedText(hosts) {
	const of = (changed) => hosts.filter((one) => one.changed === changed);
	const [yes, perhaps, no] = [
		of("yes"),
		of("perhaps"),
		of("no")
	];
	if (no.length === hosts.length) return "Nothing was changed.";
	return [
		yes.length > 0 ? `Changed: ${names(yes)}.` : "",
		perhaps.length > 0 ? `Perhaps changed: ${names(perhaps)}.` : "",
		no.length > 0 ? `Not changed: ${names(no)}.` : ""
	].filter((text) => text !== "").join(" ");
}
const NAMED_HOSTS = 20;
function names(hosts) {
	const shown = hosts.slice(0, NAMED_HOSTS).map(({ host }) => host);
	const more = hosts.length - shown.length;
	return more === 0 ? shown.join(", ") : `${shown.join(", ")} and ${more} more`;
}
function beforeHosts(step, played, settings) {
	const { failure, exitCode } = played.end;
	if (failure.why === "spawn" && failure.message.includes("is not installed")) return `${failure.message} Install Ansible where Seamless runs ("pip install ansible-core", or "apt-get install ansible-core").`;
	if (played.errors.length === 0 || exitCode === void 0) return failure.message;
	const advice = adviceOn(played.errors.join("\n"), settings);
	return `${step}: ${played.playbook} was not begun (exit ${exitCode}). ${errorText(played)}${advice === "" ? "" : ` ${advice}`} Nothing was changed.`;
}
function errorText({ errors }) {
	const text = errors.join("\n");
	const [first = ""] = errors;
	const said = first.replace(/^(?:ERROR[!:] |\[ERROR\]: |ansible-playbook: error: )/, "");
	const [, yaml] = /Syntax Error while loading YAML\.\s*(.+)/.exec(text) ?? [];
	const what = said.startsWith("We were unable to read") && yaml !== void 0 ? `no YAML: ${yaml}` : said;
	const [, file, line, column] = /in '([^']+)': line (\d+), column (\d+)/.exec(text) ?? /^Origin: (\S+?):(\d+):(\d+)/m.exec(text) ?? [];
	const where = file === void 0 ? "" : ` (${file.split("/").at(-1)}, line ${line}, column ${column})`;
	return ended(`Ansible says: ${cut(what).replace(/[.]$/, "")}${where}`);
}
function adviceOn(said, { vault, key }) {
	if (/no vault secrets (?:were )?found(?! that)/.test(said)) return "Name the variable with its password under \"vault\" of ansible.";
	if (/Decryption failed/.test(said)) return vault === void 0 ? "" : `${vault} has not the password that it was encrypted with.`;
	if (/Permission denied \(/.test(said)) return key === void 0 ? "Name the variable with a private key under \"key\" of ansible, or declare SSH_AUTH_SOCK under \"secrets\" to use an agent." : `The key in ${key} is not one of the host's, or the user is not the one it belongs to ("ansible_user").`;
	if (/Host key verification failed|IDENTIFICATION HAS CHANGED/.test(said)) return "Write the host's key into known_hosts where Seamless runs (ssh-keyscan), having compared it.";
	if (/couldn't resolve module\/action/.test(said)) return "Install its collection where Seamless runs (\"ansible-galaxy collection install\").";
	if (/sudo: a password is required|Missing sudo password|Incorrect sudo password/.test(said)) return "Give \"ansible_become_password\" from a vault, or let the user become root without one.";
	return "";
}
const WHY_MAX = 400;
function cut(text) {
	const line = text.replace(/\s+/g, " ").trim();
	return line.length <= WHY_MAX ? line : `${line.slice(0, WHY_MAX)}…`;
}
function ended(text) {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}

// src/adapters/ansible-status.ts
const VERSION_MAX = 256;
const NAMED_MAX = 10;
function liveOnHosts(events, playbook) {
	const hosts = hostResults(events).map(({ host }) => host);
	const told = new Map(events.flatMap((one) => one.event === "ok" && one.live !== void 0 ? [[one.host, one.live.trim()]] : []));
	const silent = hosts.filter((host) => !told.has(host));
	if (hosts.length === 0) return unknown(`${playbook} ran on no host of the inventory.`);
	if (silent.length > 0) return unknown(`${playbook} set no fact "seamless_live" on ${listed(silent)}. It must set it on each host (set_fact), to the version that runs there or to "".`);
	const versions = [...new Set(told.values())];
	const [version = ""] = versions;
	if (versions.length > 1) return unknown(`the hosts do not agree: ${listed(hosts.map((host) => `${host} has ${told.get(host) || "nothing"}`))}.`);
	if (version === "") return { kind: "empty" };
	if (version.length > VERSION_MAX || /[\u0000-\u001F\u007F]/.test(version)) return unknown(`${playbook} set "seamless_live" to what is no name of a version (${JSON.stringify(version.slice(0, 80))}).`);
	return {
		kind: "live",
		version
	};
}
function unknown(why) {
	return {
		kind: "unknown",
		why
	};
}
function listed(all) {
	const more = all.length - NAMED_MAX;
	return more <= 0 ? all.join(", ") : `${all.slice(0, NAMED_MAX).join(", ")} and ${more} more`;
}

// src/adapters/ansible-deploy.ts
function ansibleDeployer(settings, shell) {
	const play = async (context, what) => {
		const played = await runPlaybook(settings, shell, context, what);
		if (played.end.kind === "failed") return {
			kind: "failed",
			failure: playFailure(context.step, played, settings)
		};
		if (!hasTasks(played.events)) return {
			kind: "failed",
			failure: nothingPlayed(context.step, played, settings)
		};
		return played;
	};
	const change = async (context, playbook) => {
		const played = await play(context, {
			playbook,
			isKept: true
		});
		return "kind" in played ? played : {
			kind: "done",
			output: recap(played)
		};
	};
	return {
		deploy: (context) => told(() => change(context, settings.playbook)),
		rollback: (context) => told(async () => {
			if (settings.rollback !== void 0) return change(context, settings.rollback);
			return otherCommit(context) ?? await change(context, settings.playbook);
		}),
		difference: (context) => told(async () => {
			const played = await play(context, {
				playbook: settings.playbook,
				isCheck: true
			});
			if (!("kind" in played)) return {
				kind: "done",
				output: played.mask(playDifference(played.events, context.root))
			};
			return played.kind === "done" ? played : inCheckMode(played);
		}),
		status: (context) => status(settings, shell, context)
	};
}
async function status(settings, shell, context) {
	const { status: playbook } = settings;
	if (playbook === void 0) return {
		kind: "unknown",
		why: "The config has no \"status\" playbook for this environment."
	};
	try {
		const played = await runPlaybook(settings, shell, context, { playbook });
		if (played.end.kind === "failed") return {
			kind: "unknown",
			why: playFailure(context.step, played, settings).message
		};
		const live = liveOnHosts(played.events, playbook);
		if (live.kind === "unknown") return {
			kind: "unknown",
			why: played.mask(`${context.step}: ${live.why}`)
		};
		return live.kind === "live" ? {
			kind: "live",
			version: played.mask(live.version)
		} : live;
	} catch (error) {
		return {
			kind: "unknown",
			why: error.message
		};
	}
}
function otherCommit({ step, commit, values }) {
	const { SEAMLESS_VERSION: version = "", SEAMLESS_SHA: sha = "" } = values;
	if (sha === "" || commit === void 0 || commit === sha) return void 0;
	return {
		kind: "failed",
		failure: {
			why: "report",
			message: `${step}: there is nothing to go back to ${version} by: its commit ${sha.slice(0, 12)} is not checked out, and the config names no "rollback" playbook. Nothing was changed.`,
			output: "",
			isUntouched: true
		}
	};
}
function inCheckMode(outcome) {
	const { failure } = outcome;
	const before = failure.message.replace(/ (?:Nothing was changed|(?:Perhaps c|C|Not c)hanged: [^]*)\.$/, "");
	const message = failure.why === "exit" ? `${before} That was in check mode, which changes nothing: a task that needs what an earlier one makes takes "when: not ansible_check_mode".` : before;
	return {
		kind: "failed",
		failure: {
			...failure,
			message
		}
	};
}
function recap({ events, mask }) {
	return mask(hostResults(events).map(({ host, ok, changes }) => `${host}: ${ok} ok, ${changes} changed`).join("\n"));
}
async function told(act) {
	try {
		return await act();
	} catch (error) {
		return {
			kind: "failed",
			failure: thrownFailure(error)
		};
	}
}

export { ansibleDeployer };