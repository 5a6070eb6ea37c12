import { z } from 'zod'

const SCHEMA = 1
const payload = z.object({
  schema: z.literal(SCHEMA),
  key: z.string(),
  version: z.string(),
  operation: z.literal('rollback').optional(),
})

/** What a Deployment of ours carries: which attempt it is of, and what people call the version. */
export interface DeploymentPayload {
  readonly key: string
  readonly version: string
  readonly operation?: 'rollback' | undefined
}

export function payloadOf({ key, version, operation }: DeploymentPayload): z.infer<typeof payload> {
  return { schema: SCHEMA, key, version, ...(operation !== undefined && { operation }) }
}

/** GitHub gives a payload back as it was sent, as JSON or as the text of it; what is not ours is nothing. */
export function readPayload(sent: unknown): DeploymentPayload | undefined {
  const read = payload.safeParse(typeof sent === 'string' ? parseJson(sent) : sent)
  if (!read.success) return undefined
  const { schema: _, ...said } = read.data
  return said
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
