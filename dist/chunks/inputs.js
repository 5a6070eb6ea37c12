import { n as getInput } from "./core.js";
import { f as UsageError } from "./errors.js";
import { t as stages } from "./stage.js";

// src/action/inputs.ts
const operations = [
	"run",
	"plan",
	"rollback",
	"command",
	"settle"
];
function readInputs() {
	return {
		operation: oneOf("operation", operations),
		config: getInput("config"),
		stage: oneOf("stage", ["all", ...stages]),
		...optional("environment", "environment"),
		...optional("sha", "sha"),
		...optional("deploymentId", "deployment-id"),
		...optional("planDigest", "plan-digest"),
		...optional("requestId", "request-id"),
		...optional("token", "github-token"),
		workingDirectory: getInput("working-directory")
	};
}
function oneOf(input, known) {
	const value = getInput(input);
	const found = known.find((one) => one === value);
	if (found !== void 0) return found;
	throw new UsageError(`The input "${input}" is ${JSON.stringify(value)}; it must be one of ${known.join(", ")}.`);
}
function optional(key, input) {
	const value = getInput(input);
	return value === "" ? {} : { [key]: value };
}

export { readInputs as t };