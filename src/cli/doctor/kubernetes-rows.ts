import { join } from 'node:path'
import { openKubectl } from '../../adapters/kubectl.ts'
import type { Kubectl } from '../../adapters/kubectl.ts'
import { noAnswerText } from '../../adapters/kubernetes-refusal.ts'
import { systemClock } from '../../adapters/system-clock.ts'
import type { Config } from '../../config/schema.ts'
import type { Kubernetes } from '../../config/kubernetes.ts'
import { missing, ok, type Row, warning } from './row.ts'
import type { ToolShell } from './tool-rows.ts'

/** Whether kubectl is here, and for each environment on Kubernetes whether its cluster lets a release in. */
export async function kubernetesRows({ environments }: Config, shell: ToolShell): Promise<Row[]> {
  const places = Object.entries(environments).flatMap(([name, { deploy }]) =>
    deploy.adapter === 'kubernetes' ? [{ name, settings: deploy.kubernetes }] : [],
  )
  const rows = await Promise.all(places.map((place) => placeRows(place, shell)))
  const [first] = rows
  if (first === undefined) return []
  return first.some(({ what }) => what === 'kubectl') ? first : rows.flat()
}

interface Place {
  readonly name: string
  readonly settings: Kubernetes
}

/** Somebody looks at what comes. */
const LOOK_MS = 10_000

async function placeRows({ name, settings }: Place, shell: ToolShell): Promise<Row[]> {
  const what = `cluster of ${name}`
  const unset = settings.secrets.filter((secret) => (shell.environment[secret] ?? '') === '')
  // The rows of the secrets say which.
  if (unset.length > 0)
    return [warning(what, 'It was not asked: secrets are not set here.', 'Set them to ask it.')]
  const context = {
    step: what,
    root: shell.folder,
    directory: join(shell.folder, '.'),
    values: { SEAMLESS_ENVIRONMENT: name },
    signal: shell.signal,
  }
  const quiet = { info: nothing, warning: nothing, error: nothing, output: nothing }
  const asking = { ...settings, timeoutMs: LOOK_MS }
  return asked(openKubectl(asking, { ...shell, log: quiet, clock: systemClock }, context), what, settings)
}

function nothing(): void {}

/** What every release with a workload needs; what else it needs its own check tells before anything is changed. */
const VERBS = ['get', 'create', 'patch'] as const

async function asked(kubectl: Kubectl, what: string, { namespace, history }: Kubernetes): Promise<Row[]> {
  const attempt = { step: what, environment: undefined, namespace }
  const wanted = ['deployments.apps', ...(history > 0 ? ['secrets'] : [])]
  const lacking: string[] = []
  for (const resource of wanted) {
    for (const verb of VERBS) {
      const end = await kubectl.run(['auth', 'can-i', verb, resource], { timeoutMs: 2 * LOOK_MS })
      // It says "no" and ends with 1.
      if (end.kind === 'done') continue
      if (end.failure.why === 'spawn')
        return [
          missing(
            'kubectl',
            'It is not on the PATH here.',
            'Install it: https://kubernetes.io/docs/tasks/tools/',
          ),
        ]
      if (end.stdout.trim() !== 'no')
        return [
          warning(
            what,
            noAnswerText(end, attempt) ?? end.failure.message,
            'Set KUBECONFIG, or see that the runner has it.',
          ),
        ]
      lacking.push(`${verb} ${resource}`)
    }
  }
  const where = namespace === undefined ? 'in the namespace of the context' : `in ${namespace}`
  if (lacking.length === 0) return [ok(what, `A release may be applied ${where}.`)]
  const todo = 'Grant it to whoever the kubeconfig names: docs/kubernetes.md has the Role.'
  return [missing(what, `It may not ${lacking.join(', ')} ${where}.`, todo)]
}
