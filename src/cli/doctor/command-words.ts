/** What bash knows by itself, and words that are no programs. */
const BUILT_IN = new Set(
  'if then elif else fi for while until do done case esac function select time { } ! [ [[ : . alias bg bind break builtin cd command continue declare dirs echo eval exec exit export false fg getopts hash help jobs kill let local printf pushd popd pwd read readonly return set shift shopt source test times trap true type typeset ulimit umask unalias unset wait'.split(
    ' ',
  ),
)

/** After these a program follows. */
const LEADING = new Set([
  'if',
  'then',
  'elif',
  'else',
  'while',
  'until',
  'do',
  '!',
  '{',
  'time',
  'exec',
  'command',
])

/** The programs that a line of the user's begins its parts with, as far as plain reading can tell. */
export function commandWords(line: string): string[] {
  const withoutTexts = line.replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"/g, 'text').replaceAll(/(^|\s)#.*$/gm, '$1')
  const words = withoutTexts.split(/&&|\|\||[;|&\n()]/).flatMap((part) => {
    const tokens = part.trim().split(/\s+/)
    const word = tokens.find((token) => !/^\w+=/.test(token) && !LEADING.has(token))
    return word !== undefined && /^[\w./+-]+$/.test(word) && !BUILT_IN.has(word) ? [word] : []
  })
  return [...new Set(words)]
}
