import { p as string } from "./schemas.js";
import { n as fillTemplate, t as TEMPLATE_VARIABLES } from "./label-template.js";

// src/config/template.ts
const NONE = "none";
function template(variables) {
	return string({ error: "expected text" }).regex(/\S/, { error: "expected text that is not empty" }).max(4e3).superRefine((text, context) => {
		for (const slip of slips(text, variables)) context.addIssue(slip);
	}).brand("Template");
}
function fillText(text, values) {
	const known = Object.fromEntries(TEMPLATE_VARIABLES.map((name) => [name, values[name] || NONE]));
	return fillTemplate(text, known) ?? text;
}
function slips(text, allowed) {
	const expected = allowed.length === 0 ? "text without {…}" : `one of ${allowed.map((name) => `{${name}}`).join(", ")}`;
	return [...text.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g)].flatMap(([found, name]) => {
		if (name === void 0) return [slip(`${JSON.stringify(found)} opens or closes no variable`, { expected })];
		if (isOneOf(allowed, name)) return [];
		if (isOneOf(TEMPLATE_VARIABLES, name)) return [slip(`{${name}} is not known here`, { expected })];
		return [slip(`unknown variable ${JSON.stringify(`{${name.slice(0, 40)}}`)}`, {
			expected,
			written: name,
			names: [...allowed],
			braces: true
		})];
	});
}
function slip(message, params) {
	return {
		code: "custom",
		message,
		params
	};
}
function isOneOf(names, name) {
	return names.includes(name);
}

export { template as n, fillText as t };