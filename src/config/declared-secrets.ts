import { deployStep } from './deploy-step.ts'
import type { Config } from './schema.ts'

/** The environment variables that any step of the config may see as secrets, each once. */
export function declaredSecrets({ build, test, environments }: Config): readonly string[] {
  const deploys = Object.values(environments).map(({ deploy }) => deployStep(deploy).secrets)
  const traffics = Object.values(environments).map(({ traffic }) => traffic?.secrets ?? [])
  const steps = [...build, ...test].map((step) => ('secrets' in step ? step.secrets : []))
  return [...new Set([...steps, ...deploys, ...traffics].flat())]
}
