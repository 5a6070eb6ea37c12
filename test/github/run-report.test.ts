import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { githubDeployments } from '../../src/github/deployments.ts'
import { readRunReport } from '../../src/github/run-report.ts'
import { ACTIONS_APP_ID } from '../../src/github/verdict-check.ts'
import type { GitHubRepository } from '../../src/github/client.ts'
import type { Deployments } from '../../src/ports/deployments.ts'
import type { RunReport } from '../../src/upgrade/run-report.ts'
import { type GitHubWorld, startGitHubWorld } from './github-world.ts'

const at = { owner: 'acme', repo: 'shop' }
const digest = `sha256:${'a'.repeat(64)}`
const report: RunReport = {
  schema: 'seamless.run/1',
  upgrade: 'abc',
  artifacts: [{ kind: 'image', name: 'registry/shop', digest, bytes: 3 }],
  tests: [],
}
const said = (more: Partial<RunReport> = {}) => ({
  title: 'The App watches it',
  text: 'production runs 1.0.0.',
  details: JSON.stringify({ ...report, ...more }),
})

describe('what a run leaves for the App that watches', () => {
  let world: GitHubWorld
  let app: GitHubRepository
  let appId: number
  let sha: string
  let run: Deployments
  let id: string
  beforeEach(async () => {
    world = await startGitHubWorld()
    sha = await world.repository.commit({ files: { VERSION: '1.0.0\n' } })
    app = world.as({ login: 'seamless[bot]', permissions: { checks: 'write', deployments: 'read' } })
    const { data } = await app.octokit.rest.checks.create({ ...at, name: 'seen', head_sha: sha })
    appId = data.app?.id ?? 0
    run = open()
    ;({ id } = await run.begin({ environment: 'production', sha, version: '1.0.0', key: 'run-1' }))
  })
  afterEach(() => world.close())

  const open = () => githubDeployments(world.github, { appId, reporterId: ACTIONS_APP_ID })
  const where = () => ({ environment: 'production', sha, appId: ACTIONS_APP_ID })
  const checksOf = async (name: string) => {
    const { data } = await app.octokit.rest.checks.listForRef({
      ...at,
      ref: sha,
      filter: 'all',
      check_name: name,
    })
    return data.check_runs
  }

  test('is a check run of its own, in one call, and no verdict', async () => {
    const calls = await world.calls(() => run.setVerdict(id, 'unhealthy', said()))
    expect(calls).toEqual(['POST /repos/{owner}/{repo}/check-runs'])
    expect(await checksOf('seamless/production/run')).toMatchObject([
      { conclusion: 'failure', external_id: id, app: { id: ACTIONS_APP_ID } },
    ])
    expect(await checksOf('seamless/production')).toEqual([])
    expect(await run.newest('production')).not.toHaveProperty('verdict')
    expect(await readRunReport(app, where())).toEqual(report)
  })

  test('is said anew in the same check run by the same run', async () => {
    await run.setVerdict(id, 'inconclusive', said())
    await run.setVerdict(id, 'inconclusive', said({ upgrade: 'later' }))
    expect(await checksOf('seamless/production/run')).toHaveLength(1)
    expect(await readRunReport(app, where())).toMatchObject({ upgrade: 'later' })
  })

  test('verdicts are the App’s alone: what the run says makes nothing healthy', async () => {
    await run.setVerdict(id, 'healthy', said())
    expect(await run.lastHealthy('production')).toBeUndefined()
    await githubDeployments(app, { appId }).setVerdict(id, 'healthy', { title: 'Promoted', text: 't' })
    expect(await open().lastHealthy('production')).toMatchObject({ id })
  })

  test('R20 a rollback on another machine reads from it what was built', async () => {
    await run.setVerdict(id, 'inconclusive', said())
    expect(await open().builtOf('production', sha)).toEqual(report.artifacts)
    expect(await open().builtOf('staging', sha)).toEqual([])
  })

  test('by another app it is not read, and of several the newest that can be read is', async () => {
    const stranger = world.as({ login: 'stranger[bot]', permissions: { checks: 'write', metadata: 'read' } })
    await run.setVerdict(id, 'inconclusive', said())
    await open().setVerdict(id, 'inconclusive', { title: 't', text: 't', details: '{"schema":"seam' })
    const forged = {
      name: 'seamless/production/run',
      head_sha: sha,
      external_id: id,
      output: { title: 't', summary: 't', text: said({ upgrade: 'forged' }).details },
    }
    await stranger.octokit.rest.checks.create({ ...at, ...forged })
    expect(await readRunReport(app, where())).toEqual(report)
    expect(await readRunReport(app, { ...where(), environment: 'staging' })).toBeUndefined()
  })

  test('L08 a lost answer is asked for again', async () => {
    world.hub.faults.add({
      on: 'POST /repos/{owner}/{repo}/check-runs',
      when: 'after',
      answer: { status: 502, body: {} },
    })
    await run.setVerdict(id, 'inconclusive', said())
    expect(await readRunReport(app, where())).toEqual(report)
  })
})
