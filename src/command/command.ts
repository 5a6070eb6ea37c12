/**
 * What a comment asks for, once it is parsed. Where `environment` is absent the config must have only one. `sha` is the commit
 * that the commenter named, by its full id.
 */
export type Command =
  | { readonly kind: 'deploy'; readonly environment?: string; readonly sha?: string }
  | { readonly kind: 'plan'; readonly environment?: string; readonly sha?: string }
  | { readonly kind: 'rollback'; readonly environment?: string }
  /** What is watched counts as well now; of a held step of the traffic the rest is skipped. */
  | { readonly kind: 'promote'; readonly environment?: string }
  /** What was found is accepted, though it may be bad. */
  | { readonly kind: 'accept'; readonly environment?: string }
  /** Nothing is promoted or taken back by itself … */
  | { readonly kind: 'pause'; readonly environment?: string }
  /** … until this. */
  | { readonly kind: 'continue'; readonly environment?: string }
  /** Takes the merge of this very pull request back. */
  | { readonly kind: 'revert' }
  | { readonly kind: 'lock'; readonly environment?: string; readonly reason?: string }
  | { readonly kind: 'unlock'; readonly environment?: string }
  /** Somebody has looked at a half-done or unknown environment: it may be deployed to again. */
  | { readonly kind: 'resolve'; readonly environment?: string }
  /** A change that was taken back may be deployed again. */
  | { readonly kind: 'unquarantine' }
  /** The kill switch of the repository: whether merges are taken back by themselves. */
  | { readonly kind: 'autorevert'; readonly to: 'on' | 'off' }
  | { readonly kind: 'status' }
  /** Of one command, or of all. */
  | { readonly kind: 'help'; readonly about?: CommandKind }

export type CommandKind = Command['kind']

/** What a comment's text is. A reply is for known people only: strangers get silence. */
export type ParsedComment =
  | { readonly kind: 'command'; readonly command: Command }
  /** It means a command but is none: what is wrong, and how it is written. Markdown whose outside values are inert. */
  | {
      readonly kind: 'reply'
      readonly reason: 'command_unknown' | 'command_malformed' | 'command_twice'
      readonly text: string
    }
  | { readonly kind: 'ignored' }
