import { f as UsageError } from "./errors.js";
import { i as fillValues, n as remoteTestRunner } from "./remote-tests.js";
import { t as workflowBuilds } from "./workflow-tests-builds.js";

// src/adapters/workflow-tests.ts
function workflowTestRunner(step, { github, ...shell }) {
	if (github === void 0) throw new UsageError(`The workflow ${step.workflow} cannot be started: there is no token for GitHub. Set GITHUB_TOKEN and GITHUB_REPOSITORY.`);
	return remoteTestRunner({
		timeoutMs: step.timeoutMs,
		secrets: []
	}, shell, (context) => {
		const inputs = fillValues(step.inputs, context);
		return {
			builds: workflowBuilds(step, inputs, github),
			about: [step.workflow, inputs]
		};
	});
}

export { workflowTestRunner };