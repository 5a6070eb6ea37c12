/** A server that builds for us did not do as it was asked. Its message says what, where and what to do, and holds no token. */
export class RemoteFault extends Error {
  override readonly name = 'RemoteFault'
  /** It may go well when it is asked again: no answer, half an answer, a server that restarts. */
  readonly isPassing: boolean

  constructor(message: string, options: ErrorOptions & { readonly isPassing?: boolean } = {}) {
    super(message, options)
    this.isPassing = options.isPassing ?? false
  }
}
