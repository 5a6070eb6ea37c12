import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { RecordedDeployment } from '../../health/backtest.ts'

const sample = z.object({
  labels: z.record(z.string(), z.string()),
  // JSON has no NaN and no infinity: what was none of the other numbers comes back as NaN, which is never measured.
  value: z
    .number()
    .nullable()
    .transform((value) => value ?? Number.NaN),
  atMs: z.number(),
})
const measurement = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ok'), samples: z.tuple([sample], sample) }),
  z.object({ kind: z.enum(['no_data', 'error', 'invalid']), why: z.string() }),
])
const recording = z.object({
  schema: z.literal('seamless.recording/1'),
  environment: z.string(),
  deployments: z.array(
    z.object({
      atMs: z.number(),
      values: z.record(z.string(), z.string()),
      history: z.unknown().optional(),
      ticks: z.array(z.object({ atMs: z.number(), answers: z.array(z.array(measurement)) })),
    }),
  ),
})

export function formatRecording(environment: string, deployments: readonly RecordedDeployment[]): string {
  return `${JSON.stringify({ schema: 'seamless.recording/1', environment, deployments })}\n`
}

/** What `formatRecording` wrote. Error: `UsageError`. */
export function parseRecording(text: string, file: string): readonly RecordedDeployment[] {
  try {
    return recording.parse(JSON.parse(text)).deployments as unknown as readonly RecordedDeployment[]
  } catch (cause) {
    throw new UsageError(`${file} is no recording; "seamless backtest --record" writes one.`, { cause })
  }
}
