import { stripVTControlCharacters } from "node:util";
import { existsSync } from "node:fs";

// src/adapters/output-lines.ts
const LINE_MAX = 16384;
const KEPT_LINES = 64;
const KEPT_BYTES = 16384;
function lineReader(mask, onLine) {
	const maskLine = mask.lines();
	const limit = LINE_MAX + mask.longest;
	let line = "";
	let dropped = 0;
	const flush = () => {
		onLine(shownLine(line, dropped, {
			maskLine,
			margin: mask.longest
		}));
		line = "";
		dropped = 0;
	};
	const append = (text) => {
		const whole = line + text;
		const visible = whole.length > limit ? overwritten(whole) : whole;
		line = visible.slice(0, limit);
		dropped += visible.length - line.length;
	};
	return {
		write: (text) => {
			const parts = text.split("\n");
			for (const [index, part] of parts.entries()) {
				append(part);
				if (index < parts.length - 1) flush();
			}
		},
		end: () => {
			if (line !== "" || dropped > 0) flush();
		}
	};
}
function shownLine(line, dropped, { maskLine, margin }) {
	const masked = maskLine(withoutControls(overwritten(line)));
	const shown = (dropped === 0 ? masked : masked.slice(0, Math.max(0, masked.length - margin))).slice(0, LINE_MAX);
	const missing = dropped + (masked.length - shown.length);
	return missing === 0 ? shown : `${shown}… (${missing} more characters)`;
}
function overwritten(line) {
	const text = line.replace(/\r+$/, "");
	return text.slice(text.lastIndexOf("\r") + 1);
}
function withoutControls(line) {
	return stripVTControlCharacters(line).replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}
function outputTail() {
	const lines = [];
	let bytes = 0;
	return {
		add: (line) => {
			lines.push(line);
			bytes += Buffer.byteLength(line) + 1;
			while (lines.length > KEPT_LINES || bytes > KEPT_BYTES && lines.length > 1) bytes -= Buffer.byteLength(lines.shift() ?? "") + 1;
		},
		text: () => lastBytes(lines.join("\n"))
	};
}
function lastBytes(text) {
	const bytes = Buffer.from(text);
	if (bytes.length <= KEPT_BYTES) return text;
	return bytes.subarray(-16384).toString("utf8").replace(/^\uFFFD+/, "");
}

// src/adapters/process-failure.ts
function failureMessage(ran, stop, output) {
	const said = lastLine(output);
	return `${title(ran)} ${ending(ran, stop)}${said === "" ? "" : ` It last said: ${said}`}`;
}
const TITLE_MAX = 160;
function title({ title, file, args }) {
	const text = (title ?? [file, ...args].join(" ")).replace(/\s+/g, " ");
	return text.length <= TITLE_MAX ? text : `${text.slice(0, TITLE_MAX)}…`;
}
function ending(ran, stop) {
	switch (stop.why) {
		case "done": return "ended.";
		case "exit": return `failed (exit ${stop.code}).${exitHint(stop.code)}`;
		case "signal": return `was ended by ${stop.signal}.${killHint(stop.signal)}`;
		case "timeout": return `timed out after ${durationText(stop.timeoutMs)} and was stopped. Raise its "timeout" if it needs longer.`;
		case "cancelled": return "was stopped because the run was cancelled.";
		default: return `could not be started: ${spawnReason(ran, stop.cause)}`;
	}
}
function exitHint(code) {
	if (code === 126) return " 126 means that a file is not executable: chmod +x it and commit the mode.";
	if (code === 127) return " 127 means that a command was not found: install it before Seamless runs, or correct its path.";
	if (code === 137) return ` 137 means that a command in it was ended by SIGKILL.${killHint("SIGKILL")}`;
	return "";
}
function killHint(signal) {
	return signal === "SIGKILL" ? " Often that is the machine out of memory." : "";
}
function spawnReason({ file, directory }, cause) {
	if (!existsSync(directory)) return `its folder ${directory} does not exist.`;
	switch (cause.code) {
		case "ENOENT": return `${file} is not installed or not on the PATH.`;
		case "EACCES": return `${file} may not be executed.`;
		case "E2BIG": return "its arguments and environment are larger than the system allows.";
		default: return `${cause.message}.`;
	}
}
function durationText(ms) {
	if (ms < 1e3) return `${ms}ms`;
	const seconds = Math.round(ms / 1e3);
	return [
		Math.floor(seconds / 3600),
		Math.floor(seconds % 3600 / 60),
		seconds % 60
	].map((part, index) => part === 0 ? "" : `${part}${"hms"[index]}`).join("");
}
const LAST_LINE_MAX = 300;
function lastLine(output) {
	const line = output.trimEnd().split("\n").at(-1)?.trim() ?? "";
	return line.length <= LAST_LINE_MAX ? line : `${line.slice(0, LAST_LINE_MAX)}…`;
}

export { outputTail as i, failureMessage as n, lineReader as r, durationText as t };