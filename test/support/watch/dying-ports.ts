import type { WatchPorts } from '../../../src/watch/watch-ports.ts'

/** What a process does that is killed. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

export interface Death {
  /** At which call of the world outside it dies, from 1 on. */
  readonly call: number
  /** Before the call is made, or after it took place and before its answer was heard. */
  readonly when: 'before' | 'after'
}

const PARTS = ['deployments', 'conversation', 'records', 'workflows', 'pullRequests', 'escalation'] as const
const CALLS = ['config', 'configAt', 'mergeOf', 'runReport', 'pullOf', 'note', 'others'] as const

/** The same ports in a process that dies at one of its calls; `calls` counts them, and names the last. */
export function dyingPorts(
  ports: WatchPorts,
  death: Death | undefined,
): { readonly ports: WatchPorts; readonly calls: string[] } {
  const calls: string[] = []
  const dies = (name: string, call: Called): Called => {
    return async (...given: unknown[]) => {
      calls.push(name)
      const isLast = calls.length === death?.call
      if (isLast && death.when === 'before') throw new Killed(name)
      const answer = await call(...given)
      if (isLast) throw new Killed(name)
      return answer
    }
  }
  const wrapped = Object.fromEntries(
    PARTS.map((part) => {
      const methods = Object.entries(ports[part]).map(([method, call]) => [
        method,
        typeof call === 'function' ? dies(`${part}.${method}`, call as Called) : call,
      ])
      return [part, Object.fromEntries(methods)]
    }),
  )
  const single = Object.fromEntries(CALLS.map((name) => [name, dies(name, ports[name] as Called)]))
  return { ports: { ...ports, ...wrapped, ...single }, calls }
}

type Called = (...given: unknown[]) => Promise<unknown>
