/** What became of one request of the load, as its sender saw it. */
export interface Outcome {
  /** When it was sent (ms since the epoch). */
  readonly atMs: number
  readonly latencyMs: number
  /** The answer's HTTP status; 0: no answer (connection refused, cut or closed, or nothing within the timeout). */
  readonly status: number
  /** The version that answered, as its `x-version` header says; empty if no header said so. */
  readonly version: string
}

export function failed({ status }: Outcome): boolean {
  return status < 200 || status > 299
}
