import { code } from '../report/markdown.ts'
import type { NewestDeployment } from '../ports/deployments.ts'
import { decideGate, type EarlierEnvironment } from '../upgrade/gate.ts'
import type { OutcomeReason } from './reason.ts'
import type { Serving } from './serving.ts'

export interface EnvironmentFacts {
  readonly newest: NewestDeployment | undefined
  readonly earlier: readonly EarlierEnvironment[]
}

export async function environmentFacts(
  { config, ports }: Serving,
  environment: string,
): Promise<EnvironmentFacts> {
  const { after = [] } = config.environments[environment] ?? {}
  const earlier = after.map(async (name) => ({
    name,
    watched: config.environments[name]?.health !== undefined,
    newest: await ports.deployments.newest(name),
  }))
  const newest = await ports.deployments.newest(environment)
  return { newest, earlier: await Promise.all(earlier) }
}

/** What stands in the way of a deployment there, by the same rule as a run's own; in words for a pull request. */
export function environmentGate(
  { config }: Serving,
  environment: string,
  facts: EnvironmentFacts & { readonly sha: string },
): { readonly reason: OutcomeReason; readonly text: string } | undefined {
  const watched = config.environments[environment]?.health !== undefined
  const ending = decideGate({ environment, watched, ours: false, ...facts })
  if (ending === undefined) return undefined
  const { reason } = ending
  const where = code(environment)
  const version = code(facts.newest?.version ?? '')
  const ways = `${code(`/rollback ${environment}`)} brings its last healthy version back; ${code(`/resolve ${environment}`)} says that you have looked after it.`
  switch (reason) {
    case 'already_live':
      return {
        reason,
        text: `Nothing to do: ${where} runs ${version} (${code(facts.sha.slice(0, 12))}) already.`,
      }
    case 'environment_dirty':
      return { reason, text: `${where} is half done since the deployment of ${version}. ${ways}` }
    case 'environment_unknown':
      return {
        reason,
        text: `A deployment of ${version} to ${where} began and never said how it ended. If it still runs, wait for it. If not: ${ways}`,
      }
    default:
      return { reason, text: earlierText(environment, facts) }
  }
}

function earlierText(environment: string, { earlier, sha }: EnvironmentFacts & { sha: string }): string {
  const found = earlier.map(({ name, newest, watched }) => {
    const needs = watched ? 'healthy' : 'live'
    const has =
      newest === undefined
        ? 'nothing'
        : newest.sha === sha
          ? `it as ${newest.state}, ${newest.verdict ?? 'not judged'}`
          : `${code(newest.version)} (${code(newest.sha.slice(0, 12))})`
    return `${code(name)} must have this commit ${needs} first, and has ${has}`
  })
  return `${code(environment)} comes after: ${found.join('; ')}.`
}
