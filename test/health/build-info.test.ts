import { describe, expect, it } from 'vitest'
import { anyVersionQuery, liveQuestion, showsVersion } from '../../src/health/build-info.ts'
import { sourcesOf } from '../../src/health/query-plan.ts'
import { config } from './service.ts'

const health = config({
  live: 'app_build_info{commit="{sha}",job="shop"}',
  checks: { errors: { source: 'other', gauge: 'errors', max: 1 } },
})
const ask = (value: number, atMs: number) =>
  showsVersion({ kind: 'ok', samples: [{ labels: {}, value, atMs }] }, 1000)

describe('the metric that shows which version runs', () => {
  it('is asked for the commit, as one literal value', () => {
    expect(liveQuestion(health, { sha: 'a"} or vector(0) #' })).toEqual({
      source: 'main',
      query: { kind: 'select', selector: 'app_build_info{commit="a\\"} or vector(0) #",job="shop"}' },
    })
    expect(liveQuestion(health, {})).toEqual({ source: 'main' })
    expect(
      liveQuestion(config({ checks: { errors: { gauge: 'errors', max: 1 } } }), { sha: 'a' }),
    ).toBeUndefined()
  })

  it('shows it by a value above 0 since the deployment began; what is not known shows nothing', () => {
    expect(ask(1, 1000)).toBe(true)
    expect(ask(1, 999)).toBe(false)
    expect([ask(0, 2000), ask(NaN, 2000), ask(-1, 2000)]).toEqual([false, false, false])
    for (const kind of ['no_data', 'error', 'invalid'] as const)
      expect(showsVersion({ kind, why: '' }, 0)).toBe(false)
    expect(showsVersion(undefined, 0)).toBe(false)
  })

  it('has its source opened, and is looked for as it is whichever version runs', () => {
    expect(sourcesOf(health)).toEqual(['other', 'main'])
    expect(anyVersionQuery(health)).toEqual({ kind: 'select', selector: 'app_build_info' })
  })
})
