import { i as shownUrl, r as httpRequest, t as HttpFailure } from "./http-request.js";
import { t as RemoteFault } from "./remote-fault.js";

// src/config/service-binding.ts
function bindJenkins(environment) {
	const url = readUrl("SEAMLESS_JENKINS_URL", environment, "https://jenkins.example.org");
	if (!url.ok) return url;
	const user = readWord("SEAMLESS_JENKINS_USER", environment, "the user whose API token is used");
	if (!user.ok) return user;
	if (user.value.includes(":")) return refused("SEAMLESS_JENKINS_USER", "holds a \":\", which no user of basic authentication has.");
	const token = readWord("SEAMLESS_JENKINS_TOKEN", environment, "an API token of that user (Jenkins: the user's page, Security)");
	if (!token.ok) return token;
	return {
		ok: true,
		service: {
			url: url.value,
			user: user.value,
			token: token.value
		}
	};
}
const SERVICE_VARIABLES = {
	jenkins: [
		"SEAMLESS_JENKINS_URL",
		"SEAMLESS_JENKINS_USER",
		"SEAMLESS_JENKINS_TOKEN"
	],
	travis: ["SEAMLESS_TRAVIS_TOKEN"]
};
const TRAVIS_URL = "https://api.travis-ci.com";
function bindTravis(environment) {
	const url = (environment["SEAMLESS_TRAVIS_URL"] ?? "") !== "" ? readUrl("SEAMLESS_TRAVIS_URL", environment, TRAVIS_URL) : {
		ok: true,
		value: TRAVIS_URL
	};
	if (!url.ok) return url;
	const token = readWord("SEAMLESS_TRAVIS_TOKEN", environment, "an API token (Travis CI: Settings, API authentication; or `travis token --com`)");
	if (!token.ok) return token;
	return {
		ok: true,
		service: {
			url: url.value,
			token: token.value
		}
	};
}
function readUrl(variable, environment, example) {
	const text = environment[variable] ?? "";
	if (text === "") return refused(variable, `is not set: set it to where the server is, such as ${example}.`);
	const url = URL.canParse(text) ? new URL(text) : void 0;
	if (url === void 0) return refused(variable, `holds no URL: set it to one such as ${example}.`);
	if (url.protocol !== "http:" && url.protocol !== "https:") return refused(variable, `holds a URL of ${url.protocol}; only http: and https: are asked.`);
	if (url.username !== "" || url.password !== "") return refused(variable, "holds a user or a password, which would show up in logs: leave them out.");
	if (url.search !== "" || url.hash !== "") return refused(variable, "holds a query (?…) or a fragment (#…): leave it out.");
	return {
		ok: true,
		value: `${url.origin}${url.pathname}`.replace(/\/+$/, "")
	};
}
function readWord(variable, environment, what) {
	const value = environment[variable] ?? "";
	if (value === "") return refused(variable, `is not set: set it to ${what}.`);
	if (/^[\u0021-\u007E]+$/.test(value)) return {
		ok: true,
		value
	};
	return refused(variable, "holds a character that no HTTP header can carry: a space or a line break at its end?");
}
function refused(variable, why) {
	return {
		ok: false,
		variable,
		message: `${variable} ${why}`
	};
}

// src/adapters/ask-service.ts
const TIMEOUT_MS = 3e4;
const MAX_BYTES = 8388608;
async function askService(request, signal) {
	const { maxBytes = MAX_BYTES, mayBeCut = false, method = "GET" } = request;
	try {
		const { url, headers, body } = request;
		return read(request, await httpRequest({
			url,
			method,
			headers,
			timeoutMs: TIMEOUT_MS,
			maxBytes,
			overflow: mayBeCut ? "cut" : "fail",
			...body !== void 0 && { body }
		}, signal));
	} catch (error) {
		if (!(error instanceof HttpFailure)) throw error;
		throw new RemoteFault(`${error.message}.`, {
			cause: error,
			isPassing: error.reason !== "too_large"
		});
	}
}
function read({ url }, { status, headers, body, cut }) {
	if (status === 429 || status >= 500) {
		const said = briefly(body.toString("utf8"));
		throw new RemoteFault(`${shownUrl(url)} answers with ${status}${said}.`, { isPassing: true });
	}
	return {
		status,
		headers,
		body: body.toString("utf8"),
		isCut: cut
	};
}
function jsonOf(url, { body }, schema) {
	let value;
	try {
		value = JSON.parse(body);
	} catch (cause) {
		const what = body.trim() === "" ? "nothing" : "no whole JSON";
		throw new RemoteFault(`${shownUrl(url)} answers with ${what}: is it the server's own address?`, {
			cause,
			isPassing: true
		});
	}
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	throw new RemoteFault(`${shownUrl(url)} answers with JSON of another kind: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}.`, { cause: parsed.error });
}
function redirectOf({ status, headers }, from) {
	if (status < 300 || status > 399) return void 0;
	const { location } = headers;
	return location === void 0 || !URL.canParse(location, from.href) ? "elsewhere" : shownUrl(new URL(location, from));
}
function briefly(body) {
	const text = body.replaceAll(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, " ").replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ").trim();
	return text === "" ? "" : `: ${text.length <= 200 ? text : `${text.slice(0, 200)}…`}`;
}

export { SERVICE_VARIABLES as a, bindTravis as c, redirectOf as i, briefly as n, TRAVIS_URL as o, jsonOf as r, bindJenkins as s, askService as t };