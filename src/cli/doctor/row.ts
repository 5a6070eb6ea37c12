/** One thing that an upgrade needs, and how it stands with it. */
export interface Row {
  readonly what: string
  /** `missing`: an upgrade cannot go well without it. `warning`: it can, with less. */
  readonly state: 'ok' | 'missing' | 'warning'
  readonly why: string
  /** What to do about it. */
  readonly todo?: string
}

export function ok(what: string, why: string): Row {
  return { what, state: 'ok', why }
}

export function missing(what: string, why: string, todo: string): Row {
  return { what, state: 'missing', why, todo }
}

export function warning(what: string, why: string, todo: string): Row {
  return { what, state: 'warning', why, todo }
}
