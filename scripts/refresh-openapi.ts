/**
 * Rewrites test/support/github/openapi/github.jsonl: the part of GitHub's OpenAPI description that the stand-in's
 * oracle judges by, as JSON Schema, one value per line. Run it after adding a route or an event.
 *
 *     node scripts/refresh-openapi.ts [api.github.com.json]
 *
 * Without a file it packs @octokit/openapi into a temporary folder and reads only that one file of it: the package is
 * 404 MB and loads all of itself when it is required.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OperationSchemas, Schema } from '../test/support/github/openapi-extract.ts'
import { GITHUB_EVENTS } from '../test/support/github/github-events.ts'
import { Hub } from '../test/support/github/hub.ts'
import { allRoutes } from '../test/support/github/routes.ts'
import { WebhookDeliveries } from '../test/support/github/webhook-deliveries.ts'
import { WorkflowRuns } from '../test/support/github/workflow-runs.ts'

const VERSION = '23.0.2'
const OUTPUT = new URL('../test/support/github/openapi/github.jsonl', import.meta.url)
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

interface Media {
  schema?: Schema
}
interface Operation {
  parameters?: (Schema & { $ref?: string; in?: string; name?: string; required?: boolean; schema?: Schema })[]
  requestBody?: { required?: boolean; content?: Record<string, Media> }
  responses: Record<string, { $ref?: string; content?: Record<string, Media> }>
}
interface Description {
  paths: Record<string, Record<string, Operation>>
  'x-webhooks': Record<string, { post: Operation & { requestBody: { content: Record<string, Media> } } }>
  components: {
    schemas: Record<string, Schema>
    parameters: Record<string, Schema>
    responses: Record<string, Operation['responses'][string]>
  }
}

/** Keywords that validate; everything else of OpenAPI is description. */
const KEPT = new Set(
  'type enum format pattern required minimum maximum minLength maxLength minItems maxItems minProperties maxProperties uniqueItems additionalProperties'.split(
    ' ',
  ),
)

const description = JSON.parse(
  process.argv[2] ? readFileSync(process.argv[2], 'utf8') : packed(),
) as Description
const lines: string[] = []
const wanted = new Set<string>()

write('known', 'operations', knownOperations())
const hub = new Hub('', { now: () => 0 })
const parts = { runs: new WorkflowRuns(hub), deliveries: new WebhookDeliveries(hub, () => {}) }
for (const { operation } of allRoutes(parts)) write('operation', operation, extractOperation(operation))
for (const event of GITHUB_EVENTS) write('webhook', event, extractWebhook(event))
for (const name of wanted) write('schema', name, schemaOf(description.components.schemas[name] ?? {}))
writeFileSync(OUTPUT, `${lines.sort().join('\n')}\n`)
console.log(`${lines.length} lines, ${Math.round(readFileSync(OUTPUT).length / 1024)} KB`)

function packed(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'))
  try {
    execFileSync('npm', ['pack', '--silent', `@octokit/openapi@${VERSION}`], { cwd: folder })
    const [archive = ''] = readdirSync(folder)
    execFileSync('tar', ['-xzf', archive, 'package/generated/api.github.com.json'], { cwd: folder })
    return readFileSync(join(folder, 'package/generated/api.github.com.json'), 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(kind: string, name: string, value: unknown): void {
  lines.push(`${kind}\t${name}\t${JSON.stringify(value)}`)
}

function knownOperations(): string[] {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`),
  )
}

function extractOperation(name: string): OperationSchemas {
  const [method = '', path = ''] = name.split(' ')
  const operation = description.paths[path]?.[method.toLowerCase()]
  if (!operation) throw new Error(`GitHub has no operation ${name}: correct the route`)
  const parameters = (operation.parameters ?? [])
    .map(parameterOf)
    .filter((parameter) => parameter.in === 'query')
  const body = operation.requestBody?.content?.['application/json']?.schema
  return {
    query: Object.fromEntries(
      parameters.map((parameter) => [parameter.name, schemaOf(parameter.schema ?? {})]),
    ),
    requiredQuery: parameters
      .filter((parameter) => parameter.required)
      .map((parameter) => String(parameter.name)),
    ...(body ? { body: topLevel(body) } : {}),
    bodyRequired: operation.requestBody?.required ?? false,
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, one]) => [status, responseSchema(one)]),
    ),
  }
}

function parameterOf(parameter: NonNullable<Operation['parameters']>[number]): typeof parameter {
  return parameter.$ref
    ? (description.components.parameters[tail(parameter.$ref)] as typeof parameter)
    : parameter
}

/** The oracle looks at the keys of a body, so that its schema may not hide behind a reference. */
function topLevel(schema: Schema): Schema {
  const target =
    typeof schema['$ref'] === 'string' ? description.components.schemas[tail(schema['$ref'])] : schema
  return schemaOf(target ?? {})
}

function responseSchema(response: Operation['responses'][string]): Schema | null {
  const target = response.$ref ? description.components.responses[tail(response.$ref)] : response
  const schema = target?.content?.['application/json']?.schema
  return schema ? schemaOf(schema) : null
}

function extractWebhook(event: string): Schema {
  const operation = description['x-webhooks'][event]?.post
  if (!operation) throw new Error(`GitHub has no event ${event}: correct github-events.ts`)
  return schemaOf(operation.requestBody.content['application/json']?.schema ?? {})
}

function tail(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type, references become names, prose goes. */
function schemaOf(source: Schema): Schema {
  if (typeof source['$ref'] === 'string') {
    wanted.add(tail(source['$ref']))
    return { $ref: tail(source['$ref']) }
  }
  const schema: Schema = {}
  for (const [key, value] of Object.entries(source)) {
    if (key === 'properties') schema[key] = mapValues(value as Record<string, Schema>)
    else if (key === 'items' || key === 'not') schema[key] = schemaOf(value as Schema)
    else if (key === 'oneOf' || key === 'anyOf' || key === 'allOf')
      schema[key] = (value as Schema[]).map(schemaOf)
    else if (key === 'additionalProperties' && typeof value === 'object')
      schema[key] = schemaOf(value as Schema)
    // GitHub declares an empty text as the default of some addresses, and answers it.
    else if (key === 'format' && source['default'] === '') continue
    else if (KEPT.has(key)) schema[key] = value
  }
  return source['nullable'] === true ? nullable(schema) : schema
}

function mapValues(properties: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, schemaOf(corrected(name, schema))]),
  )
}

/** Where GitHub's description is known to be stricter than GitHub. */
function corrected(name: string, schema: Schema): Schema {
  const { format, ...free } = schema
  // Deliveries have an empty text where no address was given.
  if (format === 'uri' && ['environment_url', 'target_url', 'log_url'].includes(name)) return free
  // The events of an app are listed without the newer ones (merge_group).
  if (name === 'events' && schema['type'] === 'array') return { type: 'array', items: { type: 'string' } }
  // In the list of installations GitHub says "all of" where it says "any of" for a single one: a user or an enterprise.
  if (name === 'account' && schema['allOf'] !== undefined) {
    const { allOf: either, ...rest } = schema
    return { ...rest, anyOf: either }
  }
  return schema
}

function nullable(schema: Schema): Schema {
  const combined = ['oneOf', 'anyOf', 'allOf', 'enum'].some((key) => key in schema)
  if (combined || typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] }
  return { ...schema, type: [schema['type'], 'null'] }
}
