import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { load } from 'js-yaml'
import { outputsOf } from '../../src/action/outputs.ts'
import { readInputs } from '../../src/action/inputs.ts'
import { decisions } from '../../src/upgrade/reason.ts'
import { next } from '../../src/upgrade/upgrade.ts'
import { read, top } from './tree.ts'

interface Action {
  readonly inputs: Record<string, { description: string; default: string; required?: boolean }>
  readonly outputs: Record<string, { description: string }>
  readonly runs: { using: string; main: string; post: string; 'post-if': string }
}

const action = load(read('action.yml')) as Action
const names = Object.keys(action.inputs)

describe('action.yml and the code', () => {
  const environment = process.env
  afterEach(() => {
    process.env = environment
  })

  /** Reads the inputs from these values; which inputs were asked for. */
  function readWith(values: Readonly<Record<string, string>>): { read: unknown; asked: ReadonlySet<string> } {
    const asked = new Set<string>()
    const inputs = new Map(Object.entries(values).map(([name, value]) => [variable(name), value]))
    process.env = new Proxy(environment, {
      get(target, name: string) {
        if (!name.startsWith('INPUT_')) return target[name]
        asked.add(name)
        return inputs.get(name)
      },
    })
    return { read: readInputs(), asked }
  }

  const variable = (name: string): string => `INPUT_${name.toUpperCase()}`

  const given = Object.fromEntries(
    names.map((name) => [name, { operation: 'plan', stage: 'test' }[name] ?? `a ${name}`]),
  )

  it('know the same inputs, and each one arrives', () => {
    const { read: inputs, asked } = readWith(given)
    expect([...asked].toSorted()).toEqual(names.map(variable).toSorted())
    expect(new Set(Object.values(inputs as object))).toEqual(new Set(Object.values(given)))
  })

  it('have defaults in action.yml only: without them a run is refused', () => {
    expect(names.filter((name) => typeof action.inputs[name]?.default !== 'string')).toEqual([])
    expect(() => readWith({})).toThrow('The input "operation" is ""')
    const defaults = Object.fromEntries(names.map((name) => [name, action.inputs[name]?.default ?? '']))
    expect(readWith(defaults).read).toMatchObject({ operation: 'run', stage: 'all', workingDirectory: '.' })
  })

  it('know the same outputs', () => {
    const upgrade = next(undefined, {
      type: 'started',
      atMs: 0,
      id: '1',
      repository: 'a/b',
      operation: 'run',
      planDigest: 'x',
      made: false,
      environments: [],
    })
    expect(Object.keys(outputsOf(upgrade, '')).toSorted()).toEqual(Object.keys(action.outputs).toSorted())
  })

  it('know the same decisions', () => {
    const listed = /One of (.*)\./.exec(action.outputs['decision']?.description ?? '')?.[1]?.split(', ')
    expect(listed?.toSorted()).toEqual([...decisions].toSorted())
  })
})

it('action.yml runs what is there, on the Node that the tests run on, and looks after itself when it was cancelled', () => {
  const { using, main, post } = action.runs
  expect(`node${process.versions.node.split('.')[0]}`).toBe(using)
  expect([main, post].filter((file) => !existsSync(join(top, file)))).toEqual([])
  expect(action.runs['post-if']).toBe('always()')
})
