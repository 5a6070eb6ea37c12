import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The top of this repository. */
export const top = fileURLToPath(new URL('../../', import.meta.url))

export function read(path: string): string {
  return readFileSync(join(top, path), 'utf8')
}

/** Committed and new files by their paths, without what git ignores. In a pattern `*` takes folders too, as git has it. */
export function trackedFiles(...patterns: readonly string[]): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns]
  const listed = execFileSync('git', args, { cwd: top, encoding: 'utf8' })
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: top, encoding: 'utf8' })
  const gone = new Set(deleted.split('\0'))
  return listed.split('\0').filter((path) => path !== '' && !gone.has(path))
}

/** The user documentation: what stands at the top and under docs/. */
export function documents(): ReadonlyMap<string, string> {
  const paths = trackedFiles('*.md').filter((path) => !path.includes('/') || path.startsWith('docs/'))
  return new Map(paths.map((path) => [path, read(path)]))
}

export interface Snippet {
  readonly document: string
  readonly language: string
  readonly text: string
}

/** What stands in fences. */
export function snippets(): readonly Snippet[] {
  return [...documents()].flatMap(([document, text]) =>
    [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
      document,
      language,
      text: body,
    })),
  )
}
