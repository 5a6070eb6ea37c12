import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Pod } from '../kube/kube-api.ts'
import type { ContainerRuntime } from '../kube/kubelet.ts'

const run = promisify(execFile)

interface Running {
  readonly port: number
  readonly container: Promise<string>
}

/**
 * Runs each pod's image on a real engine, which pulls it by the very reference that the cluster holds. Pods have no network
 * of their own here: each listens on a port of loopback that no other has.
 */
export function podRuntime(
  ports: readonly number[],
  environment: Readonly<Record<string, string>>,
): ContainerRuntime {
  const running = new Map<string, Running>()
  const docker = async (...args: readonly string[]): Promise<string> =>
    (await run('docker', [...args], { env: environment })).stdout.trim()
  const start = (pod: Pod): void => {
    const taken = new Set([...running.values()].map(({ port }) => port))
    const port = ports.find((one) => !taken.has(one))
    // Later, when one is free: the cluster waits.
    if (port === undefined) return
    const image = pod.spec.containers[0]!.image
    const variables = ['--env', `PORT=${port}`, '--env', 'HOST=127.0.0.1']
    const container = docker('run', '--detach', '--network', 'host', '--read-only', ...variables, image)
    container.catch((error: unknown) => {
      console.error(`${pod.metadata.name} does not start: ${String(error)}`)
      running.delete(pod.metadata.uid)
    })
    running.set(pod.metadata.uid, { port, container })
  }
  return {
    async isReady(pod) {
      const known = running.get(pod.metadata.uid)
      if (known === undefined) start(pod)
      return known !== undefined && answers(known.port)
    },
    async end(uid) {
      const known = running.get(uid)
      if (known === undefined) return
      const container = await known.container
      await docker('stop', '--time', '20', container)
      await docker('rm', container)
      running.delete(uid)
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined)
  await response?.text().catch(() => '')
  return response?.ok === true
}
