import { t as leven } from "./leven.js";

// src/config/label-template.ts
const TEMPLATE_VARIABLES = [
	"version",
	"previous",
	"sha",
	"branch",
	"environment",
	"repository"
];
const KNOWN = new RegExp(`\\{(${TEMPLATE_VARIABLES.join("|")})\\}`, "g");
function fillTemplate(text, values, encode = (value) => value) {
	let missing = false;
	const filled = text.replace(KNOWN, (_, name) => {
		const value = values[name];
		if (value === void 0 || value === "") missing = true;
		return encode(value ?? "");
	});
	return missing ? void 0 : filled;
}
function misspeltVariable(text) {
	for (const [, written = ""] of text.matchAll(/\{([A-Za-z_-]+)\}/g)) {
		if (TEMPLATE_VARIABLES.includes(written)) continue;
		const meant = TEMPLATE_VARIABLES.find((name) => leven(written.toLowerCase(), name) <= (name.length > 4 ? 2 : 0));
		if (meant !== void 0) return {
			written,
			meant
		};
	}
}

export { fillTemplate as n, misspeltVariable as r, TEMPLATE_VARIABLES as t };