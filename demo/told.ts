import type { Octokit } from '@octokit/rest'

/** What the App says on pull requests, as it comes. */
export interface Told {
  /** The comments on a pull request as they are now, oldest first. */
  comments(pull: number): Promise<readonly string[]>
  /** Says what is new or edited on these pull requests since the last look. */
  look(pulls: readonly number[]): Promise<void>
}

interface Place {
  readonly octokit: Octokit
  readonly owner: string
  readonly repo: string
  readonly say: (line: string) => void
}

export function listenTo({ octokit, owner, repo, say }: Place): Told {
  const seen = new Map<number, string>()
  const read = async (pull: number): Promise<readonly { id: number; body: string }[]> => {
    const asked = { owner, repo, issue_number: pull, per_page: 100 }
    const { data } = await octokit.rest.issues.listComments(asked)
    return data.map(({ id, body = '' }) => ({ id, body }))
  }
  return {
    comments: async (pull) => (await read(pull)).map(({ body }) => visible(body)),
    async look(pulls) {
      for (const pull of pulls)
        for (const { id, body } of await read(pull)) {
          const gist = gistOf(body)
          const before = seen.get(id)
          if (before === gist) continue
          seen.set(id, gist)
          const what = before === undefined ? 'comments on' : 'edits its comment on'
          say(`  ┌ the App ${what} #${pull}`)
          for (const line of gist.split('\n')) say(`  │ ${line}`)
        }
    },
  }
}

/** Without what only machines read. */
function visible(body: string): string {
  return body.replaceAll(/<!--.*?-->\n?/gs, '').trim()
}

/** Its title, its first sentence and what was found: all else is for whoever opens it. */
function gistOf(body: string): string {
  const lines = visible(body).split('\n').filter(Boolean)
  const [title = '', ...rest] = lines
  const statement = rest.find((line) => !line.startsWith('>') && !line.startsWith('#'))
  const found = rest.find((line) => line.startsWith('>'))
  return [title.replace(/^#+ /, ''), statement, found].filter((line) => line !== undefined).join('\n')
}
