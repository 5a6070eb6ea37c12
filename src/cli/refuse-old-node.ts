import { UsageError } from '../errors.ts'

/** Where `fs.glob` and the operations of sets begin. The Action brings its own Node; the command takes the user's. */
export const OLDEST_NODE = 22

/** Error: `UsageError`, before anything is begun that an older Node could not end. */
export function refuseOldNode(version: string): void {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return
  throw new UsageError(`seamless needs Node.js ${OLDEST_NODE} or newer; this is ${version}.`)
}
