import { z } from 'zod'
import { nearestName } from './nearest.ts'
import { writtenForm } from './written-form.ts'

/** More would only hide the first ones. */
const MAX_UNKNOWN = 100

/** By the key that chooses it: a strict object, transformed or not. */
type Options = Readonly<Record<string, z.ZodType<object, object>>>

/** What a variant parses to: the chosen option, with the key that chose it as its tag. */
export type VariantOutput<Tag extends string, O extends Options> = {
  [K in keyof O & string]: z.output<O[K]> & { readonly [T in Tag]: K }
}[keyof O & string]

/**
 * A mapping whose kind is told by a key that only this kind has, e.g. `run: …` or `previous: …`. It is chosen before
 * anything else is read, so that an error names the key at fault instead of "none of two alternatives".
 */
export function variant<Tag extends string, O extends Options>(
  tag: Tag,
  options: O,
): z.ZodType<VariantOutput<Tag, O>, Record<string, unknown>> {
  const names = Object.keys(options)
  // Made only for those who ask: it would be a sixth of the time to load the schema.
  const published = (): z.core.JSONSchema.BaseSchema[] => Object.values(options).map(writtenForm)
  let known: string[] | undefined
  return z
    .record(z.string(), z.unknown(), { error: `expected a mapping with ${names.join(' or ')}` })
    .transform((value, context): VariantOutput<Tag, O> => {
      const [name, ...more] = names.filter((name) => Object.hasOwn(value, name))
      const option = name === undefined ? undefined : options[name]
      if (option === undefined || more.length > 0) {
        known ??= keysOf(published())
        refuse(value, { tag, names, known, context, found: name === undefined ? [] : [name, ...more] })
        return z.NEVER
      }
      const read = option.safeParse(value)
      if (read.success) return { ...read.data, [tag]: name } as VariantOutput<Tag, O>
      for (const issue of read.error.issues) context.addIssue({ ...issue })
      return z.NEVER
    })
    .meta({
      get anyOf() {
        return published()
      },
    })
}

interface Refusal {
  readonly tag: string
  readonly names: readonly string[]
  /** The keys that any option has. */
  readonly known: readonly string[]
  readonly context: z.RefinementCtx
  /** The options that the mapping names; several, or none. */
  readonly found: readonly string[]
}

function refuse(value: Record<string, unknown>, { tag, names, known, context, found }: Refusal): void {
  const report = (message: string, path: string[] = [], among: readonly string[] = names): void => {
    const slip = path[0] === undefined ? {} : { written: path[0], names: [...names, ...known] }
    const expected = `one of ${among.join(', ')}`
    context.addIssue({ code: 'custom', message, path, params: { expected, part: 'key', ...slip } })
  }
  if (found.length > 1) {
    report(`names ${found.length} ${tag}s (${found.join(', ')})`)
    return
  }
  const unknown = Object.keys(value)
    .filter((key) => !known.includes(key))
    .slice(0, MAX_UNKNOWN)
  const others = unknown.filter((key) => {
    const nearest = nearestName(key, [...names, ...known])
    return nearest !== undefined && !names.includes(nearest)
  })
  for (const key of unknown) {
    if (others.includes(key)) report('unknown key', [key], known)
    else report(`unknown ${tag}`, [key])
  }
  if (unknown.length === others.length) report(`names no ${tag}`)
}

function keysOf(schemas: readonly z.core.JSONSchema.BaseSchema[]): string[] {
  return [...new Set(schemas.flatMap(({ properties }) => Object.keys(properties ?? {})))]
}
