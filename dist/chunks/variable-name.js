import { p as string } from "./schemas.js";

// src/config/variable-name.ts
const FORBIDDEN = [
	/^(?:PATH|NODE_OPTIONS|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|IFS|PS4)$/i,
	/^(?:LD|DYLD|BASH_FUNC)_/i,
	/^(?:GITHUB|GIT|INPUT|ACTIONS|RUNNER|SEAMLESS)_/i
];
const EXPECTED = "expected a variable name of letters, digits and _, such as DEPLOY_KEY";
function isForbiddenVariable(name) {
	return FORBIDDEN.some((pattern) => pattern.test(name));
}
const variableName = string({ error: EXPECTED }).regex(/^[A-Za-z_]\w{0,99}$/, { error: EXPECTED }).refine((name) => !isForbiddenVariable(name), { error: "expected a variable of your own; this one steers the shell, the runner or Seamless" });

export { variableName as n, isForbiddenVariable as t };