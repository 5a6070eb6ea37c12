import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { environmentOf } from '../../src/command/environment-of.ts'

const names = ['staging', 'production']

test('an environment is taken by its name, as the configuration writes it', () => {
  expect(environmentOf('production', names)).toEqual({ kind: 'environment', name: 'production' })
  expect(environmentOf('Production', names)).toMatchObject({ kind: 'refused', reason: 'no_such_environment' })
})

test('A12 a misspelt one is refused with the names that there are, and the nearest', () => {
  expect(environmentOf('prodution', names)).toEqual({
    kind: 'refused',
    reason: 'no_such_environment',
    text: 'There is no environment `prodution`; the configuration has `staging`, `production`. Did you mean `production`?',
  })
})

test('A12 one that is like none is refused, even where there is only one', () => {
  expect(environmentOf('everywhere', ['live'])).toEqual({
    kind: 'refused',
    reason: 'no_such_environment',
    text: 'There is no environment `everywhere`; the configuration has `live`.',
  })
})

test('T05 a short commit id is told to be none', () => {
  expect(environmentOf('abc1234', names)).toMatchObject({
    reason: 'no_such_environment',
    text: expect.stringMatching(/If it is a commit: give its full id, as `--sha=<40 hex digits>`\.$/),
  })
})

test('without a name it is the only one, or none', () => {
  expect(environmentOf(undefined, ['live'])).toEqual({ kind: 'environment', name: 'live' })
  expect(environmentOf(undefined, names)).toEqual({
    kind: 'refused',
    reason: 'environment_not_named',
    text: 'Name the environment: the configuration has `staging`, `production`.',
  })
})

test('what is not in the configuration is never an environment', () => {
  const named = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'stagin'))
  fc.assert(
    fc.property(named, (name) => {
      const choice = environmentOf(name, names)
      expect(choice.kind === 'environment').toBe(names.includes(name))
    }),
  )
})
