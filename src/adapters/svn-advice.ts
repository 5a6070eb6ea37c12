/** What to do about an error of svn, by its code (svn_error_codes.h), or nothing where its own words say enough. */
export function adviceFor(output: string): string | undefined {
  return ADVICE.find(({ codes }) => codes.some((code) => output.includes(`E${code}`)))?.todo
}

const CREDENTIALS =
  'Set SEAMLESS_SVN_USERNAME and SEAMLESS_SVN_PASSWORD to an account that may read and write the repository, or let svn ' +
  'have stored one.'

const ADVICE: readonly { readonly codes: readonly string[]; readonly todo: string }[] = [
  // Authentication: none given, refused, no way that both sides know.
  { codes: ['215004', '170001', '230001', '120171'], todo: CREDENTIALS },
  // Authorization: the account is known, but not for this.
  {
    codes: ['220004', '220001', '175013'],
    todo: 'The account may not do that: see the rules of the server (authz).',
  },
  // The line was cut, or somebody answered who does not speak svn's protocol.
  {
    codes: ['210002', '210004', '120106', '120104'],
    todo: 'The server broke off in the middle. What a commit then came to is not known from here: a further run looks first.',
  },
  {
    codes: ['670002', '000111', '000113', '000110'],
    todo: 'Nobody answers there: is the server up, and its address right?',
  },
  // A hook of the repository refused the commit; its words stand above.
  { codes: ['165001'], todo: 'A hook of the repository refused it: what it wants stands above.' },
  {
    codes: ['155036', '155021'],
    todo: 'The working copy is of another version of svn: run svn upgrade in it, or install a newer one.',
  },
]

/** The only failure of which svn itself says nothing. */
export function withoutAnswer(args: readonly string[]): string {
  const line = `svn ${args.join(' ')}`.slice(0, 160)
  return `${line} got no answer in time and was stopped. Is the repository's server up, and reachable from here?`
}
