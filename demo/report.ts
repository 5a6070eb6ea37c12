import { comparisonTable } from './comparison-table.ts'
import {
  adoptionFacts,
  badUpgradeFacts,
  factLine,
  goodUpgradeFacts,
  naiveUpgradeFacts,
  type Fact,
} from './facts.ts'
import { tally } from './load/tally.ts'
import type { Story } from './play-demo.ts'

/** What the story claims, each with whether it was so. */
export function factsOf({ adopted, good, bad, aftermath, naive }: Story): Fact[] {
  return [
    ...adoptionFacts(adopted),
    ...goodUpgradeFacts(good),
    ...badUpgradeFacts(bad, aftermath),
    ...naiveUpgradeFacts(naive),
  ]
}

/** Both receipts, the load generator's counts side by side, and the claims. */
export function report(story: Story, facts: readonly Fact[]): string {
  const { good, bad, naive } = story
  const columns = new Map([
    ['version 2, Seamless', tally(good.outcomes)],
    ['version 3, Seamless', tally(bad.outcomes)],
    ['version 2, naive', tally(naive)],
  ])
  return [
    '\n── The receipt of version 2 ──',
    good.run.text,
    '\n── The receipt of version 3 ──',
    bad.run.text,
    '\n── What users saw, as the load generator counts it ──',
    ...comparisonTable(columns),
    '\n── Was it so? ──',
    ...facts.map(factLine),
  ].join('\n')
}
