import { n as fillTemplate } from "./label-template.js";
import { n as formatSelector, t as fillSelector } from "./selector.js";

// src/health/query-plan.ts
function queriesOf(health, values) {
	return planQueries(health, values).batches;
}
function sourcesOf({ source, live, checks }) {
	const ofChecks = Object.values(checks).flatMap((check) => check.source ?? source ?? []);
	return [...new Set(live === void 0 || source === void 0 ? ofChecks : [...ofChecks, source])];
}
function planQueries(health, values) {
	const batches = /* @__PURE__ */ new Map();
	const checks = {};
	for (const [name, check] of Object.entries(health.checks)) {
		const source = check.source ?? health.source ?? "";
		const place = (queries) => queries?.map((query) => placeQuery(batches, source, query));
		checks[name] = {
			candidate: place(armQueries(check, health.candidate ?? {}, values)),
			baseline: place(baselineQueries(health, check, values))
		};
	}
	return {
		batches: [...batches].map(([source, queries]) => ({
			source,
			queries: [...queries.values()]
		})),
		checks
	};
}
function armQueries(check, labels, values) {
	if (check.kind === "probe") return ["alerts" in check ? alertsOf(check) : {
		kind: "probe",
		probe: probeOf(check)
	}];
	const filled = selectorsOf(check).map((selector) => fillSelector(selector, labels, values));
	const known = filled.filter((selector) => selector !== void 0);
	if (known.length < filled.length) return void 0;
	return known.map((selector) => ({
		kind: "select",
		selector: formatSelector(selector)
	}));
}
function describeQuery(query) {
	if (query.kind === "select") return query.selector;
	if (query.kind === "expression") return query.promql;
	if (query.kind === "alerts") {
		const { folder, labels = {} } = query.alerts;
		const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
		return `alerts${folder === void 0 ? "" : ` of ${JSON.stringify(folder)}`} {${pairs.join(",")}}`;
	}
	const { probe } = query;
	return "connect" in probe ? `connect by ${probe.connect.toUpperCase()}` : `${probe.method} ${probe.path}`;
}
function alertsOf({ alerts: { folder, labels } }) {
	return {
		kind: "alerts",
		alerts: {
			...folder === void 0 ? {} : { folder },
			...labels === void 0 ? {} : { labels }
		}
	};
}
function probeOf(check) {
	const { timeoutMs, certificateMs } = check;
	const expected = {
		timeoutMs,
		...certificateMs === void 0 ? {} : { certificateMs }
	};
	if ("connect" in check) return {
		connect: check.connect,
		...expected
	};
	const { probe: path, method, statuses, body, headers } = check;
	return {
		path,
		method,
		statuses,
		...expected,
		...body === void 0 ? {} : { body },
		...headers === void 0 ? {} : { headers }
	};
}
function baselineQueries(health, check, values) {
	if (health.baseline?.kind !== "concurrent" || check.kind === "probe") return void 0;
	return armQueries(check, health.baseline.labels, values);
}
function selectorsOf(check) {
	if (check.kind === "ratio") return [check.bad, check.total];
	if (check.kind === "histogram") return [bucketsOf(check.histogram)];
	return [check.kind === "gauge" ? check.gauge : check.traffic];
}
function bucketsOf({ metric, matchers }) {
	if (metric === void 0) return { matchers };
	return { matchers: [{
		label: "__name__",
		operator: "=~",
		value: `${metric.replace(/_bucket$/, "").replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)}(_bucket)?`
	}, ...matchers] };
}
function placeQuery(batches, source, query) {
	const queries = batches.get(source) ?? /* @__PURE__ */ new Map();
	batches.set(source, queries);
	const key = JSON.stringify(query);
	if (!queries.has(key)) queries.set(key, query);
	return [[...batches.keys()].indexOf(source), [...queries.keys()].indexOf(key)];
}

// src/health/counter-reading.ts
function isInvalid(value) {
	return "invalid" in value && typeof value.invalid === "string";
}
function counterReadings(samples) {
	const readings = [];
	for (const { labels, value, atMs } of samples) {
		if (!isTotal(value)) return { invalid: `a counter is ${value}` };
		readings.push({
			series: identityOf(labels),
			atMs,
			totals: { "": value }
		});
	}
	return readings;
}
function bucketTotals(samples) {
	const classic = samples.filter(({ labels }) => labels["le"] !== void 0);
	return classic.length > 0 ? classicReadings(classic) : nativeReadings(samples);
}
function toBuckets(totals) {
	const isNative = NATIVE in totals;
	const sorted = Object.entries(totals).filter(([edge]) => edge !== NATIVE).map(([edge, count]) => ({
		edge: edgeOf(edge),
		count
	})).sort((a, b) => a.edge - b.edge);
	if (!isNative) return {
		edges: sorted.map(({ edge }) => edge),
		counts: sorted.map(({ count }) => count)
	};
	const counts = GRID.map(() => 0);
	for (const { edge, count } of sorted) {
		const slot = GRID.indexOf(edge);
		counts[slot] = (counts[slot] ?? 0) + count;
	}
	return {
		edges: GRID,
		counts
	};
}
function classicReadings(samples) {
	const bySeries = /* @__PURE__ */ new Map();
	for (const { labels, value, atMs } of samples) {
		const edge = edgeOf(labels["le"] ?? "");
		if (Number.isNaN(edge)) return { invalid: `le="${labels["le"] ?? ""}" is no number` };
		if (!isTotal(value)) return { invalid: `a bucket is ${value}` };
		const series = identityOf(labels);
		const known = bySeries.get(series) ?? {
			atMs,
			cumulative: []
		};
		known.cumulative.push([edge, value]);
		bySeries.set(series, {
			...known,
			atMs: Math.max(known.atMs, atMs)
		});
	}
	const readings = [];
	for (const [series, { atMs, cumulative }] of bySeries) {
		const totals = plainBuckets(cumulative);
		if (isInvalid(totals)) return totals;
		readings.push({
			series,
			atMs,
			totals
		});
	}
	return readings;
}
function plainBuckets(cumulative) {
	cumulative.sort(([a], [b]) => a - b);
	if (cumulative.at(-1)?.[0] !== Infinity) return { invalid: "no bucket le=\"+Inf\"" };
	const totals = {};
	let below = 0;
	for (const [edge, total] of cumulative) {
		if (total < below) return { invalid: `bucket le="${edge}" holds less than the one below it` };
		totals[String(edge)] = (totals[String(edge)] ?? 0) + total - below;
		below = total;
	}
	return totals;
}
function nativeReadings(samples) {
	const readings = [];
	for (const { labels, histogram, atMs } of samples) {
		if (histogram === void 0) return { invalid: "no histogram: a series without le and without native buckets" };
		const totals = { [NATIVE]: 0 };
		for (const { upper, count } of histogram.buckets) {
			if (!isTotal(count) || Number.isNaN(upper)) return { invalid: `a native bucket up to ${upper} is ${count}` };
			const edge = String(GRID.find((edge) => edge >= upper * (1 - 1e-9)) ?? Infinity);
			totals[edge] = (totals[edge] ?? 0) + count;
		}
		readings.push({
			series: identityOf(labels),
			atMs,
			totals
		});
	}
	return readings;
}
const NATIVE = "native";
const GRID = [...Array.from({ length: 201 }, (_, index) => 2 ** ((index - 80) / 4)), Infinity];
function identityOf(labels) {
	const own = Object.entries(labels).filter(([name]) => name !== "le");
	return JSON.stringify(own.sort(([a], [b]) => a < b ? -1 : 1));
}
function edgeOf(text) {
	if (text === "+Inf" || text === "Infinity") return Infinity;
	return text === "" ? NaN : Number(text);
}
function isTotal(value) {
	return Number.isFinite(value) && value >= 0;
}

// src/health/increments.ts
const NOTHING_SEEN = {
	answered: false,
	series: {}
};
const MOST_SERIES = 2e3;
function countIncrements(memory, readings, sinceMs) {
	const series = Object.assign(Object.create(null), memory.series);
	const counted = [];
	for (const reading of readings) {
		const known = series[reading.series];
		if (known !== void 0 && reading.atMs <= known.atMs) continue;
		series[reading.series] = {
			atMs: reading.atMs,
			totals: reading.totals
		};
		const grown = reading.atMs < sinceMs ? void 0 : growth(known?.totals, reading.totals, memory.answered);
		if (grown !== void 0) counted.push(grown);
	}
	return {
		memory: {
			answered: true,
			series: forgetOldest(series)
		},
		counted
	};
}
function growth(before, now, answered) {
	if (before === void 0) return answered ? now : void 0;
	const names = Object.keys(now);
	if (Object.entries(before).some(([name, value]) => (now[name] ?? 0) < value)) return now;
	return Object.fromEntries(names.map((name) => [name, (now[name] ?? 0) - (before[name] ?? 0)]));
}
function forgetOldest(series) {
	const entries = Object.entries(series);
	if (entries.length <= MOST_SERIES) return { ...series };
	entries.sort(([, a], [, b]) => b.atMs - a.atMs);
	return Object.fromEntries(entries.slice(0, MOST_SERIES));
}

// src/health/latency.ts
function quantileOf({ edges, counts }, quantile) {
	const total = sum$1(counts);
	if (!(total > 0)) return void 0;
	const rank = quantile * total;
	let below = 0;
	for (const [index, edge] of edges.entries()) {
		const count = counts[index] ?? 0;
		if (below + count < rank || count === 0 && index < edges.length - 1) {
			below += count;
			continue;
		}
		const lower = lowerEdge(edges, index);
		if (edge === Infinity) return Number.isFinite(lower) ? lower : void 0;
		if (!Number.isFinite(lower)) return edge;
		return lower + (edge - lower) * Math.min(1, Math.max(0, (rank - below) / count));
	}
}
function slowerThan({ edges, counts }, level) {
	const total = sum$1(counts);
	let slower = 0;
	for (const [index, edge] of edges.entries()) {
		const count = counts[index] ?? 0;
		const lower = lowerEdge(edges, index);
		if (lower >= level) slower += count;
		else if (edge === Infinity) return {
			atLeast: slower,
			atMost: slower + count,
			total
		};
		else if (edge > level && Number.isFinite(lower)) slower += count * (edge - level) / (edge - lower);
	}
	return {
		atLeast: slower,
		atMost: slower,
		total
	};
}
function addBuckets(a, b) {
	if (a.edges.length === b.edges.length && a.edges.every((edge, index) => edge === b.edges[index])) return {
		edges: a.edges,
		counts: a.counts.map((count, index) => count + (b.counts[index] ?? 0))
	};
	const shared = sharedEdges(a, b);
	return addBuckets(coarsen(a, shared), coarsen(b, shared));
}
function alignBuckets(a, b) {
	const shared = sharedEdges(a, b);
	return [coarsen(a, shared), coarsen(b, shared)];
}
function sharedEdges(a, b) {
	const others = new Set(b.edges);
	return a.edges.filter((edge) => others.has(edge));
}
function coarsen({ edges, counts }, kept) {
	const coarse = kept.map(() => 0);
	for (const [index, edge] of edges.entries()) {
		const slot = kept.findIndex((wanted) => wanted >= edge);
		if (slot !== -1) coarse[slot] = (coarse[slot] ?? 0) + (counts[index] ?? 0);
	}
	return {
		edges: kept,
		counts: coarse
	};
}
function lowerEdge(edges, index) {
	const [before, first] = [edges[index - 1], edges[0] ?? 0];
	if (before !== void 0) return before;
	return first > 0 && first < Infinity ? 0 : -Infinity;
}
function sum$1(counts) {
	return counts.reduce((total, count) => total + count, 0);
}

// src/health/absent.ts
function absentMeansNone(check, measurements) {
	const [bad, total] = measurements;
	if (bad?.kind !== "no_data" || total?.kind !== "ok") return measurements;
	if (check.bad.metric === void 0 || check.bad.metric !== check.total.metric) return measurements;
	const carries = (sample) => check.bad.matchers.every(({ label }) => sample.labels[label] !== void 0);
	const proof = total.samples.find(carries);
	if (proof === void 0) return measurements;
	return [{
		kind: "ok",
		samples: [{
			labels: {
				...proof.labels,
				[NO_SERIES]: "none"
			},
			value: 0,
			atMs: proof.atMs
		}]
	}, total];
}
const NO_SERIES = " absent";

// src/health/arm-reading.ts
const NO_MEMORY = {
	counters: [],
	newestMs: -1
};
const CLOCK_SKEW_MS = 3e5;
function readArm(check, memory, measurements, time) {
	const stay = (tick) => ({
		memory,
		tick
	});
	const answers = check.kind === "ratio" ? absentMeansNone(check, measurements) : measurements;
	const samples = [];
	for (const answer of answers) {
		if (answer.kind !== "ok") return {
			memory: time.isNew ? noteAbsence(memory, answers) : memory,
			tick: unmeasured(answer.kind, answer.why)
		};
		const late = answer.samples.find(({ atMs }) => !(atMs <= time.nowMs + CLOCK_SKEW_MS));
		if (late !== void 0) return stay(unmeasured("invalid", `a sample is from the future (${late.atMs})`));
		samples.push(answer.samples);
	}
	if (samples.length === 0) return stay(unmeasured("no_data", "nothing was asked"));
	if (check.kind === "gauge") return readGauge(memory, samples[0] ?? [], time);
	if (check.kind === "probe") return readProbe(memory, samples[0] ?? [], time);
	return readCounters(check, memory, samples, time);
}
function noteAbsence(memory, answers) {
	if (!answers.every(({ kind }) => kind === "no_data")) return memory;
	const counters = answers.map((_, index) => ({
		...memory.counters[index] ?? NOTHING_SEEN,
		answered: true
	}));
	return {
		...memory,
		counters
	};
}
function readCounters(check, memory, samples, time) {
	const read = check.kind === "histogram" ? bucketTotals : counterReadings;
	const steps = [];
	for (const [index, series] of samples.entries()) {
		const readings = read(series);
		if (isInvalid(readings)) return {
			memory,
			tick: unmeasured("invalid", readings.invalid)
		};
		steps.push(countIncrements(memory.counters[index] ?? NOTHING_SEEN, readings, time.sinceMs));
	}
	const next = {
		...memory,
		counters: steps.map((step) => step.memory)
	};
	if (steps.every(({ counted }) => counted.length === 0)) return {
		memory: next,
		tick: {
			kind: "waiting",
			why: memory.counters.every(({ series }) => Object.keys(series).length === 0) ? "first" : "repeated"
		}
	};
	const value = check.kind === "histogram" ? bucketValue(steps[0]?.counted ?? []) : countValue(steps);
	return {
		memory: next,
		tick: isInvalid(value) ? unmeasured("invalid", value.invalid) : {
			kind: "value",
			value
		}
	};
}
function bucketValue(counted) {
	const [first, ...others] = counted.map(toBuckets);
	const buckets = others.reduce(addBuckets, first ?? {
		edges: [],
		counts: []
	});
	return buckets.edges.length > 1 && buckets.edges.at(-1) === Infinity ? {
		kind: "buckets",
		buckets
	} : { invalid: "the instances share no bucket edge" };
}
function countValue(steps) {
	const [first = 0, second] = steps.map(({ counted }) => counted.reduce((sum, totals) => sum + (totals[""] ?? 0), 0));
	const counts = second === void 0 ? {
		bad: 0,
		total: first
	} : {
		bad: first,
		total: second
	};
	if (counts.bad > counts.total) return { invalid: `${counts.bad} bad of only ${counts.total}` };
	return {
		kind: "counted",
		counts
	};
}
function readGauge(memory, samples, time) {
	const fresh = freshSamples(memory, samples, time);
	if (fresh.tick !== void 0) return {
		memory,
		tick: fresh.tick
	};
	const values = fresh.samples.map(({ value }) => value);
	return {
		memory: {
			...memory,
			newestMs: fresh.newestMs
		},
		tick: {
			kind: "value",
			value: {
				kind: "samples",
				values
			}
		}
	};
}
function readProbe(memory, samples, time) {
	const early = samples.find(({ labels, value }) => labels["__name__"] === FIRING_SINCE && value * 1e3 < time.sinceMs);
	if (early !== void 0) return {
		memory,
		tick: unmeasured("no_data", `"${early.labels["rule"] ?? ""}" has been firing since before the deployment, and says nothing of it`)
	};
	const successes = samples.filter(({ labels }) => labels["__name__"] === "probe_success");
	if (successes.length === 0) return {
		memory,
		tick: unmeasured("invalid", "no probe_success in the answer")
	};
	const fresh = freshSamples(memory, successes, time);
	if (fresh.tick !== void 0) return {
		memory,
		tick: fresh.tick
	};
	const odd = fresh.samples.find(({ value }) => value !== 0 && value !== 1);
	if (odd !== void 0) return {
		memory,
		tick: unmeasured("invalid", `probe_success is ${odd.value}`)
	};
	const bad = fresh.samples.some(({ value }) => value === 0) ? 1 : 0;
	return {
		memory: {
			...memory,
			newestMs: fresh.newestMs
		},
		tick: {
			kind: "value",
			value: {
				kind: "counted",
				counts: {
					bad,
					total: 1
				}
			}
		}
	};
}
const FIRING_SINCE = "grafana_alert_firing_since_seconds";
function freshSamples(memory, samples, { sinceMs }) {
	const odd = samples.find(({ value }) => !Number.isFinite(value));
	if (odd !== void 0) return { tick: unmeasured("invalid", `a sample is ${odd.value}`) };
	const current = samples.filter(({ atMs }) => atMs >= sinceMs);
	if (current.length === 0) return { tick: unmeasured("no_data", "every sample is older than the deployment") };
	const newestMs = Math.max(...current.map(({ atMs }) => atMs));
	if (newestMs <= memory.newestMs) return { tick: {
		kind: "waiting",
		why: "repeated"
	} };
	return {
		tick: void 0,
		samples: current,
		newestMs
	};
}
function unmeasured(why, detail) {
	return {
		kind: "unmeasured",
		why,
		detail
	};
}

// src/health/statistics/bet.ts
const noBet = {
	candidate: 0,
	reference: 0,
	constant: 0
};
const poleShare = .7;
const largestReferenceStake = .95;
function betOnWorse(offer, size) {
	const x = largestSafe(offer, size);
	if (!(x > 0)) return noBet;
	const { candidate: n, delta, theta, bound, noise: v } = offer;
	const constant = logOneMinus(v, n * delta * x);
	if (offer.reference <= 0) return {
		candidate: Math.log1p(x),
		reference: 0,
		constant
	};
	const y = stakeFor(constant - logOneMinus(v, n * x * (theta * bound + delta)), offer.referenceNoise, offer.reference * bound);
	return y < 1 ? {
		candidate: Math.log1p(x),
		reference: Math.log1p(-y),
		constant
	} : noBet;
}
function betOnNotWorse(offer, size) {
	const x = Math.min(size, 1 - 1e-9);
	if (!(x > 0)) return noBet;
	const { candidate: n, delta, theta, bound, noise: v } = offer;
	const constant = logOnePlus(v, n * delta * x);
	if (offer.reference <= 0) return {
		candidate: Math.log1p(-x),
		reference: 0,
		constant
	};
	const y = -stakeFor(constant - logOnePlus(v, n * x * (theta * bound + delta)), offer.referenceNoise, offer.reference * bound);
	return {
		candidate: Math.log1p(-x),
		reference: Math.log1p(y),
		constant
	};
}
function settle(bet, badOfCandidate, badOfReference, cap) {
	return Math.min(cap, badOfCandidate * bet.candidate + badOfReference * bet.reference + bet.constant);
}
function largestSafe(offer, size) {
	const { candidate: n, delta, theta, bound, noise: v } = offer;
	const worst = theta * bound + delta;
	const x = v > 0 ? Math.min(size, poleShare / (v * n * worst)) : size;
	if (offer.reference <= 0) return x;
	const steepness = theta * n / offer.reference / Math.max(.30000000000000004, 1 - v * n * x * worst);
	return Math.min(x, largestReferenceStake / steepness);
}
function stakeFor(logR, referenceNoise, mean) {
	if (mean <= 0) return 0;
	return referenceNoise > 1e-12 ? Math.expm1(referenceNoise * logR) / (referenceNoise * mean) : logR / mean;
}
function logOneMinus(v, t) {
	return v > 1e-12 ? Math.log1p(-v * t) / v : -t;
}
function logOnePlus(v, t) {
	return v > 1e-12 ? Math.log1p(v * t) / v : t;
}

// src/health/statistics/confidence-sequence.ts
const steps = 20;
const perDoubling = 4;
const threshold = Math.log(2 / .010000000000000009);
const largestLog = 690;
const grid = Array.from({ length: 41 }, (_, index) => 2 ** ((index - steps) / perDoubling));
const startSequence = {
	above: grid.map(() => 0),
	below: grid.map(() => 0),
	lowest: -1,
	highest: grid.length
};
function narrow(sequence, tick) {
	const above = [...sequence.above];
	const below = [...sequence.below];
	for (let index = sequence.lowest + 1; index < sequence.highest; index++) {
		const theta = grid[index] ?? 1;
		const side = theta < tick.guess ? above : below;
		side[index] = (side[index] ?? 0) + evidence(tick, theta);
	}
	const lowest = above.findLastIndex((log) => log >= threshold);
	const highest = below.findIndex((log) => log >= threshold);
	return {
		above,
		below,
		lowest: Math.max(sequence.lowest, lowest),
		highest: highest < 0 ? sequence.highest : Math.min(sequence.highest, highest)
	};
}
function intervalOf(sequence, doubt) {
	return {
		lower: (grid[sequence.lowest] ?? 0) / doubt,
		upper: (grid[sequence.highest] ?? Infinity) * doubt
	};
}
function evidence(tick, theta) {
	const change = tick.guess / theta;
	const { candidate, baseline, noise } = tick;
	const reference = baseline?.total ?? 0;
	const offer = {
		candidate: candidate.total,
		reference,
		theta: baseline ? theta : 0,
		delta: baseline ? 0 : theta * tick.rate,
		bound: baseline ? tick.bound : 0,
		noise,
		referenceNoise: 0
	};
	const share = baseline ? theta * candidate.total / reference : 0;
	const size = Math.abs(change - 1) / (1 + change * (share + noise * candidate.total * theta * tick.rate));
	const bet = change > 1 ? betOnWorse(offer, size) : betOnNotWorse(offer, size);
	return settle(bet, candidate.bad, baseline?.bad ?? 0, largestLog);
}

// src/health/statistics/noise.ts
const leastNoise = {
	swing: 0,
	persistence: 0,
	jitter: .005
};
const blockLengths = [
	1,
	2,
	4,
	8,
	16,
	32,
	64
];
const persistences = [
	.5,
	.8,
	.9,
	.95,
	.98
];
const doubt = .5;
function longRun(noise) {
	return noise.swing * inflation(noise.persistence, Infinity) + noise.jitter;
}
function noiseOfPast(ticks) {
	const total = sum(ticks);
	const rate = total.total > 0 ? total.bad / total.total : 0;
	return fitNoise(blockLengths.flatMap((length) => blockVariance(blocks(ticks, length), rate, length) ?? []));
}
function blockVariance(blocked, rate, length) {
	const squares = blocked.reduce((all, { total }) => all + (rate * total) ** 2, 0);
	if (blocked.length < 4 || !(squares > 0)) return void 0;
	const counting = rate * Math.max(0, 1 - rate);
	const deviations = blocked.map(({ bad, total }) => (bad - rate * total) ** 2 - counting * total);
	const mean = deviations.reduce((all, one) => all + one, 0) / blocked.length;
	const spread = deviations.reduce((all, one) => all + (one - mean) ** 2, 0) / (blocked.length - 1);
	const scale = length * blocked.length / squares;
	const fitted = blocked.length / (blocked.length - 1);
	const foretold = squares / blocked.length;
	const ofCounting = Math.sqrt((2 * foretold + Math.sqrt(foretold)) / blocked.length);
	return {
		length,
		value: mean * fitted * scale,
		error: Math.sqrt(spread / blocked.length) * scale,
		counting: ofCounting * scale
	};
}
function fitNoise(variances) {
	const least = Math.max(0, ...variances.map(({ value, error }) => value - doubt * error));
	if (least <= leastNoise.jitter) return leastNoise;
	const best = persistences.map((persistence) => fitAt(variances, persistence)).reduce((one, other) => other.misfit < one.misfit ? other : one);
	const jitter = Math.max(leastNoise.jitter, best.jitter);
	return {
		swing: Math.max(best.swing * inflation(best.persistence, Infinity), least - jitter) / inflation(best.persistence, Infinity),
		persistence: best.persistence,
		jitter
	};
}
function fitAt(variances, persistence) {
	const rows = variances.map(({ length, value, error, counting }) => ({
		c: inflation(persistence, length),
		value: Math.max(0, value - doubt * counting),
		weight: 1 / (error * error + (.05 * value) ** 2 + 1e-12)
	}));
	const at = (swing, jitter) => ({
		swing,
		persistence,
		jitter,
		misfit: rows.reduce((all, { c, value, weight }) => all + weight * (swing * c + jitter - value) ** 2, 0)
	});
	const moment = (f) => rows.reduce((all, row) => all + row.weight * f(row), 0);
	const [w, c, cc, y, cy] = [
		moment(() => 1),
		moment((row) => row.c),
		moment((row) => row.c * row.c),
		moment((row) => row.value),
		moment((row) => row.c * row.value)
	];
	const determinant = w * cc - c * c;
	const swing = determinant > 1e-9 * w * cc ? (w * cy - c * y) / determinant : 0;
	const jitter = (y - swing * c) / w;
	if (swing >= 0 && jitter >= 0) return at(swing, jitter);
	const onlySwing = at(cy / cc, 0);
	const onlyJitter = at(0, y / w);
	return onlySwing.misfit < onlyJitter.misfit ? onlySwing : onlyJitter;
}
function inflation(persistence, length) {
	const limit = (1 + persistence) / (1 - persistence);
	if (length === Infinity) return limit;
	return limit - 2 * persistence * (1 - persistence ** length) / (length * (1 - persistence) ** 2);
}
function blocks(ticks, length) {
	return Array.from({ length: Math.floor(ticks.length / length) }, (_, index) => sum(ticks.slice(index * length, (index + 1) * length)));
}
function sum(ticks) {
	return ticks.reduce((all, tick) => ({
		bad: all.bad + tick.bad,
		total: all.total + tick.total
	}), {
		bad: 0,
		total: 0
	});
}

// src/health/statistics/paired-noise.ts
const emptyBlock = {
	candidate: 0,
	scaled: 0,
	scaledNoise: 0,
	closed: 0,
	cc: 0,
	cs: 0,
	ss: 0,
	c: 0,
	s: 0,
	n: 0
};
const priorApart = .5;
const priorSpread = .5;
const mostApart = 20;
const startPairedNoise = {
	ticks: 0,
	blocks: blockLengths.map(() => emptyBlock)
};
function pairedTick(noise, candidate, baseline) {
	const scale = candidate.total / baseline.total;
	const ticks = noise.ticks + 1;
	return {
		ticks,
		blocks: noise.blocks.map((block, index) => {
			const filled = {
				...block,
				candidate: block.candidate + candidate.bad,
				scaled: block.scaled + scale * baseline.bad,
				scaledNoise: block.scaledNoise + scale * scale * baseline.bad
			};
			return ticks % (blockLengths[index] ?? 1) === 0 ? close(filled) : filled;
		})
	};
}
function close(block) {
	const { candidate: c, scaled: s, scaledNoise: n } = block;
	return {
		candidate: 0,
		scaled: 0,
		scaledNoise: 0,
		closed: block.closed + 1,
		cc: block.cc + c * c,
		cs: block.cs + c * s,
		ss: block.ss + s * s,
		c: block.c + c,
		s: block.s + s,
		n: block.n + n
	};
}
function ratioNoise(noise, own, rates) {
	const first = noise.blocks[0];
	const ratio = first && first.s > 0 ? first.c / first.s : 0;
	const [thinC, thinS] = [thinned(rates.candidate), thinned(rates.baseline)];
	let precision = 1 / priorSpread ** 2;
	let sum = priorApart * precision;
	for (const [index, block] of noise.blocks.entries()) {
		const length = blockLengths[index] ?? 1;
		if (block.closed < 6 || !(ratio > 0)) continue;
		const mean = ratio * ratio * (block.ss - block.n);
		const total = block.cc - 2 * ratio * block.cs + ratio * ratio * block.ss;
		const unit = mean * expectedResidual(own, length, noise.ticks);
		if (!(unit > 0)) continue;
		const apart = (total - thinC * block.c - thinS * ratio * ratio * block.n) / unit;
		const error = Math.max(total, block.c) * Math.sqrt(2 / block.closed) / unit;
		const weight = 1 / (error * error * blockLengths.length);
		precision += weight;
		sum += weight * apart;
	}
	const apart = Math.max(.05, Math.min(mostApart, sum / precision + .5 / Math.sqrt(precision)));
	return {
		swing: own.swing * apart,
		persistence: own.persistence,
		jitter: Math.max(.005, own.jitter * apart)
	};
}
function thinned(rate) {
	return rate < 1 ? 1 - rate : 1;
}
function expectedResidual(own, length, ticks) {
	const block = (own.swing * inflation(own.persistence, length) + own.jitter) / length;
	const whole = (own.swing * inflation(own.persistence, ticks) + own.jitter) / ticks;
	return Math.max(1e-6, block - whole);
}

// src/health/judge/reference.ts
const boundFactor = 3;
function referenceOf(arm, reading) {
	if (!reading.baseline) {
		const exposure = Math.max(arm.past.total, 1e-9);
		const rate = (arm.past.bad + 1) / exposure;
		return {
			rate,
			lowRate: arm.past.bad / exposure,
			now: rate,
			error: 0,
			bound: rate
		};
	}
	const seen = sum([arm.past, arm.baseline]);
	const rate = seen.total > 0 ? (seen.bad + 1) / seen.total : 1;
	const shape = 1 / (arm.noise.swing + arm.noise.jitter);
	return {
		rate,
		lowRate: rate,
		now: (shape + reading.baseline.bad) / (shape / rate + reading.baseline.total),
		error: 1 / (shape + reading.baseline.bad),
		bound: boundFactor * rate
	};
}
function uncertaintyOf(ticks, noise) {
	if (ticks.length < 2) return 1;
	const middle = Math.floor(ticks.length / 2);
	const [early, late] = [sum(ticks.slice(0, middle)), sum(ticks.slice(middle))];
	const ofMean = longRun(noise) / ticks.length;
	const counting = 1 / (early.bad + .5) + 1 / (late.bad + .5);
	const drift = early.total > 0 && late.total > 0 ? Math.log(rateOf$1(late) / rateOf$1(early)) : 0;
	const trend = Math.max(0, drift * drift - counting - 8 * ofMean);
	return 1 / (early.bad + late.bad + 1) + ofMean + reach * trend;
}
const reach = 1.6;
function rateOf$1({ bad, total }) {
	return (bad + .5) / total;
}

// src/health/statistics/level.ts
const farthest = 2.5;
function startLevel(noise, uncertainty) {
	return {
		offset: 0,
		swing: 0,
		offsetVariance: uncertainty,
		covariance: 0,
		swingVariance: noise.swing,
		absorbedOffset: 0,
		absorbedSwing: 0
	};
}
function pass(level, noise) {
	const { persistence: kept } = noise;
	return {
		...level,
		swing: kept * level.swing,
		absorbedSwing: kept * level.absorbedSwing,
		covariance: kept * level.covariance,
		swingVariance: kept * kept * level.swingVariance + (1 - kept * kept) * noise.swing
	};
}
function forecast(level, noise) {
	return {
		factor: Math.exp(level.offset + level.swing),
		noise: variance(level) + noise.jitter,
		fresh: Math.max(0, 1 - level.absorbedOffset - level.absorbedSwing)
	};
}
function learn(level, noise, count, expected) {
	const prior = variance(level);
	if (!(prior > 1e-12) || !(expected > 0)) return level;
	const foretold = expected * Math.exp(level.offset + level.swing);
	const clarity = 1 / (1 + noise.jitter * foretold);
	const shape = 1 / prior;
	const move = Math.log((shape + count * clarity) / (shape + foretold * clarity));
	const left = 1 / (shape + count * clarity);
	const offsetGain = (level.offsetVariance + level.covariance) / prior;
	const swingGain = (level.swingVariance + level.covariance) / prior;
	const gone = prior - left;
	const surprise = (1 - level.absorbedOffset - level.absorbedSwing) * (foretold * clarity / (shape + foretold * clarity));
	return {
		offset: level.offset + offsetGain * move,
		swing: clip(level.swing + swingGain * move, farthest * Math.sqrt(noise.swing)),
		offsetVariance: level.offsetVariance - offsetGain * offsetGain * gone,
		covariance: level.covariance - offsetGain * swingGain * gone,
		swingVariance: level.swingVariance - swingGain * swingGain * gone,
		absorbedOffset: level.absorbedOffset + offsetGain * surprise,
		absorbedSwing: level.absorbedSwing + swingGain * surprise
	};
}
function variance(level) {
	return Math.max(0, level.offsetVariance + 2 * level.covariance + level.swingVariance);
}
function clip(value, limit) {
	return Math.max(-limit, Math.min(limit, value));
}

// src/health/statistics/portfolio.ts
const cash = .1;
const shareATick = .004;
const largestLogWealth = 690;
function openPortfolio(bets) {
	return {
		logWealth: 0,
		shares: priorShares(bets)
	};
}
function advance(portfolio, logFactors) {
	const money = portfolio.shares.map((share, index) => index === 0 ? share : share * Math.exp(logFactors[index - 1] ?? 0));
	const growth = money.reduce((sum, part) => sum + part, 0);
	const toBet = shareATick * .9 / logFactors.length;
	const shares = money.map((part, index) => .996 * (part / growth) + (index === 0 ? shareATick * cash : toBet));
	return {
		logWealth: Math.min(largestLogWealth, portfolio.logWealth + Math.log(growth)),
		shares
	};
}
function priorShares(bets) {
	return [cash, ...Array.from({ length: bets }, () => .9 / bets)];
}

// src/health/judge/side.ts
const worsenings = [
	.15,
	.5,
	1.5,
	5,
	20
];
const improvements = [
	.15,
	.35,
	.6,
	.85,
	.97
];
const tickCap = Math.log(4);
function openSide(tolerance, more, past) {
	const share = wanderingShare(tolerance, past.rate);
	return {
		tolerance,
		portfolio: openPortfolio(2 * (more ? worsenings : improvements).length),
		level: startLevel(toleratedNoise(past.noise, tolerance, past.rate), past.uncertainty * share * share)
	};
}
function step(side, reading, { noise, reference, more, promotes = false }) {
	const { candidate, baseline } = reading;
	const { theta, delta } = side.tolerance;
	const rate = more ? reference.rate : reference.lowRate;
	const wandering = toleratedNoise(noise, side.tolerance, rate);
	const level = pass(side.level, wandering);
	const foretold = forecast(level, wandering);
	const factor = more ? Math.max(1, foretold.factor) : Math.min(1, foretold.factor);
	const allowed = {
		theta: theta * factor,
		delta: delta * factor
	};
	const bound = promotes ? Math.min(1, reference.bound) : reference.bound;
	const offer = offerOf(reading, allowed, {
		...reference,
		rate,
		bound
	}, {
		own: foretold.noise,
		jitter: wandering.jitter
	});
	const mean = candidate.total * factor * (theta * rate + delta);
	const share = baseline ? offer.theta * candidate.total / baseline.total : 0;
	const flattening = promotes && baseline ? flatteningBeside(offer) : offer.noise * mean;
	const factors = changes(more, foretold).map((change) => {
		const size = change / (1 + (more ? 1 + change : 1 - change) * (share + flattening));
		const bet = more ? betOnWorse(offer, size) : betOnNotWorse(offer, size);
		return settle(bet, candidate.bad, baseline?.bad ?? 0, tickCap);
	});
	const blurred = {
		...wandering,
		jitter: wandering.jitter + reference.error
	};
	const expected = candidate.total * (theta * (baseline ? reference.now : rate) + delta);
	return {
		...side,
		portfolio: advance(side.portfolio, factors),
		level: learn(level, blurred, candidate.bad, expected)
	};
}
function flatteningBeside({ candidate, theta, delta, bound, noise, referenceNoise }) {
	return candidate * (noise * delta + (noise + referenceNoise) * theta * bound);
}
function wanderingShare({ theta, delta }, rate) {
	const whole = theta * rate + delta;
	return whole > 0 && Number.isFinite(whole) ? theta * rate / whole : 1;
}
function toleratedNoise(noise, tolerance, rate) {
	const share = wanderingShare(tolerance, rate) ** 2;
	return {
		...noise,
		swing: noise.swing * share,
		jitter: Math.max(leastNoise.jitter, noise.jitter * share)
	};
}
function changes(more, { fresh }) {
	const now = more ? worsenings : improvements;
	const sinceStart = now.map((change) => Math.abs((more ? 1 + change : 1 - change) ** fresh - 1));
	return [...now, ...sinceStart];
}
function offerOf(reading, tolerance, reference, { own, jitter }) {
	const candidate = reading.candidate.total;
	const { theta, delta } = tolerance;
	if (reading.baseline) {
		const { total } = reading.baseline;
		const referenceNoise = jitter * Math.min(1, candidate / total);
		return {
			candidate,
			reference: total,
			theta,
			delta,
			bound: reference.bound,
			noise: own,
			referenceNoise
		};
	}
	return {
		candidate,
		reference: 0,
		theta: 0,
		delta: theta * reference.rate + delta,
		bound: 0,
		noise: own,
		referenceNoise: 0
	};
}

// src/health/judge/arm.ts
const unknownNoise = {
	swing: .02,
	persistence: .9,
	jitter: .02
};
const fewestTicks = 40;
function startArm(check, ticks, stretch) {
	const noise = noiseFor(check, ticks);
	const total = sum(ticks);
	const uncertainty = check.mode === "concurrent" ? 0 : uncertaintyOf(ticks, noise);
	const known = {
		rate: total.total > 0 ? total.bad / total.total : Infinity,
		noise,
		uncertainty
	};
	const fewerIsWorse = check.kind === "traffic";
	return {
		worse: openSide(toleranceOf(check, "revert", stretch), !fewerIsWorse, known),
		notWorse: openSide(toleranceOf(check, "promote", stretch), fewerIsWorse, known),
		sequence: startSequence,
		candidate: {
			bad: 0,
			total: 0
		},
		baseline: {
			bad: 0,
			total: 0
		},
		past: total,
		noise,
		uncertainty,
		paired: startPairedNoise
	};
}
function judgeArm(arm, reading, check) {
	const { candidate, baseline } = reading;
	const noise = noiseNow(arm, reading);
	const reference = referenceOf(arm, reading);
	const fewerIsWorse = check.kind === "traffic";
	const lenient = {
		...reading,
		candidate: {
			...candidate,
			bad: reading.lenient ?? candidate.bad
		}
	};
	return {
		...arm,
		worse: step(arm.worse, reading, {
			noise,
			reference,
			more: !fewerIsWorse
		}),
		notWorse: step(arm.notWorse, lenient, {
			noise,
			reference,
			more: fewerIsWorse,
			promotes: !fewerIsWorse
		}),
		sequence: narrow(arm.sequence, {
			candidate,
			baseline,
			rate: reference.rate,
			guess: guessOf(arm, reference),
			noise: longRun(noise),
			bound: reference.bound
		}),
		candidate: sum([arm.candidate, candidate]),
		baseline: baseline ? sum([arm.baseline, baseline]) : arm.baseline,
		paired: baseline ? pairedTick(arm.paired, candidate, baseline) : arm.paired
	};
}
function evidenceOfArm(arm) {
	const baseline = arm.baseline.total > 0 ? arm.baseline : arm.past;
	const rate = baseline.total > 0 ? baseline.bad / baseline.total : 0;
	const own = arm.candidate.total > 0 ? arm.candidate.bad / arm.candidate.total : 0;
	const { theta, delta } = arm.worse.tolerance;
	const doubt = Math.exp(2.8 * Math.sqrt(arm.uncertainty));
	return {
		worse: arm.worse.portfolio.logWealth,
		notWorse: arm.notWorse.portfolio.logWealth,
		ratio: {
			estimate: rate > 0 ? own / rate : 1,
			...intervalOf(arm.sequence, doubt)
		},
		candidate: arm.candidate,
		baseline,
		tolerated: theta * rate + delta,
		noise: longRun(arm.noise)
	};
}
function toleranceOf(check, margin, stretch) {
	const { worseBy, atLeast } = check[margin];
	return {
		theta: check.kind === "gauge" ? 1 : (1 + worseBy) ** stretch,
		delta: atLeast
	};
}
function noiseFor(check, ticks) {
	const noise = ticks.length >= fewestTicks ? noiseOfPast(ticks) : unknownNoise;
	return check.kind === "gauge" ? {
		swing: 0,
		persistence: 0,
		jitter: longRun(noise)
	} : noise;
}
function noiseNow(arm, reading) {
	if (!reading.baseline) return arm.noise;
	return ratioNoise(arm.paired, arm.noise, {
		candidate: rateOf(arm.candidate),
		baseline: rateOf(arm.baseline)
	});
}
function rateOf(counts) {
	return counts.total > 0 ? counts.bad / counts.total : 0;
}
function guessOf(arm, reference) {
	const expected = reference.rate * arm.candidate.total;
	return (arm.candidate.bad + 1) / (expected + 1);
}

// src/health/judge/tail.ts
function isBuckets(raw) {
	const { edges, counts } = raw;
	if (edges.length === 0 || edges.length !== counts.length || edges.at(-1) !== Infinity) return false;
	return edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? Infinity)) && counts.every((count) => Number.isFinite(count) && count >= 0 && count <= 0xe8d4a51000);
}
function badAbove(buckets, level) {
	let bad = 0;
	let total = 0;
	for (const [index, count] of buckets.counts.entries()) {
		const upper = buckets.edges[index] ?? Infinity;
		const lower = buckets.edges[index - 1] ?? 0;
		total += count;
		if (lower >= level * (1 - 1e-9)) bad += count;
		else if (upper > level * (1 + 1e-9) && count > 0) {
			if (upper === Infinity) return void 0;
			bad += count * (Math.log(upper / level) / Math.log(upper / Math.max(lower, level / 2)));
		}
	}
	return total >= .001 ? {
		bad: Math.min(bad, total),
		total
	} : void 0;
}

// src/health/judge/reading.ts
function readingsOf(check, scale, tick) {
	if (scale.levels.length === 0) return void 0;
	const readings = readingsAt(check, scale, tick);
	return check.mode === "before_after" ? readings?.map(alone) : readings;
}
function alone({ candidate, lenient }) {
	return lenient === void 0 ? { candidate } : {
		candidate,
		lenient
	};
}
function pastReadings(check, scale, tick) {
	if (tick.kind === "unmeasured" || scale.levels.length === 0) return [];
	return readingsAt({
		...check,
		expectedShare: 1
	}, scale, asBaseline(tick))?.flatMap(({ baseline }) => baseline ?? []) ?? [];
}
function asBaseline(tick) {
	switch (tick.kind) {
		case "counted": return {
			kind: "counted",
			candidate: tick.candidate,
			baseline: tick.candidate
		};
		case "buckets": return {
			kind: "buckets",
			candidate: tick.candidate,
			baseline: tick.candidate
		};
		default: return {
			kind: "samples",
			candidate: tick.candidate,
			baseline: tick.candidate
		};
	}
}
function readingsAt(check, scale, tick) {
	if (tick.kind === "unmeasured") return void 0;
	switch (check.kind) {
		case "ratio":
		case "probe": return tick.kind === "counted" ? pair(counts(tick.candidate), tick.baseline, counts) : void 0;
		case "traffic": return trafficReading(check, tick);
		case "histogram": return tick.kind === "buckets" ? bucketReadings(scale, tick) : void 0;
		default: return tick.kind === "samples" ? gaugeReadings(check, scale, tick) : void 0;
	}
}
function raised(level, worseBy) {
	return level + Math.abs(level) * worseBy;
}
function pair(candidate, raw, read) {
	if (!candidate) return void 0;
	if (raw === void 0) return [{ candidate }];
	const baseline = read(raw);
	return baseline ? [{
		candidate,
		baseline
	}] : void 0;
}
function counts(raw) {
	return isCount(raw.bad) && isCount(raw.total) && raw.bad <= raw.total && raw.total >= leastCount ? {
		bad: raw.bad,
		total: raw.total
	} : void 0;
}
const largestCount = 0xe8d4a51000;
const leastCount = .001;
function isCount(value) {
	return Number.isFinite(value) && value >= 0 && value <= largestCount;
}
function trafficReading(check, tick) {
	if (tick.kind !== "counted" || !isCount(tick.candidate.total)) return void 0;
	const share = check.mode === "concurrent" ? check.expectedShare ?? 1 : 1;
	return pair({
		bad: tick.candidate.total,
		total: share
	}, tick.baseline, (raw) => isCount(raw.total) && raw.total >= leastCount ? {
		bad: raw.total,
		total: 1
	} : void 0);
}
function bucketReadings(scale, tick) {
	const { candidate, baseline } = tick;
	if (!isBuckets(candidate) || baseline && !isBuckets(baseline)) return void 0;
	const readings = scale.levels.flatMap((level) => pair(badAbove(candidate, level), baseline, (raw) => badAbove(raw, level)) ?? []);
	return readings.length === scale.levels.length ? readings : void 0;
}
function gaugeReadings(check, scale, tick) {
	const candidate = tick.candidate.filter(Number.isFinite);
	const baseline = tick.baseline?.filter(Number.isFinite);
	if (candidate.length === 0 || baseline?.length === 0) return void 0;
	return scale.levels.map((level) => ({
		candidate: above(candidate, raised(level, check.revert.worseBy)),
		lenient: above(candidate, raised(level, check.promote.worseBy)).bad,
		...baseline && { baseline: above(baseline, level) }
	}));
}
function above(samples, level) {
	return {
		bad: samples.filter((sample) => sample > level).length,
		total: samples.length
	};
}

// src/health/judge/scale.ts
const tails = {
	most: .75,
	least: 2e-4
};
const thinning = .9;
const fewest = 5;
const mostEdges = 8;
const quantiles = [
	.5,
	.8,
	.95,
	1
];
const steepest = 12;
function scaleOf(check, reference) {
	if (check.kind === "histogram") return edgesOf(reference);
	if (check.kind === "gauge") return levelsOf(reference);
	return {
		levels: [0],
		stretch: [1]
	};
}
function levelsOf(reference) {
	const samples = reference.flatMap((tick) => tick.kind === "samples" ? tick.candidate : []).filter(Number.isFinite).toSorted((a, b) => a - b);
	const picked = quantiles.flatMap((q) => samples[Math.ceil(q * samples.length) - 1] ?? []);
	const levels = [...new Set(picked)];
	return {
		levels,
		stretch: levels.map(() => 1)
	};
}
function edgesOf(reference) {
	const pooled = pool(reference);
	const total = pooled.reduce((sum, [, count]) => sum + count, 0);
	const rungs = pooled.map(([edge], index) => ({
		edge,
		tail: pooled.slice(index + 1).reduce((sum, [, count]) => sum + count, 0) / total
	}));
	const levels = [];
	const stretch = [];
	let last = tails.most / thinning;
	for (const [index, { edge, tail }] of rungs.entries()) {
		if (!(tail >= tails.least && tail * total >= fewest && tail <= last * thinning) || edge <= 0 || edge === Infinity) continue;
		last = tail;
		levels.push(edge);
		stretch.push(slopeBelow(rungs, index));
	}
	const kept = spread(levels.length);
	return {
		levels: kept.map((index) => levels[index] ?? 0),
		stretch: kept.map((index) => stretch[index] ?? 1)
	};
}
function slopeBelow(rungs, index) {
	const here = rungs[index];
	const below = rungs[index - 1];
	if (!here) return 1;
	const from = below && below.edge > 0 ? below : {
		edge: here.edge / 2,
		tail: 1
	};
	const slope = Math.log(from.tail / here.tail) / Math.log(here.edge / from.edge);
	return Math.min(steepest, Math.max(0, slope));
}
function pool(reference) {
	const byEdge = /* @__PURE__ */ new Map();
	for (const tick of reference) {
		if (tick.kind !== "buckets" || !isBuckets(tick.candidate)) continue;
		for (const [index, edge] of tick.candidate.edges.entries()) byEdge.set(edge, (byEdge.get(edge) ?? 0) + (tick.candidate.counts[index] ?? 0));
	}
	return [...byEdge].toSorted(([a], [b]) => a - b);
}
function spread(count) {
	if (count <= mostEdges) return Array.from({ length: count }, (_, index) => index);
	return Array.from({ length: mostEdges }, (_, index) => Math.round(index * (count - 1) / 7));
}

// src/health/statistics/noticed.ts
function noticed(candidate, baseline, ratio) {
	const expected = baseline.total > 0 ? candidate.total / baseline.total * baseline.bad : candidate.bad;
	const excess = (r) => r > 1 ? candidate.bad * (1 - 1 / r) : 0;
	const lower = excess(ratio.lower);
	const upper = Math.max(lower, excess(ratio.upper));
	return {
		estimate: Math.min(upper, Math.max(lower, candidate.bad - expected)),
		lower,
		upper,
		of: candidate.total
	};
}

// src/health/judge.ts
function startJudge(check, baseline) {
	const history = baseline ?? [];
	const scale = scaleOf(check, history);
	const past = history.map((tick) => pastReadings(check, scale, tick));
	return {
		version: 1,
		check,
		scale,
		arms: scale.levels.map((_, index) => {
			const ticks = past.flatMap((tick) => tick[index] ?? []);
			return startArm(check, ticks, scale.stretch[index] ?? 1);
		}),
		measured: 0,
		unmeasured: 0
	};
}
function judge(state, observation) {
	const readings = readingsOf(state.check, state.scale, observation);
	if (!readings || !comparable(state, readings)) return {
		...state,
		unmeasured: state.unmeasured + 1
	};
	const arms = state.arms.map((arm, index) => {
		const reading = readings[index];
		return reading ? judgeArm(arm, reading, state.check) : arm;
	});
	return {
		...state,
		arms,
		measured: state.measured + 1
	};
}
function evidenceOf(state) {
	const arms = state.arms.map(evidenceOfArm);
	const worse = arms.reduce((sum, arm) => sum + Math.exp(arm.worse), 0) / arms.length;
	const index = arms.reduce((most, arm, at) => arm.worse > (arms[most]?.worse ?? 0) ? at : most, 0);
	const [headline, level] = [arms[index], state.scale.levels[index]];
	const { check } = state;
	return {
		kind: check.kind,
		mode: check.mode,
		worse: eValue(arms.length > 0 ? Math.log(worse) : 0),
		notWorse: eValue(arms.length > 0 ? Math.min(...arms.map((arm) => arm.notWorse)) : 0),
		...headline && { headline },
		...level !== void 0 && (check.kind === "histogram" || check.kind === "gauge") && { level },
		...headline && check.mode === "concurrent" && (check.kind === "ratio" || check.kind === "histogram") && { noticed: noticed(headline.candidate, headline.baseline, headline.ratio) },
		ticks: {
			measured: state.measured,
			unmeasured: state.unmeasured
		}
	};
}
function comparable({ check, arms }, readings) {
	if (readings.length === 0) return false;
	if (check.mode === "concurrent") return readings.every((reading) => reading.baseline !== void 0);
	return arms.every((arm) => arm.past.total > 0);
}
function eValue(log) {
	return {
		log,
		value: Math.exp(log)
	};
}

// src/health/figure.ts
function addToFigure(figure, value) {
	if (value.kind === "counted") {
		const { bad, total, ticks } = figure?.kind === "counted" ? figure : {
			bad: 0,
			total: 0,
			ticks: 0
		};
		return {
			kind: "counted",
			bad: bad + value.counts.bad,
			total: total + value.counts.total,
			ticks: ticks + 1
		};
	}
	if (value.kind === "buckets") return storeBuckets(figure?.kind === "buckets" ? addBuckets(bucketsIn(figure), value.buckets) : value.buckets);
	const before = figure?.kind === "samples" ? figure : {
		count: 0,
		sum: 0,
		least: Infinity,
		most: -Infinity
	};
	return {
		kind: "samples",
		count: before.count + value.values.length,
		sum: before.sum + value.values.reduce((sum, sample) => sum + sample, 0),
		least: Math.min(before.least, ...value.values),
		most: Math.max(before.most, ...value.values),
		last: Math.max(...value.values)
	};
}
function bucketsIn({ edges, counts }) {
	return {
		edges: [...edges, Infinity],
		counts
	};
}
function storeBuckets({ edges, counts }) {
	return {
		kind: "buckets",
		edges: edges.slice(0, -1),
		counts
	};
}
function sizeOf(figure) {
	if (figure === void 0) return 0;
	if (figure.kind === "counted") return figure.total;
	if (figure.kind === "samples") return figure.count;
	return figure.counts.reduce((sum, count) => sum + count, 0);
}

// src/health/judge/margin.ts
function promoteMargin(kind, revert) {
	if (kind === "traffic") return revert;
	return {
		worseBy: 2 * revert.worseBy,
		atLeast: 2 * revert.atLeast + .001
	};
}

// src/health/judged-margin.ts
function judgedCheck(check, mode) {
	const revert = check.kind === "traffic" ? {
		worseBy: check.atLeast - 1,
		atLeast: 0
	} : {
		worseBy: check.kind === "probe" ? 0 : check.worseBy,
		atLeast: check.kind === "probe" ? 0 : check.atLeast
	};
	return {
		kind: check.kind,
		mode,
		revert,
		promote: promoteMargin(check.kind, revert)
	};
}

// src/health/choose-levels.ts
const NO_REFERENCE = {
	ticks: 0,
	samples: []
};
const REFERENCE = {
	leastTicks: 4,
	enough: 5e3,
	mostTicks: 20,
	mostSamples: 400
};
function chooseLevels(check, before, value) {
	const figure = addToFigure(before.figure, value);
	const samples = [...before.samples, ...value.kind === "samples" ? value.values : []];
	const reference = {
		ticks: before.ticks + 1,
		figure,
		samples: samples.slice(-REFERENCE.mostSamples)
	};
	const { leastTicks, mostTicks, enough } = REFERENCE;
	if (!(reference.ticks >= mostTicks || reference.ticks >= leastTicks && (figure.kind === "samples" || sizeOf(figure) >= enough))) return { reference };
	const past = figure.kind === "buckets" ? {
		kind: "buckets",
		candidate: bucketsIn(figure)
	} : {
		kind: "samples",
		candidate: reference.samples
	};
	const judge = startJudge(judgedCheck(check, "concurrent"), [past]);
	return judge.arms.length === 0 ? { reference } : {
		reference: NO_REFERENCE,
		judge
	};
}

// src/health/pair-arms.ts
function pairArms(carried, candidate, baseline) {
	const ours = gather(carried.candidate, candidate);
	const theirs = gather(carried.baseline, baseline);
	if (ours === void 0 || theirs === void 0) return { carried: keep(ours, theirs) };
	if (ours.kind === "counted" && theirs.kind === "counted") return {
		observation: {
			kind: "counted",
			candidate: ours.counts,
			baseline: theirs.counts
		},
		carried: {}
	};
	if (ours.kind === "buckets" && theirs.kind === "buckets") {
		const [candidate, baseline] = alignBuckets(ours.buckets, theirs.buckets);
		return {
			observation: {
				kind: "buckets",
				candidate,
				baseline
			},
			carried: {}
		};
	}
	if (ours.kind === "samples" && theirs.kind === "samples") return {
		observation: {
			kind: "samples",
			candidate: ours.values,
			baseline: theirs.values
		},
		carried: {}
	};
	return { carried: {} };
}
function gather(carried, tick) {
	const value = tick?.kind === "value" ? tick.value : void 0;
	if (carried === void 0) return value;
	if (carried.kind === "counted") {
		const { bad, total } = value?.kind === "counted" ? value.counts : {
			bad: 0,
			total: 0
		};
		return {
			kind: "counted",
			counts: {
				bad: carried.bad + bad,
				total: carried.total + total
			}
		};
	}
	const before = bucketsIn(carried);
	return {
		kind: "buckets",
		buckets: value?.kind === "buckets" ? addBuckets(before, value.buckets) : before
	};
}
function keep(candidate, baseline) {
	const [ours, theirs] = [store(candidate), store(baseline)];
	return {
		...ours === void 0 ? {} : { candidate: ours },
		...theirs === void 0 ? {} : { baseline: theirs }
	};
}
function store(value) {
	if (value?.kind === "counted") return {
		kind: "counted",
		...value.counts
	};
	return value?.kind === "buckets" ? storeBuckets(value.buckets) : void 0;
}

// src/health/past.ts
function pastTick(tick) {
	if (tick.kind === "waiting") return void 0;
	if (tick.kind === "unmeasured") return tick;
	const { value } = tick;
	if (value.kind === "counted") return {
		kind: "counted",
		...value.counts
	};
	if (value.kind === "buckets") return storeBuckets(value.buckets);
	return value;
}
function pastObservation(tick) {
	if (tick.kind === "counted") return {
		kind: "counted",
		candidate: {
			bad: tick.bad,
			total: tick.total
		}
	};
	if (tick.kind === "buckets") return {
		kind: "buckets",
		candidate: bucketsIn(tick)
	};
	if (tick.kind === "samples") return {
		kind: "samples",
		candidate: tick.values
	};
	return tick;
}
function sumUp(ticks) {
	let figure;
	for (const tick of ticks) {
		const value = valueOf$1(tick);
		if (value !== void 0) figure = addToFigure(figure, value);
	}
	return figure;
}
function overlay(check, windows) {
	const length = Math.max(0, ...windows.map((window) => window.length));
	return Array.from({ length }, (_, slot) => {
		const ticks = windows.flatMap((window) => window[slot] ?? []).filter(({ kind }) => kind !== "unmeasured");
		return ticks.length === 0 ? null : mergeTicks(check, ticks);
	});
}
function slotsTick(slots, from, to) {
	const passed = slots.slice(from, to + 1).filter((slot) => slot !== null);
	const [last] = passed.slice(-1);
	const value = last?.kind === "samples" ? valueOf$1(last) : valueOfFigure(sumUp(passed));
	if (value === void 0) return {
		kind: "unmeasured",
		why: "no_data",
		detail: "nothing is known of that time of day"
	};
	return {
		kind: "value",
		value
	};
}
const MOST_SAMPLES = 16;
function mergeTicks(check, ticks) {
	const samples = ticks.flatMap((tick) => tick.kind === "samples" ? tick.values : []);
	if (samples.length > 0) return {
		kind: "samples",
		values: samples.slice(0, MOST_SAMPLES)
	};
	const figure = sumUp(ticks);
	if (figure?.kind === "buckets") return figure;
	if (figure?.kind !== "counted") return null;
	const days = check.kind === "traffic" ? ticks.length : 1;
	return {
		kind: "counted",
		bad: figure.bad / days,
		total: figure.total / days
	};
}
function valueOf$1(tick) {
	if (tick.kind === "counted") return {
		kind: "counted",
		counts: {
			bad: tick.bad,
			total: tick.total
		}
	};
	if (tick.kind === "buckets") return {
		kind: "buckets",
		buckets: bucketsIn(tick)
	};
	return tick.kind === "samples" ? tick : void 0;
}
function valueOfFigure(figure) {
	if (figure?.kind === "counted") return {
		kind: "counted",
		counts: {
			bad: figure.bad,
			total: figure.total
		}
	};
	return figure?.kind === "buckets" ? {
		kind: "buckets",
		buckets: bucketsIn(figure)
	} : void 0;
}

// src/health/comparison.ts
function wantsComparison(health, check) {
	return health.baseline !== void 0 && check.kind !== "probe";
}
function startComparison(check, mode, past) {
	const ticks = past?.ticks ?? [];
	const pastShare = ticks.filter(({ kind }) => kind !== "unmeasured").length / Math.max(1, ticks.length);
	const figure = mode === "before_after" ? sumUp(ticks) : void 0;
	const slots = mode === "before_after" ? past?.slots : void 0;
	const comparison = {
		mode,
		pastShare,
		...figure === void 0 ? {} : { past: figure },
		...slots === void 0 ? {} : { slots: {
			ticks: slots,
			next: 0
		} },
		carried: {},
		reference: NO_REFERENCE
	};
	const needsLevels = check.kind === "histogram" || check.kind === "gauge";
	if (mode === "concurrent" && needsLevels && past === void 0) return comparison;
	const judged = {
		...judgedCheck(check, mode),
		...slots === void 0 ? {} : { paired: true }
	};
	const history = ticks.map(pastObservation);
	const withJudge = {
		...comparison,
		judge: startJudge(judged, history)
	};
	if (mode !== "concurrent" || pastShare < LEAST_PAST_SHARE) return withJudge;
	return {
		...withJudge,
		alone: {
			judge: startJudge(judgedCheck(check, "before_after"), history),
			idle: 0
		}
	};
}
const LEAST_PAST_SHARE = .9;
function compareTick(check, comparison, tick) {
	const { alone } = comparison;
	if (alone !== void 0 && alone.idle >= GONE_AFTER) return compareAlone(check, comparison, {
		alone,
		tick
	});
	if (check.kind === "traffic" && !canCompareTraffic(comparison, tick.share)) return countIdle(comparison, tick);
	if (comparison.mode === "before_after" && comparison.slots === void 0) return {
		...comparison,
		...judgePast(comparison, tick)
	};
	const { baseline, slots } = otherArm(comparison, tick);
	const ready = {
		...withLevels(check, comparison, baseline),
		...slots === void 0 ? {} : { slots }
	};
	const { observation, carried } = pairArms(ready.carried, tick.candidate, baseline);
	const next = countIdle({
		...ready,
		carried
	}, tick);
	if (observation === void 0 || next.judge === void 0) return next;
	return {
		...next,
		judge: judge(withShare(next.judge, tick.share), observation)
	};
}
const GONE_AFTER = 4;
function compareAlone(check, comparison, { alone, tick }) {
	const next = {
		...countIdle(comparison, tick),
		carried: {}
	};
	const past = pastTick(tick.candidate);
	const isWhole = tick.share === void 0 || tick.share >= 1;
	if (past === void 0 || next.alone === void 0 || check.kind === "traffic" && !isWhole) return next;
	return {
		...next,
		alone: {
			...next.alone,
			judge: judge(alone.judge, pastObservation(past))
		}
	};
}
function countIdle(comparison, { baseline }) {
	const { alone } = comparison;
	if (alone === void 0 || baseline === void 0 || baseline.kind === "waiting") return comparison;
	if (baseline.kind === "unmeasured" && baseline.why !== "no_data") return comparison;
	const hasTraffic = baseline.kind === "value" && sizeOf(addToFigure(void 0, baseline.value)) > 0;
	return {
		...comparison,
		alone: {
			...alone,
			idle: hasTraffic ? 0 : alone.idle + 1
		}
	};
}
function judgePast({ judge: state }, { candidate }) {
	const past = pastTick(candidate);
	if (state === void 0) return {};
	return { judge: past === void 0 ? state : judge(state, pastObservation(past)) };
}
function otherArm({ slots }, tick) {
	if (slots === void 0) return { baseline: tick.baseline };
	const next = Math.max(slots.next, tick.slot + 1);
	return {
		baseline: slotsTick(slots.ticks, slots.next, tick.slot),
		slots: {
			...slots,
			next
		}
	};
}
function canCompareTraffic({ mode }, share) {
	if (mode === "before_after") return share === void 0 || share >= 1;
	return share !== void 0 && share > 0 && share < 1;
}
function withShare(state, share) {
	if (state.check.kind !== "traffic" || share === void 0) return state;
	return {
		...state,
		check: {
			...state.check,
			expectedShare: share / (1 - share)
		}
	};
}
function lookAhead(check, comparison, tick) {
	if (comparison.mode === "concurrent") return withLevels(check, comparison, tick.baseline);
	const { slots } = otherArm(comparison, tick);
	return slots === void 0 ? comparison : {
		...comparison,
		slots
	};
}
function withLevels(check, comparison, tick) {
	if (comparison.judge !== void 0 || tick?.kind !== "value") return comparison;
	const { judge, reference } = chooseLevels(check, comparison.reference, tick.value);
	return {
		...comparison,
		reference,
		...judge === void 0 ? {} : { judge }
	};
}

// src/health/baseline.ts
async function loadBaseline(health, values, { sources, nowMs, signal }) {
	const { baseline } = health;
	if (baseline === void 0 || !values.previous) return void 0;
	const ranges = rangesOf(health, nowMs);
	const labels = baseline.kind === "concurrent" ? baseline.labels : {};
	const checks = Object.entries(health.checks).filter(([, check]) => wantsComparison(health, check));
	const isSameTime = baseline.kind === "before" && baseline.sameTime !== void 0;
	const loaded = {};
	await Promise.all(checks.map(async ([name, check]) => {
		const source = sources.get(check.source ?? health.source ?? "");
		const past = source && await pastOf(check, source, {
			labels,
			values,
			ranges,
			isSameTime,
			signal
		});
		if (past !== void 0) loaded[name] = past;
	}));
	return loaded;
}
function rangesOf({ baseline, everyMs }, nowMs) {
	if (baseline === void 0) return [];
	if (baseline.kind === "concurrent") return [{
		fromMs: nowMs - CONCURRENT_MS,
		toMs: nowMs,
		stepMs: everyMs
	}];
	const { beforeMs, sameTime } = baseline;
	if (sameTime === void 0) return [{
		fromMs: nowMs - beforeMs,
		toMs: nowMs,
		stepMs: everyMs
	}];
	const period = sameTime === "day" ? DAY_MS : 7 * DAY_MS;
	return Array.from({ length: 4 }, (_, index) => {
		const fromMs = nowMs - (4 - index) * period;
		return {
			fromMs,
			toMs: fromMs + Math.min(beforeMs, period),
			stepMs: everyMs
		};
	});
}
const SAME_TIME_WINDOWS = 4;
const DAY_MS = 864e5;
const CONCURRENT_MS = 72e5;
function observePast(check, steps) {
	let memory = NO_MEMORY;
	return steps.map(({ atMs, measurements }) => {
		const reading = readArm(check, memory, measurements, {
			nowMs: atMs,
			sinceMs: -Infinity,
			isNew: false
		});
		memory = reading.memory;
		return pastTick(reading.tick);
	});
}
async function pastOf(check, source, ask) {
	const queries = armQueries(check, ask.labels, ask.values);
	if (queries === void 0 || source.history === void 0) return void 0;
	const windows = [];
	for (const range of ask.ranges) windows.push(observePast(check, await source.history(queries, range, ask.signal)));
	const ticks = windows.flat().filter((tick) => tick !== void 0);
	if (ticks.every(({ kind }) => kind === "unmeasured")) return void 0;
	return ask.isSameTime ? {
		ticks,
		slots: overlay(check, windows)
	} : { ticks };
}

// src/health/number-text.ts
function shareText(share) {
	return `${shortNumber(share * 100)} %`;
}
function countText(count) {
	return (Math.abs(count) >= 100 || Number.isInteger(count) ? Math.round(count).toFixed(0) : shortNumber(count)).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}
function spanText(ms) {
	if (ms > 0 && ms < 1e3) return `${Math.round(ms)} ms`;
	if (!(ms > 0)) return "0 s";
	const seconds = Math.round(ms / 1e3);
	const parts = [
		[Math.floor(seconds / 86400), "d"],
		[Math.floor(seconds / 3600) % 24, "h"],
		[Math.floor(seconds / 60) % 60, "min"],
		[seconds % 60, "s"]
	];
	const first = parts.findIndex(([number]) => number > 0);
	return parts.slice(first, first + 2).filter(([number]) => number > 0).map(([number, unit]) => `${number} ${unit}`).join(" ");
}
function levelText(value, { unit, perBase }) {
	const base = value / perBase;
	if (unit === "seconds") return secondsText(base);
	if (unit === "bytes") return bytesText(base);
	if (unit === "share") return shareText(base);
	return Math.abs(value) >= 1e4 ? countText(value) : shortNumber(value);
}
function changeText(ratio) {
	if (!Number.isFinite(ratio)) return "";
	if (ratio >= 2) return `${shortNumber(ratio)} times`;
	const percent = (ratio - 1) * 100;
	if (Math.abs(percent) < .05) return "±0 %";
	return `${percent < 0 ? "−" : "+"}${shortNumber(Math.abs(percent))} %`;
}
function evidenceText(log) {
	if (log < Math.log(1e4)) return shortNumber(Math.exp(log));
	const exponent = Math.floor(log / Math.LN10);
	return `${Math.min(9, Math.round(10 ** (log / Math.LN10 - exponent)))}·10${superscript(exponent)}`;
}
function shortNumber(value) {
	if (value === 0) return "0";
	const digits = Math.abs(value) >= 100 ? 3 : 2;
	const rounded = Number(value.toPrecision(digits));
	if (Math.abs(rounded) >= 0x38d7ea4c68000 || Math.abs(rounded) < 1e-9) return rounded.toExponential(1);
	return rounded.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))))).replace(/\.0+$|(\.\d*?)0+$/, "$1");
}
function secondsText(seconds) {
	if (Math.abs(seconds) >= 120) return spanText(seconds * 1e3);
	return Math.abs(seconds) >= 1 ? `${shortNumber(seconds)} s` : `${shortNumber(seconds * 1e3)} ms`;
}
function bytesText(bytes) {
	const units = [
		"B",
		"KiB",
		"MiB",
		"GiB",
		"TiB"
	];
	const step = bytes === 0 ? 0 : Math.floor(Math.log2(Math.abs(bytes)) / 10);
	const index = Math.min(units.length - 1, Math.max(0, step));
	return `${shortNumber(bytes / 1024 ** index)} ${units[index] ?? "B"}`;
}
function superscript(number) {
	return String(number).replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)] ?? digit);
}

// src/health/unit.ts
function unitOf({ metric = "" }) {
	const name = metric.replace(/_(?:bucket|total|sum|count)$/, "");
	if (/_(?:ms|milliseconds)$/.test(name)) return {
		unit: "seconds",
		perBase: 1e3
	};
	if (/_(?:us|microseconds)$/.test(name)) return {
		unit: "seconds",
		perBase: 1e6
	};
	if (name.endsWith("_seconds")) return {
		unit: "seconds",
		perBase: 1
	};
	if (name.endsWith("_bytes")) return {
		unit: "bytes",
		perBase: 1
	};
	if (name.endsWith("_percent")) return {
		unit: "share",
		perBase: 100
	};
	if (name.endsWith("_ratio")) return {
		unit: "share",
		perBase: 1
	};
	return {
		unit: "none",
		perBase: 1
	};
}
function levelIn(metric, level) {
	if (level.unit === "none") return level.value;
	const { unit, perBase } = unitOf(metric);
	return unit === level.unit ? level.value * perBase : level.value;
}

// src/health/check-text.ts
function describeCheck(check, state, evidence) {
	const candidate = valueOf(check, state.figures.candidate);
	const baseline = baselineOf(check, state, evidence);
	const before = baseline === void 0 ? "" : valueText(check, baseline);
	const after = candidate === void 0 ? "" : valueText(check, candidate);
	const simple = candidate === void 0 || baseline === void 0 || baseline <= 0 ? "" : changeText(candidate / baseline);
	const compared = evidence === void 0 ? void 0 : comparedText$1(check, evidence);
	const often = evidence === void 0 ? "" : oftenText(evidence, state);
	const change = compared === void 0 ? simple : compared.change;
	const against = before === "" ? "" : ` against ${before} ${evidence?.mode === "before_after" ? "before" : "on stable"}`;
	const size = sizeText(check, state.figures.candidate);
	const summary = after === "" ? "" : `${after}${against}${size}${compared?.sentence ?? ""}${often}`;
	return {
		before,
		after,
		change,
		allowed: allowedText(check, evidence),
		summary
	};
}
function valueOf(check, figure) {
	if (figure === void 0 || sizeOf(figure) === 0) return void 0;
	if (figure.kind === "counted") return check.kind === "traffic" ? figure.total / figure.ticks : figure.bad / figure.total;
	if (figure.kind === "samples") return figure.sum / figure.count;
	return check.kind === "histogram" ? quantileOf(bucketsIn(figure), check.quantile) : void 0;
}
function baselineOf(check, { figures, comparison }, evidence) {
	const past = comparison?.mode === "concurrent" && evidence?.mode === "before_after" && check.kind === "ratio" ? evidence.headline?.baseline : void 0;
	if (past !== void 0 && past.total > 0) return past.bad / past.total;
	return valueOf(check, figures.baseline ?? comparison?.past);
}
function whyText({ reason, detail, coverage }, check) {
	const { measured, expected } = coverage;
	const texts = {
		within_limit: "within its limit",
		no_worse_than_baseline: "no worse than tolerated",
		limit_exceeded: `beyond its limit${"consecutive" in check ? ` ${check.consecutive} times in a row` : ""}`,
		worse_than_baseline: "worse than tolerated",
		worse_than_short_baseline: "worse than its past, of which less than two hours are known",
		too_early: "too early to say",
		no_data: "no data",
		source_error: "the source could not be read",
		invalid_data: "the source's answers make no sense",
		low_coverage: `only ${measured} of ${expected} looks gave a value`,
		too_little_traffic: "too little traffic",
		no_baseline: "nothing to compare with",
		undecided: "not clear yet"
	};
	return detail === void 0 ? texts[reason] : `${texts[reason]}: ${detail}`;
}
function valueText(check, value) {
	if (check.kind === "ratio" || check.kind === "probe") return shareText(value);
	if (check.kind === "traffic") return `${countText(value)} requests a tick`;
	const text = levelText(value, unitOf(selectorOf(check)));
	return check.kind === "histogram" ? `p${Number((check.quantile * 100).toPrecision(6))} ${text}` : text;
}
function allowedText(check, evidence) {
	const parts = [];
	if (check.kind === "probe") {
		const bad = "alerts" in check ? "looks with an alert" : "failures";
		parts.push(`fewer than ${check.consecutive} ${bad} in a row`);
	}
	if (check.kind === "ratio" && check.max !== void 0) parts.push(`max ${shareText(check.max)}`);
	if (check.kind === "histogram" || check.kind === "gauge") {
		if (check.max !== void 0) parts.push(`max ${limitText(check, check.max)}`);
		if (check.kind === "gauge" && check.min !== void 0) parts.push(`min ${limitText(check, check.min)}`);
	}
	if (evidence !== void 0) parts.push(toleranceText(check, evidence));
	return parts.join(", ");
}
function limitText(check, limit) {
	const metric = selectorOf(check);
	const { unit, perBase } = unitOf(metric);
	return levelText(levelIn(metric, limit), {
		unit: unit === "none" ? limit.unit : unit,
		perBase
	});
}
function toleranceText(check, { headline }) {
	if (check.kind === "probe") return "";
	if (check.kind === "traffic") return `at least ${shareText(check.atLeast)} of it`;
	const margin = `+${shareText(check.worseBy)} and ${shareText(check.atLeast).replace("%", "pp")}`;
	return check.kind === "ratio" && headline !== void 0 && headline.baseline.total > 0 ? `${shareText(headline.tolerated)} (${margin})` : margin;
}
function comparedText$1(check, { headline, level }) {
	if (headline === void 0 || headline.candidate.total === 0) return {
		change: "",
		sentence: ""
	};
	const above = level === void 0 || !isLevelCheck(check) ? "" : ` above ${levelText(level, unitOf(selectorOf(check)))}`;
	if (headline.baseline.bad === 0 && headline.candidate.bad === 0) {
		const none = `no${above === "" ? ` ${NOUNS[check.kind]}` : "ne"}${above}`;
		return {
			change: `±0 % (${none})`,
			sentence: `, ${none} to compare`
		};
	}
	const few = `too few${above === "" ? ` ${NOUNS[check.kind]}` : above}`;
	const known = rangeText(headline.ratio, check.kind === "gauge" ? "often" : "many", above);
	const tolerated = check.kind === "ratio" ? `, tolerated ${shareText(headline.tolerated)}` : "";
	const own = check.kind === "traffic" ? "" : ` to ${shareText(headline.candidate.bad / headline.candidate.total)}`;
	const change = headline.baseline.bad === 0 ? `from none${own}` : changeText(headline.ratio.estimate);
	const sentence = known === void 0 ? `${few} to say how many times` : `${known} with 99 % confidence`;
	return {
		change: `${change} (${known ?? few})`,
		sentence: `, ${sentence}${tolerated}`
	};
}
const NOUNS = {
	ratio: "failures",
	probe: "failures",
	histogram: "slow requests",
	gauge: "high values",
	traffic: "requests"
};
function oftenText({ ticks }, { measured }) {
	if (ticks.measured === 0 || ticks.measured >= .8 * measured.watch) return "";
	return `, compared in ${countText(ticks.measured)} of ${countText(measured.watch)} looks`;
}
function rangeText({ lower, upper }, many, above) {
	const as = above === "" ? "" : ` as ${many}${above}`;
	const bound = (ratio) => shortNumber(ratio) === "1" ? `as ${many}${above}` : `${shortNumber(ratio)} times${as}`;
	if (!Number.isFinite(upper)) return lower > 1 ? `at least ${bound(lower)}` : void 0;
	return lower > 0 ? `${shortNumber(lower)}–${shortNumber(upper)} times${as}` : `at most ${bound(upper)}`;
}
function isLevelCheck(check) {
	return check.kind === "histogram" || check.kind === "gauge";
}
function sizeText(check, figure) {
	if (figure?.kind === "counted" && check.kind !== "traffic") {
		const noun = check.kind !== "probe" ? "requests" : "alerts" in check ? "looks" : "probes";
		return ` (${countText(figure.bad)} of ${countText(figure.total)} ${noun})`;
	}
	return figure?.kind === "buckets" ? ` (${countText(sizeOf(figure))} requests)` : "";
}
function selectorOf(check) {
	return check.kind === "histogram" ? check.histogram : check.gauge;
}

// src/health/graphs-link.ts
function graphsLink({ health, values, startedMs }, nowMs) {
	if (health.dashboard === void 0) return void 0;
	return fillTemplate(health.dashboard, values, encodeURIComponent)?.replaceAll("{from}", String(Math.floor(startedMs))).replaceAll("{to}", String(Math.ceil(nowMs)));
}

// src/health/sparkline.ts
const BLOCKS = [
	"▁",
	"▂",
	"▃",
	"▄",
	"▅",
	"▆",
	"▇",
	"█"
];
const GAP = "·";
function sparkline({ points }, width = 24) {
	const columns = squeeze(points, width);
	const values = columns.filter(({ weight }) => weight > 0).map(({ value }) => value);
	const least = Math.min(...values);
	const span = Math.max(...values) - least;
	return columns.map(({ weight, value }) => {
		if (weight === 0) return GAP;
		const height = span > Math.abs(least) / 1e3 ? Math.floor((value - least) / span * BLOCKS.length) : 0;
		return BLOCKS[Math.min(height, BLOCKS.length - 1)];
	}).join("");
}
function squeeze(points, width) {
	const perColumn = Math.max(1, Math.ceil(points.length / width));
	const columns = [];
	for (let index = 0; index < points.length; index += perColumn) {
		const group = points.slice(index, index + perColumn);
		const [first] = group.filter(({ weight }) => weight > 0).toSorted((a, b) => b.value - a.value);
		columns.push(first ?? {
			ticks: group.length,
			weight: 0,
			value: 0
		});
	}
	return columns;
}

// src/health/judge/combine.ts
const healthyLevel = .05;
const littleTraffic = 100;
function combine(evidences, weights, alpha) {
	const worse = weightedMean(evidences, weights);
	if (worse.log >= Math.log(1 / alpha)) return {
		kind: "unhealthy",
		worse
	};
	const measured = evidences.filter((evidence) => evidence.ticks.measured > 0);
	if (measured.length === 0 || measured.length < evidences.length) return {
		kind: "undecided",
		worse,
		reason: "no_data"
	};
	if (evidences.every((evidence) => evidence.notWorse.log >= Math.log(1 / healthyLevel))) return {
		kind: "healthy_so_far",
		worse
	};
	return {
		kind: "undecided",
		worse,
		reason: evidences.some((evidence) => lacksTraffic(evidence)) ? "too_little_traffic" : "undecided"
	};
}
function lacksTraffic(evidence) {
	return (evidence.kind === "ratio" || evidence.kind === "histogram") && (evidence.headline?.candidate.total ?? 0) < littleTraffic;
}
function weightedMean(evidences, weights) {
	const all = evidences.map((_, index) => Math.max(0, weights?.[index] ?? 1));
	const total = all.reduce((sum, weight) => sum + weight, 0);
	if (total <= 0) return {
		log: 0,
		value: 1
	};
	const value = evidences.reduce((sum, evidence, index) => sum + (all[index] ?? 0) / total * evidence.worse.value, 0);
	return {
		log: Math.log(value),
		value
	};
}

// src/health/standing.ts
const ALPHA = .01;
const NO_EVIDENCE = {
	log: 0,
	value: 1
};
function evidenceFor({ checks, health }, name) {
	const comparison = checks[name]?.comparison;
	const none = {
		kind: health.checks[name]?.kind ?? "ratio",
		mode: comparison?.mode ?? "concurrent",
		worse: NO_EVIDENCE,
		notWorse: NO_EVIDENCE,
		ticks: {
			measured: 0,
			unmeasured: 0
		}
	};
	const evidence = comparison?.judge === void 0 ? none : evidenceOf(comparison.judge);
	return comparison?.alone === void 0 ? evidence : join(evidence, evidenceOf(comparison.alone.judge));
}
function join(together, alone) {
	if (alone.ticks.measured === 0) return together;
	const value = (together.worse.value + alone.worse.value) / 2;
	const notWorse = together.notWorse.log + alone.notWorse.log;
	const leading = alone.worse.log > together.worse.log ? alone : together;
	const measured = together.ticks.measured + alone.ticks.measured;
	return {
		...leading,
		...together.noticed === void 0 ? {} : { noticed: together.noticed },
		worse: {
			log: Math.log(value),
			value
		},
		notWorse: {
			log: notWorse,
			value: Math.exp(notWorse)
		},
		ticks: {
			measured,
			unmeasured: together.ticks.unmeasured
		}
	};
}
function comparedChecks({ checks }) {
	return Object.keys(checks).filter((name) => checks[name]?.comparison !== void 0);
}
function commonEvidence(watch) {
	return standing(watch).worse;
}
function isWorse(watch) {
	return comparedChecks(watch).length > 0 && standing(watch).kind === "unhealthy";
}
function blameOf(watch) {
	if (watch.worseAtMs === void 0) return [];
	return comparedChecks(watch).map((name) => ({
		name,
		log: evidenceFor(watch, name).worse.log
	})).toSorted((a, b) => b.log - a.log).filter(({ log }, index) => index === 0 || log >= Math.log(1 / .01)).map(({ name }) => name);
}
function standing(watch) {
	const names = comparedChecks(watch);
	const evidences = names.map((name) => evidenceFor(watch, name));
	return combine(evidences, names.map((name) => weightOf$1(watch, name)), ALPHA);
}
function weightOf$1({ health }, name) {
	const check = health.checks[name];
	return check === void 0 || check.kind === "probe" ? 0 : check.weight;
}

// src/health/limit.ts
const FRESH_LIMIT = {
	streak: 0,
	decided: 0,
	broken: 0,
	pending: {
		atLeast: 0,
		atMost: 0,
		total: 0
	},
	pendingTicks: 0,
	seen: {
		atLeast: 0,
		atMost: 0,
		total: 0
	}
};
const LEAST_REQUESTS = 20;
const CHANCE = .05;
const LONGEST_PENDING = 20;
function isLimited(check) {
	if (check.kind === "probe") return true;
	if (check.kind === "gauge") return check.max !== void 0 || check.min !== void 0;
	return check.kind !== "traffic" && check.max !== void 0;
}
function allowedShare(check) {
	if (check.kind === "ratio") return check.max ?? 1;
	return check.kind === "histogram" ? 1 - check.quantile : 0;
}
function holdToLimit(check, state, value, nowMs) {
	const share = wrongSide(check, value);
	const seen = addShares(state.seen, share);
	const gathered = addShares(state.pending, share);
	const outcome = decideTick(check, gathered);
	if (outcome === "undecided") {
		if (state.pendingTicks < LONGEST_PENDING) return {
			...state,
			seen,
			pending: gathered,
			pendingTicks: state.pendingTicks + 1
		};
		return {
			...state,
			seen,
			pending: FRESH_LIMIT.pending,
			pendingTicks: 0,
			streak: 0
		};
	}
	const streak = outcome === "broken" ? state.streak + 1 : 0;
	const next = {
		...state,
		seen,
		streak,
		decided: state.decided + 1,
		broken: state.broken + (outcome === "broken" ? 1 : 0),
		pending: FRESH_LIMIT.pending,
		pendingTicks: 0
	};
	return streak >= consecutiveOf(check) && state.brokenAtMs === void 0 ? {
		...next,
		brokenAtMs: nowMs
	} : next;
}
function limitVerdict(check, state) {
	if (state.brokenAtMs !== void 0) return "exceeded";
	const { atMost, total } = state.seen;
	if (state.decided < consecutiveOf(check)) return total < 20 * consecutiveOf(check) ? "too_little_traffic" : "undecided";
	const allowed = check.kind === "gauge" || check.kind === "probe" ? OFTEN : allowedShare(check);
	return state.streak === 0 && atMost <= allowed * total ? "kept" : "undecided";
}
const OFTEN = .1;
function wrongSide(check, value) {
	if (value.kind === "counted") return {
		atLeast: value.counts.bad,
		atMost: value.counts.bad,
		total: value.counts.total
	};
	if (value.kind === "buckets") {
		if (check.kind !== "histogram" || check.max === void 0) return FRESH_LIMIT.seen;
		return slowerThan(value.buckets, levelIn(check.histogram, check.max));
	}
	const bad = value.values.some((sample) => isOutside(check, sample)) ? 1 : 0;
	return {
		atLeast: bad,
		atMost: bad,
		total: 1
	};
}
function isOutside(check, sample) {
	if (check.kind !== "gauge") return false;
	const { max, min } = check;
	return max !== void 0 && sample > levelIn(check.gauge, max) || min !== void 0 && sample < levelIn(check.gauge, min);
}
function decideTick(check, share) {
	if (check.kind === "gauge" || check.kind === "probe") return share.atLeast > 0 ? "broken" : "kept";
	if (share.total < 20) return "undecided";
	const allowed = allowedShare(check);
	if (isBeyondChance(share.atLeast, share.total, allowed)) return "broken";
	return share.atMost <= allowed * share.total ? "kept" : "undecided";
}
function isBeyondChance(bad, total, allowed) {
	const rate = bad / total;
	if (rate <= allowed) return false;
	if (allowed === 0) return true;
	const rest = rate < 1 ? (1 - rate) * Math.log((1 - rate) / (1 - allowed)) : 0;
	return -total * (rate * Math.log(rate / allowed) + rest) <= Math.log(CHANCE);
}
function addShares(a, b) {
	return {
		atLeast: a.atLeast + b.atLeast,
		atMost: a.atMost + b.atMost,
		total: a.total + b.total
	};
}
function consecutiveOf(check) {
	return check.kind === "traffic" ? 1 : check.consecutive;
}

// src/health/was-bad-before.ts
function wasBadBefore({ health, checks }, name) {
	const check = health.checks[name];
	const figure = checks[name]?.figures.baseline ?? checks[name]?.comparison?.past;
	return check !== void 0 && figure !== void 0 && isLimited(check) && breaks(check, figure);
}
function breaks(check, figure) {
	if (figure.kind === "counted") return figure.total > 0 && figure.bad / figure.total > allowedShare(check);
	if (figure.kind === "buckets") return check.kind === "histogram" && isTooSlow(check, bucketsIn(figure));
	if (check.kind !== "gauge") return false;
	const { max, min } = check;
	return max !== void 0 && figure.least > levelIn(check.gauge, max) || min !== void 0 && figure.most < levelIn(check.gauge, min);
}
function isTooSlow(check, buckets) {
	if (check.max === void 0) return false;
	const { atLeast, total } = slowerThan(buckets, levelIn(check.histogram, check.max));
	return total > 0 && atLeast / total > allowedShare(check);
}

// src/health/trail.ts
const NO_TRAIL = {
	span: 1,
	points: []
};
const MOST_POINTS = 48;
function extendTrail(trail, tick) {
	const point = tick !== void 0 && tick.weight > 0 ? {
		ticks: 1,
		weight: tick.weight,
		value: Number(tick.value.toPrecision(6))
	} : {
		ticks: 1,
		weight: 0,
		value: 0
	};
	const last = trail.points.at(-1);
	if (last !== void 0 && last.ticks < trail.span) return {
		...trail,
		points: [...trail.points.slice(0, -1), merge(last, point)]
	};
	const points = [...trail.points, point];
	return points.length <= MOST_POINTS ? {
		...trail,
		points
	} : {
		span: trail.span * 2,
		points: halve(points)
	};
}
function halve(points) {
	const halved = [];
	for (let index = 0; index < points.length; index += 2) {
		const [first, second] = [points[index], points[index + 1]];
		if (first !== void 0) halved.push(second === void 0 ? first : merge(first, second));
	}
	return halved;
}
function merge(a, b) {
	const weight = a.weight + b.weight;
	const value = weight > 0 ? a.value * (a.weight / weight) + b.value * (b.weight / weight) : 0;
	return {
		ticks: a.ticks + b.ticks,
		weight,
		value: Number(value.toPrecision(6))
	};
}

// src/health/check-watch.ts
function startCheck(comparison) {
	return {
		memory: {
			candidate: NO_MEMORY,
			baseline: NO_MEMORY
		},
		limit: FRESH_LIMIT,
		...comparison === void 0 ? {} : { comparison },
		measured: {
			watch: 0,
			step: 0
		},
		stepSize: 0,
		figures: {},
		trail: NO_TRAIL
	};
}
function watchCheck(check, state, tick, patienceMs) {
	const compared = state.comparison === void 0 ? state : {
		...state,
		comparison: compareTick(check, state.comparison, tick)
	};
	const { candidate } = tick;
	if (candidate.kind === "value") return measure(check, compared, candidate.value, tick);
	if (candidate.kind === "waiting" && isPatient(candidate.why, state, tick.nowMs, patienceMs)) return countTick(compared);
	const trail = extendTrail(state.trail, void 0);
	return {
		...compared,
		trail,
		trouble: {
			...explain(candidate, state.freshMs),
			atMs: tick.nowMs
		}
	};
}
function isPatient(why, { freshMs }, nowMs, patienceMs) {
	return why === "first" || freshMs !== void 0 && nowMs - freshMs <= patienceMs;
}
function measure(check, state, value, tick) {
	const { candidate, baseline } = state.figures;
	const other = tick.baseline?.kind === "value" ? addToFigure(baseline, tick.baseline.value) : baseline;
	return countTick({
		...state,
		limit: isLimited(check) ? holdToLimit(check, state.limit, value, tick.nowMs) : state.limit,
		stepSize: state.stepSize + weightOf(value),
		freshMs: tick.nowMs,
		figures: {
			candidate: addToFigure(candidate, value),
			...other === void 0 ? {} : { baseline: other }
		},
		trail: extendTrail(state.trail, pointOf(check, value))
	});
}
function countTick(state) {
	const { watch, step } = state.measured;
	return {
		...state,
		measured: {
			watch: watch + 1,
			step: step + 1
		}
	};
}
function explain(tick, freshMs) {
	if (tick.kind === "unmeasured") return {
		why: tick.why,
		detail: tick.detail
	};
	if (tick.why === "first") return {
		why: "no_data",
		detail: "the first look at running totals counts nothing"
	};
	return {
		why: "no_data",
		detail: `the source has had no newer samples${freshMs === void 0 ? "" : ` since ${new Date(freshMs).toISOString()}`}`
	};
}
function weightOf(value) {
	if (value.kind === "counted") return value.counts.total;
	if (value.kind === "samples") return value.values.length;
	return value.buckets.counts.reduce((sum, count) => sum + count, 0);
}
function pointOf(check, value) {
	if (value.kind === "samples") return {
		value: Math.max(...value.values),
		weight: 1
	};
	if (value.kind === "counted") {
		const { bad, total } = value.counts;
		return check.kind === "traffic" ? {
			value: total,
			weight: 1
		} : {
			value: bad / total,
			weight: total
		};
	}
	const quantile = check.kind === "histogram" ? quantileOf(value.buckets, check.quantile) : void 0;
	return quantile === void 0 ? void 0 : {
		value: quantile,
		weight: weightOf(value)
	};
}

// src/health/watch.ts
function startWatch(health, values, nowMs, history) {
	const checks = {};
	for (const [name, check] of Object.entries(health.checks)) checks[name] = startCheck(comparisonOf({
		health,
		values
	}, check, history?.[name]));
	return {
		version: 1,
		health,
		values,
		startedMs: nowMs,
		step: { sinceMs: nowMs },
		unwatchedMs: 0,
		checks
	};
}
function enterStep(watch, share, nowMs) {
	const checks = mapChecks(watch.checks, (state) => ({
		...state,
		measured: {
			...state.measured,
			step: 0
		},
		stepSize: 0
	}));
	const lookedMs = Math.max(watch.lastTickMs ?? nowMs, judgedFromMs(watch));
	return {
		...watch,
		checks,
		unwatchedMs: watch.unwatchedMs + Math.max(0, nowMs - lookedMs),
		step: {
			sinceMs: nowMs,
			...share === void 0 ? {} : { share }
		}
	};
}
function tick(watch, answers, nowMs) {
	if (!Number.isFinite(nowMs) || nowMs <= (watch.lastTickMs ?? watch.startedMs - 1)) return watch;
	const plan = planQueries(watch.health, watch.values);
	const checks = mapChecks(watch.checks, (state, name) => {
		const check = watch.health.checks[name];
		const slots = plan.checks[name];
		if (check === void 0 || slots === void 0) return state;
		return tickCheck(watch, {
			name,
			check,
			state,
			slots,
			answers
		}, nowMs);
	});
	const next = {
		...watch,
		checks,
		lastTickMs: nowMs
	};
	return next.worseAtMs === void 0 && isWorse(next) ? {
		...next,
		worseAtMs: nowMs
	} : next;
}
function judgedFromMs({ startedMs, health }) {
	return startedMs + health.graceMs;
}
function tickCheck(watch, { check, state, slots, answers }, nowMs) {
	const { health } = watch;
	const read = (memory, slots, isNew) => {
		if (slots === void 0) return {
			memory,
			tick: UNRESOLVED
		};
		return readArm(check, memory, pick(answers, slots), {
			nowMs,
			sinceMs: watch.startedMs,
			isNew
		});
	};
	const candidate = read(state.memory.candidate, slots.candidate, health.candidate !== void 0);
	const baseline = slots.baseline === void 0 ? void 0 : read(state.memory.baseline, slots.baseline, false);
	const memory = {
		candidate: candidate.memory,
		baseline: baseline?.memory ?? state.memory.baseline
	};
	const { share } = watch.step;
	const both = {
		candidate: candidate.tick,
		...baseline === void 0 ? {} : { baseline: baseline.tick },
		...share === void 0 ? {} : { share },
		slot: Math.round((nowMs - watch.startedMs) / health.everyMs),
		nowMs
	};
	const next = {
		...state,
		memory
	};
	if (nowMs >= judgedFromMs(watch)) return watchCheck(check, next, both, Math.max(4 * health.everyMs, LEAST_PATIENCE_MS));
	const { comparison } = state;
	return comparison === void 0 ? next : {
		...next,
		comparison: lookAhead(check, comparison, both)
	};
}
const LEAST_PATIENCE_MS = 9e4;
const UNRESOLVED = {
	kind: "unmeasured",
	why: "no_data",
	detail: "a variable in its labels has no value in this upgrade"
};
function pick(answers, slots) {
	return slots.map(([batch, query]) => answers[batch]?.[query] ?? {
		kind: "error",
		why: "the source gave no answer"
	});
}
function comparisonOf({ health, values }, check, past) {
	if (health.baseline === void 0 || !wantsComparison(health, check) || !values.previous) return void 0;
	if (health.baseline.kind === "concurrent") return startComparison(check, "concurrent", past);
	return past === void 0 ? void 0 : startComparison(check, "before_after", past);
}
function mapChecks(checks, change) {
	return Object.fromEntries(Object.entries(checks).map(([name, state]) => [name, change(state, name)]));
}

// src/health/verdict.ts
const LEAST_COVERAGE = .9;
function coverageOf(watch, state, span, nowMs) {
	const fromMs = span === "watch" ? judgedFromMs(watch) : Math.max(judgedFromMs(watch), watch.step.sinceMs);
	const unwatchedMs = span === "watch" ? watch.unwatchedMs : 0;
	const expected = Math.max(0, Math.floor((nowMs - fromMs - unwatchedMs) / watch.health.everyMs));
	return {
		measured: Math.min(state.measured[span], expected),
		expected
	};
}
function judgeCheck(watch, name, nowMs) {
	const [check, state] = [watch.health.checks[name], watch.checks[name]];
	if (check === void 0 || state === void 0) return inconclusive("no_data");
	const limit = isLimited(check) ? limitVerdict(check, state.limit) : void 0;
	if (limit === "exceeded") return {
		verdict: "unhealthy",
		reason: "limit_exceeded"
	};
	if (blameOf(watch).includes(name)) return isShort(watch, state) ? inconclusive("worse_than_short_baseline") : {
		verdict: "unhealthy",
		reason: "worse_than_baseline"
	};
	const gap = explainGap(watch, state, nowMs);
	if (gap !== void 0) return gap;
	if (limit !== void 0 && limit !== "kept") return inconclusive(limit);
	if (state.comparison !== void 0) return comparedVerdict(watch, name, nowMs);
	if (limit === void 0) return inconclusive("no_baseline");
	return wantsComparison(watch.health, check) && watch.values.previous !== void 0 ? inconclusive("no_baseline") : {
		verdict: "healthy",
		reason: "within_limit"
	};
}
function comparedVerdict(watch, name, nowMs) {
	const { worse: _, ...evidence } = evidenceFor(watch, name);
	if (evidence.ticks.measured === 0) return inconclusive("no_baseline");
	if (nowMs < judgedFromMs(watch) + leastTimeMs(watch)) return inconclusive("too_early");
	if (evidence.notWorse.log >= NOT_WORSE) return {
		verdict: "healthy",
		reason: "no_worse_than_baseline"
	};
	return inconclusive(evidence.kind !== "gauge" && evidence.kind !== "traffic" && (evidence.headline?.candidate.total ?? 0) < LITTLE_TRAFFIC ? "too_little_traffic" : "undecided");
}
const LEAST_PAST_MS = 72e5;
function isShort({ health: { baseline } }, { comparison }) {
	if (baseline?.kind !== "before" || comparison === void 0) return false;
	const windows = baseline.sameTime === void 0 ? 1 : 4;
	return comparison.pastShare * windows * baseline.beforeMs < LEAST_COVERAGE * LEAST_PAST_MS;
}
const NOT_WORSE = Math.log(20);
const LITTLE_TRAFFIC = 100;
function leastTimeMs({ health }) {
	return Math.min(3e5, health.watchMs);
}
function explainGap(watch, state, nowMs) {
	const { measured, expected } = coverageOf(watch, state, "watch", nowMs);
	if (expected === 0) return inconclusive("too_early");
	if (measured >= .9 * expected) return void 0;
	const { trouble } = state;
	if (measured > 0) return inconclusive("low_coverage", trouble?.detail);
	if (trouble?.why === "error") return inconclusive("source_error", trouble.detail);
	if (trouble?.why === "invalid") return inconclusive("invalid_data", trouble.detail);
	return inconclusive("no_data", trouble?.detail);
}
function inconclusive(reason, detail) {
	return {
		verdict: "inconclusive",
		reason,
		...detail === void 0 ? {} : { detail }
	};
}

// src/health/watch-verdict.ts
const REASONS = [
	"limit_exceeded",
	"worse_than_baseline",
	"worse_than_short_baseline",
	"no_data",
	"source_error",
	"invalid_data",
	"low_coverage",
	"too_little_traffic",
	"no_baseline",
	"undecided",
	"too_early",
	"no_worse_than_baseline",
	"within_limit"
];
const EXTENDS = /* @__PURE__ */ new Set([
	"no_data",
	"source_error",
	"invalid_data",
	"low_coverage",
	"too_little_traffic"
]);
function verdictOf(watch, nowMs) {
	const checks = Object.entries(watch.checks).map(([name, state]) => {
		const coverage = coverageOf(watch, state, "watch", nowMs);
		return Object.assign({
			name,
			coverage
		}, judgeCheck(watch, name, nowMs));
	});
	const reason = gravest(checks);
	const verdict = verdictOfAll(checks);
	const endsMs = endOf(watch, EXTENDS.has(reason), nowMs);
	const modes = comparedChecks(watch).map((name) => evidenceFor(watch, name).mode);
	const noticed = noticedBy$1(watch);
	return {
		verdict,
		reason,
		done: verdict === "unhealthy" || nowMs >= endsMs,
		ok: verdict === "healthy",
		endsMs,
		comparison: modes.includes("before_after") ? "before_after" : modes[0] ?? "none",
		watched: Math.max(0, ...Object.keys(watch.checks).map((name) => requestsOf(watch, name))),
		...noticed === void 0 ? {} : { noticed },
		checks
	};
}
function gateOf(watch, nowMs) {
	const onceMs = Math.max(judgedFromMs(watch), watch.step.sinceMs) + watch.health.holdMs;
	const twiceMs = onceMs + watch.health.holdMs;
	const bad = Object.keys(watch.checks).map((name) => judgeCheck(watch, name, nowMs)).find(({ verdict }) => verdict === "unhealthy");
	if (bad !== void 0) return {
		gate: "unhealthy",
		reason: bad.reason,
		untilMs: nowMs
	};
	if (nowMs < onceMs) return {
		gate: "wait",
		reason: "too_early",
		untilMs: onceMs
	};
	const missing = new Set(Object.entries(watch.checks).flatMap(([name, state]) => missingInStep(watch, name, state, nowMs)));
	const reason = REASONS.find((known) => missing.has(known));
	if (reason === void 0) return {
		gate: "proceed",
		reason: "undecided",
		untilMs: nowMs
	};
	return nowMs < twiceMs ? {
		gate: "extend",
		reason,
		untilMs: twiceMs
	} : {
		gate: "hold",
		reason,
		untilMs: nowMs
	};
}
function missingInStep(watch, name, state, nowMs) {
	const { measured, expected } = coverageOf(watch, state, "step", nowMs);
	if (expected > 0 && measured < .9 * expected) return [measured === 0 ? "no_data" : "low_coverage"];
	const check = watch.health.checks[name];
	if (check !== void 0 && countsRequests(check) && state.stepSize < 20) return ["too_little_traffic"];
	return state.limit.streak > 0 ? ["undecided"] : [];
}
function endOf(watch, isExtended, nowMs) {
	const onceMs = Math.max(judgedFromMs(watch), watch.step.sinceMs) + watch.health.watchMs;
	return isExtended && nowMs >= onceMs ? onceMs + watch.health.watchMs : onceMs;
}
function verdictOfAll(checks) {
	if (checks.some(({ verdict }) => verdict === "unhealthy")) return "unhealthy";
	return checks.length > 0 && checks.every(({ verdict }) => verdict === "healthy") ? "healthy" : "inconclusive";
}
function gravest(checks) {
	return REASONS.find((reason) => checks.some((check) => check.reason === reason)) ?? "no_data";
}
function requestsOf(watch, name) {
	const check = watch.health.checks[name];
	return check !== void 0 && countsRequests(check) ? sizeOf(watch.checks[name]?.figures.candidate) : 0;
}
function noticedBy$1(watch) {
	const names = Object.keys(watch.checks).filter((name) => mayFailRequests(watch.health.checks[name]));
	const parts = names.map((name) => evidenceFor(watch, name)).flatMap(({ mode, noticed }) => mode === "concurrent" && noticed ? [noticed] : []);
	if (parts.length === 0 || parts.length < names.length || parts.some((part) => part.of === 0)) return void 0;
	const watched = Math.max(...parts.map((part) => part.of));
	const sum = (read) => Math.min(watched, parts.reduce((total, part) => total + read(part), 0));
	return {
		requests: Math.round(sum(({ estimate }) => estimate)),
		lower: Math.floor(sum(({ lower }) => lower)),
		upper: Math.ceil(sum(({ upper }) => upper)),
		watched
	};
}
function mayFailRequests(check) {
	return check?.kind === "ratio" || check?.kind === "histogram";
}
function countsRequests({ kind }) {
	return kind === "ratio" || kind === "histogram" || kind === "traffic";
}

// src/health/explain.ts
function reportOf(watch, nowMs) {
	const judged = verdictOf(watch, nowMs);
	const plan = planQueries(watch.health, watch.values);
	const checks = judged.checks.flatMap((verdict) => rowOf(watch, plan, verdict) ?? []);
	const dashboard = graphsLink(watch, nowMs);
	return {
		verdict: judged.verdict,
		reason: judged.reason,
		line: headline$1(watch, judged, checks, nowMs),
		endedAtMs: nowMs,
		comparison: judged.comparison,
		...judged.noticed === void 0 ? {} : { noticed: judged.noticed },
		watched: judged.watched,
		...dashboard === void 0 ? {} : { dashboard },
		checks,
		evidence: {
			version: 1,
			atMs: nowMs,
			watch: withoutMemory(watch)
		}
	};
}
function withoutMemory(watch) {
	const checks = Object.entries(watch.checks).map(([name, state]) => {
		const { comparison } = state;
		const kept = comparison === void 0 ? {} : { comparison: withoutSlots(comparison) };
		return [name, {
			...state,
			...kept,
			memory: {
				candidate: NO_MEMORY,
				baseline: NO_MEMORY
			}
		}];
	});
	return {
		...watch,
		checks: Object.fromEntries(checks)
	};
}
function withoutSlots({ slots: _, ...comparison }) {
	return comparison;
}
function rowOf(watch, plan, verdict) {
	const [check, state] = [watch.health.checks[verdict.name], watch.checks[verdict.name]];
	if (check === void 0 || state === void 0) return void 0;
	const evidence = state.comparison === void 0 ? void 0 : evidenceFor(watch, verdict.name);
	const words = describeCheck(check, state, evidence);
	return {
		name: verdict.name,
		verdict: verdict.verdict,
		reason: verdict.reason,
		before: words.before,
		after: words.after,
		change: words.change,
		allowed: words.allowed,
		coverage: verdict.coverage,
		sparkline: sparkline(state.trail),
		line: `${verdict.name}: ${sentence(words, whyText(verdict, check), verdict)}`,
		queries: queriesIn(plan, verdict.name),
		wasBadBefore: wasBadBefore(watch, verdict.name)
	};
}
function sentence({ summary }, why, { verdict, reason }) {
	if (summary === "") return why;
	if (reason === "worse_than_baseline") return summary;
	return verdict === "inconclusive" ? `${why}; ${summary}` : `${summary}; ${why}`;
}
function headline$1(watch, judged, rows, nowMs) {
	const opening = `${TITLES[judged.verdict]}${judged.ok && !judged.done ? " so far" : ""} after ${spanText(decidedMs(watch, nowMs) - watch.startedMs)}`;
	const decisive = rows.filter(({ verdict }) => verdict === judged.verdict);
	if (judged.verdict === "healthy") {
		const compared = judged.comparison === "none" ? "within the limits" : "no worse than before";
		return `${opening}: ${rows.map(({ name }) => name).join(", ")} ${compared}${watchedText(judged.watched)}${comparedText(watch)}.`;
	}
	const shown = decisive.toSorted((a, b) => weigh(judged, a) - weigh(judged, b)).slice(0, 2);
	const more = decisive.length > shown.length ? ` (and ${decisive.length - shown.length} more)` : "";
	return `${opening}: ${shown.map(({ line }) => line).join("; ")}${more}${evidenceOfWatch(watch, judged)}.`;
}
function decidedMs(watch, nowMs) {
	const broken = Object.values(watch.checks).flatMap(({ limit }) => limit.brokenAtMs ?? []);
	return Math.min(nowMs, watch.worseAtMs ?? nowMs, ...broken);
}
function weigh(judged, row) {
	return row.reason === judged.reason ? 0 : 1;
}
function evidenceOfWatch(watch, { reason }) {
	if (reason !== "worse_than_baseline" && reason !== "worse_than_short_baseline") return "";
	return `; evidence ${evidenceText(commonEvidence(watch).log)} (acts at ${1 / ALPHA})`;
}
function comparedText(watch) {
	const least = comparedChecks(watch).map((name) => ({
		looks: watch.checks[name]?.measured.watch ?? 0,
		compared: evidenceFor(watch, name).ticks.measured
	})).toSorted((a, b) => a.compared * b.looks - b.compared * a.looks)[0];
	if (least === void 0 || least.compared >= .8 * least.looks) return "";
	return `, compared in ${countText(least.compared)} of ${countText(least.looks)} looks`;
}
function watchedText(watched) {
	return watched > 0 ? `; ${countText(watched)} requests watched` : "";
}
function queriesIn(plan, name) {
	const arms = plan.checks[name];
	const texts = [...arms?.candidate ?? [], ...arms?.baseline ?? []].flatMap(([batch, query]) => {
		const found = plan.batches[batch]?.queries[query];
		return found === void 0 ? [] : [describeQuery(found)];
	});
	return [...new Set(texts)];
}
const TITLES = {
	healthy: "Healthy",
	unhealthy: "Unhealthy",
	inconclusive: "Inconclusive"
};

// src/report/headline.ts
const words = {
	promoted: "Promoted",
	completed: "Done",
	planned: "Planned",
	nothing_to_do: "Nothing to do",
	held: "Held",
	rolled_back: "Rolled back",
	cancelled: "Cancelled",
	failed: "Failed"
};
function headline({ decision, base, candidate, environments, operation }) {
	const word = decision === void 0 ? "Going on" : words[decision];
	const to = candidate?.name ?? "a version that is not made yet";
	const from = base === void 0 || base.name === to ? "" : `${base.name} → `;
	const where = environments.map(({ name }) => name).join(", ");
	return `${word}: ${operation === "rollback" ? `${to} → ${base?.name ?? ""}` : `${from}${to}`}${where === "" ? "" : ` in ${where}`}`;
}
function noticedBy(upgrade) {
	const noticed = upgrade.environments.flatMap(({ judged }) => judged.slice(-1)).flatMap((report) => report.noticed === void 0 ? [] : [report.noticed]);
	if (noticed.length === 0) return void 0;
	const sum = (key) => noticed.reduce((total, one) => total + one[key], 0);
	const [requests, upper, watched] = [
		sum("requests"),
		sum("upper"),
		sum("watched")
	];
	const total = {
		requests,
		upper,
		watched
	};
	return {
		line: noticedLine(total),
		...total
	};
}
function noticedLine(noticed) {
	return `noticed by ${count(noticed.requests)} of ${count(noticed.watched)} requests, at most ${count(noticed.upper)}`;
}
function count(number) {
	return String(Math.round(number)).replaceAll(/\B(?=(\d{3})+$)/g, " ");
}
function capital(text) {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
function plural(number, noun) {
	return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}
function elapsed(ms) {
	if (ms < 1e3) return `${Math.round(ms)} ms`;
	const seconds = Math.round(ms / 1e3);
	if (seconds < 60) return ms < 1e4 ? `${(ms / 1e3).toFixed(1)} s` : `${seconds} s`;
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? "" : ` ${seconds % 60} s`}`;
	return `${Math.floor(seconds / 3600)} h${seconds % 3600 < 60 ? "" : ` ${Math.floor(seconds % 3600 / 60)} min`}`;
}

// src/report/next-steps.ts
function nextSteps(upgrade) {
	const { reason, revert } = upgrade;
	if (reason === void 0) return [];
	const advice = ADVICE[reason];
	const step = typeof advice === "function" ? advice(rollbacks(upgrade)) : advice;
	return [...step === void 0 ? [] : [step], ...revert === void 0 ? [] : forRevert(revert)];
}
function rollbacks({ environments }) {
	return environments.filter(({ state }) => state !== "untouched" && state !== "promoted" && state !== "rolled_back").map(({ name }) => `seamless rollback --environment ${name}`).join("; ");
}
const goOn = (why) => (rollbacks) => rollbacks === "" ? `${why}.` : `${why}, or: ${rollbacks}`;
const look = (rollbacks) => rollbacks === "" ? "Look at what the environment runs; what to do about it is said above." : `Look at what the environment runs. To bring its last healthy version back: ${rollbacks}`;
const MEND_COMMAND = "Mend the command whose output is above. Nothing was deployed.";
const MEND_VERSION = "Users have their last healthy version again. Mend what is above before you try once more.";
const CORRECT = "Correct what is named above. Nothing was done.";
const ADVICE = {
	healthy: void 0,
	promoted_by_person: void 0,
	accepted_by_person: void 0,
	not_watched: "To know next time whether users notice, say under `health` what to watch there.",
	watched_by_app: void 0,
	stage_completed: void 0,
	plan_only: void 0,
	rolled_back_on_request: void 0,
	no_change: void 0,
	already_live: void 0,
	no_steps: "If something should have been done, the config must say so: `build`, `test`, `health`.",
	merge_queue: void 0,
	duplicate: void 0,
	health_no_data: goOn("Look at the health source: the checks above had no data. Then run again"),
	health_too_little_traffic: goOn("Nobody knows yet whether users would notice. Run again to go on watching"),
	health_undecided: goOn("Nobody knows yet whether users would notice. Run again to go on watching"),
	shadow_unhealthy: "`shadow` is on: nothing was done. Judge whether you agree, and switch it off when you trust it.",
	earlier_environment_not_healthy: "Bring this commit to the environment that is named above first.",
	change_failed: MEND_COMMAND,
	branch_taken: "Delete the branch or merge it, or give `upgrade.branch` another name.",
	push_failed: "See that the token may write contents, and that no rule protects the branch. Then run again.",
	build_failed: MEND_COMMAND,
	artifact_mismatch: "Build again. Where jobs run on machines of their own, carry `.seamless` from one to the next.",
	tests_failed: "Mend the tests listed above, or the code that they test. Nothing was deployed.",
	users_tests_failed: "These tests of version n fail on the new build: its users would notice. Mend it, or list the tests under `accepts` if the break is meant.",
	deploy_failed: MEND_VERSION,
	deploy_refused: "Nothing was changed. Do what is said above, then run again.",
	deployment_sha_mismatch: "Give the id of a deployment of this very commit and environment, or none.",
	traffic_failed: MEND_VERSION,
	unhealthy: MEND_VERSION,
	cancelled: (rollbacks) => rollbacks === "" ? "Run it again when you want it after all." : `Not all could be taken back. Look at what is named above, then: ${rollbacks}`,
	superseded: "Nothing, if that was meant. To bring this version after all, run it again.",
	environment_held: "A pull request keeps the environment: `/unlock` there gives it back.",
	environment_busy: "Wait until what is being done there has ended; then run again.",
	lock_unreadable: "Look at what stands there, and remove it if it is nobody’s. Then run again.",
	lock_contended: "Run again.",
	not_deployed: "Deploy this commit first, then watch it.",
	environment_dirty: look,
	environment_unknown: look,
	rollback_failed: look,
	no_rollback_target: "There is no healthy version to go back to: deploy one that works.",
	plan_changed: "Make the plan again, read it, and approve its digest.",
	target_changed: "Ask for the rollback again: it then returns to what is the last healthy version now.",
	commit_moved: "Find the step that commits or checks out something else, and take that out of it.",
	version_control_failed: "See what git says above: the network, the token, the remote. Then run again.",
	github_failed: "See what GitHub says above: a permission, or its status page. Then run again.",
	config_invalid: CORRECT,
	usage: CORRECT,
	internal_error: "This is unexpected. Run again; if it stays, report it with the receipt."
};
function forRevert({ outcome, pullRequest, message }) {
	const where = pullRequest === void 0 ? "" : ` ${pullRequest.url}`;
	switch (outcome) {
		case "merged": return [pullRequest === void 0 ? `${message} Re-land it with a fix.` : `The merge is reverted:${where}. Re-land it with a fix.`];
		case "proposed": return [pullRequest === void 0 ? message : `A revert waits for you:${where}. ${message}`];
		case "conflict":
		case "failed":
		case "not_done": return [message];
		case "already_reverted": return [];
	}
}

export { sourcesOf as S, wantsComparison as _, headline as a, planQueries as b, reportOf as c, LEAST_COVERAGE as d, LEAST_PAST_MS as f, loadBaseline as g, tick as h, elapsed as i, gateOf as l, startWatch as m, capital as n, noticedBy as o, enterStep as p, count as r, plural as s, nextSteps as t, verdictOf as u, armQueries as v, queriesOf as x, describeQuery as y };