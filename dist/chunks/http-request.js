import { Agent, request } from "node:http";
import { Agent as Agent$1, request as request$1 } from "node:https";

// src/adapters/http-request.ts
var HttpFailure = class extends Error {
	name = "HttpFailure";
	reason;
	constructor(reason, message, options) {
		super(message, options);
		this.reason = reason;
	}
};
async function httpRequest(request, signal) {
	signal.throwIfAborted();
	const end = new AbortController();
	const cancel = () => end.abort();
	const timer = setTimeout(cancel, request.timeoutMs);
	signal.addEventListener("abort", cancel, { once: true });
	try {
		return await exchange(request, end.signal);
	} catch (error) {
		signal.throwIfAborted();
		throw failure(request, error, end.signal.aborted);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", cancel);
	}
}
function shownUrl(url) {
	return `${url.origin}${url.pathname}`;
}
async function exchange(request, signal) {
	const message = await send(request, signal);
	const { body, cut } = await readBody(message, request);
	return {
		status: message.statusCode ?? 0,
		contentType: (message.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "",
		body,
		cut
	};
}
function send(request$2, signal) {
	const { url, method, body } = request$2;
	const tls = url.protocol === "https:";
	const options = {
		method,
		signal,
		headers: {
			"user-agent": "seamless",
			"accept-encoding": "identity",
			...body === void 0 ? {} : { "content-length": String(Buffer.byteLength(body)) },
			...request$2.headers
		},
		agent: tls ? new Agent$1({ proxyEnv: {} }) : new Agent({ proxyEnv: {} })
	};
	return new Promise((resolve, reject) => {
		const sent = (tls ? request$1 : request)(url, options, resolve);
		sent.on("error", reject);
		sent.end(body);
	});
}
async function readBody(message, request) {
	const chunks = [];
	let size = 0;
	for await (const chunk of message) {
		chunks.push(chunk);
		size += chunk.length;
		if (size > request.maxBytes) {
			if (request.overflow === "fail") throw new HttpFailure("too_large", tooLarge(request));
			return {
				body: Buffer.concat(chunks).subarray(0, request.maxBytes),
				cut: true
			};
		}
	}
	return {
		body: Buffer.concat(chunks),
		cut: false
	};
}
function tooLarge(request) {
	return `${shownUrl(request.url)} answers with more than ${Math.round(request.maxBytes / 1024)} KiB`;
}
function failure(request, error, late) {
	if (error instanceof HttpFailure) return error;
	const where = shownUrl(request.url);
	if (late) return new HttpFailure("timeout", `${where} did not answer within ${request.timeoutMs} ms`, { cause: error });
	const code = errorCode(error);
	if (isOfTheService(code)) return new HttpFailure("refused", `${where} does not answer (${code})`, { cause: error });
	const hint = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code) ? "; name its authority in NODE_EXTRA_CA_CERTS" : "";
	return new HttpFailure("unreachable", `${where} cannot be reached (${code}${hint})`, { cause: error });
}
function errorCode(error) {
	const code = error instanceof Error && "code" in error ? error.code : void 0;
	return typeof code === "string" ? code : "unknown error";
}
const OF_THE_SERVICE = /* @__PURE__ */ new Set([
	"ECONNREFUSED",
	"ECONNRESET",
	"EPIPE",
	"ETIMEDOUT",
	"EPROTO",
	"CERT_HAS_EXPIRED",
	"CERT_REVOKED",
	"ERR_TLS_CERT_ALTNAME_INVALID"
]);
function isOfTheService(code) {
	return OF_THE_SERVICE.has(code) || code.startsWith("HPE_") || code.startsWith("ERR_SSL_");
}

export { httpRequest as n, shownUrl as r, HttpFailure as t };