import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { runBuilder } from '../../src/adapters/run-build.ts'
import { ArtifactMismatch } from '../../src/errors.ts'
import type { Artifact, BuildOutcome } from '../../src/ports/builder.ts'
import type { StepFailure } from '../../src/ports/step.ts'
import { builderContract } from '../contract/builder.ts'
import { stepWorld } from '../support/step-world.ts'
import type { StepWorld } from '../support/step-world.ts'

function failureOf(outcome: BuildOutcome): StepFailure | undefined {
  return outcome.kind === 'failed' ? outcome.failure : undefined
}

builderContract(() => {
  const world = stepWorld()
  const running = (run: string, artifacts: string[] = []) =>
    runBuilder({ run, artifacts, timeoutMs: 10_000 }, world.shell)
  return {
    making: (artifacts) => {
      const lines = Object.entries(artifacts).map(
        ([name, text]) => `mkdir -p "$(dirname ${name})"; printf '${text.replaceAll('\n', '\\n')}' > ${name}`,
      )
      return running(
        lines.join('\n'),
        Object.keys(artifacts).every((name) => name.startsWith('dist/'))
          ? ['dist/**']
          : Object.keys(artifacts),
      )
    },
    sample: { 'dist/b.js': 'b\n', 'dist/a.js': 'aaa\n', 'dist/sub/c.js': '' },
    found: async (artifacts) =>
      Object.entries(artifacts).map(([name, text]) => ({
        name,
        digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
        bytes: text.length,
      })),
    context: world.context,
    remove: world.remove,
    exits: async (code, line, context) =>
      failureOf(await running(`echo '${line}'; exit ${code}`).build(context)),
    hangs: async (context) => failureOf(await running('sleep 60').build(context)),
    prints: async (name, context) => failureOf(await running(`printenv ${name}; exit 1`).build(context)),
  }
})

let world: StepWorld
beforeEach(() => {
  world = stepWorld()
})
afterEach(() => world.remove())

async function build(run: string, artifacts: readonly string[]): Promise<BuildOutcome> {
  return runBuilder({ run, artifacts, timeoutMs: 10_000 }, world.shell).build(world.context())
}

async function built(run: string, artifacts: readonly string[]): Promise<readonly Artifact[]> {
  const outcome = await build(run, artifacts)
  expect(outcome.kind).toBe('built')
  return outcome.kind === 'built' ? outcome.artifacts : []
}

describe('artefacts', () => {
  test('a pattern that matches nothing fails the build and is named', async () => {
    const outcome = await build('mkdir dist empty; touch dist/a', ['dist/**', 'bin/*', 'empty/**'])
    expect(outcome).toMatchObject({ kind: 'failed', failure: { why: 'report' } })
    expect(failureOf(outcome)?.message).toMatch(
      /^a\/step succeeded but made no file that matches bin\/\*, empty\/\*\* below /,
    )
  })

  test('a file that two patterns match is one artefact; hidden files that are named count', async () => {
    const artifacts = await built('mkdir dist; touch dist/a.js dist/.hidden', [
      'dist/**',
      'dist/*.js',
      'dist/.hidden',
    ])
    expect(artifacts.map(({ name }) => name)).toEqual(['dist/.hidden', 'dist/a.js'])
  })

  test('I14 links within the folder count as what they name; links, patterns that lead out are refused', async () => {
    expect(
      (await built('mkdir d; echo x > d/real; ln -s real d/link', ['d/*'])).map(({ name }) => name),
    ).toEqual(['d/link', 'd/real'])
    expect(failureOf(await build('ln -s /etc/passwd d/out', ['d/*']))?.message).toMatch(
      /"d\/out" is a link that leads out/,
    )
    expect(failureOf(await build('mkdir e; ln -s /etc e/etc', ['e/etc/hostname']))?.message).toMatch(
      /is a link that leads out/,
    )
    for (const pattern of ['../*', '/etc/hostname', 'd/../../*']) {
      expect(failureOf(await build('true', [pattern]))?.message).toMatch(/leads out of the step's folder/)
    }
  })

  test('a step of a subfolder names what it makes from the top, so that it comes back to its place', async () => {
    world.write('packages/api/x', '')
    const step = { run: 'mkdir dist; echo a > dist/a', artifacts: ['dist/**'], timeoutMs: 10_000 }
    const context = world.context({ directory: join(world.directory, 'packages/api') })
    const outcome = await runBuilder(step, world.shell).build(context)
    expect(outcome).toMatchObject({ kind: 'built', artifacts: [{ name: 'packages/api/dist/a' }] })
  })

  test('I14 a folder that a link leads out of the checkout is not run in', async () => {
    symlinkSync('/', join(world.directory, 'out'))
    const step = { run: 'touch was-here', artifacts: [], timeoutMs: 10_000 }
    for (const directory of ['out', 'out/tmp', '..', '../..'].map((path) => join(world.directory, path))) {
      const outcome = await runBuilder(step, world.shell).build(world.context({ directory }))
      expect(failureOf(outcome)).toMatchObject({
        why: 'spawn',
        message: expect.stringMatching(/leads out of the checkout/),
      })
      expect(existsSync(join(directory, 'was-here'))).toBe(false)
    }
  })

  test('odd names are kept as they are', async () => {
    const artifacts = await built(
      `mkdir d; touch 'd/a b' "d/new
line" 'd/-x' 'd/$(id)' d/ü`,
      ['d/**'],
    )
    expect(artifacts.map(({ name }) => name)).toEqual(['d/$(id)', 'd/-x', 'd/a b', 'd/new\nline', 'd/ü'])
    await world.shell.artifacts.verify(artifacts)
  })
})

function elsewhere(): string {
  const path = join(world.directory, '..', 'elsewhere')
  mkdirSync(path, { recursive: true })
  return path
}

describe('the store', () => {
  test('gives back the very bytes and whether they are a program, after the original is gone', async () => {
    const artifacts = await built(
      String.raw`mkdir -p dist/bin; printf '\x00\xff\n' > dist/data; echo x > dist/bin/run; chmod 700 dist/bin/run`,
      ['dist/**'],
    )
    rmSync(join(world.directory, 'dist'), { recursive: true })
    const target = elsewhere()
    await world.shell.artifacts.verify(artifacts)
    await world.shell.artifacts.restore(artifacts, target)
    await world.shell.artifacts.restore(artifacts, target)
    expect(readFileSync(join(target, 'dist/data'))).toEqual(Buffer.from([0, 255, 10]))
    expect(statSync(join(target, 'dist/bin/run')).mode & 0o777).toBe(0o755)
    expect(statSync(join(target, 'dist/data')).mode & 0o777).toBe(0o644)
    expect(readdirSync(target)).toEqual(['dist'])
    expect(readdirSync(join(target, 'dist')).sort()).toEqual(['bin', 'data'])
  })

  test('a file of the store that was changed, cut or removed is never given out', async () => {
    const artifacts = await built('echo good > a', ['a'])
    const stored = join(world.store, artifacts[0]!.digest.slice('sha256:'.length))
    const target = elsewhere()
    for (const tamper of [
      () => writeFileSync(stored, 'evil\n'),
      () => writeFileSync(stored, 'goo'),
      () => rmSync(stored),
    ]) {
      if (existsSync(stored)) chmodSync(stored, 0o644)
      tamper()
      await expect(world.shell.artifacts.verify(artifacts)).rejects.toBeInstanceOf(ArtifactMismatch)
      await expect(world.shell.artifacts.restore(artifacts, target)).rejects.toThrow(
        /"a" is not (?:what was built|in the store)/,
      )
      expect(readdirSync(target)).toEqual([])
    }
    // A build of the same content mends it.
    expect(await built('echo good > a', ['a'])).toEqual(artifacts)
    await world.shell.artifacts.verify(artifacts)
  })

  test('I14 a receipt with evil names writes nothing outside the folder', async () => {
    const [artifact] = await built('echo good > a', ['a'])
    const target = elsewhere()
    symlinkSync(world.directory, join(target, 'link'))
    for (const name of ['../a', '/etc/x', 'link/evil', '.', 'x/../../y', '']) {
      await expect(world.shell.artifacts.restore([{ ...artifact!, name }], target)).rejects.toBeInstanceOf(
        ArtifactMismatch,
      )
    }
    for (const digest of ['sha256:../../x', `sha512:${'0'.repeat(64)}`, '']) {
      await expect(world.shell.artifacts.restore([{ ...artifact!, digest }], target)).rejects.toThrow(
        /has no sha256 digest/,
      )
    }
    expect(readdirSync(world.directory)).toEqual(['a'])
    expect(existsSync('/etc/x')).toBe(false)
  })

  test('a link at the place of an artefact is replaced, not written through', async () => {
    const [artifact] = await built('echo good > a; echo other > b', ['a'])
    const target = elsewhere()
    symlinkSync(join(world.directory, 'b'), join(target, 'a'))
    await world.shell.artifacts.restore([artifact!], target)
    expect(readFileSync(join(world.directory, 'b'), 'utf8')).toBe('other\n')
    expect(readFileSync(join(target, 'a'), 'utf8')).toBe('good\n')
  })
})
