import type { Conversation, SaidComment } from '../ports/conversation.ts'
import { posted } from '../report/markdown.ts'
import type { GitHubRepository } from './client.ts'
import { ensure, repeat } from './ensure.ts'
import { statusOf } from './request-policy.ts'
import { ACTIONS_APP_ID } from './verdict-check.ts'

const PER_PAGE = 100
/** A thousand comments back nobody looks for ours: it is said anew, at the end, where people are. */
const MAX_PAGES = 10

/** Who we are among those who comment. */
export interface Speaker {
  /** The App's own id; GITHUB_TOKEN's is that of GitHub Actions. */
  readonly appId: number
  /** The number of the App's bot account: believed where GitHub does not name a comment's app. */
  readonly botId?: number
}

/** Whoever runs as a workflow's GITHUB_TOKEN: any workflow of the repository can write as that one. */
export const ACTIONS_SPEAKER: Speaker = { appId: ACTIONS_APP_ID, botId: 41898282 }

interface Comment {
  readonly id: number
  readonly html_url: string
  readonly body?: string | undefined
  readonly user: { readonly id: number; readonly type: string } | null
  readonly performed_via_github_app?: { readonly id: number } | null
}

/** Which comment of ours is kept under which name: only its number, since its text may be another worker's by now. */
export interface CommentIds {
  idOf(name: string): number | undefined
  /** Without a number it is not known any more. */
  note(name: string, id: number | undefined): void
}

interface Talk {
  readonly github: GitHubRepository
  readonly speaker: Speaker
  /** Outlives a job, so that a comment that is kept for hours is looked for once. */
  readonly ids: CommentIds | undefined
  /** By pull request and key: our comment as it was last seen. What lives longer than a job must not keep it. */
  readonly known: Map<string, Comment>
}

/**
 * Comments and reactions of ours. A comment is found by its marker and by the app that wrote it, the newest of its key. The
 * thread's beginning and its end are looked at before its middle, so that a long one costs two calls, mostly. Needs
 * `pull-requests: write`. Calls: `react` 1; `keep` and `say` 1 to look (2 where there are more than 100 comments, 11 at most)
 * and 1 to write; 1 in all for a comment that was said or kept before, none where its text is the same (as far as this job has seen it).
 */
export function githubConversation(
  github: GitHubRepository,
  speaker: Speaker,
  ids?: CommentIds,
): Conversation {
  const talk: Talk = { github, speaker, ids, known: new Map() }
  return {
    async react(commentId, reaction) {
      const { octokit, owner, repo } = github
      const asked = { owner, repo, comment_id: commentId, content: reaction }
      // GitHub keeps one of each for each account, and answers with the one that is there.
      try {
        await repeat(github, async () => octokit.rest.reactions.createForIssueComment(asked))
      } catch (error) {
        // Whoever deleted their comment wants no sign on it; the lock of what it began is given back all the same.
        if (statusOf(error) !== 404) throw error
      }
    },
    keep: async (pull, key, body) => keep(talk, { pull, key, body }),
    say: async (pull, key, body) => asSaid(await findOrMake(talk, { pull, key, body })),
  }
}

interface Saying {
  readonly pull: number
  readonly key: string
  readonly body: string
}

async function keep(talk: Talk, saying: Saying): Promise<SaidComment> {
  const { ids, known } = talk
  const name = nameOf(saying)
  const id = known.has(name) ? undefined : ids?.idOf(name)
  const edited = id === undefined ? undefined : await edit(talk, saying, id)
  if (edited !== undefined) return asSaid(edited)
  const found = await findOrMake(talk, saying)
  if (found.body === bodyOf(saying)) return asSaid(found)
  return asSaid((await edit(talk, saying, found.id)) ?? (await findOrMake(talk, saying)))
}

/** Nothing where somebody has deleted it: then it is not known any more. */
async function edit(
  { github, ids, known }: Talk,
  saying: Saying,
  comment_id: number,
): Promise<Comment | undefined> {
  const { octokit, owner, repo } = github
  const name = nameOf(saying)
  try {
    const asked = { owner, repo, comment_id, body: bodyOf(saying) }
    const { data } = await repeat(github, async () => octokit.rest.issues.updateComment(asked))
    known.set(name, data)
    ids?.note(name, data.id)
    return data
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    known.delete(name)
    ids?.note(name, undefined)
    return undefined
  }
}

async function findOrMake(talk: Talk, saying: Saying): Promise<Comment> {
  const { github, ids, known } = talk
  const { octokit, owner, repo } = github
  const body = bodyOf(saying)
  const comment = await ensure<Comment>(github, {
    find: async () => known.get(nameOf(saying)) ?? find(talk, saying),
    make: async () =>
      (await octokit.rest.issues.createComment({ owner, repo, issue_number: saying.pull, body })).data,
  })
  known.set(nameOf(saying), comment)
  ids?.note(nameOf(saying), comment.id)
  return comment
}

/** GitHub lists comments oldest first, and has no other order for them. */
async function find(talk: Talk, { pull, key }: Saying): Promise<Comment | undefined> {
  const first = await page(talk, pull, 1)
  const newest = first.last === 1 ? first : await page(talk, pull, first.last)
  const near = ours(talk, newest.comments, key) ?? ours(talk, first.comments, key)
  if (near !== undefined) return near
  for (let at = first.last - 1; at > 1 && at > first.last - MAX_PAGES; at -= 1) {
    const found = ours(talk, (await page(talk, pull, at)).comments, key)
    if (found !== undefined) return found
  }
  return undefined
}

async function page(
  { github }: Talk,
  pull: number,
  page: number,
): Promise<{ comments: readonly Comment[]; last: number }> {
  const { octokit, owner, repo } = github
  const asked = { owner, repo, issue_number: pull, per_page: PER_PAGE, page }
  const { data, headers } = await octokit.rest.issues.listComments(asked)
  const [, last] = /[?&]page=(\d+)[^>]*>; rel="last"/.exec(headers.link ?? '') ?? []
  return { comments: data, last: Number(last ?? page) }
}

/** The newest one of the key: whatever a person writes, its author is not our app. */
function ours({ speaker }: Talk, comments: readonly Comment[], key: string): Comment | undefined {
  return comments.findLast(
    (comment) => isBy(speaker, comment) && comment.body?.trimEnd().endsWith(markerOf(key)) === true,
  )
}

function isBy({ appId, botId }: Speaker, { user, performed_via_github_app: app }: Comment): boolean {
  // A person may act through our App, too: what they write is theirs.
  if (user?.type !== 'Bot') return false
  return app?.id === appId || (app === null || app === undefined ? user.id === botId : false)
}

function bodyOf({ key, body }: Saying): string {
  return posted(body, { marker: markerOf(key) })
}

/** Two hyphens would end the HTML comment; the name of an environment may hold them. */
function markerOf(key: string): string {
  if (!/^[\w./-]{1,200}$/.test(key))
    throw new TypeError(`"${key}" is no key of a comment: letters, digits and _ . / -.`)
  return `<!-- seamless:${key.replaceAll('--', '-%2D')} -->`
}

function nameOf({ pull, key }: Saying): string {
  return `${pull} ${key}`
}

function asSaid({ id, html_url }: Comment): SaidComment {
  return { id, url: html_url }
}
