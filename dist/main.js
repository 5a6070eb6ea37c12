import { t as readInputs } from "./chunks/inputs.js";
import { t as actionShell } from "./chunks/shell.js";

// src/main.ts
await actionShell(async (shell) => {
	const inputs = readInputs();
	const { runAction } = await import("./chunks/run-action.js");
	await runAction(shell, inputs);
});

export {  };