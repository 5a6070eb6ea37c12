import type { StepFailure } from '../ports/step.ts'
import type { Fault, NoAnswer } from './kubectl-faults.ts'
import { faultsOf, noAnswerOf } from './kubectl-faults.ts'
import type { KubectlEnd } from './kubectl.ts'
import { kubectlName, objectText } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'

/** What a release was about when something refused it; for the texts. */
export interface Attempt {
  readonly step: string
  /** The config's name of the environment, to say where a key stands. */
  readonly environment: string | undefined
  readonly namespace: string | undefined
}

/** An object that the cluster refused, and why; the object is unknown where kubectl did not get to the objects. */
export interface Refused {
  readonly object?: KubernetesObject
  readonly fault: Fault
}

type Failed = Extract<KubectlEnd, { kind: 'failed' }>

/** Which of the objects were refused: those that it does not name as applied, in order. */
export function refusedOf(end: Failed, objects: readonly KubernetesObject[]): Refused[] {
  const faults = faultsOf(end.said)
  const applied = appliedOf(end, objects)
  const left = objects.filter((object) => !applied.includes(object))
  const isPaired = left.length === faults.length
  return faults.map((fault, index) => {
    const object = left[index]
    return { fault, ...(isPaired && object !== undefined && { object }) }
  })
}

export function appliedOf(
  { said }: Pick<KubectlEnd, 'said'>,
  objects: readonly KubernetesObject[],
): KubernetesObject[] {
  const names = new Map<string, number>()
  for (const line of said) {
    const [, name] = /^(\S+\/\S+) serverside-applied/.exec(line) ?? []
    if (name !== undefined) names.set(name, (names.get(name) ?? 0) + 1)
  }
  // Of two with one name in two namespaces, and one line, the first one is it: kubectl goes in order.
  return objects.filter((object) => {
    const count = names.get(kubectlName(object)) ?? 0
    names.set(kubectlName(object), count - 1)
    return count > 0
  })
}

/** Why kubectl could do nothing at all, with what to do; or nothing, where the objects themselves were refused. */
export function noAnswerText(end: Failed, attempt: Attempt): string | undefined {
  if (end.failure.why !== 'exit') return end.failure.message
  const answer = noAnswerOf(end.said)
  return answer === undefined ? undefined : `${attempt.step}: ${unanswered(answer, attempt)}`
}

function unanswered(answer: NoAnswer, attempt: Attempt): string {
  switch (answer.kind) {
    case 'no_cluster':
      return 'kubectl knows no cluster here: there is no kubeconfig, or it names no current context. Set KUBECONFIG to its path before Seamless runs, and "context" in the config.'
    case 'no_context':
      return `the kubeconfig has no context of this name. Correct ${keyOf('context', attempt)}; "kubectl config get-contexts" lists what there is.`
    case 'unauthenticated':
      return `the cluster does not know who asks: the kubeconfig's credentials are missing, wrong or expired (${answer.said}). Renew them; what its login program reads from the environment is declared under ${keyOf('secrets', attempt)}.`
    case 'unreachable':
      return `the cluster does not answer: ${answer.said}. See that the address in the kubeconfig is right and reachable from here, then run again.`
  }
}

/** One sentence for all that was refused, and one for what to do about each kind of it. */
export function refusalText(refused: readonly Refused[], attempt: Attempt): string {
  const each = refused.map(({ object, fault }) => {
    const name = object === undefined ? '' : `${objectText(object, attempt.namespace)}: `
    return `${name}${faultText(fault)}`
  })
  const todo = new Set(refused.map(({ fault }) => faultTodo(fault, attempt)))
  const shown = each.length <= SHOWN ? each : [...each.slice(0, SHOWN), `and ${each.length - SHOWN} more`]
  return [`${shown.join('; ')}.`, ...todo].join(' ').trim()
}

const SHOWN = 5

export function faultText(fault: Fault): string {
  switch (fault.kind) {
    case 'conflict':
      return `${fault.fields.join(', ')} ${fault.fields.length === 1 ? 'is' : 'are'} set by ${fault.managers.join(', ')}`
    case 'forbidden': {
      const where = fault.namespace === undefined ? 'in the cluster' : `in ${fault.namespace}`
      return `${fault.user} may not ${fault.verb} ${resourceOf(fault)} ${where}`
    }
    case 'immutable_job':
      return `what it runs has changed, and a Job cannot be changed`
    case 'no_namespace':
      return `the namespace ${fault.namespace} does not exist`
    case 'no_kind':
    case 'other':
      return fault.said.replace(/\.$/, '')
  }
}

function faultTodo(fault: Fault, attempt: Attempt): string {
  switch (fault.kind) {
    case 'conflict':
      return `Take these fields out of the manifests where somebody else is to keep them (an autoscaler its replicas), or take them over with "conflicts: take" under ${sectionOf(attempt)}.`
    case 'forbidden': {
      const where = fault.namespace === undefined ? '' : ` -n ${fault.namespace}`
      return `Grant it by a ${fault.namespace === undefined ? 'ClusterRole' : 'Role'}; "kubectl auth can-i ${fault.verb} ${resourceOf(fault)}${where} --as=${fault.user}" says when it is there.`
    }
    case 'immutable_job':
      return 'A Job that Seamless applied is run anew when it is over. Wait for it, or delete it, then run again.'
    case 'no_namespace':
      return `Create it ("kubectl create namespace ${fault.namespace}"), or put a Namespace into the manifests.`
    case 'no_kind':
      return 'Install what brings this kind (its CustomResourceDefinition), or correct apiVersion and kind.'
    case 'other':
      return ''
  }
}

function resourceOf({ resource, group }: Extract<Fault, { kind: 'forbidden' }>): string {
  return group === '' ? resource : `${resource}.${group}`
}

function sectionOf({ environment = '<name>' }: Attempt): string {
  return `environments.${environment}.deploy.kubernetes`
}

function keyOf(key: string, attempt: Attempt): string {
  return `"${key}" under ${sectionOf(attempt)}`
}

/** A failure that a person can act on, of a call that did not go well. */
export function failureOf(end: Failed, message: string): StepFailure {
  return { why: end.failure.why, message, output: end.output }
}
