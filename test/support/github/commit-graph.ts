import type { ObjectReader } from './object-reader.ts'

export interface GitPerson {
  name: string
  email: string
  /** ISO 8601, UTC, to the second. */
  date: string
}

export interface GitCommit {
  sha: string
  tree: string
  parents: string[]
  author: GitPerson
  committer: GitPerson
  message: string
}

/** Commits and how they hang together. Commits never change, so each is read once. */
export class CommitGraph {
  private readonly commits = new Map<string, GitCommit>()
  private readonly reader: ObjectReader

  constructor(reader: ObjectReader) {
    this.reader = reader
  }

  async commit(sha: string): Promise<GitCommit> {
    const known = this.commits.get(sha)
    if (known) return known
    const object = await this.reader.read(`${sha}^{commit}`)
    if (!object) throw new Error(`there is no commit ${sha}`)
    const commit = parseCommit(object.sha, object.content.toString('utf8'))
    this.commits.set(sha, commit)
    return commit
  }

  /** Everything that a commit is built on, and itself. */
  async reachable(sha: string): Promise<Set<string>> {
    const seen = new Set<string>()
    for (const next = [sha]; next.length > 0;) {
      const one = next.pop()!
      if (seen.has(one)) continue
      seen.add(one)
      next.push(...(await this.commit(one)).parents)
    }
    return seen
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return (await this.reachable(descendant)).has(ancestor)
  }

  /** How many commits `head` has that `base` has not: `rev-list --count base..head`. */
  async ahead(base: string, head: string): Promise<number> {
    const there = await this.reachable(base)
    return (await this.reachable(head)).difference(there).size
  }

  /**
   * The commits of `base..head`, oldest first, when they are one line without merges; undefined when they are not, and
   * their order is git's to say.
   */
  async line(base: string | undefined, head: string): Promise<GitCommit[] | undefined> {
    const there = base === undefined ? new Set<string>() : await this.reachable(base)
    const line: GitCommit[] = []
    for (let sha: string | undefined = head; sha !== undefined && !there.has(sha);) {
      const commit = await this.commit(sha)
      if (commit.parents.length > 1) return undefined
      line.push(commit)
      sha = commit.parents[0]
    }
    return line.reverse()
  }
}

/** The object's own format: headers, an empty line, the message. */
function parseCommit(sha: string, text: string): GitCommit {
  const end = text.indexOf('\n\n')
  const headers = text.slice(0, end).split('\n')
  const all = (name: string): string[] =>
    headers.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  return {
    sha,
    tree: all('tree')[0] ?? '',
    parents: all('parent'),
    author: parsePerson(all('author')[0] ?? ''),
    committer: parsePerson(all('committer')[0] ?? ''),
    message: text.slice(end + 2).replace(/\n+$/, ''),
  }
}

function parsePerson(text: string): GitPerson {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<([^>]*)> (\d+)/.exec(text) ?? []
  return { name, email, date: new Date(Number(seconds) * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z') }
}
