import type { Upgrade } from '../upgrade/receipt.ts'

/** Exit codes of the command: 0 well or nothing to do, 1 failed or taken back, 2 usage, 3 nobody knows (held). */
export const EXIT_USAGE = 2

export function exitCodeOf({ decision, reason }: Pick<Upgrade, 'decision' | 'reason'>): number {
  switch (decision) {
    case 'promoted':
    case 'completed':
    case 'planned':
    case 'nothing_to_do':
      return 0
    case 'held':
      return 3
    case 'rolled_back':
      return reason === 'rolled_back_on_request' ? 0 : 1
    case 'failed':
      return reason === 'usage' || reason === 'config_invalid' ? EXIT_USAGE : 1
    case 'cancelled':
    case undefined:
      return 1
  }
}
