import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { actionCommandPorts, trustedConfig } from '../../src/action/command-ports.ts'
import { serveToItsEnd } from '../../src/action/serve-to-its-end.ts'
import { parseComment } from '../../src/command/parse-comment.ts'
import type { GitHubRepository } from '../../src/github/client.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import { type GitHubWorld, JOB_PERMISSIONS, startGitHubWorld } from '../github/github-world.ts'
import type { RequestRecord } from '../support/github/request-log.ts'

const at = { owner: 'acme', repo: 'shop' }
/** One for each round. */
const ENVIRONMENTS = Array.from({ length: 50 }, (_, n) => `place-${n}`)
const CONFIG = `driver: action
environments:
${ENVIRONMENTS.map((name) => `  ${name}:\n    deploy: { run: { deploy: ./deploy.sh, rollback: ./back.sh } }\n`).join('')}`
const WORKFLOW = readFileSync(new URL('../../examples/workflow.yml', import.meta.url), 'utf8')

let world: GitHubWorld
let github: GitHubRepository
let pull: number
let rounds: number

beforeEach(async () => {
  rounds = 0
  world = await startGitHubWorld({
    files: { '.github/seamless.yml': CONFIG, '.github/workflows/seamless.yml': WORKFLOW },
  })
  const permissions = { ...JOB_PERMISSIONS, actions: 'write' } as const
  github = world.as({ login: 'github-actions[bot]', permissions })
  await world.repository.commit({ branch: 'change', files: { 'a.txt': 'a\n' }, by: 'ada' })
  const { rest } = world.as({ login: 'ada' }).octokit
  pull = (await rest.pulls.create({ ...at, title: 'T', head: 'change', base: 'main' })).data.number
  world.clock.advance(60_000)
})
afterEach(() => world.close())

/** One `/deploy` of an environment of its own; what is there of it afterwards. */
async function deployed(): Promise<object> {
  const environment = ENVIRONMENTS[rounds]
  rounds += 1
  const body = `/deploy ${environment}`
  const { rest } = world.as({ login: 'ada' }).octokit
  const { data } = await rest.issues.createComment({ ...at, issue_number: pull, body })
  const asked = parseComment(body)
  if (asked.kind === 'ignored') throw new Error('no command')
  const request = {
    repository: { id: world.repository.id, name: 'acme/shop' },
    pull,
    comment: {
      id: data.id,
      url: data.html_url,
      createdAtMs: Date.parse(data.created_at),
      author: { id: data.user!.id, login: 'ada' },
    },
    asked,
  }
  broken.left = true
  const side = { github, appId: ACTIONS_APP_ID }
  const ports = { ...actionCommandPorts(side, await trustedConfig(github)), clock: world.clock }
  const outcome = await serveToItsEnd(request, ports)
  broken.left = false
  const key = `comment-${data.id}`
  const runs = await rest.actions.listWorkflowRunsForRepo({ ...at, per_page: 100 })
  const comments = await rest.issues.listComments({ ...at, issue_number: pull, per_page: 100 })
  const reactions = await rest.reactions.listForIssueComment({ ...at, comment_id: data.id })
  return {
    outcome: outcome.reason,
    deployments: (await rest.repos.listDeployments({ ...at, environment: environment! })).data.length,
    runs: runs.data.workflow_runs.filter((run) => run.display_title.endsWith(`#${key}`)).length,
    progress: comments.data.filter((one) => one.body?.includes(`seamless:progress/${environment} `)).length,
    answers: comments.data.filter((one) => one.body?.includes(`seamless:answer/${key} `)).length,
    reactions: reactions.data.map(({ content }) => content),
  }
}

/** While a command is served, not while a test looks. */
const broken = { left: false }

const ONCE = {
  outcome: 'deploy_started',
  deployments: 1,
  runs: 1,
  progress: 1,
  answers: 0,
  reactions: ['eyes'],
}

describe('L08 GitHub fails at one call of a /deploy, and then works again', () => {
  test.each([
    ['reads nothing: 502', 'before', () => true],
    ['does a write and answers 502', 'after', ({ method }: RequestRecord) => method !== 'GET'],
  ] as const)(
    '%s: whichever call it is, there is one of everything',
    async (_, when, matches) => {
      let seen = 0
      const isServing = (request: RequestRecord): boolean => broken.left && matches(request)
      world.hub.faults.add({ on: (request) => isServing(request) && (seen += 1) === 0 })
      expect(await deployed()).toEqual(ONCE)
      world.hub.faults.clear()
      const calls = seen
      expect(calls).toBeGreaterThan(9)
      for (let skip = 0; skip < calls; skip += 1) {
        world.hub.faults.clear()
        world.hub.faults.add({ on: isServing, skip, when, answer: { status: 502, body: { message: 'x' } } })
        expect(await deployed(), `call ${skip + 1}`).toEqual(ONCE)
      }
    },
    400_000,
  )
})
