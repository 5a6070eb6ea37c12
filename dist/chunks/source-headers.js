// src/adapters/source-headers.ts
function sourceHeaders({ token, basic, headers }) {
	if (basic !== void 0) {
		const pair = Buffer.from(`${basic.user}:${basic.password}`, "utf8").toString("base64");
		return {
			...headers,
			authorization: `Basic ${pair}`
		};
	}
	return {
		...headers,
		...token === void 0 ? {} : { authorization: `Bearer ${token}` }
	};
}

export { sourceHeaders as t };