import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { type Docker, emptyDockerConfig, makeBaseImages } from '../docker/base-images.ts'
import { type DockerEngine, startEngine } from '../docker/engine.ts'
import { freePort } from '../docker/process.ts'
import { type Registry, startRegistry } from '../docker/registry.ts'
import { type PrometheusServer, startPrometheus } from '../prometheus-server.ts'
import { exampleFiles } from './example-files.ts'
import { type Front, startFront } from './front.ts'
import { startUsers, type Users } from './users.ts'

/** What images are built and run on, and where they are kept: real ones, of the suite's own. */
export interface Ground {
  readonly registry: Registry
  readonly docker: Docker
  /** For whoever runs `docker` here. */
  readonly environment: Readonly<Record<string, string>>
  /** Ends all that runs. */
  clear(): void
  remove(): Promise<void>
}

/** A place where the service runs and is met: ports for its instances, the front, its users, a Prometheus that scrapes it. */
export interface Place {
  readonly ports: readonly number[]
  readonly front: Front
  readonly users: Users
  /** Where health is read. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** The image that the Dockerfile names, made here: no registry of images can be reached. */
const RUNTIME = /^ARG RUNTIME_IMAGE=(\S+)$/m

export async function startGround(): Promise<Ground> {
  const config = emptyDockerConfig()
  const [engine, registry] = await Promise.all([startEngine(), startRegistry()])
  const environment = environmentOf(engine, config)
  const docker: Docker = (...args) =>
    execFileSync('docker', args, {
      env: environment,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    })
  makeBaseImages(docker)
  const clear = (): void => {
    const containers = docker('ps', '--all', '--quiet').split('\n').filter(Boolean)
    if (containers.length > 0) docker('rm', '--force', ...containers)
  }
  return {
    registry,
    docker,
    environment,
    clear,
    async remove() {
      clear()
      await Promise.all([engine.remove(), registry.remove()])
      rmSync(config, { recursive: true, force: true })
    },
  }
}

function environmentOf(engine: DockerEngine, config: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    DOCKER_HOST: engine.host,
    DOCKER_BUILDKIT: '0',
    DOCKER_CONFIG: config,
  }
}

/** Room for two instances and those that come and go while they are replaced. */
const INSTANCES = 6

export async function openPlace(): Promise<Place> {
  const ports: number[] = []
  while (ports.length < INSTANCES) ports.push(await freePort())
  const front = await startFront(ports)
  const prometheus: PrometheusServer = await startPrometheus(...ports.map((port) => `127.0.0.1:${port}`))
  const users = startUsers(front.url)
  return {
    ports,
    front,
    users,
    environment: { SEAMLESS_SOURCE_MAIN_URL: prometheus.url, SEAMLESS_SOURCE_SITE_URL: front.url },
    async close() {
      await users.leave()
      await Promise.all([front.close(), prometheus.remove()])
    },
  }
}

/** The user's repository: what differs here is the registry, the base image, and how long is watched. */
export function missionFiles(
  { registry }: Ground,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, runtime = ''] = RUNTIME.exec(exampleFiles({})['Dockerfile']!) ?? []
  return exampleFiles({
    [runtime]: 'seamless-test-runtime',
    'registry.example.org': registry.host,
    'every: 15s': 'every: 1s',
    'grace: 30s': 'grace: 1s',
    'watch: 30m': 'watch: 8s',
    ...more,
  })
}
