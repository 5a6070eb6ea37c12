/** What a run says while it goes on. Every text passes the masks of its shell before it is written. */
export interface Log {
  info(message: string): void
  warning(message: string): void
  error(message: string): void
  /** One line of a child's output, as it comes; `step` says whose. */
  output(step: string, line: string): void
}
