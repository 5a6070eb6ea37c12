import type { Logger } from 'pino'
import { openLogger } from '../../../app/log.ts'
import type { Settings } from '../../../app/settings.ts'

export interface AppLog {
  readonly log: Logger
  readonly lines: string[]
}

type Logged = Pick<
  Settings,
  'privateKey' | 'webhookSecrets' | 'store' | 'logLevel' | 'sources' | 'escalationUrl'
>

/** The App's own logger, with what it would have written. */
export function appLog(secrets: Partial<Logged> = {}): AppLog {
  const lines: string[] = []
  const settings: Logged = {
    sources: [],
    logLevel: 'trace',
    privateKey: '',
    webhookSecrets: ['a-secret-of-the-webhook'],
    store: { kind: 'embedded', folder: 'nowhere' },
    ...secrets,
  }
  return { log: openLogger(settings, { write: (line: string) => void lines.push(line) }), lines }
}
