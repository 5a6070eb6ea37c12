import { t as hasBegun } from "./chunks/began.js";
import { t as actionShell } from "./chunks/shell.js";

// src/post.ts
await actionShell(async (shell) => {
	if (!hasBegun()) return;
	const { undoAction } = await import("./chunks/undo-action.js");
	await undoAction(shell);
});

export {  };