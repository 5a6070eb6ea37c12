import { matchesGlob } from 'node:path/posix'
import { unzipSync } from 'fflate'
import type { GitHubRepository } from '../github/client.ts'
import type { TestCase } from '../ports/test-runner.ts'
import { HttpFailure, httpRequest } from './http-request.ts'
import { parseJUnit } from './junit.ts'
import type { TestReport } from './remote-builds.ts'
import { RemoteFault } from './remote-fault.ts'

interface Wanted {
  readonly run: number
  readonly artifact: string
  readonly patterns: readonly string[]
}

/** A report of 100 000 tests has about 10 MB; what is unpacked is bounded, whatever the archive says. */
const ARCHIVE_MAX_BYTES = 64 * 1024 * 1024
const REPORTS_MAX_BYTES = 128 * 1024 * 1024
const TIMEOUT_MS = 120_000

/** The JUnit reports in an artifact of a run. Error: `RemoteFault` where it cannot be fetched. */
export async function artifactReport(
  github: GitHubRepository,
  { run, artifact, patterns }: Wanted,
  signal: AbortSignal,
): Promise<TestReport> {
  const { octokit, owner, repo } = github
  const asked = { owner, repo, run_id: run, name: artifact }
  const { data } = await octokit.rest.actions.listWorkflowRunArtifacts(asked)
  const usable = data.artifacts.filter(({ name, expired }) => name === artifact && !expired)
  // The newest: a job that ran again uploads again.
  const found = usable.toSorted((a, b) => a.id - b.id).at(-1)
  if (found === undefined) {
    const why = `it has no artifact ${JSON.stringify(artifact)}. Let it upload one (actions/upload-artifact, if: always()), or leave "artifact" out.`
    return { kind: 'missing', why }
  }
  const archive = await download(github, found.id, signal)
  return readReports(archive, { artifact, patterns })
}

/** In two steps: GitHub redirects to a store that needs no token and must not be shown one. */
async function download(
  { octokit, owner, repo }: GitHubRepository,
  artifact: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const { headers } = await octokit.rest.actions.downloadArtifact({
    owner,
    repo,
    artifact_id: artifact,
    archive_format: 'zip',
    request: { redirect: 'manual' },
  })
  const { location } = headers
  if (location === undefined || !URL.canParse(location))
    throw new RemoteFault(`GitHub does not say where its artifact ${artifact} is.`, { isPassing: true })
  const url = new URL(location)
  try {
    const request = { url, method: 'GET', timeoutMs: TIMEOUT_MS, maxBytes: ARCHIVE_MAX_BYTES } as const
    const { status, body } = await httpRequest({ ...request, overflow: 'fail' }, signal)
    if (status === 200) return body
    // Such an address is good for a minute: the next question gets another.
    throw new RemoteFault(`The store of GitHub's artifact ${artifact} answers with ${status}.`, {
      isPassing: true,
    })
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    throw new RemoteFault(`${error.message}.`, { cause: error, isPassing: error.reason !== 'too_large' })
  }
}

/** Pure but for the archive's bytes; exported for what archives may be like. */
export function readReports(
  archive: Buffer,
  { artifact, patterns }: Pick<Wanted, 'artifact' | 'patterns'>,
): TestReport {
  const name = `its artifact ${JSON.stringify(artifact)}`
  let files: Map<string, Uint8Array>
  try {
    files = unpacked(archive, patterns)
  } catch (error) {
    return { kind: 'missing', why: `${name} cannot be unpacked: ${(error as Error).message}.` }
  }
  if (files.size === 0)
    return { kind: 'missing', why: `${name} has no file that matches ${patterns.join(', ')}.` }
  const cases: TestCase[] = []
  for (const [file, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const report = parseJUnit(Buffer.from(bytes).toString('utf8'))
    if (report.kind === 'malformed')
      return { kind: 'missing', why: `the report ${file} of ${name} cannot be read: ${report.why}.` }
    cases.push(...report.cases)
  }
  return { kind: 'report', cases }
}

/** Into memory only: what the entries are called leads nowhere. */
function unpacked(archive: Buffer, patterns: readonly string[]): Map<string, Uint8Array> {
  let bytes = 0
  const files = unzipSync(archive, {
    filter: ({ name, originalSize }) => {
      if (name.endsWith('/') || !patterns.some((pattern) => matchesGlob(name, pattern))) return false
      bytes += originalSize
      if (bytes > REPORTS_MAX_BYTES) throw new Error('its reports have more than 128 MiB')
      return true
    },
  })
  return new Map(Object.entries(files))
}
