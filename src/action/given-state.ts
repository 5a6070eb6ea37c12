import { getState, saveState } from '@actions/core'

/** What `post` must know of the Deployment that this step took; empty once the step has brought it to its end. */
export function noteGiven(text: string): void {
  saveState('given', text)
}

export function givenNoted(): string {
  return getState('given')
}
