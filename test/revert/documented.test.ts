import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import {
  COOLDOWN_MS,
  MAX_AGE_MS,
  nothingReasons,
  proposeReasons,
  REVERTS_A_DAY,
} from '../../src/revert/decide.ts'
import type { RevertResult } from '../../src/revert/revert-merge.ts'

const text = readFileSync(new URL('../../docs/revert.md', import.meta.url), 'utf8')
const known = new Set(
  [...text.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  ),
)

/** As GitHub's adapter and what carries a decision out name them; the compiler keeps this list whole. */
const others: Readonly<
  Record<
    Exclude<
      RevertResult['reason'],
      (typeof nothingReasons)[number] | (typeof proposeReasons)[number] | 'asked'
    >,
    true
  >
> = {
  opened_by_person: true,
  changed_by_person: true,
  review_required: true,
  checks_failing: true,
  checks_pending: true,
  behind: true,
  blocked: true,
  auto_merge: true,
  merge_queue: true,
  mergeability_unknown: true,
  merged: true,
  already_reverted: true,
  declined: true,
  conflict: true,
  refused: true,
  github_failed: true,
}

test('docs/revert.md has every reason, and no other one', () => {
  const all = [
    ...nothingReasons.filter((reason) => reason !== 'shadow'),
    ...proposeReasons,
    ...Object.keys(others),
  ]
  expect([...known].map(String).toSorted()).toEqual(all.toSorted())
})

test('docs/revert.md tells the limits as they are', () => {
  expect([MAX_AGE_MS, COOLDOWN_MS, REVERTS_A_DAY]).toEqual([86_400_000, 1_800_000, 3])
  for (const words of ['more than a day', 'the last half hour', 'three reverts', '(`shadow`)'])
    expect(text).toContain(words)
})
