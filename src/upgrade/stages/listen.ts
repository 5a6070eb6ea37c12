import { causes } from '../../report/causes.ts'
import type { SaidState } from '../../ports/deployments.ts'
import type { SaidByPerson, VerdictReport } from '../facts.ts'
import { decideListening, JUDGE, type Listening, saidByPerson } from '../people.ts'
import type { Run } from '../run.ts'

/** A person waits a minute for an answer; GitHub is asked no more often than that. */
const LOOK_EVERY_MS = 60_000

/** What people say of an environment while its health is looked at. */
export interface Listener {
  /** When it is worth asking again (ms); never where nobody can say anything. */
  nextMs(): number
  /** Asks, unless that was done within the minute; what is new is journaled and said in the log. */
  listen(step: ListenedStep): Promise<Listening>
  /** … before something is done that they may just have spoken against: asks now, but for what is known to be paused. */
  beforeActing(step: ListenedStep): Promise<Listening>
  /** Says once of each pause that it would be taken back otherwise. */
  sayBad(report: VerdictReport): void
}

export interface ListenedStep {
  readonly name: string
  readonly sinceMs: number
}

export function listener(run: Run, name: string): Listener {
  const { deployments, clock, log } = run.ports
  let askedMs = -Infinity
  let newest: SaidState | undefined
  let last: Listening = JUDGE
  let isFailing = false
  let isBadSaid = false
  const ask = async (): Promise<void> => {
    const id = recordOf(run, name)?.deployment
    askedMs = clock.now()
    if (id === undefined) return
    try {
      const answer = await deployments.said?.(id)
      isFailing = false
      // What a person said holds until a person says something else.
      if (saidByPerson(answer) !== undefined) newest = answer
    } catch (error) {
      run.signal.throwIfAborted()
      // What was said last holds: a pause that cannot be read is no leave to go on.
      if (!isFailing) log.warning(`What people say of ${name} cannot be read: ${causes(error)}`)
      isFailing = true
    }
  }
  const listen = async (step: ListenedStep, isDue: boolean): Promise<Listening> => {
    if (deployments.said !== undefined && (isDue || clock.now() >= askedMs + LOOK_EVERY_MS)) await ask()
    const before = recordOf(run, name)?.said ?? []
    const heard = decideListening(newest, step, before)
    if (isNews(last, heard, before)) await note(run, name, { step: step.name, heard, newest })
    if (heard.kind !== 'paused') isBadSaid = false
    last = heard
    return heard
  }
  return {
    nextMs: () => (deployments.said === undefined ? Infinity : askedMs + LOOK_EVERY_MS),
    listen: async (step) => listen(step, false),
    beforeActing: async (step) => listen(step, last.kind !== 'paused'),
    sayBad({ line }) {
      if (last.kind !== 'paused' || isBadSaid) return
      isBadSaid = true
      log.warning(`${name} is bad, but ${last.by} paused it: nothing is taken back before /continue. ${line}`)
    },
  }
}

function isNews(last: Listening, heard: Listening, before: readonly SaidByPerson[]): boolean {
  switch (heard.kind) {
    case 'paused':
      return last.kind !== 'paused' || last.by !== heard.by
    case 'judge':
      return last.kind === 'paused'
    case 'go_on':
      // What was promoted is followed once; what was accepted stays so.
      return heard.said === 'promoted' || before.every(({ said }) => said !== 'accepted')
  }
}

interface News {
  readonly step: string
  readonly heard: Listening
  readonly newest: SaidState | undefined
}

async function note(run: Run, name: string, { step, heard, newest }: News): Promise<void> {
  const { log } = run.ports
  const saidAtMs = newest?.atMs ?? run.ports.clock.now()
  const common = { type: 'person_said', environment: name, step, saidAtMs } as const
  switch (heard.kind) {
    case 'paused':
      log.info(
        `${heard.by} paused ${name} at ${step}: nothing more is sent there, taken back or promoted until /continue. It can be paused for as long as this job may run ("timeout-minutes"; 6 hours where it says nothing).`,
      )
      return run.record({ ...common, said: 'paused', by: heard.by })
    case 'go_on':
      log.info(`${heard.by} ${heard.said} what runs in ${name} at ${step}: it goes on now.`)
      return run.record({ ...common, said: heard.said, by: heard.by })
    case 'judge': {
      const by = saidByPerson(newest)?.by ?? ''
      log.info(`${by} continued ${name} at ${step}: its health decides again.`)
      return run.record({ ...common, said: 'continued', by })
    }
  }
}

function recordOf(run: Run, name: string) {
  return run.upgrade().environments.find((known) => known.name === name)
}
