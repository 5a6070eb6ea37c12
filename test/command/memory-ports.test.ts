import type { CheckFact, PullFacts } from '../../src/ports/pull-facts.ts'
import { authorityContract } from '../contract/authority.ts'
import { conversationContract } from '../contract/conversation.ts'
import { pullFactsContract } from '../contract/pull-facts.ts'
import { recordsContract } from '../contract/records.ts'
import { workflowsContract } from '../contract/workflows.ts'
import { memoryAuthority } from '../support/command/memory-authority.ts'
import { memoryConversation } from '../support/command/memory-conversation.ts'
import { memoryPullFacts } from '../support/command/memory-pull-facts.ts'
import { memoryRecords } from '../support/command/memory-records.ts'
import { memoryWorkflows } from '../support/command/memory-workflows.ts'
import { manualClock } from '../support/manual-clock.ts'

const nothing = async (): Promise<void> => {}

recordsContract('memory', async () => {
  const records = memoryRecords()
  return { records, reopen: () => records, spoil: async (key) => records.spoil(key), close: nothing }
})

authorityContract('memory', async () => {
  const authority = memoryAuthority()
  return {
    authority,
    person: async (login, role) => authority.person(login, role),
    setRole: async (person, role) => void authority.roles.set(person.id, role),
    async join(person, slug) {
      const team = `acme/${slug}`
      authority.teams.set(team, (authority.teams.get(team) ?? new Set()).add(person.id))
    },
    async passLogin(person, role) {
      const successor = authority.person(person.login, role)
      for (const members of authority.teams.values()) if (members.has(person.id)) members.add(successor.id)
      return successor
    },
    breakDown: async () => void (authority.failure = new Error('GitHub answered 500')),
    close: nothing,
  }
})

conversationContract('memory', async () => {
  const conversation = memoryConversation()
  return {
    conversation,
    reopen: () => conversation,
    pulls: [1, 2],
    comment: 77,
    said: async (pull) =>
      conversation.comments
        .filter((one) => one.pull === pull)
        .map(({ id, body, edits }) => ({ id, text: body, edits })),
    reactions: async () => conversation.reactions.map(({ reaction }) => reaction),
    close: nothing,
  }
})

workflowsContract('memory', async () => {
  const clock = manualClock()
  const workflows = memoryWorkflows(clock)
  return {
    workflows,
    sha: 'a'.repeat(40),
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    started: async () =>
      workflows.dispatched.map(({ operation, environment, sha, key, deploymentId, planDigest }) => ({
        operation,
        environment,
        sha,
        'request-id': key,
        'deployment-id': deploymentId ?? '',
        'plan-digest': planDigest ?? '',
      })),
    become: async (runId, moved) =>
      workflows.become(
        runId,
        moved === 'success' || moved === 'failure'
          ? { status: 'completed', conclusion: moved }
          : { status: moved },
      ),
    close: nothing,
  }
})

pullFactsContract('memory', async () => {
  const clock = manualClock()
  const facts = memoryPullFacts()
  const reported = new Map<string, CheckFact[]>()
  let required: readonly string[] = []
  let commits = 0
  const sha = (): string => (commits += 1).toString(16).padStart(40, 'c')
  const pullOf = (number: number): PullFacts => {
    const pull = facts.pulls.get(number)
    if (pull === undefined) throw new Error(`there is no #${number}`)
    return pull
  }
  const change = (number: number, more: Partial<PullFacts>): void =>
    void facts.pulls.set(number, { ...pullOf(number), ...more })
  const judge = (number: number): void => {
    const found = reported.get(pullOf(number).head) ?? []
    const stateOf = (name: string) => found.find((one) => one.name === name)?.state ?? 'missing'
    change(number, {
      checks: {
        kind: 'known',
        required: required.map((name) => ({ name, state: stateOf(name) })),
        others: found.filter(({ name }) => !required.includes(name)),
      },
    })
  }
  const push = (number: number): string => {
    const head = sha()
    const by = { id: 7, login: 'ada' }
    facts.push(number, { sha: head, atMs: Math.floor(clock.now() / 1000) * 1000, by })
    judge(number)
    return head
  }
  return {
    facts,
    async open(more = {}) {
      const number = facts.pulls.size + 1
      facts.open({ ...more, number, head: '', labels: more.labels ?? [] })
      return { number, head: push(number), branch: `feature-${number}` }
    },
    issue: async () => 500,
    push: async (number) => push(number),
    async pushBase() {
      for (const { number, behindBy } of facts.pulls.values())
        change(number, { behindBy: behindBy === 'unknown' ? behindBy : behindBy + 1 })
      const commit = sha()
      facts.files.set(`${commit}:price.txt`, 'one\n')
      return commit
    },
    require: async (names) => void (required = names),
    async report(commit, check) {
      reported.set(commit, [...(reported.get(commit) ?? []), check])
      for (const { number } of facts.pulls.values()) judge(number)
    },
    async review(number, login, state) {
      const { head, reviews } = pullOf(number)
      const others = reviews.opinions.filter(({ by }) => by.login !== login)
      const opinion = { by: { id: login.length, login }, state, commit: head }
      change(number, { reviews: { ...reviews, opinions: [...others, opinion] } })
    },
    end: async (number, how) => change(number, { state: how }),
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    close: nothing,
  }
})
