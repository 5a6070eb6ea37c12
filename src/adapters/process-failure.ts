import { existsSync } from 'node:fs'

/** How a command came to its end. */
export type Stop =
  | { readonly why: 'done' }
  | { readonly why: 'exit'; readonly code: number }
  | { readonly why: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly why: 'timeout'; readonly timeoutMs: number }
  | { readonly why: 'cancelled' }
  | { readonly why: 'spawn'; readonly cause: NodeJS.ErrnoException }

/** What was run and where. */
export interface Ran {
  readonly file: string
  readonly args: readonly string[]
  readonly directory: string
  readonly title?: string | undefined
}

/** What happened, where, and what to do about it: one paragraph for people. */
export function failureMessage(ran: Ran, stop: Stop, output: string): string {
  const said = lastLine(output)
  return `${title(ran)} ${ending(ran, stop)}${said === '' ? '' : ` It last said: ${said}`}`
}

/** Commands are shown up to this length; the whole line stands in the config. */
const TITLE_MAX = 160

function title({ title, file, args }: Ran): string {
  const text = (title ?? [file, ...args].join(' ')).replace(/\s+/g, ' ')
  return text.length <= TITLE_MAX ? text : `${text.slice(0, TITLE_MAX)}…`
}

function ending(ran: Ran, stop: Stop): string {
  switch (stop.why) {
    case 'done':
      return 'ended.'
    case 'exit':
      return `failed (exit ${stop.code}).${exitHint(stop.code)}`
    case 'signal':
      return `was ended by ${stop.signal}.${killHint(stop.signal)}`
    case 'timeout':
      return `timed out after ${durationText(stop.timeoutMs)} and was stopped. Raise its "timeout" if it needs longer.`
    case 'cancelled':
      return 'was stopped because the run was cancelled.'
    default:
      return `could not be started: ${spawnReason(ran, stop.cause)}`
  }
}

/** What bash means by these (bash(1), EXIT STATUS). */
function exitHint(code: number): string {
  if (code === 126) return ' 126 means that a file is not executable: chmod +x it and commit the mode.'
  if (code === 127)
    return ' 127 means that a command was not found: install it before Seamless runs, or correct its path.'
  if (code === 137) return ` 137 means that a command in it was ended by SIGKILL.${killHint('SIGKILL')}`
  return ''
}

function killHint(signal: NodeJS.Signals): string {
  return signal === 'SIGKILL' ? ' Often that is the machine out of memory.' : ''
}

function spawnReason({ file, directory }: Ran, cause: NodeJS.ErrnoException): string {
  if (!existsSync(directory)) return `its folder ${directory} does not exist.`
  switch (cause.code) {
    case 'ENOENT':
      return `${file} is not installed or not on the PATH.`
    case 'EACCES':
      return `${file} may not be executed.`
    case 'E2BIG':
      return 'its arguments and environment are larger than the system allows.'
    default:
      return `${cause.message}.`
  }
}

/** Milliseconds as the config writes durations: `90s`, `10m`, `1h30m`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${ms}ms`
  const seconds = Math.round(ms / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  return parts.map((part, index) => (part === 0 ? '' : `${part}${'hms'[index]}`)).join('')
}

const LAST_LINE_MAX = 300

function lastLine(output: string): string {
  const line = output.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return line.length <= LAST_LINE_MAX ? line : `${line.slice(0, LAST_LINE_MAX)}…`
}
