import type { Environment } from './environment.ts'

type Deploy = Environment['deploy']

/** What the steps of all deployers have. */
export interface DeployStep {
  readonly working: string
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
  readonly timeoutMs: number
}

/** The section of the chosen deployer, for those to whom it does not matter which one that is. */
export function deployStep(deploy: Deploy): DeployStep {
  switch (deploy.adapter) {
    case 'run':
      return deploy.run
    case 'kubernetes':
      return deploy.kubernetes
    case 'ansible':
      return deploy.ansible
  }
}
