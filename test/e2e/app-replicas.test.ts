import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerApp } from '../support/app/app-clients.ts'
import { APP_WORKFLOW, until } from '../support/app/driven-world.ts'
import { post, signedDelivery } from '../support/app/signed-delivery.ts'
import { type AppHome, appHome, freePort, spawnApp, type SpawnedApp } from '../support/app/spawned-app.ts'
import type { AppCredentials } from '../support/github/apps.ts'
import { type GitHub, startGitHub } from '../support/github/start-github.ts'
import { databaseRecords } from '../../app/store/database-records.ts'
import { openStore } from '../../app/store/open-store.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { memoryLog } from '../support/memory-log.ts'
import { hasPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'

/** So many repositories with so many environments each: rounds that share nothing but the App. */
const REPOSITORIES = 10
const ENVIRONMENTS = Array.from({ length: 10 }, (_, at) => `place-${at}`)
const MINUTE_MS = 60_000

const CONFIG = `driver: app
environments:
${ENVIRONMENTS.map((name) => `  ${name}:\n    deploy: { run: { deploy: ./deploy.sh, rollback: ./back.sh } }\n`).join('')}`

interface Place {
  readonly owner: string
  readonly repositoryId: number
  readonly installation: number
  readonly pulls: readonly [Pull, Pull]
}

interface Pull {
  readonly number: number
  readonly sha: string
}

interface Comment {
  readonly id: number
  readonly user: { readonly type: string }
  readonly body: string
}

describe.skipIf(!hasPostgres())('two replicas on PostgreSQL', () => {
  let postgres: PostgresServer
  let hub: GitHub
  let app: AppCredentials
  let database: string
  let home: AppHome
  let replicas: readonly [SpawnedApp, SpawnedApp]
  let places: readonly Place[]
  let lagMs = 0

  beforeAll(async () => {
    postgres = await startPostgres()
    hub = await startGitHub({ clock: { now: () => Date.now() - lagMs }, oracle: false })
    app = registerApp(hub)
    home = await appHome(hub, app)
    database = await postgres.database()
    const start = async (): Promise<SpawnedApp> => {
      const ports = { PORT: String(await freePort()), METRICS_PORT: String(await freePort()) }
      const replica = spawnApp({ ...home.environment, ...ports, DATABASE_URL: database })
      await replica.ready()
      return replica
    }
    replicas = [await start(), await start()]
    // Pushed long enough before anybody comments.
    lagMs = 3 * MINUTE_MS
    places = await Promise.all(Array.from({ length: REPOSITORIES }, async (_, at) => openPlace(`team-${at}`)))
    lagMs = 0
  }, 3 * MINUTE_MS)

  afterAll(async () => {
    for (const replica of replicas) {
      replica.process.kill('SIGKILL')
      await replica.ended()
    }
    home.remove()
    await hub.close()
    await postgres.remove()
  })

  async function api<Answer>(owner: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${hub.apiUrl}/repos/${owner}/shop${path}`, {
      headers: { authorization: `token ${hub.token({ login: 'ada' })}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }

  async function openPlace(owner: string): Promise<Place> {
    const repository = await hub.createRepository({
      owner,
      name: 'shop',
      collaborators: { ada: 'write' },
      files: { '.github/seamless.yml': CONFIG, '.github/workflows/seamless.yml': APP_WORKFLOW },
    })
    const installation = hub.install({ appId: app.id, account: owner })
    const open = async (branch: string): Promise<Pull> => {
      const sha = await repository.commit({ branch, files: { [branch]: 'new\n' }, by: 'ada' })
      const { number } = await api<Pull>(owner, '/pulls', { title: branch, head: branch, base: 'main' })
      return { number, sha }
    }
    return {
      owner,
      repositoryId: repository.id,
      installation,
      pulls: [await open('one'), await open('other')],
    }
  }

  /** A comment, and what GitHub tells of it. */
  async function comment({ owner, repositoryId, installation }: Place, pull: Pull, body: string) {
    const made = await api<Comment>(owner, `/issues/${pull.number}/comments`, { body })
    const payload = {
      action: 'created',
      installation: { id: installation },
      repository: { id: repositoryId, full_name: `${owner}/shop` },
      issue: { number: pull.number, pull_request: {} },
      comment: made,
      sender: made.user,
    }
    const headers = { 'x-github-hook-installation-target-id': String(app.id) }
    return { id: made.id, delivery: signedDelivery('issue_comment', payload, { headers }) }
  }

  const reactionsOf = async ({ owner }: Place, id: number): Promise<readonly string[]> =>
    (await api<{ content: string }[]>(owner, `/issues/comments/${id}/reactions`)).map((one) => one.content)

  const answersOf = async ({ owner }: Place, { number }: Pull): Promise<readonly string[]> =>
    (await api<Comment[]>(owner, `/issues/${number}/comments?per_page=100`))
      .filter(({ user }) => user.type === 'Bot')
      .map(({ body }) => body)

  /** Two pull requests want the same environment in the same moment, each told to another replica. */
  async function round(place: Place, environment: string): Promise<void> {
    const [one, other] = place.pulls
    const first = await comment(place, one, `/deploy ${environment}`)
    const second = await comment(place, other, `/deploy ${environment}`)
    const told = await Promise.all(
      [first, second].map(async ({ delivery }, at) =>
        post(`${replicas[at as 0 | 1].url}/api/github/webhooks`, delivery),
      ),
    )
    expect(told.map(({ status }) => status)).toEqual([202, 202])
    const isSettled = async (): Promise<readonly [Pull, Pull] | false> => {
      const lost = await Promise.all([first, second].map(async ({ id }) => reactionsOf(place, id)))
      const isLost = lost.map((reactions) => reactions.includes('-1'))
      const loser = isLost[0] === true ? one : other
      const winner = loser === one ? other : one
      if (!isLost.includes(true)) return false
      const progress = (await answersOf(place, winner)).some((body) =>
        body.includes(`Deployment to \`${environment}\``),
      )
      return progress && [winner, loser]
    }
    const [winner, loser] = await until(isSettled, `${place.owner} ${environment}`, 4 * MINUTE_MS)
    const made = await api<{ sha: string }[]>(place.owner, `/deployments?environment=${environment}`)
    expect(made.map(({ sha }) => sha)).toEqual([winner.sha])
    const refusals = (await answersOf(place, loser)).filter((body) =>
      body.includes(`/deploy ${environment}\``),
    )
    expect(refusals).toHaveLength(1)
    // By whom, since when, at which commit.
    expect(refusals[0]).toContain(`\`${environment}\` is being deployed to: \`${winner.sha}\``)
    expect(refusals[0]).toMatch(/by `ada`, since \d{4}-\d\d-\d\d \d\d:\d\d UTC/)
  }

  it(
    `L03 L14 two /deploy in the same moment, ${REPOSITORIES * ENVIRONMENTS.length} rounds: one winner each`,
    async () => {
      for (const environment of ENVIRONMENTS) {
        await Promise.all(places.map(async (place) => round(place, environment)))
      }
      const dispatches = hub.requests.filter(({ path }) => path.endsWith('/dispatches'))
      expect(dispatches).toHaveLength(REPOSITORIES * ENVIRONMENTS.length)
    },
    10 * MINUTE_MS,
  )

  it(
    'N01 a delivery that names a repository of another installation changes nothing that is known of it',
    async () => {
      const [ours, theirs] = [places[0]!, places[1]!]
      const store = await openStore(
        { kind: 'postgres', url: database },
        { clock: systemClock, log: memoryLog() },
      )
      const recordsOfTheirs = async (): Promise<unknown> =>
        databaseRecords(store, theirs.repositoryId).list('')
      const before = await recordsOfTheirs()
      const forged = { ...theirs, installation: ours.installation }
      const { delivery } = await comment(forged, theirs.pulls[0], '/deploy place-0')
      expect((await post(`${replicas[0].url}/api/github/webhooks`, delivery)).status).toBe(202)
      const counted = async (): Promise<boolean> => {
        const texts = replicas.map(async ({ operationsUrl }) =>
          (await fetch(`${operationsUrl}/metrics`)).text(),
        )
        return (await Promise.all(texts)).some((text) => text.includes('not_of_installation'))
      }
      await until(counted, 'the end of the command', MINUTE_MS)
      expect(await recordsOfTheirs()).toEqual(before)
      await store.close()
    },
    2 * MINUTE_MS,
  )
})
