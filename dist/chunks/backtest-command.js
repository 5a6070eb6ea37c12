import { r as composePorts, t as systemClock } from "./system-clock.js";
import { a as discriminatedUnion, d as record, h as union, l as number$1, m as tuple, n as _enum, o as int, p as string, r as array, s as literal, u as object } from "./schemas.js";
import { t as datetime } from "./iso.js";
import { f as UsageError } from "./errors.js";
import { S as sourcesOf, b as planQueries, c as reportOf, g as loadBaseline, h as tick, m as startWatch, u as verdictOf, x as queriesOf } from "./next-steps.js";
import { t as loadConfig } from "./operation.js";
import { c as visible } from "./markdown.js";
import { t as openHere } from "./upgrade-command.js";
import { access, constants, readFile, writeFile } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { dirname, resolve } from "node:path";
import { createInterface } from "node:readline";

// src/health/backtest.ts
function backtest(health, deployments) {
	const replays = deployments.map((deployment) => replay(health, deployment));
	const takenBack = replays.filter(({ report }) => report.verdict === "unhealthy");
	return {
		replays,
		takenBack: takenBack.length,
		lines: [
			`Would have taken back ${takenBack.length} of ${replays.length}.`,
			...takenBack.map(lineOf$1),
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
function quietMoments(range, deployments, { sinceMs, untilMs }, wanted) {
	const begins = [range.fromMs, ...deployments.map((at) => at + sinceMs)];
	const ends = [...deployments.map((at) => at - untilMs), range.toMs];
	const possible = begins.flatMap((from, index) => {
		const first = Math.max(from, range.fromMs);
		const last = Math.min(ends[index] ?? range.toMs, range.toMs);
		const count = Math.max(0, Math.floor((last - first) / untilMs) + 1);
		if (count === 1) return [Math.round((first + last) / 2)];
		return Array.from({ length: count }, (_, slot) => Math.round(first + slot * (last - first) / (count - 1)));
	});
	const taken = Math.min(wanted, possible.length);
	return Array.from({ length: taken }, (_, index) => possible[Math.floor((index + .5) * possible.length / taken)] ?? range.fromMs);
}
function lineOf$1({ atMs, values, report }) {
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

// src/cli/backtest/deployment-list.ts
const moment = datetime({ offset: true });
const LINE = /^(\S+)\s+(\S+)(?:\s+(\S+))?$/;
function parseDeployments(text, file, nowMs) {
	const listed = text.split("\n").flatMap((line, index) => {
		const trimmed = line.trim();
		if (trimmed === "" || trimmed.startsWith("#")) return [];
		const [, time = "", version, previous] = LINE.exec(trimmed) ?? [];
		const where = `${file}:${index + 1}`;
		if (version === void 0 || !moment.safeParse(time).success) throw malformed(where, trimmed);
		const atMs = Date.parse(time);
		if (atMs > nowMs) throw new UsageError(`${where} is in the future: ${time}.`);
		return [{
			atMs,
			version,
			previous
		}];
	});
	if (listed.length === 0) throw new UsageError(`${file} lists no deployment.`);
	const sorted = listed.toSorted((a, b) => a.atMs - b.atMs);
	return sorted.map((one, index) => ({
		...one,
		previous: one.previous ?? sorted[index - 1]?.version,
		live: sorted[index + 1]?.previous ?? one.version
	}));
}
function listRecorded(newestFirst, most) {
	const past = newestFirst.toReversed();
	return past.map(({ atMs, version, sha }, index) => {
		const live = past.slice(0, index + 1).findLast(({ verdict }) => verdict !== "unhealthy")?.version ?? version;
		return {
			atMs,
			version,
			sha,
			previous: replacedBy(past.slice(0, index)),
			live
		};
	}).slice(-most);
}
function replacedBy(earlier) {
	return (earlier.findLast(({ verdict }) => verdict === "healthy") ?? earlier.findLast(({ verdict }) => verdict !== "unhealthy"))?.version;
}
function malformed(where, line) {
	const written = JSON.stringify(line.slice(0, 80));
	return new UsageError(`${where} must be a time with its zone and a version, such as "2026-11-02T09:30:00Z 1.4.0", not ${written}.`);
}

// src/health/record-deployment.ts
async function recordDeployment(health, { atMs, values, untilMs }, { sources, signal }) {
	const history = await loadBaseline(health, values, {
		sources,
		nowMs: atMs,
		signal
	});
	const range = {
		fromMs: atMs,
		toMs: Math.min(untilMs, atMs + longestWatchMs(health)),
		stepMs: health.everyMs
	};
	const batches = queriesOf(health, values);
	const pasts = await Promise.all(batches.map((batch) => pastOf(batch, sources, range, signal)));
	const ticks = (pasts.find((steps) => steps.length > 0)?.map((step) => step.atMs) ?? timesOf(range)).map((at, index) => ({
		atMs: at,
		answers: pasts.map((steps) => steps[index]?.measurements ?? [])
	}));
	return {
		atMs,
		values,
		...history === void 0 ? {} : { history },
		ticks
	};
}
function timesOf({ fromMs, toMs, stepMs }) {
	const count = Math.max(0, Math.floor((toMs - fromMs) / stepMs) + 1);
	return Array.from({ length: count }, (_, index) => fromMs + index * stepMs);
}
async function pastOf({ source, queries }, sources, range, signal) {
	return await sources.get(source)?.history?.(queries, range, signal) ?? [];
}

// src/cli/backtest/record-past.ts
async function recordPast(past, { source, signal, progress }) {
	const { environment, listed } = past;
	const { health, leftOut, sources } = await withHistory(past.health, source);
	const moments = unchanged(past, health);
	const total = listed.length + moments.length;
	const ask = async (of, judged, before) => {
		const recorded = [];
		for (const [index, one] of of.entries()) {
			progress(before + index, total);
			const values = valuesOf(past, one);
			requireLabels(judged, values);
			const untilMs = listed.find(({ atMs }) => atMs > one.atMs)?.atMs ?? past.nowMs;
			const answers = await recordDeployment(judged, {
				atMs: one.atMs,
				values,
				untilMs
			}, {
				sources,
				signal
			});
			if (before + index === 0) requireAnswers(answers);
			recorded.push(answers);
		}
		return recorded;
	};
	return {
		environment,
		health,
		leftOut,
		deployments: await ask(listed, health, 0),
		quiet: await ask(moments, quietHealth(health), listed.length)
	};
}
function quietHealth(health) {
	return health.baseline?.kind === "concurrent" ? {
		...health,
		baseline: {
			kind: "before",
			beforeMs: FALLBACK_MS
		}
	} : health;
}
const FALLBACK_MS = 72e5;
async function withHistory(health, open) {
	const names = sourcesOf(health);
	const all = await Promise.all(names.map(async (name) => [name, await open(name)]));
	const sources = new Map(all.filter(([, { history }]) => history !== void 0));
	const entries = Object.entries(health.checks);
	const [kept, leftOut] = [entries.filter(([, check]) => sources.has(check.source ?? health.source ?? "")), entries.filter(([, check]) => !sources.has(check.source ?? health.source ?? ""))];
	if (kept.length === 0) throw new UsageError(`No check can be tried on the past: ${names.join(", ")} ${names.length === 1 ? "keeps" : "keep"} no history. A prometheus source does.`);
	return {
		health: {
			...health,
			checks: Object.fromEntries(kept)
		},
		leftOut: leftOut.map(([name]) => name),
		sources
	};
}
function unchanged({ listed, quiet, nowMs }, health) {
	if (quiet === 0) return [];
	const { baseline } = quietHealth(health);
	const untilMs = longestWatchMs(health);
	return quietMoments({
		fromMs: listed[0]?.atMs ?? nowMs,
		toMs: nowMs - untilMs
	}, listed.map(({ atMs }) => atMs), {
		sinceMs: baseline?.kind === "before" ? baseline.beforeMs : untilMs,
		untilMs
	}, quiet).map((atMs) => {
		const version = listed.findLast((one) => one.atMs <= atMs)?.live ?? "";
		const sha = listed.findLast((one) => one.version === version)?.sha;
		return {
			atMs,
			version,
			previous: version,
			live: version,
			...sha && { sha }
		};
	});
}
function valuesOf({ environment, repository }, one) {
	const { version, previous, sha } = one;
	return {
		version,
		environment,
		repository,
		...sha && { sha },
		...previous && { previous }
	};
}
function requireLabels(health, values) {
	const { checks } = planQueries(health, {
		previous: "?",
		...values
	});
	const unresolved = Object.keys(checks).find((name) => checks[name]?.candidate === void 0);
	if (unresolved === void 0) return;
	throw new UsageError(`The labels of ${unresolved} name a variable that is not known of a past deployment; {version}, {previous}, {environment} and {repository} are, and {sha} of those on record.`);
}
function requireAnswers({ ticks }) {
	const answers = ticks.flatMap((tick) => tick.answers.flat());
	const [first] = answers;
	if (first?.kind !== "error" || answers.some(({ kind }) => kind !== "error")) return;
	throw new Error(`The source does not answer: ${first.why}`);
}

// src/cli/backtest/recording-line.ts
const headLine = object({
	schema: literal("seamless.recording/1"),
	environment: string(),
	everyMs: number$1().positive(),
	leftOut: array(string()),
	asks: record(string(), string())
});
const number = union([number$1(), _enum([
	"NaN",
	"Infinity",
	"-Infinity"
]).transform(Number)]);
const bucket = tuple([
	number,
	number,
	number
]).transform(([lower, upper, count]) => ({
	lower,
	upper,
	count
}));
const histogram = object({
	count: number,
	sum: number,
	buckets: array(bucket)
});
const sample = tuple([
	int().nonnegative(),
	number,
	number$1(),
	histogram.optional()
]);
const answer = union([array(sample), object({
	kind: _enum([
		"no_data",
		"error",
		"invalid"
	]),
	why: string()
})]);
const counted = object({
	kind: literal("counted"),
	bad: number$1(),
	total: number$1()
});
const buckets = object({
	kind: literal("buckets"),
	edges: array(number$1()),
	counts: array(number$1())
});
const samples = object({
	kind: literal("samples"),
	values: array(number$1())
});
const unmeasured = object({
	kind: literal("unmeasured"),
	why: _enum([
		"no_data",
		"error",
		"invalid",
		"no_traffic"
	]),
	detail: string()
});
const pastTick = discriminatedUnion("kind", [
	counted,
	buckets,
	samples,
	unmeasured
]);
const past = object({
	ticks: array(pastTick),
	slots: array(pastTick.nullable()).exactOptional()
});
const deploymentLine = object({
	kind: _enum(["deployment", "quiet"]),
	atMs: number$1(),
	values: record(string(), string()),
	history: record(string(), past).exactOptional(),
	queries: array(array(string())),
	series: array(record(string(), string())),
	ticks: array(object({
		atMs: number$1(),
		answers: array(array(answer))
	}))
});

// src/cli/backtest/recording.ts
function* recordingLines(recording) {
	const { environment, health, leftOut, deployments, quiet } = recording;
	const asks = Object.fromEntries(Object.keys(health.checks).map((name) => [name, askOf(health, name)]));
	const head = {
		schema: "seamless.recording/1",
		environment,
		everyMs: health.everyMs,
		leftOut,
		asks
	};
	yield `${JSON.stringify(head)}\n`;
	for (const deployment of deployments) yield lineOf("deployment", health, deployment);
	for (const deployment of quiet) yield lineOf("quiet", health, deployment);
}
async function readRecording(lines, file) {
	let head;
	const found = [];
	let number = 0;
	for await (const line of lines) {
		number += 1;
		if (head === void 0) head = parseLine(headLine, line, `${file}:${number}`);
		else if (line !== "") found.push(parseLine(deploymentLine, line, `${file}:${number}`));
	}
	if (head === void 0) throw new UsageError(`${file} is empty: it is no recording.`);
	return {
		head,
		lines: found
	};
}
function recordingFor({ head, lines }, health, file) {
	const checks = Object.entries(health.checks).filter(([name]) => !head.leftOut.includes(name));
	if (head.everyMs !== health.everyMs) throw new UsageError(`${file} was recorded every ${head.everyMs / 1e3} s, the config looks every ${health.everyMs / 1e3} s. Record again.`);
	for (const [name] of checks) {
		if (head.asks[name] === askOf(health, name)) continue;
		const why = head.asks[name] === void 0 ? `has no check ${name}` : `has other data for ${name}: its source, its selectors, candidate or baseline were changed since`;
		throw new UsageError(`${file} ${why}. Record again.`);
	}
	const judged = {
		...health,
		checks: Object.fromEntries(checks)
	};
	const of = (kind) => lines.filter((line) => line.kind === kind).map((line) => recordedOf(line, judged, file));
	return {
		environment: head.environment,
		health: judged,
		leftOut: head.leftOut,
		deployments: of("deployment"),
		quiet: of("quiet")
	};
}
function askOf({ source, candidate, baseline, checks }, name) {
	const check = checks[name];
	if (check === void 0) return "";
	const { kind, bad, total, histogram, gauge, traffic, probe } = {
		...ASKS_NOTHING,
		...check
	};
	const selectors = [
		bad,
		total,
		histogram,
		gauge,
		traffic,
		probe
	];
	return JSON.stringify([
		check.source ?? source,
		kind,
		selectors,
		candidate,
		baseline
	]);
}
const ASKS_NOTHING = {
	bad: void 0,
	total: void 0,
	histogram: void 0,
	gauge: void 0,
	traffic: void 0,
	probe: void 0
};
function lineOf(kind, health, deployment) {
	const { atMs, values, history, ticks } = deployment;
	const series = /* @__PURE__ */ new Map();
	const packed = ticks.map((tick) => ({
		atMs: tick.atMs,
		answers: tick.answers.map((answers) => answers.map((answer) => pack(answer, series)))
	}));
	return `${JSON.stringify({
		kind,
		atMs,
		values,
		...history && { history },
		queries: keysOf(queriesOf(health, values)),
		series: [...series.keys()].map((labels) => JSON.parse(labels)),
		ticks: packed
	})}\n`;
}
function pack(answer, series) {
	if (answer.kind !== "ok") return answer;
	return answer.samples.map(({ labels, value, atMs, histogram }) => {
		const key = JSON.stringify(labels);
		const index = series.get(key) ?? series.size;
		series.set(key, index);
		return [
			index,
			packNumber(value),
			atMs,
			...histogram ? [packHistogram(histogram)] : []
		];
	});
}
function packHistogram({ count, sum, buckets }) {
	return {
		count: packNumber(count),
		sum: packNumber(sum),
		buckets: buckets.map((one) => [
			one.lower,
			one.upper,
			one.count
		].map(packNumber))
	};
}
function packNumber(value) {
	return Number.isFinite(value) ? value : String(value);
}
function recordedOf(line, health, file) {
	const { atMs, values, history, queries, series, ticks } = line;
	const wanted = keysOf(queriesOf(health, values));
	const unpacked = ticks.map((tick) => {
		const known = /* @__PURE__ */ new Map();
		for (const [batch, keys] of queries.entries()) for (const [index, key] of keys.entries()) {
			const answer = tick.answers[batch]?.[index];
			if (answer !== void 0) known.set(key, unpack(answer, series, file));
		}
		return {
			atMs: tick.atMs,
			answers: wanted.map((keys) => keys.map((key) => known.get(key) ?? LOST))
		};
	});
	return {
		atMs,
		values,
		...history && { history },
		ticks: unpacked
	};
}
const LOST = {
	kind: "error",
	why: "the recording has no answer"
};
function unpack(answer, series, file) {
	if (!Array.isArray(answer)) return answer;
	const [first, ...others] = answer.map(([index, value, atMs, histogram]) => {
		const labels = series[index];
		if (labels === void 0) throw new UsageError(`${file} is damaged: it has no series ${index}.`);
		return {
			labels,
			value,
			atMs,
			...histogram && { histogram }
		};
	});
	return first === void 0 ? {
		kind: "no_data",
		why: "an empty answer"
	} : {
		kind: "ok",
		samples: [first, ...others]
	};
}
function keysOf(batches) {
	return batches.map(({ source, queries }) => queries.map((query) => JSON.stringify([source, query])));
}
function parseLine(schema, line, where) {
	try {
		return schema.parse(JSON.parse(line));
	} catch (cause) {
		throw new UsageError(`${where} is no recording; "seamless backtest --record" writes one.`, { cause });
	}
}

// src/cli/backtest-command.ts
const MOST = 40;
async function backtestCommand(shell) {
	const { line, terminal } = shell;
	refuseContradictions(shell);
	const opened = await openHere(shell);
	const { config } = await loadConfig(opened, line.config, { kind: "working_tree" });
	const recording = line.recorded === void 0 ? await ask(shell, opened, config) : await readBack(shell, config);
	if (line.record !== void 0) await keep(resolve(shell.folder, line.record), recording);
	const deployments = backtest(recording.health, recording.deployments);
	const quiet = recording.quiet.length > 0 ? backtest(quietHealth(recording.health), recording.quiet) : void 0;
	const { environment, leftOut } = recording;
	if (line.json) terminal.out(JSON.stringify({
		environment,
		notJudged: leftOut,
		deployments,
		...quiet && { quiet }
	}, void 0, 2));
	else terminal.out(visible(textOf(deployments, quiet, recording, line.quiet)));
	return 0;
}
function textOf(deployments, quiet, { leftOut }, wanted) {
	return [
		...deployments.lines,
		...leftOut.length > 0 ? [`Not judged, for want of history: ${leftOut.join(", ")}.`] : [],
		...quietLines(quiet, wanted)
	].join("\n");
}
function quietLines(quiet, wanted) {
	const found = quiet?.replays.length ?? 0;
	const crowded = wanted !== void 0 && found < wanted ? [`No more than ${found} of ${wanted} moments are far enough from deployments.`] : [];
	if (quiet === void 0) return crowded;
	const [, ...rest] = quiet.lines;
	return [
		"",
		`${`At ${found} ${found === 1 ? "moment" : "moments"} without a deployment`}: ${quiet.takenBack === 0 ? "no false alarm" : `${quiet.takenBack} false`}.`,
		...rest,
		...crowded
	];
}
function refuseContradictions({ line }) {
	if (line.recorded === void 0) return;
	const idle = [
		"deployments",
		"quiet",
		"record"
	].filter((name) => line[name] !== void 0);
	if (idle.length === 0) return;
	const names = idle.map((name) => `--${name}`).join(", ");
	throw new UsageError(`--recorded judges what was kept and asks nothing: it goes without ${names}. Give those when recording.`);
}
async function ask(shell, opened, config) {
	const { line, terminal, signal } = shell;
	const { name, health } = watchedEnvironment(config, line.environment);
	if (line.record !== void 0) await requireFolder(dirname(resolve(shell.folder, line.record)));
	const ports = await composePorts(opened, config);
	const listed = await listDeployments(shell, name, ports);
	const repository = opened.surroundings.github?.repository ?? opened.repository.name;
	terminal.line(`Asking what was measured at ${listed.length} ${listed.length === 1 ? "deployment" : "deployments"} of ${name}.`);
	try {
		return await recordPast({
			environment: name,
			health,
			repository,
			listed,
			quiet: line.quiet ?? 0,
			nowMs: systemClock.now()
		}, {
			source: ports.adapters.source,
			signal,
			progress: (done, of) => terminal.live([`${done} of ${of}`])
		});
	} finally {
		terminal.live([]);
	}
}
async function readBack({ line, folder }, config) {
	const file = line.recorded ?? "";
	const stored = await readRecording(linesOf(resolve(folder, file)), file);
	const { environment } = stored.head;
	if (line.environment !== void 0 && line.environment !== environment) throw new UsageError(`${file} was recorded of ${environment}, not of ${line.environment}.`);
	return recordingFor(stored, watchedEnvironment(config, environment).health, file);
}
async function* linesOf(file) {
	const stream = createReadStream(file, "utf8");
	try {
		yield* createInterface({
			input: stream,
			crlfDelay: Infinity
		});
	} catch (cause) {
		throw unreadable(file, cause);
	}
}
async function keep(file, recording) {
	await writeFile(file, recordingLines(recording)).catch((cause) => {
		throw new UsageError(`${file} cannot be written.`, { cause });
	});
}
async function requireFolder(folder) {
	await access(folder, constants.W_OK).catch((cause) => {
		throw new UsageError(`Nothing can be written to ${folder}.`, { cause });
	});
}
async function listDeployments({ line, folder }, name, ports) {
	if (line.deployments !== void 0) {
		const text = await readFile(resolve(folder, line.deployments), "utf8").catch((cause) => {
			throw unreadable(line.deployments ?? "", cause);
		});
		return parseDeployments(text, line.deployments, systemClock.now());
	}
	const past = await ports.deployments.past(name, 41);
	if (past.length > 0) return listRecorded(past, MOST);
	throw new UsageError(`Nothing on record was deployed to ${name}. List past deployments in a file and give it with --deployments.`);
}
function watchedEnvironment(config, asked) {
	const watched = Object.entries(config.environments).flatMap(([name, { health }]) => health ? [{
		name,
		health
	}] : []);
	const found = (asked === void 0 && watched.length === 1 ? watched[0] : void 0) ?? watched.find(({ name }) => name === asked);
	if (found !== void 0) return found;
	const names = watched.map(({ name }) => name).join(", ");
	if (names === "") throw new UsageError("No environment of the config has health: there is nothing to judge by.");
	const why = asked === void 0 ? "Which environment?" : `${asked} has no health in the config.`;
	throw new UsageError(`${why} --environment names one of ${names}.`);
}
function unreadable(file, cause) {
	return new UsageError(`${file} cannot be read.`, { cause });
}

export { backtestCommand };