import { realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { compareApis } from '../../adapters/openapi-changes.ts'
import { describedApi } from '../../adapters/openapi.ts'
import type { Config } from '../../config/schema.ts'
import { missing, ok, type Row } from './row.ts'

/** Whether the descriptions that the config names can be read, as they are in the service's folder below the repository's. */
export async function openapiRows({ test }: Config, root: string, folder: string): Promise<Row[]> {
  const files = test.flatMap((step) => (step.adapter === 'openapi' ? [step.openapi] : []))
  const [top, service] = await Promise.all([realpath(root), realpath(folder)])
  return Promise.all([...new Set(files)].map(async (file) => rowOf(top, relative(top, join(service, file)))))
}

async function rowOf(root: string, file: string): Promise<Row> {
  const correct = 'Correct it, or "openapi" of the step.'
  try {
    const api = await describedApi(root, file)
    if (api === undefined) return missing(`openapi ${file}`, 'There is no such file.', correct)
    const operations = compareApis({ before: api, after: api }).length
    return ok(`openapi ${file}`, `${operations} ${operations === 1 ? 'operation' : 'operations'}.`)
  } catch (error) {
    return missing(`openapi ${file}`, (error as Error).message, correct)
  }
}
