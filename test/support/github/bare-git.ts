import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CommitGraph, type GitCommit, type GitPerson } from './commit-graph.ts'
import { ObjectReader } from './object-reader.ts'

/** Git refused. `stderr` is git's own text; nobody branches on it. */
export class GitFailure extends Error {
  readonly exitCode: number
  readonly stdout: string
  constructor(args: readonly string[], exitCode: number, output: { stdout: string; stderr: string }) {
    super(`git ${args.join(' ')} failed (exit ${exitCode}): ${output.stderr.trim()}`)
    this.exitCode = exitCode
    this.stdout = output.stdout
  }
}

export interface NewCommit {
  tree: string
  parents: string[]
  message: string
  author: GitPerson
  committer: GitPerson
}

export interface RunOptions {
  input?: string | Buffer
  env?: Record<string, string>
}

/** Nothing of the machine's own git configuration may change what the stand-in does. */
export const isolatedGitEnv: Record<string, string> = {
  PATH: process.env['PATH'] ?? '',
  LC_ALL: 'C',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
}

/** GitHub refuses pushes to refs/pull ("deny updating a hidden ref") and lets clients fetch any commit by its SHA. */
const CONFIG = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[http]
\treceivepack = true
[uploadpack]
\tallowReachableSHA1InWant = true
\tallowAnySHA1InWant = true
\tallowFilter = true
[receive]
\thideRefs = refs/pull
[gc]
\tauto = 0
`

/** One bare repository, driven by git's plumbing: every merge, ref and object is real git. */
export class BareGit {
  readonly dir: string
  private readonly objects: ObjectReader
  private readonly graph: CommitGraph

  constructor(dir: string) {
    this.dir = dir
    this.objects = new ObjectReader(dir, isolatedGitEnv)
    this.graph = new CommitGraph(this.objects)
  }

  /** Ends the process that reads objects; the next reading starts another. */
  stopReading(): void {
    this.objects.stop()
  }

  /** Writes an empty repository by hand: it is six small files, and `git init` costs more than all of them. */
  static async init(dir: string, defaultBranch: string): Promise<BareGit> {
    for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
      await mkdir(join(dir, folder), { recursive: true })
    await writeFile(join(dir, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`)
    await writeFile(join(dir, 'config'), CONFIG)
    return new BareGit(dir)
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return this.runBuffer(args, options).then((output) => output.toString('utf8'))
  }

  runBuffer(args: readonly string[], options: RunOptions = {}): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const child = execFile(
        'git',
        [...args],
        {
          env: { ...isolatedGitEnv, GIT_DIR: this.dir, ...options.env },
          cwd: this.dir,
          encoding: 'buffer',
          maxBuffer: 256 * 1024 * 1024,
        },
        (error, stdout, stderr) => {
          if (!error) return resolve(stdout)
          const exitCode = typeof error.code === 'number' ? error.code : -1
          reject(new GitFailure(args, exitCode, { stdout: stdout.toString(), stderr: stderr.toString() }))
        },
      )
      child.stdin?.on('error', () => {}) // git may exit before it read its input; its exit code says why
      child.stdin?.end(options.input ?? '')
    })
  }

  private async succeeds(args: readonly string[]): Promise<boolean> {
    try {
      await this.run(args)
      return true
    } catch (error) {
      if (error instanceof GitFailure) return false
      throw error
    }
  }

  /** The full commit SHA that a ref, branch, tag or SHA names; undefined when there is none. */
  commitOf(revision: string): Promise<string | undefined> {
    return this.objectOf(`${revision}^{commit}`)
  }

  async objectOf(revision: string): Promise<string | undefined> {
    return (await this.objects.info(revision))?.sha
  }

  async objectType(sha: string): Promise<string | undefined> {
    return (await this.objects.info(sha))?.type
  }

  async blob(sha: string): Promise<Buffer> {
    const object = await this.objects.read(sha)
    if (object?.type !== 'blob') throw new Error(`${this.dir} has no blob ${sha}`)
    return object.content
  }

  /** Refs under a prefix (a folder, or an exact name), sorted by name. */
  async refs(prefix: string): Promise<{ ref: string; sha: string; type: string }[]> {
    const output = await this.run(['for-each-ref', '--format=%(refname) %(objectname) %(objecttype)', prefix])
    return lines(output).map((line) => {
      const [ref = '', sha = '', type = ''] = line.split(' ')
      return { ref, sha, type }
    })
  }

  isValidRef(ref: string): Promise<boolean> {
    return this.succeeds(['check-ref-format', ref])
  }

  /** Compare-and-set: fails when the ref is not at `expected` (all zeros: must not exist). */
  async setRef(ref: string, sha: string, expected?: string): Promise<void> {
    await this.run(['update-ref', ref, sha, ...(expected === undefined ? [] : [expected])])
  }

  async deleteRef(ref: string): Promise<void> {
    await this.run(['update-ref', '-d', ref])
  }

  /** Commits as `git log` orders them, newest first: for filters, and for histories with merges. */
  async log(args: readonly string[], paths: readonly string[] = []): Promise<GitCommit[]> {
    const tail = paths.length > 0 ? ['--', ...paths] : ['--']
    const shas = lines(await this.run(['log', '--format=%H', ...args, ...tail]))
    return Promise.all(shas.map((sha) => this.commit(sha)))
  }

  /** The commits of `base..head` (all, without a base), oldest first. */
  async range(base: string | undefined, head: string): Promise<GitCommit[]> {
    const line = await this.graph.line(base, head)
    return line ?? this.log(['--reverse', '--topo-order', head, ...(base ? [`^${base}`] : [])])
  }

  commit(sha: string): Promise<GitCommit> {
    return this.graph.commit(sha)
  }

  /** `git rev-list --count base..head`. */
  ahead(base: string, head: string): Promise<number> {
    return this.graph.ahead(base, head)
  }

  isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return this.graph.isAncestor(ancestor, descendant)
  }

  async mergeBase(one: string, other: string): Promise<string | undefined> {
    if (await this.isAncestor(one, other)) return one
    try {
      return (await this.run(['merge-base', one, other])).trim()
    } catch (error) {
      if (error instanceof GitFailure) return undefined
      throw error
    }
  }

  /** The tree of a three-way merge by git's own `ort`; undefined when it conflicts or nothing is in common. */
  async mergedTree(ours: string, theirs: string): Promise<string | undefined> {
    if ((await this.graph.reachable(ours)).isDisjointFrom(await this.graph.reachable(theirs)))
      return undefined
    try {
      return lines(await this.run(['merge-tree', '--write-tree', ours, theirs]))[0]
    } catch (error) {
      if (error instanceof GitFailure && error.exitCode === 1) return undefined
      throw error
    }
  }

  async commitTree(commit: NewCommit): Promise<string> {
    const parents = commit.parents.flatMap((parent) => ['-p', parent])
    const output = await this.run(['commit-tree', commit.tree, ...parents, '-F', '-'], {
      input: commit.message,
      env: {
        GIT_AUTHOR_NAME: commit.author.name,
        GIT_AUTHOR_EMAIL: commit.author.email,
        GIT_AUTHOR_DATE: commit.author.date,
        GIT_COMMITTER_NAME: commit.committer.name,
        GIT_COMMITTER_EMAIL: commit.committer.email,
        GIT_COMMITTER_DATE: commit.committer.date,
      },
    })
    return output.trim()
  }

  async writeBlob(content: Buffer | string): Promise<string> {
    return (await this.run(['hash-object', '-w', '--stdin'], { input: content })).trim()
  }

  /** Entries of a tree-ish, optionally of all folders below. `size` is undefined for trees. */
  async tree(treeish: string, options: { recursive?: boolean; path?: string } = {}): Promise<TreeEntry[]> {
    const flags = options.recursive ? ['-r', '-t'] : []
    const path = options.path === undefined ? [] : ['--', options.path]
    const output = await this.run(['ls-tree', '-z', '--long', ...flags, treeish, ...path])
    return output.split('\0').filter(Boolean).map(parseTreeEntry)
  }
}

export interface TreeEntry {
  mode: string
  type: 'blob' | 'tree' | 'commit'
  sha: string
  size: number | undefined
  path: string
}

function parseTreeEntry(line: string): TreeEntry {
  const [meta = '', path = ''] = line.split('\t')
  const [mode = '', type = '', sha = '', size = '-'] = meta.split(/ +/)
  return { mode, type: type as TreeEntry['type'], sha, size: size === '-' ? undefined : Number(size), path }
}

function lines(output: string): string[] {
  return output.split('\n').filter(Boolean)
}
