import { getState, saveState } from '@actions/core'

/** From here on `post` looks whether something was left in between. */
export function noteBeginning(): void {
  saveState('began', 'true')
}

export function hasBegun(): boolean {
  return getState('began') === 'true'
}
