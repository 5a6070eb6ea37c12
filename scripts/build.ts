import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OutputChunk, rolldown } from 'rolldown'

/**
 * Bundles the Action and the command into `dist/`, or into the folder that is named: ESM that people can read, the same
 * bytes from the same sources, each dependency's licence beside it. The folder is emptied first.
 */
const out = process.argv[2] ?? 'dist'

const chunks = await bundle()
const files = new Map([
  ...chunks.map(({ fileName, code }) => [fileName, code] as const),
  ['LICENSES.txt', await licences(packagesOf(chunks))],
  // dist/ may be copied anywhere; without this Node would guess what a .js file is.
  ['package.json', '{ "type": "module" }\n'],
])
// Only now: a build that fails leaves what was there.
await rm(out, { recursive: true, force: true })
await mkdir(join(out, 'chunks'), { recursive: true })
await Promise.all([...files].map(([path, text]) => writeFile(join(out, path), text)))
// As npm makes it where it links the command: else an installation would change the clone.
await chmod(join(out, 'cli.js'), 0o755)

async function bundle(): Promise<OutputChunk[]> {
  const build = await rolldown({
    input: { main: 'src/main.ts', post: 'src/post.ts', cli: 'src/cli.ts' },
    platform: 'node',
    treeshake: {
      // Packages that say nothing of side effects are kept whole otherwise, half of the bundle. The tests run the bundle:
      // one that did need them would be seen.
      moduleSideEffects: [
        { test: /node_modules/, sideEffects: false },
        { test: /src\/(?:main|post|cli)\.ts$/, sideEffects: true },
      ],
    },
  })
  const { output } = await build.generate({
    format: 'esm',
    minify: false,
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
  })
  await build.close()
  return output.filter((file) => file.type === 'chunk')
}

function packagesOf(chunks: readonly OutputChunk[]): readonly string[] {
  const folders = chunks.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
  )
  return [...new Set(folders)].toSorted()
}

async function licences(folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(folders.map(licence))
  return `${[...new Set(texts)].toSorted().join('\n\n----------\n\n')}\n`
}

async function licence(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string
    version: string
    license?: string
  }
  if (license === undefined) throw new Error(`${name} ${version} says nothing of its licence`)
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
  const text = file === undefined ? '' : `\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`
  return `${name} ${version} (${license})${text}`
}
