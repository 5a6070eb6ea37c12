import { s as bindJenkins } from "./ask-service.js";
import { i as fillValues, n as remoteTestRunner, t as boundService } from "./remote-tests.js";
import { t as jenkinsBuilds } from "./jenkins-builds.js";

// src/adapters/jenkins.ts
function jenkinsTestRunner({ jenkins, timeoutMs }, shell) {
	const service = boundService(bindJenkins(shell.environment));
	return remoteTestRunner({
		timeoutMs,
		secrets: [service.token]
	}, shell, (context) => {
		const values = fillValues(jenkins.parameters, context);
		return {
			builds: jenkinsBuilds(jenkins, values, service),
			about: [jenkins.job, values]
		};
	});
}

export { jenkinsTestRunner };