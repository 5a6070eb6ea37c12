import { t as hasBegun } from "./chunks/began.js";
import { n as givenNoted, r as locksNoted, t as commandNoted } from "./chunks/post-state.js";
import { t as actionShell } from "./chunks/shell.js";

// src/post.ts
await actionShell(async (shell) => {
	if (!hasBegun() && givenNoted() === "" && locksNoted() === "" && commandNoted() === "") return;
	const { undoAction } = await import("./chunks/undo-action.js");
	await undoAction(shell);
});

export {  };