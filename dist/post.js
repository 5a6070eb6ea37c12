import { r as getState } from "./chunks/core.js";
import { t as actionShell } from "./chunks/shell.js";

// src/post.ts
await actionShell(async (shell) => {
	if (getState("began") !== "true") return;
	const { undoAction } = await import("./chunks/undo-action.js");
	await undoAction(shell);
});

export {  };