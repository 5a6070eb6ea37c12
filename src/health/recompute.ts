import { z } from 'zod'
import { reportOf, type WatchEvidence } from './explain.ts'

/** A report that was stored with its evidence; its other fields are what is checked. */
export interface StoredReport {
  readonly evidence: unknown
}

/** The parts that every evidence has; the rest is the judge's own state, whose broken forms show when it is used. */
const envelope = z.object({
  version: z.literal(1),
  atMs: z.number(),
  watch: z.looseObject({
    version: z.literal(1),
    startedMs: z.number(),
    step: z.looseObject({ sinceMs: z.number() }),
    health: z.looseObject({ checks: z.record(z.string(), z.unknown()) }),
    checks: z.record(z.string(), z.unknown()),
  }),
})

/** Fields that are about when it was stored, or that are the evidence itself. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['evidence', 'step', 'startedAtMs'])

/** Makes every figure of a report again from its evidence; what differs, one line each. None: the report follows from it. */
export function recompute(report: StoredReport): string[] {
  const evidence = envelope.safeParse(report.evidence)
  if (!evidence.success) return ['there is no evidence of this version of Seamless']
  const again = makeAgain(evidence.data as unknown as WatchEvidence)
  if (again === undefined) return ['the evidence is damaged: nothing follows from it']
  const stored = Object.fromEntries(Object.entries(report).filter(([name]) => !NOT_COMPARED.has(name)))
  const { evidence: _, ...made } = again
  return differences('', JSON.parse(JSON.stringify(stored)), JSON.parse(JSON.stringify(made)))
}

function makeAgain({ watch, atMs }: WatchEvidence): ReturnType<typeof reportOf> | undefined {
  try {
    return reportOf(watch, atMs)
  } catch {
    // A damaged state breaks anywhere in the arithmetic; which line it was helps nobody who reads a receipt.
    return undefined
  }
}

function differences(path: string, stored: unknown, made: unknown): string[] {
  if (isBranch(stored) && isBranch(made)) {
    const names = [...new Set([...Object.keys(stored), ...Object.keys(made)])]
    return names.flatMap((name) =>
      differences(path === '' ? name : `${path}.${name}`, stored[name], made[name]),
    )
  }
  if (stored === made) return []
  return [`${path}: the report says ${JSON.stringify(stored)}, its evidence ${JSON.stringify(made)}`]
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
