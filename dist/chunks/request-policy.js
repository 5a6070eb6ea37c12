import { l as GitHubError } from "./errors.js";

// src/github/request-policy.ts
const ATTEMPTS = 4;
const MAX_WAIT_MS = 12e4;
const SECONDARY_LIMIT_MS = 6e4;
function sentRequest(options) {
	const { method, url, mediaType, query } = options;
	return {
		method,
		url,
		query,
		...mediaType && { mediaType }
	};
}
async function underPolicy(send, request, policy) {
	for (let attempt = 1;; attempt += 1) try {
		return intelligible(await send(), request);
	} catch (error) {
		policy.signal.throwIfAborted();
		const waitMs = attempt < ATTEMPTS ? waitBeforeRepeat(error, request, {
			attempt,
			nowMs: policy.clock.now()
		}) : void 0;
		if (waitMs === void 0) throw asGitHubError(error, request, policy.token);
		await policy.clock.sleep(waitMs, policy.signal);
	}
}
function isAmbiguous(error) {
	const status = statusOf(error);
	return status === 0 || status !== void 0 && status >= 500;
}
function statusOf(error) {
	if (typeof error !== "object" || error === null || !("status" in error)) return void 0;
	return typeof error.status === "number" ? error.status : void 0;
}
function intelligible(answer, request) {
	if (typeof answer.data !== "string" || answer.data === "" || request.mediaType?.format === "diff") return answer;
	throw new GitHubError(0, `${request.method} ${request.url} was answered with ${answer.status}, but not with JSON: is this GitHub's API?`);
}
function waitBeforeRepeat(error, request, at) {
	const limitMs = rateLimitMs(error, at.nowMs);
	if (limitMs !== void 0) return limitMs <= 12e4 ? limitMs : void 0;
	return isRead(request) && isAmbiguous(error) ? 1e3 * 2 ** (at.attempt - 1) : void 0;
}
function isRead({ method, url, query }) {
	if (method === "GET" || method === "HEAD") return true;
	return url.endsWith("/graphql") && typeof query === "string" && /^\s*query\b/.test(query);
}
function rateLimitMs(error, nowMs) {
	const status = statusOf(error);
	if (status !== 403 && status !== 429) return void 0;
	const headers = headersOf(error);
	const retryAfter = Number(headers["retry-after"]);
	if (headers["retry-after"] !== void 0 && Number.isFinite(retryAfter)) return Math.max(1e3, retryAfter * 1e3);
	if (headers["x-ratelimit-remaining"] === "0") return Math.max(1e3, Number(headers["x-ratelimit-reset"] ?? 0) * 1e3 - nowMs);
	return status === 429 ? SECONDARY_LIMIT_MS : void 0;
}
function headersOf(error) {
	return error.response?.headers ?? {};
}
function asGitHubError(error, request, token) {
	if (error instanceof GitHubError) return error;
	const status = statusOf(error);
	const answered = error.response !== void 0;
	if (status === void 0 && !(error instanceof Error)) return new Error(String(error));
	const said = (error instanceof Error ? error.message : String(error)).slice(0, 500).replaceAll(token || "\0", "***");
	const what = `${request.method} ${request.url}`;
	if (!answered) return new GitHubError(0, `GitHub could not be reached for ${what}: ${said}`);
	const kind = rateLimitMs(error, 0) === void 0 ? status ?? 0 : 429;
	return new GitHubError(kind, `GitHub answered ${status} to ${what}: ${said}${permissionHint(error)}`);
}
function permissionHint(error) {
	const accepted = headersOf(error)["x-accepted-github-permissions"];
	if (statusOf(error) !== 403 || accepted === void 0 || accepted === "") return "";
	return `. The token lacks a permission: give the job "permissions: ${accepted.replaceAll("=", ": ").replaceAll(";", " or").replaceAll("_", "-")}".`;
}

export { underPolicy as i, sentRequest as n, statusOf as r, isAmbiguous as t };