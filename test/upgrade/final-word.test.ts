import { describe, expect, test } from 'vitest'
import type { EnvironmentState } from '../../src/upgrade/facts.ts'
import { type Before, finalWord, lastWord } from '../../src/upgrade/final-word.ts'
import type { Decision, ReasonCode } from '../../src/upgrade/reason.ts'
import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { next } from '../../src/upgrade/upgrade.ts'

interface Ended {
  readonly state?: EnvironmentState
  readonly weight?: number
  readonly operation?: Upgrade['operation']
  readonly decision?: Decision
  readonly reason: ReasonCode
}

function ended({ state, weight, operation = 'run', decision = 'failed', reason }: Ended): Upgrade {
  const environment = 'production'
  const begun = next(undefined, {
    type: 'started',
    atMs: 0,
    id: '1',
    repository: 'a/b',
    operation,
    planDigest: 'x',
    made: false,
    environments: [environment],
  })
  const weighed =
    weight === undefined ? begun : next(begun, { type: 'weight_set', atMs: 1, environment, percent: weight })
  const there =
    state === undefined
      ? weighed
      : next(weighed, { type: 'environment_ended', atMs: 2, environment, state, message: '' })
  return next(there, { type: 'ended', atMs: 3, decision, reason, message: 'Why.' })
}

const wordOf = (how: Ended, before?: Before): string | undefined => {
  const word = finalWord(ended(how), 'production', before)
  return word && `${word.state} ${word.description}`
}

describe('the last state of a Deployment that a run was given', () => {
  test.each<[string, Ended, string | undefined]>([
    ['live and healthy', { state: 'promoted', reason: 'healthy' }, 'success healthy: Why.'],
    ['live, and nobody knows', { state: 'held', reason: 'health_no_data' }, 'success health_no_data: Why.'],
    [
      'held with a part of the traffic: neither there nor taken back',
      { state: 'held', weight: 20, reason: 'health_no_data' },
      'in_progress health_no_data: Why.',
    ],
    ['taken back', { state: 'rolled_back', reason: 'unhealthy' }, 'failure unhealthy: Why.'],
    [
      'a rollback that got there',
      { state: 'rolled_back', operation: 'rollback', reason: 'rolled_back_on_request' },
      'success rolled_back_on_request: Why.',
    ],
    ['half done', { state: 'dirty', reason: 'rollback_failed' }, 'error rollback_failed: Why.'],
    [
      'nobody knows how far',
      { state: 'unknown', reason: 'environment_unknown' },
      'error environment_unknown: Why.',
    ],
    ['stopped before it came there', { reason: 'tests_failed' }, 'failure tests_failed: Why.'],
    ['there already', { reason: 'already_live', decision: 'nothing_to_do' }, 'success already_live: Why.'],
    ["somebody else's by now", { state: 'unknown', reason: 'superseded' }, undefined],
    ['the job of an early stage: a later one has the last word', { reason: 'stage_completed' }, undefined],
  ])('%s', (_, how, expected) => {
    expect(wordOf(how)).toBe(expected)
  })

  test.each<[string, Before, string]>([
    ['half done', { state: 'error' }, 'error'],
    ['of unknown end', { state: 'in_progress' }, 'error'],
    ['held with a part of the traffic', { state: 'in_progress', verdict: 'inconclusive' }, 'failure'],
    ['live', { state: 'success' }, 'failure'],
    ['taken back', { state: 'failure' }, 'failure'],
  ])('what was never begun leaves an environment %s as it was', (_, before, state) => {
    expect(wordOf({ reason: 'tests_failed' }, before)).toBe(`${state} tests_failed: Why.`)
    expect(lastWord({ reason: 'usage', message: 'Why.', begun: false }, before).state).toBe(state)
  })

  test('an error after it was begun leaves it to a person', () => {
    expect(lastWord({ reason: 'internal_error', message: 'Why.', begun: true }, undefined)).toEqual({
      state: 'error',
      description: 'internal_error: Why.',
    })
  })
})
