import { userInfo } from 'node:os'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Environment } from '../../src/adapters/child-environment.ts'
import { maskOf } from '../../src/adapters/mask.ts'
import { type Command, processRunner } from '../../src/adapters/run-process.ts'
import { findSvnRepository } from '../../src/adapters/svn-repository.ts'
import { svnVersionControl } from '../../src/adapters/svn.ts'
import type { VersionControl } from '../../src/ports/version-control.ts'
import { versionControlContract } from '../contract/version-control.ts'
import { memoryLog } from '../support/memory-log.ts'
import { ACCOUNT, hasSvn, type SvnRepository, svnRepository } from '../support/svn-repository.ts'

interface Opened {
  readonly versionControl: VersionControl
  /** Every command that was started. */
  readonly commands: Command[]
}

async function openSvn(
  repository: SvnRepository,
  { folder = repository.clone, environment = repository.environment as Environment, timeoutMs = 60_000 } = {},
): Promise<Opened> {
  const commands: Command[] = []
  const run = processRunner({ mask: maskOf([]) })
  const { store } = await findSvnRepository(folder, {
    environment,
    timeoutMs,
    signal: new AbortController().signal,
    run: (command) => {
      commands.push(command)
      return run(command)
    },
  })
  return { versionControl: svnVersionControl(store, memoryLog()), commands }
}

describe.skipIf(!hasSvn()).each([{ served: false }, { served: true }])('svn (served: $served)', ({ served }) => {
  versionControlContract(async () => {
    const repository = await svnRepository({ served })
    const { versionControl } = await openSvn(repository)
    return {
      versionControl,
      branch: 'trunk',
      author: served ? ACCOUNT.SEAMLESS_SVN_USERNAME : userInfo().username,
      commit: async (files, message) => repository.commit(files, message),
      published: async (branch, path) => {
        try {
          return `${repository.svn(['cat', `${repository.url}/branches/${branch}/${path}@`])}\n`
        } catch {
          return undefined
        }
      },
      remove: async () => repository.remove(),
    }
  })
})
