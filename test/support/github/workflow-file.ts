import { load } from 'js-yaml'
import type { Repository } from './entities.ts'
import { unprocessable } from './reply.ts'

interface DispatchInput {
  required?: boolean
  default?: unknown
  type?: string
  options?: unknown[]
}

export interface WorkflowFile {
  name: string
  path: string
  /** What a run is called: text with expressions. */
  runName: string | undefined
  /** undefined: the workflow has no `workflow_dispatch` trigger. */
  dispatchInputs: Record<string, DispatchInput> | undefined
  /** Whether a push to this branch starts it. */
  pushed(branch: string): boolean
}

/** Workflow files of one commit. */
export async function workflowFiles(repository: Repository, commit: string): Promise<WorkflowFile[]> {
  const entries = await repository.git.tree(commit, { path: '.github/workflows/' })
  const files = entries.filter((entry) => entry.type === 'blob' && /\.ya?ml$/.test(entry.path))
  return Promise.all(
    files.map(async (entry) => parse(entry.path, (await repository.git.blob(entry.sha)).toString('utf8'))),
  )
}

function parse(path: string, text: string): WorkflowFile {
  const document = (load(text) ?? {}) as { name?: string; 'run-name'?: string; on?: unknown }
  const { name = path, 'run-name': runName, on } = document
  return { name, path, runName, dispatchInputs: dispatchInputs(on), pushed: pushedBy(path, on) }
}

function dispatchInputs(on: unknown): Record<string, DispatchInput> | undefined {
  if (on === 'workflow_dispatch') return {}
  if (Array.isArray(on)) return on.includes('workflow_dispatch') ? {} : undefined
  if (typeof on !== 'object' || on === null || !('workflow_dispatch' in on)) return undefined
  const trigger = on.workflow_dispatch as { inputs?: Record<string, DispatchInput> } | null
  return trigger?.inputs ?? {}
}

/** Of the filters only branches by their names are known here; a workflow with others must not pass for one that fits. */
function pushedBy(path: string, on: unknown): (branch: string) => boolean {
  if (on === 'push' || (Array.isArray(on) && on.includes('push'))) return () => true
  if (typeof on !== 'object' || on === null || !('push' in on)) return () => false
  const filters = (on.push ?? {}) as Record<string, unknown>
  const { branches, ...others } = filters as { branches?: string[] }
  const isPattern = branches?.some((one) => /[*?+[\]!]/.test(one)) === true
  return (branch) => {
    if (isPattern || Object.keys(others).length > 0)
      throw new Error(`the stand-in knows branches by name only: on.push of ${path}`)
    return branches?.includes(branch) ?? true
  }
}

/** Inputs as the run gets them (all strings, defaults filled in); throws GitHub's 422 for what the file does not allow. */
export function resolveInputs(file: WorkflowFile, given: Record<string, unknown>): Record<string, string> {
  if (!file.dispatchInputs) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger")
  const declared = file.dispatchInputs
  const unexpected = Object.keys(given).filter((name) => !Object.hasOwn(declared, name))
  if (unexpected.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`)
  const inputs = Object.entries(declared).map(
    ([name, input]) => [name, valueOf(name, input, given[name])] as const,
  )
  return Object.fromEntries(inputs)
}

function valueOf(name: string, input: DispatchInput, given: unknown): string {
  const value = given ?? input.default
  if (input.required && (value === undefined || value === ''))
    throw unprocessable(`Required input '${name}' not provided`)
  const text = typeof value === 'object' || value === undefined ? '' : `${value as string | number | boolean}`
  if (input.type === 'choice' && given !== undefined && !input.options?.map(String).includes(text))
    throw unprocessable(`Provided value '${text}' for input '${name}' not in the list of allowed values`)
  return text
}
