// src/github/revert-name.ts
function revertBranch({ number, result }) {
	return `revert/pr-${number}-${result.slice(0, 12)}`;
}
function revertedByUs({ head, base }) {
	if (head.repo?.id !== base.repo.id) return void 0;
	const [, number] = /^revert\/pr-(\d{1,12})-[0-9a-f]{12}$/.exec(head.ref) ?? [];
	return number === void 0 ? void 0 : Number(number);
}
function revertMarker({ number, result }, end) {
	return `<!-- seamless:revert pull=${number} result=${result}${end === void 0 ? "" : ` end=${end}`} -->`;
}

export { revertMarker as n, revertedByUs as r, revertBranch as t };