import type { Mask } from '../adapters/mask.ts'
import type { Log } from '../ports/log.ts'
import { visible } from '../report/markdown.ts'

/** Where the command writes: reports to `out`, what happens meanwhile to `err`, which may be a terminal. */
export interface Terminal {
  out(text: string): void
  /** A line that stays. */
  line(text: string): void
  /** The lines at the bottom that change in place; without a terminal nothing. */
  live(lines: readonly string[]): void
  readonly isLive: boolean
}

/** `log-update` is loaded on a terminal only. */
export async function openTerminal(out: NodeJS.WriteStream, err: NodeJS.WriteStream): Promise<Terminal> {
  const write = (text: string): void => void out.write(`${text}\n`)
  if (!err.isTTY) {
    return { out: write, line: (text) => void err.write(`${text}\n`), live: () => undefined, isLive: false }
  }
  const { createLogUpdate } = await import('log-update')
  const update = createLogUpdate(err)
  let shown: readonly string[] = []
  return {
    isLive: true,
    out: (text) => {
      update.clear()
      write(text)
    },
    line: (text) => {
      update.clear()
      err.write(`${text}\n`)
      if (shown.length > 0) update(shown.join('\n'))
    },
    live: (lines) => {
      shown = lines
      if (lines.length === 0) update.clear()
      else update(lines.join('\n'))
    },
  }
}

/** The log as lines; what children print cannot move the cursor or colour what follows. */
export function terminalLog({ line }: Terminal): (mask: Mask) => Log {
  return (mask) => ({
    info: (message) => line(visible(mask.text(message))),
    warning: (message) => line(`warning: ${visible(mask.text(message))}`),
    error: (message) => line(`error: ${visible(mask.text(message))}`),
    output: (step, text) => line(`${step} | ${visible(mask.text(text))}`),
  })
}
