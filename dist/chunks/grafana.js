import { d as record, i as boolean, p as string, r as array, s as literal, u as object } from "./schemas.js";
import { t as datetime } from "./iso.js";
import { n as grafanaApi, t as GrafanaFault } from "./grafana-api.js";

// src/adapters/grafana.ts
const labels = record(string(), string());
const time = datetime({ offset: true }).transform((text) => Date.parse(text));
const alert = object({
	labels,
	state: string(),
	activeAt: time.nullish()
});
const rule = object({
	name: string(),
	type: string(),
	health: string(),
	lastError: string().optional(),
	labels: labels.default({}),
	alerts: array(alert).nullish(),
	lastEvaluation: time,
	isPaused: boolean().default(false)
});
const rules = object({
	status: literal("success"),
	data: object({ groups: array(object({
		file: string(),
		folderUid: string().optional(),
		rules: array(rule)
	})) })
});
function grafanaSource(options) {
	const ask = grafanaApi(options);
	return {
		name: options.name,
		async read(queries, signal) {
			signal.throwIfAborted();
			if (!queries.some(({ kind }) => kind === "alerts")) return queries.map((query) => measure(query, []));
			const groups = await readGroups(ask, signal);
			return queries.map((query) => measure(query, groups));
		}
	};
}
async function readGroups(ask, signal) {
	try {
		return (await ask({
			method: "GET",
			path: "api/prometheus/grafana/api/v1/rules"
		}, rules, signal)).data.groups;
	} catch (error) {
		if (error instanceof GrafanaFault) return error;
		throw error;
	}
}
function measure(query, groups) {
	if (query.kind !== "alerts") return {
		kind: "invalid",
		why: `a Grafana does not answer ${query.kind} queries`
	};
	if (groups instanceof GrafanaFault) return {
		kind: groups.kind,
		why: groups.message
	};
	const selected = groups.filter(({ file, folderUid }) => [
		void 0,
		file,
		folderUid
	].includes(query.alerts.folder)).flatMap((group) => group.rules.filter(isWatching).map((rule) => ({
		rule,
		folder: group.file
	}))).map(({ rule, folder }) => ({
		rule,
		folder,
		alerts: alertsOf(rule, query.alerts)
	})).flatMap(({ rule, folder, alerts }) => alerts === void 0 ? [] : [{
		rule,
		folder,
		alerts
	}]);
	const unknown = selected.find(({ rule, alerts }) => isUnknown(rule, alerts));
	if (unknown !== void 0) return {
		kind: "error",
		why: `the rule ${JSON.stringify(unknown.rule.name)} ${whyOf(unknown.rule)}`
	};
	const [first, ...rest] = selected.flatMap(samplesOf);
	if (first === void 0) return {
		kind: "no_data",
		why: "no alert rule that this token sees is selected"
	};
	return {
		kind: "ok",
		samples: [first, ...rest]
	};
}
function isWatching({ type, isPaused }) {
	return type === "alerting" && !isPaused;
}
function alertsOf({ labels, alerts }, selection) {
	const wanted = Object.entries(selection.labels ?? {});
	const isMeant = (found) => wanted.every(([name, value]) => Object.hasOwn(found, name) && found[name] === value);
	const meant = (alerts ?? []).filter((alert) => isMeant({
		...labels,
		...alert.labels
	}));
	return meant.length > 0 || isMeant(labels) ? meant : void 0;
}
function isUnknown({ health }, alerts) {
	return health !== "ok" || alerts.some(({ state }) => /\b(?:NoData|Error)\b/i.test(state));
}
function whyOf({ health, lastError }) {
	if (health === "error" || lastError !== void 0) return "cannot be evaluated";
	return health === "ok" || health === "nodata" ? "has no data" : `is of unknown health (${health.slice(0, 30)})`;
}
function samplesOf({ rule, folder, alerts }) {
	const firing = alerts.filter(({ state }) => /^(?:alerting|firing)\b/i.test(state));
	const named = (name, value) => ({
		labels: {
			__name__: name,
			rule: rule.name,
			folder
		},
		value,
		atMs: rule.lastEvaluation
	});
	return [named("probe_success", firing.length === 0 ? 1 : 0), ...firing.flatMap(({ activeAt }) => activeAt === null || activeAt === void 0 ? [] : [named("grafana_alert_firing_since_seconds", activeAt / 1e3)])];
}

export { grafanaSource };