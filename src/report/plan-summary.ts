import type { Plan } from '../upgrade/plan.ts'
import { cell, code } from './markdown.ts'

/** The plan as Markdown: what would run, and what taking each step back does. */
export function planSummary(plan: Plan): string {
  const rows = plan.steps.map(
    ({ id, what, command, undo }) =>
      `| ${cell(id)} | ${cell(what, 300)} | ${command === undefined ? '' : cell(command, 300)} | ${undo === undefined ? '' : cell(undo, 300)} |`,
  )
  return [
    `## 📋 Plan ${code(plan.digest)}`,
    `${planHead(plan)} Nothing was changed.`,
    ...(rows.length === 0
      ? ['There is nothing to do.']
      : [
          ['| step | what it does | command | what takes it back |', '|---|---|---|---|', ...rows].join('\n'),
        ]),
  ].join('\n\n')
}

/** The plan as plain lines. */
export function planText(plan: Plan): string {
  const width = Math.max(0, ...plan.steps.map(({ id }) => id.length))
  const steps = plan.steps.flatMap(({ id, what, command, undo }) => [
    `  ${id.padEnd(width)}  ${what}`,
    ...(command === undefined
      ? []
      : [`  ${' '.repeat(width)}  $ ${command.trim().replaceAll('\n', `\n  ${' '.repeat(width)}    `)}`]),
    ...(undo === undefined ? [] : [`  ${' '.repeat(width)}  taken back by: ${undo}`]),
  ])
  return [
    `Plan ${plan.digest}`,
    planHead(plan),
    ...(steps.length === 0 ? ['There is nothing to do.'] : steps),
  ].join('\n')
}

function planHead({ head, base, repository }: Plan): string {
  const from = base === undefined ? 'first upgrade, there is no version n' : `from ${base.name}`
  return head.kind === 'given'
    ? `${repository}: ${from} to ${head.version.name} (${head.version.sha}).`
    : `${repository}: ${from}; the new version is made from ${head.baseBranch} at ${head.from}.`
}
