import type { Escalated, Escalation } from '../ports/escalation.ts'
import { plain, posted } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import type { Speaker } from './conversation.ts'
import { ensure, repeat } from './ensure.ts'

const PER_PAGE = 100
/** Ours is young where it is open at all; in a repository with a thousand younger ones a new one is made. */
const MAX_PAGES = 10

interface Issue {
  readonly number: number
  readonly title: string
  readonly body?: string | null | undefined
  readonly user: { readonly id: number; readonly type: string } | null
  readonly performed_via_github_app?: { readonly id: number } | null
  readonly pull_request?: unknown
}

interface Office {
  readonly github: GitHubRepository
  readonly speaker: Speaker
}

/**
 * One open issue per environment, known by its marker and by the app that made it: nobody else's is ever edited or closed.
 * Its marker also holds the key of what it tells, so that the same is told once. Needs `issues: write`. Calls: `raise` 1 to
 * look (1 more for each hundred younger issues that are open) and 1 to write; `settle` the same, and none to write where
 * nothing is open.
 */
export function githubEscalation(github: GitHubRepository, speaker: Speaker): Escalation {
  const office = { github, speaker }
  return {
    raise: async (key, escalated) => raise(office, key, escalated),
    settle: async (environment, text) => settle(office, environment, text),
  }
}

async function raise(office: Office, key: string, escalated: Escalated): Promise<void> {
  const { octokit, owner, repo } = office.github
  const text = { title: plain(escalated.title), body: bodyOf(key, escalated) }
  const issue = await ensure<Issue>(office.github, {
    find: async () => find(office, escalated.environment),
    make: async () => (await octokit.rest.issues.create({ owner, repo, ...text })).data,
  })
  if (issue.title === text.title && issue.body === text.body) return
  const asked = { owner, repo, issue_number: issue.number, ...text }
  await repeat(office.github, async () => octokit.rest.issues.update(asked))
}

async function settle(office: Office, environment: string, text: string): Promise<void> {
  const { octokit, owner, repo } = office.github
  const issue = await find(office, environment)
  if (issue === undefined) return
  const told = (issue.body ?? '').replace(/\n*<!-- seamless:escalation\S* \S* -->\s*$/, '')
  const body = posted(`${text}\n\n---\n\n${told}`, { marker: markerOf(environment, 'settled') })
  const closed = { state: 'closed', state_reason: 'completed', body } as const
  const asked = { owner, repo, issue_number: issue.number, ...closed }
  await repeat(office.github, async () => octokit.rest.issues.update(asked))
}

/** The newest open one of the environment. */
async function find({ github, speaker }: Office, environment: string): Promise<Issue | undefined> {
  const { octokit, owner, repo } = github
  const begin = markerOf(environment, '').replace(/ -->$/, '')
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const asked = { owner, repo, state: 'open', sort: 'created', direction: 'desc' } as const
    const { data } = await octokit.rest.issues.listForRepo({ ...asked, per_page: PER_PAGE, page })
    const found = data.find(
      (issue) =>
        issue.pull_request === undefined &&
        isBy(speaker, issue) &&
        lastLine(issue.body ?? '').startsWith(begin),
    )
    if (found !== undefined || data.length < PER_PAGE) return found
  }
  return undefined
}

/** A person may act through our App, too: what they write is theirs. */
function isBy({ appId, botId }: Speaker, { user, performed_via_github_app: app }: Issue): boolean {
  if (user?.type !== 'Bot') return false
  return app?.id === appId || (app === null || app === undefined ? user.id === botId : false)
}

function bodyOf(key: string, { environment, text, url }: Escalated): string {
  const whole = url === undefined ? text : `${text}\n\nAll of it: ${url}`
  return posted(whole, { marker: markerOf(environment, key) })
}

/** Two hyphens would end the HTML comment. */
function markerOf(environment: string, key: string): string {
  const [where, what] = [environment, key].map((part) => encodeURIComponent(part).replaceAll('-', '%2D'))
  return `<!-- seamless:escalation/${where} ${what} -->`
}

function lastLine(body: string): string {
  return body.trimEnd().split('\n').at(-1) ?? ''
}
