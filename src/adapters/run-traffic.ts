import { UsageError } from '../errors.ts'
import type { Traffic } from '../ports/traffic.ts'
import { stepOutcome } from './run-deploy.ts'
import { runShell } from './run-shell.ts'
import type { ShellLine, StepShell } from './run-shell.ts'

/** Sets the new version's share of the traffic by a line of the user, which reads it from `SEAMLESS_WEIGHT` (0 to 100). */
export function runTraffic(line: ShellLine, shell: StepShell): Traffic {
  return {
    async setWeight(percent, context) {
      if (!(percent >= 0 && percent <= 100)) {
        throw new UsageError(`${context.step}: a share of the traffic is 0 to 100 percent, not ${percent}.`)
      }
      const values = { ...context.values, SEAMLESS_WEIGHT: String(percent) }
      return stepOutcome(await runShell(shell, line, { ...context, values }, { background: 'keep' }))
    },
  }
}
