import { accountJson, teamJson } from './account-json.ts'
import type { Account, Pull, Review } from './entities.ts'
import { type Hub, rank, type Token } from './hub.ts'
import { pageReply } from './page.ts'
import { pullEvent } from './pull-events.ts'
import { pullJson, reviewJson } from './pull-json.ts'
import { created, found, ok, unprocessable } from './reply.ts'
import { inRepository, type Route } from './route.ts'
import { pullOf, refuseActions } from './routes-pulls.ts'

const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}' as const
const STATE = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const

interface Reviewers {
  reviewers?: string[]
  team_reviewers?: string[]
}

export const reviewRoutes: Route[] = [
  inRepository(`GET ${PULL}/reviews`, 'pull_requests:read', (call) => {
    const pull = pullOf(call.repository, call.params.pull_number)
    return pageReply(pull.reviews, call, (review) => reviewJson(call.hub, pull, review))
  }),
  inRepository(
    `POST ${PULL}/reviews`,
    { permission: 'pull_requests:write', role: 'read' },
    async ({ hub, repository, params, body, token }) => {
      const pull = pullOf(repository, params.pull_number)
      const review = addReview(
        hub,
        pull,
        token,
        body as { event?: keyof typeof STATE; body?: string; commit_id?: string },
      )
      const json = reviewJson(hub, pull, review)
      const payload = {
        review: { ...json, state: review.state.toLowerCase() },
        pull_request: pullJson(hub, pull),
      }
      hub.emit({
        name: 'pull_request_review',
        action: 'submitted',
        repository,
        sender: token.account,
        payload,
      })
      return ok(json)
    },
  ),
  inRepository(`GET ${PULL}/requested_reviewers`, 'pull_requests:read', ({ hub, repository, params }) => {
    const pull = pullOf(repository, params.pull_number)
    return ok({
      users: pull.requestedReviewers.map((account) => accountJson(hub, account)),
      teams: pull.requestedTeams.map((team) => teamJson(hub, team)),
    })
  }),
  inRepository(
    `POST ${PULL}/requested_reviewers`,
    'pull_requests:write',
    async ({ hub, repository, params, body, token }) => {
      const pull = pullOf(repository, params.pull_number)
      for (const extra of requestReviewers(hub, pull, body as Reviewers))
        await pullEvent(hub, pull, { action: 'review_requested', sender: token.account, extra })
      return created(pullJson(hub, pull))
    },
  ),
]

function addReview(
  hub: Hub,
  pull: Pull,
  token: Token,
  asked: { event?: keyof typeof STATE; body?: string; commit_id?: string },
): Review {
  if (asked.event === 'APPROVE') refuseActions(pull.base.repository, token)
  if (asked.event === 'APPROVE' && token.account.id === pull.issue.user.id)
    throw unprocessable('Can not approve your own pull request')
  const review: Review = {
    id: hub.id(),
    user: token.account,
    body: asked.body ?? '',
    state: asked.event ? STATE[asked.event] : 'PENDING',
    commitSha: asked.commit_id ?? pull.head.sha,
    submittedAt: hub.time(),
  }
  pull.reviews.push(review)
  pull.requestedReviewers = pull.requestedReviewers.filter((account) => account !== token.account)
  return review
}

/** Adds those asked for; answers what each one's own event names. */
function requestReviewers(hub: Hub, pull: Pull, asked: Reviewers): Record<string, unknown>[] {
  const { repository } = pull.base
  const users = (asked.reviewers ?? []).map((login) => reviewer(hub, pull, login))
  const teams = (asked.team_reviewers ?? []).map((slug) =>
    found(hub.teams.find((one) => one.organization === repository.owner && one.slug === slug)),
  )
  pull.requestedReviewers = [...new Set([...pull.requestedReviewers, ...users])]
  pull.requestedTeams = [...new Set([...pull.requestedTeams, ...teams])]
  return [
    ...users.map((user) => ({ requested_reviewer: accountJson(hub, user) })),
    ...teams.map((team) => ({ requested_team: teamJson(hub, team) })),
  ]
}

function reviewer(hub: Hub, pull: Pull, login: string): Account {
  const { repository } = pull.base
  const account = hub.accounts.find(login)
  if (account?.id === pull.issue.user.id)
    throw unprocessable('Review cannot be requested from pull request author.')
  if (account && rank(hub.roleOf(account, repository)) >= rank('read')) return account
  const name = `${repository.owner.login}/${repository.name}`
  throw unprocessable(
    `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${name} repository.`,
  )
}
