/**
 * Takes secrets out of text before anyone reads or keeps it: those that are known by value, in the forms they are
 * usually printed in, and those that only their format gives away.
 */
export interface Mask {
  /** Masks a whole text, of any number of lines. */
  text(text: string): string
  /** A masker for lines that come one by one; it remembers that it is inside a private key. */
  lines(): (line: string) => string
  /** Length of the longest known form: what a cut through a text must stay away from. */
  readonly longest: number
  /** The same mask, knowing these secrets too. */
  with(secrets: readonly string[]): Mask
}

/** What stands in a secret's place; GitHub's runner writes the same. */
const STARS = '***'

/** Shorter forms occur in innocent text, so they count only where they stand alone. */
const SHORT = 4

/** Encoded forms shorter than this would match by chance. */
const ENCODED_MIN = 8

export function maskOf(secrets: readonly string[]): Mask {
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length)
  const known = forms.length === 0 ? undefined : new RegExp(forms.map(patternOf).join('|'), 'g')
  const maskLine = (line: string): string => maskFormats(known ? line.replace(known, STARS) : line)
  const mask: Mask = {
    text: (text) => {
      const whole = known ? text.replace(known, STARS) : text
      return whole.split('\n').map(lineMasker(maskLine)).join('\n')
    },
    lines: () => lineMasker(maskLine),
    longest: forms[0]?.length ?? 0,
    with: (more) => (more.length === 0 ? mask : maskOf([...secrets, ...more])),
  }
  return mask
}

/** Whether a text carries a secret that its format gives away, e.g. a GitHub token. */
export function looksSecret(text: string): boolean {
  return PRIVATE_KEY.test(text) || maskFormats(text) !== text
}

function formsOf(secret: string): string[] {
  const value = secret.trim()
  if (value === '') return []
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  const perLine = lines.length === 1 ? [] : lines.filter((line) => line.length >= SHORT)
  const encoded = [...base64Forms(value), ...urlForms(value), JSON.stringify(value).slice(1, -1)]
  return [value, ...perLine, ...encoded.filter((form) => form.length >= ENCODED_MIN)]
}

/** Base64 of the value at each of the three offsets it may have inside a longer text, as in `Basic base64(user:token)`. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)])
    const first = Math.ceil((offset * 8) / 6)
    const end = Math.floor((bytes.length * 8) / 6)
    return [bytes.toString('base64').slice(first, end), bytes.toString('base64url').slice(first, end)]
  })
}

function urlForms(value: string): string[] {
  const percent = encodeURIComponent(value.toWellFormed())
  return [
    percent,
    percent.replaceAll('%20', '+'),
    percent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
  ]
}

function patternOf(form: string): string {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
  return form.length < SHORT ? `(?<![\\w])${literal}(?![\\w])` : literal
}

/** Formats that say by themselves that they are secret. Sources: the issuers' documented prefixes. */
const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/gh[pousr]_[A-Za-z0-9_.-]{16,}/g, STARS], // GitHub: personal, OAuth, user-to-server, server-to-server, refresh
  [/github_pat_\w{16,}/g, STARS],
  [/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g, STARS], // AWS access key ids
  [/((?:secret_?access_?key|session_?token)["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9/+=]{16,}/gi, `$1${STARS}`],
  [/\b(?:npm_[A-Za-z0-9]{36}|glpat-[\w-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,})/g, STARS],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, STARS], // a JSON Web Token
  [
    /(authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:(?:basic|bearer|token|digest)\s{1,4})?)[^\s"',;]+/gi,
    `$1${STARS}`,
  ],
  [/:\/\/[^\s/:@]*:[^\s/@]+@/g, `://${STARS}@`], // user and password of a URL
]

function maskFormats(line: string): string {
  return FORMATS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line)
}

/** Also on one line, as JSON prints it: `-----BEGIN PRIVATE KEY-----\nMII…`. */
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/
const KEY_ON_A_LINE =
  /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----|$)/g
const KEY_END = /-----END [A-Z0-9 ]{0,32}PRIVATE KEY/
/** A line of a key: base64, a header of it, or nothing; or a run of base64 behind some prefix. */
const KEY_BODY = /^\s*(?:[A-Za-z0-9+/=]*|[A-Za-z-]{1,20}: .*)\s*$|[A-Za-z0-9+/=]{40,}/

function lineMasker(maskLine: (line: string) => string): (line: string) => string {
  /** Inside a key: what stood before its first line, and so perhaps before the others (`  | `). */
  let prefix: string | undefined
  return (line) => {
    if (prefix !== undefined) {
      const rest = line.startsWith(prefix) ? line.slice(prefix.length) : line
      const isEnd = KEY_END.test(line)
      if (isEnd || !KEY_BODY.test(rest)) prefix = undefined
      if (isEnd || prefix !== undefined) return STARS
    }
    const begin = line.lastIndexOf('-----BEGIN ')
    const isOpen = begin !== -1 && PRIVATE_KEY.test(line.slice(begin)) && !KEY_END.test(line.slice(begin))
    prefix = isOpen ? line.slice(0, begin) : undefined
    return maskLine(line.replace(KEY_ON_A_LINE, STARS))
  }
}
