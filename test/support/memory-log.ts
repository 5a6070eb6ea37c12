import type { Log } from '../../src/ports/log.ts'

/** A log that remembers, for tests: each line with the level or the step it came by. */
export interface MemoryLog extends Log {
  readonly lines: string[]
}

export function memoryLog(): MemoryLog {
  const lines: string[] = []
  return {
    lines,
    info: (message) => void lines.push(`info ${message}`),
    warning: (message) => void lines.push(`warning ${message}`),
    error: (message) => void lines.push(`error ${message}`),
    output: (step, line) => void lines.push(`${step} | ${line}`),
  }
}
