import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, connect, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterEach, describe, expect, test } from 'vitest'

import { svnCommand } from '../../src/adapters/svn-command.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { processRunner } from '../../src/adapters/run-process.ts'
import { VersionControlError } from '../../src/errors.ts'
import { openSvn } from '../support/open-svn.ts'
import { ACCOUNT, allow, hasSvn, type SvnRepository, svnRepository } from '../support/svn-repository.ts'

const AUTHOR = 'Seamless <seamless@example.org>'
const CREDENTIALS =
  'Set SEAMLESS_SVN_USERNAME and SEAMLESS_SVN_PASSWORD to an account that may read and write the repository, or let svn have stored one.'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function served(): Promise<SvnRepository> {
  const repository = await svnRepository({ served: true })
  closing.push(repository.remove)
  return repository
}

async function failure(of: Promise<unknown>): Promise<string> {
  const error = await of.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(VersionControlError)
  return (error as Error).message
}

describe.skipIf(!hasSvn())('what a user reads when Subversion does not do it', () => {
  test('svn is not installed', async () => {
    const repository = await served()
    const empty = join(repository.folder, 'empty')
    mkdirSync(empty)
    const environment = { ...repository.environment, PATH: empty }
    expect(await failure(openSvn(repository, { environment }))).toBe(
      `svn info --xml -- ${repository.clone}@ could not be started: svn is not installed or not on the PATH.\n` +
        'Install Subversion 1.10 or newer where Seamless runs (apt-get install subversion).',
    )
  })

  test('no credentials, wrong ones, half of them', async () => {
    const repository = await served()
    repository.commit({ VERSION: '1\n' })
    const { SEAMLESS_SVN_USERNAME: _name, SEAMLESS_SVN_PASSWORD: _word, ...none } = repository.environment
    const trunk = `svn info --xml -- ${repository.url}/branches/x@HEAD failed (exit 1). It last said: `
    const asked = async (environment: Record<string, string>): Promise<string> =>
      failure((await openSvn(repository, { environment })).versionControl.resolve('branches/x'))
    expect(await asked(none)).toBe(
      `${trunk}svn: E170001: Can't get username or password\n` +
        `svn: E170013: Unable to connect to a repository at URL '${repository.url}/branches/x'\n` +
        "svn: E170001: Can't get username or password\n" +
        CREDENTIALS,
    )
    const wrong = await asked({ ...repository.environment, SEAMLESS_SVN_PASSWORD: 'wrong-secret-word' })
    expect(wrong).toContain('svn: E170001: Authentication error from server: Password incorrect')
    expect(wrong).toContain(CREDENTIALS)
    expect(wrong).not.toContain('wrong-secret-word')
    expect(
      await failure(openSvn(repository, { environment: { ...none, SEAMLESS_SVN_USERNAME: 'ci' } })),
    ).toBe('SEAMLESS_SVN_PASSWORD is not set, but the other half of the credentials is. Set both, or none.')
  })

  test('S01 the password is in no argument, no environment, no message, and in no file that svn leaves', async () => {
    const repository = await served()
    repository.commit({ VERSION: '1\n' })
    const { versionControl, commands } = await openSvn(repository)
    const { id } = await versionControl.resolve('trunk')
    const worktree = await versionControl.checkout(id)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    await versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR })
    expect(commands.length).toBeGreaterThan(5)
    for (const { args, title = '', environment } of commands) {
      expect(JSON.stringify([args, title, environment])).not.toContain(ACCOUNT.SEAMLESS_SVN_PASSWORD)
    }
    const careful = ['--non-interactive', '--no-auth-cache', '--password-from-stdin']
    for (const { args } of commands.filter(({ file }) => file === 'svn')) {
      expect(args).toEqual(expect.arrayContaining(careful))
    }
    const found = await new Promise<string>((resolve) => {
      const grep = spawn('grep', ['-rl', ACCOUNT.SEAMLESS_SVN_PASSWORD, repository.clone, repository.home])
      let said = ''
      grep.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
      grep.once('close', () => resolve(said))
    })
    expect(found).toBe('')
  })

  test('without credentials of ours, what the user let svn store is used', async () => {
    const repository = await served()
    repository.commit({ VERSION: '1\n' })
    const { SEAMLESS_SVN_USERNAME: name, SEAMLESS_SVN_PASSWORD: word, ...none } = repository.environment
    const folder = join(repository.home, '.subversion')
    const simple = join(folder, 'auth/svn.simple')
    mkdirSync(simple, { recursive: true })
    writeFileSync(join(folder, 'config'), '[auth]\npassword-stores =\n')
    const uuid = /repository UUID: (.*)/i.exec(repository.svn(['info']))?.[1] ?? ''
    const realm = `<${repository.url.replace('/shop', '')}> Shop`
    const { createHash } = await import('node:crypto')
    const fields = { passtype: 'simple', password: word!, 'svn:realmstring': realm, username: name! }
    const text = Object.entries(fields).map(
      ([key, value]) => `K ${key.length}\n${key}\nV ${value.length}\n${value}\n`,
    )
    writeFileSync(join(simple, createHash('md5').update(realm).digest('hex')), `${text.join('')}END\n`)
    const { versionControl } = await openSvn(repository, { environment: none })
    expect((await versionControl.resolve('trunk')).id).toContain(uuid.replaceAll('-', ''))
  })

  test('the account may read and not write', async () => {
    const repository = await served()
    const base = repository.commit({ VERSION: '1\n' })
    allow(repository, '[/]\nci = r\n')
    const { versionControl, reverseMerges } = await openSvn(repository)
    const worktree = await versionControl.checkout(base)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    const said = await failure(
      versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR }),
    )
    expect(said).toMatch(
      /^svn commit --file .* failed \(exit 1\)\. It last said: svn: E170001: Authorization failed\nsvn: E170001: Commit failed \(details follow\):\nsvn: E170001: Authorization failed\n/,
    )
    expect(said.endsWith(CREDENTIALS)).toBe(true)
    const merge = await reverseMerges.mergeOf(base)
    expect(await failure(reverseMerges.takeBack(merge!))).toContain('E170001: Authorization failed')
    expect(repository.svn(['list', `${repository.url}/branches`])).toBe('')
  })

  test('the account may not read a part: it says which, and is not taken for absent', async () => {
    const repository = await served()
    const base = repository.commit({ VERSION: '1\n', 'secret/x': 'x\n' })
    allow(repository, '[/]\nci = rw\n[/trunk]\nci =\n')
    const { versionControl } = await openSvn(repository)
    const said = await failure(versionControl.resolve('trunk'))
    expect(said).toContain('E170001: Authorization failed')
    await expect(versionControl.checkout(base)).rejects.toThrow(
      /r2 changed no line of development alone|Authorization failed/,
    )
  })

  test("a hook of the repository refuses the commit: the hook's own words are shown", async () => {
    const repository = await served()
    const base = repository.commit({ VERSION: '1\n' })
    const hook = join(repository.origin, 'hooks/pre-commit')
    writeFileSync(hook, '#!/bin/sh\necho "Name a ticket in the message." >&2\nexit 1\n', { mode: 0o755 })
    const { versionControl } = await openSvn(repository)
    const worktree = await versionControl.checkout(base)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    const said = await failure(
      versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR }),
    )
    expect(said).toContain(
      'Commit blocked by pre-commit hook (exit code 1) with output:\nName a ticket in the message.',
    )
    expect(said).toContain('A hook of the repository refused it: what it wants stands above.')
  })

  test('nobody answers at the address', async () => {
    const repository = await served()
    repository.server?.kill('SIGKILL')
    const { versionControl } = await openSvn(repository)
    const said = await failure(versionControl.resolve('branches/x'))
    expect(said).toContain(
      `svn: E170013: Unable to connect to a repository at URL '${repository.url}/branches/x'`,
    )
    expect(said).toMatch(
      /Connection refused\nNobody answers there: is the server up, and its address right\?$/,
    )
  })

  test('somebody answers and says nothing: the command is stopped in time', async () => {
    const port = await listen(() => undefined)
    const url = `svn://127.0.0.1:${port}/shop`
    const said = await failure(ask(url, 700))
    expect(said).toBe(
      `svn info --xml -- ${url} got no answer in time and was stopped. Is the repository's server up, and reachable from here?`,
    )
  })

  test('the run is cancelled while the server says nothing', async () => {
    const port = await listen(() => undefined)
    const cancel = new AbortController()
    const asking = failure(ask(`svn://127.0.0.1:${port}/shop`, 60_000, { signal: cancel.signal }))
    await sleep(100)
    cancel.abort()
    expect(await asking).toContain('was stopped because the run was cancelled.')
  })

  test('the server breaks off in the middle of an answer, and in the middle of a commit', async () => {
    const repository = await served()
    const base = repository.commit({ VERSION: '1\n' })
    const target = Number(new URL(repository.url).port)
    // A way through to the server that ends after so many bytes of its answers.
    let left = 150
    const port = await listen((socket) => {
      const inner = connect(target, '127.0.0.1')
      inner.on('error', () => socket.destroy())
      socket.pipe(inner)
      inner.on('data', (bytes: Buffer) => {
        const part = bytes.subarray(0, left)
        left -= part.length
        socket.write(part)
        if (left <= 0) socket.end(() => inner.destroy())
      })
    })
    const through = repository.url.replace(String(target), String(port))
    const said = await failure(
      ask(`${through}/trunk`, 30_000, { environment: repository.environment, folder: repository.folder }),
    )
    expect(said).toMatch(
      /E210002: .*\nThe server broke off in the middle\. What a commit then came to is not known from here: a further run looks first\.$/s,
    )

    left = Number.POSITIVE_INFINITY
    const { versionControl } = await openSvn(repository)
    const worktree = await versionControl.checkout(base)
    writeFileSync(join(worktree.path, 'VERSION'), '2\n')
    // The server dies when it has begun with the commit.
    writeFileSync(
      join(repository.origin, 'hooks/start-commit'),
      `#!/bin/sh\nkill -9 ${repository.server?.pid} $PPID\n`,
      { mode: 0o755 },
    )
    const broken = await failure(
      versionControl.publish(worktree, { branch: 'x', message: 'x', author: AUTHOR }),
    )
    expect(broken).toMatch(/E\d{6}/)
    expect(readFileSync(join(repository.origin, 'db/current'), 'utf8').trim()).toBe('2')
  })
})

/** A server of its own on loopback. */
async function listen(answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    answer(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

interface Asking {
  readonly signal?: AbortSignal
  readonly environment?: Record<string, string>
  readonly folder?: string
}

function ask(
  url: string,
  timeoutMs: number,
  { signal = new AbortController().signal, environment, folder = tmpdir() }: Asking = {},
): Promise<string> {
  const run = processRunner({ mask: maskOf([]) })
  const nobody = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' }
  const svn = svnCommand({ run, environment: environment ?? nobody, signal, timeoutMs }, folder)
  return svn(['info', '--xml', '--', url])
}
