import type { z } from 'zod'

type Schema = z.core.JSONSchema.BaseSchema

interface Row {
  readonly path: string
  readonly type: string
  readonly meaning: string
  readonly initial: string
}

/** Every key of a JSON Schema as Markdown tables, one per top-level key. */
export function keyTable(schema: Schema): string {
  const sections = Object.entries(schema.properties ?? {}).map(([key, child]) => {
    const required = schema.required?.includes(key) === true
    const rows = [...rowsOf(key, child, required)]
    return [
      `### \`${key}\``,
      '',
      '| key | value | default | what it means |',
      '| --- | --- | --- | --- |',
      ...rows.map(line),
    ].join('\n')
  })
  return sections.join('\n\n')
}

function* rowsOf(path: string, schema: z.core.JSONSchema._JSONSchema, required: boolean): Generator<Row> {
  if (typeof schema === 'boolean') return
  const { description = '', default: initial } = schema
  const hasDefault = initial !== undefined && JSON.stringify(initial) !== '{}'
  const shown = hasDefault ? `\`${text(initial)}\`` : required ? 'required' : ''
  yield { path, type: typeOf(schema), meaning: description, initial: shown }
  yield* below(path, schema)
}

function* below(path: string, schema: Schema): Generator<Row> {
  const alternatives = (schema.anyOf ?? schema.oneOf ?? []).filter(isMapping)
  const options = alternatives.length > 0 ? alternatives : [schema]
  const properties = new Map<string, z.core.JSONSchema._JSONSchema>()
  for (const option of options) {
    for (const [key, child] of Object.entries(option.properties ?? {})) {
      const known = properties.get(key)
      properties.set(key, known === undefined ? child : merged(known, child))
    }
  }
  for (const [key, child] of properties) {
    const required = options.every((option) => option.required?.includes(key) === true)
    yield* rowsOf(`${path}.${key}`, child, required)
  }
  if (isSchema(schema.additionalProperties) && alternatives.length === 0)
    yield* below(`${path}.<name>`, schema.additionalProperties)
  if (isSchema(schema.items)) yield* below(`${path}[]`, schema.items)
}

/** A key that several kinds have, each with constants of its own. */
function merged(one: z.core.JSONSchema._JSONSchema, other: z.core.JSONSchema._JSONSchema): Schema {
  const [a, b] = [one, other] as [Schema, Schema]
  const values = [...(a.enum ?? [a.const]), ...(b.enum ?? [b.const])].filter((value) => value !== undefined)
  const initial = [a.default, b.default].filter((value) => value !== undefined).map(text)
  const initials = initial.length === 0 ? {} : { default: [...new Set(initial)].join(' / ') }
  const description = a.description === b.description ? (a.description ?? '') : join(a, b)
  if (values.length === 0)
    return typeOf(a) === typeOf(b)
      ? { ...a, ...initials, description }
      : { anyOf: [a, b], ...initials, description }
  return { type: 'string', enum: values, description }
}

function join(a: Schema, b: Schema): string {
  const named = ({ const: value, description = '' }: Schema): string =>
    value === undefined ? description : `\`${text(value)}\`: ${description}`
  return `${named(a)} ${named(b)}`.trim()
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${text(value)}\``).join(', ')
  if (schema.const !== undefined) return `\`${text(schema.const)}\``
  if (schema.type === 'array')
    return isSchema(schema.items) ? `list of ${plural(typeOf(schema.items))}` : 'list'
  if (
    schema.type === 'object' ||
    schema.anyOf?.some((option) => isSchema(option) && isMapping(option)) === true
  )
    return 'mapping'
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.filter(isSchema).flatMap((option) => typeOf(option).split(' or ')))].join(
      ' or ',
    )
  if (schema.type === 'string') return KINDS.find(([, example]) => fits(schema, example))?.[0] ?? 'text'
  if (schema.type === 'boolean') return '`true`, `false`'
  return schema.type === 'integer' ? 'whole number' : String(schema.type ?? 'any')
}

/** Texts with a form, told by what their pattern accepts. */
const KINDS = [
  ['level', '-1'],
  ['duration', '1h30m'],
  ['percentage', '10%'],
] as const

function fits(schema: Schema, example: string): boolean {
  const { pattern } = schema
  return (
    pattern !== undefined &&
    new RegExp(pattern, 'u').test(example) &&
    !['main text', 'shop'].some((word) => new RegExp(pattern, 'u').test(word))
  )
}

function plural(type: string): string {
  return type === 'text' ? 'texts' : type.endsWith('s') ? type : `${type}s`
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function line({ path, type, meaning, initial }: Row): string {
  return `| \`${path}\` | ${cell(type)} | ${cell(initial)} | ${cell(meaning)} |`
}

function cell(found: string): string {
  return found.replaceAll('|', String.raw`\|`)
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isMapping(schema: Schema): boolean {
  return schema.type === 'object'
}
