import { decideQuarantine, liftedKey, type Quarantine } from './quarantine.ts'
import type { Serving } from './serving.ts'

/** Whether this change was taken back before, there or by a revert. `isFirst`: nothing was ever deployed there. */
export async function quarantineOf(
  { request, ports }: Serving,
  environment: string,
  { sha, isFirst }: { readonly sha: string; readonly isFirst: boolean },
): Promise<Quarantine | undefined> {
  const [takenBack, verdict] = await Promise.all([
    ports.quarantine.takenBack(request.pull),
    isFirst ? undefined : ports.quarantine.verdictOf(environment, sha),
  ])
  if (takenBack.length === 0 && verdict !== 'unhealthy') return undefined
  // The difference is asked for only where there is something to compare it with.
  const patch = takenBack.length === 0 ? undefined : await ports.quarantine.patchOf(request.pull)
  const lifted = await ports.records.list(liftedKey(''))
  return decideQuarantine({
    environment,
    sha,
    takenBack,
    ...(patch !== undefined && { patch }),
    ...(verdict !== undefined && { verdict }),
    lifted: lifted.flatMap((read) =>
      read.kind === 'found' ? [read.record.key.slice(liftedKey('').length)] : [],
    ),
  })
}
