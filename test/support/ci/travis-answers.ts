/*
 * What Travis CI's API 3 answers, each as the page shows it that stands with it. The renderers of its own source are the
 * reference where its pages show no example: https://github.com/travis-ci/travis-api (lib/travis/api/v3/renderer).
 */

/** https://docs.travis-ci.com/user/triggering-builds (4.) */
export function pending(request: { id: number; sha: string; message: string; branch: string }): object {
  return {
    '@type': 'pending',
    remaining_requests: 1,
    repository: {
      '@type': 'repository',
      '@href': '/repo/39521',
      '@representation': 'minimal',
      id: 39_521,
      name: 'shop',
      slug: 'acme/shop',
    },
    request: {
      repository: { id: 44_258_138, owner_name: 'acme', name: 'shop' },
      user: { id: 3664 },
      ...request,
      config: {},
    },
    resource_type: 'request',
  }
}

/** https://developer.travis-ci.com/resource/repository (spec/v3/services/repository/find_spec.rb) */
export function repository(can: { isActive: boolean; mayRequest: boolean }): object {
  return {
    '@type': 'repository',
    '@href': '/repo/39521',
    '@representation': 'standard',
    '@permissions': { read: true, create_request: can.mayRequest, admin: false },
    id: 39_521,
    name: 'shop',
    slug: 'acme/shop',
    active: can.isActive,
  }
}

/** https://developer.travis-ci.com/resource/request (lib/travis/api/v3/renderer/request.rb); `message` is Travis CI's own. */
export function request(one: {
  id: number
  state: 'pending' | 'finished'
  result: 'approved' | 'rejected' | null
  message: string | null
  builds: readonly { id: number; state: string }[]
}): object {
  return {
    '@type': 'request',
    '@href': `/repo/39521/request/${one.id}`,
    '@representation': 'standard',
    branch_name: 'master',
    event_type: 'api',
    ...one,
    builds: one.builds.map((build) => ({ '@type': 'build', '@href': `/build/${build.id}`, ...build })),
  }
}

/** https://developer.travis-ci.com/resource/build (spec/v3/services/build/find_spec.rb) */
export function build(one: { id: number; state: string; sha: string; message: string }): object {
  return {
    '@type': 'build',
    '@href': `/build/${one.id}`,
    '@representation': 'standard',
    '@permissions': { read: true, cancel: true, restart: true },
    id: one.id,
    number: '12',
    state: one.state,
    duration: null,
    event_type: 'api',
    previous_state: 'passed',
    pull_request_number: null,
    started_at: '2010-11-12T13:00:00Z',
    finished_at: null,
    commit: {
      '@type': 'commit',
      '@representation': 'minimal',
      id: 5,
      sha: one.sha,
      ref: 'refs/heads/master',
      message: one.message,
      compare_url: 'https://github.com/acme/shop/compare/master...develop',
      committed_at: '2010-11-12T12:55:00Z',
    },
  }
}

/** https://developer.travis-ci.com/resource/job (lib/travis/api/v3/renderer/job.rb) */
export function job(one: {
  id: number
  number: string
  state: string
  stage?: string
  allow_failure?: boolean
}): object {
  const isOver = !['created', 'received', 'started'].includes(one.state)
  return {
    '@type': 'job',
    '@href': `/job/${one.id}`,
    '@representation': 'standard',
    id: one.id,
    allow_failure: one.allow_failure ?? false,
    number: one.number,
    state: one.state,
    started_at: '2010-11-12T13:00:00Z',
    finished_at: isOver ? '2010-11-12T13:01:30Z' : null,
    queue: 'builds.gce',
    stage:
      one.stage === undefined
        ? null
        : { '@type': 'stage', id: 1, number: 1, name: one.stage, state: one.state },
  }
}

/** https://github.com/travis-ci/travis-api (spec/v3/services/requests/create_spec.rb, build/cancel_spec.rb) */
export const errors = {
  noLogin: { '@type': 'error', error_type: 'login_required', error_message: 'login required' },
  noRepository: {
    '@type': 'error',
    error_type: 'not_found',
    error_message: 'repository not found (or insufficient access)',
    resource_type: 'repository',
  },
  noPush: {
    '@type': 'error',
    error_type: 'push_access_required',
    error_message: 'push access required',
    repository: { '@type': 'repository', '@href': '/repo/39521', id: 39_521, slug: 'acme/shop' },
  },
  limit: {
    '@type': 'error',
    error_type: 'request_limit_reached',
    error_message: 'request limit reached for resource',
    repository: { '@type': 'repository', '@href': '/repo/39521', id: 39_521, slug: 'acme/shop' },
  },
  noBuild: {
    '@type': 'error',
    error_type: 'not_found',
    error_message: 'build not found (or insufficient access)',
    resource_type: 'build',
  },
}
