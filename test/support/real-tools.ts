import { execFileSync } from 'node:child_process'

interface RealTool {
  readonly command: string
  readonly install: string
  /** What is not shown without it. */
  readonly suites: string
}

/** What some suites need beyond git and Node; everything else runs on any machine. */
const TOOLS: readonly RealTool[] = [
  {
    command: 'prometheus',
    install: 'apt-get install prometheus',
    suites: 'test/e2e/prometheus.test.ts, test/e2e/watch-sources.test.ts and test/e2e/backtest.test.ts',
  },
]

/** Once before all suites: says what will be skipped, and where nothing may be (`CI=true`) ends here. */
export default function realTools(): void {
  const missing = TOOLS.filter(({ command }) => !runs(command))
  for (const { command, install, suites } of missing) {
    console.warn(`skipped: ${suites} need "${command}", which is not here (${install})`)
  }
  if (missing.length > 0 && process.env['CI'] === 'true') {
    throw new Error('CI=true: no suite may be skipped. Install what is missing.')
  }
}

function runs(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
