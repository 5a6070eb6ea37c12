import { z } from 'zod'

const text = z.string().prefault('')

const ofTask = { host: z.string(), task: z.string(), action: z.string() }

const ofResult = {
  ...ofTask,
  changed: z.boolean(),
  /** By `no_log`: nothing of what it did may be shown. */
  hidden: z.boolean(),
  msg: text,
  stdout: text,
  stderr: text,
  module_stdout: text,
  module_stderr: text,
}

const counts = z.object({ failures: z.int(), unreachable: z.int(), ok: z.int(), changed: z.int() })

const event = z.discriminatedUnion('event', [
  z.object({ event: z.literal('start'), ...ofTask }),
  z.object({ event: z.literal('ok'), ...ofResult, live: z.string().optional() }),
  z.object({ event: z.literal('skipped'), ...ofResult }),
  z.object({ event: z.literal('failed'), ...ofResult, ignored: z.boolean() }),
  z.object({ event: z.literal('item_failed'), ...ofResult }),
  z.object({ event: z.literal('unreachable'), ...ofResult }),
  z.object({ event: z.literal('diff'), ...ofResult, diff: z.string() }),
  z.object({ event: z.literal('stats'), hosts: z.record(z.string(), counts) }),
])

/** What `CALLBACK_PLUGIN` writes. */
export type AnsibleEvent = z.output<typeof event>
export type AnsibleResult = Exclude<AnsibleEvent, { event: 'start' | 'stats' }>
export type HostCounts = z.output<typeof counts>

/** Those that were written; of a run that was killed the last line may be half one, and is passed over. */
export function parseEvents(written: string): AnsibleEvent[] {
  return written.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [event.parse(JSON.parse(line))]
    } catch {
      return []
    }
  })
}
