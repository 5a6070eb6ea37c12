import { expect, test } from 'vitest'
import { jobOrderWords, readJobOrder } from '../../src/command/job-order.ts'
import { runWords } from '../../src/command/run-words.ts'

test.each([
  ['pause', 'paused: by ada'],
  ['continue', 'continued: by ada'],
  ['promote', 'promoted: by ada'],
  ['accept', 'accepted: by ada'],
] as const)('/%s is told to a job as "%s", and read back as that', (kind, words) => {
  expect(jobOrderWords(kind, { login: 'ada' })).toBe(words)
  expect(readJobOrder(words)).toEqual({ kind, by: 'ada' })
})

test.each([
  undefined,
  '',
  'healthy: nobody noticed',
  'paused: by',
  'paused: by ada and grace',
  'Paused: by ada',
  'so paused: by ada',
  'resolved: by ada',
])('%j is nothing that was said to a job', (description) => {
  expect(readJobOrder(description)).toBeUndefined()
})

test('what a person said to a run is not taken for the word with which it ended', () => {
  expect(runWords('paused: by ada')).toEqual({ message: 'paused: by ada' })
  expect(runWords('healthy: nobody noticed')).toEqual({ reason: 'healthy', message: 'nobody noticed' })
})
