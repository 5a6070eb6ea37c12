import { DeploymentMismatch, type UsageError } from '../errors.ts'
import type { WorkflowRunState } from '../ports/workflows.ts'
import { code } from '../report/markdown.ts'
import { progressText } from './answers/progress.ts'
import { changedHeadText } from './answers/refused.ts'
import { type CommandOutcome, written } from './command-outcome.ts'
import type { CommandPorts, OperationPorts } from './command-ports.ts'
import { lastMark } from './decide-follow.ts'
import { dispatchOnce } from './dispatch-once.ts'
import { followOperation } from './follow-operation.ts'
import { advance, type HeldOperation } from './lock-record.ts'
import { contended, refused } from './serving.ts'

/** What beginning an operation needs, be it a command's or a watch's. */
export type BeginPorts = OperationPorts & Pick<CommandPorts, 'decided'>

export interface BeginOptions {
  /** Claimed just now; else an earlier worker claimed it, and may have done more. */
  readonly isNew?: boolean
  /** The newest Deployment that was there when it was claimed. */
  readonly newestId?: string | undefined
}

/**
 * From the claimed environment to the run that was asked for: the Deployment of the exact commit, a last look at the head,
 * the dispatch, the progress comment. Each is written down in the lock's record, so that whoever comes again goes on.
 */
export async function beginOperation(
  ports: BeginPorts,
  claimed: HeldOperation,
  options: BeginOptions = {},
): Promise<CommandOutcome> {
  const { operation } = claimed
  if (operation.dirty !== undefined || operation.ending !== undefined) {
    await followOperation(claimed.environment, ports)
    return started(claimed)
  }
  const held = operation.deployment === undefined ? await makeDeployment(ports, claimed, options) : claimed
  if (!('known' in held)) return held
  if (held.operation.dispatchedAtMs === undefined) {
    const moved = await movedHead(ports, held)
    if (moved !== undefined) return moved
  }
  const asked = await askForRun(ports, held)
  if (!('known' in asked)) return asked
  const told = await tellBeginning(ports, asked)
  return told === 'lost' ? contended(ports) : started(told)
}

function started({ environment, operation: { kind, key } }: HeldOperation): CommandOutcome {
  const reason = kind === 'deploy' ? 'deploy_started' : 'rollback_started'
  return { kind: 'started', reason, environment, key }
}

async function makeDeployment(
  ports: BeginPorts,
  held: HeldOperation,
  { newestId, isNew = false }: BeginOptions,
): Promise<HeldOperation | CommandOutcome> {
  const { environment, operation } = held
  const { kind, key, sha, version = sha } = operation
  try {
    // Where decisions are kept a command is not taken up again after its end, so nobody else can have had its key.
    const isFirst = isNew && ports.decided !== undefined
    const wanted = { environment, sha, version, key, isFirst }
    const { id } = await ports.deployments.begin(
      kind === 'rollback' ? { ...wanted, operation: kind } : wanted,
    )
    if (newestId !== undefined && Number(id) <= Number(newestId)) {
      return refused('duplicate', 'This command was carried out before.')
    }
    const next = await advance(held, { deployment: id }, ports)
    return next === 'lost' ? contended(ports) : next
  } catch (error) {
    if (!(error instanceof DeploymentMismatch)) throw error
    return refused('deployment_sha_mismatch', `${code(error.message, 300)}. Nothing was sent there.`)
  }
}

/** The last look before something happens: a push may have come since the commit was bound. A rollback is of no head, nor is what was merged. */
async function movedHead(
  ports: BeginPorts,
  { environment, operation }: HeldOperation,
): Promise<CommandOutcome | undefined> {
  if (operation.kind === 'rollback' || operation.pull === undefined || operation.comment === undefined)
    return undefined
  const now = await ports.pulls.head(operation.pull)
  if (now?.head === operation.sha && now.state === 'open') return undefined
  if (now === undefined || now.state !== 'open') {
    return refused('pull_closed', 'The pull request was closed meanwhile. Nothing was sent there.')
  }
  const asked = written({ kind: 'deploy', sha: now.head }, environment)
  return refused('ref_changed', changedHeadText({ bound: operation.sha, head: now.head, asked }))
}

async function askForRun(ports: BeginPorts, held: HeldOperation): Promise<HeldOperation | CommandOutcome> {
  const { environment, operation } = held
  const { kind, key, run: known, sha, deployment } = operation
  if (known !== undefined || operation.dispatched === true) return held
  if (deployment === undefined) throw new Error('a run is asked for only once its Deployment is known')
  let current = held
  const asked = await dispatchOnce(ports, {
    ...operation,
    request: {
      operation: kind === 'deploy' ? 'run' : 'rollback',
      environment,
      sha,
      key,
      deploymentId: deployment,
    },
    async note(dispatchedAtMs) {
      const next = await advance(current, { dispatchedAtMs }, ports)
      if (next !== 'lost') current = next
      return next !== 'lost'
    },
  })
  switch (asked.kind) {
    case 'asked':
      return noteRun(ports, current, asked.run)
    case 'wait':
      return { kind: 'waiting', reason: 'run_not_started', untilMs: asked.untilMs }
    case 'lost':
      return contended(ports)
    case 'refused':
      return neverAsked(ports, current, asked.error)
  }
}

async function noteRun(
  ports: BeginPorts,
  held: HeldOperation,
  run: WorkflowRunState | undefined,
): Promise<HeldOperation | CommandOutcome> {
  const found = run === undefined ? {} : { run: { id: run.id, url: run.url } }
  const next = await advance(held, { dispatched: true, ...found }, ports)
  return next === 'lost' ? contended(ports) : next
}

/** GitHub took no run: the operation is as if none had been asked for. */
async function neverAsked(
  ports: BeginPorts,
  held: HeldOperation,
  error: UsageError,
): Promise<CommandOutcome> {
  const next = await advance(held, { dispatchedAtMs: undefined }, ports)
  if (next === 'lost') return contended(ports)
  return refused('run_not_started', `${code(error.message, 500)} Nothing was sent there.`)
}

async function tellBeginning(ports: BeginPorts, held: HeldOperation): Promise<HeldOperation | 'lost'> {
  const { environment, operation } = held
  // A watch's rollback is told by the watch's own comment.
  if (operation.told !== undefined || operation.pull === undefined) return held
  const phase = operation.run === undefined ? 'asked' : 'queued'
  const told = `${phase}/${lastMark(0)}/${operation.run?.id ?? ''}`
  const text = progressText(environment, { ...operation, told }, { phase })
  await ports.conversation.keep(operation.pull, `progress/${environment}`, text)
  return advance(held, { told }, ports)
}
