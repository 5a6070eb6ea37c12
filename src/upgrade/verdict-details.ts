import { z } from 'zod'
import type { Artifact } from '../ports/builder.ts'
import { artifact } from './facts.ts'

const details = z.object({ upgrade: z.string(), artifacts: z.array(artifact) })

/** What is kept with a verdict for later runs: whose it is, and what was deployed, by digest. */
export function verdictDetails(upgrade: string, artifacts: readonly Artifact[]): string {
  return JSON.stringify({ upgrade, artifacts })
}

/** The artefacts that stand in such details; none where the text is not ours, or was cut. */
export function artifactsIn(text: string | null | undefined): readonly Artifact[] {
  try {
    return details.parse(JSON.parse(text ?? '')).artifacts
  } catch {
    return []
  }
}
