import type { ServerResponse } from 'node:http'
import type { Hub } from './hub.ts'
import { storedArtifact } from './routes-actions.ts'
import { zipOf } from './zip.ts'

const STORE_PATH = /^\/artifact-store\/(\d+)\.zip$/

/** Answers the address that the API redirects to for an artifact's archive; false when it is another one. */
export function serveArtifact(hub: Hub, url: URL, response: ServerResponse): boolean {
  const [, id] = STORE_PATH.exec(url.pathname) ?? []
  if (id === undefined) return false
  const artifact = storedArtifact(hub, Number(id))
  if (artifact)
    response.writeHead(200, { 'content-type': 'application/zip' }).end(zipOf(artifact.name, artifact.content))
  else response.writeHead(404).end()
  return true
}
