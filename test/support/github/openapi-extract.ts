import { readFileSync } from 'node:fs'

export type Schema = Record<string, unknown>

/** One operation of GitHub's REST API, cut down to what the oracle judges. Schemas are JSON Schema by now. */
export interface OperationSchemas {
  query: Record<string, Schema>
  requiredQuery: string[]
  /** undefined: the operation takes no body. */
  body?: Schema
  bodyRequired: boolean
  /** Status → schema of the JSON body; null: no JSON body. */
  responses: Record<string, Schema | null>
}

/**
 * The committed extract of GitHub's OpenAPI description, one JSON value per line: `kind name value`.
 * A line is parsed when it is first asked for, so that loading costs a few milliseconds.
 */
export class OpenApiExtract {
  private readonly lines = new Map<string, string>()
  /** Every operation that GitHub has, also those that the extract leaves out. */
  readonly known: ReadonlySet<string>

  constructor(file: URL = new URL('openapi/github.jsonl', import.meta.url)) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const end = line.indexOf('\t', line.indexOf('\t') + 1)
      if (end > 0) this.lines.set(line.slice(0, end), line.slice(end + 1))
    }
    this.known = new Set(this.parse('known\toperations') as string[])
  }

  operation(name: string): OperationSchemas | undefined {
    return this.parse(`operation\t${name}`) as OperationSchemas | undefined
  }

  schema(name: string): Schema | undefined {
    return this.parse(`schema\t${name}`) as Schema | undefined
  }

  webhook(name: string): Schema | undefined {
    return this.parse(`webhook\t${name}`) as Schema | undefined
  }

  private parse(key: string): unknown {
    const line = this.lines.get(key)
    return line === undefined ? undefined : JSON.parse(line)
  }
}
