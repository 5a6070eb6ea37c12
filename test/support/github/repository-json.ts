import { accountJson, nodeId } from './account-json.ts'
import type { Repository } from './entities.ts'
import type { Hub } from './hub.ts'

type Json = Record<string, unknown>

export function repositoryUrl(hub: Hub, repository: Repository): string {
  return `${hub.apiUrl}/repos/${repository.owner.login}/${repository.name}`
}

export function repositoryPage(hub: Hub, repository: Repository): string {
  return `${hub.url}/${repository.owner.login}/${repository.name}`
}

const LINKS: Record<string, string> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
}

/** The short form that other resources carry. */
export function minimalRepositoryJson(hub: Hub, repository: Repository): Json {
  const url = repositoryUrl(hub, repository)
  const links = Object.entries(LINKS).map(([key, tail]) => [key, url + tail])
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: `${repository.owner.login}/${repository.name}`,
    private: repository.private,
    owner: accountJson(hub, repository.owner),
    html_url: repositoryPage(hub, repository),
    description: repository.description,
    fork: repository.parent !== undefined,
    url,
    ...(Object.fromEntries(links) as Json),
  }
}

export function repositoryJson(hub: Hub, repository: Repository): Json {
  const page = repositoryPage(hub, repository)
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length
  return {
    ...minimalRepositoryJson(hub, repository),
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    git_url: `git:${page.replace(/^https?:/, '')}.git`,
    ssh_url: `git@github.invalid:${repository.owner.login}/${repository.name}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? 'private' : 'public',
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
  }
}

/** What `GET /repos/{owner}/{repo}` adds: merge settings and the parent of a fork. */
export function fullRepositoryJson(hub: Hub, repository: Repository): Json {
  const { settings, parent } = repository
  return {
    ...repositoryJson(hub, repository),
    allow_squash_merge: settings.allowSquashMerge,
    allow_merge_commit: settings.allowMergeCommit,
    allow_rebase_merge: settings.allowRebaseMerge,
    allow_auto_merge: settings.allowAutoMerge,
    delete_branch_on_merge: settings.deleteBranchOnMerge,
    network_count: 0,
    subscribers_count: 0,
    ...(repository.owner.type === 'Organization' ? { organization: accountJson(hub, repository.owner) } : {}),
    ...(parent ? { parent: repositoryJson(hub, parent), source: repositoryJson(hub, parent) } : {}),
  }
}
