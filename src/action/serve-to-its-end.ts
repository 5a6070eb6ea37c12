import type { CommandOutcome, CommandRequest } from '../command/command-outcome.ts'
import type { CommandPorts } from '../command/command-ports.ts'
import { serveCommand } from '../command/serve-command.ts'
import { isAmbiguous } from '../github/request-policy.ts'

export type Served = Exclude<CommandOutcome, { kind: 'waiting' }>

/** So often nobody knows what GitHub did, then the next command settles what is there. */
const LOST_ANSWERS = 5
const AGAIN_MS = 5000

/**
 * There is no queue: what goes on later goes on here, and what lost an answer of GitHub is served again from the top, which
 * looks for what was done before it does anything. A command that has waited too long ends by itself, as expired.
 * Errors: `GitHubError`, and those of the records.
 */
export async function serveToItsEnd(request: CommandRequest, ports: CommandPorts): Promise<Served> {
  for (let lost = 0; ;) {
    let untilMs: number
    try {
      const outcome = await serveCommand(request, ports)
      if (outcome.kind !== 'waiting') return outcome
      ;({ untilMs } = outcome)
    } catch (error) {
      lost += 1
      if (!isAmbiguous(error) || lost > LOST_ANSWERS) throw error
      ports.log.warning(`Served again in a moment: ${String(error)}`)
      untilMs = ports.clock.now() + AGAIN_MS * lost
    }
    await ports.clock.sleep(Math.max(1000, untilMs - ports.clock.now()), ports.signal)
  }
}
