import { readFile, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { StepContext } from '../ports/step.ts'
import type { TestCase, TestOutcome, TestRunner } from '../ports/test-runner.ts'
import { parseJUnit } from './junit.ts'
import { matchingAll } from './matching-files.ts'
import { numberedCases } from './numbered-cases.ts'
import { isBelow } from './path-inside.ts'
import type { ProcessEnd } from './run-process.ts'
import { runShell } from './run-shell.ts'
import type { ShellLine, StepShell } from './run-shell.ts'

export interface RunTests extends ShellLine {
  /** Patterns of the JUnit reports that it writes, within the step's folder; without any, the exit code alone speaks. */
  readonly junit: readonly string[]
}

/** Tests by a line of the user and reads its JUnit reports. Reports that were there before and are unchanged do not count. */
export function runTestRunner(step: RunTests, shell: StepShell): TestRunner {
  return {
    async test(context) {
      try {
        const before = await stamps(step.junit, context.directory)
        const end = await runShell(shell, step, context)
        return await outcomeOf(end, { step, context, before })
      } catch (error) {
        return failed(`${context.step}: its reports could not be read: ${(error as Error).message}`, '')
      }
    },
  }
}

interface Run {
  readonly step: RunTests
  readonly context: StepContext
  readonly before: ReadonlyMap<string, string>
}

/** The command's end and its reports must agree: neither may hide what the other says. */
async function outcomeOf(end: ProcessEnd, run: Run): Promise<TestOutcome> {
  if (end.kind === 'failed' && end.failure.why !== 'exit') return { kind: 'failed', failure: end.failure }
  if (run.step.junit.length === 0) return withoutReports(end)
  const read = await readReports(run)
  if (read.kind === 'unreadable') {
    if (end.kind === 'failed') {
      return { kind: 'failed', failure: { ...end.failure, message: `${end.failure.message} ${read.why}` } }
    }
    return failed(`${run.context.step} succeeded, but ${read.why}`, end.output)
  }
  if (end.kind === 'done' || read.cases.some(({ result }) => result === 'failed')) {
    return { kind: 'ran', cases: read.cases }
  }
  const message = `${end.failure.message} Its reports show ${read.cases.length} tests and no failure, so something else is wrong.`
  return { kind: 'failed', failure: { ...end.failure, message } }
}

function withoutReports(end: ProcessEnd): TestOutcome {
  return end.kind === 'failed' ? { kind: 'failed', failure: end.failure } : { kind: 'ran', cases: [] }
}

function failed(message: string, output: string): TestOutcome {
  return { kind: 'failed', failure: { why: 'report', message, output } }
}

type Reports =
  | { readonly kind: 'read'; readonly cases: readonly TestCase[] }
  | { readonly kind: 'unreadable'; readonly why: string }

async function readReports({ step, context, before }: Run): Promise<Reports> {
  const { directory } = context
  const patterns = step.junit.join(', ')
  const after = await stamps(step.junit, directory)
  const fresh = [...after].flatMap(([file, stamp]) => (before.get(file) === stamp ? [] : [file]))
  if (fresh.length === 0) {
    return unreadable(
      after.size > 0
        ? `the reports that match ${patterns} are all from before it ran.`
        : `no report matches ${patterns} below ${directory}. Correct "junit" of the step, or let the command write one.`,
    )
  }
  const cases: TestCase[] = []
  for (const file of fresh) {
    const report = await readReport(join(directory, file))
    if (report.kind === 'malformed') return unreadable(`the report ${file} cannot be read: ${report.why}.`)
    cases.push(...report.cases)
  }
  if (cases.length === 0)
    return unreadable(`its reports (${fresh.join(', ')}) have no test: nothing was tested.`)
  const [root, folder] = await Promise.all([realpath(context.root), realpath(directory)])
  return { kind: 'read', cases: numberedCases(cases.map((one) => withPathFromTop(one, root, folder))) }
}

function unreadable(why: string): Reports {
  return { kind: 'unreadable', why }
}

/** A report of 100 000 tests has about 10 MB. */
const REPORT_MAX_BYTES = 64 * 1024 * 1024

async function readReport(file: string): Promise<ReturnType<typeof parseJUnit>> {
  const { size } = await stat(file)
  if (size > REPORT_MAX_BYTES)
    return { kind: 'malformed', why: `it has ${size} bytes, and 64 MiB are the most` }
  return parseJUnit(await readFile(file, 'utf8'))
}

/**
 * What tells a file that was written again from one that was not. The time of change (`ctime`) is the kernel's: tools that
 * set a file's dates (caches, archives) cannot make an old report look new, nor a new one old.
 */
async function stamps(patterns: readonly string[], directory: string): Promise<Map<string, string>> {
  const { files } = await matchingAll(directory, patterns)
  const stamped = files.map(async (file): Promise<[string, string]> => {
    const { ino, size, ctimeNs } = await stat(join(directory, file), { bigint: true })
    return [file, `${ino} ${size} ${ctimeNs}`]
  })
  return new Map(await Promise.all(stamped))
}

/** Reports name files from where the command ran, or absolutely; what is not below the worktree nobody can look up. */
function withPathFromTop(one: TestCase, root: string, folder: string): TestCase {
  const { file, line, ...rest } = one
  if (file === undefined) return one
  const path = resolve(folder, file.startsWith('file://') ? fileURLToPath(file) : file)
  if (path === root || !isBelow(root, path)) return rest
  return { ...rest, file: relative(root, path), ...(line !== undefined && { line }) }
}
