/**
 * When the next tick is (ms): ticks stand at multiples of `everyMs` from the start, whatever a look took and whoever was restarted
 * in between, so that they do not drift, and what was missed is not made up for in a burst.
 */
export function nextTickMs(startMs: number, everyMs: number, nowMs: number): number {
  return startMs + (Math.floor((nowMs - startMs) / everyMs) + 1) * everyMs
}
