import { n as checksAppId, s as openRepository, t as systemClock } from "./system-clock.js";
import { a as operateUndo, i as operateRun, n as makePlan, r as operateRollback, t as loadConfig } from "./operation.js";
import { t as exitCodeOf } from "./exit-code.js";
import { i as elapsed, s as plural } from "./next-steps.js";
import { n as planText } from "./plan-summary.js";
import { n as receiptText, t as checkLine } from "./text.js";
import { c as visible } from "./markdown.js";
import { n as terminalLog } from "./terminal.js";

// src/cli/live-display.ts
const REFRESH_MS = 250;
function liveDisplay(terminal, clock) {
	let running;
	let health = [];
	let shownAtMs = 0;
	const draw = () => {
		if (running === void 0) terminal.live([]);
		else terminal.live([`⏵ ${running.step} ${elapsed(clock.now() - running.sinceMs)}`, ...health]);
	};
	const timer = terminal.isLive ? setInterval(draw, REFRESH_MS) : void 0;
	timer?.unref();
	return {
		watchEvent(event, upgrade) {
			const said = lineOf(event, upgrade);
			if (said !== void 0) terminal.line(visible(said));
			if (event.type === "step_started") {
				running = {
					step: event.step,
					sinceMs: event.atMs
				};
				health = [];
			}
			if (event.type === "step_ended" || event.type === "ended") running = void 0;
			draw();
		},
		watchTick(environment, report) {
			running ??= {
				step: `${environment} at ${report.step}`,
				sinceMs: report.startedAtMs
			};
			health = report.checks.map((check) => `  ${checkLine(check)}`);
			draw();
			if (terminal.isLive || clock.now() - shownAtMs < QUIET_MS) return;
			shownAtMs = clock.now();
			for (const line of health) terminal.line(line);
		},
		close() {
			clearInterval(timer);
			terminal.live([]);
		}
	};
}
const QUIET_MS = 15e3;
function lineOf(event, upgrade) {
	switch (event.type) {
		case "step_ended": {
			const step = upgrade.steps.find((known) => known.step === event.step);
			const icon = {
				done: "✓",
				failed: "✗",
				skipped: "–",
				held: "?"
			}[event.result];
			const took = step === void 0 ? "" : ` ${elapsed(event.atMs - step.startedAtMs)}`;
			return `${icon} ${event.step}${took}${event.message === void 0 ? "" : `: ${event.message}`}`;
		}
		case "weight_set": return `  ${event.environment}: ${event.percent} % of the traffic goes to the new version`;
		case "judged": return `  ${event.environment}, ${event.report.step}: ${event.report.line}`;
		case "reverted": return `  revert: ${event.revert.message}`;
		default: return;
	}
}

// src/cli/upgrade-command.ts
async function upgradeCommand(shell) {
	const { line, terminal, signal } = shell;
	const opened = await openHere(shell);
	const loaded = await loadConfig(opened, line.config, { kind: "working_tree" });
	if (line.command !== "rollback") await sayUncommitted(opened);
	const display = liveDisplay(terminal, systemClock);
	const request = requestOf(shell, opened, loaded, display);
	try {
		if (line.command === "plan") {
			const plan = await makePlan(request);
			terminal.out(line.json ? JSON.stringify(plan, void 0, 2) : planText(plan));
			return 0;
		}
		const upgrade = await (line.command === "rollback" ? operateRollback : operateRun)(request, signal).catch(async (error) => {
			if (!signal.aborted) throw error;
		});
		const ended = signal.aborted ? await takeBack(shell, request) ?? upgrade : upgrade;
		display.close();
		return report(shell, ended);
	} finally {
		display.close();
	}
}
async function openHere({ folder, environment, signal, terminal }) {
	const surroundings = {
		folder,
		environment,
		signal,
		clock: systemClock,
		log: terminalLog(terminal)
	};
	const opened = await openRepository(surroundings);
	const token = environment["GITHUB_TOKEN"];
	const repository = environment["GITHUB_REPOSITORY"] ?? opened.repository.name;
	if (token === void 0 || token === "" || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return opened;
	return openRepository({
		...surroundings,
		github: {
			token,
			repository,
			apiUrl: environment["GITHUB_API_URL"] ?? "https://api.github.com",
			appId: checksAppId(environment)
		}
	});
}
async function sayUncommitted({ repository, log }) {
	const files = await repository.uncommitted();
	if (files === 0) return;
	log.warning(`${plural(files, "file")} with changes that are not committed: the code of an upgrade is a commit's, without them; only the config is read as it stands here.`);
}
function requestOf({ line }, opened, loaded, watch) {
	const { stage, environment, sha, planDigest } = line;
	return {
		opened,
		loaded,
		stage,
		...environment !== void 0 && { environment },
		...sha !== void 0 && { sha },
		...planDigest !== void 0 && { planDigest },
		watch
	};
}
async function takeBack(shell, request) {
	shell.terminal.line("Cancelled: taking back what was begun. Ctrl-C again stops at once and leaves it half done.");
	const opened = await openHere({
		...shell,
		signal: new AbortController().signal
	});
	return operateUndo({
		opened,
		loaded: request.loaded
	}, "Cancelled.", new AbortController().signal);
}
function report({ line, terminal }, upgrade) {
	if (upgrade === void 0) return 1;
	terminal.out(line.json ? JSON.stringify(upgrade, void 0, 2) : receiptText(upgrade));
	return exitCodeOf(upgrade);
}

export { upgradeCommand as n, openHere as t };