import { z } from 'zod'
import { branchName } from './branch-name.ts'

const EXPECTED_REVIEWS = 'expected as-branch or a number of approvals'

/** `requires`: what a pull request must be before `/deploy` brings it to this environment. */
export const requires = z
  .strictObject({
    checks: z
      .enum(['required', 'all', 'none'])
      .prefault('required')
      .describe(
        'The checks that must have passed on the commit: those that the rules of the base branch require, all that there are, or none.',
      ),
    reviews: z
      .union([z.literal('as-branch'), z.int().min(0).max(20)], { error: EXPECTED_REVIEWS })
      .prefault('as-branch')
      .describe('The approvals of this very commit: what the base branch asks for, or so many.'),
    'up-to-date': z
      .boolean()
      .prefault(true)
      .describe(
        'The commit has all of the base branch: else its deployment would take back what was merged.',
      ),
    'ready-for-review': z.boolean().prefault(true).describe('It is not a draft.'),
    'same-repository': z.boolean().prefault(true).describe('Its branch is not in a fork.'),
    'second-person': z.boolean().prefault(false).describe('Whoever deploys it is not its author.'),
    base: z
      .array(branchName, { error: 'expected a list of branches' })
      .prefault([])
      .describe(
        "The branches that it may be meant for; the repository's default branch: another one may have no rules.",
      ),
  })
  .prefault({})
  .transform(({ checks, reviews, base, ...flags }) => ({
    checks,
    reviews,
    base,
    upToDate: flags['up-to-date'],
    readyForReview: flags['ready-for-review'],
    sameRepository: flags['same-repository'],
    secondPerson: flags['second-person'],
  }))
  .describe('What a pull request must be before `/deploy` brings it there.')

export type Requires = z.output<typeof requires>
