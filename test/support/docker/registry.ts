import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { endServer, freePort, startServer } from './process.ts'

/** A real registry on loopback. */
export interface Registry {
  /** `127.0.0.1:port`, the first part of its images' names. */
  readonly host: string
  /** The digest that it serves for a tag or digest, as its bytes say; nothing where it has none. */
  digestOf(repository: string, reference: string): Promise<string | undefined>
  tags(repository: string): Promise<readonly string[]>
  stop(): Promise<void>
  start(): Promise<void>
  remove(): Promise<void>
}

export const USER = 'ann'
export const PASSWORD = 'right-horse'
/** `ann:right-horse` by bcrypt, cost 5. */
const HTPASSWD = `${USER}:$2b$05$abcdefghijklmnopqrstuukAGqk1114ICnhl6dLOh9a3Ti/e0h/ma\n`

const MANIFESTS = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ')

/** @param isClosed whether it asks for a user and a password */
export async function startRegistry({ isClosed = false } = {}): Promise<Registry> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-registry-'))
  const inside = (name: string): string => path.join(folder, name)
  const host = `127.0.0.1:${await freePort()}`
  const auth = isClosed ? { auth: { htpasswd: { realm: 'test', path: inside('htpasswd') } } } : {}
  writeFileSync(inside('htpasswd'), HTPASSWD)
  // JSON is YAML.
  const config = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: inside('data') }, delete: { enabled: true } },
    http: { addr: host },
    ...auth,
  }
  writeFileSync(inside('config.yml'), JSON.stringify(config))
  const headers = isClosed
    ? { authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}` }
    : undefined
  const ask = (route: string, more: Record<string, string> = {}): Promise<Response> =>
    fetch(`http://${host}/v2/${route}`, { headers: { ...headers, ...more } })
  const launch = () =>
    startServer('docker-registry', ['serve', inside('config.yml')], {
      log: inside('log'),
      isReady: async () => (await ask('')).ok,
    })
  let child = await launch()
  const stop = (): Promise<void> => endServer(child, 'SIGKILL')
  return {
    host,
    async digestOf(repository, reference) {
      const answer = await ask(`${repository}/manifests/${reference}`, { accept: MANIFESTS })
      if (!answer.ok) return undefined
      const bytes = Buffer.from(await answer.arrayBuffer())
      return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    },
    async tags(repository) {
      const answer = await ask(`${repository}/tags/list`)
      const { tags } = (await answer.json()) as { tags?: string[] | null }
      return (tags ?? []).toSorted()
    },
    stop,
    async start() {
      child = await launch()
    },
    async remove() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
