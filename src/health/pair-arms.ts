import type { ArmTick, ArmValue } from './arm-reading.ts'
import { bucketsIn, type Figure, storeBuckets } from './figure.ts'
import { addBuckets, alignBuckets } from './latency.ts'
import type { Buckets, Counts, Observation } from './observation.ts'

/** Counts of an arm that wait for the other arm's next measurement, so that both always cover the same time. Plain JSON. */
export interface CarriedArms {
  readonly candidate?: Carried
  readonly baseline?: Carried
}

type Carried = ({ readonly kind: 'counted' } & Counts) | Extract<Figure, { kind: 'buckets' }>

export interface Paired {
  readonly observation?: Observation
  readonly carried: CarriedArms
}

/** Both arms over the same time. Gauges have no time to cover: they are paired only within a tick. */
export function pairArms(carried: CarriedArms, candidate: ArmTick, baseline: ArmTick | undefined): Paired {
  const ours = gather(carried.candidate, candidate)
  const theirs = gather(carried.baseline, baseline)
  if (ours === undefined || theirs === undefined) return { carried: keep(ours, theirs) }
  if (ours.kind === 'counted' && theirs.kind === 'counted') {
    return { observation: { kind: 'counted', candidate: ours.counts, baseline: theirs.counts }, carried: {} }
  }
  if (ours.kind === 'buckets' && theirs.kind === 'buckets') {
    const [candidate, baseline] = alignBuckets(ours.buckets, theirs.buckets)
    return { observation: { kind: 'buckets', candidate, baseline }, carried: {} }
  }
  if (ours.kind === 'samples' && theirs.kind === 'samples') {
    return { observation: { kind: 'samples', candidate: ours.values, baseline: theirs.values }, carried: {} }
  }
  return { carried: {} }
}

function gather(carried: Carried | undefined, tick: ArmTick | undefined): ArmValue | undefined {
  const value = tick?.kind === 'value' ? tick.value : undefined
  if (carried === undefined) return value
  if (carried.kind === 'counted') {
    const { bad, total } = value?.kind === 'counted' ? value.counts : { bad: 0, total: 0 }
    return { kind: 'counted', counts: { bad: carried.bad + bad, total: carried.total + total } }
  }
  const before: Buckets = bucketsIn(carried)
  return { kind: 'buckets', buckets: value?.kind === 'buckets' ? addBuckets(before, value.buckets) : before }
}

function keep(candidate: ArmValue | undefined, baseline: ArmValue | undefined): CarriedArms {
  const [ours, theirs] = [store(candidate), store(baseline)]
  return {
    ...(ours === undefined ? {} : { candidate: ours }),
    ...(theirs === undefined ? {} : { baseline: theirs }),
  }
}

function store(value: ArmValue | undefined): Carried | undefined {
  if (value?.kind === 'counted') return { kind: 'counted', ...value.counts }
  return value?.kind === 'buckets' ? storeBuckets(value.buckets) : undefined
}
