import type { TemplateValues } from '../config/label-template.ts'
import { fillText, type Template } from '../config/template.ts'
import { UsageError } from '../errors.ts'
import type { StepContext } from '../ports/step.ts'

/** The commit that a build elsewhere is to be of. Error: `UsageError` where it is not known. */
export function commitOfStep({ step, commit, values }: StepContext): string {
  const known = commit ?? values['SEAMLESS_SHA'] ?? ''
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(known)) return known
  throw new UsageError(`${step}: the commit to build is not known by its full id.`)
}

/** Filled texts by their names. When version n is tested again to tell known failures apart, they are of version n. */
export function fillValues(
  texts: Readonly<Record<string, Template>>,
  context: StepContext,
): Record<string, string> {
  const values = valuesOfStep(context)
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fillText(text, values)]))
}

export function valuesOfStep(context: StepContext): TemplateValues {
  const { values } = context
  const sha = commitOfStep(context)
  const repository = values['SEAMLESS_REPOSITORY']
  if (sha === (values['SEAMLESS_SHA'] ?? sha)) {
    const [version, previous, branch] = [
      values['SEAMLESS_VERSION'],
      values['SEAMLESS_PREVIOUS'],
      values['SEAMLESS_BRANCH'],
    ]
    return { sha, repository, version, previous, branch }
  }
  // The branch is the upgrade's: version n is not on it.
  const isBase = sha === values['SEAMLESS_PREVIOUS_SHA']
  return { sha, repository, version: isBase ? values['SEAMLESS_PREVIOUS'] : sha.slice(0, 12) }
}
