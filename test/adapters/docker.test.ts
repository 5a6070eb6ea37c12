import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { builderContract } from '../contract/builder.ts'
import {
  addShell,
  built,
  COMMIT,
  type DockerWorld,
  dockerWorld,
  refused,
} from '../support/docker/docker-world.ts'
import { type DockerEngine, hasDocker, startEngine } from '../support/docker/engine.ts'
import { PASSWORD, type Registry, startRegistry, USER } from '../support/docker/registry.ts'

/* Against a real engine and a real registry; the engine's own failures, too, are had from real ones. */
describe.skipIf(!hasDocker())('docker', () => {
  let engine: DockerEngine
  let registry: Registry
  let world: DockerWorld
  let count = 0
  /** A repository that no other test has. */
  let image: string
  let repository: string

  beforeAll(async () => {
    ;[engine, registry] = await Promise.all([startEngine(), startRegistry()])
  }, 120_000)
  afterAll(async () => {
    await Promise.all([engine?.remove(), registry?.remove()])
  }, 60_000)
  beforeEach(() => {
    world = dockerWorld(engine.host)
    repository = `shop/api-${++count}`
    image = `${registry.host}/${repository}`
    world.write('Dockerfile', 'FROM scratch\nCOPY greeting /greeting\n')
    world.write('greeting', 'hello\n')
  })
  afterEach(() => world.remove())

  const inspect = (reference: string): { Config: { Labels: Record<string, string>; Env: string[] } } =>
    (
      JSON.parse(world.docker('image', 'inspect', reference)) as [
        { Config: { Labels: Record<string, string>; Env: string[] } },
      ]
    )[0]

  const copied = (reference: string, path: string): string => {
    const id = world.docker('create', reference, '/none').trim()
    const target = join(world.directory, '..', `copied-${id}`)
    world.docker('cp', `${id}:${path}`, target)
    world.docker('rm', id)
    return readFileSync(target, 'utf8')
  }

  builderContract(() => {
    const own = dockerWorld(engine.host)
    const prefix = `${registry.host}/contract-${++count}`
    const section = (name: string) => ({ image: `${prefix}/${name}` })
    const ending = async (dockerfile: string, context: Parameters<DockerWorld['context']>[0], more = {}) => {
      own.write('Dockerfile', `FROM scratch\nCOPY . /\n${dockerfile}\n`)
      const outcome = await own.builder(section('x'), more).build(own.context(context))
      return outcome.kind === 'failed' ? outcome.failure : undefined
    }
    return {
      sample: { 'shop/api': 'hello\n' },
      making: (artifacts) => {
        const [name, text] = Object.entries(artifacts)[0]!
        own.write('Dockerfile', 'FROM scratch\nCOPY text /text\n')
        own.write('text', text)
        return own.builder(section(name))
      },
      found: async (artifacts) =>
        Promise.all(
          Object.entries(artifacts).map(async ([name, text]) => ({
            kind: 'image',
            name: `${prefix}/${name}`,
            digest:
              (await registry.digestOf(`${prefix.split('/').slice(1).join('/')}/${name}`, COMMIT)) ?? '',
            bytes: text.length,
          })),
        ),
      context: own.context,
      remove: own.remove,
      exits: (code, line, context) => {
        addShell(own.directory)
        return ending(`RUN echo '${line}'; exit ${code}`, context)
      },
      hangs: (context) => {
        addShell(own.directory)
        return ending('RUN sleep 600', context)
      },
      // A command of that name shows what `docker` is given; a build itself sees nothing of it.
      prints: (name, context) => {
        const bin = withProgram(own, 'docker', `printenv ${name}; exit 1`)
        const seen = dockerWorld(engine.host, { PATH: `${bin}:${process.env['PATH']}` })
        seen.write('Dockerfile', 'FROM scratch\n')
        return seen
          .builder(section('x'))
          .build({ ...context, root: seen.directory, directory: seen.directory })
          .then((outcome) => (outcome.kind === 'failed' ? outcome.failure : undefined))
          .finally(seen.remove)
      },
    }
  })

  describe('the image', () => {
    test('is in the registry by its commit and its tags, says where it is from, and is known by the digest that is served', async () => {
      const image1 = built(await world.build({ image, tags: ['{version}', 'v{version}', 'newest'] }))
      expect(image1).toEqual({
        kind: 'image',
        name: image,
        digest: await registry.digestOf(repository, COMMIT),
        bytes: 'hello\n'.length,
      })
      expect(await registry.tags(repository)).toEqual([COMMIT, '1.4.0', 'newest', 'v1.4.0'])
      for (const tag of ['1.4.0', 'newest', 'v1.4.0', image1.digest]) {
        expect(await registry.digestOf(repository, tag)).toBe(image1.digest)
      }
      expect(inspect(`${image}@${image1.digest}`).Config.Labels).toMatchObject({
        'org.opencontainers.image.revision': COMMIT,
        'org.opencontainers.image.version': '1.4.0',
        'org.opencontainers.image.source': 'https://github.com/shop/api',
        'org.opencontainers.image.created': expect.stringMatching(/^2026-11-23T12:\d\d:\d\d\.\d{3}Z$/),
      })
      expect(copied(`${image}@${image1.digest}`, '/greeting')).toBe('hello\n')
    })

    test('is made of the given context, file, target and arguments', async () => {
      world.write('api/src/greeting', 'from the context\n')
      world.write(
        'api/ops/Containerfile',
        'FROM scratch AS small\nARG WHO\nARG VERSION=none\nENV WHO=$WHO VERSION=$VERSION\nCOPY greeting /small\nFROM scratch\nCOPY greeting /whole\n',
      )
      const section = {
        image,
        context: 'src',
        file: 'ops/Containerfile',
        target: 'small',
        args: { WHO: 'you;$(id)', VERSION: '{version}' },
      }
      const context = world.context({ directory: join(world.directory, 'api') })
      const { digest } = built(await world.builder(section).build(context))
      expect(copied(`${image}@${digest}`, '/small')).toBe('from the context\n')
      expect(() => copied(`${image}@${digest}`, '/whole')).toThrow(/Could not find|No such/)
      expect(inspect(`${image}@${digest}`).Config.Env).toEqual(
        expect.arrayContaining(['WHO=you;$(id)', 'VERSION=1.4.0']),
      )
    })
  })

  describe('built once', () => {
    test('a second run finds it, on an engine that never had it too, and says so', async () => {
      const first = built(await world.build({ image }))
      world.docker('rmi', '--force', `${image}:1.4.0`, `${image}:${COMMIT}`, `${image}@${first.digest}`)
      world.write('greeting', 'another file now, but the same commit\n')
      expect(built(await world.build({ image }))).toEqual(first)
      expect(world.log.lines.join('\n')).toMatch(
        /Nothing is built again; its digest sha256:[0-9a-f]{64} is used/,
      )
      expect(copied(`${image}@${first.digest}`, '/greeting')).toBe('hello\n')
    })

    test('a tag that somebody moves changes nothing: neither what was built nor what a second run takes', async () => {
      const first = built(await world.build({ image }))
      world.write('other/Dockerfile', 'FROM scratch\nCOPY Dockerfile /evil\n')
      world.docker('build', '--tag', `${image}:1.4.0`, join(world.directory, 'other'))
      world.docker('push', `${image}:1.4.0`)
      expect(await registry.digestOf(repository, '1.4.0')).not.toBe(first.digest)
      expect(copied(`${image}@${first.digest}`, '/greeting')).toBe('hello\n')
      expect(built(await world.build({ image }))).toEqual(first)
    })

    test('other arguments make another image: it is said, and the first digest stays what it was', async () => {
      world.write('Dockerfile', 'FROM scratch\nARG WHO\nENV WHO=$WHO\nCOPY greeting /greeting\n')
      const first = built(await world.build({ image, args: { WHO: 'one' } }))
      const second = built(await world.build({ image, args: { WHO: 'two' } }))
      expect(second.digest).not.toBe(first.digest)
      expect(world.log.lines.join('\n')).toContain(
        `was built with other arguments, target or files (${first.digest})`,
      )
      expect(await registry.digestOf(repository, first.digest)).toBe(first.digest)
      expect(built(await world.build({ image, args: { WHO: 'two' } }))).toEqual(second)
    })

    test("somebody else's image under the commit's tag is not taken for ours, and not overwritten", async () => {
      world.docker(
        'build',
        '--label',
        'org.opencontainers.image.revision=feed',
        '--tag',
        `${image}:${COMMIT}`,
        world.directory,
      )
      world.docker('push', `${image}:${COMMIT}`)
      const before = await registry.digestOf(repository, COMMIT)
      const { message } = refused(await world.build({ image }))
      expect(message).toContain(`the registry has ${image}:${COMMIT} already (${before})`)
      expect(message).toContain('it says that it is of feed')
      expect(await registry.digestOf(repository, COMMIT)).toBe(before)
    })
  })

  describe('what it is given', () => {
    test.each(['1.4.0\n--tag=evil', '1 4', '-x', '.hidden', 'a/b', 'a:b', 'x'.repeat(129)])(
      'I10 a version %j makes no tag, and nothing is built or pushed',
      async (version) => {
        const failure = refused(
          await world.build({ image, tags: ['{version}'] }, { SEAMLESS_VERSION: version }),
        )
        expect(failure).toMatchObject({
          why: 'spawn',
          message: expect.stringContaining('cannot be a tag of an image'),
        })
        expect(world.log.lines.join('\n')).not.toContain('Step 1')
      },
    )

    test.each(['a\nb', 'a b', '-x', 'a\tb', 'a\u0000b'])(
      'I10 a version %j makes no build argument',
      async (version) => {
        const section = { image, tags: ['fixed'], args: { WHO: '{version}' } }
        const failure = refused(await world.build(section, { SEAMLESS_VERSION: version }))
        expect(failure).toMatchObject({
          why: 'spawn',
          message: expect.stringMatching(/the build argument WHO would be|NUL/),
        })
      },
    )

    test('I14 a context or a Dockerfile that leads out of the checkout, or is not there, is named', async () => {
      symlinkSync('/etc', join(world.directory, 'out'))
      symlinkSync('/etc/passwd', join(world.directory, 'Outfile'))
      const said = async (section: object): Promise<string> =>
        refused(await world.build({ image, ...section })).message
      expect(await said({ context: 'out' })).toMatch(
        /^a\/step: "out" is a link that leads out of .* Correct "context"/,
      )
      expect(await said({ file: 'Outfile' })).toMatch(
        /"Outfile" is a link that leads out of .* Correct "file"/,
      )
      expect(await said({ file: 'Nofile' })).toMatch(/"Nofile" does not exist below .* Correct "file"/)
      expect(await said({ target: 'none' })).toMatch(
        /Correct "target": the Dockerfile has no stage of this name/,
      )
    })
  })

  describe('secrets', () => {
    test('I10 go into a build by --secret only: without BuildKit nothing is built, and it is said what is needed', async () => {
      const one = dockerWorld(engine.host, { NPM_TOKEN: 'hunter2-hunter2' })
      one.write('Dockerfile', 'FROM scratch\nCOPY Dockerfile /x\n')
      const builder = one.builder({ image, secrets: { npm: 'NPM_TOKEN' } }, { secrets: ['NPM_TOKEN'] })
      const { message } = refused(await builder.build(one.context()))
      expect(message).toMatch(
        /The secret "npm" of the build needs BuildKit, and DOCKER_BUILDKIT=0 switches it off\..*buildx/,
      )
      expect(await registry.digestOf(repository, COMMIT)).toBeUndefined()
      one.remove()
    })

    test('with BuildKit they leave no trace in the image, its history or the log', async () => {
      // The command of Debian's docker.io has BuildKit built in; a later one needs its plugin.
      const bin = withProgram(world, 'docker', 'exec /usr/bin/docker "$@"')
      const PATH = `${bin}:${process.env['PATH']}`
      const one = dockerWorld(engine.host, { NPM_TOKEN: 'hunter2-hunter2', DOCKER_BUILDKIT: '', PATH })
      one.write('Dockerfile', 'FROM scratch\nCOPY Dockerfile /x\n')
      const builder = one.builder({ image, secrets: { npm: 'NPM_TOKEN' } }, { secrets: ['NPM_TOKEN'] })
      const { digest } = built(await builder.build(one.context()))
      expect(one.log.lines.join('\n')).toMatch(/#\d+ exporting to image/)
      const all =
        one.docker('image', 'inspect', `${image}@${digest}`) +
        one.docker('history', '--no-trunc', `${image}@${digest}`)
      expect(all + one.log.lines.join('\n')).not.toContain('hunter2')
      one.remove()
    })

    test('S01 what a build prints of a declared secret is masked', async () => {
      const one = dockerWorld(engine.host, { DEPLOY_TOKEN: 'hunter2-hunter2' })
      addShell(one.directory)
      one.write('Dockerfile', 'FROM scratch\nCOPY . /\nRUN echo hunter2-hunter2; exit 1\n')
      const failure = refused(
        await one.builder({ image }, { secrets: ['DEPLOY_TOKEN'] }).build(one.context()),
      )
      expect(failure.output).toContain('***')
      expect(JSON.stringify([failure, one.log.lines])).not.toContain('hunter2-hunter2')
      one.remove()
    })
  })

  describe('the registry', () => {
    test('is tried again while it is down, then named with what to do; nothing was built', async () => {
      // The discard port, where nobody listens.
      const { message } = refused(await world.build({ image: '127.0.0.1:9/shop/api' }))
      expect(world.clock.waits).toEqual([1000, 3000, 9000])
      expect(message).toMatch(
        /connection refused.*The registry 127\.0\.0\.1:\d+ does not answer the engine as it should/,
      )
      expect(world.log.lines.filter((line) => /Trying again in [139] s/.test(line))).toHaveLength(3)
      expect(world.log.lines.join('\n')).not.toContain('Step 1')
    })

    test('that comes back in time is waited for', async () => {
      await registry.stop()
      const { sleep } = world.clock
      Object.assign(world.clock, {
        sleep: async (ms: number, signal: AbortSignal) => {
          await sleep(ms, signal)
          if (ms === 3000) await registry.start()
        },
      })
      const { digest } = built(await world.build({ image }))
      expect(world.clock.waits).toEqual([1000, 3000])
      expect(await registry.digestOf(repository, COMMIT)).toBe(digest)
    })

    describe('that asks who it is', () => {
      let closed: Registry
      beforeAll(async () => {
        closed = await startRegistry({ isClosed: true })
      })
      afterAll(() => closed.remove())

      test('refuses a stranger before anything is built, at once, with what to do', async () => {
        const { message } = refused(await world.build({ image: `${closed.host}/${repository}` }))
        expect(message).toMatch(/no basic auth credentials/)
        expect(message).toContain(`log in before Seamless runs ("docker login ${closed.host}"`)
        expect(world.clock.waits).toEqual([])
        expect(world.log.lines.join('\n')).not.toContain('Step 1')
      })

      test("lets in who has logged in by Docker's own command, whose store is where DOCKER_CONFIG says", async () => {
        execFileSync('docker', ['login', '--username', USER, '--password-stdin', closed.host], {
          env: world.environment,
          input: PASSWORD,
          stdio: ['pipe', 'ignore', 'ignore'],
        })
        const { digest } = built(await world.build({ image: `${closed.host}/${repository}` }))
        expect(await closed.digestOf(repository, COMMIT)).toBe(digest)
      })

      test('lets in who has a credential helper, and the password shows nowhere', async () => {
        const bin = withProgram(
          world,
          'docker-credential-suite',
          `echo '{"Username":"${USER}","Secret":"${PASSWORD}"}'`,
        )
        const one = dockerWorld(engine.host, { PATH: `${bin}:${process.env['PATH']}` })
        one.write('Dockerfile', 'FROM scratch\nCOPY Dockerfile /x\n')
        writeFileSync(join(one.environment['DOCKER_CONFIG']!, 'config.json'), '{"credsStore":"suite"}')
        const { digest } = built(await one.build({ image: `${closed.host}/${repository}` }))
        expect(await closed.digestOf(repository, COMMIT)).toBe(digest)
        expect(one.log.lines.join('\n')).not.toContain(PASSWORD)
        one.remove()
      })
    })
  })

  describe('the engine', () => {
    test('is not there', async () => {
      const one = dockerWorld('unix:///nowhere/docker.sock')
      one.write('Dockerfile', 'FROM scratch\n')
      const failure = refused(await one.build({ image }))
      expect(failure.why).toBe('exit')
      expect(failure.message).toMatch(
        /Cannot connect to the Docker daemon at unix:\/\/\/nowhere\/docker\.sock.* start it \("systemctl start docker"\), or set DOCKER_HOST/,
      )
      one.remove()
    })

    test('has no command here', async () => {
      const one = dockerWorld(engine.host, { PATH: '/nowhere' })
      one.write('Dockerfile', 'FROM scratch\n')
      const failure = refused(await one.build({ image }))
      expect(failure.why).toBe('spawn')
      expect(failure.message).toMatch(/docker is not installed or not on the PATH\. Install Docker/)
      one.remove()
    })

    test('takes connections and never answers', async () => {
      const socket = join(world.directory, '..', 's')
      const silent = createServer().listen(socket)
      const one = dockerWorld(`unix://${socket}`)
      one.write('Dockerfile', 'FROM scratch\n')
      const failure = refused(await one.builder({ image }, { timeoutMs: 1500 }).build(one.context()))
      expect(failure.why).toBe('timeout')
      expect(failure.message).toMatch(
        /the Docker engine takes connections but does not answer: "docker version" said nothing for 1\.5 s\. Restart it/,
      )
      silent.close()
      one.remove()
    })

    test('is killed in the middle of a build', async () => {
      const own = await startEngine()
      const one = dockerWorld(own.host)
      try {
        addShell(one.directory)
        one.write('Dockerfile', 'FROM scratch\nCOPY . /\nRUN echo begun; sleep 600\n')
        const ending = one.build({ image })
        await expect.poll(() => one.log.lines.join('\n'), { timeout: 60_000 }).toMatch(/\| begun/)
        await own.kill()
        const failure = refused(await ending)
        expect(failure.message).toMatch(
          /The Docker engine went away in the middle of it: its own log says why\. Run again/,
        )
        await own.start()
        one.write('Dockerfile', 'FROM scratch\nCOPY . /\n')
        expect(built(await one.build({ image })).name).toBe(image)
      } finally {
        await own.remove()
        one.remove()
      }
    }, 120_000)
  })
})

/** A folder with one program of this name, for the front of a PATH. */
function withProgram(world: DockerWorld, name: string, line: string): string {
  const bin = join(world.directory, '..', `bin-${name}`)
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`)
  chmodSync(join(bin, name), 0o755)
  return bin
}
