import { code } from '../../report/markdown.ts'
import type { WatchOrder } from '../../ports/watches.ts'

/** How it stands with what somebody said to a watch. */
export type OrderSituation =
  | 'promoted_on_request'
  | 'accepted_on_request'
  | 'paused'
  | 'continued'
  | 'already_healthy'
  | 'already_paused'
  | 'not_paused'
  | 'nothing_to_pause'
  | 'nothing_watched'
  | 'found_unhealthy'
  | 'being_taken_back'
  | 'not_all_users'
  | 'not_live'

export interface OrderSaid {
  readonly kind: WatchOrder['kind']
  readonly environment: string
  /** Login. */
  readonly by: string
  /** Absent where nothing was ever deployed. */
  readonly version?: string
  /** How the watch stands, or how it ended: outside text. */
  readonly line?: string
  /** It was found bad, and is being taken back. */
  readonly isBad?: boolean
  /** It is told to a job, which looks once a minute. */
  readonly isJob?: boolean
  /** Who paused it before. */
  readonly before?: string
}

/** The answer: who did what, and what happens next. Markdown. */
export function orderText(situation: OrderSituation, said: OrderSaid): string {
  return sentences[situation](said).join(' ')
}

const sentences: Readonly<Record<OrderSituation, (said: OrderSaid) => readonly string[]>> = {
  promoted_on_request: (said) => [
    `🚀 ${code(said.by)} promotes ${what(said)}.`,
    ...(said.isJob === true
      ? ['Its run skips the rest of this step, or of its watch, within a minute or so.']
      : ['The rest of its watch is skipped: it counts as well, and later rollbacks may return to it.']),
    ...soFar(said),
  ],
  accepted_on_request: (said) => [
    `✅ ${code(said.by)} accepts ${what(said)}, whatever was found.`,
    said.isJob === true
      ? 'Its run goes on with it within a minute or so.'
      : 'It counts as well, and later rollbacks may return to it.',
    ...soFar(said),
  ],
  paused: (said) => [
    `⏸️ ${code(said.by)} pauses ${what(said)}: nothing is promoted or taken back by itself until ${command('continue', said)}.`,
    afterPause(said),
    `${command('rollback', said)} takes it back at any time.`,
    ...soFar(said),
  ],
  continued: (said) => [
    `▶️ ${code(said.by)} ends the pause of ${what(said)}: what is found is acted on again.`,
    ...soFar(said),
  ],
  already_healthy: (said) => [`${what(said)} counts as well already.`, ...found(said)],
  already_paused: (said) => [
    `${what(said)} is paused already${said.before === undefined ? '' : `, by ${code(said.before)}`}: ${command('continue', said)} ends that.`,
    ...found(said),
  ],
  not_paused: (said) => [`${what(said)} is not paused.`, ...found(said)],
  nothing_to_pause: (said) => [
    `${what(said)} is held: nothing is done by itself there.`,
    `${command('promote', said)}, ${command('accept', said)} or ${command('rollback', said)} decide.`,
    ...found(said),
  ],
  nothing_watched: (said) => [
    `Nothing is being watched in ${code(said.environment)}.`,
    ...(said.kind === 'promote'
      ? [`${command('accept', said)} says that ${code(said.version ?? '')} is well all the same.`]
      : []),
    ...found(said),
    NOTHING_DONE,
  ],
  found_unhealthy: (said) => [
    `Users would notice ${what(said)}; to promote it does not change that.`,
    ...found(said),
    `${command('accept', said)} accepts it as it is, ${command('rollback', said)} takes it back.`,
    NOTHING_DONE,
  ],
  being_taken_back: (said) => [
    `${what(said)} was found bad, and it is being taken back: too late for that.`,
    ...found(said),
    'If you want it all the same, deploy it again once that has ended.',
    NOTHING_DONE,
  ],
  not_all_users: (said) => [
    `Not all users have ${what(said)}, and its run has ended.`,
    ...found(said),
    `Deploying it again goes on with it, ${command('rollback', said)} takes it back.`,
    NOTHING_DONE,
  ],
  not_live: (said) => [
    `No version is on record as what all users of ${code(said.environment)} have: there is nothing to ${said.kind}.`,
    NOTHING_DONE,
  ],
}

const NOTHING_DONE = 'Nothing was done.'

function afterPause({ isJob = false, isBad = false }: OrderSaid): string {
  if (isJob) return 'Its run sees that within a minute or so.'
  return isBad
    ? 'What a run does already goes on to its end; nothing comes after it.'
    : 'It is still watched, and told.'
}

function what({ version = '', environment }: OrderSaid): string {
  return `${code(version)} in ${code(environment)}`
}

function command(name: string, { environment }: OrderSaid): string {
  return code(`/${name} ${environment}`)
}

function soFar({ line }: OrderSaid): readonly string[] {
  return line === undefined || line === '' ? [] : [`So far: ${code(line, 300)}`]
}

function found({ line }: OrderSaid): readonly string[] {
  return line === undefined || line === '' ? [] : [`Its watch: ${code(line, 300)}`]
}
