import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import { lintWorkflow } from './lint-workflow.ts'
import { contractOf } from './misuses.ts'

/** Lints `action.yml`, this project's own workflows and the examples for users. */
process.chdir(fileURLToPath(new URL('../', import.meta.url)))
const contract = contractOf(load(readFileSync('action.yml', 'utf8')))
const files = ['action.yml', ...globSync(['examples/workflow*.yml', '.github/workflows/*.{yml,yaml}'])]
const found = await Promise.all(files.map((file) => lintWorkflow(file, readFileSync(file, 'utf8'), contract)))
for (const line of found.flat()) console.error(line)
if (found.flat().length > 0) process.exitCode = 1
