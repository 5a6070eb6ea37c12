import { c as visible } from "./markdown.js";

// src/cli/terminal.ts
async function openTerminal(out, err) {
	const write = (text) => void out.write(`${text}\n`);
	if (!err.isTTY) return {
		out: write,
		line: (text) => void err.write(`${text}\n`),
		live: () => void 0,
		isLive: false
	};
	const { createLogUpdate } = await import("./log-update.js");
	const update = createLogUpdate(err);
	let shown = [];
	return {
		isLive: true,
		out: (text) => {
			update.clear();
			write(text);
		},
		line: (text) => {
			update.clear();
			err.write(`${text}\n`);
			if (shown.length > 0) update(shown.join("\n"));
		},
		live: (lines) => {
			shown = lines;
			if (lines.length === 0) update.clear();
			else update(lines.join("\n"));
		}
	};
}
function terminalLog({ line }) {
	return (mask) => ({
		info: (message) => line(visible(mask.text(message))),
		warning: (message) => line(`warning: ${visible(mask.text(message))}`),
		error: (message) => line(`error: ${visible(mask.text(message))}`),
		output: (step, text) => line(`${step} | ${visible(mask.text(text))}`)
	});
}

export { terminalLog as n, openTerminal as t };