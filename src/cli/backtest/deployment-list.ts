import { UsageError } from '../../errors.ts'

/** A deployment to judge, as somebody listed it or the record has it. */
export interface ListedDeployment {
  readonly atMs: number
  readonly version: string
}

/**
 * A list of deployments, a line each: `2026-11-02T09:30:00Z 1.4.0`. Empty lines and those that begin with # do not count.
 * Oldest first. Error: `UsageError` that names the line.
 */
export function parseDeployments(text: string, file: string): readonly ListedDeployment[] {
  const found = text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const [, time = '', version] = /^(\S+)\s+(\S+)$/.exec(trimmed) ?? []
    const atMs = Date.parse(time)
    if (version === undefined || !/^\d{4}-\d\d-\d\dT/.test(time) || Number.isNaN(atMs)) {
      throw new UsageError(
        `${file}:${index + 1} must be a time and a version such as "2026-11-02T09:30:00Z 1.4.0", not ${JSON.stringify(trimmed.slice(0, 80))}.`,
      )
    }
    return [{ atMs, version }]
  })
  if (found.length === 0) throw new UsageError(`${file} lists no deployment.`)
  return found.toSorted((a, b) => a.atMs - b.atMs)
}
