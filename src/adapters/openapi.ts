import { join, relative, resolve } from 'node:path'

import { UsageError } from '../errors.ts'
import type { StepContext } from '../ports/step.ts'
import type { TestCase, TestOutcome, TestRunner } from '../ports/test-runner.ts'
import { type ApiChange, compareApis, type ComparedOperation } from './openapi-changes.ts'
import { type Api, ApiUnreadable, readApi } from './openapi-files.ts'
import { ApiTooLarge, type Apis } from './openapi-schema.ts'
import { isMapping } from './openapi-shape.ts'

export interface OpenApiTest {
  /** The description's path, from the service's folder. */
  readonly openapi: string
}

/**
 * Tests what users of version n would meet: its context is version n's checkout, `SEAMLESS_CANDIDATE_DIR` the service's
 * folder in version n+1's. Each operation that breaks nobody is a passed case, each break a failed one.
 */
export function openapiTestRunner({ openapi }: OpenApiTest): TestRunner {
  return {
    async test(context) {
      if (context.signal.aborted)
        return failed('cancelled', `${context.step} was stopped because the run was cancelled.`)
      try {
        return await outcomeOf(openapi, context)
      } catch (error) {
        if (error instanceof ApiUnreadable || error instanceof ApiTooLarge || error instanceof UsageError) {
          return failed('report', `${context.step}: ${error.message}`)
        }
        throw error
      }
    },
  }
}

async function outcomeOf(openapi: string, context: StepContext): Promise<TestOutcome> {
  const { root, directory, values } = context
  const candidate = values['SEAMLESS_CANDIDATE_DIR'] ?? directory
  // The service stands at the same place in both checkouts.
  const top = resolve(candidate, relative(directory, root))
  const after = await describedApi(top, relative(top, join(candidate, openapi)))
  const before = await describedApi(root, relative(root, join(directory, openapi))).catch(asUnreadable)
  const one = (result: TestCase['result'], what: string, message?: string): TestOutcome => ({
    kind: 'ran',
    cases: [
      {
        name: `openapi › ${openapi}: ${what}`,
        result,
        ...(message !== undefined && { message, file: openapi }),
      },
    ],
  })
  if (before instanceof Error) {
    // It is the new version that is tested; a fault of the old one may be what it mends.
    return one(
      'skipped',
      'version n has one that cannot be read',
      `${before.message}. Nothing could be compared.`,
    )
  }
  if (before === undefined && after === undefined) {
    return failed(
      'report',
      `${context.step}: there is no ${openapi}, in neither version. Correct "openapi" of the step.`,
    )
  }
  if (before === undefined) return one('passed', 'version n has none, so nothing of it can break')
  if (after === undefined) return one('failed', 'removed', `Version n has ${openapi}, and this one does not.`)
  return { kind: 'ran', cases: casesOf({ before, after }) }
}

/** A description, or nothing where there is none. Errors: as `readApi`, and `ApiUnreadable` for what is no OpenAPI 3. */
export async function describedApi(root: string, file: string): Promise<Api | undefined> {
  const api = await readApi(root, file)
  if (api === undefined) return undefined
  const { openapi, swagger } = isMapping(api.root.value) ? api.root.value : {}
  if (swagger !== undefined) {
    throw new ApiUnreadable(
      file,
      1,
      `it is Swagger ${JSON.stringify(swagger)}; OpenAPI 3 is read. Converters exist, such as swagger2openapi`,
    )
  }
  if (typeof openapi !== 'string' || !openapi.startsWith('3.')) {
    throw new ApiUnreadable(file, 1, 'it is no OpenAPI 3 description: it does not begin with "openapi: 3.…"')
  }
  return api
}

function asUnreadable(error: unknown): Error {
  if (error instanceof ApiUnreadable || error instanceof UsageError) return error
  throw error
}

function casesOf(apis: Apis): TestCase[] {
  return compareApis(apis).flatMap((operation) => casesOfOperation(operation, apis.after))
}

function casesOfOperation({ name, state, changes }: ComparedOperation, after: Api): TestCase[] {
  const title = `openapi › ${name}`
  if (state === 'added') return [{ name: `${title}: added`, result: 'passed' }]
  const byWhat = Map.groupBy(changes, ({ what }) => what)
  const cases = [...byWhat].map(([what, same]) => caseOf(`${title}: ${what}`, same, after))
  return cases.some(({ result }) => result === 'failed')
    ? cases
    : [{ name: title, result: 'passed' }, ...cases]
}

/** The same in several answers is one break for people. */
function caseOf(name: string, changes: readonly ApiChange[], after: Api): TestCase {
  const [first] = changes
  const where = [...new Set(changes.map((change) => change.where).filter((text) => text !== ''))].slice(0, 10)
  const isBreaking = changes.some(({ kind }) => kind === 'breaking')
  const message = isBreaking
    ? `Users of version n rely on it${where.length === 0 ? '' : ` (${where.join(', ')})`}. If it is meant, name it under "accepts" of the step.`
    : 'It cannot be told whether this breaks anybody.'
  return {
    name,
    result: isBreaking ? 'failed' : 'skipped',
    message,
    ...(first !== undefined && { file: first.place.file, line: after.lineOf(first.place) }),
  }
}

function failed(why: 'report' | 'cancelled', message: string): TestOutcome {
  return { kind: 'failed', failure: { why, message, output: '' } }
}
