import { getState, saveState } from '@actions/core'

/** From here on `post` looks whether something was left in between. */
export function noteBeginning(): void {
  saveState('began', 'true')
}

/** It ended and reported: whatever a later step does to the workspace, `post` has nothing to look for. */
export function noteEnd(): void {
  saveState('began', '')
}

export function hasBegun(): boolean {
  return getState('began') === 'true'
}
