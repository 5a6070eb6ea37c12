import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { runTraffic } from '../../src/adapters/run-traffic.ts'
import type { StepOutcome } from '../../src/ports/deployer.ts'
import type { StepFailure } from '../../src/ports/step.ts'
import { trafficContract } from '../contract/traffic.ts'
import { stepWorld } from '../support/step-world.ts'

function failureOf(outcome: StepOutcome): StepFailure | undefined {
  return outcome.kind === 'failed' ? outcome.failure : undefined
}

trafficContract(() => {
  const world = stepWorld()
  const running = (run: string) => runTraffic({ run, timeoutMs: 10_000 }, world.shell)
  const file = join(world.directory, 'weight')
  return {
    traffic: running('printf %s "$SEAMLESS_WEIGHT" > weight'),
    weight: () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined),
    context: world.context,
    remove: world.remove,
    exits: async (code, line, context) =>
      failureOf(await running(`echo '${line}'; exit ${code}`).setWeight(10, context)),
    hangs: async (context) => failureOf(await running('sleep 60').setWeight(10, context)),
    prints: async (name, context) =>
      failureOf(await running(`printenv ${name}; exit 1`).setWeight(10, context)),
  }
})
