import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { health } from '../../src/config/health.ts'
import { REASONS } from '../../src/health/watch-verdict.ts'

const page = readFileSync(new URL('../../docs/health.md', import.meta.url), 'utf8')

it('docs/health.md explains every reason, and no other', () => {
  const explained = [...page.matchAll(/^\| `([a-z_]+)` \| (?:healthy|unhealthy|inconclusive) \|/gm)].map(
    ([, reason]) => reason,
  )
  expect(explained).toHaveLength(REASONS.length)
  expect(new Set(explained)).toEqual(new Set(REASONS))
})

it('docs/health.md begins with a configuration that is understood', () => {
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? []
  const { checks } = z.object({ health }).parse(load(example)).health
  expect(Object.keys(checks)).toEqual(['errors', 'latency'])
})
