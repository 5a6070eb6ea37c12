// src/adapters/numbered-cases.ts
function numberedCases(cases) {
	const seen = /* @__PURE__ */ new Map();
	return cases.map((one) => {
		const count = (seen.get(one.name) ?? 0) + 1;
		seen.set(one.name, count);
		return count === 1 ? one : {
			...one,
			name: `${one.name} (${count})`
		};
	});
}

export { numberedCases as t };