import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { type DockerEngine, hasDocker, startEngine } from '../support/docker/engine.ts'
import { type Registry, startRegistry } from '../support/docker/registry.ts'
import { type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/docker')
const example = (name: string): string => readFileSync(join(EXAMPLE, name), 'utf8')

/* The example of docs/docker.md, on a real engine and a real registry, through the whole loop. */
describe.skipIf(!hasDocker())('an upgrade by images', () => {
  let engine: DockerEngine
  let registry: Registry
  let world: UpgradeWorld
  let image: string
  let site: string

  beforeAll(async () => {
    ;[engine, registry] = await Promise.all([startEngine(), startRegistry()])
  }, 120_000)
  afterAll(async () => {
    await Promise.all([engine?.remove(), registry?.remove()])
  }, 60_000)

  beforeEach(async () => {
    image = `${registry.host}/shop/site`
    const config = example('seamless.yml').replace('registry.example.org/shop/site', image)
    const files = ['Dockerfile', 'site/index.html', 'ops/deploy.sh', 'ops/status.sh']
    world = await upgradeWorld({
      config: config.replaceAll(/: (ops\/\w+\.sh)/g, ': bash $1'),
      files: Object.fromEntries(files.map((name) => [name, example(name)])),
      environment: { DOCKER_HOST: engine.host, DOCKER_BUILDKIT: '0' },
    })
    site = join(world.repository.folder, 'site')
    const home = join(world.repository.folder, 'docker-config')
    mkdirSync(home)
    writeFileSync(join(home, 'config.json'), '{}')
    Object.assign(world.environment, { SITE: site, DOCKER_CONFIG: home })
  })
  afterEach(() => world.remove())

  const shown = (name: string): string => readFileSync(join(site, name), 'utf8').trim()

  /** Somebody's image under all the tags that we gave: by a tag nothing of ours would be had any more. */
  const moveTags = (...tags: readonly string[]): void => {
    const folder = join(world.repository.folder, 'evil')
    mkdirSync(join(folder, 'site'), { recursive: true })
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY site /site\n')
    writeFileSync(join(folder, 'site/version.txt'), 'evil\n')
    for (const tag of tags) {
      const docker = (...args: readonly string[]): void =>
        void execFileSync('docker', args, { env: world.environment, stdio: 'ignore' })
      docker('build', '--tag', `${image}:${tag}`, folder)
      docker('push', `${image}:${tag}`)
    }
  }

  test('what was built is what is deployed, and what it goes back to, by digest: tags may mean what they like', async () => {
    const first = await world.run()
    expect(first).toMatchObject({ decision: 'completed', reason: 'not_watched' })
    expect(first.artifacts).toEqual([
      {
        kind: 'image',
        name: image,
        digest: await registry.digestOf('shop/site', first.candidate!.sha!),
        bytes: expect.any(Number),
      },
    ])
    expect(shown('version.txt')).toBe('1.0.0')

    world.repository.commit(
      { VERSION: '1.1.0\n', 'site/index.html': '<p>Open all day.</p>\n' },
      'Open longer',
    )
    const buildJob = await world.run({ stage: 'build' })
    moveTags('1.0.0', '1.1.0', 'newest', first.candidate!.sha!, buildJob.candidate!.sha!)
    const deployJob = await world.run({ stage: 'deploy' })
    expect(deployJob).toMatchObject({ decision: 'completed', artifacts: buildJob.artifacts })
    expect(shown('version.txt')).toBe('1.1.0')
    expect(shown('index.html')).toBe('<p>Open all day.</p>')

    world.repository.commit(
      { VERSION: '1.2.0\n', 'ops/deploy.sh': `${example('ops/deploy.sh')}exit 1\n` },
      'A deployment that fails when users have it already',
    )
    const failed = await world.run()
    expect(failed).toMatchObject({ decision: 'rolled_back', reason: 'deploy_failed' })
    expect(failed.artifacts[0]!.digest).not.toBe(deployJob.artifacts[0]!.digest)
    expect(shown('version.txt')).toBe('1.1.0')
  }, 120_000)

  test('a build that fails deploys nothing, and the receipt says what the engine said', async () => {
    world.repository.commit({ Dockerfile: 'FROM scratch\nCOPY missing /missing\n' }, 'Break the build')
    const upgrade = await world.run()
    expect(upgrade).toMatchObject({ decision: 'failed', reason: 'build_failed', artifacts: [] })
    expect(upgrade.message).toMatch(/^build\/image: docker build .* failed \(exit 1\).*missing/s)
    expect(world.read('live')).toBeUndefined()
  }, 60_000)
})
