import leven from 'leven'

/** What a template may name; nothing else is ever replaced. */
export const TEMPLATE_VARIABLES = [
  'version',
  'previous',
  'sha',
  'branch',
  'environment',
  'repository',
] as const
export type TemplateVariable = (typeof TEMPLATE_VARIABLES)[number]

/** The values of one upgrade. One that is missing or empty (no version n on the first upgrade) leaves what needs it unresolved. */
export type TemplateValues = { readonly [variable in TemplateVariable]?: string | undefined }

const KNOWN = new RegExp(`\\{(${TEMPLATE_VARIABLES.join('|')})\\}`, 'g')

/**
 * `text` with each `{variable}` replaced by its encoded value, in one pass: what a value contains is never looked at
 * again. Undefined when a value is missing: an empty label value would match every series without the label.
 */
export function fillTemplate(
  text: string,
  values: TemplateValues,
  encode: (value: string) => string = (value) => value,
): string | undefined {
  let missing = false
  const filled = text.replace(KNOWN, (_, name: TemplateVariable) => {
    const value = values[name]
    if (value === undefined || value === '') missing = true
    return encode(value ?? '')
  })
  return missing ? undefined : filled
}

/** A variable that is close to a known one but is none, e.g. `{verison}`. Other braces are text: `/users/{id}` is a usual label value. */
export function misspeltVariable(text: string): { written: string; meant: TemplateVariable } | undefined {
  for (const [, written = ''] of text.matchAll(/\{([A-Za-z_-]+)\}/g)) {
    const known: readonly string[] = TEMPLATE_VARIABLES
    if (known.includes(written)) continue
    const meant = TEMPLATE_VARIABLES.find(
      (name) => leven(written.toLowerCase(), name) <= (name.length > 4 ? 2 : 0),
    )
    if (meant !== undefined) return { written, meant }
  }
  return undefined
}
