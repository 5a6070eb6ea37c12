/** A link to graphs of the time of a watch; nothing where there is no address, or it is none of the web's. */
export function graphsLink(dashboard: string | undefined): string | undefined {
  const url = URL.parse(dashboard ?? '')
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined
  // In a link's target these would end it, or be markup.
  const target = url.href.replaceAll(/[()<>[\]\\*_`|]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return `[Graphs of this time](${target})`
}
