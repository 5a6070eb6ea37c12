import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { gitVersionControl } from '../../src/adapters/git.ts'
import { leadsOutside } from '../../src/adapters/git-links.ts'
import { gitRemote, repositoryOf } from '../../src/adapters/git-remote.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { processRunner } from '../../src/adapters/run-process.ts'
import type { Command } from '../../src/adapters/run-process.ts'
import { VersionControlError } from '../../src/errors.ts'
import { gitRepository } from '../support/git-repository.ts'
import type { GitRepository } from '../support/git-repository.ts'
import { memoryLog } from '../support/memory-log.ts'

describe('owner/name of a remote', () => {
  test.each([
    ['https://github.com/acme/shop.git', 'acme/shop'],
    ['https://github.com/acme/shop', 'acme/shop'],
    ['https://github.com/acme/shop/', 'acme/shop'],
    ['https://user:token@ghe.example.org/acme/shop.js.git', 'acme/shop.js'],
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['github.com:acme/shop', 'acme/shop'],
    ['ssh://git@github.com:22/acme/shop.git', 'acme/shop'],
    ['http://127.0.0.1:8080/acme/shop.git', 'acme/shop'],
    ['https://gitlab.example.org/group/sub/shop.git', undefined],
    ['https://github.com/acme', undefined],
    ['/srv/git/shop.git', undefined],
    ['../acme/shop.git', undefined],
    ['file:///acme/shop', undefined],
    ['', undefined],
    ['https://github.com/acme/sh%20op', undefined],
  ])('%s is %s', (url, name) => {
    expect(repositoryOf(url)).toBe(name)
  })
})

const judged = (url: string, token?: string) =>
  gitRemote({ url, pushUrl: url }, { root: '/home/me/tree', token })

describe('which remotes are spoken to, and how', () => {
  test.each([
    ['https://github.com/a/b', 'https', 'https://github.com/a/b'],
    ['git@github.com:a/b', 'ssh', 'git@github.com:a/b'],
    ['ssh://git@example.org:2222/a/b', 'ssh', 'ssh://git@example.org:2222/a/b'],
    ['../origin.git', 'file', '/home/me/origin.git'],
    ['/srv/o', 'file', '/srv/o'],
    ['./a:b', 'file', '/home/me/tree/a:b'],
    ['http://localhost:3000/a/b', 'http', 'http://localhost:3000/a/b'],
    ['http://[::1]:3000/a/b', 'http', 'http://[::1]:3000/a/b'],
  ])('%s by %s', (url, protocols, used) => {
    expect(judged(url)).toMatchObject({ url: used, pushUrl: used, protocols })
  })

  test.each([
    'http://example.org/x',
    'http://169.254.169.254/',
    'http://127.0.0.1.nip.io/',
    'http://2130706433.example/',
    'https://',
    'https://-x/y',
    'ssh://-oProxyCommand=x/y',
    '-oProxyCommand=x:y/z',
    'a b:c',
    'ext::sh -c x',
    'https://example.org/a\nb',
    'transport::address',
    'FILE:///etc',
    '',
  ])('I03 %j is refused', (url) => {
    expect(() => judged(url)).toThrow(VersionControlError)
  })

  test('the token is for the origin alone, and for https', () => {
    expect(judged('https://user@github.com/a/b', 'ghs_x').credentials).toEqual([
      ['http.https://github.com/.extraheader', ''],
      ['http.https://github.com/.extraheader', `AUTHORIZATION: basic ${btoa('x-access-token:ghs_x')}`],
    ])
    for (const url of ['git@github.com:a/b', 'ssh://git@github.com/a/b', '/srv/o']) {
      expect(judged(url, 'ghs_x').credentials).toEqual([])
    }
  })
})

describe('links of a tree', () => {
  test.each([
    ['a', { a: 'b' }, false],
    ['a', { a: '.' }, false],
    ['d/a', { 'd/a': '..' }, false],
    ['d/a', { 'd/a': '../..' }, true],
    ['a', { a: '../tree/b' }, true],
    ['a', { a: '/x' }, true],
    ['a', { a: 'b', b: 'a' }, false],
    ['a', { a: 'b/..', b: 'c/d' }, false],
    ['a', { a: 'l/../..', l: 'x/y/z' }, false],
    ['a', { a: 'd/l/..', 'd/l': '..' }, true],
    ['a', { a: 'b', b: '/x' }, true],
  ])('%s of %j leads outside: %s', (path, links, outside) => {
    expect(leadsOutside(path, new Map(Object.entries(links)))).toBe(outside)
  })
})

/** A git server that asks for this token, as GitHub does; by git's own `http-backend`. */
async function serveGit(
  folder: string,
  token: string,
): Promise<{ server: Server; url: string; seen: string[] }> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.authorization ?? 'nobody'}`)
    if (request.headers.authorization !== `basic ${btoa(`x-access-token:${token}`)}`) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    answerByBackend(folder, request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/origin.git`, seen }
}

function answerByBackend(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const backend = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: folder,
      REMOTE_USER: 'x',
      REQUEST_METHOD: request.method ?? '',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  })
  request.pipe(backend.stdin)
  const chunks: Buffer[] = []
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  backend.on('close', () => {
    const all = Buffer.concat(chunks)
    const end = all.indexOf('\r\n\r\n')
    const headers = all
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line) => line.split(': '))
    const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200)
    response.writeHead(
      status,
      Object.fromEntries(headers.filter(([name]) => name !== 'Status')) as Record<string, string>,
    )
    response.end(all.subarray(end + 4))
  })
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
}

describe('a remote that asks for a token', () => {
  const TOKEN = 'v1.a-token-of-forty-hex-digits'
  let repository: GitRepository
  let served: Awaited<ReturnType<typeof serveGit>>
  beforeEach(async () => {
    repository = gitRepository()
    repository.commit({ VERSION: '1\n' })
    served = await serveGit(repository.folder, TOKEN)
    repository.git(['config', 'http.receivepack', 'true'], { cwd: repository.origin })
    repository.git(['remote', 'set-url', 'origin', served.url])
  })
  afterEach(() => {
    served.server.close()
    repository.remove()
  })

  function open(token: string | undefined): {
    versionControl: ReturnType<typeof gitVersionControl>
    commands: Command[]
  } {
    const commands: Command[] = []
    const run = processRunner({ mask: maskOf([]) })
    const versionControl = gitVersionControl({
      root: repository.clone,
      remote: 'origin',
      token,
      environment: { ...repository.environment, GITHUB_TOKEN: TOKEN },
      log: memoryLog(),
      run: (command) => {
        commands.push(command)
        return run(command)
      },
    })
    return { versionControl, commands }
  }

  test('S01 gets it with each request; it is in no argument, in no file, and in no variable but the one of git', async () => {
    const { versionControl, commands } = open(TOKEN)
    const { id } = await versionControl.resolve('main')
    const worktree = await versionControl.checkout(id)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    const author = 'Seamless <seamless@example.org>'
    expect((await versionControl.publish(worktree, { branch: 'b', message: 'm', author })).kind).toBe(
      'pushed',
    )
    expect(repository.git(['rev-parse', 'refs/heads/b~1'], { cwd: repository.origin })).toBe(id)
    expect(served.seen.length).toBeGreaterThan(3)
    const forms = [TOKEN, btoa(`x-access-token:${TOKEN}`)]
    const holds = (text: string): boolean => forms.some((form) => text.includes(form))
    expect(commands.filter(({ args }) => holds(args.join(' ')))).toEqual([])
    const carriers = commands.filter(({ environment }) => holds(JSON.stringify(environment)))
    expect(carriers.map(({ args }) => args.find((arg) => !arg.startsWith('-')))).toEqual(
      carriers.map(() => expect.stringMatching(/^(?:ls-remote|fetch|push)$/)),
    )
    expect(filesBelow(repository.clone).filter((path) => holds(readFileSync(path, 'latin1')))).toEqual([])
  })

  test('refuses without one, and with a wrong one, at once: nobody is asked for a password', async () => {
    for (const token of [undefined, 'wrong-token']) {
      const failure = await open(token)
        .versionControl.resolve('main')
        .catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(VersionControlError)
      expect((failure as Error).message).toMatch(
        /git ls-remote .* failed \(exit 128\).*Give Seamless a token/s,
      )
      expect((failure as Error).message).not.toContain(btoa('x-access-token:wrong-token'))
    }
  })
})
