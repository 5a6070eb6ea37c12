import type { Issue, Repository } from './entities.ts'
import { canSee } from './authorise.ts'
import { issueJson } from './issue-json.ts'
import { paged } from './page.ts'
import { ok, Refusal } from './reply.ts'
import { type Call, outside, type Route } from './route.ts'

/** Search reaches the first thousand results only. */
const MAX_RESULTS = 1000

interface Hit {
  repository: Repository
  issue: Issue
}

export const searchRoutes: Route[] = [
  outside('GET /search/issues', 'public', (call) => {
    const hits = everyIssue(call).filter(matcher(call.query.get('q') ?? '', call))
    const sorted = hits.sort(
      (a, b) => b.issue.createdAt.localeCompare(a.issue.createdAt) || b.issue.number - a.issue.number,
    )
    if (call.query.get('order') === 'asc') sorted.reverse()
    const { items, headers } = paged(sorted.slice(0, MAX_RESULTS), call.query, call.resource)
    const body = items.map(({ repository, issue }) =>
      Object.assign(issueJson(call.hub, repository, issue), { body: issue.body ?? '', score: 1 }),
    )
    return {
      ...ok({ total_count: hits.length, incomplete_results: false, search_type: 'lexical', items: body }),
      headers,
    }
  }),
]

function everyIssue({ hub, token }: Call): Hit[] {
  return [...hub.repositories.values()]
    .filter((repository) => canSee(hub, repository, token))
    .flatMap((repository) => [...repository.issues.values()].map((issue) => ({ repository, issue })))
}

/** Qualifiers that Seamless may use; one that the stand-in does not know is an error, not a silent match. */
const QUALIFIERS: Record<string, (hit: Hit, value: string) => boolean> = {
  repo: ({ repository }, value) =>
    `${repository.owner.login}/${repository.name}`.toLowerCase() === value.toLowerCase(),
  org: ({ repository }, value) => repository.owner.login.toLowerCase() === value.toLowerCase(),
  is: ({ issue }, value) => IS[value]?.(issue) ?? false,
  type: ({ issue }, value) => IS[value]?.(issue) ?? false,
  state: ({ issue }, value) => issue.state === value,
  label: ({ issue }, value) => issue.labels.some(({ name }) => name.toLowerCase() === value.toLowerCase()),
  author: ({ issue }, value) =>
    issue.user.login.toLowerCase() === value.toLowerCase().replace(/^app\/(.*)$/, '$1[bot]'),
  head: ({ issue }, value) => issue.pull?.head.ref === value,
  base: ({ issue }, value) => issue.pull?.base.ref === value,
  sha: ({ issue }, value) =>
    issue.pull?.head.sha.startsWith(value) === true || issue.pull?.mergeCommitSha?.startsWith(value) === true,
  in: () => true,
}

const IS: Record<string, (issue: Issue) => boolean> = {
  issue: (issue) => !issue.pull,
  pr: (issue) => issue.pull !== undefined,
  'pull-request': (issue) => issue.pull !== undefined,
  open: (issue) => issue.state === 'open',
  closed: (issue) => issue.state === 'closed',
  merged: (issue) => issue.pull?.merged !== undefined,
  unmerged: (issue) => issue.pull !== undefined && !issue.pull.merged,
  draft: (issue) => issue.pull?.draft ?? false,
}

function matcher(q: string, call: Call): (hit: Hit) => boolean {
  const terms = q.match(/-?[\w-]+:"[^"]*"|"[^"]*"|\S+/g) ?? []
  if (terms.length === 0) throw new Refusal(422, 'Validation Failed')
  const tests = terms.map((term) => termTest(term, call))
  return (hit) => tests.every((test) => test(hit))
}

function termTest(term: string, { query }: Call): (hit: Hit) => boolean {
  const [, minus = '', name = '', value = ''] = /^(-?)([a-z-]+):"?([^"]*)"?$/.exec(term) ?? []
  if (!name)
    return ({ issue }) =>
      `${issue.title}\n${issue.body}`.toLowerCase().includes(term.replaceAll('"', '').toLowerCase())
  const qualifier = QUALIFIERS[name]
  if (!qualifier)
    throw new Error(`the stand-in's search does not know the qualifier ${name} of ${query.get('q')}`)
  return (hit) => qualifier(hit, value) !== (minus === '-')
}
