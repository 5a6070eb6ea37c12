import { expect } from 'vitest'
import type { Upgrade } from '../../../src/upgrade/receipt.ts'
import type { Ground, Place } from './ground.ts'
import { takenBack, upgraded } from './upgrades.ts'

/** A repository and a deployer of some kind. */
export interface Way {
  readonly ground: Ground
  readonly place: Place
  /** Runs Seamless: for a commit, or for the upgrade that the config makes. */
  run(sha?: string): Promise<Upgrade>
  /** Version 1.0.0. */
  readonly first: string
  /** Brings the branch `upgrade_api` to where it came from, and removes it: what a person does when it went well. */
  merge(): void
  /** What the environment itself says it is to run. */
  deployed(): string
}

/**
 * 1.0.0 is released, its API is upgraded to 1.1.0, and 1.2.0, whose fault no test sees, is taken back; with all that must
 * hold on the way. What was decided of each.
 */
export async function goTheWay(way: Way): Promise<(Upgrade['decision'] | undefined)[]> {
  const { place, ground } = way
  const first = await way.run(way.first)
  expect(first, first.message).toMatchObject({ decision: 'promoted', candidate: { name: '1.0.0' } })
  await servesOnly(place, '1.0.0')

  const second = await way.run()
  expect(second, second.message).toMatchObject(upgraded)
  expect(place.users.troubles).toEqual([])
  const image = await imageOf(ground, second)
  const difference = second.environments[0]?.difference
  expect(difference).toMatch(new RegExp(`^\\+.*${image}$`, 'm'))
  expect(difference).toMatch(new RegExp(`^-.*${await imageOf(ground, first)}$`, 'm'))
  expect([way.deployed(), ...running(ground)]).toEqual([image, image])
  await servesOnly(place, '1.1.0')

  way.merge()
  const third = await way.run()
  expect(third, third.message).toMatchObject(takenBack)
  expect(third.message).toContain('production is back on 1.1.0')
  expect(await imageOf(ground, third)).not.toBe(image)
  expect([way.deployed(), ...running(ground)]).toEqual([image, image])
  await servesOnly(place, '1.1.0')
  return [first, second, third].map(({ decision }) => decision)
}

/** The one image of an upgrade as deployers are told it, by the digest that the registry serves for the commit. */
async function imageOf({ registry }: Ground, { artifacts, candidate }: Upgrade): Promise<string> {
  expect(artifacts).toMatchObject([{ kind: 'image', name: `${registry.host}/shop/prices` }])
  const [{ name, digest } = { name: '', digest: '' }] = artifacts
  expect(await registry.digestOf('shop/prices', candidate?.sha ?? '')).toBe(digest)
  return `${name}@${digest}`
}

/** The images that the engine runs, each once. */
function running({ docker }: Ground): string[] {
  return [...new Set(docker('ps', '--no-trunc', '--format', '{{.Image}}').trim().split('\n'))]
}

/** Nobody but this version answers, and it answers well. */
async function servesOnly({ users }: Place, version: string): Promise<void> {
  users.forget()
  await expect.poll(() => users.answers.get(version) ?? 0, { timeout: 30_000 }).toBeGreaterThan(20)
  expect([...users.answers.keys()]).toEqual([version])
  expect(users.troubles).toEqual([])
}
