import { UsageError } from '../errors.ts'
import type { Log } from '../ports/log.ts'
import type { UpgradeEvent } from '../upgrade/event.ts'
import type { Journal } from '../upgrade/journal.ts'
import type { Annotations, Mark } from './grafana-annotations.ts'
import { GrafanaFault } from './grafana-api.ts'

/**
 * A journal that marks each deployment on graphs, from its start to its verdict, when it has written of them down. What is
 * marked is read from the journal, so that a later run of the same upgrade ends the mark of an earlier one. A mark that
 * cannot be made is a warning and holds nothing up.
 */
export function markedJournal(
  journal: Journal,
  open: () => Promise<readonly Annotations[]>,
  log: Pick<Log, 'warning'>,
): Journal {
  return {
    ...journal,
    async append(events) {
      await journal.append(events)
      const environments = events.flatMap((event) =>
        event.type === 'deployment_begun' || event.type === 'environment_ended' ? [event.environment] : [],
      )
      if (environments.length === 0) return
      const all = await journal.read()
      const marks = [...new Set(environments)].flatMap((environment) => markOf(environment, all) ?? [])
      await put(marks, open, log)
    },
  }
}

async function put(
  marks: readonly Mark[],
  open: () => Promise<readonly Annotations[]>,
  log: Pick<Log, 'warning'>,
): Promise<void> {
  try {
    for (const annotations of await open()) for (const mark of marks) await annotations.put(mark)
  } catch (error) {
    if (!(error instanceof GrafanaFault || error instanceof UsageError)) throw error
    log.warning(`The deployment is not marked in Grafana: ${error.message}`)
  }
}

type Of<Type extends UpgradeEvent['type']> = Extract<UpgradeEvent, { type: Type }>

/** What an upgrade's events say of the last deployment to an environment; nothing where another job began it. */
export function markOf(environment: string, events: readonly UpgradeEvent[]): Mark | undefined {
  const begun = lastOf(events, 'deployment_begun', (event) => event.environment === environment)
  const started = lastOf(events, 'started', () => true)
  if (begun === undefined || started === undefined) return undefined
  const candidate =
    lastOf(events, 'candidate_known', () => true)?.candidate.name ?? started.candidate?.name ?? 'a version'
  const ended = lastOf(
    events,
    'environment_ended',
    (event) => event.environment === environment && event.atMs >= begun.atMs,
  )
  const from = begun.previous === undefined ? '' : ` from ${begun.previous.name}`
  const what = started.operation === 'rollback' ? 'back' : `to ${candidate}`
  const outcome = ended === undefined ? '' : `: ${ended.message}`
  return {
    tags: [
      'seamless',
      `repository:${started.repository}`,
      `environment:${environment}`,
      `deployment:${begun.deployment}`,
    ],
    // Grafana shows the text as HTML.
    text: `${environment} ${what}${from}${outcome}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    startMs: begun.atMs,
    ...(ended === undefined ? {} : { endMs: ended.atMs }),
  }
}

function lastOf<const Type extends UpgradeEvent['type']>(
  events: readonly UpgradeEvent[],
  type: Type,
  isMeant: (event: Of<Type>) => boolean,
): Of<Type> | undefined {
  return events.findLast((event): event is Of<Type> => event.type === type && isMeant(event as Of<Type>))
}
