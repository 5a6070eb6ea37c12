import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { webhookUrl, withWebhook } from '../../src/adapters/escalation-webhook.ts'
import { UsageError } from '../../src/errors.ts'
import type { Escalation } from '../../src/ports/escalation.ts'
import { memoryEscalation, type MemoryEscalation } from '../support/command/memory-escalation.ts'
import { type MemoryRecords, memoryRecords } from '../support/command/memory-records.ts'
import { type MemoryLog, memoryLog } from '../support/memory-log.ts'

const stuck = { environment: 'production', title: 'production is stuck', text: 'Look at it.\n\nNow.' }

describe('the webhook of an escalation', () => {
  const got: { type: string | undefined; body: unknown }[] = []
  let server: Server
  let status: number
  let inner: MemoryEscalation
  let records: MemoryRecords
  let log: MemoryLog
  let escalation: Escalation

  beforeEach(async () => {
    got.length = 0
    status = 200
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        got.push({ type: request.headers['content-type'], body: JSON.parse(body) })
        response.writeHead(status).end('x'.repeat(1_000_000))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    inner = memoryEscalation()
    records = memoryRecords()
    log = memoryLog()
    const { port } = server.address() as AddressInfo
    const url = webhookUrl(`http://127.0.0.1:${port}/services/T0/B0/secret`)
    const { signal } = new AbortController()
    escalation = withWebhook(inner, { url, repository: 'acme/shop', records, log, signal })
  })
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())))

  test('tells the chat once, with where to read all of it, beside the issue', async () => {
    const url = 'https://github.test/acme/shop/pull/7'
    await escalation.raise('watch-end/1', { ...stuck, url })
    await escalation.raise('watch-end/1', { ...stuck, url })
    expect(got).toEqual([
      {
        type: 'application/json',
        body: { text: `production is stuck (acme/shop, production)\nLook at it.\nNow.\n${url}` },
      },
    ])
    expect(inner.issues).toEqual([expect.objectContaining({ key: 'watch-end/1', url, isOpen: true })])
  })

  test('tells it what comes next, too, and closes the issue without a word', async () => {
    await escalation.raise('watch-end/1', stuck)
    await escalation.raise('watch-end/2', stuck)
    await escalation.settle('production', 'Well again.')
    expect(got).toHaveLength(2)
    expect(inner.issues).toEqual([expect.objectContaining({ isOpen: false })])
  })

  test('no text of others calls a channel, mentions somebody or makes a link there', async () => {
    const text = '<!channel> <@U012AB> <https://evil.test|Click> & more'
    await escalation.raise('watch-end/1', { ...stuck, title: '<!here>\nsecond line', text })
    const { text: sent } = got[0]!.body as { text: string }
    expect(sent).not.toMatch(/[<>]/)
    expect(sent).toBe(
      '&lt;!here&gt; second line (acme/shop, production)\n&lt;!channel&gt; &lt;@U012AB&gt; &lt;https://evil.test|Click&gt; &amp; more',
    )
  })

  test('what is long is cut', async () => {
    await escalation.raise('watch-end/1', { ...stuck, text: `${'word '.repeat(90)}\n`.repeat(100) })
    expect((got[0]!.body as { text: string }).text.length).toBeLessThan(2000)
  })

  test.each([404, 500, 302])(
    'an answer %d is logged without its secret, and stops nothing',
    async (answer) => {
      status = answer
      await escalation.raise('watch-end/1', stuck)
      expect(inner.issues).toHaveLength(1)
      expect(log.lines).toEqual([expect.stringContaining(`answered ${answer}`)])
      expect(log.lines.join('\n')).not.toContain('secret')
    },
  )

  test('nobody there is logged without its secret, and stops nothing', async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()))
    await escalation.raise('watch-end/1', stuck)
    expect(inner.issues).toHaveLength(1)
    expect(log.lines).toEqual([expect.stringContaining('could not be told (refused)')])
    expect(log.lines.join('\n')).not.toContain('secret')
    server = createServer().listen(0)
  })

  test('tells the chat even where GitHub takes no issue, and not again when it is tried again', async () => {
    inner.failure = new Error('GitHub is down')
    await expect(escalation.raise('watch-end/1', stuck)).rejects.toThrow('GitHub is down')
    inner.failure = undefined
    await escalation.raise('watch-end/1', stuck)
    expect(got).toHaveLength(1)
    expect(inner.issues).toHaveLength(1)
  })
})

test.each(['https://hooks.example/services/T/B/x', 'http://localhost:9/x', 'http://[::1]:9/x'])(
  '%s may be a webhook',
  (url) => {
    expect(webhookUrl(url).href).toBe(new URL(url).href)
  },
)

test.each([
  'http://hooks.example/secret',
  'ftp://127.0.0.1/secret',
  'secret',
  '',
  'http://127.0.0.1.evil.test/secret',
])('%s may not, and is not repeated', (url) => {
  const error = (() => {
    try {
      return webhookUrl(url)
    } catch (thrown) {
      return thrown
    }
  })()
  expect(error).toBeInstanceOf(UsageError)
  expect(String(error)).not.toContain('secret')
})
