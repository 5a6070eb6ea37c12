import type { Catalogue, Product } from './catalogue.ts'

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Call {
  readonly catalogue: Catalogue
  /** What the path's pattern captured. */
  readonly id: string
  readonly query: URLSearchParams
  readonly body: string
}

/** One endpoint; `name` is its label in the metrics, so it must not hold outside text. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly name: string
  readonly pattern: RegExp
  readonly answer: (call: Call) => Answer
}

export const routes: readonly Route[] = [
  { method: 'GET', name: '/v1/products', pattern: /^\/v1\/products$/, answer: listProducts },
  { method: 'GET', name: '/v1/products/{id}', pattern: /^\/v1\/products\/([\w-]+)$/, answer: getProduct },
  { method: 'POST', name: '/v1/quotes', pattern: /^\/v1\/quotes$/, answer: makeQuote },
]

const PAGE = 20

function listProducts({ catalogue, query }: Call): Answer {
  const category = query.get('category')
  const after = query.get('after') ?? ''
  const found = [...catalogue.values()].filter(
    (product) => product.id > after && (category === null || product.category === category),
  )
  return { status: 200, body: { products: found.slice(0, PAGE).map(summary) } }
}

function summary({ id, name, price }: Product): Pick<Product, 'id' | 'name' | 'price'> {
  return { id, name, price }
}

function getProduct({ catalogue, id }: Call): Answer {
  const product = catalogue.get(id)
  return product ? { status: 200, body: { product } } : notFound(`no product ${id}`)
}

/** Prices an order without placing it: `{"lines": [{"product": "p-0001", "quantity": 2}]}`. */
function makeQuote({ catalogue, body }: Call): Answer {
  const lines = parseLines(body)
  if (!lines) return { status: 400, body: { error: 'expected {"lines": [{"product", "quantity"}]}' } }
  let total = 0
  for (const line of lines) {
    const product = catalogue.get(line.product)
    if (!product) return notFound(`no product ${line.product}`)
    total += product.price * line.quantity
  }
  return { status: 200, body: { quote: { total, currency: 'EUR' } } }
}

interface Line {
  readonly product: string
  readonly quantity: number
}

function parseLines(body: string): Line[] | undefined {
  try {
    const { lines } = JSON.parse(body) as { lines?: unknown }
    return Array.isArray(lines) && lines.length > 0 && lines.every(isLine) ? lines : undefined
  } catch {
    return undefined
  }
}

function isLine(value: unknown): value is Line {
  const line = value as Partial<Line> | null
  return typeof line?.product === 'string' && Number.isInteger(line.quantity) && Number(line.quantity) > 0
}

function notFound(error: string): Answer {
  return { status: 404, body: { error } }
}
