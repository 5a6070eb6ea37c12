import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { read, top, trackedFiles } from './tree.ts'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly link?: boolean
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
}

const manifest = JSON.parse(read('package.json')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
> & { readonly engines: { readonly node: string } }
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Record<string, Locked> }
const locked = Object.entries(lock.packages).filter(([path]) => path !== '')

/** Whether Node would find a package from the folder of another: there, or in a folder above. */
function isFound(from: string, name: string): boolean {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in lock.packages) return true
  if (from === '') return false
  const above = from.lastIndexOf('/node_modules/')
  return isFound(above < 0 ? '' : from.slice(0, above), name)
}

describe('P04 what is installed', () => {
  it('is named exactly', () => {
    const named = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([])
  })

  it('is held by its digest, and comes from whatever registry npm is set to', () => {
    expect(locked.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true)).toEqual([])
    expect(locked.filter(([, { resolved, link }]) => resolved !== undefined || link === true)).toEqual([])
  })

  it('is all there, for every platform: npm ci refuses a lock file that lacks one of them', () => {
    const missing = locked.flatMap(([path, { dependencies = {}, optionalDependencies = {} }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isFound(path, name))
        .map((name) => `${path} needs ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('runs nothing on the way, but for the node package, which fetches its own binary', () => {
    const scripts = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true)
    // rollup's and vite's optional helper for macOS is never installed where CI runs.
    const names = scripts
      .map(([path]) => path.replace(/.*node_modules\//, ''))
      .filter((name) => name !== 'fsevents')
    expect(names).toEqual(['node'])
  })
})

describe('what is committed', () => {
  const texts = trackedFiles()
    .filter((path) => path !== 'package-lock.json' && !/\.(?:png|tar|gz)$/.test(path))
    .map((path) => [path, read(path)] as const)

  const holding = (pattern: RegExp): readonly string[] =>
    texts.flatMap(([path, text]) => {
      const found = pattern.exec(text)
      return found === null ? [] : [`${path}: ${found[0]}`]
    })

  it('names no folder of the machine it was made on', () => {
    expect(holding(new RegExp(RegExp.escape(top)))).toEqual([])
    expect(holding(/(?<![\w.:/}-])\/(?:work\/(?:main|shared)|root)\//)).toEqual([])
  })

  it('names no registry', () => {
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { cwd: top, encoding: 'utf8' }).trim()
    const host = new URL(registry).host
    expect(holding(new RegExp(RegExp.escape(host)))).toEqual([])
    expect(holding(/registry[.]npmjs[.]org/)).toEqual([])
  })
})
