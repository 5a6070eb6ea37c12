import { f as UsageError, o as DeploymentMismatch, s as DeploymentUnknown } from "./errors.js";
import { _ as ZodError, b as prettifyError, f as strictObject, l as number, n as _enum, p as string, r as array, s as literal } from "./schemas.js";
import { t as artifactsIn } from "./verdict-details.js";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

// src/adapters/local-deployments.ts
const STALE_MS = 1e4;
const RETRY_MS = 50;
const record = strictObject({
	id: string(),
	environment: string(),
	sha: string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
	version: string(),
	key: string(),
	atMs: number(),
	state: _enum([
		"in_progress",
		"success",
		"failure",
		"error",
		"inactive"
	]).optional(),
	description: string().optional(),
	verdict: _enum([
		"healthy",
		"unhealthy",
		"inconclusive"
	]).optional(),
	summary: strictObject({
		title: string(),
		text: string(),
		details: string().optional()
	}).optional()
});
const book = strictObject({
	schema: literal(1),
	next: number().int(),
	deployments: array(record)
});
function localDeployments(file, { clock, signal }) {
	const changed = async (change) => withLock(file, {
		clock,
		signal
	}, async (replace) => {
		const { book, result } = change(await read(file));
		await replace(`${JSON.stringify(book, void 0, 2)}\n`);
		return result;
	});
	const amend = async (id, more) => changed((book) => ({
		book: amended(book, id, {
			file,
			more
		}),
		result: void 0
	}));
	return {
		begin: async (wanted) => changed((book) => begin(book, wanted, {
			file,
			atMs: clock.now()
		})),
		setState: async (id, state, description) => amend(id, {
			state,
			description
		}),
		setVerdict: async (id, verdict, summary) => amend(id, {
			verdict,
			summary
		}),
		async newest(environment, wanted, except) {
			const { deployments } = await read(file);
			const found = deployments.findLast((one) => one.environment === environment && one.id !== except && (wanted === void 0 || one.state === wanted));
			if (found === void 0) return void 0;
			const { state = "unknown", verdict, key } = found;
			return {
				...deployedOf(found),
				key,
				state,
				...verdict !== void 0 && { verdict }
			};
		},
		async lastHealthy(environment, except) {
			const { deployments } = await read(file);
			const found = deployments.findLast((one) => one.environment === environment && one.verdict === "healthy" && one.sha !== except);
			return found && deployedOf(found);
		},
		builtOf: async (environment, sha) => builtIn(await read(file), environment, sha),
		read: async (id) => readIn(await read(file), id, file),
		past: async (environment, limit) => pastIn(await read(file), environment, limit)
	};
}
function readIn({ deployments }, id, file) {
	const found = deployments.find((one) => one.id === id);
	if (found === void 0) throw unknown(id, file);
	const { state = "unknown", verdict, key, environment, description, atMs } = found;
	return {
		...deployedOf(found),
		environment,
		key,
		createdAtMs: atMs,
		state,
		...verdict !== void 0 && { verdict },
		...description !== void 0 && { description }
	};
}
function pastIn({ deployments }, environment, limit) {
	return deployments.filter((one) => one.environment === environment).slice(-limit).toReversed().map(({ atMs, verdict, ...one }) => ({
		...deployedOf(one),
		atMs,
		...verdict && { verdict }
	}));
}
function builtIn({ deployments }, environment, sha) {
	return deployments.filter((one) => one.environment === environment && one.sha === sha).toReversed().map(({ summary }) => artifactsIn(summary?.details)).find((artifacts) => artifacts.length > 0) ?? [];
}
function begin({ next, deployments, schema }, wanted, { file, atMs }) {
	const { environment, sha, version, key, adopt } = wanted;
	const found = deployments.find((one) => adopt === void 0 ? isSame(one, wanted) : one.id === adopt);
	if (found === void 0 && adopt !== void 0) throw unknown(adopt, file);
	if (found?.sha !== void 0 && (found.sha !== sha || found.environment !== environment)) throw new DeploymentMismatch(`Deployment ${found.id} in ${file} is of commit ${found.sha} in ${found.environment}, not of ${sha} in ${environment}.`);
	if (found !== void 0) return {
		book: {
			schema,
			next,
			deployments
		},
		result: {
			id: found.id,
			sha,
			version
		}
	};
	const made = {
		id: String(next),
		environment,
		sha,
		version,
		key,
		atMs
	};
	return {
		book: {
			schema,
			next: next + 1,
			deployments: kept([...deployments, made])
		},
		result: deployedOf(made)
	};
}
function isSame(one, wanted) {
	return one.key === wanted.key && one.environment === wanted.environment && one.sha === wanted.sha;
}
function kept(deployments) {
	const old = deployments.slice(0, -500);
	return [...new Map(old.filter(({ verdict }) => verdict === "healthy").map((one) => [one.environment, one])).values(), ...deployments.slice(-500)];
}
function amended(book, id, { file, more }) {
	if (!book.deployments.some((one) => one.id === id)) throw unknown(id, file);
	return {
		...book,
		deployments: book.deployments.map((one) => one.id === id ? {
			...one,
			...more
		} : one)
	};
}
function unknown(id, file) {
	return new DeploymentUnknown(`${file} has no deployment ${JSON.stringify(id)}.`);
}
function deployedOf({ id, sha, version }) {
	return {
		id,
		sha,
		version
	};
}
async function read(file) {
	let text;
	try {
		text = await readFile(file, "utf8");
	} catch (error) {
		if (error.code === "ENOENT") return {
			schema: 1,
			next: 1,
			deployments: []
		};
		throw unreadable(file, error);
	}
	try {
		return book.parse(JSON.parse(text));
	} catch (error) {
		throw unreadable(file, error);
	}
}
function unreadable(file, cause) {
	const why = cause instanceof ZodError ? prettifyError(cause) : cause instanceof Error ? cause.message : String(cause);
	return new UsageError(`${file} records what each environment runs, but cannot be read: ${why}\nMend it, or move it away to start anew: then no rollback knows where to return to.`, { cause });
}
async function withLock(file, { clock, signal }, work) {
	const beside = `${file}.new`;
	await mkdir(dirname(file), { recursive: true });
	const handle = await openAlone(beside, {
		clock,
		signal
	});
	try {
		return await work(async (text) => {
			await handle.writeFile(text);
			await handle.sync();
			if (await inodeOf(beside) !== (await handle.stat()).ino) throw overtaken(file);
			await rename(beside, file);
		});
	} catch (error) {
		if (await inodeOf(beside) === (await handle.stat()).ino) await rm(beside, { force: true });
		throw error;
	} finally {
		await handle.close();
	}
}
async function openAlone(path, { clock, signal }) {
	let seen;
	for (;;) {
		signal.throwIfAborted();
		try {
			return await open(path, "wx", 384);
		} catch (error) {
			if (error.code !== "EEXIST") throw error;
		}
		const inode = await inodeOf(path);
		if (seen?.inode !== inode) seen = {
			inode,
			sinceMs: clock.now()
		};
		if (seen !== void 0 && clock.now() - seen.sinceMs >= STALE_MS) await rm(path, { force: true });
		else await clock.sleep(RETRY_MS, signal);
	}
}
async function inodeOf(path) {
	return (await stat(path).catch(() => void 0))?.ino;
}
function overtaken(file) {
	return /* @__PURE__ */ new Error(`${file} was changed by another run while this one stood still; nothing of this one was written.`);
}

export { localDeployments };