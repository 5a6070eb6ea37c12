import { setTimeout as sleep } from 'node:timers/promises'

/** People who ask for a price again and again. */
export interface Users {
  /** What did not go well since `forget`: a status, or why there was no answer. */
  readonly troubles: readonly string[]
  /** How many answers came from each version since `forget`. */
  readonly answers: ReadonlyMap<string, number>
  forget(): void
  leave(): Promise<void>
}

/** About forty requests a second: a limit needs twenty in a look. */
export function startUsers(url: string): Users {
  const troubles: string[] = []
  const answers = new Map<string, number>()
  const gone = new AbortController()
  const ask = async (): Promise<void> => {
    try {
      const response = await fetch(`${url}/v1/prices/tea`)
      await response.text()
      const version = response.headers.get('x-version') ?? ''
      answers.set(version, (answers.get(version) ?? 0) + 1)
      if (!response.ok) troubles.push(`${version} answers ${response.status}`)
    } catch (error) {
      troubles.push(String(error))
    }
  }
  const user = async (): Promise<void> => {
    while (!gone.signal.aborted) {
      await ask()
      await sleep(50)
    }
  }
  const all = [user(), user()]
  return {
    troubles,
    answers,
    forget() {
      troubles.length = 0
      answers.clear()
    },
    async leave() {
      gone.abort()
      await Promise.all(all)
    },
  }
}
