import type { Trail, TrailPoint } from './trail.ts'

const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const
const GAP = '·'

/** The trail as at most `width` blocks, from the least to the most of its values; a gap is a dot. A flat line stays at the bottom. */
export function sparkline({ points }: Trail, width = 24): string {
  const columns = squeeze(points, width)
  const values = columns.filter(({ weight }) => weight > 0).map(({ value }) => value)
  const least = Math.min(...values)
  const span = Math.max(...values) - least
  return columns
    .map(({ weight, value }) => {
      if (weight === 0) return GAP
      // Less than a thousandth up and down is rounding, not a line worth drawing.
      const height = span > Math.abs(least) / 1000 ? Math.floor(((value - least) / span) * BLOCKS.length) : 0
      return BLOCKS[Math.min(height, BLOCKS.length - 1)]
    })
    .join('')
}

/** Neighbours become one column; the highest of them is shown, because a peak is what one looks for. */
function squeeze(points: readonly TrailPoint[], width: number): TrailPoint[] {
  const perColumn = Math.max(1, Math.ceil(points.length / width))
  const columns: TrailPoint[] = []
  for (let index = 0; index < points.length; index += perColumn) {
    const group = points.slice(index, index + perColumn)
    const measured = group.filter(({ weight }) => weight > 0)
    const [first] = measured.toSorted((a, b) => b.value - a.value)
    columns.push(first ?? { ticks: group.length, weight: 0, value: 0 })
  }
  return columns
}
