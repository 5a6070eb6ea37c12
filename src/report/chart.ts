import type { Upgrade } from '../upgrade/receipt.ts'

/**
 * The stages as a Mermaid Gantt chart, for job summaries only: mail shows a chart's source. Names are reduced to
 * letters, digits and a few signs, since Mermaid has no quoting that holds against all input.
 */
export function chart(upgrade: Upgrade): string {
  const ended = upgrade.steps.filter((step) => step.endedAtMs !== undefined)
  const first = ended[0]
  if (first === undefined) return ''
  const lines = ended.map((step) => {
    const from = Math.round((step.startedAtMs - first.startedAtMs) / 1000)
    const seconds = Math.max(1, Math.round(((step.endedAtMs ?? step.startedAtMs) - step.startedAtMs) / 1000))
    const tag = step.state === 'failed' ? 'crit, ' : step.state === 'done' ? 'done, ' : ''
    return { stage: step.stage, line: `  ${inert(step.step)} :${tag}${from}, ${seconds}s` }
  })
  const sections = [...Map.groupBy(lines, ({ stage }) => stage)].map(([stage, drawn]) =>
    [` section ${stage}`, ...drawn.map(({ line }) => line)].join('\n'),
  )
  return ['gantt', ' dateFormat X', ' axisFormat %M:%S', ...sections].join('\n')
}

function inert(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ./_-]/gu, '_').slice(0, 60) || '_'
}
