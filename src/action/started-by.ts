import type { Opened } from '../composition.ts'
import { z } from 'zod'
import type { SettleRequest } from '../command/settle-operation.ts'
import { actionOperationPorts, actionSideOf } from './command-ports.ts'
import { commandNoted, noteCommand } from './post-state.ts'
import { settle } from './settle.ts'

/**
 * The command that a run was started for. Where the App drives it has the lock in its own store and says itself how it ended;
 * then there is no such record here, and nothing is said.
 */
export interface StartingCommand {
  ended(conclusion: SettleRequest['conclusion']): Promise<void>
}

interface Started {
  readonly environment: string
  readonly requestId: string
}

export function startedBy(opened: Opened, started: Started): StartingCommand {
  noteCommand(JSON.stringify(started))
  return commandOf(opened, started)
}

/** The one that the step before `post` was started for and did not bring to its end. */
export function startedBefore(opened: Opened): StartingCommand | undefined {
  const said = commandNoted()
  return said === '' ? undefined : commandOf(opened, noted.parse(JSON.parse(said)))
}

const noted = z.object({ environment: z.string(), requestId: z.string() })

function commandOf(opened: Opened, { environment, requestId: key }: Started): StartingCommand {
  return {
    async ended(conclusion) {
      const side = await actionSideOf(opened)
      if (side !== undefined) await settle({ environment, key, conclusion }, actionOperationPorts(side))
      noteCommand('')
    },
  }
}
