import { comparisonTable } from './comparison-table.ts'
import {
  adoptionFacts,
  badUpgradeFacts,
  factLine,
  goodUpgradeFacts,
  lateUpgradeFacts,
  naiveUpgradeFacts,
  type Fact,
} from './facts.ts'
import { tally } from './load/tally.ts'
import type { Story } from './play-demo.ts'

/** What the story claims, each with whether it was so. */
export function factsOf({ adopted, good, bad, aftermath, late, lateAftermath, naive }: Story): Fact[] {
  return [
    ...adoptionFacts(adopted),
    ...goodUpgradeFacts(good),
    ...badUpgradeFacts(bad, aftermath),
    ...lateUpgradeFacts(late, lateAftermath),
    ...naiveUpgradeFacts(naive),
  ]
}

/** What both pull requests say, the load generator's counts side by side, and the claims. */
export function report(story: Story, facts: readonly Fact[]): string {
  const { good, bad, late, naive } = story
  const columns = new Map([
    ['version 2, Seamless', tally(good.outcomes)],
    ['version 3, Seamless', tally(bad.outcomes)],
    ['version 4, Seamless', tally(late.outcomes)],
    ['version 2, naive', tally(naive)],
  ])
  return [
    '\n── The pull request of version 2, in the end ──',
    ...good.comments,
    '\n── The pull request of version 3, in the end ──',
    ...bad.comments,
    '\n── The pull request of version 4, in the end ──',
    ...late.comments,
    '\n── What users saw, as the load generator counts it ──',
    ...comparisonTable(columns),
    '\n── Was it so? ──',
    ...facts.map(factLine),
  ].join('\n')
}
