import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { credentialsOf } from './credentials.ts'
import type { Faults } from './faults.ts'
import { type GitRequest, serveGit } from './git-http.ts'
import type { Hub } from './hub.ts'
import type { RequestRecord } from './request-log.ts'

/** Git traffic with its entry in the log of requests and its faults; `info/refs` is the first request of each. */
export async function serveGitRecorded(
  parts: { hub: Hub; faults: Faults; requests: RequestRecord[] },
  git: Omit<GitRequest, 'token'>,
  io: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { hub, faults, requests } = parts
  const { token } = credentialsOf(hub, io.request.headers)
  const record: RequestRecord = {
    method: io.request.method ?? 'GET',
    path: git.path,
    query: new URLSearchParams(git.query),
    operation: git.path === '/info/refs' ? 'info/refs' : git.service,
    body: undefined,
    headers: io.request.headers,
    login: token?.account.login,
    at: hub.clock.now(),
    status: 0,
  }
  requests.push(record)
  const fault = faults.take(record)
  if (fault?.delayMs) await wait(fault.delayMs)
  if (fault?.answer === 'hang up') {
    io.response.destroy()
    return
  }
  if (fault?.answer) io.response.writeHead(fault.answer.status).end()
  record.status = fault?.answer?.status ?? (await serveGit(hub, { ...git, token }, io))
}
