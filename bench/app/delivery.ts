import { createHmac, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const SECRET = '7f0c5d6b1a2e4f83907b6c5d4e3f2a1b'
export const APP_ID = 4711
export const PATH = '/api/github/webhooks'

interface Example {
  readonly name: string
  readonly examples: readonly Record<string, object>[]
}

/** GitHub's own example of an `issue_comment` (13 kB), of this owner's repository and installation. */
export function commentBody(owner: string, installation: number): string {
  const example = examples().find(({ name }) => name === 'issue_comment')?.examples[0]
  if (example === undefined) throw new Error('there is no example of an issue_comment')
  const { repository = {}, issue = {} } = example
  return JSON.stringify({
    ...example,
    action: 'created',
    installation: { id: installation },
    repository: {
      ...repository,
      id: installation + 1000,
      name: 'shop',
      full_name: `${owner}/shop`,
      owner: { login: owner, id: 1 },
    },
    issue: { ...issue, number: 3, pull_request: { url: 'https://api.github.test/pull' } },
  })
}

function examples(): readonly Example[] {
  const file = fileURLToPath(import.meta.resolve('@octokit/webhooks-examples/api.github.com/index.json'))
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Example[]
}

export function headersOf(body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': 'issue_comment',
    'x-github-delivery': randomUUID(),
    'x-github-hook-installation-target-id': `${APP_ID}`,
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  }
}
