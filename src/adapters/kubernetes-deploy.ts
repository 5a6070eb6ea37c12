import type { Kubernetes } from '../config/kubernetes.ts'
import type { Deployer, Live, StepOutcome } from '../ports/deployer.ts'
import type { StepContext } from '../ports/step.ts'
import { openKubectl } from './kubectl.ts'
import type { KubernetesShell } from './kubectl.ts'
import { bringRelease, isForced } from './kubernetes-bring.ts'
import type { Bringing } from './kubernetes-bring.ts'
import { releaseDifference } from './kubernetes-difference.ts'
import { imagesOf, unusedImages } from './kubernetes-images.ts'
import { ManifestError } from './kubernetes-manifests.ts'
import { readRelease } from './kubernetes-release.ts'
import { liveRelease } from './kubernetes-status.ts'
import { takeBackRelease } from './kubernetes-take-back.ts'
import { thrownFailure } from './thrown-failure.ts'

/** Brings manifests into a cluster by `kubectl`, waits until all that they changed is rolled out, and takes them back. */
export function kubernetesDeployer(settings: Kubernetes, shell: KubernetesShell): Deployer {
  const open = (context: StepContext): Bringing => {
    const { SEAMLESS_ENVIRONMENT: environment } = context.values
    const attempt = { step: context.step, environment, namespace: settings.namespace }
    return { settings, shell, context, attempt, kubectl: openKubectl(settings, shell, context) }
  }
  return {
    deploy: (context) =>
      told(context, async () => {
        const bringing = open(context)
        const release = await readRelease(settings, bringing.kubectl, context)
        for (const name of unusedImages(release.objects, imagesOf(context.values)))
          shell.log.warning(
            `${context.step}: the image ${name} was built, and no workload of the manifests names it.`,
          )
        return bringRelease(bringing, release, isForced(settings))
      }),
    rollback: (context) => told(context, () => takeBackRelease(open(context))),
    status: (context) => status(context, () => open(context)),
    difference: (context) =>
      told(context, async () => {
        const { kubectl, attempt } = open(context)
        const release = await readRelease(settings, kubectl, context)
        const comparing = { attempt, isForced: isForced(settings), prune: settings.prune }
        return releaseDifference(kubectl, release, comparing)
      }),
  }
}

/** Whatever is thrown is an answer too. Only what is read before anything is changed throws errors of these two classes. */
async function told(context: StepContext, act: () => Promise<StepOutcome>): Promise<StepOutcome> {
  const { step, signal } = context
  try {
    return await act()
  } catch (error) {
    if (signal.aborted) {
      const message = `${step}: was stopped because the run was cancelled.`
      return { kind: 'failed', failure: { why: 'cancelled', message, output: '' } }
    }
    if (error instanceof ManifestError)
      return { kind: 'failed', failure: { ...error.failure, isUntouched: true } }
    return { kind: 'failed', failure: thrownFailure(error) }
  }
}

async function status(context: StepContext, open: () => Bringing): Promise<Live> {
  try {
    const { settings, kubectl, attempt } = open()
    const { objects } = await readRelease(settings, kubectl, context)
    return await liveRelease(kubectl, objects, attempt)
  } catch (error) {
    return { kind: 'unknown', why: (error as Error).message }
  }
}
