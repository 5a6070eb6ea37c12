import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import { CORE_SCHEMA, dump, load } from 'js-yaml'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { openapiTestRunner } from '../../src/adapters/openapi.ts'
import type { TestCase, TestOutcome } from '../../src/ports/test-runner.ts'

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../examples/openapi/openapi.yaml'), 'utf8')

// oxlint-disable-next-line typescript/no-explicit-any -- a test changes any part of a description
type Spec = any
const shop = (): Spec => load(EXAMPLE, { schema: CORE_SCHEMA })

/** The same API as 3.0 describes it. */
function shop30(): Spec {
  const spec = shop()
  spec.openapi = '3.0.3'
  spec.paths['/v1/orders'].get.responses['200'].content['application/json'].schema.properties.next = {
    type: 'string',
    nullable: true,
  }
  for (const name of ['Post', 'Pickup']) {
    const { kind } = spec.components.schemas[name].properties
    spec.components.schemas[name].properties.kind = { type: 'string', enum: [kind.const] }
  }
  return spec
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seamless-openapi-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

/** With `before/` and `after/` as the checkouts of the two versions. */
async function run(file: string, service = '.', signal = new AbortController().signal): Promise<TestOutcome> {
  const root = join(folder, 'before')
  for (const version of ['before', 'after']) mkdirSync(join(folder, version, service), { recursive: true })
  return openapiTestRunner({ openapi: file }).test({
    step: 'test/api',
    root,
    directory: join(root, service),
    values: { SEAMLESS_CANDIDATE_DIR: join(folder, 'after', service) },
    signal,
  })
}

async function compare(
  before: Spec,
  after: Spec,
  form: 'yaml' | 'json' = 'yaml',
): Promise<readonly TestCase[]> {
  const text = (spec: Spec): string => (form === 'json' ? JSON.stringify(spec, undefined, 2) : dump(spec))
  write(`before/openapi.${form}`, text(before))
  write(`after/openapi.${form}`, text(after))
  const outcome = await run(`openapi.${form}`)
  if (outcome.kind === 'failed') throw new Error(outcome.failure.message)
  return outcome.cases
}

const breaks = (cases: readonly TestCase[]): string[] =>
  cases.filter(({ result }) => result === 'failed').map(({ name }) => name.replace('openapi › ', ''))

type Change = (spec: Spec) => void
const order = (spec: Spec): Spec => spec.components.schemas.Order
const newOrder = (spec: Spec): Spec => spec.components.schemas.NewOrder
const orders = (spec: Spec): Spec => spec.paths['/v1/orders']

const breaking: [string, Change, string[]][] = [
  ['a path removed', (s) => delete s.paths['/v1/health'], ['GET /v1/health: removed']],
  ['a method removed', (s) => delete orders(s).post, ['POST /v1/orders: removed']],
  [
    'a required parameter added',
    (s) => orders(s).get.parameters.push({ name: 'shop', in: 'query', required: true, schema: {} }),
    ['GET /v1/orders: query parameter "shop" added as required'],
  ],
  [
    'a required parameter added to a whole path',
    (s) =>
      s.paths['/v1/orders/{id}'].parameters.push({
        name: 'X-Shop',
        in: 'header',
        required: true,
        schema: {},
      }),
    [
      'GET /v1/orders/{id}: header parameter "X-Shop" added as required',
      'DELETE /v1/orders/{id}: header parameter "X-Shop" added as required',
    ],
  ],
  [
    'a parameter that became required',
    (s) => (orders(s).get.parameters[0].required = true),
    ['GET /v1/orders: query parameter "limit" became required'],
  ],
  [
    'a parameter removed',
    (s) => orders(s).get.parameters.pop(),
    ['GET /v1/orders: query parameter "state" removed'],
  ],
  [
    "a parameter's limit lowered, another raised",
    (s) => Object.assign(orders(s).get.parameters[0].schema, { maximum: 50, minimum: 2 }),
    [
      'GET /v1/orders: query parameter "limit" maximum changed from 100 to 50',
      'GET /v1/orders: query parameter "limit" minimum changed from 1 to 2',
    ],
  ],
  [
    'a type changed in answers',
    (s) => (order(s).properties.total = { type: 'string' }),
    [
      'GET /v1/orders: response property "items[].total" type changed from integer to string',
      'POST /v1/orders: response property "total" type changed from integer to string',
      'GET /v1/orders/{id}: response property "total" type changed from integer to string',
    ],
  ],
  [
    'a type changed in requests',
    (s) => (newOrder(s).properties.note = { type: 'array', items: { type: 'string' } }),
    ['POST /v1/orders: request property "note" type changed from string to array'],
  ],
  [
    'a number in answers where there was an integer',
    (s) => (order(s).properties.total.type = 'number'),
    [
      'GET /v1/orders: response property "items[].total" type changed from integer to number',
      'POST /v1/orders: response property "total" type changed from integer to number',
      'GET /v1/orders/{id}: response property "total" type changed from integer to number',
    ],
  ],
  [
    'an enum narrowed in requests',
    (s) => (orders(s).get.parameters[1].schema = { type: 'string', enum: ['open', 'paid'] }),
    ['GET /v1/orders: query parameter "state" no longer takes "sent"'],
  ],
  [
    'an enum widened in answers',
    (s) => (order(s).properties.state = { type: 'string', enum: ['open', 'paid', 'sent', 'lost'] }),
    [
      'GET /v1/orders: response property "items[].state" may be "lost" now',
      'POST /v1/orders: response property "state" may be "lost" now',
      'GET /v1/orders/{id}: response property "state" may be "lost" now',
    ],
  ],
  [
    'a property of answers removed',
    (s) => {
      delete order(s).properties.total
      order(s).required = ['id', 'state', 'lines']
    },
    [
      'GET /v1/orders: response property "items[].total" removed',
      'POST /v1/orders: response property "total" removed',
      'GET /v1/orders/{id}: response property "total" removed',
    ],
  ],
  [
    'a property of answers that may be missing now',
    (s) => order(s).required.pop(),
    [
      'GET /v1/orders: response property "items[].lines" became optional',
      'POST /v1/orders: response property "lines" became optional',
      'GET /v1/orders/{id}: response property "lines" became optional',
    ],
  ],
  [
    'a required property of requests added',
    (s) => {
      newOrder(s).properties.shop = { type: 'string' }
      newOrder(s).required.push('shop')
    },
    ['POST /v1/orders: request property "shop" added as required'],
  ],
  [
    'a property of requests removed',
    (s) => delete newOrder(s).properties.note,
    ['POST /v1/orders: request property "note" removed'],
  ],
  [
    'requests that take no other properties any more',
    (s) => (newOrder(s).additionalProperties = false),
    ['POST /v1/orders: request body takes no other properties now'],
  ],
  [
    'an alternative of requests removed',
    (s) => newOrder(s).properties.delivery.oneOf.pop(),
    ['POST /v1/orders: request property "delivery" no longer takes Pickup'],
  ],
  [
    'an alternative of requests that asks for what it does not describe',
    (s) => s.components.schemas.Pickup.required.push('when'),
    ['POST /v1/orders: request property "delivery.when" added as required'],
  ],
  [
    'an alternative of requests that asks for more',
    (s) => {
      s.components.schemas.Pickup.properties.hour = { type: 'integer' }
      s.components.schemas.Pickup.required.push('hour')
    },
    ['POST /v1/orders: request property "delivery.hour" added as required'],
  ],
  [
    'an answer removed',
    (s) => delete s.paths['/v1/orders/{id}'].delete.responses['204'],
    ['DELETE /v1/orders/{id}: response 204 removed'],
  ],
  [
    'a media type of answers removed',
    (s) => {
      const { content } = orders(s).post.responses['201']
      content['application/xml'] = content['application/json']
      delete content['application/json']
    },
    ['POST /v1/orders: response body as application/json removed'],
  ],
  [
    'a header of answers removed',
    (s) => delete orders(s).get.responses['200'].headers,
    ['GET /v1/orders: response header "X-Total" removed'],
  ],
  [
    'security added',
    (s) => delete s.paths['/v1/health'].get.security,
    ['GET /v1/health: security added: HTTP bearer'],
  ],
  [
    'a scope added',
    (s) => (s.paths['/v1/orders/{id}'].delete.security = [{ token: ['orders:write', 'orders:cancel'] }]),
    ['DELETE /v1/orders/{id}: security changed: HTTP bearer with orders:write no longer suffices'],
  ],
  [
    'another scheme under the same name',
    (s) => (s.components.securitySchemes.token = { type: 'apiKey', in: 'header', name: 'X-Key' }),
    ['GET /v1/orders', 'POST /v1/orders', 'GET /v1/orders/{id}', 'DELETE /v1/orders/{id}'].map(
      (name) =>
        `${name}: security changed: HTTP bearer${name.startsWith('DELETE') ? ' with orders:write' : ''} no longer suffices`,
    ),
  ],
]

const harmless: [string, Change][] = [
  ['nothing', () => undefined],
  ['a path added', (s) => (s.paths['/v1/shops'] = { get: { responses: { 200: { description: 'x' } } } })],
  [
    'an optional parameter added',
    (s) => orders(s).get.parameters.push({ name: 'q', in: 'query', schema: {} }),
  ],
  ['an optional property of requests added', (s) => (newOrder(s).properties.gift = { type: 'boolean' })],
  ['a property of answers added', (s) => (order(s).properties.paidAt = { type: 'string' })],
  [
    'a required property of answers added',
    (s) => {
      order(s).properties.paidAt = { type: 'string' }
      order(s).required.push('paidAt')
    },
  ],
  [
    'everything in another order',
    (s) => {
      order(s).required.reverse()
      order(s).properties = Object.fromEntries(Object.entries(order(s).properties).toReversed())
      s.components.schemas.State.enum.reverse()
      newOrder(s).properties.delivery.oneOf.reverse()
      orders(s).get.parameters.reverse()
      s.paths = Object.fromEntries(Object.entries(s.paths).toReversed())
    },
  ],
  [
    'descriptions, examples and versions changed',
    (s) => {
      s.info = { title: 'Another', version: '2.0.0', description: 'x' }
      order(s).description = 'y'
      order(s).example = { $ref: 'is only data here' }
      orders(s).get.summary = 'z'
      orders(s).get.operationId = 'listOrders'
    },
  ],
  [
    "a path's parameter renamed",
    (s) => {
      const { '/v1/orders/{id}': one, ...rest } = s.paths
      one.parameters[0].name = 'order'
      s.paths = { ...rest, '/v1/orders/{order}': one }
    },
  ],
  [
    'a schema renamed, another written in place',
    (s) => {
      s.components.schemas.Purchase = order(s)
      delete s.components.schemas.Order
      const text = JSON.stringify(s).replaceAll(
        '#/components/schemas/Order"',
        '#/components/schemas/Purchase"',
      )
      Object.assign(
        s,
        JSON.parse(
          text.replaceAll('{"$ref":"#/components/schemas/Line"}', JSON.stringify(s.components.schemas.Line)),
        ),
      )
    },
  ],
  [
    'a schema taken together of two',
    (s) => {
      const { total, note, ...properties } = order(s).properties
      s.components.schemas.Money = { type: 'object', required: ['total'], properties: { total, note } }
      s.components.schemas.Order = {
        allOf: [
          { $ref: '#/components/schemas/Money' },
          { type: 'object', required: ['id', 'state', 'lines'], properties },
        ],
      }
    },
  ],
  [
    'requests that take more',
    (s) => {
      newOrder(s).properties.note.maxLength = 1000
      newOrder(s).required = []
      s.components.schemas.Line.properties.article.description = 'any'
      orders(s).get.parameters[0].schema = { type: 'number', minimum: 0 }
      newOrder(s).properties.delivery.oneOf.push({
        title: 'Drone',
        type: 'object',
        properties: { roof: { type: 'string' } },
      })
      orders(s).post.requestBody.required = false
    },
  ],
  [
    'an enum that takes more in requests',
    (s) => {
      orders(s).get.parameters[1].schema = { type: 'string', enum: ['open', 'paid', 'sent', 'lost'] }
    },
  ],
  [
    'security dropped, another way in added',
    (s) => {
      s.security = [{ token: [] }, { key: [] }]
      s.components.securitySchemes.key = { type: 'apiKey', in: 'header', name: 'X-Key' }
      delete s.paths['/v1/orders/{id}'].delete.security
    },
  ],
  [
    'a status meant by its range',
    (s) => {
      const { responses } = s.paths['/v1/orders/{id}'].delete
      responses['2XX'] = responses['204']
      delete responses['204']
    },
  ],
  ['an answer to an error dropped', (s) => delete s.paths['/v1/orders/{id}'].get.responses['404']],
]

describe.each([
  ['OpenAPI 3.1 in YAML', shop, 'yaml'],
  ['OpenAPI 3.0 in JSON', shop30, 'json'],
] as const)('%s', (_, spec, form) => {
  const changed = (change: Change): Spec => {
    const after = spec()
    change(after)
    return after
  }
  test.each(breaking)('%s breaks whoever uses it', async (_, change, names) => {
    const cases = await compare(spec(), changed(change), form)
    expect(breaks(cases).toSorted()).toEqual(names.toSorted())
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  })

  test.each(harmless)('%s breaks nobody', async (_, change) => {
    const cases = await compare(spec(), changed(change), form)
    expect(breaks(cases)).toEqual([])
    expect(cases.filter(({ result }) => result === 'passed').length).toBeGreaterThanOrEqual(5)
  })
})

describe('what is told', () => {
  test('each operation that breaks nobody, and those that are new', async () => {
    const after = shop()
    after.paths['/v1/shops'] = { get: { responses: {} } }
    delete orders(after).post
    const cases = await compare(shop(), after)
    expect(cases.map(({ name, result }) => `${result} ${name}`)).toEqual([
      'passed openapi › GET /v1/orders',
      'failed openapi › POST /v1/orders: removed',
      'passed openapi › GET /v1/orders/{id}',
      'passed openapi › DELETE /v1/orders/{id}',
      'passed openapi › GET /v1/health',
      'passed openapi › GET /v1/shops: added',
    ])
  })

  test('a break with the answers that have it, what to do, and its place in the new description', async () => {
    write('before/openapi.yaml', EXAMPLE)
    write(
      'after/openapi.yaml',
      EXAMPLE.replace('total: { type: integer, description: In cents }', 'total: { type: string }'),
    )
    const outcome = await run('openapi.yaml')
    const line = EXAMPLE.split('\n').findIndex((text) => text.includes('total: { type')) + 1
    expect(outcome).toMatchObject({
      cases: expect.arrayContaining([
        {
          name: 'openapi › GET /v1/orders/{id}: response property "total" type changed from integer to string',
          result: 'failed',
          message:
            'Users of version n rely on it (200 application/json). If it is meant, name it under "accepts" of the step.',
          file: 'openapi.yaml',
          line,
        },
      ]),
    })
  })

  test('the same API in 3.0 and in 3.1 is the same API, both ways', async () => {
    expect(breaks(await compare(shop30(), shop()))).toEqual([])
    expect(breaks(await compare(shop(), shop30()))).toEqual([])
    const limits = (bounds: object, version: string): Spec => {
      const spec = version === '3.1' ? shop() : shop30()
      spec.components.schemas.Line.properties.count = { type: 'integer', ...bounds }
      return spec
    }
    const [old, now] = [
      limits({ minimum: 0, exclusiveMinimum: true }, '3.0'),
      limits({ exclusiveMinimum: 0 }, '3.1'),
    ]
    expect(breaks(await compare(old, now))).toEqual([])
  })

  test('null: 3.0 says nullable, 3.1 a type or an alternative', async () => {
    const withNote = (note: object, spec: Spec): Spec => {
      order(spec).properties.note = note
      return spec
    }
    const said = 'response property "note" may be null now'
    const maybe: [object, Spec][] = [
      [{ type: 'string', nullable: true }, shop30()],
      [{ type: ['string', 'null'] }, shop()],
      [{ oneOf: [{ type: 'string' }, { type: 'null' }] }, shop()],
      [{ allOf: [{ type: 'string' }], nullable: true }, shop30()],
    ]
    for (const [note, spec] of maybe) {
      const after = withNote(note, spec)
      expect(breaks(await compare(shop(), after)), JSON.stringify(note)).toContain(
        `GET /v1/orders/{id}: ${said}`,
      )
      expect(breaks(await compare(after, shop()))).toEqual([])
      expect(breaks(await compare(after, withNote({ type: ['null', 'string'] }, shop())))).toEqual([])
    }
  })

  test('read-only properties are not asked of requests, write-only ones not of answers', async () => {
    const after = shop()
    order(after).properties.secret = { type: 'string', writeOnly: true }
    newOrder(after).properties.id = { type: 'string', readOnly: true }
    newOrder(after).required.push('id')
    expect(breaks(await compare(shop(), after))).toEqual([])
    const before = structuredClone(after)
    delete order(after).properties.secret
    delete newOrder(after).properties.id
    newOrder(after).required.pop()
    expect(breaks(await compare(before, after))).toEqual([])
  })
})

describe('where there is nothing to compare', () => {
  test('the first description breaks nobody, and says so', async () => {
    write('after/openapi.yaml', EXAMPLE)
    expect(await run('openapi.yaml')).toEqual({
      kind: 'ran',
      cases: [
        { name: 'openapi › openapi.yaml: version n has none, so nothing of it can break', result: 'passed' },
      ],
    })
  })

  test('one that is gone is a break', async () => {
    write('before/openapi.yaml', EXAMPLE)
    expect(await run('openapi.yaml')).toMatchObject({
      cases: [{ name: 'openapi › openapi.yaml: removed', result: 'failed' }],
    })
  })

  test('none in either version is a fault of the config', async () => {
    expect(await run('api.yaml')).toMatchObject({
      failure: {
        why: 'report',
        message: 'test/api: there is no api.yaml, in neither version. Correct "openapi" of the step.',
      },
    })
  })

  test("version n's own fault is no fault of the new one", async () => {
    write('before/openapi.yaml', 'openapi: [')
    write('after/openapi.yaml', EXAMPLE)
    expect(await run('openapi.yaml')).toMatchObject({
      cases: [
        {
          result: 'skipped',
          message: expect.stringMatching(/^openapi\.yaml:1: .* Nothing could be compared\.$/),
        },
      ],
    })
  })

  test('a cancel is an answer', async () => {
    expect(await run('openapi.yaml', '.', AbortSignal.abort())).toMatchObject({
      failure: { why: 'cancelled' },
    })
  })
})

describe('a description that cannot be read', () => {
  const valid = 'openapi: 3.0.3\npaths:\n  /a:\n    get:\n'
  test.each([
    ['openapi.yaml', 'openapi: 3.0.3\npaths:\n  /a: [\n', /^test\/api: openapi\.yaml:4: /],
    ['openapi.yaml', 'openapi: 3.0.3\npaths: {}\npaths: {}\n', /^test\/api: openapi\.yaml:3: .*duplicate/i],
    ['openapi.json', '{\n  "openapi": "3.0.3",\n  "paths": {,}\n}', /^test\/api: openapi\.json:3: /],
    ['openapi.json', '{ "openapi": "3.0.3"', /^test\/api: openapi\.json:1: /],
    ['openapi.yaml', 'swagger: "2.0"\n', /:1: it is Swagger "2\.0"; OpenAPI 3 is read/],
    ['openapi.yaml', 'just: text\n', /:1: it is no OpenAPI 3 description/],
    ['openapi.yaml', '', /:1: expected a document/],
    [
      'openapi.yaml',
      `${valid}      responses: { $ref: '#/nothing' }\n`,
      /:5: its reference #\/nothing leads to nothing/,
    ],
    [
      'openapi.yaml',
      `${valid}      responses: { $ref: './gone.yaml#/x' }\n`,
      /:5: it refers to gone\.yaml, which is not there/,
    ],
    [
      'openapi.yaml',
      `${valid}      responses: { $ref: '#/paths/~1a/get/responses' }\n`,
      /:5: .* leads in a circle/,
    ],
  ])('%s, %j', async (file, text, message) => {
    write(`before/${file}`, text)
    write(`after/${file}`, text)
    expect(await run(file)).toMatchObject({
      failure: { why: 'report', message: expect.stringMatching(message) },
    })
  })

  test('aliases that would unfold without end are compared once', async () => {
    const levels = Array.from({ length: 40 }, (_, level) =>
      level === 0
        ? '  L0: &l0 { type: string }'
        : `  L${level}: &l${level} { type: object, properties: { a: *l${level - 1}, b: *l${level - 1} } }`,
    )
    const text = (last: string): string =>
      `openapi: 3.0.3\nx-levels:\n${levels.join('\n').replace('string', last)}\npaths:\n  /a:\n    get:\n      responses:\n        200:\n          content:\n            application/json:\n              schema: *l39\n`
    write('before/openapi.yaml', text('string'))
    write('after/openapi.yaml', text('string'))
    expect(await run('openapi.yaml')).toMatchObject({
      cases: [{ name: 'openapi › GET /a', result: 'passed' }],
    })
  })

  test('a value that contains itself is no trap', async () => {
    for (const version of ['before', 'after'])
      write(
        `${version}/openapi.yaml`,
        `openapi: 3.0.3\npaths:\n  /a:\n    get:\n      parameters:\n        - { name: q, in: query, schema: &x { type: object, properties: { x: *x } } }\n`,
      )
    expect(await run('openapi.yaml')).toMatchObject({
      cases: [{ name: 'openapi › GET /a', result: 'passed' }],
    })
  })

  test('I15 names that objects inherit are names like others', async () => {
    const spec: Spec = JSON.parse(
      '{"openapi":"3.0.3","paths":{"/a":{"get":{"parameters":[{"name":"__proto__","in":"query","schema":{}}],"responses":{"200":{"content":{"application/json":{"schema":{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}}}}}}}}}}',
    )
    const text = JSON.stringify(spec)
    write('before/openapi.json', text)
    write(
      'after/openapi.json',
      text.replace('"constructor":{"type":"string"}', '"toString":{"type":"string"}'),
    )
    const outcome = await run('openapi.json')
    expect(outcome.kind === 'ran' && breaks(outcome.cases)).toEqual([
      'GET /a: response property "constructor" removed',
    ])
    expect(({} as Spec).polluted).toBeUndefined()
  })
})

describe('references', () => {
  const split = (schema: string): string =>
    `openapi: 3.0.3\npaths:\n  /a:\n    get:\n      responses:\n        '200':\n          description: x\n          content:\n            application/json:\n              schema: { $ref: '${schema}' }\n`

  test('into other files of the repository are followed, and their place is told', async () => {
    for (const version of ['before', 'after']) {
      write(`${version}/services/shop/api/openapi.yaml`, split('../schemas/order.json#/definitions/Order'))
      write(
        `${version}/services/shop/schemas/order.json`,
        `{"definitions":{"Order":{"$ref":"../../../shared/base.yaml"}}}`,
      )
    }
    write('before/shared/base.yaml', 'type: object\nproperties:\n  id: { type: string }\n')
    write('after/shared/base.yaml', 'type: object\nproperties:\n  id: { type: integer }\n')
    expect(await run('api/openapi.yaml', 'services/shop')).toMatchObject({
      cases: [
        {
          name: 'openapi › GET /a: response property "id" type changed from string to integer',
          file: 'shared/base.yaml',
          line: 3,
        },
      ],
    })
  })

  test('I14 out of the repository are never read, links neither', async () => {
    write('outside.yaml', 'type: string\n')
    for (const version of ['before', 'after']) write(`${version}/openapi.yaml`, split('../outside.yaml'))
    expect(await run('openapi.yaml')).toMatchObject({
      failure: {
        message: expect.stringMatching(
          /openapi\.yaml:10: it refers to \.\.\/outside\.yaml, outside the repository, which is never read/,
        ),
      },
    })
    for (const version of ['before', 'after']) {
      write(`${version}/openapi.yaml`, split('./link.yaml'))
      symlinkSync(join(folder, 'outside.yaml'), join(folder, version, 'link.yaml'))
    }
    expect(await run('openapi.yaml')).toMatchObject({
      failure: { message: expect.stringMatching(/"link\.yaml" is a link that leads out/) },
    })
    for (const path of ['/etc/passwd', '..%2f..%2fetc/passwd', 'a/../../../etc/passwd']) {
      for (const version of ['before', 'after']) write(`${version}/openapi.yaml`, split(path))
      expect(await run('openapi.yaml'), path).toMatchObject({
        failure: { message: expect.stringMatching(/outside the repository, which is never read/) },
      })
    }
    expect(existsSync('/etc/passwd')).toBe(true)
  })

  test('I14 to servers are never asked: the same is the same, another is not known', async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked++
      response.end('type: string')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/schema.yaml`
    write('before/openapi.yaml', split(url))
    write('after/openapi.yaml', split(url))
    expect(await run('openapi.yaml')).toMatchObject({
      cases: [{ name: 'openapi › GET /a', result: 'passed' }],
    })
    write('after/openapi.yaml', split(`${url}#/Other`))
    expect(await run('openapi.yaml')).toMatchObject({
      cases: [
        { name: 'openapi › GET /a', result: 'passed' },
        {
          name: `openapi › GET /a: response body is described at ${url}#/Other, which is not read`,
          result: 'skipped',
          message: 'It cannot be told whether this breaks anybody.',
        },
      ],
    })
    for (const scheme of ['file:///etc/passwd', '//127.0.0.1/x', 'HTTPS://127.0.0.1/x']) {
      write('after/openapi.yaml', split(scheme))
      expect(await run('openapi.yaml'), scheme).toMatchObject({ cases: [{}, { result: 'skipped' }] })
    }
    expect(asked).toBe(0)
    server.close()
  })
})
