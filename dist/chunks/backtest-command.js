import { s as systemClock, t as composePorts } from "./composition.js";
import { c as number, f as string, h as unknown, i as discriminatedUnion, l as object, n as array, o as literal, p as tuple, t as _enum, u as record } from "./schemas.js";
import { l as UsageError } from "./errors.js";
import { _ as queriesOf, d as startWatch, f as tick, l as verdictOf, m as loadBaseline, s as reportOf } from "./next-steps.js";
import { r as loadConfig } from "./plan-summary.js";
import { t as openHere } from "./upgrade-command.js";
import { readFile, writeFile } from "node:fs/promises";

// src/health/backtest.ts
function backtest(health, deployments) {
	const replays = deployments.map((deployment) => replay(health, deployment));
	const takenBack = replays.filter(({ report }) => report.verdict === "unhealthy");
	return {
		replays,
		takenBack: takenBack.length,
		lines: [
			`Would have taken back ${takenBack.length} of ${replays.length}.`,
			...takenBack.map(lineOf),
			...othersLines(replays)
		]
	};
}
function replay(health, { atMs, values, history, ticks }) {
	let watch = startWatch(health, values, atMs, history);
	let nowMs = atMs;
	let done = false;
	for (const said of ticks) {
		nowMs = said.atMs;
		watch = tick(watch, said.answers, nowMs);
		done = verdictOf(watch, nowMs).done;
		if (done) break;
	}
	const { evidence: _, ...report } = reportOf(watch, nowMs);
	return {
		atMs,
		values,
		decidedMs: nowMs,
		done,
		report
	};
}
function quietMoments(range, deployments, clearMs, wanted) {
	const slots = Math.max(1, wanted);
	const width = (range.toMs - range.fromMs) / slots;
	return Array.from({ length: slots }, (_, index) => Math.round(range.fromMs + (index + .5) * width)).filter((moment) => deployments.every((at) => Math.abs(at - moment) >= clearMs));
}
function lineOf({ atMs, values, report }) {
	const version = values.version === void 0 ? "" : ` ${values.version}`;
	return `${new Date(atMs).toISOString().slice(0, 16).replace("T", " ")}${version}: ${report.line}`;
}
function othersLines(replays) {
	const healthy = replays.filter(({ report }) => report.verdict === "healthy").length;
	const inconclusive = replays.filter(({ report }) => report.verdict === "inconclusive");
	const counted = [...Map.groupBy(inconclusive, ({ report }) => report.reason)].map(([reason, of]) => `${of.length} ${reason}`).toSorted().join(", ");
	const cut = replays.filter(({ done }) => !done).length;
	return [
		`${healthy} healthy.`,
		...inconclusive.length > 0 ? [`${inconclusive.length} inconclusive: ${counted}.`] : [],
		...cut > 0 ? [`${cut} ended early: the next deployment came, or the source keeps no more.`] : []
	];
}
function longestWatchMs({ graceMs, watchMs }) {
	return graceMs + 2 * watchMs;
}

// src/health/record-deployment.ts
async function recordDeployment(health, { atMs, values, untilMs }, { sources, signal }) {
	const history = await loadBaseline(health, values, {
		sources,
		nowMs: atMs,
		signal
	});
	const toMs = Math.min(untilMs, atMs + longestWatchMs(health));
	const range = {
		fromMs: atMs,
		toMs,
		stepMs: health.everyMs
	};
	const batches = queriesOf(health, values);
	const pasts = await Promise.all(batches.map((batch) => pastOf(batch, sources, range, signal)));
	const count = Math.floor((toMs - atMs) / health.everyMs) + 1;
	const ticks = Array.from({ length: Math.max(0, count) }, (_, index) => ({
		atMs: atMs + index * health.everyMs,
		answers: pasts.map((steps) => steps[index]?.measurements ?? [])
	}));
	return {
		atMs,
		values,
		...history === void 0 ? {} : { history },
		ticks
	};
}
async function pastOf({ source, queries }, sources, range, signal) {
	return await sources.get(source)?.history?.(queries, range, signal) ?? [];
}

// src/cli/backtest/deployment-list.ts
function parseDeployments(text, file) {
	const found = text.split("\n").flatMap((line, index) => {
		const trimmed = line.trim();
		if (trimmed === "" || trimmed.startsWith("#")) return [];
		const [, time = "", version] = /^(\S+)\s+(\S+)$/.exec(trimmed) ?? [];
		const atMs = Date.parse(time);
		if (version === void 0 || !/^\d{4}-\d\d-\d\dT/.test(time) || Number.isNaN(atMs)) throw new UsageError(`${file}:${index + 1} must be a time and a version such as "2026-11-02T09:30:00Z 1.4.0", not ${JSON.stringify(trimmed.slice(0, 80))}.`);
		return [{
			atMs,
			version
		}];
	});
	if (found.length === 0) throw new UsageError(`${file} lists no deployment.`);
	return found.toSorted((a, b) => a.atMs - b.atMs);
}

// src/cli/backtest/recording.ts
const sample = object({
	labels: record(string(), string()),
	value: number().nullable().transform((value) => value ?? NaN),
	atMs: number()
});
const measurement = discriminatedUnion("kind", [object({
	kind: literal("ok"),
	samples: tuple([sample], sample)
}), object({
	kind: _enum([
		"no_data",
		"error",
		"invalid"
	]),
	why: string()
})]);
const recording = object({
	schema: literal("seamless.recording/1"),
	environment: string(),
	deployments: array(object({
		atMs: number(),
		values: record(string(), string()),
		history: unknown().optional(),
		ticks: array(object({
			atMs: number(),
			answers: array(array(measurement))
		}))
	}))
});
function formatRecording(environment, deployments) {
	return `${JSON.stringify({
		schema: "seamless.recording/1",
		environment,
		deployments
	})}\n`;
}
function parseRecording(text, file) {
	try {
		return recording.parse(JSON.parse(text)).deployments;
	} catch (cause) {
		throw new UsageError(`${file} is no recording; "seamless backtest --record" writes one.`, { cause });
	}
}

// src/cli/backtest-command.ts
const MOST = 40;
async function backtestCommand(shell) {
	const { line, terminal, signal } = shell;
	const opened = await openHere(shell);
	const { config } = await loadConfig(opened, line.config, { kind: "working_tree" });
	const { name, health } = watchedEnvironment(config, line.environment);
	const said = line.recorded === void 0 ? await recordPast({
		shell,
		name,
		health,
		ports: await composePorts(opened, config),
		signal
	}) : {
		deployments: parseRecording(await read(line.recorded), line.recorded),
		quiet: []
	};
	if (line.record !== void 0) await writeFile(line.record, formatRecording(name, said.deployments));
	const judged = backtest(health, said.deployments);
	const quiet = said.quiet.length === 0 ? void 0 : backtest(health, said.quiet);
	if (line.json) {
		terminal.out(JSON.stringify({
			environment: name,
			deployments: judged,
			...quiet && { quiet }
		}, void 0, 2));
		return 0;
	}
	terminal.out(judged.lines.join("\n"));
	if (quiet) terminal.out(`At ${quiet.replays.length} moments without a deployment: ${quiet.lines.join("\n")}`);
	return 0;
}
async function recordPast(past) {
	const { shell, name, health, ports } = past;
	const sources = await openSources(health, ports);
	const listed = await listDeployments(shell, name, ports);
	shell.terminal.line(`Asking what was measured at ${listed.length} deployments of ${name}.`);
	const deployments = await recordAll(past, sources, listed);
	const { quiet = 0 } = shell.line;
	const nowMs = systemClock.now();
	const clearMs = longestWatchMs(health) + baselineMs(health);
	const moments = quietMoments({
		fromMs: listed[0]?.atMs ?? nowMs,
		toMs: nowMs - longestWatchMs(health)
	}, listed.map(({ atMs }) => atMs), clearMs, quiet);
	if (quiet === 0) return {
		deployments,
		quiet: []
	};
	return {
		deployments,
		quiet: await recordAll(past, sources, moments.map((atMs) => ({
			atMs,
			version: versionAt(listed, atMs)
		})))
	};
}
async function recordAll({ health, signal, name }, sources, listed) {
	const recorded = [];
	for (const [index, { atMs, version }] of listed.entries()) {
		const previous = listed[index - 1]?.version;
		const values = {
			version,
			environment: name,
			...previous !== void 0 && { previous }
		};
		const untilMs = listed[index + 1]?.atMs ?? systemClock.now();
		recorded.push(await recordDeployment(health, {
			atMs,
			values,
			untilMs
		}, {
			sources,
			signal
		}));
	}
	return recorded;
}
async function listDeployments({ line }, name, ports) {
	if (line.deployments !== void 0) return parseDeployments(await read(line.deployments), line.deployments);
	const past = await ports.deployments.past(name, MOST);
	if (past.length > 0) return past.toReversed();
	throw new UsageError(`Nothing on record was deployed to ${name}. List past deployments in a file and give it with --deployments.`);
}
async function openSources(health, { adapters }) {
	const names = new Set(queriesOf(health, {}).map(({ source }) => source));
	for (const check of Object.values(health.checks)) names.add(check.source ?? health.source ?? "");
	const sources = await Promise.all([...names].map(async (source) => [source, await adapters.source(source)]));
	const without = sources.filter(([, { history }]) => history === void 0).map(([source]) => source);
	if (without.length < sources.length) return new Map(sources);
	throw new UsageError(`${without.join(", ")} keep no history; only a prometheus source can be asked about the past.`);
}
function watchedEnvironment(config, asked) {
	const watched = Object.entries(config.environments).flatMap(([name, { health }]) => health ? [{
		name,
		health
	}] : []);
	const found = asked === void 0 && watched.length === 1 ? watched[0] : watched.find(({ name }) => name === asked);
	if (found !== void 0) return found;
	const names = watched.map(({ name }) => name).join(", ") || "none";
	throw new UsageError(`Which environment? --environment names one that has health in the config: ${names}.`);
}
function baselineMs({ baseline }) {
	return baseline?.kind === "before" ? baseline.beforeMs : 0;
}
function versionAt(listed, atMs) {
	return listed.findLast((one) => one.atMs <= atMs)?.version ?? "";
}
function read(file) {
	return readFile(file, "utf8").catch((cause) => {
		throw new UsageError(`${file} cannot be read.`, { cause });
	});
}

export { backtestCommand };