import { z } from 'zod'

const EXPECTED = 'expected a branch name such as main'

/** The rules of `git check-ref-format --branch`, so that a bad name is an error of the configuration and not of git. */
export function isBranchName(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what the rule forbids
  if (text === '' || text === '@' || text.length > 200 || /[\u0000-\u0020\u007F~^:?*[\\]/.test(text))
    return false
  if (text.includes('..') || text.includes('@{') || text.endsWith('.')) return false
  if (text.startsWith('refs/') || text === 'HEAD') return false
  return text.split('/').every((part) => part !== '' && !/^[-.]|\.lock$/.test(part))
}

export const branchName = z.string({ error: EXPECTED }).refine(isBranchName, { error: EXPECTED })
