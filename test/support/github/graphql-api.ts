import { readFileSync } from 'node:fs'
import {
  buildSchema,
  execute,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql'
import { graphqlRoot } from './graphql-root.ts'
import type { Hub, Token } from './hub.ts'
import type { Oracle } from './oracle.ts'
import { Refusal, type Reply } from './reply.ts'

let schema: GraphQLSchema | undefined

/** GitHub's own schema, as octokit publishes it. */
function githubSchema(): GraphQLSchema {
  if (schema) return schema
  const text = readFileSync(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema')), 'utf8')
  schema = buildSchema(text, { assumeValid: true, assumeValidSDL: true, noLocation: true })
  return schema
}

export interface GraphqlRequest {
  query?: string
  variables?: Record<string, unknown>
  operationName?: string
}

/** Answers a GraphQL request; what GitHub's schema refuses, document or variables, is a violation. */
export async function answerGraphql(
  at: { hub: Hub; oracle: Oracle | undefined; token: Token | undefined },
  request: GraphqlRequest,
): Promise<Reply> {
  if (!at.token) return new Refusal(401, 'This endpoint requires you to be authenticated.').reply
  const checked = check(request)
  if ('errors' in checked) {
    for (const { message } of checked.errors)
      at.oracle?.report({ operation: 'graphql', where: 'graphql', message })
    return { status: 200, body: { errors: checked.errors.map(errorJson) } }
  }
  const result = await execute({
    schema: githubSchema(),
    document: checked.document,
    rootValue: graphqlRoot(at.hub, at.token),
    variableValues: request.variables ?? {},
    operationName: request.operationName ?? null,
  })
  return { status: 200, body: resultJson(result) }
}

function check(
  request: GraphqlRequest,
): { errors: readonly GraphQLError[] } | { document: ReturnType<typeof parse> } {
  let document: ReturnType<typeof parse>
  try {
    document = parse(request.query ?? '')
  } catch (error) {
    return { errors: [error as GraphQLError] }
  }
  const errors = validate(githubSchema(), document)
  if (errors.length > 0) return { errors }
  const operation = getOperationAST(document, request.operationName)
  const values = getVariableValues(
    githubSchema(),
    operation?.variableDefinitions ?? [],
    request.variables ?? {},
  )
  return values.errors ? { errors: values.errors } : { document }
}

function resultJson({ data, errors }: ExecutionResult): Record<string, unknown> {
  return { data, ...(errors ? { errors: errors.map(errorJson) } : {}) }
}

/** GitHub puts the kind of an error beside its message, not into `extensions`. */
function errorJson(error: GraphQLError): Record<string, unknown> {
  const { extensions, ...rest } = error.toJSON()
  return { ...(extensions?.['type'] ? { type: extensions['type'] } : {}), ...rest }
}
