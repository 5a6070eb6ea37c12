import { t as isForbiddenVariable } from "./variable-name.js";
import { f as UsageError } from "./errors.js";
import { t as looksSecret } from "./mask.js";

// src/adapters/child-environment.ts
function childEnvironment(shell, needs) {
	return {
		...inherited(shell),
		...plain(needs),
		...declaredSecrets(shell, needs),
		...seamlessValues(needs)
	};
}
const GUESSED_MIN = 8;
function secretValues(shell, declared = []) {
	return Object.entries(shell).flatMap(([name, value = ""]) => {
		const guessed = isSecret(name, value) && value.length >= GUESSED_MIN;
		return value !== "" && (declared.includes(name) || guessed) ? [value] : [];
	});
}
function inherited(shell) {
	const entries = Object.entries(shell).filter((entry) => entry[1] !== void 0 && !isPowerful(entry[0]) && !isSecret(entry[0], entry[1]));
	return Object.fromEntries(entries);
}
const SECRET_NAME = /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE|(?:^|_)(?:KEY|PAT|PWD|AUTH)(?:_|$)|API_?KEY/i;
const FOLDER = /^(?:OLD)?PWD$/;
function isSecret(name, value) {
	if (FOLDER.test(name)) return false;
	if (SECRET_NAME.test(name)) return true;
	return !/_proxy$/i.test(name) && looksSecret(value);
}
const OURS = /^(?:(?:INPUT|ACTIONS|STATE|SEAMLESS|SSH_AUTH|SSH_AGENT)_.*|GITHUB_(?:ENV|OUTPUT|PATH|STATE|STEP_SUMMARY))$/i;
const POWERFUL = /^(?:NODE_OPTIONS|NODE_PATH|NODE_REPL_.*|LD_.*|DYLD_.*|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|BASH_FUNC_.*|BASH_XTRACEFD|PROMPT_COMMAND|PS4|IFS|CDPATH|GLOBIGNORE|GIT_.*|PYTHON(?:STARTUP|PATH|HOME)|PERL5(?:OPT|LIB|DB)|RUBYOPT|RUBYLIB|_?JAVA_(?:TOOL_)?OPTIONS)$/i;
function isPowerful(name) {
	return OURS.test(name) || POWERFUL.test(name) || !VARIABLE.test(name);
}
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
function plain({ step, env = {} }) {
	for (const [name, value] of Object.entries(env)) {
		assertVariable(step, name, value);
		assertOwn(step, "env", name);
	}
	return { ...env };
}
function declaredSecrets(shell, { step, secrets = [] }) {
	const found = {};
	for (const name of secrets) {
		assertVariable(step, name, "");
		assertOwn(step, "secrets", name);
		const value = shell[name];
		if (value === void 0 || value === "") throw new UsageError(missingSecret(step, name));
		found[name] = value;
	}
	return found;
}
function missingSecret(step, name) {
	return `${step} declares the secret ${name}, but the environment of Seamless has no value for it. In a workflow add "${name}: \${{ secrets.${name} }}" under env: of the step that uses Seamless; in a terminal export ${name}; or remove it from "secrets".`;
}
function seamlessValues({ step, values = {} }) {
	for (const [name, value] of Object.entries(values)) {
		assertVariable(step, name, value);
		if (!/^SEAMLESS_[A-Z0-9_]+$/.test(name)) throw new UsageError(`${step}: ${name} cannot be handed to a command: only SEAMLESS_… values are.`);
	}
	return { ...values };
}
function assertOwn(step, field, name) {
	if (!isForbiddenVariable(name)) return;
	throw new UsageError(`${step}: "${field}" may not name ${name}: it steers programs, Seamless or the job. Choose a name of your own.`);
}
function assertVariable(step, name, value) {
	if (!VARIABLE.test(name)) throw new UsageError(`${step}: ${JSON.stringify(name)} is no name of an environment variable (letters, digits and _).`);
	if (value.includes("\0")) throw new UsageError(`${step}: the value of ${name} has a NUL character, which no command can receive.`);
}

export { secretValues as n, childEnvironment as t };