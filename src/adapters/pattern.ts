import { isNativeError } from 'node:util/types'
import { createContext, Script } from 'node:vm'

/** A regular expression that is not of the dialect, or that took too long. */
export class PatternFailure extends Error {
  override readonly name = 'PatternFailure'
}

/**
 * What RE2 (Prometheus' and the blackbox exporter's dialect) refuses and JavaScript takes, and what both take but read
 * differently: lookarounds, back references; `\A \z \Q \E \C \p`, POSIX classes.
 * https://github.com/google/re2/wiki/Syntax
 */
const NOT_SHARED = /\\[1-9kAzQEpPC]|\(\?<?[=!]|\[:\^?[a-z]+:\]/

/**
 * A regular expression in what RE2 and JavaScript share, so that one text means the same to a Prometheus and to us.
 * `(?i)` at its start and `(?P<name>…)` are translated.
 * @throws PatternFailure
 */
export function compilePattern(pattern: string, flags = ''): RegExp {
  const shown = JSON.stringify(pattern)
  const foreign = NOT_SHARED.exec(pattern.replaceAll(String.raw`\\`, '__'))
  if (foreign !== null) throw new PatternFailure(`${shown} uses ${foreign[0]}, which is not supported here`)
  try {
    const inner = pattern.replaceAll('(?P<', '(?<')
    const prefix = /^\(\?([ims]+)\)/.exec(inner)
    const extra = prefix?.[1] ?? ''
    return new RegExp(inner.slice(prefix?.[0].length ?? 0), [...new Set(flags + extra)].join(''))
  } catch (error) {
    throw new PatternFailure(`${shown} is no regular expression`, { cause: error })
  }
}

/**
 * Runs work that matches regular expressions, for at most `ms`. JavaScript's engine backtracks: a pattern such as
 * `(a+)+$` would otherwise hold the whole process for ever. V8 stops a running script, its regular expressions
 * included, only under node:vm's timeout; nothing but `work` itself runs in the context.
 * @throws PatternFailure when the time is up, else whatever `work` throws.
 */
export function matchWithin<T>(ms: number, work: () => T): T {
  const context = createContext({ work })
  try {
    return new Script('work()').runInContext(context, { timeout: ms }) as T
  } catch (error) {
    // isNativeError and not instanceof: it is an Error of the context's own realm.
    if (isNativeError(error) && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new PatternFailure(`matching took longer than ${ms} ms; simplify the regular expression`)
    }
    throw error
  }
}
