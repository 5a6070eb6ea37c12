import { getInput } from '@actions/core'
import { UsageError } from '../errors.ts'
import { type Stage, stages } from '../upgrade/stage.ts'

const operations = ['run', 'plan', 'rollback', 'command', 'settle'] as const

export interface Inputs {
  readonly operation: (typeof operations)[number]
  readonly config: string
  readonly stage: Stage | 'all'
  readonly environment?: string
  readonly sha?: string
  readonly deploymentId?: string
  readonly planDigest?: string
  /** What asked for it: `comment-123`. */
  readonly requestId?: string
  readonly token?: string
  readonly workingDirectory: string
}

/** The inputs of `action.yml`, where their defaults are. Error: `UsageError` that lists what an input may be. */
export function readInputs(): Inputs {
  return {
    operation: oneOf('operation', operations),
    config: getInput('config'),
    stage: oneOf('stage', ['all', ...stages]),
    ...optional('environment', 'environment'),
    ...optional('sha', 'sha'),
    ...optional('deploymentId', 'deployment-id'),
    ...optional('planDigest', 'plan-digest'),
    ...optional('requestId', 'request-id'),
    ...optional('token', 'github-token'),
    workingDirectory: getInput('working-directory'),
  }
}

function oneOf<const Known extends string>(input: string, known: readonly Known[]): Known {
  const value = getInput(input)
  const found = known.find((one) => one === value)
  if (found !== undefined) return found
  throw new UsageError(
    `The input "${input}" is ${JSON.stringify(value)}; it must be one of ${known.join(', ')}.`,
  )
}

function optional<const Key extends string>(key: Key, input: string): { [K in Key]?: string } {
  const value = getInput(input)
  return value === '' ? {} : ({ [key]: value } as { [K in Key]?: string })
}
