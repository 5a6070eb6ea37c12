/**
 * The id of what a diff changes, as `git patch-id --stable` gives it (40 hex digits): the same after a rebase, a squash or in
 * another order of the files. Nothing where the text has no diff.
 */
export function patchId(diff: string): string | undefined {
  throw new Error('not written yet')
}
