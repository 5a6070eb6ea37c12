import { load } from 'js-yaml'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { featuresOff, grantsOf, permissionsOf, permissionTable, within } from '../../app/permissions.ts'
import { eventNames, subscribedEvents } from '../../app/webhook-event.ts'
import {
  appManifest,
  permissionMarkdown,
  registrationLink,
  registrationQuery,
} from '../../scripts/app-manifest.ts'

const operations = ['read', 'answer', 'deploy', 'rollback', 'watch', 'revert', 'escalate'] as const

const defaults = grantsOf(permissionTable.filter(({ isDefault }) => isDefault))

describe('the permissions of the App', () => {
  it('are in app.yml as the table says them, with the events', () => {
    const text = readFileSync('app.yml', 'utf8')
    expect(text).toBe(appManifest())
    expect(load(text)).toMatchObject({
      default_permissions: defaults,
      default_events: subscribedEvents,
      public: false,
    })
  })

  it("are in the documentation, with the link that fills in GitHub's form", () => {
    const text = readFileSync('docs/app.md', 'utf8')
    expect(text).toContain(permissionMarkdown())
    expect(text).toContain(registrationLink())
    const query = new URLSearchParams(registrationQuery())
    for (const [name, level] of Object.entries(defaults)) expect(query.get(name)).toBe(level)
    expect(query.getAll('events[]')).toEqual(subscribedEvents)
  })

  it.each(['administration', 'secrets', 'workflows', 'organization_administration'])(
    'never include %s',
    (name) => {
      expect(Object.keys(grantsOf(permissionTable))).not.toContain(name)
    },
  )

  it('S05 let it write contents to take a merge back, and for nothing else', () => {
    const withContents = operations.filter((operation) => permissionsOf(operation).contents === 'write')
    expect(withContents).toEqual(['revert'])
  })

  it.each([
    ['deploy', ['actions', 'deployments', 'pull_requests']],
    ['rollback', ['actions', 'deployments', 'pull_requests']],
    ['watch', ['checks', 'pull_requests']],
    ['revert', ['contents', 'pull_requests']],
    ['escalate', ['issues']],
  ] as const)('S05 of a token to %s have no more to write with than it needs', (operation, wanted) => {
    const writes = Object.entries(permissionsOf(operation)).filter(([, level]) => level === 'write')
    expect(writes.map(([name]) => name).sort()).toEqual(wanted)
  })

  it('name a feature that is off, and what it lacks', () => {
    expect(featuresOff(defaults)).toEqual([{ feature: 'teams', lacks: ['members: read'], isDefault: false }])
    expect(featuresOff({ ...defaults, members: 'read', actions: 'read' })).toEqual([
      { feature: 'deploy', lacks: ['actions: write'], isDefault: true },
    ])
    expect(featuresOff({ ...defaults, members: 'write', checks: 'admin' })).toEqual([])
  })

  it.each([
    ['verdicts', { checks: 'read' }, 'checks: write'],
    ['revert', { contents: 'read' }, 'contents: write'],
    ['escalation', { issues: 'read' }, 'issues: write'],
    ['merge queue', { merge_queues: 'none' }, 'merge_queues: read'],
  ])('name what is off of a watch: %s', (feature, granted, lacks) => {
    const off = featuresOff({ ...defaults, members: 'read', ...granted })
    expect(off).toEqual([{ feature, lacks: [lacks], isDefault: true }])
  })

  it('S05 of a token to read have nothing to write with; to answer only pull requests', () => {
    expect(Object.values(permissionsOf('read'))).not.toContain('write')
    const writes = Object.entries(permissionsOf('answer')).filter(([, level]) => level === 'write')
    expect(writes).toEqual([['pull_requests', 'write']])
  })

  it('S05 are asked for as far as they are granted', () => {
    expect(
      within({ actions: 'write', checks: 'read', members: 'read' }, { actions: 'read', checks: 'write' }),
    ).toEqual({
      actions: 'read',
      checks: 'read',
    })
  })
})

it('GitHub tells an App of its installations without being asked', () => {
  expect(eventNames.filter((name) => !subscribedEvents.includes(name))).toEqual([
    'installation',
    'installation_repositories',
  ])
})
