import { z } from 'zod'
import type { Clock } from '../ports/clock.ts'
import { faultsOf } from './kubectl-faults.ts'
import type { Kubectl } from './kubectl.ts'
import { objectText, parseObjects, isSame, identityOf, listText } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { faultText } from './kubernetes-refusal.ts'
import { rolloutOf } from './kubernetes-rollout.ts'
import { causesOf, podOrReplicaSet, warningEvent } from './kubernetes-why.ts'
import type { Cause } from './kubernetes-why.ts'

export interface Waiting {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** How far it is, when that changes. */
  readonly say: (line: string) => void
  /** Whether a workload that is not rolled out must be; those that were so before are nobody's fault here. */
  readonly isOwed: (live: KubernetesObject) => boolean
}

export type Waited =
  | { readonly kind: 'rolled_out' }
  | { readonly kind: 'failed'; readonly message: string; readonly why: 'exit' | 'timeout' }

/** Between two looks; a rollout takes seconds at least, and a look costs one request. */
const EVERY_MS = 2000

/** A control plane that is being upgraded itself is away for some seconds: it is asked again this long. */
const SILENCE_MS = 60_000

/**
 * How long a cause is watched before nothing more is expected of it. Registries copy images with a delay, and
 * configuration may come from another controller; what waits for a node may get one from an autoscaler, and what
 * is not ready may become so: those wait for the timeout.
 */
const PATIENCE_MS: Readonly<Partial<Record<Cause['kind'], number>>> = {
  image_pull: 60_000,
  crash_loop: 0,
  container_config: 60_000,
}

/**
 * Waits until everything is rolled out. Ends early where nothing more is to be expected; whenever it ends without, it
 * says what each workload hangs on. Throws the signal's reason when the run is cancelled.
 */
export async function waitForRollouts(
  kubectl: Kubectl,
  workloads: readonly KubernetesObject[],
  waiting: Waiting,
): Promise<Waited> {
  const { clock, signal, timeoutMs, say, isOwed } = waiting
  const startMs = clock.now()
  const seen = new Map<string, number>()
  let lastAnswerMs = startMs
  let lastLine = ''
  for (;;) {
    signal.throwIfAborted()
    const look = await lookAt(kubectl, workloads, isOwed)
    const now = clock.now()
    if (look.kind === 'silent') {
      if (now - lastAnswerMs >= Math.min(SILENCE_MS, timeoutMs))
        return {
          kind: 'failed',
          why: 'exit',
          message: `the cluster stopped answering while it rolled out: ${look.said}`,
        }
    } else {
      lastAnswerMs = now
      const line = look.hanging.map(({ text, said }) => `${text}: ${said}`).join('; ')
      if (line !== lastLine && line !== '') say(line)
      lastLine = line
      if (look.hanging.length === 0) return { kind: 'rolled_out' }
      const end = endOf(look.hanging, { seen, now, isLate: now - startMs >= timeoutMs, timeoutMs })
      if (end !== undefined) return end
    }
    await clock.sleep(EVERY_MS, signal)
  }
}

interface Hanging {
  readonly text: string
  readonly said: string
  readonly isOver: boolean
  readonly causes: readonly Cause[]
}

type Look = { kind: 'silent'; said: string } | { kind: 'looked'; hanging: Hanging[] }

async function lookAt(
  kubectl: Kubectl,
  workloads: readonly KubernetesObject[],
  isOwed: Waiting['isOwed'],
): Promise<Look> {
  const input = listText(workloads.map(identityOf))
  const end = await kubectl.run(['get', '--filename=-', '--ignore-not-found', '--output=json'], { input })
  if (end.kind === 'failed') return { kind: 'silent', said: end.said.at(-1) ?? end.failure.message }
  const live = parseObjects(end.stdout)
  const hanging = await Promise.all(
    workloads.map(async (workload): Promise<Hanging[]> => {
      const text = objectText(workload, kubectl.namespace)
      const found = live.find((one) => isSame(workload, one, kubectl.namespace))
      if (found === undefined) return [{ text, said: 'somebody deleted it', isOver: true, causes: [] }]
      const rollout = rolloutOf(found)
      if (rollout.kind === 'done' || !isOwed(found)) return []
      const causes = await causesFor(kubectl, found)
      return [{ text, said: rollout.said, isOver: rollout.kind === 'failed', causes }]
    }),
  )
  return { kind: 'looked', hanging: hanging.flat() }
}

const items = z.object({ items: z.array(z.unknown()) })

/** Who may deploy may not always look at pods and events: then there are fewer causes, and it says so. */
async function causesFor(kubectl: Kubectl, workload: KubernetesObject): Promise<Cause[]> {
  const where =
    workload.metadata.namespace === undefined ? [] : [`--namespace=${workload.metadata.namespace}`]
  const get = (what: string, more: readonly string[]) =>
    kubectl.run(['get', what, '--output=json', ...where, ...more])
  const [around, events] = await Promise.all([
    get('pods,replicasets.apps', selectorOf(workload)),
    get('events', ['--field-selector=type=Warning', '--sort-by=.metadata.creationTimestamp']),
  ])
  const unseen = [around, events].flatMap((end): string[] =>
    end.kind === 'failed' ? [...faultsOf(end.said).map(faultText), end.failure.message].slice(0, 1) : [],
  )
  const found = causesOf({
    uid: workload.metadata.uid ?? '',
    revision: workload.metadata.annotations?.['deployment.kubernetes.io/revision'],
    around: parsed(around, podOrReplicaSet),
    events: parsed(events, warningEvent),
  })
  if (found.length > 0 || unseen.length === 0) return found
  return [{ kind: 'pod_event', said: `more cannot be seen, ${unseen.join(', ')}` }]
}

function parsed<Item>(end: { kind: string; stdout: string }, item: z.ZodType<Item>): Item[] {
  if (end.kind === 'failed') return []
  return items.parse(JSON.parse(end.stdout)).items.flatMap((one) => {
    const read = item.safeParse(one)
    return read.success ? [read.data] : []
  })
}

const labelled = z.looseObject({
  spec: z.looseObject({
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).optional() }).optional(),
  }),
})

/** Fewer to look through; what is its own is told by its owner. */
function selectorOf(workload: KubernetesObject): string[] {
  const read = labelled.safeParse(workload)
  const labels = Object.entries(read.data?.spec.selector?.matchLabels ?? {})
  return labels.length === 0
    ? []
    : [`--selector=${labels.map(([key, value]) => `${key}=${value}`).join(',')}`]
}

interface Patience {
  readonly seen: Map<string, number>
  readonly now: number
  readonly isLate: boolean
  readonly timeoutMs: number
}

function endOf(hanging: readonly Hanging[], { seen, now, isLate, timeoutMs }: Patience): Waited | undefined {
  const isHopeless = hanging.some(({ text, isOver, causes }) => {
    const lost = causes.some((cause) => {
      const key = `${text} ${cause.kind}`
      if (!seen.has(key)) seen.set(key, now)
      const patience = PATIENCE_MS[cause.kind]
      return patience !== undefined && now - (seen.get(key) ?? now) >= patience
    })
    return isOver || lost
  })
  if (!isHopeless && !isLate) return undefined
  const said = hanging.map(hangingText).join(' ')
  if (isHopeless) return { kind: 'failed', why: 'exit', message: said }
  const seconds = Math.round(timeoutMs / 1000)
  return { kind: 'failed', why: 'timeout', message: `${said} It was waited for ${seconds} s ("timeout").` }
}

function hangingText({ text, said, causes }: Hanging): string {
  const why = causes.length === 0 ? '' : ` Why: ${causes.map((cause) => cause.said).join('; ')}.`
  return `${text} does not roll out: ${said}.${why}`
}
