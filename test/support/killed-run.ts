import { composePorts, openRepository } from '../../src/composition.ts'
import { loadConfig } from '../../src/operation.ts'
import { preparePlan } from '../../src/upgrade/prepare-plan.ts'
import { journaled, runUpgrade } from '../../src/upgrade/run-upgrade.ts'
import { manualClock } from './manual-clock.ts'
import { memoryLog } from './memory-log.ts'

/**
 * A run in a process of its own that is killed by SIGKILL at its n-th journal entry, before or after it is written:
 * `node killed-run.ts <folder> <n> before|after`. Without the kill it prints decision, reason and entries as JSON.
 */
const [folder = '', number = '0', side = 'after'] = process.argv.slice(2)
const signal = new AbortController().signal
const opened = await openRepository({
  folder,
  environment: process.env,
  signal,
  clock: manualClock(Date.now()),
  log: () => memoryLog(),
})
const { config, digest } = await loadConfig(opened, '.github/seamless.yml', { kind: 'working_tree' })
const ports = await composePorts(opened, config)
let entries = 0
const dieAt = Number(number)
const journal: typeof ports.journal = {
  read: ports.journal.read,
  async append(events) {
    entries++
    if (entries === dieAt && side === 'before') process.kill(process.pid, 'SIGKILL')
    await ports.journal.append(events)
    if (entries === dieAt) process.kill(process.pid, 'SIGKILL')
  },
}
const before = await journaled(ports)
const plan = await preparePlan({
  config,
  configDigest: digest,
  repository: 'local',
  stage: 'all',
  defaultBranch: async () => 'main',
  directory: '.',
  ports,
  ...(before && { before }),
})
const upgrade = await runUpgrade({ plan, config, ports: { ...ports, journal }, signal, directory: '.' })
process.stdout.write(
  JSON.stringify({ decision: upgrade.decision, reason: upgrade.reason, message: upgrade.message, entries }),
)
