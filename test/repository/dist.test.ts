import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OLDEST_NODE, refuseOldNode } from '../../src/cli/refuse-old-node.ts'
import { read, top, trackedFiles } from './tree.ts'

test('P01 dist/ is what the sources build to, byte for byte', () => {
  const check = spawnSync(process.execPath, ['scripts/check-dist.ts'], { cwd: top, encoding: 'utf8' })
  expect(check).toMatchObject({ status: 0, stderr: '' })
})

test('dist/ is small, can be read, and brings the licences of what is in it', () => {
  const files = trackedFiles('dist')
  const bytes = files.reduce((sum, file) => sum + statSync(join(top, file)).size, 0)
  expect(bytes).toBeGreaterThan(100_000)
  // What a runner fetches for each job; only what a run needs is read.
  expect(bytes).toBeLessThan(2_200_000)
  const longest = Math.max(
    ...read('dist/chunks/operation.js')
      .split('\n')
      .map(({ length }) => length),
  )
  expect(longest).toBeLessThan(2000)
  const licences = read('dist/LICENSES.txt')
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  const imported = trackedFiles('src').map((file) => read(file))
  const bundled = Object.entries(dependencies).filter(([name]) =>
    imported.some((text) => new RegExp(`from '${name}(/[^']*)?'|import\\('${name}(/[^']*)?'\\)`).test(text)),
  )
  expect(bundled.length).toBeGreaterThan(8)
  for (const [name, version] of bundled) expect(licences).toContain(`${name} ${version} (`)
  expect(licences).toContain('Permission is hereby granted')
})

test('the command can be called by its name, and says so where Node is too old for it', () => {
  expect(read('dist/cli.js')).toMatch(/^#!\/usr\/bin\/env node\n/)
  expect(() => refuseOldNode('20.20.2')).toThrow('seamless needs Node.js 22 or newer; this is 20.20.2.')
  expect(() => refuseOldNode('22.0.0')).not.toThrow()
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  expect(engines.node).toBe(`>=${OLDEST_NODE}`)
})
