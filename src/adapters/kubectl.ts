import type { Kubernetes } from '../config/kubernetes.ts'
import type { Clock } from '../ports/clock.ts'
import type { StepContext } from '../ports/step.ts'
import { childEnvironment } from './child-environment.ts'
import type { ProcessEnd } from './run-process.ts'
import type { StepShell } from './run-shell.ts'

export interface KubernetesShell extends StepShell {
  readonly clock: Clock
}

/** Where and as whom kubectl works. */
export type KubectlSettings = Pick<Kubernetes, 'context' | 'namespace' | 'env' | 'secrets' | 'timeoutMs'>

export interface KubectlCall {
  /** Manifests for `-f -`. */
  readonly input?: string
  /** Texts that nobody may see in what it prints: the values of the manifests' Secrets. */
  readonly hidden?: readonly string[]
  /** Whether its lines go to the log as they come. */
  readonly isLogged?: boolean
  /** Whether its standard output is shown to people: then it is masked too. */
  readonly isShown?: boolean
  /** Without a cluster: it sees no credentials then. */
  readonly isLocal?: boolean
  readonly timeoutMs?: number
}

export type KubectlEnd = ProcessEnd & {
  /** What it said beside JSON, line by line, masked; the last 2000. */
  readonly said: readonly string[]
}

/** One `kubectl`, with its context, namespace, environment and limits. Never rejects. */
export interface Kubectl {
  readonly namespace: string | undefined
  run(args: readonly string[], call?: KubectlCall): Promise<KubectlEnd>
}

/** Each request; kubectl itself would wait for ever for a server that takes the connection and says nothing. */
const REQUEST_MAX_SECONDS = 30

/** A whole call: some requests, and what logs in for it. */
const CALL_MS = 120_000

/** Answers with many pods are some MB; larger ones are not those of a release. */
const ANSWER_BYTES = 64 * 1024 * 1024

const SAID_MAX = 2000

/** Error: `UsageError` for a declared secret that is not there and for reserved names. */
export function openKubectl(
  { context: cluster, namespace, env, secrets, timeoutMs }: KubectlSettings,
  shell: KubernetesShell,
  context: StepContext,
): Kubectl {
  const { step, directory, signal, values } = context
  const own = {
    // The user's own defaults and aliases for kubectl, and another program to show differences, are for their terminal.
    KUBERC: 'off',
    KUBECTL_EXTERNAL_DIFF: 'diff -u -N',
    LC_ALL: 'C',
  }
  const remote = { ...childEnvironment(shell.environment, { step, env, secrets, values }), ...own }
  const local = { ...childEnvironment(shell.environment, { step, values }), ...own }
  const known = secrets.flatMap((name) => remote[name as keyof typeof remote] ?? [])
  const flags = [
    ...(cluster === undefined ? [] : [`--context=${cluster}`]),
    ...(namespace === undefined ? [] : [`--namespace=${namespace}`]),
    `--request-timeout=${Math.min(REQUEST_MAX_SECONDS, Math.ceil(timeoutMs / 1000))}s`,
  ]
  return {
    namespace,
    async run(args, call = {}) {
      const said: string[] = []
      const end = await shell.run({
        file: 'kubectl',
        args: call.isLocal === true ? args : [...args, ...flags],
        title: `${step}: kubectl ${args.filter((arg) => !arg.startsWith('-')).join(' ')}`,
        directory,
        environment: call.isLocal === true ? local : remote,
        secrets: [...known, ...(call.hidden ?? [])],
        signal,
        timeoutMs: call.timeoutMs ?? CALL_MS,
        captureBytes: ANSWER_BYTES,
        // What is read by us must be whole.
        isCaptureRaw: call.isShown !== true,
        ...(call.input !== undefined && { input: call.input }),
        onLine(line) {
          if (call.isLogged === true) shell.log.output(step, line)
          if (/^[\s{}[\]]/.test(line)) return
          if (said.push(line) > SAID_MAX) said.shift()
        },
      })
      return { ...installable(end), said }
    },
  }
}

/** That it is missing is said by the system; what to do about it is not. */
function installable(end: ProcessEnd): ProcessEnd {
  if (end.kind === 'done' || end.failure.why !== 'spawn' || !end.failure.message.includes('is not installed'))
    return end
  const message = `${end.failure.message} Install it where Seamless runs (https://kubernetes.io/docs/tasks/tools/).`
  return { ...end, failure: { ...end.failure, message } }
}
