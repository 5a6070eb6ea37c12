import { z } from 'zod'
import type { Person } from '../ports/authority.ts'
import type { Records } from '../ports/records.ts'

const KEY = 'autorevert'

const record = z.object({
  schema: z.literal(1),
  isOn: z.boolean(),
  by: z.object({ id: z.number().int(), login: z.string() }),
  atMs: z.number(),
})

/** The kill switch of a repository: who last said whether merges are taken back by themselves. */
export type AutoRevert =
  /** `by` is absent where nobody ever said anything. */
  | { readonly state: 'on' | 'off'; readonly by?: Person; readonly atMs?: number }
  /** It cannot be read: nothing is taken back by itself until it can. */
  | {
      readonly state: 'unknown'
      /** Where what cannot be written over stands, for people who look at it. */
      readonly where?: string
    }

/** Never throws for what stands in the record. Errors: those of the records. */
export async function readAutoRevert(records: Pick<Records, 'read'>): Promise<AutoRevert> {
  const read = await records.read(KEY)
  if (read.kind === 'absent') return { state: 'on' }
  const parsed = read.kind === 'found' ? record.safeParse(read.record.value).data : undefined
  if (parsed === undefined)
    return { state: 'unknown', ...(read.kind === 'unreadable' && { where: read.where }) }
  const { isOn, by, atMs } = parsed
  return { state: isOn ? 'on' : 'off', by, atMs }
}

/** `conflict`: somebody else wrote it just now; ask again. What cannot be read is written over: that is how it is mended. */
export async function writeAutoRevert(
  records: Pick<Records, 'read' | 'write'>,
  said: { readonly isOn: boolean; readonly by: Person; readonly atMs: number },
): Promise<'written' | 'conflict'> {
  const read = await records.read(KEY)
  const revision = read.kind === 'found' ? read.record.revision : undefined
  const write = await records.write(KEY, { schema: 1, ...said }, revision)
  return write.kind === 'written' ? 'written' : 'conflict'
}
