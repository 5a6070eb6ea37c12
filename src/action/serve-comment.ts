import type { CommandPorts } from '../command/command-ports.ts'
import { RUN_STARTS_WITHIN_MS } from '../command/decide-follow.ts'
import { followOperation } from '../command/follow-operation.ts'
import { heldOf, lockOf } from '../command/lock-record.ts'
import { readCommentEvent } from '../command/read-comment-event.ts'
import { UsageError } from '../errors.ts'
import type { ActionShell } from './action-shell.ts'
import { actionCommandPorts, trustedConfig } from './command-ports.ts'
import type { Inputs } from './inputs.ts'
import { openGitHubSide } from './open-github.ts'
import { setOutputs } from './outputs.ts'
import { sayNothingToDo } from './report.ts'
import { type Served, serveToItsEnd } from './serve-to-its-end.ts'
import type { WorkflowContext } from './workflow-context.ts'

/**
 * `operation: command`: answers the command of a comment, up to the run that it starts; that run says itself how it ended.
 * Whatever the answer is, this step succeeds: it is told where it was asked.
 */
export async function serveComment(
  shell: ActionShell,
  inputs: Inputs,
  context: WorkflowContext,
): Promise<void> {
  if (context.event !== 'issue_comment') {
    throw new UsageError(
      `operation: command answers comments: its job is for "issue_comment", not ${context.event}.`,
    )
  }
  const read = readCommentEvent(context.payload)
  if (read.kind === 'ignored') return sayNothingToDo(read.reason, '')
  const side = openGitHubSide(shell, inputs, context)
  const ports = actionCommandPorts(side, await trustedConfig(side.github))
  const outcome = await serveToItsEnd(read.request, ports)
  if (outcome.kind === 'silent') return sayNothingToDo(outcome.reason, '')
  ports.log.info(`The command of comment ${read.request.comment.id}: ${outcome.reason}.`)
  if (outcome.kind === 'started') await waitForRun(outcome, ports)
  setOutputs({
    decision: outcome.kind === 'refused' ? 'nothing_to_do' : 'completed',
    'reason-code': outcome.reason,
  })
}

/** Until its run shows, or is known not to come. A dry run holds nothing up, so nobody waits for it. */
async function waitForRun(
  { environment, reason }: Extract<Served, { kind: 'started' }>,
  ports: CommandPorts,
): Promise<void> {
  if (reason === 'plan_started') return
  const lateMs = ports.clock.now() + 2 * RUN_STARTS_WITHIN_MS
  while (ports.clock.now() < lateMs) {
    const read = await lockOf(ports.records, environment)
    const held = read.kind === 'lock' ? heldOf(environment, read) : undefined
    if (held === undefined || held.operation.run !== undefined) return
    const followed = await followOperation(environment, ports)
    if (followed.kind !== 'waiting') return
    await ports.clock.sleep(LOOK_EVERY_MS, ports.signal)
  }
}

/** GitHub shows a run within seconds. */
const LOOK_EVERY_MS = 5000
