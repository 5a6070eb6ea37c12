import { createHash } from "node:crypto";

// src/upgrade/digest.ts
function digestOf(value) {
	return `sha256:${createHash("sha256").update(JSON.stringify(ordered(value))).digest("hex")}`;
}
function ordered(value) {
	if (Array.isArray(value)) return value.map(ordered);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== void 0).toSorted(([a], [b]) => a < b ? -1 : 1).map(([key, inner]) => [key, ordered(inner)]));
}

export { digestOf as t };