import type { TemplateValues } from '../config/label-template.ts'

/** What the labels of a watch may name. */
export interface Watched {
  readonly version: string
  readonly sha: string
  readonly environment: string
  /** `owner/name`. */
  readonly repository: string
  readonly branch: string | undefined
  /** What people call the version before; absent on the first upgrade: then nothing is compared. */
  readonly previous: string | undefined
}

/** The values of the labels of one watch: the same whichever shell watches. */
export function watchedValues({
  version,
  sha,
  environment,
  repository,
  branch,
  previous,
}: Watched): TemplateValues {
  return { version, sha, environment, repository, branch, previous }
}
