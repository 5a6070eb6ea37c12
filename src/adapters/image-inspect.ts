import { z } from 'zod'

import { type Docker, DockerFailed } from './docker-command.ts'

/** What the engine knows of an image that it has. */
export interface InspectedImage {
  readonly id: string
  /** Unpacked. */
  readonly bytes: number
  readonly labels: Readonly<Record<string, string>>
}

const inspected = z.tuple([
  z.looseObject({
    Id: z.string(),
    Size: z.number().int().nonnegative(),
    Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  }),
])

/** An image has some KiB of configuration; hundreds of layers and labels still fit. */
const CONFIG_BYTES = 4 * 1024 * 1024

/** Error: `DockerFailed` where the engine does not have it or says what we cannot read. */
export async function inspectImage(docker: Docker, reference: string): Promise<InspectedImage> {
  const text = await docker.must(['image', 'inspect', reference], {
    captureBytes: CONFIG_BYTES,
    isQuiet: true,
  })
  const read = inspected.safeParse(parsed(text))
  if (!read.success) {
    const message = `"docker image inspect ${reference}" printed what is no description of an image: ${read.error.issues[0]?.message ?? ''}.`
    throw new DockerFailed({ why: 'report', message, output: text.slice(0, 2000) })
  }
  const [{ Id, Size, Config }] = read.data
  return { id: Id, bytes: Size, labels: Config?.Labels ?? {} }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
