import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { settle } from './auto-merge.ts'
import { canSee, isGranted } from './authorise.ts'
import { isolatedGitEnv } from './bare-git.ts'
import type { Repository } from './entities.ts'
import { type Hub, rank, type Token } from './hub.ts'
import { pushRules } from './push-rules.ts'
import { refChanged } from './ref-changes.ts'

export interface GitRequest {
  repository: Repository | undefined
  service: 'git-upload-pack' | 'git-receive-pack'
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack` */
  path: string
  query: string
  token: Token | undefined
}

const GIT_PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/

/** The repository and service that a URL of git's smart HTTP protocol names; undefined for any other URL. */
export function parseGitUrl(hub: Hub, url: URL): Omit<GitRequest, 'token'> | undefined {
  const [, owner = '', name = '', path = ''] = GIT_PATH.exec(url.pathname) ?? []
  if (!path) return undefined
  const service = path === '/info/refs' ? url.searchParams.get('service') : path.slice(1)
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return undefined
  return { repository: hub.repository(owner, name), service, path, query: url.search.slice(1) }
}

/** Serves clone, fetch and push by `git http-backend`; what a push moved is followed up before anything else is answered. */
export async function serveGit(
  hub: Hub,
  git: GitRequest,
  io: { request: IncomingMessage; response: ServerResponse },
): Promise<number> {
  const refused = refusal(hub, git)
  if (refused) {
    io.request.resume()
    const challenge = refused.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}
    io.response.writeHead(refused.status, { 'content-type': 'text/plain', ...challenge }).end(refused.message)
    return refused.status
  }
  const repository = git.repository!
  if (git.path !== '/git-receive-pack') {
    const status = await runBackend(git, repository, { ...io, env: {} })
    io.response.end()
    return status
  }
  return hub.exclusively(repository, async () => {
    const before = await refMap(repository)
    const env = await pushRules(hub, repository, git.token!)
    const status = await runBackend(git, repository, { ...io, env })
    await followPush(hub, repository, { before, token: git.token! })
    await settle(hub, repository)
    io.response.end() // the client is done only when everything has followed
    return status
  })
}

function refusal(hub: Hub, git: GitRequest): { status: number; message: string } | undefined {
  const { repository, token, service } = git
  const writes = service === 'git-receive-pack'
  if (!repository || !canSee(hub, repository, token))
    return token
      ? { status: 404, message: 'Repository not found.' }
      : { status: 401, message: 'Authentication required' }
  if (!writes && !repository.private) return undefined
  if (!token) return { status: 401, message: 'Authentication required' }
  const access = writes ? 'contents:write' : 'contents:read'
  const denied = {
    status: 403,
    message: `Permission to ${repository.owner.login}/${repository.name}.git denied to ${token.account.login}.`,
  }
  if (token.permissions && !isGranted(token.permissions, access)) return denied
  const role = hub.roleOf(token.account, repository)
  if (!token.app && rank(role) < rank(writes ? 'write' : 'read')) return denied
  return undefined
}

async function refMap(repository: Repository): Promise<Map<string, string>> {
  return new Map((await repository.git.refs('refs')).map(({ ref, sha }) => [ref, sha]))
}

async function followPush(
  hub: Hub,
  repository: Repository,
  { before, token }: { before: Map<string, string>; token: Token },
): Promise<void> {
  const after = await refMap(repository)
  for (const ref of new Set([...before.keys(), ...after.keys()])) {
    const change = { repository, ref, before: before.get(ref), after: after.get(ref), by: token.account }
    if (change.before !== change.after) await refChanged(hub, change)
  }
}

/** Runs `git http-backend` as CGI; resolves with the HTTP status when all was sent but the end. */
function runBackend(
  git: GitRequest,
  repository: Repository,
  {
    request,
    response,
    env,
  }: { request: IncomingMessage; response: ServerResponse; env: Record<string, string> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['http-backend'], {
      env: { ...cgiEnv(git, repository, request), ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.on('error', reject)
    child.stdin.on('error', () => {}) // the backend may answer before it read everything
    request.pipe(child.stdin)
    const head: Buffer[] = []
    let status = 0
    child.stdout.on('data', (chunk: Buffer) => {
      if (status > 0) {
        response.write(chunk)
        return
      }
      head.push(chunk)
      status = writeHead(response, Buffer.concat(head))
    })
    child.on('close', () => {
      if (status === 0) response.writeHead(500)
      resolve(status || 500)
    })
  })
}

/** Sends the CGI header and what follows it; 0 as long as the header is not complete. */
function writeHead(response: ServerResponse, received: Buffer): number {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return 0
  let status = 200
  for (const line of received.subarray(0, end).toString().split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*/, 2)
    if (name.toLowerCase() === 'status') status = Number(value.slice(0, 3))
    else response.setHeader(name, value)
  }
  response.writeHead(status)
  response.write(received.subarray(end + 4))
  return status
}

function cgiEnv(git: GitRequest, repository: Repository, request: IncomingMessage): Record<string, string> {
  const header = (name: string): string => String(request.headers[name] ?? '')
  return {
    ...isolatedGitEnv,
    GIT_PROJECT_ROOT: repository.git.dir,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: git.path,
    QUERY_STRING: git.query,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: header('content-type'),
    ...(header('content-length') ? { CONTENT_LENGTH: header('content-length') } : {}),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    REMOTE_ADDR: '127.0.0.1',
    ...(git.token ? { REMOTE_USER: git.token.account.login } : {}),
  }
}
