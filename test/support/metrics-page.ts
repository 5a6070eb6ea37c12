import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../src/ports/clock.ts'

/** How one version's requests go; rates per second and shares of 0 to 1. */
export interface Behaviour {
  readonly perSecond: number
  readonly failing: number
}

export interface MetricsPage {
  readonly url: string
  /** From now on this version behaves so; counters go on from where they are. */
  set(version: string, behaviour: Behaviour): void
  /** The page answers 503 from now on. */
  break(): void
  close(): Promise<void>
}

/** A service's metrics page on loopback, driven by the test's clock: `http_requests_total{version,code}`. */
export async function metricsPage(clock: Clock): Promise<MetricsPage> {
  const arms = new Map<string, { behaviour: Behaviour; sinceMs: number; good: number; bad: number }>()
  let broken = false
  const settle = (): void => {
    for (const arm of arms.values()) {
      const requests = (arm.behaviour.perSecond * (clock.now() - arm.sinceMs)) / 1000
      arm.bad += requests * arm.behaviour.failing
      arm.good += requests * (1 - arm.behaviour.failing)
      arm.sinceMs = clock.now()
    }
  }
  const server = createServer((_, response) => {
    settle()
    response.writeHead(broken ? 503 : 200, { 'content-type': 'text/plain; version=0.0.4' })
    const lines = [...arms].flatMap(([version, { good, bad }]) => [
      `http_requests_total{version="${version}",code="200"} ${Math.round(good)}`,
      `http_requests_total{version="${version}",code="500"} ${Math.round(bad)}`,
    ])
    response.end(`# TYPE http_requests_total counter\n${lines.join('\n')}\n`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    set(version, behaviour) {
      settle()
      const arm = arms.get(version) ?? { behaviour, sinceMs: clock.now(), good: 0, bad: 0 }
      arms.set(version, { ...arm, behaviour })
    },
    break: () => void (broken = true),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
