import { z } from 'zod'
import { patchId } from '../command/patch-id.ts'
import type { Clock } from '../ports/clock.ts'
import { LABELLED_WITHIN_MS, labelByMerge, type Landed, type Likeness } from './label-verdict.ts'
import { changedLines, undoneBy } from './undone-by.ts'
import type { Labellable, VerdictLabel, VerdictLedger } from './verdict-ledger.ts'

/** A pull request that was just merged into the default branch. */
export const mergedPull = z.object({
  number: z.number().int(),
  title: z.string(),
  body: z.string(),
  /** By GitHub's clock (ms). */
  mergedAtMs: z.number(),
  /** The pull request that this one undoes, where it is a revert that Seamless proposed. */
  revertOf: z.number().int().exactOptional(),
})
export type MergedPull = Readonly<z.infer<typeof mergedPull>>

export interface LabelPorts {
  readonly ledger: VerdictLedger
  /** `owner/name`. */
  readonly repository: string
  readonly clock: Clock
  /** The whole difference of a pull request; nothing where it is too large for GitHub to tell. Error: `GitHubError`. */
  diffOf(pull: number): Promise<string | undefined>
  /** The messages of a pull request's commits. Error: `GitHubError`. */
  messagesOf(pull: number): Promise<readonly string[]>
}

/**
 * Looks what a merge tells about earlier verdicts of the repository, and labels them. GitHub is asked only where that can tell
 * something: nothing for an ordinary merge while no merge is taken back, the differences of both where one is. A second time
 * does nothing. Answers the labels given. Errors: `GitHubError`, the database's.
 */
export async function labelMerged(pull: MergedPull, ports: LabelPorts): Promise<readonly VerdictLabel[]> {
  const { ledger, clock } = ports
  const open = await ledger.unlabelled(clock.now() - LABELLED_WITHIN_MS)
  if (pull.revertOf !== undefined) {
    await follow(pull, open, ledger)
    return []
  }
  const landed = landedOf(pull, ports)
  const labels: VerdictLabel[] = []
  for (const verdict of open) {
    // What it says was written before it: a verdict of later does not mean it.
    if (verdict.atMs > pull.mergedAtMs) continue
    const label = labelByMerge(verdict, await landed(verdict))
    if (label === undefined) continue
    if ((await ledger.label(verdict.deployment, label, clock.now())) === 'written') labels.push(label)
  }
  return labels
}

/** A person merged the revert that was proposed: it is taken back since then. */
async function follow(
  { number, mergedAtMs }: MergedPull,
  open: readonly Labellable[],
  ledger: VerdictLedger,
): Promise<void> {
  const followed = open.filter(({ acted, revertPull }) => acted === 'proposed' && revertPull === number)
  for (const entry of followed) await ledger.note({ ...entry, acted: 'merged', atMs: mergedAtMs })
}

/** What the merge is to each verdict, asking GitHub for each thing once and only for those that need it. */
function landedOf(pull: MergedPull, ports: LabelPorts): (verdict: Labellable) => Promise<Landed> {
  const { number } = pull
  let undoes: Promise<Landed['undoes']> | undefined
  let diff: Promise<string | undefined> | undefined
  return async (verdict) => ({
    number,
    undoes: await (undoes ??= undoing(pull, ports)),
    likeness:
      verdict.acted === 'merged' && verdict.pull !== number
        ? likenessOf(await (diff ??= ports.diffOf(number)), await ports.diffOf(verdict.pull))
        : 'different',
  })
}

async function undoing(pull: MergedPull, ports: LabelPorts): Promise<Landed['undoes']> {
  const { title, body, number } = pull
  const said = undoneBy([body], ports.repository)
  const isSilent = said.pulls.length === 0 && said.commits.length === 0
  // git's `Revert "…"` and `Reapply "…"` name the commit in its message, which need not be in the pull request's text.
  if (!isSilent || !/\b(?:revert|reapply|back ?out|roll ?back)/i.test(title)) return said
  return undoneBy(await ports.messagesOf(number), ports.repository)
}

function likenessOf(one: string | undefined, other: string | undefined): Likeness {
  if (one === undefined || other === undefined) return 'unknown'
  const patch = patchId(one)
  const isSame = patch !== undefined && patch === patchId(other)
  return isSame || changedLines(one) === changedLines(other) ? 'same' : 'different'
}
