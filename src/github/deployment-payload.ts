import { z } from 'zod'

const SCHEMA = 1
const payload = z.object({ schema: z.literal(SCHEMA), key: z.string(), version: z.string() })

/** What a Deployment of ours carries: which attempt it is of, and what people call the version. */
export interface DeploymentPayload {
  readonly key: string
  readonly version: string
}

export function payloadOf({ key, version }: DeploymentPayload): z.infer<typeof payload> {
  return { schema: SCHEMA, key, version }
}

/** GitHub gives a payload back as it was sent, as JSON or as the text of it; what is not ours is nothing. */
export function readPayload(sent: unknown): DeploymentPayload | undefined {
  const read = payload.safeParse(typeof sent === 'string' ? parseJson(sent) : sent)
  return read.success ? { key: read.data.key, version: read.data.version } : undefined
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
