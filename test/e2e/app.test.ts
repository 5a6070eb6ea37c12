import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DrivenWorld, drivenWorld, until } from '../support/app/driven-world.ts'
import { signedDelivery, post } from '../support/app/signed-delivery.ts'

/** GitHub answered a comment's author: done, failed, or no. */
const FINAL = ['rocket', 'confused', '-1']
/** Reading the ended deployment, its comments, its reactions: what the end of an operation takes, whatever came before. */
const MAX_CALLS_TO_LIVE = 15

let world: DrivenWorld
beforeAll(async () => {
  world = await drivenWorld()
}, 120_000)
afterAll(() => world.close())

async function answered(comment: number, among: readonly string[] = FINAL): Promise<readonly string[]> {
  const what = `an answer to comment ${comment}`
  return until(async () => {
    const reactions = await world.reactions(comment)
    return reactions.some((one) => among.includes(one)) && reactions
  }, what).catch((error: unknown) => {
    const logs = world.results.map(({ log }) => log).join('\n')
    throw new Error(`${String(error)}\n${world.process().output()}\n${logs}`)
  })
}

/** Says it, and waits for its end. */
async function done(pull: number, body: string, login?: string): Promise<readonly string[]> {
  return answered(await world.say(pull, body, login))
}

const metric = async (name: string): Promise<string[]> => {
  const text = await (await fetch(`${world.process().operationsUrl}/metrics`)).text()
  return text.split('\n').filter((line) => line.startsWith(name))
}

describe('the App takes commands', () => {
  it('a comment becomes a Deployment, a run of the bundled Action, a live service and answers, in at most 15 calls to GitHub', async () => {
    const { number, sha } = await world.openPull({ VERSION: '1.1.0\n' })
    const before = world.hub.requests.length
    const comment = await world.say(number, '/deploy production')
    expect(await answered(comment)).toEqual(['eyes', 'rocket'])
    expect(world.live()).toBe('1.1.0')
    const [made, ...more] = await world.deployments()
    expect(more).toEqual([])
    expect(made).toMatchObject({ sha, environment: 'production' })
    expect((await world.statesOf(String(made?.id))).at(-1)).toMatch(/^success: not_watched: /)
    const [progress, end, ...others] = await world.answers(number)
    expect(progress).toMatch(/^### ✅ Deployment to `production`: `1\.1\.0`/)
    expect(end).toMatch(/^✅ `1\.1\.0` is live in `production`\.[^]*`not_watched`[^]*\[the run\]\(/)
    expect(others).toEqual([])

    const calls = world.callsSince(before)
    const live = calls.findIndex(({ at }) => at >= calls.liveAtMs)
    const toLive = calls.slice(0, live < 0 ? calls.length : live).filter(({ by }) => by === 'app')
    const all = calls.filter(({ by }) => by === 'app')
    console.log(`/deploy: ${toLive.length} calls of the App to live, ${all.length} to the last word;`)
    console.log(`the Action's own: ${calls.filter(({ by }) => by === 'action').length}`)
    expect(toLive.length, toLive.map(({ what }) => what).join('\n')).toBeLessThanOrEqual(MAX_CALLS_TO_LIVE)
  }, 120_000)

  it('S05 every token of the App was for one repository, with the permissions that are needed', () => {
    const minted = world.hub.requests.filter(({ path }) => path.endsWith('/access_tokens'))
    expect(minted.length).toBeGreaterThan(0)
    for (const { body } of minted) {
      expect(body).toMatchObject({ repository_ids: [world.repository.id] })
      expect((body as { permissions: object }).permissions).not.toHaveProperty('administration')
    }
  })

  it('a run that fails before it deploys says which tests, and its author is told', async () => {
    const { number } = await world.openPull({ VERSION: '1.2.0\n', failing: 'yes\n' })
    expect(await done(number, '/deploy production')).toEqual(['eyes', 'confused'])
    expect((await world.answers(number)).at(-1)).toMatch(
      /^@ada ❌ `1\.2\.0` is not live in `production`\.[^]*`tests_failed`/,
    )
    expect(world.live()).toBe('1.1.0')
  }, 120_000)

  it('A01 S01 a READ collaborator is refused once; a stranger gets nothing at all', async () => {
    const { number } = await world.openPull({ VERSION: '1.3.0\n' })
    const before = (await world.deployments()).length
    const stranger = await world.say(number, '/deploy production', 'stranger')
    expect(await done(number, '/deploy production', 'rita')).toEqual(['eyes', '-1'])
    expect(await world.answers(number)).toEqual([
      expect.stringMatching(/^@rita .*the role write or a higher one/),
    ])
    expect(await world.reactions(stranger)).toEqual([])
    expect(await world.deployments()).toHaveLength(before)
  }, 120_000)

  it('C01 a pull request that changes the config is deployed by the rules of the default branch', async () => {
    const { number } = await world.openPull({
      VERSION: '1.4.0\n',
      '.github/seamless.yml': 'driver: action\nenvironments: {}\n',
    })
    expect(await done(number, '/deploy prodution')).toEqual(['eyes', '-1'])
    expect((await world.answers(number)).at(-1)).toMatch(/Did you mean `production`/)
    expect(await done(number, '/deploy production')).toEqual(['eyes', 'rocket'])
    expect(world.live()).toBe('1.4.0')
  }, 120_000)

  it('A05 A06 A07 comments of bots and edited ones are nothing', async () => {
    const { number } = await world.openPull({ VERSION: '1.5.0\n' })
    const plain = await world.say(number, 'please do not /deploy yet')
    await world.api('PATCH', `/issues/comments/${plain}`, { body: { body: '/deploy production' } })
    const bot = await world.botSays(number, '/deploy production')
    // What came before is worked off when this is answered.
    expect(await done(number, '/status')).toEqual(['eyes', 'rocket'])
    expect(await world.reactions(plain)).toEqual([])
    expect(await world.reactions(bot)).toEqual([])
    expect((await world.answers(number)).filter((body) => body.includes('seamless:'))).toHaveLength(1)
  }, 120_000)

  it('T01 a push that comes after the comment, as by git: nothing is deployed', async () => {
    const { number, sha } = await world.openPull({ VERSION: '1.6.0\n' })
    world.hub.deliveries.addFault({ event: 'issue_comment', what: 'hold' })
    const comment = await world.say(number, '/deploy production')
    const pushed = await world.push(number, { VERSION: '1.6.1\n' })
    world.hub.deliveries.release()
    expect(await answered(comment)).toEqual(['eyes', '-1'])
    const answer = (await world.answers(number)).at(-1)
    expect(answer).toContain(sha)
    expect(answer).toContain(`/deploy production --sha=${pushed}`)
    expect((await world.deployments()).map((one) => one.sha)).not.toContain(pushed)
  }, 120_000)

  it('W06 the same delivery twice, under one id and under two, is one command', async () => {
    const { number, sha } = await world.openPull({ VERSION: '1.7.0\n' })
    world.hub.deliveries.addFault({ event: 'issue_comment', what: 'twice' })
    const comment = await world.say(number, '/deploy production')
    const [delivery] = world.hub.deliveries.all.filter(({ event }) => event === 'issue_comment').slice(-1)
    // The same words under another id, as somebody with the secret could send them.
    const again = signedDelivery('issue_comment', delivery!.payload, {
      headers: { 'x-github-hook-installation-target-id': String(world.app.id) },
    })
    expect((await post(`${world.process().url}/api/github/webhooks`, again)).status).toBe(202)
    expect(await answered(comment)).toEqual(['eyes', 'rocket'])
    expect((await world.deployments()).filter((one) => one.sha === sha)).toHaveLength(1)
    expect(await world.answers(number)).toHaveLength(2)
  }, 120_000)

  it('N01 a delivery that names another installation’s repository is refused by GitHub, and comes to nothing', async () => {
    const other = await world.hub.createRepository({
      owner: 'rival',
      name: 'secret',
      files: { 'a.txt': 'a\n' },
    })
    world.hub.install({ appId: world.app.id, account: 'rival' })
    const { number } = await world.openPull({ VERSION: '1.8.0\n' })
    world.hub.deliveries.addFault({ event: 'issue_comment', what: 'drop' })
    await world.say(number, '/deploy production')
    const [{ payload } = { payload: {} as Record<string, unknown> }] = world.hub.deliveries.all
      .filter(({ event }) => event === 'issue_comment')
      .slice(-1)
    const repository = { ...(payload['repository'] as object), id: other.id, full_name: 'rival/secret' }
    const forged = signedDelivery(
      'issue_comment',
      { ...payload, repository },
      { headers: { 'x-github-hook-installation-target-id': String(world.app.id) } },
    )
    const before = world.hub.requests.length
    expect((await post(`${world.process().url}/api/github/webhooks`, forged)).status).toBe(202)
    await until(
      async () =>
        (await metric('seamless_commands_total')).some((line) => line.includes('not_of_installation')),
      'refused',
    )
    const asked = world.hub.requests.slice(before).filter(({ path }) => path.includes('/rival/'))
    expect(asked).toEqual([])
  }, 120_000)

  it('/plan comments what would run, /lock keeps others out, /status shows it, /unlock frees it', async () => {
    const { number } = await world.openPull({ VERSION: '1.9.0\n' })
    expect(await done(number, '/plan production')).toEqual(['eyes', 'rocket'])
    expect((await world.answers(number)).at(-1)).toMatch(/📋[^]*deploy\/production/)
    expect(await done(number, '/lock production for the demo')).toEqual(['eyes', 'rocket'])
    const other = await world.openPull({ VERSION: '1.9.1\n' })
    expect(await done(other.number, '/deploy production')).toEqual(['eyes', '-1'])
    expect((await world.answers(other.number)).at(-1)).toMatch(
      new RegExp(`locked for #${number} by .ada.*for the demo`),
    )
    expect(await done(other.number, '/status')).toEqual(['eyes', 'rocket'])
    expect((await world.answers(other.number)).at(-1)).toMatch(/`production` \| `1\.7\.0`.*🔒/)
    expect(await done(other.number, '/unlock production')).toEqual(['eyes', 'rocket'])
  }, 120_000)

  it('W09 deliveries out of order, and late ones: what GitHub says now decides, and nothing moves back', async () => {
    const { number } = await world.openPull({ VERSION: '1.95.0\n' })
    world.hub.deliveries.addFault({ event: 'pull_request', what: 'hold' })
    const pushed = await world.push(number, { VERSION: '1.95.1\n' })
    await world.api('PATCH', `/pulls/${number}`, { body: { state: 'closed' } })
    // It is told that it was closed; only then of the push before that.
    world.hub.deliveries.release()
    expect(await done(number, `/deploy production --sha=${pushed}`)).toEqual(['eyes', '-1'])
    expect((await world.answers(number)).at(-1)).toContain('is closed')

    const live = world.live()
    const states = world.hub.deliveries.all.filter(({ event }) => event === 'deployment_status')
    const succeeded = states.findLast(
      ({ payload }) => (payload['deployment_status'] as { state: string }).state === 'success',
    )
    const { deployment_status: status, ...rest } = succeeded!.payload as { deployment_status: object }
    const late = signedDelivery(
      'deployment_status',
      { ...rest, deployment_status: { ...status, state: 'failure', description: 'deploy_failed: late' } },
      { headers: { 'x-github-hook-installation-target-id': String(world.app.id) } },
    )
    expect((await post(`${world.process().url}/api/github/webhooks`, late)).status).toBe(202)
    const other = await world.openPull({ VERSION: '1.96.0\n' })
    expect(await done(other.number, '/status')).toEqual(['eyes', 'rocket'])
    expect((await world.answers(other.number)).at(-1)).toContain(`| \`production\` | \`${live}\``)
    expect((await world.answers(other.number)).at(-1)).toContain('| live |')
  }, 120_000)

  it('N05 S01 metrics and logs name no repository, person or branch, and hold no secret', async () => {
    const text = (await metric('seamless_')).join('\n')
    expect(text).toMatch(/seamless_commands_total\{[^}]*reason="permission_denied"/)
    for (const name of ['team', 'service', 'ada', 'feature-']) expect(text).not.toContain(`"${name}`)
    const log = world.process().output()
    expect(log).not.toContain(world.app.privateKey.split('\n')[1])
    expect(log).not.toMatch(/ghs_\w{10}/)
  })
})
