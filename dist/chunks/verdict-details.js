import { p as string, r as array, u as object } from "./schemas.js";
import { t as artifact } from "./facts.js";

// src/upgrade/verdict-details.ts
const details = object({
	upgrade: string(),
	artifacts: array(artifact)
});
function verdictDetails(upgrade, artifacts) {
	return JSON.stringify({
		upgrade,
		artifacts
	});
}
function artifactsIn(text) {
	try {
		return details.parse(JSON.parse(text ?? "")).artifacts;
	} catch {
		return [];
	}
}

export { verdictDetails as n, artifactsIn as t };