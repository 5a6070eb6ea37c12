import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Fails where `dist/` is not, byte for byte, what these sources build to; it names the files. */
const root = fileURLToPath(new URL('../', import.meta.url))
const fresh = mkdtempSync(join(tmpdir(), 'seamless-dist-'))
try {
  const { status } = spawnSync(process.execPath, ['scripts/build.ts', fresh], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error('The build failed.')
  const stale = differences(join(root, 'dist'), fresh)
  if (stale.length > 0) {
    console.error(
      `dist/ is not what the sources build to: run "npm run build" and commit it.\n${stale.join('\n')}`,
    )
    process.exitCode = 1
  }
} finally {
  rmSync(fresh, { recursive: true, force: true })
}

function differences(committed: string, built: string): readonly string[] {
  const [before, now] = [filesIn(committed), filesIn(built)]
  return [...new Set([...before.keys(), ...now.keys()])].toSorted().flatMap((path) => {
    const [old, young] = [before.get(path), now.get(path)]
    if (old === undefined) return [`  missing: ${path}`]
    if (young === undefined) return [`  left over: ${path}`]
    return old.equals(young) ? [] : [`  changed: ${path}`]
  })
}

function filesIn(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  )
}
