import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** `merge-tree --write-tree` came with 2.38, `cat-file --batch-command` with 2.36. */
const NEEDED = [2, 38] as const

let checked: Promise<void> | undefined

/** Rejects with what to do when this machine's git cannot do what the stand-in asks of it. Asked once per process. */
export function requireGit(): Promise<void> {
  checked ??= promisify(execFile)('git', ['--version']).then(({ stdout }) => refuseOld(stdout))
  return checked
}

export function refuseOld(version: string): void {
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? []
  if (Number(major) > NEEDED[0] || (Number(major) === NEEDED[0] && Number(minor) >= NEEDED[1])) return
  throw new Error(
    `The GitHub stand-in needs git ${NEEDED.join('.')} or newer; this is ${version.trim()}. Update git.`,
  )
}
