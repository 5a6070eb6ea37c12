/** Bad input from a user: a config, a flag, a file. Its message says what, where and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
