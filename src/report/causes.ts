/** An error's message and those of its causes, a line each. */
export function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}\n  because: ${causes(error.cause)}`
}
