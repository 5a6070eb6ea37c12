import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Conversation, Reaction } from '../../src/ports/conversation.ts'

/** A repository with two pull requests, and a person's comment on the first. */
export interface ConversationWorld {
  readonly conversation: Conversation
  /** The same speaker in another process. */
  reopen(): Conversation
  readonly pulls: readonly [number, number]
  readonly comment: number
  /** All comments of ours on a pull request, oldest first: what people see of them, and how often each was edited. */
  said(
    pull: number,
  ): Promise<readonly { readonly id: number; readonly text: string; readonly edits: number }[]>
  /** Our reactions on the person's comment. */
  reactions(): Promise<readonly Reaction[]>
  close(): Promise<void>
}

export function conversationContract(name: string, open: () => Promise<ConversationWorld>): void {
  describe(`${name} keeps the contract of a conversation`, () => {
    let world: ConversationWorld
    let conversation: Conversation
    beforeEach(async () => {
      world = await open()
      conversation = world.conversation
    })
    afterEach(() => world.close())

    test('a reaction is there once, however often it is given', async () => {
      await conversation.react(world.comment, 'eyes')
      await conversation.react(world.comment, 'eyes')
      await world.reopen().react(world.comment, 'eyes')
      await conversation.react(world.comment, 'rocket')
      expect([...(await world.reactions())].sort()).toEqual(['eyes', 'rocket'])
    })

    test('a comment that is gone gets no reaction, and nobody is kept from the rest by that', async () => {
      await expect(conversation.react(999_999_999, 'eyes')).resolves.toBeUndefined()
    })

    test('a kept comment is made once and edited where its text differs', async () => {
      const [pull] = world.pulls
      const first = await conversation.keep(pull, 'progress/production', 'Deploying.')
      expect(first).toEqual({ id: expect.any(Number), url: expect.stringMatching(/^https?:/) })
      expect(await conversation.keep(pull, 'progress/production', 'Deploying.')).toEqual(first)
      expect(await world.said(pull)).toEqual([{ id: first.id, text: 'Deploying.', edits: 0 }])
      expect(await world.reopen().keep(pull, 'progress/production', 'Live.')).toEqual(first)
      expect(await conversation.keep(pull, 'progress/production', 'Live for all.')).toEqual(first)
      expect(await world.said(pull)).toEqual([{ id: first.id, text: 'Live for all.', edits: 2 }])
    })

    test('what was said once is not said again, nor changed', async () => {
      const [pull] = world.pulls
      const first = await conversation.say(pull, 'done/comment-1', 'It is live.')
      expect(await conversation.say(pull, 'done/comment-1', 'Something else.')).toEqual(first)
      expect(await world.reopen().say(pull, 'done/comment-1', 'Something else.')).toEqual(first)
      expect(await world.said(pull)).toEqual([{ id: first.id, text: 'It is live.', edits: 0 }])
    })

    test('keys are told apart, though one begins with the other, and pull requests too', async () => {
      const [pull, other] = world.pulls
      await conversation.say(pull, 'comment-1', 'One')
      await conversation.say(pull, 'comment-12', 'Twelve')
      await conversation.keep(other, 'comment-1', 'Elsewhere')
      expect((await world.said(pull)).map(({ text }) => text)).toEqual(['One', 'Twelve'])
      expect((await world.said(other)).map(({ text }) => text)).toEqual(['Elsewhere'])
    })
  })
}
