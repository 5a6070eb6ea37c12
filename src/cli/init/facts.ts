/** What is seen of a repository, as far as a first configuration can be told from it. Paths are relative to the service's folder, with `/`. */
export interface RepositoryFacts {
  /** All files that git knows or would add. */
  readonly files: ReadonlySet<string>
  readonly executables: ReadonlySet<string>
  /** The texts of those that were read: manifests, scripts, sources; bounded in size and number. */
  readonly texts: ReadonlyMap<string, string>
  /** The workflows of the repository by file name. */
  readonly workflows: ReadonlyMap<string, string>
  readonly defaultBranch: string
  /** The service's folder within the repository; `.` for the whole. */
  readonly directory: string
}

/** Something that was decided, and what it was told from. */
export interface Found {
  readonly topic: string
  readonly value: string
  readonly why: string
}
