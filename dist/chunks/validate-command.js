import { r as formatConfigError, t as parseConfig } from "./parse.js";
import { f as UsageError } from "./errors.js";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

// src/cli/validate-command.ts
async function validateCommand({ line, folder, terminal }) {
	const text = await readFile(join(folder, line.config), "utf8").catch((cause) => {
		throw new UsageError(`There is no ${line.config} in ${folder}. "seamless init" writes one; --config names another.`, { cause });
	});
	const parsed = parseConfig(text, line.config);
	const errors = parsed.ok ? [] : parsed.errors;
	if (line.json) terminal.out(JSON.stringify({
		ok: parsed.ok,
		errors
	}, void 0, 2));
	else terminal.out(parsed.ok ? `${line.config} is well-formed.` : errors.map(formatConfigError).join("\n"));
	return parsed.ok ? 0 : 2;
}

export { validateCommand };