// src/adapters/mask.ts
const STARS = "***";
const SHORT = 4;
const ENCODED_MIN = 8;
function maskOf(secrets) {
	const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
	const known = forms.length === 0 ? void 0 : new RegExp(forms.map(patternOf).join("|"), "g");
	const maskLine = (line) => maskFormats(known ? line.replace(known, STARS) : line);
	const mask = {
		text: (text) => {
			return (known ? text.replace(known, STARS) : text).split("\n").map(lineMasker(maskLine)).join("\n");
		},
		lines: () => lineMasker(maskLine),
		longest: forms[0]?.length ?? 0,
		with: (more) => more.length === 0 ? mask : maskOf([...secrets, ...more])
	};
	return mask;
}
function looksSecret(text) {
	return PRIVATE_KEY.test(text) || maskFormats(text) !== text;
}
function formsOf(secret) {
	const value = secret.trim();
	if (value === "") return [];
	const lines = value.split(/\r?\n/).map((line) => line.trim());
	const perLine = lines.length === 1 ? [] : lines.filter((line) => line.length >= SHORT);
	const encoded = [
		...base64Forms(value),
		...urlForms(value),
		JSON.stringify(value).slice(1, -1)
	];
	return [
		value,
		...perLine,
		...encoded.filter((form) => form.length >= ENCODED_MIN)
	];
}
function base64Forms(value) {
	return [
		0,
		1,
		2
	].flatMap((offset) => {
		const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
		const first = Math.ceil(offset * 8 / 6);
		const end = Math.floor(bytes.length * 8 / 6);
		return [bytes.toString("base64").slice(first, end), bytes.toString("base64url").slice(first, end)];
	});
}
function urlForms(value) {
	const percent = encodeURIComponent(value.toWellFormed());
	return [
		percent,
		percent.replaceAll("%20", "+"),
		percent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())
	];
}
function patternOf(form) {
	const literal = form.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
	return form.length < SHORT ? `(?<![\\w])${literal}(?![\\w])` : literal;
}
const FORMATS = [
	[/gh[pousr]_[A-Za-z0-9_.-]{16,}/g, STARS],
	[/github_pat_\w{16,}/g, STARS],
	[/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g, STARS],
	[/((?:secret_?access_?key|session_?token)["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9/+=]{16,}/gi, `$1${STARS}`],
	[/\b(?:npm_[A-Za-z0-9]{36}|glpat-[\w-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,})/g, STARS],
	[/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, STARS],
	[/(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:basic|bearer|token|digest)\s{1,4})?)[^\s"',;]+/gi, `$1${STARS}`],
	[/:\/\/[^\s/:@]*:[^\s/@]+@/g, `://${STARS}@`]
];
function maskFormats(line) {
	return FORMATS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_ON_A_LINE = /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----|$)/g;
const KEY_END = /-----END [A-Z0-9 ]{0,32}PRIVATE KEY/;
const KEY_BODY = /^\s*(?:[A-Za-z0-9+/=]*|[A-Za-z-]{1,20}: .*)\s*$|[A-Za-z0-9+/=]{40,}/;
function lineMasker(maskLine) {
	let prefix;
	return (line) => {
		if (prefix !== void 0) {
			const rest = line.startsWith(prefix) ? line.slice(prefix.length) : line;
			const isEnd = KEY_END.test(line);
			if (isEnd || !KEY_BODY.test(rest)) prefix = void 0;
			if (isEnd || prefix !== void 0) return STARS;
		}
		const begin = line.lastIndexOf("-----BEGIN ");
		prefix = begin !== -1 && PRIVATE_KEY.test(line.slice(begin)) && !KEY_END.test(line.slice(begin)) ? line.slice(0, begin) : void 0;
		return maskLine(line.replace(KEY_ON_A_LINE, STARS));
	};
}

export { maskOf as n, looksSecret as t };