import type { RestEndpointMethodTypes } from '@octokit/rest'

/** A pull request as it is read alone: only then GitHub says whether it can be merged. */
export type PullDetail = RestEndpointMethodTypes['pulls']['get']['response']['data']
