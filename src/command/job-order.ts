import type { Person } from '../ports/authority.ts'
import type { WatchOrder } from '../ports/watches.ts'
import { plain } from '../report/markdown.ts'

/** What was said last to the job that works on a Deployment. */
export interface JobOrder {
  readonly kind: WatchOrder['kind']
  /** Login. */
  readonly by: string
}

const WORDS = {
  pause: 'paused',
  continue: 'continued',
  promote: 'promoted',
  accept: 'accepted',
} as const satisfies Record<WatchOrder['kind'], string>

/** The description of the Deployment status by which a job learns of a command: `paused: by ada`. */
export function jobOrderWords(kind: WatchOrder['kind'], by: Pick<Person, 'login'>): string {
  return plain(`${WORDS[kind]}: by ${by.login}`, 140)
}

/** Such a description, read; nothing where it is another. */
export function readJobOrder(description: string | undefined): JobOrder | undefined {
  const [, word = '', by = ''] = /^([a-z]+): by (\S{1,100})$/.exec(description ?? '') ?? []
  const kind = (['pause', 'continue', 'promote', 'accept'] as const).find((one) => WORDS[one] === word)
  return kind === undefined ? undefined : { kind, by }
}
