import { c as bindTravis } from "./ask-service.js";
import { t as fillText } from "./template.js";
import { f as UsageError } from "./errors.js";
import { a as valuesOfStep, i as fillValues, n as remoteTestRunner, r as commitOfStep, t as boundService } from "./remote-tests.js";
import { t as travisBuilds } from "./travis-builds.js";

// src/adapters/travis.ts
function travisTestRunner({ travis, timeoutMs }, shell) {
	const service = boundService(bindTravis(shell.environment));
	return remoteTestRunner({
		timeoutMs,
		secrets: [service.token]
	}, shell, (context) => {
		const request = requestOf(travis, context);
		return {
			builds: travisBuilds(request, service),
			about: request
		};
	});
}
function requestOf(travis, context) {
	const repository = travis.repository ?? context.values["SEAMLESS_REPOSITORY"] ?? "";
	if (!repository.includes("/")) throw new UsageError(`${context.step}: "repository" under travis is needed here: owner/name.`);
	const { branch } = travis;
	const values = valuesOfStep(context);
	const isKnown = branch !== void 0 && (values.branch !== void 0 || !branch.includes("{branch}"));
	return {
		repository,
		sha: commitOfStep(context),
		...isKnown && { branch: fillText(branch, values) },
		variables: travisVariables(fillValues(travis.variables, context), context.step)
	};
}
const HARMLESS = /^[\w.,:/@%+=-]*$/;
function travisVariables(values, step) {
	return Object.entries(values).map(([name, value]) => {
		if (HARMLESS.test(value)) return `${name}=${value}`;
		throw new UsageError(`${step}: the variable ${name} would hold ${JSON.stringify(value.slice(0, 80))}, which a shell at Travis CI would read as code. Only letters, digits and . , : / @ % + = _ - go there.`);
	});
}

export { travisTestRunner };