// src/report/markdown.ts
const MAX_BODY = 65535;
function code(text, maxLength = 200) {
	const shown = cutAt(visible(text).replaceAll(/\s+/g, " ").trim(), maxLength);
	if (shown === "") return "` `";
	const ticks = "`".repeat(longestRun(shown) + 1);
	const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
	return `${ticks}${pad}${shown}${pad}${ticks}`;
}
function cell(text, maxLength = 200) {
	return code(text, maxLength).replaceAll(/(\\*)\|/g, (_, slashes) => `${slashes}${slashes}\\|`);
}
function fence(text, { language = "", maxLength = 16e3 } = {}) {
	const shown = visible(text).replace(/\n+$/, "");
	const kept = shown.length > maxLength ? `… ${shown.length - maxLength} characters before\n${tailOf(shown, maxLength)}` : shown;
	const ticks = "`".repeat(Math.max(3, longestRun(kept) + 1));
	return `${ticks}${language}\n${kept}\n${ticks}`;
}
function mention(login) {
	return /^[a-z\d](?:[a-z\d]|-(?=[a-z\d])){0,38}(?:_[a-z\d]{1,38})?$/i.test(login) ? `@${login}` : code(login);
}
function plain(text, maxLength = 256) {
	return cutAt(visible(text).replaceAll(/\s+/g, " ").trim(), maxLength);
}
function prose(text, maxLength = 256) {
	return plain(text, maxLength).replaceAll(/[\\`*_[\]<>#|~!&]/g, "\\$&").replaceAll(/@(?=[\p{L}\p{N}])|#(?=\d)|\bGH-(?=\d)/giu, "$&⁠").replaceAll("://", ":\\//").replaceAll(/\bwww\./gi, "www\\.");
}
function posted(markdown, { marker = "", rest = "", max = MAX_BODY } = {}) {
	const body = markdown.replaceAll("<!--", "&lt;!--").replaceAll("\0", "");
	const tail = marker === "" ? "" : `\n\n${marker}`;
	if (body.length + tail.length <= max) return body + tail;
	const notice = `\n\n… cut here${rest === "" ? "" : `; all of it: ${rest}`}`;
	const fits = max - tail.length - notice.length;
	let head = wholeLines(body, fits);
	for (let over = closings(head).length; head !== "" && head.length + over > fits; over = closings(head).length) head = wholeLines(head, fits - over);
	return head + closings(head) + notice + tail;
}
function visible(text) {
	return text.replaceAll(/\r\n?/g, "\n").replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0]/gu, (char) => char === "\n" || char === "	" ? char : `\\u{${char.codePointAt(0)?.toString(16) ?? ""}}`);
}
function longestRun(text) {
	return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
function cutAt(text, maxLength) {
	return text.length <= maxLength ? text : `${wellFormed(text.slice(0, maxLength - 1))}…`;
}
function tailOf(text, maxLength) {
	return wellFormed(text.slice(-maxLength));
}
function wellFormed(text) {
	return text.replaceAll(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/g, "");
}
function wholeLines(text, room) {
	const cut = text.slice(0, room);
	const end = cut.lastIndexOf("\n");
	return wellFormed(end > room / 2 ? cut.slice(0, end) : cut);
}
function closings(markdown) {
	let open = "";
	let details = 0;
	for (const line of markdown.split("\n")) {
		const [, ticks = "", after = ""] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
		if (open === "" && ticks !== "") open = ticks;
		else if (open !== "" && ticks.startsWith(open) && after.trim() === "") open = "";
		else if (open === "") details += count(line, /<details\b/gi) - count(line, /<\/details>/gi);
	}
	return (open === "" ? "" : `\n${open}`) + "\n</details>".repeat(Math.max(0, Math.min(details, 8)));
}
function count(text, pattern) {
	return [...text.matchAll(pattern)].length;
}

export { plain as a, visible as c, mention as i, code as n, posted as o, fence as r, prose as s, cell as t };