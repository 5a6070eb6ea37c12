import { expect, test } from 'vitest'
import { begin, watch } from '../../app/engine/queues.ts'
import { PAST_WITHIN_MS } from '../../src/watch/read-past.ts'

/** For what else a job does beside reading the past: a look, and GitHub. */
const BESIDE_MS = 60_000

test.each([begin, watch])(
  'M05 a source that stalls is given up within the time of a job of $name, which would begin anew for ever',
  ({ expireSeconds }) => {
    expect(expireSeconds * 1000).toBeGreaterThanOrEqual(PAST_WITHIN_MS + BESIDE_MS)
  },
)
