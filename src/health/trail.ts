/** How a value went over the watch: a bounded list of points, each over `span` ticks; only the last may be shorter. Plain JSON. */
export interface Trail {
  readonly span: number
  readonly points: readonly TrailPoint[]
}

/** The mean of a value over some ticks, weighted by requests; `weight` 0 where nothing was measured. */
export interface TrailPoint {
  readonly ticks: number
  readonly weight: number
  readonly value: number
}

export const NO_TRAIL: Trail = { span: 1, points: [] }

/** Enough for a sparkline; when they are used up, two become one. */
const MOST_POINTS = 48

/** Adds one tick; without a measurement it is a gap. */
export function extendTrail(trail: Trail, tick: { value: number; weight: number } | undefined): Trail {
  const point: TrailPoint =
    tick !== undefined && tick.weight > 0
      ? { ticks: 1, weight: tick.weight, value: Number(tick.value.toPrecision(6)) }
      : { ticks: 1, weight: 0, value: 0 }
  const last = trail.points.at(-1)
  if (last !== undefined && last.ticks < trail.span) {
    return { ...trail, points: [...trail.points.slice(0, -1), merge(last, point)] }
  }
  const points = [...trail.points, point]
  return points.length <= MOST_POINTS ? { ...trail, points } : { span: trail.span * 2, points: halve(points) }
}

function halve(points: readonly TrailPoint[]): TrailPoint[] {
  const halved: TrailPoint[] = []
  for (let index = 0; index < points.length; index += 2) {
    const [first, second] = [points[index], points[index + 1]]
    if (first !== undefined) halved.push(second === undefined ? first : merge(first, second))
  }
  return halved
}

function merge(a: TrailPoint, b: TrailPoint): TrailPoint {
  const weight = a.weight + b.weight
  const value = weight > 0 ? a.value * (a.weight / weight) + b.value * (b.weight / weight) : 0
  // Six digits draw any line; more only make the state longer.
  return { ticks: a.ticks + b.ticks, weight, value: Number(value.toPrecision(6)) }
}
