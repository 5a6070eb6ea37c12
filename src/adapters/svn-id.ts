import { RevisionUnknown } from '../errors.ts'
import type { CommitId } from '../ports/version-control.ts'

/** A revision of one repository: what Subversion itself identifies content by. */
export interface SvnRevision {
  /** As `svnlook uuid` prints it, in lower case. */
  readonly uuid: string
  readonly revision: number
}

/** Decimal, so that people read it: `00000042…` is r42. The largest public repositories are at some two million. */
const REVISION_DIGITS = 8

/**
 * A revision as a commit id: its number in 8 decimal digits, then the 32 hex digits of the repository's UUID. It is as long as
 * a commit id of git and of the same letters, so every receipt, tag and label holds it; its first 12 digits tell
 * revisions apart. Unlike a hash it does not prove the content: whoever can rewrite the repository on its server can change
 * what a revision holds.
 */
export function svnCommitId({ uuid, revision }: SvnRevision): CommitId {
  const digits = String(revision).padStart(REVISION_DIGITS, '0')
  const hex = uuid.toLowerCase().replaceAll('-', '')
  if (digits.length > REVISION_DIGITS || !/^[0-9a-f]{32}$/.test(hex)) {
    throw new RevisionUnknown(
      String(revision),
      `r${revision} of the repository ${JSON.stringify(uuid)} has no commit id: a revision below 100 000 000 and a UUID of 32 hex digits are needed (svnadmin setuuid).`,
    )
  }
  return digits + hex
}

/** Errors: `RevisionUnknown` for what is no id, or one of another repository. */
export function revisionOf(id: CommitId, uuid: string): number {
  const [, digits, hex] = /^(\d{8})([0-9a-f]{32})$/.exec(id) ?? []
  if (digits === undefined) {
    throw new RevisionUnknown(
      id,
      `${JSON.stringify(id)} is no commit id of a Subversion revision (its number in 8 digits, then the 32 hex digits of the repository's UUID).`,
    )
  }
  if (hex === uuid.toLowerCase().replaceAll('-', '')) return Number(digits)
  throw new RevisionUnknown(id, `${id} is of another repository than this one, whose UUID is ${uuid}.`)
}
