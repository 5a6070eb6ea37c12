import { randomUUID } from 'node:crypto'
import { z } from 'zod'

import type { RecordRead, Records, RecordWrite, StoredRecord } from '../ports/records.ts'
import type { GitHubRepository } from './client.ts'
import { repeat } from './ensure.ts'
import { isAmbiguous, statusOf } from './request-policy.ts'

/**
 * Below `refs/`, beside heads and tags: GitHub's API takes any name that begins with `refs/` and has two slashes
 * (https://docs.github.com/rest/git/refs). There no branch rule is in the way, no workflow starts, no clone fetches it and no
 * list of branches shows it. Whoever may push may change a record, as they may change a branch.
 */
const NAMESPACE = 'seamless'
/** Git's tree without files, which every repository has: a record shares no file with anything. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
/** A move whose answer gets lost again and again is given up. */
const ATTEMPTS = 3

/** The message of a record's commit. The nonce makes two equal claims two commits: whose stands there is who won. */
const entry = z.object({
  seamless: z.literal(1),
  key: z.string(),
  nonce: z.string(),
  /** Absent: the record was removed. */
  record: z.object({ value: z.unknown() }).optional(),
})

type Entry = z.infer<typeof entry>

interface Shelf {
  readonly github: GitHubRepository
  /** By commit, which never changes: what it says. */
  readonly said: Map<string, Entry | 'unreadable'>
  /** By key: the newest commit that said that there is no record. */
  readonly tombstones: Map<string, string>
}

/**
 * Records as git refs: `locks/production` is `refs/seamless/locks/production`, and points at a commit whose message is the
 * record. A ref is made once, and moved only forward (`force: false`): the next commit's parent is the revision that its
 * writer read, so that GitHub itself refuses whoever was slower. Removing is one more commit: nothing is ever deleted, and
 * `git log` of the ref tells its whole past. Needs `contents: write`. Calls: `read` 2 (1 where the commit was seen before, or
 * there is no ref), `write` and `remove` 2, `list` 1 and 1 for each commit not seen before.
 */
export function refRecords(github: GitHubRepository): Records {
  const shelf: Shelf = { github, said: new Map(), tombstones: new Map() }
  return {
    read: async (key) => {
      const tip = await tipOf(github, key)
      return tip === undefined ? { kind: 'absent' } : readTip(shelf, key, tip)
    },
    write: async (key, value, revision) => write(shelf, { key, value, revision }),
    async remove(key, revision) {
      const commit = await append(shelf, { key, parent: revision })
      if (commit !== undefined) shelf.tombstones.set(key, commit)
      return commit === undefined ? 'conflict' : 'removed'
    },
    list: async (prefix) => list(shelf, prefix),
  }
}

async function write(
  shelf: Shelf,
  { key, value, revision }: { key: string; value: unknown; revision: string | undefined },
): Promise<RecordWrite> {
  const parent = revision ?? shelf.tombstones.get(key)
  const commit = await append(shelf, { key, record: { value }, parent })
  if (commit !== undefined) return { kind: 'written', record: { key, value, revision: commit } }
  if (revision !== undefined || parent !== undefined) return { kind: 'conflict' }
  // Perhaps only the word of an earlier removal was in the way.
  const tip = await tipOf(shelf.github, key)
  if (tip === undefined || (await readTip(shelf, key, tip)).kind !== 'absent') return { kind: 'conflict' }
  const later = await append(shelf, { key, record: { value }, parent: tip })
  return later === undefined
    ? { kind: 'conflict' }
    : { kind: 'written', record: { key, value, revision: later } }
}

async function list(shelf: Shelf, prefix: string): Promise<RecordRead[]> {
  const { octokit, owner, repo } = shelf.github
  const asked = { owner, repo, ref: `${NAMESPACE}/${prefix.replace(/\/$/, '')}` }
  const { data } = await octokit.rest.git.listMatchingRefs(asked)
  const keys = data.map(({ ref, object }) => [ref.slice(`refs/${NAMESPACE}/`.length), object.sha] as const)
  const reads = await Promise.all(
    keys
      .filter(([key]) => key.startsWith(prefix))
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(async ([key, tip]) => readTip(shelf, key, tip)),
  )
  return reads.filter(({ kind }) => kind !== 'absent')
}

async function tipOf({ octokit, owner, repo }: GitHubRepository, key: string): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.git.getRef({ owner, repo, ref: refOf(key) })
    return data.object.sha
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

async function readTip(shelf: Shelf, key: string, tip: string): Promise<RecordRead> {
  const said = shelf.said.get(tip) ?? (await readEntry(shelf.github, tip))
  shelf.said.set(tip, said)
  if (said === 'unreadable' || said.key !== key) {
    const { owner, repo } = shelf.github
    const why = 'what it points at was not written by Seamless for this key'
    return { kind: 'unreadable', why, where: `refs/${refOf(key)} of ${owner}/${repo} (${tip})` }
  }
  if (said.record === undefined) {
    shelf.tombstones.set(key, tip)
    return { kind: 'absent' }
  }
  const record: StoredRecord = { key, value: said.record.value, revision: tip }
  return { kind: 'found', record }
}

async function readEntry(
  { octokit, owner, repo }: GitHubRepository,
  commit: string,
): Promise<Entry | 'unreadable'> {
  try {
    const { data } = await octokit.rest.git.getCommit({ owner, repo, commit_sha: commit })
    const read = entry.safeParse(JSON.parse(data.message))
    return read.success ? read.data : 'unreadable'
  } catch (error) {
    // Not a commit, or not JSON.
    if (statusOf(error) === 404 || error instanceof SyntaxError) return 'unreadable'
    throw error
  }
}

/** Adds a commit to the key's line and moves the ref to it; nothing where somebody was faster. */
async function append(
  shelf: Shelf,
  { key, record, parent }: { key: string; record?: { value: unknown }; parent: string | undefined },
): Promise<string | undefined> {
  const { github, said } = shelf
  const { octokit, owner, repo } = github
  const words: Entry = { seamless: 1, key, nonce: randomUUID(), ...(record && { record }) }
  const asked = {
    owner,
    repo,
    message: JSON.stringify(words),
    tree: EMPTY_TREE,
    parents: parent === undefined ? [] : [parent],
  }
  // A commit that no ref comes to point at is nobody's, and goes.
  const { data } = await repeat(github, async () => octokit.rest.git.createCommit(asked))
  if (!(await move(github, { key, to: data.sha, isNew: parent === undefined }))) return undefined
  said.set(data.sha, words)
  return data.sha
}

/** A refusal and a lost answer are both cleared up by looking where the ref stands: at our commit or not. */
async function move(
  github: GitHubRepository,
  { key, to, isNew }: { key: string; to: string; isNew: boolean },
): Promise<boolean> {
  const { octokit, owner, repo, clock, signal } = github
  const ref = refOf(key)
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (isNew) await octokit.rest.git.createRef({ owner, repo, ref: `refs/${ref}`, sha: to })
      else await octokit.rest.git.updateRef({ owner, repo, ref, sha: to, force: false })
      return true
    } catch (error) {
      const isLost = isAmbiguous(error)
      if (!isLost && statusOf(error) !== 422 && statusOf(error) !== 409) throw error
      if ((await tipOf(github, key)) === to) return true
      if (!isLost) return false
      if (attempt === ATTEMPTS) throw error
      await clock.sleep(2000 * attempt, signal)
    }
  }
}

function refOf(key: string): string {
  const isKey = key.split('/').every((part) => /^\w[\w-]{0,99}$/.test(part))
  if (!isKey)
    throw new TypeError(`"${key}" is no key of a record: words of letters, digits, _ and -, with / between.`)
  return `${NAMESPACE}/${key}`
}
