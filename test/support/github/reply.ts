/** What a handler answers. A `Buffer` or string body is sent as it is; everything else as JSON. */
export interface Reply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** A refusal in GitHub's own shape, thrown from anywhere below a handler. */
export class Refusal extends Error {
  readonly reply: Reply

  constructor(
    status: number,
    message: string,
    more: { errors?: unknown[]; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.reply = {
      status,
      body: {
        message,
        ...(more.errors ? { errors: more.errors } : {}),
        documentation_url: 'https://docs.github.com/rest',
        status: String(status),
      },
      ...(more.headers ? { headers: more.headers } : {}),
    }
  }
}

export function ok(body: unknown): Reply {
  return { status: 200, body }
}

export function created(body: unknown): Reply {
  return { status: 201, body }
}

export function noContent(): Reply {
  return { status: 204 }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found')
}

export interface InvalidField {
  resource: string
  field: string
  code: 'missing_field' | 'invalid' | 'already_exists' | 'custom' | 'unprocessable' | 'missing'
  message?: string
}

export function invalid(...errors: InvalidField[]): Refusal {
  return new Refusal(422, 'Validation Failed', { errors })
}

/** A refusal of 422 that GitHub words freely ("Reference already exists"). */
export function unprocessable(message: string): Refusal {
  return new Refusal(422, message)
}

/** Whatever is present: an entity that must exist, or GitHub's 404. */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw notFound()
  return value
}
