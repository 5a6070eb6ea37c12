import { realpath } from 'node:fs/promises'
import { type Environment, secretValues } from '../adapters/child-environment.ts'
import { maskOf } from '../adapters/mask.ts'
import { UsageError } from '../errors.ts'
import { causes } from '../report/causes.ts'
import { EXIT_USAGE } from '../report/exit-code.ts'
import { visible } from '../report/markdown.ts'
import { type CommandLine, help, HelpAsked, parseCommandLine } from './command-line.ts'
import { refuseOldNode } from './refuse-old-node.ts'
import type { Terminal } from './terminal.ts'
import { openTerminal } from './terminal.ts'

/** What every command gets. */
export interface CliShell {
  readonly line: CommandLine
  readonly folder: string
  readonly environment: Environment
  readonly terminal: Terminal
  readonly signal: AbortSignal
}

/** The command `seamless`; gives its exit code. Each command is loaded when it is called. */
export async function runCli(argv: readonly string[], environment: Environment): Promise<number> {
  try {
    refuseOldNode(process.versions.node)
    const line = parseCommandLine(argv)
    if (line.command === 'help') throw new HelpAsked()
    const terminal = await openTerminal(process.stdout, process.stderr)
    const folder = await realpath(process.cwd())
    return await dispatch({ line, folder, environment, terminal, signal: interruption() })
  } catch (error) {
    if (error instanceof HelpAsked) {
      process.stdout.write(`${help}\n`)
      return 0
    }
    const { text } = maskOf(secretValues(environment))
    process.stderr.write(`seamless: ${visible(text(causes(error)))}\n`)
    return error instanceof UsageError ? EXIT_USAGE : 1
  }
}

async function dispatch(shell: CliShell): Promise<number> {
  const { command } = shell.line
  switch (command) {
    case 'init':
      return (await import('./init-command.ts')).initCommand(shell)
    case 'doctor':
      return (await import('./doctor-command.ts')).doctorCommand(shell)
    case 'backtest':
      return (await import('./backtest-command.ts')).backtestCommand(shell)
    case 'show':
      return (await import('./show-command.ts')).showCommand(shell)
    case 'validate':
      return (await import('./validate-command.ts')).validateCommand(shell)
    case 'plan':
    case 'run':
    case 'rollback':
      return (await import('./upgrade-command.ts')).upgradeCommand(shell)
    case 'help':
      return 0
  }
}

/** As a shell tells that a program ended by SIGINT. */
const EXIT_INTERRUPTED = 130

/** Ctrl-C once: stop and take back. Twice: the process ends at once, and with it what it has started. */
function interruption(): AbortSignal {
  const cancel = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Not by the signal itself: children are ended when the process exits, and are in groups that no terminal reaches.
      if (cancel.signal.aborted) process.exit(EXIT_INTERRUPTED)
      cancel.abort(new Error(`Cancelled by ${signal}.`))
    })
  }
  return cancel.signal
}
