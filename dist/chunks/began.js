import { i as saveState, r as getState } from "./core.js";

// src/action/began.ts
function noteBeginning() {
	saveState("began", "true");
}
function noteEnd() {
	saveState("began", "");
}
function hasBegun() {
	return getState("began") === "true";
}

export { noteBeginning as n, noteEnd as r, hasBegun as t };