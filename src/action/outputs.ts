import { setOutput } from '@actions/core'
import { noticedBy } from '../report/headline.ts'
import type { Upgrade } from '../upgrade/receipt.ts'

/** The outputs of `action.yml`; what is not known is empty. */
export function outputsOf(upgrade: Upgrade, receipt: string): Readonly<Record<string, string>> {
  const noticed = noticedBy(upgrade)
  const watched = upgrade.environments
    .flatMap(({ judged }) => judged.slice(-1))
    .map((report) => report.watched)
  return {
    decision: upgrade.decision ?? '',
    'reason-code': upgrade.reason ?? '',
    version: upgrade.candidate?.name ?? '',
    'previous-version': upgrade.base?.name ?? '',
    branch: upgrade.branch ?? '',
    sha: upgrade.candidate?.sha ?? '',
    'deployment-id': upgrade.environments.flatMap(({ deployment }) => deployment ?? []).at(-1) ?? '',
    'noticed-requests': noticed === undefined ? '' : String(noticed.requests),
    'noticed-upper': noticed === undefined ? '' : String(noticed.upper),
    'watched-requests': watched.length === 0 ? '' : String(watched.reduce((sum, one) => sum + one, 0)),
    receipt,
  }
}

export function setOutputs(outputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(outputs)) setOutput(name, value)
}
