import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A real Subversion repository with trunk, branches and tags, and a working copy of its trunk, in a temporary folder. */
export interface SvnRepository {
  readonly folder: string
  /** Where the repository itself is, for `svnadmin` and `svnlook`. */
  readonly origin: string
  /** Its address as the working copy has it, e.g. `svn://127.0.0.1:…/shop`. */
  readonly url: string
  /** The same by `file://`, for what a person does at another machine. */
  readonly fileUrl: string
  readonly clone: string
  readonly home: string
  /** What a shell would see there: no configuration of this machine's user. */
  readonly environment: Record<string, string>
  svn(args: readonly string[], options?: { cwd?: string }): string
  /** Writes files (nothing: removes) in the working copy and commits them; returns the commit's id. The working copy is not updated. */
  commit(files: Readonly<Record<string, string | undefined>>, message?: string): string
  /** The commit id of a revision. */
  id(revision: number): string
  /** The server, where one serves it. */
  readonly server?: ChildProcess
  remove(): void
}

export const ACCOUNT = { SEAMLESS_SVN_USERNAME: 'ci', SEAMLESS_SVN_PASSWORD: 'a-long-secret-word' }

export function hasSvn(): boolean {
  try {
    for (const command of ['svn', 'svnadmin', 'svnserve', 'svnversion'])
      execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** `served`: behind svnserve, which asks for the account. */
export async function svnRepository({ served = false }: { served?: boolean } = {}): Promise<SvnRepository> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seamless-svn-')))
  const [origin, clone, home] = [join(folder, 'shop'), join(folder, 'clone'), join(folder, 'home')]
  mkdirSync(home)
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    LC_ALL: 'C.UTF-8',
    ...(served && ACCOUNT),
  }
  const account = served ? [`--username=${ACCOUNT.SEAMLESS_SVN_USERNAME}`, '--password-from-stdin'] : []
  const svn: SvnRepository['svn'] = (args, { cwd = clone } = {}) =>
    execFileSync('svn', [...args, '--non-interactive', '--no-auth-cache', ...account], {
      cwd,
      env: environment,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(served && { input: ACCOUNT.SEAMLESS_SVN_PASSWORD }),
    }).trim()
  execFileSync('svnadmin', ['create', origin])
  const port = await freePort()
  const server = served ? await serve(origin, port) : undefined
  const url = served ? `svn://127.0.0.1:${port}/shop` : `file://${origin}`
  svn(
    ['mkdir', '--quiet', '-m', 'Layout', ...['trunk', 'branches', 'tags'].map((name) => `${url}/${name}`)],
    { cwd: folder },
  )
  svn(['checkout', '--quiet', `${url}/trunk`, clone], { cwd: folder })
  const uuid = execFileSync('svnlook', ['uuid', origin], { encoding: 'utf8' }).trim().replaceAll('-', '')
  const id = (revision: number): string => String(revision).padStart(8, '0') + uuid
  const commit: SvnRepository['commit'] = (files, message = 'Change') => {
    for (const [path, text] of Object.entries(files)) {
      if (text === undefined) svn(['delete', '--quiet', join(clone, `${path}@`)])
      else {
        mkdirSync(dirname(join(clone, path)), { recursive: true })
        writeFileSync(join(clone, path), text)
        svn(['add', '--quiet', '--force', '--parents', join(clone, `${path}@`)])
      }
    }
    const [, revision] = /Committed revision (\d+)/.exec(svn(['commit', '-m', message])) ?? []
    return id(Number(revision))
  }
  const remove = (): void => {
    server?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  const fileUrl = `file://${origin}`
  return {
    folder,
    origin,
    url,
    fileUrl,
    clone,
    home,
    environment,
    svn,
    commit,
    id,
    remove,
    ...(server && { server }),
  }
}

/** What the server lets the accounts do; read anew at each connection. */
export function allow({ origin }: Pick<SvnRepository, 'origin'>, rules: string): void {
  writeFileSync(join(origin, 'conf/authz'), rules)
}

async function serve(origin: string, port: number): Promise<ChildProcess> {
  const conf = join(origin, 'conf')
  const { SEAMLESS_SVN_USERNAME: name, SEAMLESS_SVN_PASSWORD: password } = ACCOUNT
  writeFileSync(
    join(conf, 'svnserve.conf'),
    '[general]\nanon-access = none\nauth-access = write\npassword-db = passwd\nauthz-db = authz\nrealm = Shop\n',
  )
  writeFileSync(join(conf, 'passwd'), `[users]\n${name} = ${password}\n`)
  chmodSync(join(conf, 'passwd'), 0o600)
  allow({ origin }, `[/]\n${name} = rw\n`)
  const args = [
    '--daemon',
    '--foreground',
    '--listen-host',
    '127.0.0.1',
    '--listen-port',
    String(port),
    '--root',
    dirname(origin),
  ]
  const server = spawn('svnserve', args, { stdio: 'ignore' })
  // Also where a test's own beginning failed, so that nobody removes the repository.
  process.once('exit', () => server.kill('SIGKILL'))
  for (let tries = 0; tries < 200; tries++) {
    if (await answers(port)) return server
    await sleep(50)
  }
  throw new Error('svnserve did not start within 10 s.')
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).then((isUp) => {
    socket.destroy()
    return isUp === true
  })
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
