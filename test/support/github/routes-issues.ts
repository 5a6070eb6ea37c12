import { labelJson } from './account-json.ts'
import type { Account, Issue, Label, Repository } from './entities.ts'
import type { Hub } from './hub.ts'
import { issueJson } from './issue-json.ts'
import { pageReply } from './page.ts'
import { pullEvent } from './pull-events.ts'
import { created, found, noContent, ok, unprocessable } from './reply.ts'
import { repositoryUrl } from './repository-json.ts'
import { inRepository, type Route } from './route.ts'
import { newIssue } from './routes-pulls.ts'

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}' as const
const ISSUES_READ = 'issues:read|pull_requests:read'
const ISSUES_WRITE = 'issues:write|pull_requests:write'

interface IssueChange {
  title?: string
  body?: string | null
  state?: 'open' | 'closed'
  state_reason?: Issue['stateReason']
  labels?: (string | { name?: string })[]
  assignees?: string[]
}

export const issueRoutes: Route[] = [
  inRepository('GET /repos/{owner}/{repo}/issues', ISSUES_READ, (call) =>
    pageReply(listed(call.repository, call.query), call, (issue) =>
      issueJson(call.hub, call.repository, issue),
    ),
  ),
  inRepository(
    'POST /repos/{owner}/{repo}/issues',
    { permission: 'issues:write', role: 'read' },
    ({ hub, repository, body, token }) => {
      const asked = body as IssueChange
      const issue = newIssue(hub, repository, token, { title: String(asked.title), body: asked.body ?? null })
      repository.issues.set(issue.number, issue)
      for (const label of asked.labels ?? []) addLabel(hub, repository, issue, nameOf(label))
      issue.assignees = (asked.assignees ?? []).map((login) => hub.accounts.ensure(login))
      issueEvent(hub, { repository, issue, action: 'opened', sender: token.account })
      return created(issueJson(hub, repository, issue))
    },
  ),
  inRepository(`GET ${ISSUE}`, ISSUES_READ, ({ hub, repository, params }) =>
    ok(issueJson(hub, repository, issueOf(repository, params.issue_number))),
  ),
  inRepository(`PATCH ${ISSUE}`, ISSUES_WRITE, async ({ hub, repository, params, body, token }) => {
    const issue = issueOf(repository, params.issue_number)
    await change(hub, repository, issue, { asked: body as IssueChange, by: token.account })
    return ok(issueJson(hub, repository, issue))
  }),
  inRepository(`PUT ${ISSUE}/lock`, ISSUES_WRITE, ({ repository, params }) => {
    issueOf(repository, params.issue_number).locked = true
    return noContent()
  }),
  inRepository(`DELETE ${ISSUE}/lock`, ISSUES_WRITE, ({ repository, params }) => {
    issueOf(repository, params.issue_number).locked = false
    return noContent()
  }),
  inRepository(`GET ${ISSUE}/labels`, ISSUES_READ, (call) =>
    pageReply(issueOf(call.repository, call.params.issue_number).labels, call, (label) =>
      labelJson(repositoryUrl(call.hub, call.repository), label),
    ),
  ),
  inRepository(`POST ${ISSUE}/labels`, { permission: ISSUES_WRITE, role: 'triage' }, async (call) => {
    const { hub, repository } = call
    const issue = issueOf(repository, call.params.issue_number)
    const asked = call.body as { labels: string[] } | string[]
    for (const name of Array.isArray(asked) ? asked : asked.labels) {
      const label = addLabel(hub, repository, issue, nameOf(name))
      await labelEvent(hub, repository, { issue, label, action: 'labeled', sender: call.token.account })
    }
    return ok(issue.labels.map((label) => labelJson(repositoryUrl(hub, repository), label)))
  }),
  inRepository(
    `DELETE ${ISSUE}/labels/{name}`,
    { permission: ISSUES_WRITE, role: 'triage' },
    async ({ hub, repository, params, token }) => {
      const issue = issueOf(repository, params.issue_number)
      const label = found(issue.labels.find(({ name }) => name.toLowerCase() === params.name.toLowerCase()))
      const kept = issue.labels.filter((one) => one !== label)
      issue.labels = kept
      await labelEvent(hub, repository, { issue, label, action: 'unlabeled', sender: token.account })
      return ok(kept.map((label) => labelJson(repositoryUrl(hub, repository), label)))
    },
  ),
  inRepository(
    `POST ${ISSUE}/assignees`,
    { permission: ISSUES_WRITE, role: 'triage' },
    ({ hub, repository, params, body }) => {
      const issue = issueOf(repository, params.issue_number)
      const { assignees = [] } = body as { assignees?: string[] }
      // GitHub silently leaves out people who cannot be assigned.
      const assignable = assignees
        .map((login) => hub.accounts.find(login))
        .filter((account) => account !== undefined)
      issue.assignees = [...new Set([...issue.assignees, ...assignable])]
      return created(issueJson(hub, repository, issue))
    },
  ),
]

export function issueOf(repository: Repository, number: string): Issue {
  return found(repository.issues.get(Number(number)))
}

function nameOf(label: string | { name?: string }): string {
  return typeof label === 'string' ? label : (label.name ?? '')
}

function listed(repository: Repository, query: URLSearchParams): Issue[] {
  const state = query.get('state') ?? 'open'
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean)
  const since = query.get('since')
  const creator = query.get('creator')
  const issues = [...repository.issues.values()]
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((name) => issue.labels.some((label) => label.name === name)))
    .filter((issue) => !since || issue.updatedAt >= since)
    .filter((issue) => !creator || issue.user.login.toLowerCase() === creator.toLowerCase())
    .sort((a, b) => a.number - b.number)
  return query.get('direction') === 'asc' ? issues : issues.reverse()
}

function addLabel(hub: Hub, repository: Repository, issue: Issue, name: string): Label {
  let label = repository.labels.find((known) => known.name.toLowerCase() === name.toLowerCase())
  if (!label) {
    label = { id: hub.id(), name, color: 'ededed', description: null }
    repository.labels.push(label)
  }
  if (!issue.labels.includes(label)) issue.labels.push(label)
  return label
}

async function labelEvent(
  hub: Hub,
  repository: Repository,
  event: { issue: Issue; label: Label; action: 'labeled' | 'unlabeled'; sender: Account },
): Promise<void> {
  const { issue, action, sender } = event
  const label = labelJson(repositoryUrl(hub, repository), event.label)
  if (issue.pull) return pullEvent(hub, issue.pull, { action, sender, extra: { label } })
  hub.emit({
    name: 'issues',
    action,
    repository,
    sender,
    payload: { issue: issueJson(hub, repository, issue), label },
  })
}

async function change(
  hub: Hub,
  repository: Repository,
  issue: Issue,
  { asked, by }: { asked: IssueChange; by: Account },
): Promise<void> {
  if (asked.title !== undefined) issue.title = asked.title
  if (asked.body !== undefined) issue.body = asked.body
  if (asked.labels) {
    issue.labels = []
    for (const label of asked.labels) addLabel(hub, repository, issue, nameOf(label))
  }
  if (asked.assignees) issue.assignees = asked.assignees.map((login) => hub.accounts.ensure(login))
  issue.updatedAt = hub.time()
  if (asked.state === undefined || asked.state === issue.state) return
  if (issue.pull?.merged) throw unprocessable('Validation Failed')
  issue.state = asked.state
  issue.closedAt = asked.state === 'closed' ? hub.time() : null
  issue.closedBy = asked.state === 'closed' ? by : null
  issue.stateReason = asked.state_reason ?? (asked.state === 'closed' ? 'completed' : 'reopened')
  const action = asked.state === 'closed' ? 'closed' : 'reopened'
  if (issue.pull) await pullEvent(hub, issue.pull, { action, sender: by })
  else issueEvent(hub, { repository, issue, action, sender: by })
}

function issueEvent(
  hub: Hub,
  {
    repository,
    issue,
    action,
    sender,
  }: { repository: Repository; issue: Issue; action: string; sender: Account },
): void {
  hub.emit({
    name: 'issues',
    action,
    repository,
    sender,
    payload: { issue: issueJson(hub, repository, issue) },
  })
}
