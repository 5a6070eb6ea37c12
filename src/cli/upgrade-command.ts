import { checksAppId, type Opened, openRepository } from '../composition.ts'
import { systemClock } from '../adapters/system-clock.ts'
import {
  loadConfig,
  makePlan,
  type OperationRequest,
  operateRollback,
  operateRun,
  operateUndo,
} from '../operation.ts'
import { exitCodeOf } from '../report/exit-code.ts'
import { plural } from '../report/headline.ts'
import { planText } from '../report/plan-summary.ts'
import { receiptText } from '../report/text.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import { liveDisplay } from './live-display.ts'
import type { CliShell } from './run-cli.ts'
import { terminalLog } from './terminal.ts'

/** `plan`, `run` and `rollback`. A cancelled run is taken back before the command ends. */
export async function upgradeCommand(shell: CliShell): Promise<number> {
  const { line, terminal, signal } = shell
  const opened = await openHere(shell)
  const loaded = await loadConfig(opened, line.config, { kind: 'working_tree' })
  if (line.command !== 'rollback') await sayUncommitted(opened)
  const display = liveDisplay(terminal, systemClock)
  const request = requestOf(shell, opened, loaded, display)
  try {
    if (line.command === 'plan') {
      const plan = await makePlan(request)
      terminal.out(line.json ? JSON.stringify(plan, undefined, 2) : planText(plan))
      return 0
    }
    const operate = line.command === 'rollback' ? operateRollback : operateRun
    const upgrade = await operate(request, signal).catch(async (error: unknown) => {
      if (!signal.aborted) throw error
      return undefined
    })
    const ended = signal.aborted ? ((await takeBack(shell, request)) ?? upgrade) : upgrade
    display.close()
    return report(shell, ended)
  } finally {
    display.close()
  }
}

/** GITHUB_TOKEN and the remote's name are all that a laptop has of GitHub. */
export async function openHere({ folder, environment, signal, terminal }: CliShell): Promise<Opened> {
  const surroundings = { folder, environment, signal, clock: systemClock, log: terminalLog(terminal) }
  const opened = await openRepository(surroundings)
  const token = environment['GITHUB_TOKEN']
  const repository = environment['GITHUB_REPOSITORY'] ?? opened.repository.name
  if (token === undefined || token === '' || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return opened
  return openRepository({
    ...surroundings,
    github: {
      token,
      repository,
      apiUrl: environment['GITHUB_API_URL'] ?? 'https://api.github.com',
      appId: checksAppId(environment),
    },
  })
}

/** The config is the working tree's, so that it can be tried; the code never is. */
async function sayUncommitted({ repository, log }: Opened): Promise<void> {
  const files = await repository.uncommitted()
  if (files === 0) return
  log.warning(
    `${plural(files, 'file')} with changes that are not committed: the code of an upgrade is a commit's, without them; only the config is read as it stands here.`,
  )
}

function requestOf(
  { line }: CliShell,
  opened: Opened,
  loaded: OperationRequest['loaded'],
  watch: NonNullable<OperationRequest['watch']>,
): OperationRequest {
  const { stage, environment, sha, planDigest } = line
  return {
    opened,
    loaded,
    stage,
    ...(environment !== undefined && { environment }),
    ...(sha !== undefined && { sha }),
    ...(planDigest !== undefined && { planDigest }),
    watch,
  }
}

/** A second Ctrl-C ends the process in the middle; the journal then says so to the next run. */
async function takeBack(shell: CliShell, request: OperationRequest): Promise<Upgrade | undefined> {
  shell.terminal.line(
    'Cancelled: taking back what was begun. Ctrl-C again stops at once and leaves it half done.',
  )
  const opened = await openHere({ ...shell, signal: new AbortController().signal })
  return operateUndo({ opened, loaded: request.loaded }, 'Cancelled.', new AbortController().signal)
}

function report({ line, terminal }: CliShell, upgrade: Upgrade | undefined): number {
  if (upgrade === undefined) return 1
  terminal.out(line.json ? JSON.stringify(upgrade, undefined, 2) : receiptText(upgrade))
  return exitCodeOf(upgrade)
}
