import type { EnvironmentConfig } from '../config/schema.ts'

/** What a plan says of a deployer. */
export interface DeployWords {
  /** Absent where the release's difference cannot be shown. */
  readonly difference?: string
  readonly deploy: string
  readonly rollback: string
}

export function deployWords(deploy: EnvironmentConfig['deploy']): DeployWords {
  switch (deploy.adapter) {
    case 'run': {
      const { diff, deploy: line, rollback } = deploy.run
      return { ...(diff !== undefined && { difference: diff }), deploy: line, rollback }
    }
    case 'kubernetes': {
      const { kustomize, manifests = [], prune } = deploy.kubernetes
      const what = kustomize ?? manifests.join(', ')
      const pruned = prune === undefined ? '' : `, prune ${prune}`
      return {
        difference: `kubectl diff: ${what}`,
        deploy: `kubectl apply: ${what}${pruned}; wait for its rollouts`,
        rollback: 'kubectl apply: what was recorded of that version',
      }
    }
    case 'ansible': {
      const { playbook, inventory, limit, tags, rollback } = deploy.ansible
      const hosts = [
        ...inventory.map((path) => `-i ${path}`),
        ...(limit === undefined ? [] : [`-l ${limit}`]),
        ...(tags.length === 0 ? [] : [`-t ${tags.join(',')}`]),
      ].join(' ')
      return {
        difference: `ansible-playbook --check --diff ${hosts} ${playbook}`,
        deploy: `ansible-playbook ${hosts} ${playbook}`,
        rollback: `ansible-playbook ${hosts} ${rollback ?? `${playbook} of that version's commit`}`,
      }
    }
  }
}
