import type { Ansible } from '../config/ansible.ts'
import { imagesOf } from './kubernetes-images.ts'

/** What a playbook may always ask for; `''` where there is none, so that no template meets an undefined name. */
const GIVEN = ['version', 'sha', 'previous', 'previous_sha', 'environment', 'repository', 'branch', 'image']

/**
 * The extra variables as Ansible reads them from a JSON file: the values of the run as `seamless_…`, and the config's own.
 * Each text is marked as data (`__ansible_unsafe`): Ansible would otherwise run what braces in a branch's name say. Error:
 * where `SEAMLESS_IMAGES` is not what `imageValues` makes.
 */
export function extraVariables(
  vars: Ansible['vars'],
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const empty = Object.fromEntries(GIVEN.map((name) => [`seamless_${name}`, '']))
  const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]))
  const all = { ...vars, ...empty, ...given, seamless_images: imagesOf(values) }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, asData(value)]))
}

function asData(value: unknown): unknown {
  if (typeof value === 'string') return { __ansible_unsafe: value.toWellFormed() }
  if (Array.isArray(value)) return value.map(asData)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asData(one)]))
}
