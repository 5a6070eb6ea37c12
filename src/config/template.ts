import { z } from 'zod'
import {
  fillTemplate,
  TEMPLATE_VARIABLES,
  type TemplateValues,
  type TemplateVariable,
} from './label-template.ts'

/** A text whose `{variable}`s are known to be allowed where it stands. Only `fillText` makes a text of it. */
export type Template = string & z.$brand<'Template'>

const NONE = 'none'

/**
 * A text that may name `variables`, and no others. A brace that begins or ends no variable is an error, so that a slip
 * never shows up in a branch's name or a pull request.
 */
export function template(variables: readonly TemplateVariable[]): z.ZodType<Template, string> {
  return z
    .string({ error: 'expected text' })
    .regex(/\S/, { error: 'expected text that is not empty' })
    .max(4000)
    .superRefine((text, context) => {
      for (const slip of slips(text, variables)) context.addIssue(slip)
    })
    .brand('Template') as unknown as z.ZodType<Template, string>
}

/** The text, in one pass: what a value contains is never looked at again. The first upgrade has no version n: `none`. */
export function fillText(text: Template, values: TemplateValues): string {
  const known = Object.fromEntries(TEMPLATE_VARIABLES.map((name) => [name, values[name] || NONE]))
  return fillTemplate(text, known) ?? text
}

type Slip = { code: 'custom'; message: string; params: Record<string, unknown> }

/** What is wrong with the braces of a text. */
function slips(text: string, allowed: readonly TemplateVariable[]): Slip[] {
  const expected =
    allowed.length === 0 ? 'text without {…}' : `one of ${allowed.map((name) => `{${name}}`).join(', ')}`
  return [...text.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g)].flatMap(([found, name]) => {
    if (name === undefined)
      return [slip(`${JSON.stringify(found)} opens or closes no variable`, { expected })]
    if (isOneOf(allowed, name)) return []
    if (isOneOf(TEMPLATE_VARIABLES, name)) return [slip(`{${name}} is not known here`, { expected })]
    const shown = JSON.stringify(`{${name.slice(0, 40)}}`)
    return [slip(`unknown variable ${shown}`, { expected, written: name, names: [...allowed], braces: true })]
  })
}

function slip(message: string, params: Record<string, unknown>): Slip {
  return { code: 'custom', message, params }
}

function isOneOf(names: readonly TemplateVariable[], name: string): boolean {
  return (names as readonly string[]).includes(name)
}
