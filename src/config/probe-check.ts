import { z } from 'zod'
import { consecutive, source } from './check-keys.ts'
import { duration } from './quantity.ts'

const statuses = z
  .union([httpStatus(), z.array(httpStatus()).min(1).max(20)], { error: 'expected a status such as 200' })
  .default(200)
  .transform((status) => (typeof status === 'number' ? [status] : status))

const pattern = z.string().min(1).max(500).refine(isRegex, { error: 'no regular expression' })

const headerName = z
  .string()
  .regex(/^[A-Za-z\d][A-Za-z\d_-]{0,99}$/, { error: 'expected the name of a header, such as Content-Type' })

const certificate = duration.describe('For how much longer the certificate must hold, such as 14d.')

/** A request to the service itself. */
export const probe = z
  .strictObject({
    source,
    probe: z
      .string()
      .regex(/^\/(?!\/)[!-~]{0,999}$/, { error: 'expected a path such as /healthz' })
      .describe("The path and query that are asked for, below the source's URL."),
    method: z.enum(['GET', 'HEAD']).default('GET').describe('How it is asked for.'),
    status: statuses.describe('The status that counts as success, or a list of them.'),
    body: pattern.optional().describe('A regular expression that the body must match.'),
    headers: z
      .record(headerName, pattern)
      .refine((headers) => Object.keys(headers).length <= 20, { error: 'at most 20 headers' })
      .optional()
      .describe('Headers that must be there, and the regular expression that each must match.'),
    certificate: certificate.optional(),
    timeout: duration.prefault('5s').describe('An answer that takes longer is a failure.'),
    consecutive,
  })
  .transform(({ status, ...rest }) => ({ kind: 'probe' as const, ...probed(rest), statuses: status }))

/** A connection to it. */
export const connect = z
  .strictObject({
    source,
    connect: z
      .enum(['tcp', 'tls'])
      .describe('A connection to the host and port of the source: bare, or with a TLS handshake.'),
    certificate: certificate.optional(),
    timeout: duration.prefault('5s').describe('A connection that takes longer is a failure.'),
    consecutive,
  })
  .refine(({ connect, certificate }) => connect === 'tls' || certificate === undefined, {
    path: ['certificate'],
    error: 'over tcp there is none: connect by tls',
  })
  .transform((found) => ({ kind: 'probe' as const, ...probed(found) }))

/** The state of a Grafana's alert rules. */
export const alerts = z
  .strictObject({
    source,
    alerts: z
      .strictObject({
        folder: z
          .string()
          .min(1)
          .max(200)
          .optional()
          .describe('The title or the UID of the folder that the rules are in.'),
        labels: z
          .record(z.string().min(1).max(100), z.string().max(500))
          .refine((labels) => Object.keys(labels).length > 0, { error: 'expected at least one label' })
          .refine((labels) => Object.keys(labels).length <= 20, { error: 'at most 20 labels' })
          .optional()
          .describe('Labels that a rule, or one of its alerts, has.'),
      })
      .refine(({ folder, labels }) => folder !== undefined || labels !== undefined, {
        error: "expected folder or labels, or both: not every alert of a Grafana is this service's",
      })
      .describe('Which alerts of a Grafana; none of them may be firing.'),
    consecutive,
  })
  .transform((found) => ({ kind: 'probe' as const, ...found }))

function probed<Found extends { timeout: number; certificate?: number | undefined }>({
  timeout,
  certificate,
  ...rest
}: Found): Omit<Found, 'timeout' | 'certificate'> & { timeoutMs: number; certificateMs?: number } {
  return { ...rest, timeoutMs: timeout, ...(certificate === undefined ? {} : { certificateMs: certificate }) }
}

function httpStatus(): z.ZodInt {
  return z.int().min(100).max(599)
}

function isRegex(text: string): boolean {
  try {
    void new RegExp(text)
    return true
  } catch {
    return false
  }
}
