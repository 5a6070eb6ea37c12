import type { IncomingMessage } from 'node:http'
import type { Logger } from 'pino'
import type { HttpAnswer, Route } from './listener.ts'
import type { Metrics } from './metrics.ts'
import type { ReadinessProbe } from './readiness.ts'

/** What the world may ask: GitHub's deliveries, and whether we are there. No version, no reasons, no set-up pages (W12). */
export function publicRoutes(
  webhookPath: string,
  receive: (request: IncomingMessage) => Promise<HttpAnswer>,
  ready: ReadinessProbe,
): readonly Route[] {
  return [
    { method: 'POST', path: webhookPath, answer: receive },
    { method: 'GET', path: '/healthz', answer: alive },
    {
      method: 'GET',
      path: '/readyz',
      answer: async () => {
        const missing = await ready()
        return missing.length === 0 ? { status: 200, text: 'ready' } : { status: 503, text: 'not ready' }
      },
    },
  ]
}

/** What operators ask, on a port of their own: metrics, and what exactly is not ready. */
export function operationsRoutes(metrics: Metrics, ready: ReadinessProbe, log: Logger): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      answer: async () => {
        const { type, body } = await metrics.text()
        return { status: 200, text: body, type }
      },
    },
    { method: 'GET', path: '/healthz', answer: alive },
    {
      method: 'GET',
      path: '/readyz',
      answer: async () => {
        const missing = await ready()
        if (missing.length === 0) return { status: 200, text: 'ready' }
        log.warn({ missing }, 'not ready')
        return { status: 503, text: `not ready: ${missing.map(({ part }) => part).join(', ')}` }
      },
    },
  ]
}

async function alive(): Promise<HttpAnswer> {
  return { status: 200, text: 'ok' }
}
