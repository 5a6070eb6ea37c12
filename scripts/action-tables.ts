import { load } from 'js-yaml'
import { z } from 'zod'

const action = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
})

/** The inputs and outputs of an `action.yml` as Markdown tables. */
export function actionTables(text: string): string {
  const { inputs, outputs } = action.parse(load(text))
  return [
    '| input | default | what it means |',
    '| --- | --- | --- |',
    ...Object.entries(inputs).map(
      ([name, { description, default: initial }]) =>
        `| \`${name}\` | ${initial === '' ? '' : `\`${initial}\``} | ${cell(description)} |`,
    ),
    '',
    '| output | what it says |',
    '| --- | --- |',
    ...Object.entries(outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`),
  ].join('\n')
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}
