import { randomUUID } from 'node:crypto'
import type { Mask } from '../adapters/mask.ts'
import type { Log } from '../ports/log.ts'

export interface ActionLogs {
  /** A log whose every text passes the mask first. */
  masked(mask: Mask): Log
  /** Workflow commands work again after this, until the next line of a child's output. */
  resume(): void
}

/**
 * The job's log. While output of a child is shown, workflow commands are switched off, so that a line of it cannot set a
 * mask, annotate a file or switch commands on again: the token that would is random and never shown to the child.
 */
export function actionLogs(write: (text: string) => void): ActionLogs {
  const token = `seamless-${randomUUID()}`
  let stopped = false
  const resume = (): void => {
    if (stopped) write(`::${token}::\n`)
    stopped = false
  }
  const stop = (): void => {
    if (!stopped) write(`::stop-commands::${token}\n`)
    stopped = true
  }
  return { resume, masked: (mask) => maskedLog({ write, resume, stop, mask }) }
}

interface Parts {
  readonly write: (text: string) => void
  readonly resume: () => void
  readonly stop: () => void
  readonly mask: Mask
}

function maskedLog({ write, resume, stop, mask }: Parts): Log {
  const say = (prefix: string, message: string): void => {
    resume()
    const text = mask.text(message)
    write(`${prefix}${prefix === '' ? inert(text) : escaped(text)}\n`)
  }
  return {
    info: (message) => say('', message),
    warning: (message) => say('::warning::', message),
    error: (message) => say('::error::', message),
    output(step, line) {
      stop()
      // The prefix keeps a line from beginning with "::" even where commands are read.
      write(`${step} | ${mask.text(line)}\n`)
    },
  }
}

/** As GitHub's toolkit escapes the text of a command. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** Our own lines may quote outside text: none of its lines may begin a command. */
function inert(text: string): string {
  return text.replaceAll(/^(\s*)(::|##\[)/gm, '$1\u200B$2')
}
