import type { Place, YamlPath } from './yaml-document.ts'

/** One thing that is wrong with a configuration, for people. */
export interface ConfigError extends Place {
  /** As it was named to `parseConfig`. */
  readonly file: string
  /** `environments.production.deploy`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
  /** What would do, where one phrase can say it. */
  readonly expected?: string
  /** The known name that is closest to what was written. */
  readonly nearest?: string
}

/** `.github/seamless.yml:12:5 environments.production.deploy.kubernets: unknown adapter; expected one of run` */
export function formatConfigError(error: ConfigError): string {
  const { file, line, column, path, message, expected, nearest } = error
  const place = `${file}:${line}:${column}`
  const subject = path === '' ? '' : ` ${path}:`
  const rule = expected === undefined ? '' : `; expected ${expected}`
  const hint = nearest === undefined ? '' : `. Did you mean "${nearest}"?`
  return `${place}${subject} ${message}${rule}${hint}`
}

/** `test[0].junit`; a key that is no plain word stands in quotes, with its control characters escaped. */
export function formatPath(path: YamlPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w-]{1,60}$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${quoted(step)}]`
  }
  return text
}

/** Outside text as an error shows it: in quotes, escaped, bounded. */
export function quoted(text: string): string {
  return visible(JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text))
}

/** One bounded line, in which what would break a line, hide or reorder its letters is written as its escape. */
export function visible(text: string): string {
  const shown = text.length > 600 ? `${text.slice(0, 599)}…` : text
  return shown.toWellFormed().replaceAll(INVISIBLE, (found) => {
    return `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
  })
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const INVISIBLE = /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g
