import { z } from 'zod'
import { inMilliseconds } from './in-milliseconds.ts'
import { duration } from './quantity.ts'
import { repositoryPath } from './repository-path.ts'
import { stepFields } from './step.ts'

const EXPECTED_NAMESPACE =
  'expected a namespace: lower-case letters, digits and -, at most 63, beginning and ending with a letter or digit'
const EXPECTED_CONTEXT =
  'expected the name of a context in the kubeconfig, not beginning with - and without spaces'
const EXPECTED_SELECTOR = 'expected a label selector such as app.kubernetes.io/part-of=shop'

/** RFC 1123, as Kubernetes asks of a namespace; so it can be no flag and no path. */
const namespace = z
  .string({ error: EXPECTED_NAMESPACE })
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, { error: EXPECTED_NAMESPACE })

/** Clouds name contexts with `:`, `/`, `@` and `_` (`arn:aws:eks:eu-1:1234:cluster/shop`). */
const context = z
  .string({ error: EXPECTED_CONTEXT })
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,199}$/, { error: EXPECTED_CONTEXT })

const KEY = String.raw`(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`
const VALUE = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`
const SELECTOR = new RegExp(`^${KEY}==?${VALUE}(?:,${KEY}==?${VALUE})*$`)

/** Equalities only: what is not named by one must never be taken away. */
const selector = z
  .string({ error: EXPECTED_SELECTOR })
  .max(1000)
  .regex(SELECTOR, { error: EXPECTED_SELECTOR })

export const kubernetes = z
  .strictObject({
    manifests: z
      .array(repositoryPath, { error: 'expected a list of files and folders such as k8s/' })
      .min(1, { error: 'expected at least one file or folder' })
      .optional()
      .describe('Manifests: files, or folders whose .yaml, .yml and .json files are taken.'),
    kustomize: repositoryPath.optional().describe('A folder with a kustomization, instead of `manifests`.'),
    namespace: namespace
      .optional()
      .describe("Where all of it goes; without it, where each manifest says, else the context's own."),
    context: context.optional().describe("The kubeconfig's context; without it, its current one."),
    prune: selector
      .optional()
      .describe(
        'After the rollout, what Seamless once applied in the namespace with these labels and what is in the manifests no more is deleted.',
      ),
    conflicts: z
      .enum(['refuse', 'take'], { error: 'expected refuse or take' })
      .prefault('refuse')
      .describe(
        'Fields that somebody else set (`kubectl edit`, Helm, an autoscaler): `refuse` the release and name them, or `take` them over.',
      ),
    history: z
      .int({ error: 'expected a number of releases from 0 to 20' })
      .min(0)
      .max(20)
      .prefault(5)
      .describe(
        'How many releases are kept in the namespace, each as a Secret, for rollbacks to what was applied; 0 keeps none, and a rollback applies the manifests of the old commit.',
      ),
    ...stepFields,
    timeout: duration
      .prefault('10m')
      .describe('How long it may take until everything that was changed is rolled out.'),
  })
  .superRefine(({ manifests, kustomize, prune, namespace: where }, report) => {
    if ((manifests === undefined) === (kustomize === undefined)) {
      const message = manifests === undefined ? 'names no manifests' : 'names manifests and kustomize'
      report.addIssue({ code: 'custom', message, params: { expected: 'one of manifests, kustomize' } })
    }
    if (prune !== undefined && where === undefined) {
      const params = { expected: 'namespace as well' }
      report.addIssue({
        code: 'custom',
        path: ['prune'],
        message: 'without namespace nobody knows where to take things away',
        params,
      })
    }
  })
  .transform(inMilliseconds)

export type Kubernetes = z.output<typeof kubernetes>
