import { argoRollouts } from './peers/argo-rollouts.ts'
import { flagger } from './peers/flagger.ts'
import { kayenta } from './peers/kayenta.ts'
import { keptn } from './peers/keptn.ts'
import type { Metric } from './peers/minute.ts'
import type { Mode, Recording } from './service.ts'
import { checkOf, watch } from './watch.ts'

/** Tick at which a system takes the version back, or undefined. */
export type Contestant = (recording: Recording, mode: Mode, metric: Metric) => number | undefined

/** All on the same recordings; the peers with the settings their own documentation uses. */
export const contestants: Readonly<Record<string, Contestant>> = {
  Seamless: (recording, mode, metric) => watch(recording, [metric], [checkOf(metric, mode)]).reverted,
  'Argo Rollouts 99 %, failureLimit 3': (recording, _, metric) => argoRollouts(recording, metric, 3),
  'Flagger 99 %, threshold 5': (recording, _, metric) => flagger(recording, metric, 5),
  'Kayenta every 60 s': (recording, mode, metric) => kayenta(recording, mode, metric, 4),
  'Kayenta every 15 s': (recording, mode, metric) => kayenta(recording, mode, metric, 1),
  'Kayenta once, at the end': (recording, mode, metric) => kayenta(recording, mode, metric, 'end'),
  'Keptn once, at the end': (recording, _, metric) => keptn(recording, metric),
}
