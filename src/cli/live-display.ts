import type { Clock } from '../ports/clock.ts'
import { elapsed } from '../report/headline.ts'
import { visible } from '../report/markdown.ts'
import { checkLine } from '../report/text.ts'
import type { UpgradeEvent } from '../upgrade/event.ts'
import type { VerdictReport } from '../upgrade/facts.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import type { Terminal } from './terminal.ts'

export interface LiveDisplay {
  watchEvent(event: UpgradeEvent, upgrade: Upgrade): void
  watchTick(environment: string, report: VerdictReport): void
  close(): void
}

/** A tick of the clock on the screen; finer would flicker, coarser would look stuck. */
const REFRESH_MS = 250

/** Stages as they begin and end, with the time they take; while health is watched a line per check, in place on a terminal. */
export function liveDisplay(terminal: Terminal, clock: Clock): LiveDisplay {
  let running: { step: string; sinceMs: number } | undefined
  let health: readonly string[] = []
  let shownAtMs = 0
  const draw = (): void => {
    if (running === undefined) terminal.live([])
    else terminal.live([`⏵ ${running.step} ${elapsed(clock.now() - running.sinceMs)}`, ...health])
  }
  const timer = terminal.isLive ? setInterval(draw, REFRESH_MS) : undefined
  timer?.unref()
  return {
    watchEvent(event, upgrade) {
      const said = lineOf(event, upgrade)
      if (said !== undefined) terminal.line(visible(said))
      if (event.type === 'step_started') {
        running = { step: event.step, sinceMs: event.atMs }
        health = []
      }
      if (event.type === 'step_ended' || event.type === 'ended') running = undefined
      draw()
    },
    watchTick(environment, report) {
      running ??= { step: `${environment} at ${report.step}`, sinceMs: report.startedAtMs }
      health = report.checks.map((check) => `  ${checkLine(check)}`)
      draw()
      // Without a terminal each check is said now and then, so that a log does not fill with ticks.
      if (terminal.isLive || clock.now() - shownAtMs < QUIET_MS) return
      shownAtMs = clock.now()
      for (const line of health) terminal.line(line)
    },
    close() {
      clearInterval(timer)
      terminal.live([])
    },
  }
}

const QUIET_MS = 15_000

function lineOf(event: UpgradeEvent, upgrade: Upgrade): string | undefined {
  switch (event.type) {
    case 'step_ended': {
      const step = upgrade.steps.find((known) => known.step === event.step)
      const icon = { done: '✓', failed: '✗', skipped: '–', held: '?' }[event.result]
      const took = step === undefined ? '' : ` ${elapsed(event.atMs - step.startedAtMs)}`
      return `${icon} ${event.step}${took}${event.message === undefined ? '' : `: ${event.message}`}`
    }
    case 'weight_set':
      return `  ${event.environment}: ${event.percent} % of the traffic goes to the new version`
    case 'judged':
      return `  ${event.environment}, ${event.report.step}: ${event.report.line}`
    case 'reverted':
      return `  revert: ${event.revert.message}`
    default:
      return undefined
  }
}
