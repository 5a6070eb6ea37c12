import { z } from 'zod'
import type { CommandRequest } from '../../src/command/command-outcome.ts'
import type { Command } from '../../src/command/command.ts'
import { commandKinds } from '../../src/command/grammar.ts'

const kinds = new Set<string>(commandKinds)
const command = z.custom<Command>(
  (value) =>
    typeof value === 'object' && value !== null && 'kind' in value && kinds.has(value.kind as string),
)

const asked = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('command'), command }),
  z.object({
    kind: z.literal('reply'),
    reason: z.enum(['command_unknown', 'command_malformed', 'command_twice']),
    text: z.string(),
  }),
])

const request = z.object({
  repository: z.object({ id: z.number().int(), name: z.string() }),
  pull: z.number().int(),
  comment: z.object({
    id: z.number().int(),
    url: z.string(),
    createdAtMs: z.number(),
    receivedAtMs: z.number(),
    author: z.object({ id: z.number().int(), login: z.string() }),
  }),
  asked,
})

/** A request as the job of its command keeps it. Error: `ZodError` where an older version kept it otherwise. */
export function readRequest(kept: unknown): CommandRequest {
  return request.parse(kept)
}
