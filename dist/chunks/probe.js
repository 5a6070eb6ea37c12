import { a as inTime, i as shownUrl, n as failureOf, o as certificateEnd, r as httpRequest, t as HttpFailure } from "./http-request.js";
import { n as compilePattern, r as matchWithin, t as PatternFailure } from "./pattern.js";
import { f as UsageError } from "./errors.js";
import { BlockList, connect, isIP } from "node:net";
import { callbackify } from "node:util";
import { once } from "node:events";
import { TLSSocket, connect as connect$1 } from "node:tls";
import { lookup } from "node:dns/promises";

// src/adapters/address-policy.ts
const NEVER = networks([
	"0.0.0.0/8",
	"169.254.0.0/16",
	"192.0.0.0/24",
	"100.100.100.200/32",
	"168.63.129.16/32",
	"224.0.0.0/4",
	"240.0.0.0/4",
	"::/128",
	"fe80::/10",
	"fec0::/10",
	"ff00::/8",
	"fd00:ec2::254/128",
	"fd20:ce::254/128"
]);
const INSIDE = networks([
	"127.0.0.0/8",
	"10.0.0.0/8",
	"172.16.0.0/12",
	"192.168.0.0/16",
	"100.64.0.0/10",
	"198.18.0.0/15",
	"::1/128",
	"fc00::/7",
	"64:ff9b:1::/48",
	"2002::/16",
	"2001::/32"
]);
function refusalOf(address, isNamed, { source, allow }) {
	const plain = withinNat64(address.replace(/%.*$/, ""));
	const holds = (list) => list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
	if (holds(networks(allow))) return void 0;
	const remedy = `if that is meant, name it in SEAMLESS_SOURCE_${source.toUpperCase().replaceAll("-", "_")}_ALLOW`;
	if (holds(NEVER)) return `${address}, where no service is (link-local, a cloud's metadata, multicast); ${remedy}`;
	if (isNamed && holds(INSIDE)) return `${address}, which is not public; ${remedy}`;
}
function vettedLookup(resolve, policy) {
	const vetted = callbackify(async (host) => vet(host, await resolve(host), policy));
	return (host, options, callback) => {
		vetted(host, (error, addresses) => {
			if (error !== null) callback(error, "");
			else if (options.all === true) callback(null, [...addresses]);
			else callback(null, addresses[0].address, addresses[0].family);
		});
	};
}
function vet(host, [first, ...rest], policy) {
	if (first === void 0) throw new HttpFailure("unreachable", `${host} leads to no address`);
	const isNamed = !/^(?:.+\.)?localhost\.?$/i.test(host);
	for (const { address } of [first, ...rest]) {
		const why = refusalOf(address, isNamed, policy);
		if (why !== void 0) throw new HttpFailure("unreachable", `${host} leads to ${why}`);
	}
	return [first, ...rest];
}
function withinNat64(address) {
	const [, low] = /^64:ff9b::((?:[\da-f]{1,4}:)?[\da-f]{1,4})$/i.exec(address) ?? [];
	if (low === void 0) return address;
	const [last = 0, high = 0] = low.split(":").map((group) => Number.parseInt(group, 16)).toReversed();
	return [
		high >> 8,
		high & 255,
		last >> 8,
		last & 255
	].join(".");
}
function networks(texts) {
	const list = new BlockList();
	for (const text of texts) {
		const [address = "", prefix] = text.split("/");
		const family = isIP(address) === 6 ? "ipv6" : "ipv4";
		list.addSubnet(address, prefix === void 0 ? family === "ipv6" ? 128 : 32 : Number(prefix), family);
	}
	return list;
}

// src/adapters/connect.ts
async function connectOnce(request, signal) {
	const { host, port, timeoutMs } = request;
	const where = `${host.includes(":") ? `[${host}]` : host}:${port}`;
	return inTime({
		timeoutMs,
		signal
	}, (end) => handshake(request, end), (error, late) => failureOf({
		where,
		timeoutMs
	}, error, late));
}
async function handshake(request, signal) {
	const socket = open(request);
	try {
		await once(socket, request.tls === void 0 ? "connect" : "secureConnect", { signal });
		const certificateEndsMs = socket instanceof TLSSocket ? certificateEnd(socket) : void 0;
		return certificateEndsMs === void 0 ? {} : { certificateEndsMs };
	} finally {
		socket.on("error", () => {}).destroy();
	}
}
function open({ host, port, tls, lookup }) {
	if (tls === void 0) return connect({
		host,
		port,
		lookup
	});
	return connect$1({
		host,
		port,
		lookup,
		...tls,
		...isIP(host) === 0 ? { servername: host } : {}
	});
}

// src/adapters/probe-answer.ts
const MAX_BODY_BYTES = 1048576;
const MATCHING_MS = 250;
var UndecidedProbe = class extends Error {
	name = "UndecidedProbe";
};
function readExpectation({ method, statuses, body, headers = {} }) {
	try {
		if (body !== void 0 && method === "HEAD") throw new UndecidedProbe("a HEAD request has no body that could match");
		return {
			statuses,
			...body === void 0 ? {} : { body: compilePattern(body) },
			headers: Object.entries(headers).map(([name, text]) => [name.toLowerCase(), compilePattern(text)])
		};
	} catch (error) {
		throw error instanceof PatternFailure ? new UndecidedProbe(error.message, { cause: error }) : error;
	}
}
function isAsExpected(answer, { statuses, headers, body }) {
	try {
		if (!statuses.includes(answer.status)) return false;
		if (headers.length > 0 && !matchWithin(MATCHING_MS, () => hasHeaders(answer, headers))) return false;
		return body === void 0 || hasBody(answer, body);
	} catch (error) {
		throw error instanceof PatternFailure ? new UndecidedProbe(error.message, { cause: error }) : error;
	}
}
function hasHeaders({ headers }, expected) {
	return expected.every(([name, pattern]) => [headers[name] ?? []].flat().some((value) => pattern.test(value)));
}
function hasBody({ body, cut }, expected) {
	const text = body.toString("utf8");
	if (matchWithin(MATCHING_MS, () => expected.test(text))) return true;
	if (cut) throw new UndecidedProbe("the body is over 1 MiB and its beginning does not match");
	return false;
}

// src/adapters/probe-place.ts
function readPlace(text, policy) {
	const url = URL.parse(text);
	const refused = (why) => new UsageError(`source ${policy.source}: ${why}`);
	if (url === null || !/^(?:https?|tcp):$/.test(url.protocol)) throw refused("expected the http or https URL of the service, or tcp://host:port");
	if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") throw refused("a probe's URL has no user, password, query or fragment");
	const place = url.protocol === "tcp:" ? tcpPlace(url, refused) : httpPlace(url);
	const why = isIP(place.host) === 0 ? void 0 : refusalOf(place.host, false, policy);
	if (why !== void 0) throw refused(`its URL leads to ${why}`);
	return place;
}
function httpPlace(base) {
	const port = Number(base.port || (base.protocol === "https:" ? 443 : 80));
	return {
		base,
		host: bare(base.hostname),
		port
	};
}
function tcpPlace(url, refused) {
	const host = URL.parse(`http://${url.hostname}`)?.hostname ?? "";
	if (host === "" || url.port === "" || !/^\/?$/.test(url.pathname)) throw refused("a tcp URL is tcp://host:port, and nothing more");
	return {
		host: bare(host),
		port: Number(url.port)
	};
}
function bare(hostname) {
	return hostname.replace(/^\[(.*)\]$/, "$1");
}
function below(base, path) {
	if (!path.startsWith("/")) return void 0;
	const prefix = base.pathname.replace(/\/$/, "");
	const url = URL.parse(`${base.origin}${prefix}${path}`);
	return url?.origin === base.origin && url.pathname.startsWith(`${prefix}/`) && url.username === "" ? url : void 0;
}

// src/adapters/probe.ts
function probeSource(options) {
	const { name, url, clock, tls = {}, allow = [] } = options;
	const resolve = options.resolve ?? ((host) => lookup(host, { all: true }));
	const policy = {
		source: name,
		allow
	};
	const site = {
		place: readPlace(url, policy),
		clock,
		tls,
		lookup: vettedLookup(resolve, policy)
	};
	return {
		name,
		async read(queries, signal) {
			signal.throwIfAborted();
			return Promise.all(queries.map((query) => measure(site, query, signal)));
		}
	};
}
async function measure(site, query, signal) {
	if (query.kind !== "probe") return {
		kind: "invalid",
		why: `a probe does not answer ${query.kind} queries`
	};
	const { probe } = query;
	try {
		const atMs = site.clock.now();
		const { instance, ask } = "connect" in probe ? connection(site, probe) : exchange(site, probe);
		const startedMs = performance.now();
		const found = await ask(signal);
		const seconds = (performance.now() - startedMs) / 1e3;
		const success = found.success && isCertificateKept(probe, found, atMs);
		return samples(instance, atMs, {
			...found,
			success,
			seconds
		});
	} catch (error) {
		if (error instanceof UndecidedProbe) return {
			kind: "invalid",
			why: error.message
		};
		if (error instanceof HttpFailure) return {
			kind: "error",
			why: error.message
		};
		throw error;
	}
}
function exchange({ place: { base }, tls, lookup }, probe) {
	if (base === void 0) throw new UndecidedProbe("a tcp URL has no paths: write connect instead of probe");
	const url = below(base, probe.path);
	if (url === void 0) throw new UndecidedProbe(`${JSON.stringify(probe.path)} is no path below ${shownUrl(base)}`);
	if (probe.certificateMs !== void 0 && url.protocol !== "https:") throw new UndecidedProbe(`${shownUrl(url)} has no certificate: its URL is not https`);
	const expectation = readExpectation(probe);
	const { method, timeoutMs } = probe;
	const limits = {
		timeoutMs,
		maxBytes: MAX_BODY_BYTES,
		overflow: "cut"
	};
	return {
		instance: shownUrl(url),
		ask: (signal) => unlessItsOwn({
			success: false,
			status: 0
		}, async () => {
			const answer = await httpRequest({
				url,
				method,
				tls,
				lookup,
				...limits
			}, signal);
			const { status, certificateEndsMs } = answer;
			return {
				success: isAsExpected(answer, expectation),
				status,
				...certificateEndsMs === void 0 ? {} : { certificateEndsMs }
			};
		})
	};
}
function connection({ place: { host, port }, tls, lookup }, { connect, timeoutMs }) {
	const request = {
		host,
		port,
		timeoutMs,
		lookup,
		...connect === "tls" ? { tls } : {}
	};
	return {
		instance: `${host.includes(":") ? `[${host}]` : host}:${port}`,
		ask: (signal) => unlessItsOwn({ success: false }, async () => ({
			success: true,
			...await connectOnce(request, signal)
		}))
	};
}
async function unlessItsOwn(failed, ask) {
	try {
		return await ask();
	} catch (error) {
		if (error instanceof HttpFailure && error.reason !== "unreachable") return failed;
		throw error;
	}
}
function isCertificateKept({ certificateMs }, { certificateEndsMs }, nowMs) {
	return certificateMs === void 0 || (certificateEndsMs ?? 0) - nowMs >= certificateMs;
}
function samples(instance, atMs, { success, seconds, status, certificateEndsMs }) {
	const named = (name, value) => ({
		labels: {
			__name__: name,
			instance
		},
		value,
		atMs
	});
	return {
		kind: "ok",
		samples: [
			named("probe_success", success ? 1 : 0),
			named("probe_duration_seconds", seconds),
			...status === void 0 ? [] : [named("probe_http_status_code", status)],
			...certificateEndsMs === void 0 ? [] : [named("probe_ssl_earliest_cert_expiry", certificateEndsMs / 1e3)]
		]
	};
}

export { probeSource };