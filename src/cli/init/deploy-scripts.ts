import { isForbiddenVariable } from '../../config/variable-name.ts'
import type { Found, RepositoryFacts } from './facts.ts'
import { makeTargets } from './make-targets.ts'
import { readNodeManifest } from './node-toolchain.ts'

/** How the service is brought to its users; what is not there is undefined. */
export interface DeployScripts {
  readonly deploy: string
  readonly rollback: string
  readonly status?: string
  readonly diff?: string
  readonly weight?: string
  /** Variables that the scripts read and that sound secret. */
  readonly secrets: readonly string[]
  readonly found: readonly Found[]
  readonly todo: readonly string[]
}

export function detectDeployScripts(facts: RepositoryFacts): DeployScripts {
  return scriptFiles(facts) ?? namedTargets(facts) ?? NONE
}

const NONE: DeployScripts = {
  deploy: './ops/deploy.sh',
  rollback: './ops/deploy.sh',
  secrets: [],
  found: [],
  todo: [
    'Nothing here deploys the service: write ops/deploy.sh. It brings the version SEAMLESS_VERSION (commit SEAMLESS_SHA) to the environment SEAMLESS_ENVIRONMENT, and may be called twice for one version.',
  ],
}

const FOLDERS = ['ops', 'deploy', 'deployment', 'scripts', 'script', 'bin', 'ci', '.'] as const

/** What each command may be called, the usual name first. */
const NAMES = {
  deploy: ['deploy'],
  rollback: ['rollback', 'roll-back', 'undeploy-latest'],
  status: ['status', 'current-version', 'version'],
  diff: ['diff', 'plan'],
  weight: ['weight', 'traffic', 'canary'],
} as const

function scriptFiles(facts: RepositoryFacts): DeployScripts | undefined {
  const folder = FOLDERS.find((folder) => fileOf(facts, folder, 'deploy') !== undefined)
  if (folder === undefined) return undefined
  const kinds = Object.keys(NAMES) as (keyof typeof NAMES)[]
  const files = kinds.flatMap((kind): [string, string][] => {
    const file = fileOf(facts, folder, kind)
    return file === undefined ? [] : [[kind, file]]
  })
  const found = files.map(([kind, file]) => ({
    topic: kind,
    value: call(facts, file),
    why: `there is ${file}`,
  }))
  return complete(
    found,
    secretsOf(
      facts,
      files.map(([, file]) => file),
    ),
  )
}

function fileOf({ files }: RepositoryFacts, folder: string, kind: keyof typeof NAMES): string | undefined {
  const prefix = folder === '.' ? '' : `${folder}/`
  return NAMES[kind]
    .flatMap((name) => [`${prefix}${name}.sh`, `${prefix}${name}`])
    .find((file) => files.has(file))
}

function call({ executables }: RepositoryFacts, file: string): string {
  return executables.has(file) ? `./${file}` : `bash ${file}`
}

/** Scripts of package.json and targets of the Makefile, which have no files of their own. */
function namedTargets(facts: RepositoryFacts): DeployScripts | undefined {
  const scripts = readNodeManifest(facts)?.scripts ?? {}
  const targets = makeTargets(facts)
  const found = Object.entries(NAMES).flatMap(([topic, names]): Found[] => {
    const script = names.find(
      (name) => Object.hasOwn(scripts, name) && !(topic !== 'deploy' && name === 'version'),
    )
    if (script !== undefined) {
      return [{ topic, value: `npm run ${script}`, why: `package.json has a script "${script}"` }]
    }
    const target = names.find((name) => targets.has(name))
    return target === undefined
      ? []
      : [{ topic, value: `make ${target}`, why: `Makefile has a target "${target}"` }]
  })
  return found.some(({ topic }) => topic === 'deploy') ? complete(found, []) : undefined
}

function complete(found: readonly Found[], secrets: readonly string[]): DeployScripts {
  const value = (topic: string): string | undefined => found.find((one) => one.topic === topic)?.value
  const deploy = value('deploy') ?? NONE.deploy
  const [rollback, status, diff, weight] = [
    value('rollback'),
    value('status'),
    value('diff'),
    value('weight'),
  ]
  const todo = [
    ...(rollback === undefined
      ? [
          'Nothing here rolls back: the deploy command is called with the last healthy SEAMLESS_VERSION. See that it can bring back an old version.',
        ]
      : []),
    ...(status === undefined
      ? [
          'Nothing here says what is live: add `status`, a command that prints the live version, so that a lost run is not a riddle.',
        ]
      : []),
  ]
  return {
    deploy,
    rollback: rollback ?? deploy,
    ...(status === undefined ? {} : { status }),
    ...(diff === undefined ? {} : { diff }),
    ...(weight === undefined ? {} : { weight }),
    secrets,
    found,
    todo,
  }
}

const VARIABLE = /\$\{?([A-Z][A-Z0-9_]*)\b/g
const SECRET =
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS|KUBECONFIG|(?:SECRET|ACCESS|DEPLOY|SSH|PRIVATE|API)_KEY|ACCESS_KEY_ID)$/

/** A step sees only the secrets that it declares, so those that its script reads are declared at once. */
function secretsOf({ texts }: RepositoryFacts, files: readonly string[]): string[] {
  const names = files.flatMap((file) => {
    const text = texts.get(file) ?? ''
    const set = new Set(
      [...text.matchAll(/^\s*(?:export\s+|local\s+|readonly\s+)?([A-Z][A-Z0-9_]*)=/gm)].map(
        ([, name]) => name,
      ),
    )
    return [...text.matchAll(VARIABLE)]
      .map(([, name = '']) => name)
      .filter((name) => SECRET.test(name) && !set.has(name))
  })
  return [...new Set(names)].filter((name) => !isForbiddenVariable(name)).toSorted()
}
