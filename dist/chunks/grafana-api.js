import { f as UsageError } from "./errors.js";
import { i as shownUrl, r as httpRequest, t as HttpFailure } from "./http-request.js";
import { t as sourceHeaders } from "./source-headers.js";

// src/adapters/grafana-api.ts
var GrafanaFault = class extends Error {
	name = "GrafanaFault";
	kind;
	constructor(kind, message, options) {
		super(message, options);
		this.kind = kind;
	}
};
const MAX_ANSWER_BYTES = 16777216;
function grafanaApi({ name, url: text, timeoutMs, tls, ...access }) {
	const base = URL.parse(text);
	if (base === null || !/^https?:$/.test(base.protocol) || base.search !== "" || base.hash !== "") throw new UsageError(`source ${name}: expected the http or https URL of a Grafana, without query or fragment`);
	const limits = {
		timeoutMs,
		maxBytes: MAX_ANSWER_BYTES,
		overflow: "fail",
		...tls && { tls }
	};
	return async ({ method, path, query, body }, schema, signal) => {
		const url = new URL(base);
		url.pathname = `${url.pathname.replace(/\/$/, "")}/${path}`;
		url.search = query?.toString() ?? "";
		const sent = body === void 0 ? {} : { body: JSON.stringify(body) };
		const type = body === void 0 ? {} : { "content-type": "application/json" };
		const headers = {
			...sourceHeaders(access),
			accept: "application/json",
			...type
		};
		try {
			return read(await httpRequest({
				url,
				method,
				headers,
				...sent,
				...limits
			}, signal), shownUrl(url), schema);
		} catch (error) {
			if (!(error instanceof HttpFailure)) throw error;
			throw new GrafanaFault(error.reason === "too_large" ? "invalid" : "error", error.message, { cause: error });
		}
	};
}
function read({ status, contentType, body }, where, schema) {
	if (status >= 300 && status < 400) throw new GrafanaFault("error", `${where} redirects (${status}): see the URL and the token`);
	if (status !== 200) throw new GrafanaFault("error", `${where} answers with status ${status}${hint(status)}`);
	if (contentType !== "application/json") throw new GrafanaFault("invalid", `${where} answers with ${contentType.slice(0, 60) || "no content type"}, which is no JSON`);
	const answer = schema.safeParse(parseJson(body));
	if (answer.success) return answer.data;
	const place = answer.error.issues[0]?.path.join(".") ?? "";
	const at = place === "" ? "" : ` (at ${place})`;
	throw new GrafanaFault("invalid", `${where} answers with JSON that is not of Grafana's API${at}`);
}
function hint(status) {
	if (status === 401) return ": it wants a token of a service account";
	if (status === 403) return ": the token lacks a permission";
	return status === 404 ? ": is this the URL of a Grafana?" : "";
}
function parseJson(body) {
	try {
		return JSON.parse(body.toString("utf8"));
	} catch {
		return;
	}
}

export { grafanaApi as n, GrafanaFault as t };