import { playDemo } from './play-demo.ts'
import { factsOf, report } from './report.ts'
import { createSandbox } from './sandbox.ts'

const sandbox = await createSandbox()
let interrupted = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interrupted) return
    interrupted = true
    console.error(`\n${signal}: ending what was started …`)
    // What waits for the App's next word would wait on: this ends it.
    void sandbox.clean().then(() => process.exit(130))
  })
}

try {
  await play()
} catch (error) {
  // What is ended in the middle fails, and that is not worth telling.
  if (!interrupted) console.error(error)
  process.exitCode = interrupted ? 130 : 1
} finally {
  await sandbox.clean()
}
// A failure in the middle leaves servers open in this process, which would keep it.
process.exit()

/** The exit code says whether everything held that the demo claims. */
async function play(): Promise<void> {
  const startedMs = Date.now()
  const story = await playDemo(sandbox, (line) => interrupted || console.log(line))
  const facts = factsOf(story)
  console.log(report(story, facts))
  console.log(`\n${((Date.now() - startedMs) / 1000).toFixed(0)} s`)
  process.exitCode = facts.every(({ holds }) => holds) ? 0 : 1
}
