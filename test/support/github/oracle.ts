import { Ajv, type ValidateFunction } from 'ajv'
import addFormatsModule from 'ajv-formats'
import { OpenApiExtract, type OperationSchemas, type Schema } from './openapi-extract.ts'
import { PathTemplates } from './path-template.ts'

/** Something that GitHub itself would not have taken or said. */
export interface Violation {
  /** `POST /repos/{owner}/{repo}/pulls`, or method and path when GitHub has no such operation. */
  operation: string
  where: 'operation' | 'query' | 'request body' | 'response' | 'webhook' | 'graphql'
  message: string
}

export interface JudgedRequest {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
}

/** Statuses that GitHub may answer to any operation though its description does not list them for each. */
const ANYWHERE = new Set([400, 401, 403, 404, 422, 429, 500, 502, 503, 504])
/** ajv-formats is CommonJS: its function is the `default` of its `default` for NodeNext. */
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => Ajv

/** Judges every call by GitHub's own OpenAPI description. */
export class Oracle {
  readonly violations: Violation[] = []
  private static shared:
    | { extract: OpenApiExtract; templates: PathTemplates; validators: Validators }
    | undefined

  private get github(): { extract: OpenApiExtract; templates: PathTemplates; validators: Validators } {
    if (!Oracle.shared) {
      const extract = new OpenApiExtract()
      Oracle.shared = {
        extract,
        templates: new PathTemplates(extract.known),
        validators: new Validators(extract),
      }
    }
    return Oracle.shared
  }

  /** GitHub's name of the operation; undefined, and a violation, when GitHub has none there. */
  judgeOperation(request: JudgedRequest): string | undefined {
    const match = this.github.templates.match(request.method, request.path)
    const operation = `${request.method} ${request.path}`
    if (!match) this.report({ operation, where: 'operation', message: 'GitHub has no such operation' })
    else if (!this.github.extract.operation(match.operation)) {
      const message = 'GitHub has it, the stand-in does not: add a route, then run scripts/refresh-openapi.ts'
      this.report({ operation: match.operation, where: 'operation', message })
    }
    return match?.operation
  }

  /** Reports what is wrong with the query and the body; true when nothing is. */
  judgeRequest(operation: string, request: JudgedRequest): boolean {
    const schemas = this.github.extract.operation(operation)
    if (!schemas) return false
    const before = this.violations.length
    this.judgeQuery(operation, schemas, request.query)
    this.judgeBody(operation, schemas, request.body)
    return this.violations.length === before
  }

  judgeResponse(operation: string, status: number, body: unknown): void {
    const schemas = this.github.extract.operation(operation)
    if (!schemas) return
    const schema = schemas.responses[String(status)]
    if (schema === undefined) {
      if (!ANYWHERE.has(status))
        this.report({ operation, where: 'response', message: `status ${status} is not declared` })
      return
    }
    if (schema === null || typeof body === 'string' || Buffer.isBuffer(body)) return
    this.judge({ operation, where: 'response' }, `${operation} ${status}`, { schema, value: body })
  }

  judgeWebhook(name: string, payload: unknown): void {
    const schema = this.github.extract.webhook(name)
    if (!schema)
      return this.report({ operation: name, where: 'webhook', message: 'GitHub has no such event' })
    this.judge({ operation: name, where: 'webhook' }, `webhook ${name}`, { schema, value: payload })
  }

  report(violation: Violation): void {
    this.violations.push(violation)
  }

  private judgeQuery(operation: string, schemas: OperationSchemas, query: URLSearchParams): void {
    for (const name of schemas.requiredQuery)
      if (!query.has(name)) this.report({ operation, where: 'query', message: `${name} is missing` })
    for (const [name, text] of query) {
      const schema = schemas.query[name]
      if (!schema) this.report({ operation, where: 'query', message: `GitHub has no parameter ${name}` })
      else
        this.judge({ operation, where: 'query' }, `${operation} ?${name}`, {
          schema,
          value: typed(schema, text),
        })
    }
  }

  private judgeBody(operation: string, schemas: OperationSchemas, body: unknown): void {
    if (body === undefined) {
      if (schemas.bodyRequired) this.report({ operation, where: 'request body', message: 'is missing' })
      return
    }
    // Octokit sends {} for writes without a body; GitHub does not mind.
    if (!schemas.body) {
      if (Object.keys(body as object).length > 0)
        this.report({ operation, where: 'request body', message: 'GitHub takes none' })
      return
    }
    this.judgeKeys(operation, schemas.body, body)
    this.judge({ operation, where: 'request body' }, `${operation} body`, {
      schema: schemas.body,
      value: body,
    })
  }

  /** GitHub ignores keys that it does not know, which hides typing errors: here they are violations. */
  private judgeKeys(operation: string, schema: Schema, body: unknown): void {
    const properties = schema['properties']
    if (typeof properties !== 'object' || properties === null || typeof body !== 'object' || body === null)
      return
    if (Array.isArray(body) || schema['additionalProperties'] !== undefined) return
    for (const key of Object.keys(body))
      if (!Object.hasOwn(properties, key))
        this.report({ operation, where: 'request body', message: `GitHub has no property ${key}` })
  }

  private judge(
    at: Pick<Violation, 'operation' | 'where'>,
    key: string,
    { schema, value }: { schema: Schema; value: unknown },
  ): void {
    const validate = this.github.validators.of(key, schema)
    if (validate(value)) return
    for (const error of (validate.errors ?? []).slice(0, 5))
      this.report({
        ...at,
        message: `${error.instancePath || '(root)'} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
      })
  }
}

/** What a query's text means for its schema: numbers and booleans travel as text. */
function typed(schema: Schema, text: string): unknown {
  if (schema['type'] === 'integer' || schema['type'] === 'number')
    return text.trim() === '' ? text : Number(text)
  if (schema['type'] === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}

/** Compiled validators, made when first needed and kept for the process. */
class Validators {
  // Compiling is what costs: each schema is used a few times, so small code fast beats fast code slowly (five times).
  private readonly ajv = addFormats(
    new Ajv({
      strict: false,
      logger: false,
      validateSchema: false,
      inlineRefs: false,
      code: { optimize: false },
    }),
    // An app's account has brackets in its address, which the format's usual pattern does not take: 41898282+github-actions[bot]@…
  ).addFormat('email', /^[^\s@]+@[^\s@]+$/)
  private readonly compiled = new Map<string, ValidateFunction>()
  private readonly extract: OpenApiExtract

  constructor(extract: OpenApiExtract) {
    this.extract = extract
  }

  of(key: string, schema: Schema): ValidateFunction {
    let validate = this.compiled.get(key)
    if (!validate) {
      this.addReferenced(schema)
      validate = this.ajv.compile(schema)
      this.compiled.set(key, validate)
    }
    return validate
  }

  private addReferenced(schema: Schema): void {
    for (const [, name = ''] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]+)"/g)) {
      if (this.added.has(name)) continue
      this.added.add(name)
      const referenced = this.extract.schema(name)
      if (!referenced)
        throw new Error(`the OpenAPI extract lacks the schema ${name}: run scripts/refresh-openapi.ts`)
      this.ajv.addSchema(referenced, name)
      this.addReferenced(referenced)
    }
  }

  private readonly added = new Set<string>()
}
