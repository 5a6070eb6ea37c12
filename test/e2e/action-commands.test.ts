import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CommentCommands, commentCommands, WORKFLOW } from '../support/comment-commands.ts'
import { serviceConfig, type WorkflowWorld, workflowWorld } from '../support/workflow-world.ts'

let world: WorkflowWorld
let commands: CommentCommands
let play: { cancelAt?: string; never?: boolean; lost?: boolean; until?: Promise<unknown> }

async function start(files: Readonly<Record<string, string>> = {}): Promise<void> {
  world = await workflowWorld({ '.github/workflows/seamless.yml': WORKFLOW, ...files })
  play = {}
  commands = commentCommands(world, play)
}

/** A pull request whose head everybody could see when they comment. */
async function pull(
  files: Readonly<Record<string, string | null>>,
): Promise<{ number: number; sha: string }> {
  world.setLag(60_000)
  const opened = await commands.openPull(files)
  world.setLag(0)
  return opened
}

const deployments = async (): Promise<{ id: number; sha: string; environment: string }[]> =>
  world.api('GET', '/deployments?per_page=100')
const lock = async (environment = 'production'): Promise<unknown> => {
  const ref = await world.repository.shaOf(`refs/seamless/locks/${environment}`)
  if (ref === undefined) return undefined
  const { message } = await world.api<{ message: string }>('GET', `/git/commits/${ref}`)
  return (JSON.parse(message) as { record?: { value: unknown } }).record?.value
}

beforeEach(() => start())
afterEach(() => world.close())

describe('commands without a server', () => {
  it('deploys the commit that was seen, by a run of the default branch, and says so', async () => {
    const { number, sha } = await pull({ VERSION: '1.1.0\n' })
    const payload = await commands.write(number, '/deploy production')
    const before = world.hub.requests.length
    const result = await commands.answer(payload)
    await world.hub.runsIdle()
    const asked = world.hub.requests
      .slice(before)
      .filter(({ operation = '' }) => !/^(?:git-|info)/.test(operation))
    expect(result.exitCode, result.log).toBe(0)
    expect(result.outputs).toMatchObject({ 'reason-code': 'deploy_started' })
    expect(world.live()).toBe('1.1.0')
    const [made, ...more] = await deployments()
    expect(more).toEqual([])
    expect(made).toMatchObject({ sha, environment: 'production' })
    expect((await world.statesOf(String(made?.id))).at(-1)).toMatch(/^success: not_watched: /)
    expect(await commands.reactions(commands.lastComment())).toEqual(['eyes', 'rocket'])
    const [progress, end, ...others] = await commands.answers(number)
    expect(progress).toContain('✅')
    expect(end).toContain('1.1.0')
    expect(others).toEqual([])
    expect(await lock()).toBeUndefined()
    // 29 of the job that answers, 28 of the run, and a few more where both write at the same time; 22 of them are for the lock, which
    // the App keeps in its own store.
    expect(asked.length, asked.map(({ operation }) => operation).join('\n')).toBeLessThanOrEqual(60)
  })

  it('A01 A02 deploys for nobody who may not: known people are told once, strangers nothing', async () => {
    const { number } = await pull({ VERSION: '1.1.0\n' })
    await commands.say(number, '/deploy production', 'rita')
    const refusals = await commands.answers(number)
    expect(refusals).toHaveLength(1)
    expect(refusals[0]).toContain('@rita')
    await commands.say(number, '/deploy production', 'mallory')
    expect(await commands.reactions(commands.lastComment())).toEqual([])
    expect(await commands.answers(number)).toHaveLength(1)
    expect([await deployments(), world.live(), commands.runs, await lock()]).toEqual([
      [],
      undefined,
      [],
      undefined,
    ])
  })

  it('A05 A07 A08 acts on nothing but a new comment of a person on a pull request, and asks GitHub nothing', async () => {
    const { number } = await pull({ VERSION: '1.1.0\n' })
    await commands.say(number, '/help')
    const before = world.hub.requests.length
    for (const spoilt of [
      { action: 'edited' },
      { sender: { id: 1, login: 'a[bot]', type: 'Bot' } },
      { issue: { number } },
    ]) {
      const { outputs, exitCode } = await commands.answer({ ...commands.lastPayload(), ...spoilt })
      expect([exitCode, outputs['decision']]).toEqual([0, 'nothing_to_do'])
    }
    expect(world.hub.requests.slice(before)).toEqual([])
  })

  it('C01 takes the config and the workflow from the default branch, whatever the pull request brings', async () => {
    const mine = serviceConfig.replace('bash deploy.sh', 'echo evil > "$WORLD/live"')
    const { number } = await pull({
      VERSION: '1.1.0\n',
      '.github/seamless.yml': mine,
      '.github/workflows/seamless.yml': 'on: push\njobs: {}\n',
    })
    await commands.say(number, '/deploy production')
    expect(world.live()).toBe('1.1.0')
  })

  it('T01 deploys nothing where the head moved as the comment was written', async () => {
    const { number } = await pull({ VERSION: '1.1.0\n' })
    const evil = await world.repository.commit({
      branch: 'feature-1',
      files: { VERSION: '6.6.6\n' },
      by: 'ada',
    })
    await commands.say(number, '/deploy production')
    expect([await deployments(), world.live(), commands.runs]).toEqual([[], undefined, []])
    const [answer = ''] = await commands.answers(number)
    expect(answer).toContain(evil)
    await commands.say(number, `/deploy production --sha=${evil}`)
    expect(world.live()).toBe('6.6.6')
  })

  it('tells a second deploy who has the environment, and keeps it out', async () => {
    const first = await pull({ VERSION: '1.1.0\n' })
    const second = await pull({ VERSION: '1.2.0\n' })
    await commands.say(first.number, '/lock production a release')
    await commands.say(second.number, '/deploy production')
    expect(await commands.answers(second.number)).toEqual([expect.stringContaining(`#${first.number}`)])
    expect(commands.runs).toEqual([])
    // Nor does a push, or whoever runs it by hand.
    const push = await world.run()
    expect(push.outputs, push.log).toMatchObject({ decision: 'failed', 'reason-code': 'environment_held' })
    expect(world.live()).toBeUndefined()
    await commands.say(first.number, '/unlock production')
    const again = await world.run()
    expect(again.outputs, again.log).toMatchObject({ decision: 'completed' })
    expect([world.live(), await lock()]).toEqual(['1.0.0', undefined])
  })

  it('L02 says what failed, and gives the environment back', async () => {
    await world.run()
    const { number } = await pull({ VERSION: '1.1.0\n', failing: '' })
    await commands.say(number, '/deploy production')
    expect(await commands.reactions(commands.lastComment())).toEqual(['eyes', 'confused'])
    expect((await commands.answers(number)).at(-1)).toMatch(/@ada[\s\S]*`tests_failed`/)
    expect([world.live(), await lock()]).toEqual(['1.0.0', undefined])
  })

  it('L20 says of a cancelled run that it was cancelled, and what it left was taken back', async () => {
    await world.run()
    const { number } = await pull({ VERSION: '1.1.0\n', 'slow-deploy': '' })
    play.cancelAt = 'deploying slowly'
    await commands.say(number, '/deploy production')
    expect((await commands.answers(number)).at(-1)).toContain('`cancelled`')
    expect([world.live(), await lock()]).toEqual(['1.0.0', undefined])
    const [newest] = await deployments()
    expect((await world.statesOf(String(newest?.id))).at(-1)).toMatch(/^failure: cancelled: /)
  })

  it('L04 closes and tells what was cancelled while it waited for a runner', async () => {
    await world.run()
    const { number } = await pull({ VERSION: '1.1.0\n' })
    play.never = true
    await commands.say(number, '/deploy production')
    expect((await commands.answers(number)).at(-1)).toContain('`run_cancelled`')
    expect([world.live(), await lock()]).toEqual(['1.0.0', undefined])
    const [newest] = await deployments()
    // Nothing was sent there: it must not read as half done.
    expect((await world.statesOf(String(newest?.id))).at(-1)).toMatch(/^inactive: run_cancelled: /)
    play.never = false
    await commands.say(number, '/deploy production')
    expect(world.live()).toBe('1.1.0')
  })

  it('L03 lets one of two at the same time through', async () => {
    const first = await pull({ VERSION: '1.1.0\n' })
    const second = await pull({ VERSION: '1.2.0\n' })
    const one = await commands.write(first.number, '/deploy production')
    const other = await commands.write(second.number, '/deploy production')
    const both = Promise.all([commands.answer(one), commands.answer(other)])
    play.until = both
    const results = await both
    await world.hub.runsIdle()
    const reasons = new Set(results.map(({ outputs }) => outputs['reason-code']))
    expect(reasons).toEqual(new Set(['deploy_started', 'environment_busy']))
    expect(await deployments()).toHaveLength(1)
    expect(commands.runs).toHaveLength(1)
  })

  it('L05 settles what a lost run left before the next one has the environment', async () => {
    const { number } = await pull({ VERSION: '1.1.0\n' })
    play.lost = true
    await commands.say(number, '/deploy production')
    expect(await lock()).toMatchObject({ operation: { kind: 'deploy' } })
    play.lost = false
    await commands.say(number, '/deploy production')
    const answers = await commands.answers(number)
    expect(answers.filter((text) => text.includes('`run_failed`'))).toHaveLength(1)
    expect([world.live(), await lock()]).toEqual(['1.1.0', undefined])
  })

  it('L20 gives back what a cancelled push had taken', async () => {
    await world.run()
    await world.repository.commit({ files: { VERSION: '1.1.0\n', 'slow-deploy': '' } })
    const push = await world.run({ cancelAt: 'deploying slowly' })
    expect(push.outputs, push.post.log).toMatchObject({ decision: 'cancelled' })
    expect([world.live(), await lock()]).toEqual(['1.0.0', undefined])
  })

  it('R19 rolls back by a comment, through the lock of another pull request', async () => {
    const first = await pull({ VERSION: '1.1.0\n' })
    await commands.say(first.number, '/rollback production')
    expect((await commands.answers(first.number)).at(-1)).toContain('nothing to go back to')
    await commands.say(first.number, '/deploy production')
    const [old] = await deployments()
    await world.judge(first.sha, String(old?.id), 'success')
    const second = await pull({ VERSION: '1.2.0\n' })
    await commands.say(second.number, '/deploy production')
    expect(world.live()).toBe('1.2.0')
    await commands.say(first.number, '/lock production')
    await commands.say(second.number, '/rollback production')
    expect(world.live()).toBe('1.1.0')
    expect((await commands.answers(second.number)).at(-1)).toContain('is back on `1.1.0`')
    expect(await lock()).toMatchObject({ hold: { pull: first.number } })
    const [newest] = await deployments()
    expect(newest).toMatchObject({ sha: first.sha })
  })

  it('plans by a comment: a dry run, and what it found', async () => {
    const { number } = await pull({ VERSION: '1.1.0\n' })
    await commands.say(number, '/plan production')
    expect(commands.runs.map(({ job }) => job)).toEqual(['dry-run'])
    expect(await commands.answers(number)).toEqual([expect.stringContaining('deploy/production/apply')])
    expect(await commands.reactions(commands.lastComment())).toEqual(['eyes', 'rocket'])
    expect([await deployments(), world.live()]).toEqual([[], undefined])
  })

  it('answers a slip and /status, and starts nothing', async () => {
    const { number } = await pull({ VERSION: '1.1.0\n' })
    await commands.say(number, '/deploy prodution')
    await commands.say(number, '/status')
    const answers = await commands.answers(number)
    expect(answers[0]).toContain('production')
    expect(answers).toHaveLength(2)
    expect(commands.runs).toEqual([])
  })
})

describe('where the App drives', () => {
  beforeEach(async () => {
    await world.close()
    await start({ '.github/seamless.yml': serviceConfig.replace('driver: action', 'driver: app') })
  })

  it('the workflow says nothing to a comment', async () => {
    const { number } = await pull({ VERSION: '1.1.0\n' })
    const result = await commands.say(number, '/deploy production')
    expect(result?.outputs).toMatchObject({ decision: 'nothing_to_do', 'reason-code': 'not_driver' })
    expect([await commands.answers(number), await commands.reactions(commands.lastComment())]).toEqual([
      [],
      [],
    ])
    expect(commands.runs).toEqual([])
  })

  it('a push is an upgrade as ever, and takes no lock that the App does not know', async () => {
    const result = await world.run({ environment: { SEAMLESS_CHECKS_APP_ID: '1' } })
    expect(result.outputs, result.log).toMatchObject({ decision: 'completed' })
    expect([world.live(), await lock()]).toEqual(['1.0.0', undefined])
  })
})
