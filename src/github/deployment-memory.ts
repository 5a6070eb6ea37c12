import type { VerdictKey } from './verdict-check.ts'

/** More than any process works on at a time; what is forgotten is asked for again. */
const MAX_KEPT = 2000

/**
 * What never changes of deployments and is therefore asked of GitHub once: what each is of, and which check run was written of it.
 * A server that opens the same repository again and again keeps one of each repository.
 */
export interface DeploymentMemory {
  keyOf(deployment: string): VerdictKey | undefined
  noteKey(key: VerdictKey): void
  /** The id of the check run that this process wrote. */
  checkOf(deployment: string): number | undefined
  noteCheck(deployment: string, check: number): void
}

export function deploymentMemory(): DeploymentMemory {
  const keys = new Map<string, VerdictKey>()
  const checks = new Map<string, number>()
  return {
    keyOf: (deployment) => keys.get(deployment),
    noteKey: (key) => keep(keys, key.deploymentId, key),
    checkOf: (deployment) => checks.get(deployment),
    noteCheck: (deployment, check) => keep(checks, deployment, check),
  }
}

/** The longest unused goes first. */
function keep<Value>(kept: Map<string, Value>, id: string, value: Value): void {
  kept.delete(id)
  kept.set(id, value)
  const [oldest] = kept.keys()
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
}
