import { z } from 'zod'

/** Variables that change what a program loads or how a shell reads, or that the runner and Seamless speak by. */
const FORBIDDEN: readonly RegExp[] = [
  /^(?:PATH|NODE_OPTIONS|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|IFS|PS4)$/i,
  /^(?:LD|DYLD|BASH_FUNC)_/i,
  /^(?:GITHUB|GIT|INPUT|ACTIONS|RUNNER|SEAMLESS)_/i,
]

const EXPECTED = 'expected a variable name of letters, digits and _, such as DEPLOY_KEY'

/** True of a name that no step may set or ask for, whatever its case (Windows ignores it). */
export function isForbiddenVariable(name: string): boolean {
  return FORBIDDEN.some((pattern) => pattern.test(name))
}

/** The name of an environment variable that a step may have. */
export const variableName = z
  .string({ error: EXPECTED })
  .regex(/^[A-Za-z_]\w{0,99}$/, { error: EXPECTED })
  .refine((name) => !isForbiddenVariable(name), {
    error: 'expected a variable of your own; this one steers the shell, the runner or Seamless',
  })
