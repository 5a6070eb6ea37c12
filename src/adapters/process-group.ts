import { readdirSync, readFileSync } from 'node:fs'

/** How often a dying group is looked at. */
const LOOK_MS = 15

/** How long SIGKILL may take to be delivered before we stop waiting: only a process stuck in the kernel takes longer. */
const KILL_WAIT_MS = 2000

/**
 * Ends every process of a group: SIGTERM, and SIGKILL for those that are still there after `graceMs`.
 * A process that started its own session (`setsid`) is no longer of the group and is left alone.
 */
export async function endGroup(group: number, graceMs: number): Promise<void> {
  if (!isGroupAlive(group)) return
  signalGroup(group, 'SIGTERM')
  if (await isGone(group, graceMs)) return
  signalGroup(group, 'SIGKILL')
  await isGone(group, KILL_WAIT_MS)
}

export function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // The group ended by itself in the meantime.
  }
}

async function isGone(group: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  while (isGroupAlive(group)) {
    if (performance.now() >= until) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return true
}

function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return process.platform !== 'linux' || hasLivingMember(group)
}

/** A signal also "reaches" the dead whom nobody buries (a container's process 1 often does not), so their state is read. */
function hasLivingMember(group: number): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      const [state, , groupOf] = statusFields(pid)
      return groupOf === String(group) && state !== 'Z' && state !== 'X'
    })
}

/** The fields of `/proc/<pid>/stat` after the command's name: state, parent, group, … (proc(5)). */
function statusFields(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}
