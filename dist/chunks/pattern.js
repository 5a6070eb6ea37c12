import { isNativeError } from "node:util/types";
import { Script, createContext } from "node:vm";

// src/adapters/pattern.ts
var PatternFailure = class extends Error {
	name = "PatternFailure";
};
const NOT_SHARED = /\\[1-9kAzQEpPC]|\(\?<?[=!]|\[:\^?[a-z]+:\]/;
function compilePattern(pattern, flags = "") {
	const shown = JSON.stringify(pattern);
	const foreign = NOT_SHARED.exec(pattern.replaceAll(String.raw`\\`, "__"));
	if (foreign !== null) throw new PatternFailure(`${shown} uses ${foreign[0]}, which is not supported here`);
	try {
		const inner = pattern.replaceAll("(?P<", "(?<");
		const prefix = /^\(\?([ims]+)\)/.exec(inner);
		const extra = prefix?.[1] ?? "";
		return new RegExp(inner.slice(prefix?.[0].length ?? 0), [...new Set(flags + extra)].join(""));
	} catch (error) {
		throw new PatternFailure(`${shown} is no regular expression`, { cause: error });
	}
}
function matchWithin(ms, work) {
	const context = createContext({ work });
	try {
		return new Script("work()").runInContext(context, { timeout: ms });
	} catch (error) {
		if (isNativeError(error) && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") throw new PatternFailure(`matching took longer than ${ms} ms; simplify the regular expression`);
		throw error;
	}
}

export { compilePattern as n, matchWithin as r, PatternFailure as t };