import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hasAnsible } from '../support/ansible/ansible-world.ts'
import { hasDocker } from '../support/docker/engine.ts'
import { type ControlPlane, missingKube, startControlPlane } from '../support/kube/control-plane.ts'
import { podRuntime } from '../support/mission/containers.ts'
import { goTheWay, type Way } from '../support/mission/go-the-way.ts'
import { type Ground, missionFiles, openPlace, type Place, startGround } from '../support/mission/ground.ts'
import { hasPrometheus } from '../support/prometheus-server.ts'
import { hasSvn } from '../support/svn-repository.ts'
import { svnWorld } from '../support/svn-world.ts'
import { upgradeWorld } from '../support/upgrade-world.ts'

const DECISIONS = ['promoted', 'promoted', 'rolled_back']

const isHere = hasDocker() && hasPrometheus()

/*
 * A service whose API changes, from the branch to the receipt, and a version after it that is taken back: examples/mission.
 * Every tool is the real one; only the nodes of the cluster and the servers are this machine.
 */
describe.skipIf(!isHere)('the way of an upgrade', { timeout: 600_000 }, () => {
  let ground: Ground
  let place: Place
  const ends: (() => void)[] = []
  beforeAll(async () => {
    ground = await startGround()
  }, 240_000)
  afterAll(() => ground?.remove(), 60_000)
  beforeEach(async () => {
    place = await openPlace()
  }, 60_000)
  afterEach(async () => {
    await place?.close()
    ground?.clear()
    for (const end of ends.splice(0)) end()
  }, 60_000)

  describe.skipIf(missingKube() !== undefined)('to Kubernetes', () => {
    let plane: ControlPlane
    beforeAll(async () => {
      plane = await startControlPlane()
    }, 120_000)
    afterAll(() => plane?.stop(), 60_000)

    /** A namespace of its own, whose pods run as containers at this place. */
    const cluster = (namespace: string): { environment: Record<string, string>; deployed: () => string } => {
      plane.kubectl(['create', 'namespace', namespace])
      plane.kubelet.runBy(podRuntime(place.ports, ground.environment))
      const image = 'jsonpath={.spec.template.spec.containers[0].image}'
      const { path: PATH, kubeconfig: KUBECONFIG } = plane
      return {
        environment: { ...ground.environment, ...place.environment, PATH, KUBECONFIG },
        deployed: () =>
          plane.kubectl(['get', 'deployment', 'prices', `--namespace=${namespace}`, '-o', image]),
      }
    }

    test('from git: nobody notices the new API; the version that fails goes back to the digest before it', async () => {
      const { environment, deployed } = cluster('shop')
      const files = missionFiles(ground)
      const world = await upgradeWorld({ config: files['seamless.yml']!, files, environment })
      ends.push(world.remove)
      const way = { ground, place, deployed, ...byGit(world) }
      expect(await goTheWay(way)).toEqual(DECISIONS)
    })

    test.skipIf(!hasSvn())('from Subversion: the same, with a branch by copy', async () => {
      const { environment, deployed } = cluster('shop-svn')
      const names = { 'namespace: shop': 'namespace: shop-svn', 'base: main': 'base: trunk' }
      const world = await svnWorld({ served: true, files: missionFiles(ground, names), environment })
      ends.push(world.remove)
      const { repository } = world
      const way: Way = {
        ground,
        place,
        deployed,
        first: repository.id(2),
        run: (sha) => world.run('seamless.yml', sha === undefined ? {} : { sha }),
        merge() {
          repository.svn(['update', '--quiet'])
          repository.svn(['merge', '--quiet', '^/branches/upgrade_api'])
          repository.svn(['commit', '-m', 'Merge upgrade_api'])
          repository.svn(['delete', '--quiet', '-m', 'Merged', `${repository.url}/branches/upgrade_api`])
          repository.svn(['update', '--quiet'])
        },
      }
      expect(await goTheWay(way)).toEqual(DECISIONS)
    })
  })

  test.skipIf(!hasAnsible())('by Ansible, to one server after the other: the same', async () => {
    const [one, two] = place.ports
    const server = (name: string, port: number | undefined): string =>
      `${name} ansible_connection=local address=127.0.0.1 port=${port}`
    const files: Record<string, string> = {
      ...missionFiles(ground),
      'ops/inventory/production': `[web]\n${server('web1', one)}\n${server('web2', two)}
[web:vars]\nansible_python_interpreter=/usr/bin/python3
folder={{ lookup('env', 'SERVERS') }}/{{ inventory_hostname }}\n`,
    }
    const world = await upgradeWorld({
      config: files['ansible.yml']!,
      files,
      // As it starts fewer processes for each task.
      environment: { ...ground.environment, ...place.environment, ANSIBLE_PIPELINING: 'true' },
    })
    ends.push(world.remove)
    const servers = join(world.repository.folder, 'servers')
    for (const name of ['web1', 'web2']) mkdirSync(join(servers, name), { recursive: true })
    Object.assign(world.environment, { SERVERS: servers })
    const told = (name: string): string =>
      /^IMAGE=(.*)$/m.exec(readFileSync(join(servers, name, 'prices.env'), 'utf8'))?.[1] ?? ''
    const deployed = (): string => [...new Set(['web1', 'web2'].map(told))].join(' and ')
    const way = { ground, place, deployed, ...byGit(world) }
    expect(await goTheWay(way)).toEqual(DECISIONS)
  })
})

function byGit({ run, repository: { git } }: Awaited<ReturnType<typeof upgradeWorld>>): {
  first: string
  run: (sha?: string) => ReturnType<typeof run>
  merge: () => void
} {
  return {
    first: git(['rev-parse', 'HEAD']),
    run: (sha) => run(sha === undefined ? {} : { sha }),
    merge() {
      git(['pull', '--quiet', '--ff-only', 'origin', 'upgrade_api'])
      git(['push', '--quiet', 'origin', 'HEAD', ':upgrade_api'])
    },
  }
}
