import { z } from 'zod'
import type { Records } from '../ports/records.ts'

const record = z.object({
  schema: z.literal(1),
  /** Of the Deployment whose taking back did not help. */
  deployment: z.string(),
  why: z.string(),
  openedAtMs: z.number(),
})

/**
 * The breaker of an environment: open once taking something back did not make users well again. Then something else is
 * wrong, Seamless perhaps, and the next revert is a person's, until a version is healthy there or somebody says so.
 */
export type Breaker =
  | { readonly state: 'closed' }
  | { readonly state: 'open'; readonly why: string; readonly openedAtMs: number }
  /** It cannot be read: it counts as open. */
  | { readonly state: 'unknown' }

/** Never throws for what stands in the record. Errors: those of the records. */
export async function readBreaker(records: Pick<Records, 'read'>, environment: string): Promise<Breaker> {
  const read = await records.read(keyOf(environment))
  if (read.kind === 'absent') return { state: 'closed' }
  const parsed = read.kind === 'found' ? record.safeParse(read.record.value).data : undefined
  if (parsed === undefined) return { state: 'unknown' }
  return { state: 'open', why: parsed.why, openedAtMs: parsed.openedAtMs }
}

/** Open it is once only: who opened it first says why. */
export async function openBreaker(
  records: Pick<Records, 'write'>,
  environment: string,
  { deployment, why, atMs }: { readonly deployment: string; readonly why: string; readonly atMs: number },
): Promise<void> {
  await records.write(keyOf(environment), { schema: 1, deployment, why, openedAtMs: atMs }, undefined)
}

/** Closes it, whatever stands there: that is how one that cannot be read is mended. */
export async function closeBreaker(
  records: Pick<Records, 'read' | 'remove'>,
  environment: string,
): Promise<'closed' | 'conflict'> {
  const read = await records.read(keyOf(environment))
  if (read.kind !== 'found') return 'closed'
  return (await records.remove(read.record.key, read.record.revision)) === 'removed' ? 'closed' : 'conflict'
}

/** `/autorevert on`: of all environments. */
export async function closeBreakers(records: Pick<Records, 'list' | 'remove'>): Promise<void> {
  for (const read of await records.list('breaker/')) {
    if (read.kind === 'found') await records.remove(read.record.key, read.record.revision)
  }
}

function keyOf(environment: string): string {
  return `breaker/${environment}`
}
