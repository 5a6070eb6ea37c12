import { createHash } from 'node:crypto'
import { relative } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import type { StepContext } from '../ports/step.ts'
import type { Kubectl, KubectlEnd } from './kubectl.ts'
import { kubernetesObject, listText, parseObjects } from './kubernetes-object.ts'
import type { KubernetesObject } from './kubernetes-object.ts'
import { FIELD_MANAGER } from './kubernetes-release.ts'
import type { Release } from './kubernetes-release.ts'

/**
 * What was applied is kept beside it, as Helm keeps its releases: a Secret, since it may hold some. A rollback then needs
 * no checkout, no registry's tag and no receipt of another runner, and applies what ran, byte by byte.
 */
const RECORD = z.strictObject({
  version: z.string(),
  sha: z.string(),
  objects: z.array(kubernetesObject),
})

const SERVICE_LABEL = 'seamless/service'
const SINCE_ANNOTATION = 'seamless/live-since'

/** A Secret holds 1 MiB (its data and its base64 count); some room is left for its names. */
const RECORD_MAX_BYTES = 1_000_000

/** The record of a release, as an object to apply; nothing where it is too large to be kept. */
export function recordOf(
  release: Release,
  context: StepContext,
  nowMs: number,
): KubernetesObject | undefined {
  const text = JSON.stringify({ version: release.version, sha: release.sha, objects: release.objects })
  const data = gzipSync(text).toString('base64')
  if (data.length > RECORD_MAX_BYTES) return undefined
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: recordName(context, release.version),
      labels: { [SERVICE_LABEL]: serviceOf(context) },
      annotations: {
        'seamless/version': release.version,
        'seamless/environment': context.values['SEAMLESS_ENVIRONMENT'] ?? '',
        [SINCE_ANNOTATION]: new Date(nowMs).toISOString(),
      },
    },
    type: 'seamless/release',
    data: { release: data },
  }
}

/** Which service in which environment; names of repositories and environments fit into no label as they are. */
function serviceOf({ values, root, directory }: StepContext): string {
  const { SEAMLESS_REPOSITORY = '', SEAMLESS_ENVIRONMENT = '' } = values
  return digest([SEAMLESS_REPOSITORY, SEAMLESS_ENVIRONMENT, relative(root, directory)])
}

function recordName(context: StepContext, version: string): string {
  return `seamless.${serviceOf(context)}.${digest([version])}`
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

export type Recorded =
  | { readonly kind: 'recorded'; readonly release: Release }
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'failed'; readonly end: Extract<KubectlEnd, { kind: 'failed' }> }

/** What was applied of the version that the context names. */
export async function readRecord(kubectl: Kubectl, context: StepContext): Promise<Recorded> {
  const { SEAMLESS_VERSION: version = '', SEAMLESS_SHA: sha = '' } = context.values
  const args = ['get', `secret/${recordName(context, version)}`, '--ignore-not-found', '--output=json']
  const end = await kubectl.run(args)
  if (end.kind === 'failed') return { kind: 'failed', end }
  const [secret] = parseObjects(end.stdout)
  if (secret === undefined) return { kind: 'none', why: 'the cluster has no record of it' }
  const record = unpacked(secret)
  if (record === undefined) return { kind: 'none', why: 'its record in the cluster cannot be read' }
  // A version's name may be given to two commits.
  if (sha !== '' && record.sha !== '' && record.sha !== sha)
    return {
      kind: 'none',
      why: `the cluster's record of it is of another commit (${record.sha.slice(0, 12)})`,
    }
  return { kind: 'recorded', release: record }
}

const secretOfRecord = z.looseObject({ data: z.looseObject({ release: z.string() }) })

/** A record unpacks to some hundred KB; what is made to be larger is none of ours. */
const UNPACKED_MAX_BYTES = 64 * 1024 * 1024

function unpacked(secret: KubernetesObject): Release | undefined {
  try {
    const { data } = secretOfRecord.parse(secret)
    const text = gunzipSync(Buffer.from(data.release, 'base64'), { maxOutputLength: UNPACKED_MAX_BYTES })
    return RECORD.parse(JSON.parse(text.toString('utf8')))
  } catch {
    return undefined
  }
}

/** Keeps the record, and of earlier ones the newest, `history` in all. What fails is the answer's end. */
export async function keepRecord(
  kubectl: Kubectl,
  record: KubernetesObject,
  history: number,
): Promise<KubectlEnd> {
  const args = [
    'apply',
    '--server-side',
    '--force-conflicts',
    `--field-manager=${FIELD_MANAGER}`,
    '--filename=-',
  ]
  const kept = await kubectl.run(args, { input: listText([record]) })
  if (kept.kind === 'failed') return kept
  const label = record.metadata.labels?.[SERVICE_LABEL] ?? ''
  const all = await kubectl.run(['get', 'secrets', `--selector=${SERVICE_LABEL}=${label}`, '--output=json'])
  if (all.kind === 'failed') return all
  const old = parseObjects(all.stdout)
    .filter(({ metadata }) => metadata.name !== record.metadata.name)
    .sort((a, b) => (sinceOf(a) < sinceOf(b) ? 1 : -1))
    .slice(Math.max(0, history - 1))
  if (old.length === 0) return all
  return kubectl.run(['delete', 'secret', '--ignore-not-found', ...old.map(({ metadata }) => metadata.name)])
}

function sinceOf({ metadata }: KubernetesObject): string {
  return metadata.annotations?.[SINCE_ANNOTATION] ?? ''
}
