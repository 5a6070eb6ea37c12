import type { StepOutcome } from './deployer.ts'
import type { StepContext } from './step.ts'

/** Sends a share of the traffic to the new version. */
export interface Traffic {
  /** `percent` is 0 to 100: the candidate's share of requests. */
  setWeight(percent: number, context: StepContext): Promise<StepOutcome>
}
