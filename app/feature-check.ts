import { z } from 'zod'
import type { Log } from '../src/ports/log.ts'
import { causes } from '../src/report/causes.ts'
import { GitHubError, UsageError } from '../src/errors.ts'
import type { InstallationTokens } from './installation-tokens.ts'
import { featuresOff } from './permissions.ts'
import type { AppOctokit } from './probot.ts'
import { subscribedEvents } from './webhook-event.ts'

const PER_PAGE = 100
/** Each is one line of the log; of more than this nobody reads it, and later they are asked for one by one. */
const MAX_INSTALLATIONS = 1000

const installation = z.object({
  id: z.number(),
  permissions: z.record(z.string(), z.string()),
  suspended_at: z.string().nullable(),
})

/**
 * Asks GitHub who we are and what each installation grants, and says which features are off and why. Error: `UsageError` where
 * GitHub does not know the App or its key. A GitHub that is down keeps nobody from starting.
 */
export async function checkFeatures(app: AppOctokit, tokens: InstallationTokens, log: Log): Promise<void> {
  try {
    await checkEvents(app, log)
    for (let page = 1; page * PER_PAGE <= MAX_INSTALLATIONS; page += 1) {
      const { data } = await app.rest.apps.listInstallations({ per_page: PER_PAGE, page })
      for (const one of z.array(installation).parse(data)) sayOff(one, tokens, log)
      if (data.length < PER_PAGE) return
    }
  } catch (error) {
    if (error instanceof GitHubError && (error.status === 401 || error.status === 404))
      throw new UsageError(
        'GitHub does not know this App: APP_ID and the private key do not belong together.',
        {
          cause: error,
        },
      )
    log.warning(`GitHub was not asked what is granted: ${causes(error)}`)
  }
}

async function checkEvents(app: AppOctokit, log: Log): Promise<void> {
  const { data } = await app.rest.apps.getAuthenticated()
  const missing = subscribedEvents.filter((event) => !data?.events.includes(event))
  if (missing.length > 0)
    log.warning(`The App is not told of ${missing.join(', ')}: subscribe to them in its settings.`)
}

function sayOff(
  { id, permissions, suspended_at }: z.infer<typeof installation>,
  tokens: InstallationTokens,
  log: Log,
): void {
  if (suspended_at !== null) return
  tokens.noteGranted(id, permissions)
  for (const { feature, lacks, isDefault } of featuresOff(permissions)) {
    const said = `Installation ${id}: ${feature} is off, it lacks ${lacks.join(', ')}.`
    if (isDefault) log.warning(said)
    else log.info(said)
  }
}
