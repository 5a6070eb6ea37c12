import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { dockerRows } from '../../src/cli/doctor/docker-rows.ts'
import { openapiRows } from '../../src/cli/doctor/openapi-rows.ts'
import type { Row } from '../../src/cli/doctor/row.ts'
import { parseConfig } from '../../src/config/parse.ts'
import type { Config } from '../../src/config/schema.ts'
import { startEngine, hasDocker } from '../support/docker/engine.ts'
import { stepWorld, type StepWorld } from '../support/step-world.ts'

let world: StepWorld
beforeEach(() => {
  world = stepWorld()
})
afterEach(() => world.remove())

function configOf(lines: string): Config {
  const text = `driver: action\n${lines}\nenvironments: { live: { deploy: { run: { deploy: a, rollback: b } } } }\n`
  const read = parseConfig(text, 'seamless.yml')
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.config
}

const images = configOf('build: [{ name: image, docker: { image: registry.example.org/shop/api } }]')

async function examined(environment: Readonly<Record<string, string>>): Promise<Row[]> {
  const shell = { run: world.shell.run, folder: world.directory, signal: new AbortController().signal }
  const PATH = process.env['PATH'] ?? ''
  return dockerRows(images, { ...shell, environment: { PATH, HOME: world.directory, ...environment } })
}

describe.skipIf(!hasDocker())('doctor on images', () => {
  test('a config without images asks nothing', async () => {
    const shell = { run: world.shell.run, folder: world.directory, signal: new AbortController().signal }
    expect(await dockerRows(configOf(''), { ...shell, environment: {} })).toEqual([])
  })

  test('an engine that is not there, and nobody logged in', async () => {
    expect(await examined({ DOCKER_HOST: 'unix:///nowhere/docker.sock' })).toMatchObject([
      {
        what: 'docker',
        state: 'missing',
        why: expect.stringContaining('or set DOCKER_HOST to one that runs'),
      },
      { what: 'registry registry.example.org', state: 'warning' },
    ])
  })

  test('an engine that never answers', async () => {
    const socket = join(world.directory, 's')
    const silent = createServer().listen(socket)
    const [row] = await examined({ DOCKER_HOST: `unix://${socket}` })
    expect(row).toMatchObject({ state: 'missing', why: 'The engine takes connections but does not answer.' })
    silent.close()
  })

  test('an engine that works, and a login that is kept where DOCKER_CONFIG says', async () => {
    const engine = await startEngine()
    const folder = join(world.directory, 'cfg')
    mkdirSync(folder)
    writeFileSync(join(folder, 'config.json'), '{"auths":{"registry.example.org":{}}}')
    try {
      expect(await examined({ DOCKER_HOST: engine.host, DOCKER_CONFIG: folder })).toMatchObject([
        { what: 'docker', state: 'ok', why: expect.stringMatching(/^engine \d+\./) },
        { what: 'registry registry.example.org', state: 'ok' },
      ])
    } finally {
      await engine.remove()
    }
  }, 60_000)
})

test('doctor on descriptions: what can be read, what is not there, what is wrong with one', async () => {
  const config = configOf(
    'test: [{ name: a, openapi: a.yaml }, { name: b, openapi: b.json }, { name: c, openapi: c.yaml }]',
  )
  world.write(
    'shop/a.yaml',
    'openapi: 3.0.3\npaths: { /x: { get: { responses: { $ref: ../shared/r.yaml } } } }\n',
  )
  world.write('shared/r.yaml', '{}\n')
  world.write('shop/c.yaml', 'openapi: 3.0.3\npaths: [\n')
  expect(await openapiRows(config, world.directory, join(world.directory, 'shop'))).toMatchObject([
    { what: 'openapi shop/a.yaml', state: 'ok', why: '1 operation.' },
    { what: 'openapi shop/b.json', state: 'missing', why: 'There is no such file.' },
    { what: 'openapi shop/c.yaml', state: 'missing', why: expect.stringMatching(/^shop\/c\.yaml:3: /) },
  ])
})
