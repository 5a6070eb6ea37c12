import type { Logger } from 'pino'
import { systemClock } from '../src/adapters/system-clock.ts'
import { causes } from '../src/report/causes.ts'
import { type RunningApp, startApp } from './compose.ts'
import { startJobs } from './jobs/start-jobs.ts'
import { openLogger } from './log.ts'
import { type Environment, readSettings } from './settings.ts'

/** `docker stop` gives ten seconds before it kills; closing the database takes its part of them. */
const GRACE_MS = 6000
const DEADLINE_MS = 9000

/** Runs the App until it is told to stop (SIGTERM, SIGINT). Answers the process's exit code. */
export async function runApp(environment: Environment): Promise<number> {
  const read = await readSettings(environment)
  if (!read.ok) {
    const list = read.errors.map((error) => `  - ${error}\n`).join('')
    process.stderr.write(`Seamless does not start:\n${list}What each means: docs/app.md\n`)
    return 1
  }
  const log = openLogger(read.settings)
  endOnFaults(log)
  const stopped = stopSignal()
  try {
    const app = await startApp(read.settings, { clock: systemClock, log, fetch: globalThis.fetch, startJobs })
    log.info({ listen: app.address, operations: app.operations }, 'ready')
    log.info(`${await stopped}: stopping`)
    await stopInTime(app, log)
    return 0
  } catch (error) {
    log.fatal({ err: error }, `ended by a fault: ${causes(error)}`)
    return 1
  }
}

/** A promise that nobody waited for, an exception that nobody caught: nobody knows what is half done. The inbox does, after a restart. */
function endOnFaults(log: Logger): void {
  for (const fault of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(fault, (error: unknown) => {
      log.fatal({ err: error }, fault)
      process.exit(1)
    })
  }
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

async function stopInTime(app: RunningApp, log: Logger): Promise<void> {
  const deadline = setTimeout(() => {
    log.error('still not stopped: ending anyway; what was under way goes on after a restart')
    process.exit(1)
  }, DEADLINE_MS)
  await app.stop(GRACE_MS)
  clearTimeout(deadline)
  log.info('stopped')
}
