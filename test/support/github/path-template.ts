/** Parameters of GitHub's paths that, besides `path`, may hold slashes (`heads/feature/a`, `main...feature/a`). */
const WITH_SLASHES = new Set(['ref', 'basehead', 'branch', 'environment_name'])

export interface PathMatch {
  operation: string
  params: Record<string, string>
}

/** Finds the operation whose template a path fits: the most literal one wins, as on GitHub. */
export class PathTemplates {
  private readonly templates: { method: string; operation: string; pattern: RegExp; names: string[] }[]

  constructor(operations: Iterable<string>) {
    this.templates = [...operations].sort(byLiterals).map(compile)
  }

  match(method: string, path: string): PathMatch | undefined {
    for (const template of this.templates) {
      if (template.method !== method) continue
      const found = template.pattern.exec(path)
      if (!found) continue
      const params = template.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')])
      return { operation: template.operation, params: Object.fromEntries(params) as Record<string, string> }
    }
    return undefined
  }
}

function compile(operation: string): { method: string; operation: string; pattern: RegExp; names: string[] } {
  const [method = '', path = ''] = operation.split(' ')
  const names: string[] = []
  const source = path.split(/(\/\{path\}|\{[^}]+\})/).map((part) => {
    // The root folder is the empty path, and clients leave its slash out.
    if (part === '/{path}' && names.push('path')) return '(?:/(.*?))?'
    if (!part.startsWith('{')) return part.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
    const name = part.slice(1, -1)
    names.push(name)
    return WITH_SLASHES.has(name) ? '(.+?)' : '([^/]+)'
  })
  return { method, operation, pattern: new RegExp(`^${source.join('')}/?$`), names }
}

/** More literal segments first, then fewer parameters, so that `/commits/{ref}/pulls` is tried before `/commits/{ref}`. */
function byLiterals(one: string, other: string): number {
  return literals(other) - literals(one) || one.split('{').length - other.split('{').length
}

function literals(operation: string): number {
  return operation.split('/').filter((segment) => segment && !segment.startsWith('{')).length
}
