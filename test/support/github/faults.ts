import type { Reply } from './reply.ts'
import type { RequestRecord } from './request-log.ts'

/** Something that goes wrong on purpose. */
export interface Fault {
  /** An operation (`POST /repos/{owner}/{repo}/deployments`, `git-receive-pack`) or a test of the request. */
  on: string | ((request: RequestRecord) => boolean)
  /** How many requests it hits; 1 by default. */
  times?: number
  /** How many matching requests pass before it starts. */
  skip?: number
  /** Real milliseconds that the request waits before it is handled. */
  delayMs?: number
  /** What the caller gets instead of the true answer: a reply, or a connection that is cut. */
  answer?: Reply | 'hang up'
  /** Changes the true answer on its way: another SHA, a body that is cut short. Not judged by the oracle. */
  alter?: (reply: Reply) => Reply
  /** `after`: the write is committed first, and only its answer is lost. */
  when?: 'before' | 'after'
}

export class Faults {
  private readonly scripts: { fault: Fault; skip: number; left: number }[] = []

  add(fault: Fault): void {
    this.scripts.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 })
  }

  clear(): void {
    this.scripts.length = 0
  }

  /** The first script that this request runs into, counted down. */
  take(request: RequestRecord): Fault | undefined {
    for (const script of this.scripts) {
      if (script.left === 0 || !matches(script.fault.on, request)) continue
      if (script.skip > 0) {
        script.skip -= 1
        continue
      }
      script.left -= 1
      return script.fault
    }
    return undefined
  }
}

function matches(on: Fault['on'], request: RequestRecord): boolean {
  return typeof on === 'string' ? on === request.operation : on(request)
}
