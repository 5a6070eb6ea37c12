import type { Ansible } from '../config/ansible.ts'
import type { Deployer, Live, StepOutcome } from '../ports/deployer.ts'
import type { StepContext } from '../ports/step.ts'
import { playDifference } from './ansible-difference.ts'
import { nothingPlayed, playFailure } from './ansible-faults.ts'
import { hasTasks, hostResults } from './ansible-hosts.ts'
import { runPlaybook } from './ansible-playbook.ts'
import type { Play, Played } from './ansible-playbook.ts'
import { liveOnHosts } from './ansible-status.ts'
import type { StepShell } from './run-shell.ts'
import { thrownFailure } from './thrown-failure.ts'

/** Brings a version to hosts by a playbook of the user, and back by another or by that of the version before. */
export function ansibleDeployer(settings: Ansible, shell: StepShell): Deployer {
  const play = async (context: StepContext, what: Play): Promise<Played | StepOutcome> => {
    const played = await runPlaybook(settings, shell, context, what)
    if (played.end.kind === 'failed')
      return { kind: 'failed', failure: playFailure(context.step, played, settings) }
    if (!hasTasks(played.events))
      return { kind: 'failed', failure: nothingPlayed(context.step, played, settings) }
    return played
  }
  const change = async (context: StepContext, playbook: string): Promise<StepOutcome> => {
    const played = await play(context, { playbook, isKept: true })
    return 'kind' in played ? played : { kind: 'done', output: recap(played) }
  }
  return {
    deploy: (context) => told(() => change(context, settings.playbook)),
    rollback: (context) =>
      told(async () => {
        if (settings.rollback !== undefined) return change(context, settings.rollback)
        return otherCommit(context) ?? (await change(context, settings.playbook))
      }),
    difference: (context) =>
      told(async () => {
        const played = await play(context, { playbook: settings.playbook, isCheck: true })
        if (!('kind' in played))
          return { kind: 'done', output: played.mask(playDifference(played.events, context.root)) }
        return played.kind === 'done' ? played : inCheckMode(played)
      }),
    status: (context) => status(settings, shell, context),
  }
}

async function status(settings: Ansible, shell: StepShell, context: StepContext): Promise<Live> {
  const { status: playbook } = settings
  if (playbook === undefined)
    return { kind: 'unknown', why: 'The config has no "status" playbook for this environment.' }
  try {
    const played = await runPlaybook(settings, shell, context, { playbook })
    if (played.end.kind === 'failed')
      return { kind: 'unknown', why: playFailure(context.step, played, settings).message }
    const live = liveOnHosts(played.events, playbook)
    if (live.kind === 'unknown') return { kind: 'unknown', why: played.mask(`${context.step}: ${live.why}`) }
    return live.kind === 'live' ? { kind: 'live', version: played.mask(live.version) } : live
  } catch (error) {
    return { kind: 'unknown', why: (error as Error).message }
  }
}

/**
 * Another commit's playbook under the old version's name may bring anything: without a playbook for rollbacks only the old
 * version's own will do.
 */
function otherCommit({ step, commit, values }: StepContext): StepOutcome | undefined {
  const { SEAMLESS_VERSION: version = '', SEAMLESS_SHA: sha = '' } = values
  if (sha === '' || commit === undefined || commit === sha) return undefined
  const message = `${step}: there is nothing to go back to ${version} by: its commit ${sha.slice(0, 12)} is not checked out, and the config names no "rollback" playbook. Nothing was changed.`
  return { kind: 'failed', failure: { why: 'report', message, output: '', isUntouched: true } }
}

function inCheckMode(outcome: Extract<StepOutcome, { kind: 'failed' }>): StepOutcome {
  const { failure } = outcome
  const before = failure.message.replace(/ (?:Nothing was changed|(?:Perhaps c|C|Not c)hanged: [^]*)\.$/, '')
  const message =
    failure.why === 'exit'
      ? `${before} That was in check mode, which changes nothing: a task that needs what an earlier one makes takes "when: not ansible_check_mode".`
      : before
  return { kind: 'failed', failure: { ...failure, message } }
}

function recap({ events, mask }: Played): string {
  const lines = hostResults(events).map(({ host, ok, changes }) => `${host}: ${ok} ok, ${changes} changed`)
  return mask(lines.join('\n'))
}

/** Only what is read before Ansible is started throws. */
async function told(act: () => Promise<StepOutcome>): Promise<StepOutcome> {
  try {
    return await act()
  } catch (error) {
    return { kind: 'failed', failure: thrownFailure(error) }
  }
}
