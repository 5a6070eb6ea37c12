import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { childEnvironment } from '../../adapters/child-environment.ts'
import { withAdvice } from '../../adapters/docker-advice.ts'
import type { Config } from '../../config/schema.ts'
import { missing, ok, type Row, warning } from './row.ts'
import type { ToolShell } from './tool-rows.ts'

/** Whether the images of the config can be built here, and whether somebody is logged in where they go. */
export async function dockerRows({ build }: Config, shell: ToolShell): Promise<Row[]> {
  const images = build.flatMap((step) => (step.adapter === 'docker' ? [step.docker.image] : []))
  const [first] = images
  if (first === undefined) return []
  return [await engineRow(first, shell), ...(await loginRows(images, shell))]
}

async function engineRow(image: string, { run, folder, environment, signal }: ToolShell): Promise<Row> {
  const end = await run({
    file: 'docker',
    args: ['version', '--format', '{{.Server.Version}}'],
    directory: folder,
    environment: childEnvironment(environment, { step: 'doctor' }),
    signal,
    timeoutMs: 10_000,
    captureBytes: 4096,
  })
  if (end.kind === 'done') return ok('docker', `engine ${end.stdout.trim()}`)
  const { why, message } = withAdvice(end.failure, image)
  if (why !== 'timeout') return missing('docker', message, 'The images of the config cannot be built here.')
  return missing(
    'docker',
    'The engine takes connections but does not answer.',
    'Restart it, or set DOCKER_HOST.',
  )
}

/** Docker's own file says where somebody has logged in; a store for all registries may know any of them. */
async function loginRows(images: readonly string[], { environment }: ToolShell): Promise<Row[]> {
  const folder = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? '', '.docker')
  const { auths = {}, credHelpers = {}, credsStore } = await readConfig(join(folder, 'config.json'))
  const hosts = [...new Set(images.map((image) => image.split('/')[0] ?? ''))]
  return hosts.map((host) => {
    const isKnown = credsStore !== undefined || Object.hasOwn(auths, host) || Object.hasOwn(credHelpers, host)
    if (isKnown) return ok(`registry ${host}`, `Credentials are in ${join(folder, 'config.json')}.`)
    const todo = `Log in ("docker login ${host}", or docker/login-action in the workflow), unless everybody may push there.`
    return warning(`registry ${host}`, 'Nobody is logged in there from here.', todo)
  })
}

interface DockerConfig {
  readonly auths?: object
  readonly credHelpers?: object
  readonly credsStore?: string
}

async function readConfig(file: string): Promise<DockerConfig> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DockerConfig
  } catch {
    return {}
  }
}
