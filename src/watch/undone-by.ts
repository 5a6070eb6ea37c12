/** Which pull requests and commits texts say they undo: in the words of git, or of GitHub's button. */
export function undoneBy(
  texts: readonly string[],
  repository: string,
): { readonly pulls: readonly number[]; readonly commits: readonly string[] } {
  const slug = repository.replaceAll(/[.\\+*?^$[\](){}|]/g, String.raw`\$&`)
  const button = new RegExp(String.raw`^Reverts (?:${slug})?#(\d{1,12})(?!\d)`, 'gim')
  const found = (pattern: RegExp): string[] =>
    texts.flatMap((text) => [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []))
  return { pulls: found(button).map(Number), commits: found(/This reverts commit ([0-9a-f]{7,40})\b/g) }
}

/**
 * The lines that a diff takes out and puts in, by file, without where they stand: the same for a change that lands again
 * beside later work, whose surroundings are others.
 */
export function changedLines(diff: string): string {
  return diff
    .split('\n')
    .filter((line) => /^(?:[+-]|diff --git )/.test(line))
    .join('\n')
}
