// src/report/causes.ts
function causes(error) {
	if (!(error instanceof Error)) return String(error);
	return error.cause === void 0 ? error.message : `${error.message}\n  because: ${causes(error.cause)}`;
}

export { causes as t };