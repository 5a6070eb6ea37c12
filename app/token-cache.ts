import type { Clock } from '../src/ports/clock.ts'

/** A token that ends sooner is not used any more: what begins with it should end with it. */
const SPARE_MS = 300_000
/** Of about 300 bytes each. */
const MAX_TOKENS = 10_000

/** Where `@octokit/auth-app` keeps installation tokens (`get`, `set`), so that they can be forgotten, too. */
export interface TokenCache {
  get(key: string): string | undefined
  set(key: string, value: string): void
  /** All of an installation, or the one of this value. */
  forget(what: { readonly installationId: number } | { readonly token: string }): void
}

/** Keys are auth-app's `installation|repositories|permissions`, values its `token|createdAt|expiresAt|…`. */
export function tokenCache(clock: Clock): TokenCache {
  const values = new Map<string, string>()
  return {
    get(key) {
      const value = values.get(key)
      const expiresAt = Date.parse(value?.split('|')[2] ?? '')
      if (expiresAt - clock.now() > SPARE_MS) return value
      values.delete(key)
      return undefined
    },
    set(key, value) {
      values.delete(key)
      values.set(key, value)
      const [oldest] = values.keys()
      if (values.size > MAX_TOKENS && oldest !== undefined) values.delete(oldest)
    },
    forget(what) {
      for (const [key, value] of values) {
        const isMeant =
          'token' in what
            ? value.startsWith(`${what.token}|`)
            : key.split('|')[0] === String(what.installationId)
        if (isMeant) values.delete(key)
      }
    },
  }
}
