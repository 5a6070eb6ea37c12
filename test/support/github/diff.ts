import type { BareGit } from './bare-git.ts'

export interface FileDiff {
  filename: string
  previousFilename: string | undefined
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed'
  additions: number
  deletions: number
  /** Blob after the change; of a removed file the one before, as GitHub shows it. */
  sha: string
  /** Hunks without the file header; absent for binary files. */
  patch: string | undefined
}

const STATUS: Record<string, FileDiff['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
}

/** The empty tree: what a root commit is compared with. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

/** Commits never change, so neither does what differs between two of them. */
const known = new WeakMap<BareGit, Map<string, Promise<FileDiff[]>>>()

/** Files that differ between two commits (all, without a first one), with patches, by git's own diff. */
export function fileDiffs(git: BareGit, before: string | undefined, after: string): Promise<FileDiff[]> {
  const ofRepository = known.get(git) ?? new Map<string, Promise<FileDiff[]>>()
  known.set(git, ofRepository)
  const key = `${before}..${after}`
  const diffs = ofRepository.get(key) ?? diff(git, before, after)
  ofRepository.set(key, diffs)
  return diffs
}

async function diff(git: BareGit, before: string | undefined, after: string): Promise<FileDiff[]> {
  const range = [before ?? EMPTY_TREE, after]
  const [raw, numbers, patches] = await Promise.all([
    git.run(['diff', '--raw', '-z', '--no-abbrev', '-M', ...range]),
    git.run(['diff', '--numstat', '-z', '-M', ...range]),
    git.run(['diff', '--no-color', '-M', ...range]),
  ])
  const counts = parseNumstat(numbers)
  const hunks = patches
    .split(/^diff --git /m)
    .slice(1)
    .map(hunksOf)
  return parseRaw(raw).map((file, index) => Object.assign(file, counts[index]!, { patch: hunks[index] }))
}

function parseRaw(raw: string): Omit<FileDiff, 'additions' | 'deletions' | 'patch'>[] {
  const fields = raw.split('\0')
  const files: Omit<FileDiff, 'additions' | 'deletions' | 'patch'>[] = []
  for (let at = 0; at + 1 < fields.length;) {
    const [, , before = '', after = '', letter = ''] = fields[at]!.split(' ')
    const status = STATUS[letter[0] ?? ''] ?? 'changed'
    const twoPaths = status === 'renamed' || status === 'copied'
    const first = fields[at + 1]!
    files.push({
      filename: twoPaths ? fields[at + 2]! : first,
      previousFilename: twoPaths ? first : undefined,
      status,
      sha: status === 'removed' ? before : after,
    })
    at += twoPaths ? 3 : 2
  }
  return files
}

function parseNumstat(numstat: string): { additions: number; deletions: number }[] {
  const fields = numstat.split('\0')
  const counts: { additions: number; deletions: number }[] = []
  for (let at = 0; at < fields.length; at += 1) {
    const [added, deleted, path] = fields[at]!.split('\t')
    if (deleted === undefined) continue
    counts.push({ additions: Number(added) || 0, deletions: Number(deleted) || 0 })
    if (path === '') at += 2 // a rename: both paths follow as fields of their own
  }
  return counts
}

function hunksOf(patch: string): string | undefined {
  const start = patch.search(/^@@ /m)
  return start === -1 ? undefined : patch.slice(start).replace(/\n$/, '')
}
