import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commitChange, createOrdersRepository, git } from '../../demo/orders-repository.ts'
import { createSandbox, type Sandbox } from '../../demo/sandbox.ts'
import { parseConfig } from '../../src/config/parse.ts'

let sandbox: Sandbox
let repository: string
const commits: string[] = []

beforeAll(async () => {
  sandbox = await createSandbox()
  repository = join(sandbox.folder, 'orders')
  commits.push(await createOrdersRepository(sandbox, repository))
  commits.push(await commitChange(sandbox, repository, 'v2'))
  commits.push(await commitChange(sandbox, repository, 'v3'))
})

afterAll(() => sandbox.clean())

describe('the example service', () => {
  it.each(['examples/service/.github/seamless.yml', 'demo/seamless.yml'])(
    'has no error in %s',
    async (file) => {
      expect(parseConfig(await readFile(file, 'utf8'), file)).toMatchObject({ ok: true })
    },
  )

  it.each([
    [1, '1.0.0', 7],
    [2, '2.0.0', 8],
    [3, '3.0.0', 9],
  ])('passes its own tests at version %i, the bad one too', async (number, version, tests) => {
    await git(sandbox, repository, 'checkout', '--quiet', commits[number - 1]!)
    expect(await readFile(join(repository, 'VERSION'), 'utf8')).toBe(`${version}\n`)
    await sandbox.run({ file: 'npm', args: ['test'], cwd: repository })
    const report = await readFile(join(repository, 'junit.xml'), 'utf8')
    expect(report.match(/<testcase /g)).toHaveLength(tests)
    expect(report).not.toContain('<failure')
  })

  it('builds the same bytes from the same commit', async () => {
    const archives = []
    for (const folder of ['once', 'twice']) {
      const clone = join(sandbox.folder, folder)
      await mkdir(clone)
      await git(sandbox, clone, 'clone', '--quiet', repository, '.')
      const env = { SEAMLESS_VERSION: '1.0.0', SEAMLESS_SHA: commits[0]! }
      await sandbox.run({ file: './ops/build.sh', cwd: clone, env })
      archives.push(await readFile(join(clone, 'build/orders-1.0.0.tar')))
    }
    expect(archives[0]!.length).toBeGreaterThan(10_000)
    expect(archives[0]!.equals(archives[1]!)).toBe(true)
  })
})
