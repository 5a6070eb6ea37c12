import { Agent, request } from "node:http";
import { TLSSocket } from "node:tls";
import { Agent as Agent$1, request as request$1 } from "node:https";

// src/adapters/certificate-end.ts
function certificateEnd(socket) {
	let earliest;
	let certificate = socket.getPeerCertificate(true);
	const seen = /* @__PURE__ */ new Set();
	while (certificate?.valid_to !== void 0 && !seen.has(certificate.fingerprint256)) {
		seen.add(certificate.fingerprint256);
		const endsMs = Date.parse(certificate.valid_to);
		if (Number.isFinite(endsMs)) earliest = Math.min(earliest ?? endsMs, endsMs);
		certificate = certificate.issuerCertificate;
	}
	return earliest;
}

// src/adapters/in-time.ts
async function inTime({ timeoutMs, signal }, work, explain) {
	signal.throwIfAborted();
	const end = new AbortController();
	const cancel = () => end.abort();
	const timer = setTimeout(cancel, timeoutMs);
	signal.addEventListener("abort", cancel, { once: true });
	try {
		return await work(end.signal);
	} catch (error) {
		signal.throwIfAborted();
		throw explain(error, end.signal.aborted);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", cancel);
	}
}

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
	const { url, timeoutMs } = request;
	return inTime({
		timeoutMs,
		signal
	}, (end) => exchange(request, end), (error, late) => failureOf({
		where: shownUrl(url),
		timeoutMs
	}, error, late));
}
function shownUrl(url) {
	return `${url.origin}${url.pathname}`;
}
async function exchange(request, signal) {
	const message = await send(request, signal);
	const { socket } = message;
	const certificateEndsMs = socket instanceof TLSSocket ? certificateEnd(socket) : void 0;
	const { body, cut } = await readBody(message, request);
	return {
		status: message.statusCode ?? 0,
		contentType: (message.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "",
		headers: message.headers,
		body,
		cut,
		...certificateEndsMs === void 0 ? {} : { certificateEndsMs }
	};
}
function send(request$2, signal) {
	const { url, method, body, lookup } = request$2;
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
		agent: tls ? new Agent$1({
			proxyEnv: {},
			...request$2.tls
		}) : new Agent({ proxyEnv: {} }),
		...lookup === void 0 ? {} : { lookup }
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
function failureOf({ where, timeoutMs }, error, late) {
	if (error instanceof HttpFailure) return error;
	if (late) return new HttpFailure("timeout", `${where} did not answer within ${timeoutMs} ms`, { cause: error });
	const code = errorCode(error);
	if (isOfTheService(code)) {
		const hint = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|UNKNOWN_CA|BAD_CERTIFICATE/.test(code) ? CLIENT_HINT : "";
		return new HttpFailure("refused", `${where} does not answer (${code}${hint})`, { cause: error });
	}
	const hint = /^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO)/.test(code) ? AUTHORITY_HINT : "";
	return new HttpFailure("unreachable", `${where} cannot be reached (${code}${hint})`, { cause: error });
}
const AUTHORITY_HINT = "; name its authority in the source's _CA_FILE, or in NODE_EXTRA_CA_CERTS";
const CLIENT_HINT = "; it wants a certificate of ours, or another one: the source's _CERT_FILE and _KEY_FILE";
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

export { inTime as a, shownUrl as i, failureOf as n, certificateEnd as o, httpRequest as r, HttpFailure as t };