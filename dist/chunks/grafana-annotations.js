import { l as number, p as string, r as array, u as object } from "./schemas.js";
import { n as grafanaApi } from "./grafana-api.js";

// src/adapters/grafana-annotations.ts
const found = array(object({ id: number() }));
const added = object({ id: number() });
const patched = object({ message: string() });
const TIMEOUT_MS = 2e3;
function grafanaAnnotations(options) {
	const ask = grafanaApi({
		...options,
		timeoutMs: Math.min(options.timeoutMs, TIMEOUT_MS)
	});
	const { signal } = new AbortController();
	return {
		name: options.name,
		async put({ tags, text, startMs, endMs }) {
			const query = new URLSearchParams([
				...tags.map((tag) => ["tags", tag]),
				["type", "annotation"],
				["limit", "1"]
			]);
			const [known] = await ask({
				method: "GET",
				path: "api/annotations",
				query
			}, found, signal);
			const end = endMs === void 0 ? {} : { timeEnd: endMs };
			if (known === void 0) {
				const body = {
					time: startMs,
					...end,
					tags,
					text
				};
				await ask({
					method: "POST",
					path: "api/annotations",
					body
				}, added, signal);
			} else {
				const body = {
					text,
					...end
				};
				await ask({
					method: "PATCH",
					path: `api/annotations/${known.id}`,
					body
				}, patched, signal);
			}
		}
	};
}

export { grafanaAnnotations };