import type { CuttingProxy, PassingCall, When } from '../app/cutting-proxy.ts'
import type { DrivenWorld } from '../app/driven-world.ts'

export interface Killings {
  /** `after POST /repos/team/service/deployments`, in order. */
  readonly done: readonly string[]
  /** No more of them; resolves when the App is up. */
  end(): Promise<void>
}

/** `kill -9` before and after GitHub does these; only after it, the worse of the two, around whatever else is written. */
const BOTH = [/POST .*\/deployments$/, /POST .*\/dispatches$/, /PUT .*\/merge$/]
/** These are written for more than one reason. */
const TWICE = [/POST .*\/issues\/N\/comments$/, /PATCH .*\/check-runs\/N$/]

/** Kills the App around each kind of call by which it writes to GitHub, and starts it again on the same data. */
export function killAtWrites(proxy: CuttingProxy, world: DrivenWorld): Killings {
  const seen = new Map<string, number>()
  const done: string[] = []
  let up: Promise<unknown> = Promise.resolve()
  const when = (call: PassingCall): When | undefined => {
    const kind = kindOf(call)
    if (kind === undefined) return undefined
    const count = seen.get(kind) ?? 0
    seen.set(kind, count + 1)
    const cuts = cutsOf(kind)
    const cut = cuts[count]
    if (cut !== undefined) done.push(`${cut} ${kind}`)
    return cut
  }
  const off = proxy.cutEach(when, async () => {
    await world.killApp()
    // One that is killed before it is ready is no fault.
    up = world.startApp().catch(() => undefined)
  })
  return {
    done,
    async end() {
      off()
      await up
    },
  }
}

function cutsOf(kind: string): readonly When[] {
  if (BOTH.some((one) => one.test(kind))) return ['before', 'after']
  return TWICE.some((one) => one.test(kind)) ? ['after', 'after'] : ['after']
}

/** What is read, and the App's own tokens, change nothing. */
function kindOf({ method, path }: PassingCall): string | undefined {
  if (method === 'GET' || /\/(?:access_tokens|graphql)$/.test(path)) return undefined
  const plain = path.replace('/api/v3', '').replace(/\?.*/, '').replaceAll(/\/\d+/g, '/N')
  return `${method} ${plain}`
}
