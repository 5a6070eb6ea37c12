import { getState, saveState } from '@actions/core'

/*
 * What the step tells `post` of itself, since it may be cancelled or killed: each is empty once there is nothing to look after.
 */

/** The Deployment that it took, until it brought that to its end. */
export function noteGiven(text: string): void {
  saveState('given', text)
}

export function givenNoted(): string {
  return getState('given')
}

/** The locks that it took for itself. */
export function noteLocks(text: string): void {
  saveState('locks', text)
}

export function locksNoted(): string {
  return getState('locks')
}

/** The command that it was started for, until it said how that ended. */
export function noteCommand(text: string): void {
  saveState('command', text)
}

export function commandNoted(): string {
  return getState('command')
}
