import type { Environment } from '../settings.ts'
import { readSourceFile } from './source-file.ts'
import { readSourceVariables, type SourcesRead } from './source-variables.ts'

/** Everything that the operator bound: the file's first, whose entries are more exact. */
export async function readSources(environment: Environment): Promise<SourcesRead> {
  const { SEAMLESS_SOURCES_FILE: file } = environment
  const read = [
    ...(file === undefined ? [] : [await readSourceFile(file, environment)]),
    readSourceVariables(environment),
  ]
  const errors = read.flatMap((one) => (one.ok ? [] : one.errors))
  if (errors.length > 0) return { ok: false, errors }
  return { ok: true, bound: read.flatMap((one) => (one.ok ? one.bound : [])) }
}
