import { command, isOfRun, type Told } from './told.ts'

/** What a person can do now, and which command does it; nothing where nothing is to be done. */
export function nextLines(told: Told): readonly string[] {
  switch (told.situation) {
    case 'awaiting':
      return [pause(told), promote(told), rollback(told)]
    case 'watching':
      return told.record.paused === undefined
        ? [pause(told), promote(told), rollback(told)]
        : [goOn(told, 'lets it be decided'), promote(told), rollback(told)]
    case 'bad_while_paused':
      return [goOn(told, 'takes it back, and decides on the merge'), rollback(told), accept(told)]
    case 'promoted':
    case 'accepted':
      return laterLines(told)
    case 'held':
    case 'never_seen':
      return isOfRun(told.record)
        ? [look(told), 'Deploying it again goes on with it where it stopped.', rollback(told)]
        : [look(told), promote(told), rollback(told), accept(told)]
    case 'shadow':
      return [
        rollback(told),
        ...revert(told),
        accept(told),
        'Judge whether you agree, and take `shadow` out of the configuration when you trust it.',
      ]
    case 'superseded':
      return mergeLines(told)
    case 'taking_back':
      return []
    case 'rollback_failed':
      return [
        `${command(told, 'rollback')} tries once more; ${command(told, 'resolve')} says that you have looked after it. Until one of them, nothing is deployed to ${told.where}.`,
        ...mergeLines(told),
      ]
    case 'no_target':
      return [
        `Deploy a version that works: ${command(told, 'deploy')} on its pull request.`,
        accept(told),
        ...mergeLines(told),
      ]
    case 'taken_back':
      return [...recoveryLines(told), ...mergeLines(told)]
  }
}

function pause(told: Told): string {
  return `${command(told, 'pause')} stops that: nothing is promoted or taken back until ${command(told, 'continue')}.`
}

function goOn(told: Told, what: string): string {
  return `${command(told, 'continue')} ${what}.`
}

function promote(told: Told): string {
  return `${command(told, 'promote')} says that it is fine, and ends the watch.`
}

function accept(told: Told): string {
  return `${command(told, 'accept')} keeps it, though it may be bad: it is what ${told.where} goes back to from then on.`
}

function rollback(told: Told): string {
  return told.back === undefined
    ? `There is no healthy version of ${told.where} to go back to: deploy one that works.`
    : `${command(told, 'rollback')} brings ${told.back} back.`
}

function revert({ record: { pull } }: Told): readonly string[] {
  return pull?.isMerged === true ? [`\`/revert\` takes #${pull.number} out of the default branch.`] : []
}

function laterLines(told: Told): readonly string[] {
  const { record, back, situation } = told
  if (back === undefined) return []
  const merge =
    record.pull?.isMerged === true
      ? `, \`/revert\` takes #${record.pull.number} out of the default branch`
      : ''
  const when = situation === 'promoted' ? 'Should something turn up later' : 'To go back all the same'
  return [`${when}: ${command(told, 'rollback')} brings ${back} back${merge}.`]
}

function look({ situation, found }: Told): string {
  if (situation === 'never_seen')
    return 'See what really runs: another version may be live, or the metric that shows it may be missing.'
  switch (found?.reason) {
    case 'no_data':
    case 'source_error':
    case 'invalid_data':
    case 'low_coverage':
      return 'See why the health source did not answer; deploying again begins a new watch.'
    case 'too_little_traffic':
      return 'Too few users came by to tell. Try it yourself, or deploy when there is traffic.'
    default:
      return 'Look at the graphs: the difference is too small, or the numbers swing too much, to tell by machine.'
  }
}

function recoveryLines({ record: { acts }, where }: Told): readonly string[] {
  switch (acts.recovery?.ended?.kind) {
    case 'still_bad':
      return [`Look elsewhere: ${where} has its last healthy version and is bad all the same.`]
    case 'unknown':
      return [
        `See whether users are well in ${where}: it could not be told by machine. What was measured stands above.`,
      ]
    case 'recovered':
    case undefined:
      return []
  }
}

/** Until the merge is taken out, the next deployment of the default branch brings it again. */
function mergeLines(told: Told): readonly string[] {
  const { pull, acts } = told.record
  const { revert: result } = acts
  if (result === undefined) return []
  const again = `the next deployment from the default branch brings ${told.version} back`
  switch (result.outcome) {
    case 'merged':
    case 'already_reverted':
      return [
        'Mend it and land it again. The same change unmended is not deployed, unless `/unquarantine` allows it.',
      ]
    case 'proposed':
      return [
        `Merge ${numberOf(result.pullRequest)}, or land a fix: until then ${again}. Close it if this is a false alarm.`,
      ]
    case 'conflict':
    case 'failed':
      return [`Take the merge back by hand, or land a fix: until then ${again}.`]
    case 'not_done':
      return pull?.isMerged === true
        ? [`Land a fix, or \`/revert\`: until then ${again}.`]
        : [`Mend it before it is deployed again.`]
  }
}

function numberOf(pullRequest: { readonly number: number } | undefined): string {
  return pullRequest === undefined ? 'the revert' : `#${pullRequest.number}`
}
