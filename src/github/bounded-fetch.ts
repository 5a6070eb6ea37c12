/** A page of 100 pull requests with long texts stays below 8 MiB; what is longer is not an answer of this API. */
const MAX_BYTES = 16 * 1024 * 1024

/**
 * `fetch` with a deadline for the whole answer and a cap on its size. The body is read here, since octokit takes a body
 * that breaks off for an empty one: a cut answer must be an error, not a success without content.
 */
export function boundedFetch(
  fetch: typeof globalThis.fetch,
  timeoutMs: number,
  signal: AbortSignal,
): typeof fetch {
  return async (input, init) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const response = await fetch(input, { ...init, signal: deadline })
    const body = response.body === null ? null : await readCapped(response.body)
    return new Response(body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    })
  }
}

async function readCapped(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.byteLength
    if (bytes > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  // A body of no bytes is null: a Response of status 204 may have no other.
  return bytes === 0 ? null : new Uint8Array(Buffer.concat(chunks))
}
