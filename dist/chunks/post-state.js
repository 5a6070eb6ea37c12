import { i as saveState, r as getState } from "./core.js";

// src/action/post-state.ts
function noteGiven(text) {
	saveState("given", text);
}
function givenNoted() {
	return getState("given");
}
function noteLocks(text) {
	saveState("locks", text);
}
function locksNoted() {
	return getState("locks");
}
function noteCommand(text) {
	saveState("command", text);
}
function commandNoted() {
	return getState("command");
}

export { noteGiven as a, noteCommand as i, givenNoted as n, noteLocks as o, locksNoted as r, commandNoted as t };