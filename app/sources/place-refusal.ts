/** What no source's place is, whatever its type. Not quoted: it may hold a password. What a type asks for beyond this is said when it is opened. */
export function placeRefusal(text: string): string | undefined {
  const urls = text.split(/\s+/).filter((url) => url !== '')
  if (urls.length === 0) return 'is empty: where the source answers.'
  for (const one of urls) {
    const url = URL.parse(one)
    if (url === null) return 'holds no URL.'
    if (!['http:', 'https:', 'tcp:'].includes(url.protocol))
      return `holds a URL of ${url.protocol}; only http:, https: and, for probes, tcp: are read.`
    if (url.username !== '' || url.password !== '')
      return 'holds a user or a password, which would show up in logs: say them by themselves.'
    if (url.hash !== '') return 'holds a URL with a fragment (#…): leave it out.'
  }
  return undefined
}
