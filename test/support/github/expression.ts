/**
 * The small part of GitHub's expressions that a workflow's `run-name` uses: literals, contexts (`inputs.request-id`,
 * `inputs['x']`, `github.ref`), `!`, `==`, `!=`, `&&`, `||`, brackets and `format`. What else stands there is an error of
 * the workflow file, as on GitHub.
 */
export type Contexts = Readonly<Record<string, Readonly<Record<string, Value>>>>
type Value = string | number | boolean | null

/** A text with each `${{ … }}` in it evaluated. */
export function renderExpressions(text: string, contexts: Contexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    textOf(evaluate(expression, contexts)),
  )
}

function evaluate(expression: string, contexts: Contexts): Value {
  const parser = new Parser(tokensOf(expression), contexts)
  return parser.whole()
}

const TOKEN = /\s*('(?:[^']|'')*'|\d+(?:\.\d+)?|[A-Za-z_][\w-]*|==|!=|&&|\|\||[()[\].,!])/y

function tokensOf(expression: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let at = 0; expression.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(expression)?.[1]
    if (token === undefined)
      throw new Error(`not an expression that this stand-in knows: ${expression.trim()}`)
    tokens.push(token)
  }
  return tokens
}

class Parser {
  private at = 0
  private readonly tokens: readonly string[]
  private readonly contexts: Contexts

  constructor(tokens: readonly string[], contexts: Contexts) {
    this.tokens = tokens
    this.contexts = contexts
  }

  whole(): Value {
    const value = this.or()
    if (this.at < this.tokens.length) throw new Error(`unexpected ${this.tokens[this.at]} in an expression`)
    return value
  }

  private or(): Value {
    let value = this.and()
    while (this.takes('||')) {
      const other = this.and()
      if (!isTrue(value)) value = other
    }
    return value
  }

  private and(): Value {
    let value = this.equality()
    while (this.takes('&&')) {
      const other = this.equality()
      if (isTrue(value)) value = other
    }
    return value
  }

  private equality(): Value {
    let value = this.unary()
    for (;;) {
      if (this.takes('==')) value = isEqual(value, this.unary())
      else if (this.takes('!=')) value = !isEqual(value, this.unary())
      else return value
    }
  }

  private unary(): Value {
    return this.takes('!') ? !isTrue(this.unary()) : this.primary()
  }

  private primary(): Value {
    if (this.takes('(')) {
      const value = this.or()
      this.expect(')')
      return value
    }
    const token = this.next()
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'")
    if (/^\d/.test(token)) return Number(token)
    if (token === 'true' || token === 'false') return token === 'true'
    if (token === 'null') return null
    return this.takes('(') ? this.call(token) : this.property(token)
  }

  private property(context: string): Value {
    const key = this.takes('.') ? this.next() : this.index()
    const found = this.contexts[context]
    if (found === undefined) throw new Error(`no context ${context} in this stand-in`)
    return found[key] ?? null
  }

  private index(): string {
    this.expect('[')
    const key = textOf(this.or())
    this.expect(']')
    return key
  }

  private call(name: string): Value {
    const given: Value[] = []
    while (!this.takes(')')) {
      given.push(this.or())
      this.takes(',')
    }
    if (name !== 'format') throw new Error(`no function ${name} in this stand-in`)
    const [text, ...values] = given
    return textOf(text ?? null).replaceAll(/\{(\d+)\}/g, (_, at: string) =>
      textOf(values[Number(at)] ?? null),
    )
  }

  private takes(token: string): boolean {
    if (this.tokens[this.at] !== token) return false
    this.at += 1
    return true
  }

  private expect(token: string): void {
    if (!this.takes(token)) throw new Error(`expected ${token} in an expression`)
  }

  private next(): string {
    const token = this.tokens[this.at]
    if (token === undefined) throw new Error('an expression ends too early')
    this.at += 1
    return token
  }
}

function isTrue(value: Value): boolean {
  return value !== null && value !== '' && value !== 0 && value !== false
}

/** GitHub compares texts without regard to case. */
function isEqual(one: Value, other: Value): boolean {
  return typeof one === 'string' && typeof other === 'string'
    ? one.toLowerCase() === other.toLowerCase()
    : one === other
}

function textOf(value: Value): string {
  return value === null ? '' : String(value)
}
