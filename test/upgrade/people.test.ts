import { describe, expect, test } from 'vitest'
import type { SaidState } from '../../src/ports/deployments.ts'
import type { SaidByPerson } from '../../src/upgrade/facts.ts'
import { decideListening, saidByPerson } from '../../src/upgrade/people.ts'

const said = (description: string, atMs = 10_000, state: SaidState['state'] = 'in_progress'): SaidState => ({
  state,
  description,
  atMs,
})
const step = { name: '10%', sinceMs: 5000 }

describe('what is heard', () => {
  test.each<[string, SaidState | undefined, object | undefined]>([
    ['nothing', undefined, undefined],
    ['a pause', said('paused: by ada'), { kind: 'pause', by: 'ada' }],
    ['of what is live', said('promoted: by dev', 1, 'success'), { kind: 'promote', by: 'dev' }],
    ['by an app', said('continued: by seamless[bot]'), { kind: 'continue', by: 'seamless[bot]' }],
    ['with more words', said('paused: by ada and eve'), undefined],
    ['in other letters', said('Paused: by ada'), undefined],
    ['in the middle', said('he said paused: by ada'), undefined],
    ['another word', said('cancelled: by ada'), undefined],
    ['nobody’s', said('paused: by '), undefined],
    ['of what has failed', said('promoted: by ada', 1, 'failure'), undefined],
    ['of what nobody knows', said('promoted: by ada', 1, 'unknown'), undefined],
  ])('%s', (_, newest, expected) => {
    expect(saidByPerson(newest)).toEqual(expected && { ...expected, atMs: newest?.atMs })
  })

  const judge = { kind: 'judge' }
  const before = (more: Partial<SaidByPerson>): SaidByPerson[] => [
    { step: '10%', said: 'promoted', by: 'ada', saidAtMs: 10_000, ...more },
  ]
  test.each<[string, SaidState | undefined, SaidByPerson[], unknown]>([
    ['nothing: health decides', undefined, [], judge],
    ['the run’s own word: health decides', said('Deploying 1.1.0.'), [], judge],
    ['paused', said('paused: by ada'), [], { kind: 'paused', by: 'ada' }],
    ['continued: health decides', said('continued: by ada'), before({ said: 'paused' }), judge],
    ['promoted: on', said('promoted: by ada'), [], { kind: 'go_on', said: 'promoted', by: 'ada' }],
    ['… once', said('promoted: by ada'), before({}), judge],
    [
      '… and once more when it is said again',
      said('promoted: by ada', 11_000),
      before({}),
      { kind: 'go_on', said: 'promoted', by: 'ada' },
    ],
    ['… but not of a step before', said('promoted: by ada', 4000), [], judge],
    ['accepted: on', said('accepted: by ada'), [], { kind: 'go_on', said: 'accepted', by: 'ada' }],
    [
      '… and on at all that comes',
      undefined,
      before({ said: 'accepted' }),
      { kind: 'go_on', said: 'accepted', by: 'ada' },
    ],
  ])('%s', (_, newest, earlier, expected) => {
    expect(decideListening(newest, step, earlier)).toEqual(expected)
  })

  test('GitHub tells whole seconds: what was said in the second in which the step was taken is of it', () => {
    const later = { name: '10%', sinceMs: 5900 }
    expect(decideListening(said('promoted: by ada', 5000), later, [])).toMatchObject({ kind: 'go_on' })
  })
})
