import { kubernetesDeployer } from '../../../src/adapters/kubernetes-deploy.ts'
import { kubernetes } from '../../../src/config/kubernetes.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { Deployer, StepOutcome } from '../../../src/ports/deployer.ts'
import type { StepContext, StepFailure } from '../../../src/ports/step.ts'
import { systemClock } from '../../../src/adapters/system-clock.ts'
import { type StepWorld, stepWorld } from '../step-world.ts'
import type { ControlPlane } from './control-plane.ts'

/** A folder with manifests, and a namespace of its own on the control plane. */
export interface KubeWorld extends StepWorld {
  readonly namespace: string
  /** Of a version; `more` is what the config says besides. */
  deployer(more?: Readonly<Record<string, unknown>>, environment?: Readonly<Record<string, string>>): Deployer
  version(name: string, more?: Partial<StepContext>): StepContext
  /** `kubectl get … -o jsonpath`, in the namespace. */
  get(what: string, path: string): string
  kubectl(...args: readonly string[]): string
}

/**
 * Minutes of patience in seconds of a test: its time goes thirty times as fast. What the cluster itself does goes at its
 * own pace.
 */
export const fastClock: Clock = {
  now: () => Date.now() * 30,
  sleep: (ms, signal) => systemClock.sleep(ms / 30, signal),
}

let worlds = 0

export function kubeWorld(plane: ControlPlane): KubeWorld {
  const namespace = `shop-${++worlds}`
  plane.kubectl(['create', 'namespace', namespace])
  const world = stepWorld({ PATH: plane.path, KUBECONFIG: plane.kubeconfig })
  const kubectl = (...args: readonly string[]): string => plane.kubectl([`--namespace=${namespace}`, ...args])
  return {
    ...world,
    namespace,
    deployer: (more = {}, environment = {}) =>
      kubernetesDeployer(kubernetes.parse({ manifests: ['k8s'], namespace, timeout: '10m', ...more }), {
        ...world.shell,
        environment: { ...world.shell.environment, HOME: plane.home, ...environment },
        clock: fastClock,
      }),
    version: (name, more = {}) =>
      world.context({
        step: 'deploy/production/apply',
        ...more,
        values: {
          SEAMLESS_VERSION: name,
          SEAMLESS_ENVIRONMENT: 'production',
          SEAMLESS_REPOSITORY: 'acme/shop',
          ...more.values,
        },
      }),
    get: (what, path) => kubectl('get', ...what.split(' '), '-o', `jsonpath=${path}`),
    kubectl,
  }
}

export interface WorkloadOptions {
  readonly image?: string
  readonly replicas?: number
  readonly container?: Readonly<Record<string, unknown>>
  readonly spec?: Readonly<Record<string, unknown>>
  readonly labels?: Readonly<Record<string, string>>
}

/** A manifest as JSON, which is YAML. */
export function workload(kind: string, name: string, options: WorkloadOptions = {}): string {
  const { image = 'registry.example/shop/api:1.0.0', replicas = 2, container, spec, labels } = options
  const isJob = kind === 'Job'
  const template = {
    metadata: { labels: { app: name } },
    spec: {
      containers: [{ name: 'api', image, ...container }],
      ...(isJob && { restartPolicy: 'Never' }),
      terminationGracePeriodSeconds: 1,
    },
  }
  return JSON.stringify({
    apiVersion: isJob ? 'batch/v1' : 'apps/v1',
    kind,
    metadata: { name, ...(labels && { labels }) },
    spec: {
      ...(kind === 'Deployment' || kind === 'StatefulSet' ? { replicas } : {}),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      ...(isJob ? { backoffLimit: 0 } : { selector: { matchLabels: { app: name } } }),
      template,
      ...spec,
    },
  })
}

export function configMap(name: string, data: Readonly<Record<string, string>>, labels?: object): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...(labels && { labels }) },
    data,
  })
}

export function done(outcome: StepOutcome | undefined): string {
  if (outcome?.kind === 'failed') throw new Error(outcome.failure.message)
  return outcome?.output ?? ''
}

export function failure(outcome: StepOutcome | undefined): StepFailure {
  if (outcome?.kind !== 'failed') throw new Error(`it went well: ${outcome?.output}`)
  return outcome.failure
}
