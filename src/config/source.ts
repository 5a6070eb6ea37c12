import { z } from 'zod'
import { inMilliseconds } from './in-milliseconds.ts'
import { duration } from './quantity.ts'
import { named } from './name.ts'

const prometheus = z.strictObject({
  type: z
    .literal('prometheus')
    .describe('A Prometheus server, or one that speaks its API: Mimir, Thanos, Cortex.'),
  timeout: duration.prefault('10s').describe('The longest that one request may take.'),
  'tolerate-warnings': z
    .boolean()
    .optional()
    .describe('Whether answers count that the server itself calls incomplete; without it, they do not.'),
})

const scrape = z.strictObject({
  type: z.literal('scrape').describe('Metrics pages read directly; needs no server.'),
  timeout: duration.prefault('5s').describe('The longest that one request may take.'),
})

const probe = z.strictObject({
  type: z.literal('probe').describe('Requests to the service itself.'),
})

const grafana = z.strictObject({
  type: z.literal('grafana').describe('A Grafana: the state of its alerts, and where upgrades are marked.'),
  timeout: duration.prefault('10s').describe('The longest that one request may take.'),
  annotate: z
    .boolean()
    .default(false)
    .describe('Whether each deployment is marked there, from its start to its verdict.'),
})

const source = z.discriminatedUnion('type', [
  prometheus.transform(({ 'tolerate-warnings': tolerateWarnings, ...rest }) => ({
    ...inMilliseconds(rest),
    ...(tolerateWarnings === undefined ? {} : { tolerateWarnings }),
  })),
  scrape.transform(inMilliseconds),
  probe,
  grafana.transform(inMilliseconds),
])

/** Where health is read, by name. Origin and credentials come from the environment: see `bindSource`. */
export const sources = named(source)
  .prefault({})
  .describe(
    'Where health is read, by name. Its URL and token come from `SEAMLESS_SOURCE_<NAME>_URL` and `_TOKEN`.',
  )

export type SourceConfig = z.output<typeof source>
