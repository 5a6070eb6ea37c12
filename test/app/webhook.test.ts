import { createHmac } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Delivery, Inbox } from '../../app/inbox.ts'
import { type Listener, listen } from '../../app/listener.ts'
import { openMetrics } from '../../app/metrics.ts'
import { eventNames } from '../../app/webhook-event.ts'
import { WEBHOOK_LIMITS, type WebhookLimits, webhookReceiver } from '../../app/webhook.ts'
import { systemClock } from '../../src/adapters/system-clock.ts'
import { appLog } from '../support/app/app-log.ts'
import { APP_ID, commentPayload, post, SECRET, signedDelivery } from '../support/app/signed-delivery.ts'

const PATH = '/api/github/webhooks'
const opened: Listener[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((listener) => listener.stop(0)))
})

interface Door {
  readonly url: string
  readonly port: number
  readonly kept: Delivery[]
  readonly logged: string[]
  readonly counted: () => Promise<string>
}

async function openDoor({
  secrets = [SECRET],
  limits = {},
  store,
}: {
  secrets?: readonly string[]
  limits?: Partial<WebhookLimits>
  store?: Inbox['store']
} = {}): Promise<Door> {
  const kept: Delivery[] = []
  const { log, lines } = appLog()
  const metrics = openMetrics(systemClock, eventNames)
  const inbox: Inbox = {
    store:
      store ??
      (async (delivery) => {
        if (kept.some(({ id }) => id === delivery.id)) return 'known'
        kept.push(delivery)
        return 'stored'
      }),
  }
  const receive = webhookReceiver(
    { appId: APP_ID, webhookSecrets: secrets },
    { inbox, clock: systemClock, metrics, log },
    { ...WEBHOOK_LIMITS, ...limits },
  )
  const at = { host: '127.0.0.1', port: 0 }
  const listener = await listen(at, [{ method: 'POST', path: PATH, answer: receive }], log)
  opened.push(listener)
  const { port } = listener.address
  const counted = async (): Promise<string> => (await metrics.text()).body
  return { url: `http://127.0.0.1:${port}${PATH}`, port, kept, logged: lines, counted }
}

describe('a genuine delivery', () => {
  it('is kept as it was sent before it is acknowledged', async () => {
    const door = await openDoor()
    const delivery = signedDelivery('issue_comment', commentPayload())
    expect(await post(door.url, delivery)).toEqual({ status: 202, text: 'stored' })
    expect(door.kept).toEqual([
      {
        id: delivery.headers['x-github-delivery'],
        event: 'issue_comment',
        action: 'created',
        installationId: 11,
        repositoryId: 22,
        payload: delivery.body.toString(),
        receivedAtMs: expect.any(Number),
      },
    ])
  })

  it('that comes again is acknowledged and kept once', async () => {
    const door = await openDoor()
    const delivery = signedDelivery('issue_comment', commentPayload())
    await post(door.url, delivery)
    expect(await post(door.url, delivery)).toEqual({ status: 202, text: 'known' })
    expect(door.kept).toHaveLength(1)
  })

  it.each([
    ['an emoji, raw', '{"note":"🚀 é"'],
    ['U+2028, raw', '{"note":"a\u2028b"'],
    ['escaped slashes and letters', String.raw`{"note":"a\/b \u0000 \u00e9"`],
    ['blanks that no serialiser would leave', '{  "note" :\t"x"\r\n'],
  ])('W04 is verified over the bytes as they came: %s', async (_, start) => {
    const door = await openDoor()
    const body = `${start},${JSON.stringify(commentPayload()).slice(1)}`
    expect((await post(door.url, signedDelivery('issue_comment', body))).status).toBe(202)
    expect(door.kept[0]?.payload).toBe(body)
  })

  it('of an event that we do not work on is acknowledged and dropped', async () => {
    const door = await openDoor()
    expect(await post(door.url, signedDelivery('ping', { zen: 'x' }))).toEqual({
      status: 202,
      text: 'ignored',
    })
    expect(door.kept).toEqual([])
  })
})

describe('a delivery that is not genuine', () => {
  const body = Buffer.from(JSON.stringify(commentPayload()))
  const good = createHmac('sha256', SECRET).update(body).digest('hex')

  it.each([
    ['W01 no signature', { 'x-hub-signature-256': '' }],
    ['W01 a wrong signature', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
    [
      'W02 only SHA-1',
      {
        'x-hub-signature-256': '',
        'x-hub-signature': `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}`,
      },
    ],
    ['W02 SHA-1 under the name of SHA-256', { 'x-hub-signature-256': `sha1=${good}` }],
    ['W03 too short', { 'x-hub-signature-256': `sha256=${good.slice(2)}` }],
    ['W03 too long', { 'x-hub-signature-256': `sha256=${good}00` }],
    ['W03 empty', { 'x-hub-signature-256': 'sha256=' }],
    ['W03 no hexadecimal digits', { 'x-hub-signature-256': `sha256=${'zz'.repeat(32)}` }],
    ['W03 the right digits and something else', { 'x-hub-signature-256': `sha256=${good.slice(0, 62)}zz` }],
    ['W03 many bytes a letter', { 'x-hub-signature-256': `sha256=${'é'.repeat(64)}` }],
    ['W03 twice the header', { 'x-hub-signature-256': `sha256=${good}, sha256=${good}` }],
  ])('%s: 401, nothing is kept, the next one is taken', async (_, headers) => {
    const door = await openDoor()
    const wrong = signedDelivery('issue_comment', body, { headers })
    expect((await post(door.url, wrong)).status).toBe(401)
    expect(door.kept).toEqual([])
    expect((await post(door.url, signedDelivery('issue_comment', body))).status).toBe(202)
  })

  it('W01 signed with another secret: 401', async () => {
    const door = await openDoor()
    const wrong = signedDelivery('issue_comment', body, { secret: `${SECRET}!` })
    expect((await post(door.url, wrong)).status).toBe(401)
  })

  it.each([
    ['no JSON', 'not json'],
    ['nothing at all', ''],
    ['JSON that breaks off', '{"action":"created"'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])('W03 a signed body of %s: 400, and the process lives', async (_, content) => {
    const door = await openDoor()
    expect((await post(door.url, signedDelivery('issue_comment', content))).status).toBe(400)
    expect((await post(door.url, signedDelivery('issue_comment', body))).status).toBe(202)
  })

  it.each([
    ['for another App', { 'x-github-hook-installation-target-id': '4712' }],
    ['of a webhook of a repository', { 'x-github-hook-installation-target-type': 'repository' }],
    ['without a GUID', { 'x-github-delivery': '' }],
    ['with a GUID that is none', { 'x-github-delivery': "1'; DROP TABLE deliveries" }],
    ['without an event', { 'x-github-event': '' }],
    ['with a name that is no event', { 'x-github-event': '__proto__!' }],
  ])('%s: 400', async (_, headers) => {
    const door = await openDoor()
    expect((await post(door.url, signedDelivery('issue_comment', body, { headers }))).status).toBe(400)
    expect(door.kept).toEqual([])
  })

  it('as a form: 415 says what to set', async () => {
    const door = await openDoor()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await post(door.url, signedDelivery('issue_comment', body, { headers }))
    expect(answer).toEqual({ status: 415, text: 'Set the content type of the webhook to application/json.' })
  })

  it.each(['pull_request', 'push', 'workflow_run', 'deployment_status', 'installation'])(
    'a genuine comment under the name of %s, which is not signed: 400',
    async (event) => {
      const door = await openDoor()
      expect((await post(door.url, signedDelivery(event, body))).status).toBe(400)
      expect(door.kept).toEqual([])
    },
  )

  it('under the name of a property that every object has: acknowledged and dropped', async () => {
    const door = await openDoor()
    expect((await post(door.url, signedDelivery('constructor', body))).text).toBe('ignored')
  })
})

describe('W11 two secrets', () => {
  const old = 'the-secret-that-was-there-before'
  const delivery = (): ReturnType<typeof signedDelivery> =>
    signedDelivery('issue_comment', commentPayload(), { secret: old })

  it('both are taken, and the old one no more when it is removed', async () => {
    const both = await openDoor({ secrets: [SECRET, old] })
    expect((await post(both.url, delivery())).status).toBe(202)
    expect((await post(both.url, signedDelivery('issue_comment', commentPayload()))).status).toBe(202)
    const one = await openDoor({ secrets: [SECRET] })
    expect((await post(one.url, delivery())).status).toBe(401)
  })
})

describe('W05 a body that is too much', () => {
  it('says so by its length: 413 before a byte of it is read', async () => {
    const door = await openDoor()
    const answer = await exchange(door.port, head('content-length: 209715200'))
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  })

  it('comes in pieces without end: 413 at the limit, and what it held is given back', async () => {
    const door = await openDoor({ limits: { maxBytes: 1_000_000 } })
    const piece = `10000\r\n${'x'.repeat(0x1_0000)}\r\n`
    for (let round = 0; round < 6; round += 1) {
      const answer = await exchange(door.port, head('transfer-encoding: chunked'), piece.repeat(20))
      expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    }
    expect((await post(door.url, signedDelivery('issue_comment', commentPayload()))).status).toBe(202)
  })

  it('drips: 408 when the time is up', async () => {
    const door = await openDoor({ limits: { timeoutMs: 200 } })
    const answer = await exchange(door.port, head('content-length: 1000'), '{"action"')
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('many at once: what all hold together is bounded, the rest is told to come again', async () => {
    const door = await openDoor({ limits: { maxBytes: 100_000, timeoutMs: 1500 } })
    const dripping = Array.from({ length: 6 }, () =>
      exchange(door.port, head('content-length: 99000'), 'x'.repeat(90_000)),
    )
    const answers = await Promise.all(dripping)
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 408 '))).toHaveLength(4)
    expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 503 '))).toHaveLength(2)
    expect((await post(door.url, signedDelivery('issue_comment', commentPayload()))).status).toBe(202)
  })

  it('breaks off: nothing is kept, the next one is taken', async () => {
    const door = await openDoor()
    const socket = connect(door.port, '127.0.0.1')
    await new Promise<void>((resolve) => {
      socket.write(`${head('content-length: 1000')}{"a"`, () => resolve())
    })
    socket.destroy()
    expect((await post(door.url, signedDelivery('issue_comment', commentPayload()))).status).toBe(202)
    expect(door.kept).toHaveLength(1)
  })
})

describe('L13 a database that is down', () => {
  it('503, nothing is remembered, and the delivery is taken when it comes again', async () => {
    const kept: Delivery[] = []
    let isDown = true
    const door = await openDoor({
      store: async (delivery) => {
        if (isDown) throw new Error('connect ECONNREFUSED')
        kept.push(delivery)
        return 'stored'
      },
    })
    const delivery = signedDelivery('issue_comment', commentPayload())
    expect((await post(door.url, delivery)).status).toBe(503)
    expect(kept).toEqual([])
    isDown = false
    expect((await post(door.url, delivery)).status).toBe(202)
    expect(kept).toHaveLength(1)
  })

  it('503 in time for GitHub where it does not answer', async () => {
    const door = await openDoor({ limits: { storeTimeoutMs: 100 }, store: () => new Promise(() => {}) })
    expect((await post(door.url, signedDelivery('issue_comment', commentPayload()))).status).toBe(503)
    expect(door.logged.join('')).toContain('The inbox took longer than 100 ms.')
  })
})

it('W13 no header and no body of a delivery is in the log, at the finest level', async () => {
  const door = await openDoor()
  const headers = { 'x-github-encoded-secret': 'c2VjcmV0LW9mLXNvbWVib2R5' }
  const delivery = signedDelivery('issue_comment', commentPayload('the words of somebody'), { headers })
  await post(door.url, delivery)
  const log = door.logged.join('')
  expect(log).toContain('delivery stored')
  expect(log).not.toContain('c2VjcmV0LW9mLXNvbWVib2R5')
  expect(log).not.toContain(delivery.headers['x-hub-signature-256']!.slice(7))
  expect(log).not.toContain('the words of somebody')
})

it('N05 deliveries are counted by event and outcome; names that outsiders make up become one series', async () => {
  const door = await openDoor()
  await post(door.url, signedDelivery('issue_comment', commentPayload()))
  for (const name of ['aaaa', 'bbbb', 'cccc']) await post(door.url, signedDelivery(name, {}))
  await post(door.url, signedDelivery('issue_comment', commentPayload(), { secret: 'no' }))
  const lines = (await door.counted())
    .split('\n')
    .filter((line) => line.startsWith('seamless_deliveries_total'))
  expect(lines.sort()).toEqual([
    'seamless_deliveries_total{event="issue_comment",outcome="bad_signature"} 1',
    'seamless_deliveries_total{event="issue_comment",outcome="stored"} 1',
    'seamless_deliveries_total{event="other",outcome="ignored"} 3',
  ])
})

function head(length: string): string {
  const { headers } = signedDelivery('issue_comment', {})
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return ['POST /api/github/webhooks HTTP/1.1', 'host: x', ...lines, length, '', ''].join('\r\n')
}

/** Writes the texts to a connection of its own and answers what came back when it ended. */
function exchange(port: number, ...texts: string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
    // What is written after the answer may find the connection closed: that is the point.
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
    for (const text of texts) socket.write(text)
  })
}
