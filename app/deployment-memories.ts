import { type DeploymentMemory, deploymentMemory } from '../src/github/deployment-memory.ts'

/** What is known of the Deployments of each repository, so that it is asked of GitHub once. */
export interface DeploymentMemories {
  of(repositoryId: number): DeploymentMemory
}

/** Of the repositories that were not worked on for longest, it is asked for again. */
const MOST = 1000

export function deploymentMemories(): DeploymentMemories {
  const memories = new Map<number, DeploymentMemory>()
  return {
    of(repositoryId) {
      const memory = memories.get(repositoryId) ?? deploymentMemory()
      memories.delete(repositoryId)
      memories.set(repositoryId, memory)
      const [oldest] = memories.keys()
      if (memories.size > MOST && oldest !== undefined) memories.delete(oldest)
      return memory
    },
  }
}
