import { f as UsageError } from "./errors.js";
import { n as maskOf } from "./mask.js";
import { i as outputTail, r as lineReader, t as durationText } from "./process-failure.js";
import { t as fillText } from "./template.js";
import { t as digestOf } from "./digest.js";
import { t as RemoteFault } from "./remote-fault.js";
import { t as numberedCases } from "./numbered-cases.js";

// src/adapters/build-values.ts
function commitOfStep({ step, commit, values }) {
	const known = commit ?? values["SEAMLESS_SHA"] ?? "";
	if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(known)) return known;
	throw new UsageError(`${step}: the commit to build is not known by its full id.`);
}
function fillValues(texts, context) {
	const values = valuesOfStep(context);
	return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillText(text, values)]));
}
function valuesOfStep(context) {
	const { values } = context;
	const sha = commitOfStep(context);
	const repository = values["SEAMLESS_REPOSITORY"];
	if (sha === (values["SEAMLESS_SHA"] ?? sha)) {
		const [version, previous, branch] = [
			values["SEAMLESS_VERSION"],
			values["SEAMLESS_PREVIOUS"],
			values["SEAMLESS_BRANCH"]
		];
		return {
			sha,
			repository,
			version,
			previous,
			branch
		};
	}
	return {
		sha,
		repository,
		version: sha === values["SEAMLESS_PREVIOUS_SHA"] ? values["SEAMLESS_PREVIOUS"] : sha.slice(0, 12)
	};
}

// src/adapters/follow-build.ts
const OUTAGE_MS = 3e5;
const FIRST_OUTAGE_MS = 2e4;
const STOP_MS = 6e3;
const REQUESTS = 3;
async function followBuild(builds, run) {
	const tail = outputTail();
	const output = lineReader(run.mask, (line) => {
		tail.add(line);
		run.log.output(run.context.step, line);
	});
	const follow = {
		builds,
		run,
		endMs: run.clock.now() + run.timeoutMs,
		tail,
		output,
		known: {}
	};
	try {
		return await followed(follow);
	} catch (error) {
		if (run.context.signal.aborted) return await stopped(follow, "cancelled");
		if (error instanceof OutOfTime) return await stopped(follow, "timeout");
		if (error instanceof RemoteFault) return faulted(follow, error);
		throw error;
	} finally {
		output.end();
	}
}
var OutOfTime = class extends Error {};
async function followed(follow) {
	const { builds, run, known } = follow;
	const { signal } = run.context;
	await patiently(follow, FIRST_OUTAGE_MS, () => builds.check(signal));
	known.build = await obtain(follow);
	const ended = await watch(follow, known.build);
	if (ended.result === "aborted") return failed(follow, "exit", `was aborted there: ${ended.said} (${ended.url}).`);
	return outcomeOf(follow, ended, await patiently(follow, OUTAGE_MS, () => builds.report(ended.build, signal)));
}
async function obtain(follow) {
	const { builds, known, run } = follow;
	const { context, log, about } = run;
	const prefix = `seamless-${digestOf([
		context.values["SEAMLESS_REPOSITORY"],
		context.step,
		about
	]).slice(7, 23)}-`;
	const { requests } = await patiently(follow, FIRST_OUTAGE_MS, () => builds.find(prefix, context.signal));
	const going = requests.find(({ isOver }) => !isOver);
	if (going !== void 0) {
		log.info(`${context.step}: ${builds.service} is at it already (${going.key}): followed, and no other started.`);
		known.key = going.key;
		return going.build;
	}
	const numbers = requests.map(({ key }) => Number(key.slice(prefix.length))).filter(Number.isSafeInteger);
	return request(follow, `${prefix}${Math.max(0, ...numbers) + 1}`);
}
async function request(follow, key) {
	const { builds, run, known } = follow;
	const { signal, step } = run.context;
	known.key = key;
	for (let attempt = 1;; attempt += 1) {
		let lost;
		try {
			const build = await builds.trigger(key, signal);
			if (build !== void 0) return build;
		} catch (error) {
			if (!(error instanceof RemoteFault) || !error.isPassing) throw error;
			lost = error;
			run.log.warning(`${step}: ${error.message} It may have begun all the same, and is looked for.`);
		}
		const found = await appeared(follow, key);
		if (found !== void 0) return found;
		if (lost === void 0 || attempt === REQUESTS) throw neverSeen(builds, lost);
	}
}
async function appeared(follow, key) {
	const { builds, run } = follow;
	const untilMs = run.clock.now() + builds.settleMs;
	for (;;) {
		const { requests, isUnclear } = await patiently(follow, OUTAGE_MS, () => builds.find(key, run.context.signal));
		const ours = requests.find((one) => one.key === key);
		if (ours !== void 0) return ours.build;
		if (run.clock.now() >= untilMs && isUnclear !== true) return void 0;
		await pause(follow, builds.pollMs);
	}
}
function neverSeen({ service, what }, lost) {
	if (lost !== void 0) return new RemoteFault(`${lost.message} No build of it was found.`, { cause: lost });
	return new RemoteFault(`${service} took the request for ${what}, but no build of it can be seen there. Look there; nothing more was started.`);
}
async function watch(follow, first) {
	const { builds, run, known, output } = follow;
	const { signal, step } = run.context;
	let told = "";
	for (let build = first;; await pause(follow, builds.pollMs)) {
		const state = await patiently(follow, OUTAGE_MS, () => builds.look(build, signal));
		known.state = state;
		known.build = build = state.build;
		const where = state.phase === "waiting" ? `waits at ${builds.service}: ${state.why}` : state.url;
		const heart = where.replaceAll(/[\d.]+ m?s(?:ec)?\b/g, "");
		if (heart !== told) run.log.info(`${step}: ${where}`);
		told = heart;
		if (state.phase === "waiting") continue;
		await patiently(follow, OUTAGE_MS, () => builds.news(build, (text) => output.write(text), signal));
		if (state.phase === "ended") return state;
	}
}
function outcomeOf(follow, ended, report) {
	const isWell = ended.result === "passed";
	const how = `ended as ${ended.said} (${ended.url})`;
	if (report.kind === "none") return isWell ? {
		kind: "ran",
		cases: []
	} : failed(follow, "exit", `${how}.`);
	const cases = report.kind === "report" ? numberedCases(report.cases) : [];
	if (cases.length === 0) {
		const why = report.kind === "missing" ? report.why : "its report has no test: nothing was tested.";
		return failed(follow, isWell ? "report" : "exit", `${how}${isWell ? ", but" : ";"} ${why}`);
	}
	if (isWell || cases.some(({ result }) => result === "failed")) return {
		kind: "ran",
		cases
	};
	return failed(follow, "exit", `${how}. ${`Its report shows ${cases.length} tests and no failure, so something else is wrong.`}`);
}
function faulted({ known, run, tail, output }, fault) {
	output.end();
	const { state } = known;
	const left = state?.phase === "running" ? ` The build may still be under way: ${state.url}.` : "";
	const message = run.mask.text(`${run.context.step}: ${fault.message}${left}`);
	return {
		kind: "failed",
		failure: {
			why: known.build === void 0 ? "spawn" : "report",
			message,
			output: tail.text()
		}
	};
}
async function stopped(follow, why) {
	const { run, known } = follow;
	const after = await stop(follow);
	if (why === "cancelled") return failed(follow, why, `was stopped because the run was cancelled.${after}`);
	const time = durationText(run.timeoutMs);
	const { state } = known;
	return failed(follow, why, `${state === void 0 || state.phase === "waiting" ? `did not begin within ${time}${state === void 0 ? "" : `: ${state.why}`}.` : `did not end within ${time} (${state.url}).`}${after} Raise its "timeout" if it needs longer.`);
}
async function stop({ builds, known }) {
	if (known.key === void 0) return "";
	const signal = AbortSignal.timeout(STOP_MS);
	try {
		const build = known.build ?? (await builds.find(known.key, signal)).requests[0]?.build;
		if (build === void 0) return "";
		await builds.cancel(build, signal);
		return ` ${builds.service} was told to stop it.`;
	} catch (error) {
		return ` It could not be stopped there: ${error.message}`;
	}
}
function failed({ builds, run, tail, output }, why, said) {
	output.end();
	return {
		kind: "failed",
		failure: {
			why,
			message: run.mask.text(`${run.context.step}: ${builds.what} at ${builds.service} ${said}`),
			output: tail.text()
		}
	};
}
async function patiently(follow, outageMs, ask) {
	const { clock } = follow.run;
	const untilMs = clock.now() + outageMs;
	for (let waitMs = 2e3;; waitMs = Math.min(2 * waitMs, 3e4)) try {
		return await ask();
	} catch (error) {
		if (!(error instanceof RemoteFault) || !error.isPassing || clock.now() + waitMs > untilMs) throw error;
		await pause(follow, waitMs);
	}
}
async function pause({ run, endMs }, ms) {
	const leftMs = endMs - run.clock.now();
	if (leftMs <= 0) throw new OutOfTime();
	await run.clock.sleep(Math.min(ms, leftMs), run.context.signal);
}

// src/adapters/remote-tests.ts
function remoteTestRunner({ timeoutMs, secrets }, { clock, log }, open) {
	const mask = maskOf(secrets);
	return { async test(context) {
		let step;
		try {
			step = open(context);
		} catch (error) {
			if (!(error instanceof UsageError)) throw error;
			return {
				kind: "failed",
				failure: {
					why: "spawn",
					message: error.message,
					output: ""
				}
			};
		}
		return followBuild(step.builds, {
			context,
			about: step.about,
			timeoutMs,
			clock,
			log,
			mask
		});
	} };
}
function boundService(binding) {
	if (!binding.ok) throw new UsageError(binding.message);
	return binding.service;
}

export { valuesOfStep as a, fillValues as i, remoteTestRunner as n, commitOfStep as r, boundService as t };