/** Works on all items, at most `limit` of them at a time; the answers are in the order of the items. The first failure is the whole's. */
export async function inParallel<Item, Answer>(
  limit: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = []
  const waiting = items.entries()
  const worker = async (): Promise<void> => {
    // One iterator for all workers: whoever is free takes the next.
    for (const [index, item] of waiting) answers[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker))
  return answers
}
