import { type MemoryDeployment, memoryDeployments } from '../support/command/memory-deployments.ts'
import { deploymentsContract } from '../contract/deployments.ts'

deploymentsContract('memory', async () => {
  const all: MemoryDeployment[] = []
  return {
    deployments: memoryDeployments(all),
    reopen: () => memoryDeployments(all),
    commits: ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)],
    unknownId: '99',
    close: async () => {},
  }
})
