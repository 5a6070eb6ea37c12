import { createHmac, randomUUID } from 'node:crypto'

export const SECRET = '7f0c5d6b1a2e4f83907b6c5d4e3f2a1b'
export const APP_ID = 4711
export const PATH = '/api/github/webhooks'

/** An `issue_comment` of GitHub's usual size (about 13 kB): the repository and the people in it are most of it. */
export function commentBody(owner: string, installation: number): string {
  const links = Object.fromEntries(
    Array.from({ length: 45 }, (_, n) => [`link_${n}_url`, `https://api.github.test/repos/${owner}/shop/link${n}{/sha}`]),
  )
  const person = { login: 'dev', id: 55, type: 'User', ...links }
  return JSON.stringify({
    action: 'created',
    installation: { id: installation },
    repository: { id: installation + 1000, name: 'shop', full_name: `${owner}/shop`, owner: { ...person, login: owner }, ...links },
    issue: { number: 3, pull_request: {}, user: person },
    comment: { id: 44, body: '/status', user: person },
    sender: person,
  })
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
