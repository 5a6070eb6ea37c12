import type { RecordRead, Records, StoredRecord } from '../../../src/ports/records.ts'

export interface MemoryRecords extends Records {
  /** Puts something there that is no record. */
  spoil(key: string): void
  /** Every write and removal that took place, in order. */
  readonly history: readonly { readonly key: string; readonly value: unknown }[]
}

/** Records of one process, with the compare-and-swap of the real ones. Values are kept as JSON, as the real ones keep them. */
export function memoryRecords(): MemoryRecords {
  const kept = new Map<string, { text: string; revision: string } | 'spoilt'>()
  const history: { key: string; value: unknown }[] = []
  const readNow = (key: string): RecordRead => {
    const found = kept.get(key)
    if (found === undefined) return { kind: 'absent' }
    if (found === 'spoilt')
      return { kind: 'unreadable', why: 'it is no record of Seamless', where: `memory of ${key}` }
    return { kind: 'found', record: { key, value: JSON.parse(found.text), revision: found.revision } }
  }
  const isAt = (key: string, revision: string | undefined): boolean => {
    const found = kept.get(key)
    return found === undefined ? revision === undefined : found !== 'spoilt' && found.revision === revision
  }
  return {
    history,
    spoil: (key) => void kept.set(key, 'spoilt'),
    read: async (key) => readNow(key),
    async write(key, value, revision) {
      if (!isAt(key, revision)) return { kind: 'conflict' }
      history.push({ key, value })
      const record: StoredRecord = { key, value, revision: `r${history.length}` }
      kept.set(key, { text: JSON.stringify(value), revision: record.revision })
      return { kind: 'written', record }
    },
    async remove(key, revision) {
      if (!isAt(key, revision)) return 'conflict'
      history.push({ key, value: undefined })
      kept.delete(key)
      return 'removed'
    },
    list: async (prefix) =>
      [...kept.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort()
        .map(readNow),
  }
}
