import { f as UsageError } from "./errors.js";
import { n as stepOutcome } from "./run-deploy2.js";
import { n as runShell } from "./run-shell.js";

// src/adapters/run-traffic.ts
function runTraffic(line, shell) {
	return { async setWeight(percent, context) {
		if (!(percent >= 0 && percent <= 100)) throw new UsageError(`${context.step}: a share of the traffic is 0 to 100 percent, not ${percent}.`);
		const values = {
			...context.values,
			SEAMLESS_WEIGHT: String(percent)
		};
		return stepOutcome(await runShell(shell, line, {
			...context,
			values
		}, { background: "keep" }));
	} };
}

export { runTraffic };