import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Upgrade } from '../../src/upgrade/receipt.ts'
import { type UpgradeWorld, upgradeWorld } from '../support/upgrade-world.ts'

/* The example of docs/openapi.md, through the whole loop. */
const EXAMPLE = join(import.meta.dirname, '../../examples/openapi')
const description = readFileSync(join(EXAMPLE, 'openapi.yaml'), 'utf8')
const config = readFileSync(join(EXAMPLE, 'seamless.yml'), 'utf8')

let world: UpgradeWorld
let first: Upgrade
beforeEach(async () => {
  world = await upgradeWorld({ config, files: { 'openapi.yaml': description } })
  first = await world.run()
})
afterEach(() => world.remove())

test('the first upgrade has nothing to compare with, and says so', () => {
  expect(first).toMatchObject({ decision: 'completed', tests: [] })
  expect(first.steps.find(({ step }) => step === 'test/api')).toMatchObject({
    state: 'skipped',
    message: 'There is no version n: this is the first upgrade.',
  })
})

async function upgrade(version: string, changed: string): Promise<Upgrade> {
  world.repository.commit({ VERSION: `${version}\n`, 'openapi.yaml': changed }, `Version ${version}`)
  return world.run()
}

test('a break ends the upgrade before anything is deployed, and is named in the words that "accepts" takes', async () => {
  const ended = await upgrade('1.1.0', description.replace('        note: { type: string }\n', ''))
  expect(ended).toMatchObject({ decision: 'failed', reason: 'users_tests_failed' })
  expect(ended.tests).toMatchObject([
    {
      suite: 'test/api',
      kind: 'previous',
      newlyFailing: [
        { name: 'openapi › GET /v1/orders: response property "items[].note" removed', file: 'openapi.yaml' },
        { name: 'openapi › POST /v1/orders: response property "note" removed' },
        { name: 'openapi › GET /v1/orders/{id}: response property "note" removed' },
      ],
    },
  ])
  expect(world.read('live')).toBe('1.0.0')
})

test('what is meant is accepted by its name, and what breaks nobody passes', async () => {
  const parameter = / {8}- name: state\n {10}in: query\n {10}schema: .*\n/
  const ended = await upgrade(
    '1.1.0',
    description.replace(parameter, '').replace('maximum: 100', 'maximum: 500'),
  )
  expect(ended).toMatchObject({ decision: 'completed', reason: 'not_watched' })
  expect(ended.tests).toMatchObject([
    { failed: 1, newlyFailing: [], accepted: ['openapi › GET /v1/orders: query parameter "state" removed'] },
  ])
  expect(world.read('live')).toBe('1.1.0')
})
