import { deliveries } from '../engine/queues.ts'
import { noteInstallationChange } from '../installation-change.ts'
import type { Services } from '../services.ts'

/** Begins the work on what came in. */
export async function startJobs({ engine, inbox, octokits }: Services): Promise<void> {
  await engine.work(deliveries, async ({ data }) => {
    const delivery = await inbox.read(data.delivery)
    if (delivery !== undefined) noteInstallationChange(delivery, octokits)
    await inbox.handled(data.delivery)
    return { kind: 'done' }
  })
}
