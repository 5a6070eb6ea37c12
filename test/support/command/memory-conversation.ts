import type { Conversation, Reaction, SaidComment } from '../../../src/ports/conversation.ts'

export interface MemoryComment {
  readonly id: number
  readonly pull: number
  /** Absent: a person's. */
  readonly key?: string
  body: string
  /** How often it was changed after it was made. */
  edits: number
}

export interface MemoryConversation extends Conversation {
  readonly comments: MemoryComment[]
  readonly reactions: { readonly comment: number; readonly reaction: Reaction }[]
  /** What a key's comment says now. */
  textOf(pull: number, key: string): string | undefined
  /** Set: nothing can be said, and this is what is thrown. */
  failure: Error | undefined
}

/** Pull requests' comments as one speaker of ours sees them. */
export function memoryConversation(): MemoryConversation {
  const comments: MemoryComment[] = []
  const reactions: { comment: number; reaction: Reaction }[] = []
  const find = (pull: number, key: string): MemoryComment | undefined =>
    comments.find((one) => one.pull === pull && one.key === key)
  const make = (pull: number, key: string, body: string): MemoryComment => {
    const comment = { id: 5000 + comments.length, pull, key, body, edits: 0 }
    comments.push(comment)
    return comment
  }
  const said = ({ id, pull }: MemoryComment): SaidComment => ({
    id,
    url: `https://github.example/pull/${pull}#issuecomment-${id}`,
  })
  const unlessFailing = (): void => {
    if (conversation.failure !== undefined) throw conversation.failure
  }
  const conversation: MemoryConversation = {
    comments,
    reactions,
    failure: undefined,
    textOf: (pull, key) => find(pull, key)?.body,
    async react(comment, reaction) {
      unlessFailing()
      const isThere = reactions.some((one) => one.comment === comment && one.reaction === reaction)
      if (!isThere) reactions.push({ comment, reaction })
    },
    async keep(pull, key, body) {
      unlessFailing()
      const found = find(pull, key)
      if (found === undefined) return said(make(pull, key, body))
      if (found.body !== body) found.edits += 1
      found.body = body
      return said(found)
    },
    async say(pull, key, body) {
      unlessFailing()
      return said(find(pull, key) ?? make(pull, key, body))
    },
  }
  return conversation
}
