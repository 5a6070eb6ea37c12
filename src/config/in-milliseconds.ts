/** What was parsed, with its `timeout` under a name that says its unit. */
export function inMilliseconds<Step extends { timeout: number }>({
  timeout,
  ...step
}: Step): Omit<Step, 'timeout'> & { timeoutMs: number } {
  return { ...step, timeoutMs: timeout }
}
