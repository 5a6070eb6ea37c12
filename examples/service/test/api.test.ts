/* oxlint-disable typescript/no-floating-promises -- node:test itself waits for the tests it is given */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { createApp } from '../src/app.ts'
import type { Product } from '../src/catalogue.ts'

const pan: Product = {
  id: 'p-1',
  name: 'cast-iron pan',
  category: 'kitchen',
  price: 4990,
  stock: 3,
  description: 'A pan of iron.',
}
const kettle: Product = { ...pan, id: 'p-2', name: 'kettle', price: 2550, description: 'A kettle of steel.' }
const trowel: Product = { ...pan, id: 'p-3', name: 'trowel', category: 'garden', description: 'A trowel.' }

const server = createApp(new Map([pan, kettle, trowel].map((product) => [product.id, product])), '9.9.9')
let origin = ''

before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

after(() => {
  server.close()
  server.closeAllConnections()
})

interface Reply {
  readonly status: number
  readonly body: unknown
}

async function call(path: string, init?: RequestInit): Promise<Reply> {
  const response = await fetch(origin + path, init)
  return { status: response.status, body: await response.json() }
}

async function quote(body: string): Promise<Reply> {
  return call('/v1/quotes', { method: 'POST', body })
}

describe('orders api', () => {
  it('GET /v1/products lists products by category and after a product', async () => {
    const { body } = await call('/v1/products?category=kitchen&after=p-1')
    assert.deepEqual(body, { products: [{ id: 'p-2', name: 'kettle', price: 2550 }] })
  })

  it('GET /v1/products/{id} shows a product', async () => {
    const { status, body } = await call('/v1/products/p-1')
    assert.equal(status, 200)
    assert.partialDeepStrictEqual(body, { product: pan })
  })

  it('GET /v1/products/{id} of an unknown product is 404', async () => {
    assert.deepEqual(await call('/v1/products/p-0'), { status: 404, body: { error: 'no product p-0' } })
  })

  it('POST /v1/quotes prices an order', async () => {
    const lines = [
      { product: 'p-1', quantity: 2 },
      { product: 'p-2', quantity: 1 },
    ]
    const { body } = await quote(JSON.stringify({ lines }))
    assert.deepEqual(body, { quote: { total: 12_530, currency: 'EUR' } })
  })

  it('POST /v1/quotes refuses what is not an order', async () => {
    for (const body of ['', 'null', '{}', '{"lines":[]}', '{"lines":[{"product":"p-1","quantity":0}]}']) {
      assert.equal((await quote(body)).status, 400, body)
    }
    assert.equal((await quote(' '.repeat(100_000))).status, 413)
  })
})

describe('operations', () => {
  it('GET /healthz tells the version', async () => {
    assert.deepEqual(await call('/healthz'), { status: 200, body: { status: 'ok', version: '9.9.9' } })
  })

  it('GET /metrics counts requests by route, not by path', async () => {
    await call('/v1/products/p-0')
    const page = await (await fetch(`${origin}/metrics`)).text()
    const labels = 'method="GET",route="/v1/products/{id}",version="9.9.9"'
    assert.match(page, new RegExp(`^http_requests_total{${labels},code="404"} [1-9]`, 'm'))
    assert.match(page, new RegExp(`^http_request_duration_seconds_bucket{${labels},le="\\+Inf"} [1-9]`, 'm'))
    assert.doesNotMatch(page, /p-0/)
  })
})
