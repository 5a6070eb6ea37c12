import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerApp } from '../support/app/app-clients.ts'
import { type AppHome, appHome } from '../support/app/spawned-app.ts'
import { type Docker, emptyDockerConfig, filesOf, makeBaseImages } from '../support/docker/base-images.ts'
import { type DockerEngine, hasDocker, startEngine } from '../support/docker/engine.ts'
import { type GitHub, startGitHub } from '../support/github/start-github.ts'

const ROOT = path.join(import.meta.dirname, '../..')

describe('the Dockerfile', () => {
  const text = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8')

  it('P02 names each image by its digest', () => {
    const images = [...text.matchAll(/^ARG \w+_IMAGE=(.*)$/gm)].map(([, image]) => image)
    expect(images).toHaveLength(2)
    for (const image of images) expect(image).toMatch(/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/)
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, from]) => from)).toEqual([
      '${BUILD_IMAGE}',
      '${RUNTIME_IMAGE}',
    ])
  })

  it('P06 is not root, needs no shell, and runs no script of a package', () => {
    expect(text).toMatch(/^USER 65532:65532$/m)
    for (const [, run] of text.matchAll(/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK .*CMD) (.*)$/gm))
      expect(run).toMatch(/^\[".*"\]$/)
    expect(text).toContain('"--omit=dev", "--ignore-scripts"')
    expect(text).not.toMatch(/^ADD |secret|apt-get|curl|--chmod=0?777/im)
  })
})

/* The real Dockerfile, built and run by a real engine; only its two base images are made here (no registry of images is at hand). */
describe.skipIf(!hasDocker())(
  'the image',
  () => {
    const config = emptyDockerConfig()
    let engine: DockerEngine
    let hub: GitHub
    let home: AppHome
    const docker: Docker = (...args) =>
      execFileSync('docker', args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 64 * 1024 * 1024,
        env: {
          PATH: process.env['PATH'] ?? '',
          DOCKER_HOST: engine.host,
          DOCKER_BUILDKIT: '0',
          DOCKER_CONFIG: config,
        },
      })

    beforeAll(async () => {
      engine = await startEngine()
      hub = await startGitHub({ oracle: false })
      home = await appHome(hub, registerApp(hub))
      const { build, runtime } = makeBaseImages(docker)
      const images = ['--build-arg', `BUILD_IMAGE=${build}`, '--build-arg', `RUNTIME_IMAGE=${runtime}`]
      docker('build', '--network', 'host', ...images, '--tag', 'seamless', ROOT)
    }, 400_000)
    afterAll(async () => {
      await engine?.remove()
      await hub?.close()
      home?.remove()
      rmSync(config, { recursive: true, force: true })
    }, 60_000)

    it('P06 holds the App and what it needs: no shell, no git, no npm, no tests, no dev dependencies', () => {
      const files = filesOf(docker, 'seamless')
      expect(files).toEqual(
        expect.arrayContaining([
          'app/app/main.ts',
          'app/src/errors.ts',
          'app/node_modules/probot/package.json',
        ]),
      )
      const unwanted =
        /(^|\/)(sh|bash|dash|git|kubectl|npm|curl|apt-get)$|^app\/(test|bench|dist|\.git|examples)\/|^app\/node_modules\/(vitest|typescript|node|oxlint)\//
      expect(files.filter((file) => unwanted.test(file))).toEqual([])
    })

    it('P06 runs as nobody in particular, on a read-only root, without any capability; stops when told', async () => {
      const key = home.environment['PRIVATE_KEY_PATH']!
      chownSync(key, 65_532, 65_532)
      chmodSync(key, 0o400)
      // The image's own place for the data, and the key where it is mounted.
      const variables = Object.entries({ ...home.environment, PRIVATE_KEY_PATH: '/run/secrets/key.pem' })
        .filter(([name]) => name !== 'DATA_FOLDER')
        .flatMap(([name, value]) => ['--env', `${name}=${value}`])
      const safe = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']
      const volumes = ['--volume', `${key}:/run/secrets/key.pem:ro`, '--volume', 'seamless-data:/data']
      docker(
        'run',
        '--detach',
        '--name',
        'app',
        '--network',
        'host',
        ...safe,
        ...volumes,
        ...variables,
        'seamless',
      )
      await ready()
      const inside = docker(
        'exec',
        'app',
        '/nodejs/bin/node',
        '-p',
        'process.getuid() + " " + process.version',
      )
      expect(inside).toMatch(/^65532 v24\./)
      expect(() =>
        docker('exec', 'app', '/nodejs/bin/node', '-e', 'require("fs").writeFileSync("/app/x", "")'),
      ).toThrow(/EROFS/)
      docker('exec', 'app', '/nodejs/bin/node', 'app/health-check.ts')
      docker('stop', '--time', '10', 'app')
      expect(docker('inspect', '--format', '{{.State.ExitCode}}', 'app').trim()).toBe('0')
      expect(docker('logs', 'app')).toContain('"msg":"stopped"')
    })

    async function ready(): Promise<void> {
      const url = `http://127.0.0.1:${home.environment['PORT']}/readyz`
      for (let attempt = 0; attempt < 600; attempt += 1) {
        const status = await fetch(url).then(
          (response) => response.status,
          () => 0,
        )
        if (status === 200) return
        const state = docker('inspect', '--format', '{{.State.Status}}', 'app').trim()
        if (state === 'exited') throw new Error(docker('logs', 'app'))
        await wait(100)
      }
      throw new Error(`not ready:\n${docker('logs', 'app')}`)
    }
  },
  120_000,
)
