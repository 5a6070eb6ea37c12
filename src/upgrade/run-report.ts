import { z } from 'zod'
import { artifact, verdictReport } from './facts.ts'

/** How a deploying run judged a step of the traffic, without the evidence, which is its receipt's. */
const judged = verdictReport.omit({ evidence: true, startedAtMs: true })

/**
 * What a deploying run leaves for the App beside its Deployment: what it built, how its code, tests and release differ, and how
 * it judged the steps of the traffic. It is the run's own word (any workflow of the repository can write it): it names what
 * was built and explains, and it never makes a version healthy.
 */
export const runReport = z.object({
  schema: z.literal('seamless.run/1'),
  /** The upgrade's id. */
  upgrade: z.string(),
  artifacts: z.array(artifact),
  code: z
    .object({
      commits: z.number().int(),
      files: z.number().int(),
      added: z.number().int(),
      removed: z.number().int(),
    })
    .optional(),
  tests: z.array(
    z.object({
      suite: z.string(),
      passed: z.number().int(),
      newlyFailing: z.number().int(),
      accepted: z.number().int(),
    }),
  ),
  /** The first lines of the release's difference. */
  release: z.string().optional(),
  /** The last step of the traffic that was judged. */
  judged: judged.optional(),
})
export type RunReport = z.infer<typeof runReport>
