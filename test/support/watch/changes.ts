import { readFileSync } from 'node:fs'

/** A commit of a pull request: its files, null for one that goes. */
export interface Step {
  readonly message: string
  readonly files: Readonly<Record<string, string | null>>
}

const APP = 'src/app.ts'
const app = readFileSync(new URL('../../../examples/service/src/app.ts', import.meta.url), 'utf8')

/** A version that users take as they took the one before. */
export function goodChange(version: string): Step {
  return { message: `Version ${version}`, files: { VERSION: `${version}\n` } }
}

/**
 * A version that no test sees anything in: once it has answered a while, every third answer comes 400 ms late and is a 500. So two
 * checks that know nothing of each other find it, errors and latency.
 */
export function badChange(version: string): Step {
  return faultyChange(version, 'answered < 40')
}

/** The same, but well until `OrdersPlace.breakLatent` is called. */
export function latentChange(version: string): Step {
  return faultyChange(version, "!existsSync(`${process.env['ORDERS_STATE']}/pool-is-full`)")
}

function faultyChange(version: string, isWell: string): Step {
  const call = 'const result = await run(route, request, url)'
  if (!app.includes(call)) throw new Error(`${APP} has changed: say anew how it is broken`)
  const fault = `
let answered = 0

/** The pool of connections is too small. */
async function fromPool(result: Answer): Promise<Answer> {
  answered += 1
  if (${isWell} || answered % 3 !== 0) return result
  await new Promise((resolve) => setTimeout(resolve, 400))
  return { status: 500, body: { error: 'no connection' } }
}
`
  const used = app.replace(call, 'const result = await fromPool(await run(route, request, url))')
  const broken = `import { existsSync } from 'node:fs'\n${used}${fault}`
  return {
    message: `Pool connections, as version ${version}`,
    files: { VERSION: `${version}\n`, [APP]: broken },
  }
}

/** The same in three commits, the middle one of no consequence. */
export function inThreeCommits({ message, files }: Step): readonly Step[] {
  const [first, ...rest] = Object.entries(files)
  return [
    { message: `${message}: first half`, files: Object.fromEntries([first!]) },
    { message: 'Say what the pool is for', files: { 'docs/pool.md': 'Fewer connections.\n' } },
    { message: `${message}: second half`, files: Object.fromEntries(rest) },
  ]
}

/** Words only, that GitHub is asked to start nothing for: it comes after a change and is never deployed itself. */
export function laterWork(name: string): Step {
  return { message: `Write ${name} down [skip ci]`, files: { [`docs/${name}.md`]: `${name}\n` } }
}
