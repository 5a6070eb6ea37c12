/** What GitHub is told of the App when it is made, in its three forms, all from the one table of permissions and events. */
import { grantsOf, permissionTable } from '../app/permissions.ts'
import { subscribedEvents } from '../app/webhook-event.ts'

const HOME = 'https://github.com/seamless-upgrade/seamless'
const DESCRIPTION =
  'Upgrades nobody notices: deploys by comments on pull requests, and takes back what users would notice.'

const defaults = permissionTable.filter(({ isDefault }) => isDefault)

/** `app.yml`: the manifest, as Probot and GitHub's manifest flow have it. */
export function appManifest(): string {
  const permissions = Object.entries(grantsOf(defaults)).map(([name, level]) => `  ${name}: ${level}`)
  const events = subscribedEvents.map((event) => `  - ${event}`)
  return `# What the GitHub App "Seamless" is granted and told of: written by npm run schema from app/permissions.ts.
name: seamless
description: '${DESCRIPTION.replaceAll("'", "''")}'
url: ${HOME}
public: false
hook_attributes:
  url: https://seamless.example.com/api/github/webhooks
  active: true
default_permissions:
${permissions.join('\n')}
default_events:
${events.join('\n')}
`
}

/** The query that fills in GitHub's form for a new App (docs.github.com, "Registering a GitHub App using URL parameters"). */
export function registrationQuery(): string {
  const query = new URLSearchParams({ url: HOME, public: 'false', webhook_active: 'true' })
  query.set('webhook_url', 'https://seamless.example.com/api/github/webhooks')
  for (const [name, level] of Object.entries(grantsOf(defaults))) query.set(name, level)
  const events = subscribedEvents.map((event) => `events[]=${event}`)
  return [query.toString(), ...events].join('&')
}

/** For the documentation: each feature, what it needs and why. */
export function permissionMarkdown(): string {
  const rows = permissionTable.map(
    ({ feature, permission, level, isDefault, why }) =>
      `| ${feature} | ${permission.replace('_', ' ')} | ${level} | ${isDefault ? 'yes' : 'only if you add it'} | ${why} |`,
  )
  return [
    '| feature | permission | level | in the link and in `app.yml` | what it is for |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `Events: ${subscribedEvents.map((event) => `\`${event}\``).join(', ')}.`,
  ].join('\n')
}

/** For the documentation: the link, for a person's App and for an organisation's. */
export function registrationLink(): string {
  return ['```text', `https://github.com/settings/apps/new?${registrationQuery()}`, '```'].join('\n')
}
