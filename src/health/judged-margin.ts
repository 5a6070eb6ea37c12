import type { Check } from '../config/health.ts'
import type { JudgedCheck } from './judge/judged-check.ts'
import { promoteMargin } from './judge/margin.ts'

/** What the config tolerates of a check, as the judge takes it. A probe is not compared; its margin is none. */
export function judgedCheck(check: Check, mode: JudgedCheck['mode']): JudgedCheck {
  const revert =
    check.kind === 'traffic'
      ? { worseBy: check.atLeast - 1, atLeast: 0 }
      : {
          worseBy: check.kind === 'probe' ? 0 : check.worseBy,
          atLeast: check.kind === 'probe' ? 0 : check.atLeast,
        }
  return { kind: check.kind, mode, revert, promote: promoteMargin(check.kind, revert) }
}
