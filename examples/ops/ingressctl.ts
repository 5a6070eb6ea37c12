/**
 * Talks to the ingress at INGRESS_ADMIN:
 *   ingressctl get                            prints stable, candidate (or -) and weight on one line
 *   ingressctl set weight=10 candidate=URL    changes all that is given at once; `candidate=` removes the candidate
 *   ingressctl drained URL                    waits until no request is under way at URL
 */
const admin = process.env['INGRESS_ADMIN']
if (!admin) throw new Error('INGRESS_ADMIN must name the admin origin of the ingress')

const DRAIN_MS = 10_000

const [verb, ...rest] = process.argv.slice(2)
switch (verb) {
  case 'get':
    await get()
    break
  case 'set':
    await set(rest)
    break
  case 'drained':
    await drained(rest[0] ?? '')
    break
  default:
    throw new Error('usage: ingressctl get | set NAME=VALUE… | drained URL')
}

interface Routing {
  readonly stable: string | null
  readonly candidate: string | null
  readonly weight: number
  readonly underWay: Readonly<Record<string, number>>
}

async function get(): Promise<void> {
  const { stable, candidate, weight } = await call()
  console.log(`${stable ?? '-'} ${candidate ?? '-'} ${weight}`)
}

async function set(settings: readonly string[]): Promise<void> {
  const pairs = settings.map((setting) => {
    const [name = '', value = ''] = setting.split(/=(.*)/s)
    return [name, name === 'weight' ? Number(value) : value || null] as const
  })
  await call({ method: 'PUT', body: JSON.stringify(Object.fromEntries(pairs)) })
}

async function drained(origin: string): Promise<void> {
  const end = Date.now() + DRAIN_MS
  while ((await call()).underWay[origin] !== undefined) {
    if (Date.now() > end) throw new Error(`${origin} still has requests under way after ${DRAIN_MS / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function call(init?: RequestInit): Promise<Routing> {
  const response = await fetch(`${admin}/`, init)
  const text = await response.text()
  if (!response.ok) throw new Error(`the ingress refused: ${text.trim()}`)
  return JSON.parse(text) as Routing
}
