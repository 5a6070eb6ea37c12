import { p as string } from "./schemas.js";

// src/config/branch-name.ts
const EXPECTED = "expected a branch name such as main";
function isBranchName(text) {
	if (text === "" || text === "@" || text.length > 200 || /[\u0000-\u0020\u007F~^:?*[\\]/.test(text)) return false;
	if (text.includes("..") || text.includes("@{") || text.endsWith(".")) return false;
	if (text.startsWith("refs/") || text === "HEAD") return false;
	return text.split("/").every((part) => part !== "" && !/^[-.]|\.lock$/.test(part));
}
const branchName = string({ error: EXPECTED }).refine(isBranchName, { error: EXPECTED });

export { isBranchName as n, branchName as t };