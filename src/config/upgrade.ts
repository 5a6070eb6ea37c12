import { z } from 'zod'
import { branchName, isBranchName } from './branch-name.ts'
import { command } from './command.ts'
import { type Template, template } from './template.ts'

const EXPECTED_AUTHOR = 'expected an author such as Name <name@example.org>'

/** Where the upgrade's own commit does not exist yet, it has no id to name. */
const branch = template(['version', 'previous', 'repository']).refine(
  (text) => isBranchName(text.replaceAll(/\{\w+\}/g, 'x')),
  { error: 'expected a branch name such as upgrade/{version}' },
)

const AFTERWARDS = ['version', 'previous', 'sha', 'branch', 'repository'] as const

const pullRequest = z
  .strictObject({
    title: template(AFTERWARDS)
      .refine((text) => /^.{1,200}$/.test(text), { error: 'expected one line of at most 200 characters' })
      .prefault('Upgrade to {version}')
      .describe('Its title.'),
    body: template(AFTERWARDS)
      .prefault('Made by Seamless from {previous}.')
      .describe('Its text, in Markdown.'),
    draft: z.boolean().prefault(false).describe('Opened as a draft.'),
  })
  .prefault({})
  .describe('The pull request that is opened where a token allows it.')

/** How an upgrade is made: a branch with a change on it. */
export const upgrade = z
  .strictObject({
    base: branchName.optional().describe("The branch it starts from; the repository's default branch."),
    branch: branch.describe('The branch that is made.'),
    change: command.describe('Run in a clean checkout of the base commit; what it changes is committed.'),
    message: template(['version', 'previous', 'branch', 'repository'])
      .optional()
      .describe('The commit message; `Upgrade from {previous} to {version}` where `version` names a file.'),
    author: z
      .string({ error: EXPECTED_AUTHOR })
      .regex(/^[^<>\p{Cc}]+ <[^<>\s\p{Cc}]+@[^<>\s\p{Cc}]+>$/u, { error: EXPECTED_AUTHOR })
      .prefault('Seamless <seamless@users.noreply.github.com>')
      .describe('Whom the commit names as its author.'),
    'pull-request': pullRequest,
  })
  .transform(({ 'pull-request': pullRequest, ...rest }) => ({ ...rest, pullRequest }))
  .describe('How an upgrade is made. Without it the commit that Seamless is given is the upgrade.')

export type UpgradeConfig = Omit<z.output<typeof upgrade>, 'message'> & { readonly message: Template }
