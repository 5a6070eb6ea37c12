/** All that stands in the way, a line each. The texts are Markdown already. */
export function gatesText(failures: readonly { readonly text: string }[]): string {
  const [only, ...others] = failures
  if (only !== undefined && others.length === 0) return `${only.text} Nothing was done.`
  return [
    `${failures.length} things stand in the way, so nothing was done:`,
    '',
    ...failures.map(({ text }) => `- ${text}`),
  ].join('\n')
}
