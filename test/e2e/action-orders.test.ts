import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CommentCommands, commentCommands, WORKFLOW } from '../support/comment-commands.ts'
import { type WorkflowWorld, workflowWorld } from '../support/workflow-world.ts'

/** Jobs are processes, and the machine may be busy. */
const PATIENCE_MS = 180_000

const MAINTAINER = 'rita'

let world: WorkflowWorld
let commands: CommentCommands

beforeEach(async () => {
  world = await workflowWorld({ '.github/workflows/seamless.yml': WORKFLOW })
  world.repository.setRole(MAINTAINER, 'maintain')
  commands = commentCommands(world)
})
afterEach(() => world.close())

/** A pull request whose head everybody could see when they comment. */
async function pull(files: Readonly<Record<string, string>>): Promise<{ number: number; sha: string }> {
  world.setLag(60_000)
  const opened = await commands.openPull(files)
  world.setLag(0)
  return opened
}

const answer = async (number: number): Promise<string | undefined> => (await commands.answers(number)).at(-1)
const reactions = async (): Promise<readonly string[]> => commands.reactions(commands.lastComment())

/** What the switch of the repository is, as the ref says that git keeps. */
async function autoRevert(): Promise<unknown> {
  const ref = await world.repository.shaOf('refs/seamless/autorevert')
  if (ref === undefined) return undefined
  const { message } = await world.api<{ message: string }>('GET', `/git/commits/${ref}`)
  return (JSON.parse(message) as { record?: { value: unknown } }).record?.value
}

describe('what people say of versions, without a server and with the rights of the example', () => {
  it(
    'R19 what somebody accepts is what a rollback returns to; where nobody watches, a pause says so',
    async () => {
      const first = await pull({ VERSION: '1.1.0\n' })
      await commands.say(first.number, '/deploy production')
      await commands.say(first.number, '/pause production')
      expect(await answer(first.number)).toContain('Nothing is being watched in `production`')
      expect(await reactions()).toEqual(['eyes', '-1'])
      const said = await commands.say(first.number, '/accept production')
      expect(said?.outputs, said?.log).toMatchObject({ 'reason-code': 'accepted_on_request' })
      expect(await answer(first.number)).toMatch(/^✅ `ada` accepts `1\.1\.0` in `production`/)
      const second = await pull({ VERSION: '1.2.0\n' })
      await commands.say(second.number, '/deploy production')
      expect(world.live()).toBe('1.2.0')
      await commands.say(second.number, '/rollback production')
      expect(world.live()).toBe('1.1.0')
    },
    PATIENCE_MS,
  )

  it(
    'R13 the kill switch takes a maintainer; /revert works for people whatever it says',
    async () => {
      const { number } = await pull({ VERSION: '1.1.0\n' })
      await commands.say(number, '/autorevert off')
      expect(await reactions()).toEqual(['eyes', '-1'])
      expect(await autoRevert()).toBeUndefined()
      await commands.say(number, '/autorevert off', MAINTAINER)
      expect(await autoRevert()).toMatchObject({ isOn: false, by: { login: MAINTAINER } })
      await commands.say(number, '/revert')
      expect(await answer(number)).toContain('there is no merge to take back')
      await world.api('PUT', `/pulls/${number}/merge`, { body: { merge_method: 'squash' }, login: 'ada' })
      const merged = await world.repository.shaOf('main')
      const said = await commands.say(number, '/revert')
      expect(said?.outputs, said?.log).toMatchObject({ 'reason-code': 'reverted' })
      expect(await world.repository.shaOf('main')).not.toBe(merged)
      const reverts = await world.api<{ body: string }[]>('GET', '/pulls?state=closed')
      expect(reverts[0]?.body).toMatch(/`ada` asked for this by `\/revert`.*switched off/)
      await commands.say(number, '/status')
      expect(await answer(number)).toMatch(/Automatic reverts: off, by `/)
    },
    PATIENCE_MS,
  )
})
