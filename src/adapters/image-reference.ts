import { fillText, type Template } from '../config/template.ts'
import { UsageError } from '../errors.ts'

/** A tag as registries take it. Source: the grammar of github.com/distribution/reference. */
const TAG = /^\w[\w.-]{0,127}$/

/**
 * The tags of an image besides its commit's, with the version filled in, each once. Error: `UsageError` for what is no tag:
 * the version's name comes from a file of the commit, and may be anything (I10).
 */
export function tagsOf(step: string, templates: readonly Template[], version: string | undefined): string[] {
  const tags = templates.map((template) => fillText(template, { version }))
  const bad = tags.find((tag) => !TAG.test(tag))
  if (bad === undefined) return [...new Set(tags)]
  throw new UsageError(
    `${step}: ${JSON.stringify(bad.slice(0, 200))} cannot be a tag of an image: up to 128 letters, digits, _, . and -, and no . or - at its start. ` +
      'Correct the version that the commit names, or "tags" of the docker section.',
  )
}

/** Build arguments with their variables filled in. Error: `UsageError` where that makes more than one word of it (I10). */
export function argumentsOf(
  step: string,
  templates: Readonly<Record<string, Template>>,
  values: Readonly<{
    version?: string | undefined
    previous?: string | undefined
    repository?: string | undefined
  }>,
): [string, string][] {
  return Object.entries(templates).map(([name, template]) => {
    const value = fillText(template, values)
    // oxlint-disable-next-line no-control-regex -- they are what is refused
    if (!/^-|[\s\u0000-\u001F\u007F]/.test(value)) return [name, value]
    throw new UsageError(
      `${step}: the build argument ${name} would be ${JSON.stringify(value.slice(0, 200))}: one word is expected, with no space or line break and no - at its start. ` +
        'Correct the version that the commit names, or "args" of the docker section.',
    )
  })
}

/** The digest that `docker push` prints last for a tag, as the registry took it. */
export function pushedDigest(printed: string): string | undefined {
  return /: digest: (sha256:[0-9a-f]{64}) size: \d+\s*$/.exec(printed)?.[1]
}

/** The digest that `docker pull` prints. */
export function pulledDigest(printed: string): string | undefined {
  return /^Digest: (sha256:[0-9a-f]{64})\s*$/m.exec(printed)?.[1]
}
