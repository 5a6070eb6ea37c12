import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

// src/adapters/state-folder.ts
async function stateFolder(root) {
	const folder = join(root, ".seamless");
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, ".gitignore"), "*\n");
	return folder;
}

export { stateFolder as t };