import autocannon, { type LoadRequest } from 'autocannon'
import { countRequests } from './count-requests.ts'
import type { Outcome } from './outcome.ts'

/**
 * The load generator: a process of its own, so that nothing else delays what it sends. `node generator.ts ORIGIN RATE`
 * prints the outcomes as lines of JSON, a list in each, until its standard input ends: by its caller's will or death.
 *
 * autocannon holds a rate by sending a whole second's requests at the top of each second. Many small runs of it, started
 * one after the other over the first second, make the load even: with the rate of 200, four requests every 20 ms.
 */
const [origin = '', rate = ''] = process.argv.slice(2)
const LANES = 50
const TIMEOUT_SECONDS = 5
/** Longer than any demo. */
const LONG_SECONDS = 3600
const BATCH_MS = 100

let batch: Outcome[] = []
let stoppedAt = Infinity
const counter = countRequests((outcome) => {
  if (outcome.atMs <= stoppedAt) batch.push(outcome)
})
const perLane = Math.round(Number(rate) / LANES)
const requests = mix()
let lanes = 0
const starting = setInterval(() => {
  startLane(lanes)
  lanes += 1
  if (lanes === LANES) clearInterval(starting)
}, 1000 / LANES)
const sending = setInterval(flush, BATCH_MS)

process.stdin.resume().once('end', () => void stop())

function startLane(lane: number): void {
  autocannon({
    url: origin,
    connections: perLane,
    connectionRate: 1,
    duration: LONG_SECONDS,
    timeout: TIMEOUT_SECONDS,
    ignoreCoordinatedOmission: true,
    // Each connection prepares all its requests beforehand, so a lane asks for its part of them only.
    requests: requests.filter((_, i) => i % LANES === lane),
    setupClient: counter.follow,
  })
}

/** What users of the API ask for: mostly each product in turn, some lists and quotes. */
function mix(): LoadRequest[] {
  const ids = Array.from({ length: 240 }, (_, i) => `p-${String(i + 1).padStart(4, '0')}`)
  return ids.flatMap((id, i): LoadRequest[] => {
    const product: LoadRequest = { method: 'GET', path: `/v1/products/${id}` }
    if (i % 20 === 0) return [product, { method: 'GET', path: `/v1/products?after=${id}` }]
    if (i % 20 === 10) return [product, quote(id)]
    return [product]
  })
}

function quote(product: string): LoadRequest {
  const body = JSON.stringify({ lines: [{ product, quantity: 2 }] })
  return { method: 'POST', path: '/v1/quotes', body, headers: { 'content-type': 'application/json' } }
}

/** What was sent until now is waited for; what the lanes send while they stop does not count. */
async function stop(): Promise<void> {
  stoppedAt = Date.now()
  clearInterval(starting)
  const end = stoppedAt + TIMEOUT_SECONDS * 1000 + 1000
  while (counter.pendingUntil(stoppedAt) > 0 && Date.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 10))
  clearInterval(sending)
  flush()
  // After all that was written before; what the lanes still do is of no interest.
  process.stdout.end(() => process.exit(0))
}

function flush(): void {
  if (batch.length > 0) process.stdout.write(`${JSON.stringify(batch)}\n`)
  batch = []
}
