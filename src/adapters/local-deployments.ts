import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

import { DeploymentMismatch, DeploymentUnknown, UsageError } from '../errors.ts'
import type { Artifact } from '../ports/builder.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  Deployed,
  Deployments,
  NewDeployment,
  PastDeployment,
  ReadDeployment,
} from '../ports/deployments.ts'
import { artifactsIn } from '../upgrade/verdict-details.ts'

/** A writer that is seen at it for longer than this has died: writing takes milliseconds. */
const STALE_MS = 10_000
const RETRY_MS = 50
/** Old deployments are of no use; this many are kept of all environments together. */
const MAX_KEPT = 500

const record = z.strictObject({
  id: z.string(),
  environment: z.string(),
  sha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  version: z.string(),
  key: z.string(),
  atMs: z.number(),
  state: z.enum(['in_progress', 'success', 'failure', 'error', 'inactive']).optional(),
  description: z.string().optional(),
  verdict: z.enum(['healthy', 'unhealthy', 'inconclusive']).optional(),
  summary: z.strictObject({ title: z.string(), text: z.string(), details: z.string().optional() }).optional(),
})
type Record = z.infer<typeof record>

/** The file's content; `deployments` is oldest first. */
const book = z.strictObject({ schema: z.literal(1), next: z.number().int(), deployments: z.array(record) })
type Book = z.infer<typeof book>

/**
 * What runs where, in a file, for runs without a token: one JSON document, replaced whole. Several runs may share it. What
 * it cannot read it never overwrites: that would forget what to roll back to.
 */
export function localDeployments(
  file: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Deployments {
  const changed = async <Result>(change: (book: Book) => { book: Book; result: Result }): Promise<Result> =>
    withLock(file, { clock, signal }, async (replace) => {
      const { book, result } = change(await read(file))
      await replace(`${JSON.stringify(book, undefined, 2)}\n`)
      return result
    })
  const amend = async (id: string, more: Partial<Record>): Promise<void> =>
    changed((book) => ({ book: amended(book, id, { file, more }), result: undefined }))
  return {
    begin: async (wanted) => changed((book) => begin(book, wanted, { file, atMs: clock.now() })),
    setState: async (id, state, description) => amend(id, { state, description }),
    setVerdict: async (id, verdict, summary) => amend(id, { verdict, summary }),
    async newest(environment, wanted, except) {
      const { deployments } = await read(file)
      const found = deployments.findLast(
        (one) =>
          one.environment === environment &&
          one.id !== except &&
          (wanted === undefined || one.state === wanted),
      )
      if (found === undefined) return undefined
      const { state = 'unknown', verdict, key } = found
      return { ...deployedOf(found), key, state, ...(verdict !== undefined && { verdict }) }
    },
    async lastHealthy(environment, except) {
      const { deployments } = await read(file)
      const found = deployments.findLast(
        (one) => one.environment === environment && one.verdict === 'healthy' && one.sha !== except,
      )
      return found && deployedOf(found)
    },
    builtOf: async (environment, sha) => builtIn(await read(file), environment, sha),
    read: async (id) => readIn(await read(file), id, file),
    past: async (environment, limit) => pastIn(await read(file), environment, limit),
  }
}

/** Error: `DeploymentUnknown`. */
function readIn({ deployments }: Book, id: string, file: string): ReadDeployment {
  const found = deployments.find((one) => one.id === id)
  if (found === undefined) throw unknown(id, file)
  const { state = 'unknown', verdict, key, environment, description, atMs } = found
  return {
    ...deployedOf(found),
    environment,
    key,
    createdAtMs: atMs,
    state,
    ...(verdict !== undefined && { verdict }),
    ...(description !== undefined && { description }),
  }
}

function pastIn({ deployments }: Book, environment: string, limit: number): readonly PastDeployment[] {
  const found = deployments.filter((one) => one.environment === environment).slice(-limit)
  return found
    .toReversed()
    .map(({ atMs, verdict, ...one }) => ({ ...deployedOf(one), atMs, ...(verdict && { verdict }) }))
}

function builtIn({ deployments }: Book, environment: string, sha: string): readonly Artifact[] {
  const own = deployments.filter((one) => one.environment === environment && one.sha === sha)
  const built = own.toReversed().map(({ summary }) => artifactsIn(summary?.details))
  return built.find((artifacts) => artifacts.length > 0) ?? []
}

function begin(
  { next, deployments, schema }: Book,
  wanted: NewDeployment,
  { file, atMs }: { file: string; atMs: number },
): { book: Book; result: Deployed } {
  const { environment, sha, version, key, adopt } = wanted
  const found = deployments.find((one) => (adopt === undefined ? isSame(one, wanted) : one.id === adopt))
  if (found === undefined && adopt !== undefined) throw unknown(adopt, file)
  if (found?.sha !== undefined && (found.sha !== sha || found.environment !== environment)) {
    throw new DeploymentMismatch(
      `Deployment ${found.id} in ${file} is of commit ${found.sha} in ${found.environment}, not of ${sha} in ${environment}.`,
    )
  }
  if (found !== undefined) {
    return { book: { schema, next, deployments }, result: { id: found.id, sha, version } }
  }
  const made = { id: String(next), environment, sha, version, key, atMs }
  return {
    book: { schema, next: next + 1, deployments: kept([...deployments, made]) },
    result: deployedOf(made),
  }
}

function isSame(one: Record, wanted: NewDeployment): boolean {
  return one.key === wanted.key && one.environment === wanted.environment && one.sha === wanted.sha
}

/** The newest, and of each environment the last healthy one, however old. */
function kept(deployments: readonly Record[]): Record[] {
  const old = deployments.slice(0, -MAX_KEPT)
  const targets = new Map(
    old.filter(({ verdict }) => verdict === 'healthy').map((one) => [one.environment, one]),
  )
  return [...targets.values(), ...deployments.slice(-MAX_KEPT)]
}

function amended(book: Book, id: string, { file, more }: { file: string; more: Partial<Record> }): Book {
  if (!book.deployments.some((one) => one.id === id)) throw unknown(id, file)
  return { ...book, deployments: book.deployments.map((one) => (one.id === id ? { ...one, ...more } : one)) }
}

function unknown(id: string, file: string): DeploymentUnknown {
  return new DeploymentUnknown(`${file} has no deployment ${JSON.stringify(id)}.`)
}

function deployedOf({ id, sha, version }: Deployed): Deployed {
  return { id, sha, version }
}

async function read(file: string): Promise<Book> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { schema: 1, next: 1, deployments: [] }
    throw unreadable(file, error)
  }
  try {
    return book.parse(JSON.parse(text))
  } catch (error) {
    throw unreadable(file, error)
  }
}

function unreadable(file: string, cause: unknown): UsageError {
  const why =
    cause instanceof z.ZodError
      ? z.prettifyError(cause)
      : cause instanceof Error
        ? cause.message
        : String(cause)
  return new UsageError(
    `${file} records what each environment runs, but cannot be read: ${why}\nMend it, or move it away to start anew: then no rollback knows where to return to.`,
    { cause },
  )
}

/** The new content is written to a file beside it that only one writer can make, then takes the old one's place at once. */
async function withLock<Result>(
  file: string,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
  work: (replace: (text: string) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const beside = `${file}.new`
  await mkdir(dirname(file), { recursive: true })
  const handle = await openAlone(beside, { clock, signal })
  try {
    return await work(async (text) => {
      await handle.writeFile(text)
      await handle.sync()
      // Whoever was stopped for long may find that another run took it for dead: then its content is out of date.
      if ((await inodeOf(beside)) !== (await handle.stat()).ino) throw overtaken(file)
      await rename(beside, file)
    })
  } catch (error) {
    if ((await inodeOf(beside)) === (await handle.stat()).ino) await rm(beside, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}

async function openAlone(path: string, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
  let seen: { inode: number | undefined; sinceMs: number } | undefined
  for (;;) {
    signal.throwIfAborted()
    try {
      return await open(path, 'wx', 0o600)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const inode = await inodeOf(path)
    if (seen?.inode !== inode) seen = { inode, sinceMs: clock.now() }
    if (seen !== undefined && clock.now() - seen.sinceMs >= STALE_MS) await rm(path, { force: true })
    else await clock.sleep(RETRY_MS, signal)
  }
}

async function inodeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.ino
}

function overtaken(file: string): Error {
  return new Error(
    `${file} was changed by another run while this one stood still; nothing of this one was written.`,
  )
}
