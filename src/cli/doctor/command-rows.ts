import { join } from 'node:path'
import type { Environment } from '../../adapters/child-environment.ts'
import { declaredSecrets } from '../../config/declared-secrets.ts'
import type { Config } from '../../config/schema.ts'
import { commandWords } from './command-words.ts'
import { missing, ok, type Row, warning } from './row.ts'
import { isStartable } from './tool-rows.ts'

interface Commands {
  readonly lines: readonly string[]
  readonly working: string
}

/** Whether the programs that the config's commands begin with are there, and the secrets that they declare. */
export async function commandRows(config: Config, folder: string, environment: Environment): Promise<Row[]> {
  const all = commandsOf(config)
  const words = new Map<string, string>()
  for (const { lines, working } of all) {
    for (const word of lines.flatMap(commandWords)) words.set(`${working}\0${word}`, word)
  }
  const rows = await Promise.all(
    [...words].map(async ([key, word]) => {
      const working = key.slice(0, key.indexOf('\0'))
      return (await isStartable(word, join(folder, working), environment)) ? undefined : absent(word, working)
    }),
  )
  const faults = rows.filter((row) => row !== undefined)
  const names = [...new Set(words.values())].join(', ')
  return [
    ...(faults.length === 0 && names !== '' ? [ok('commands', `${names}: all there.`)] : faults),
    ...secretRows(declaredSecrets(config), environment),
  ]
}

function absent(word: string, working: string): Row {
  if (!word.includes('/')) {
    return warning(
      `command ${word}`,
      'It is not on the PATH here.',
      'Install it, or see that the runner has it.',
    )
  }
  const where = working === '.' ? '' : ` from ${working}`
  return missing(
    `command ${word}`,
    `There is no such executable file${where}.`,
    'Write it, or make it executable (chmod +x, then git add); the config names it.',
  )
}

function secretRows(names: readonly string[], environment: Environment): Row[] {
  if (names.length === 0) return []
  const unset = names.filter((name) => (environment[name] ?? '') === '')
  if (unset.length === 0) return [ok('secrets', `${names.join(', ')}: all set here.`)]
  return unset.map((name) =>
    warning(
      `secret ${name}`,
      'It is not set here; a step that declares it does not start without it.',
      `Export ${name} to run here; in the workflow hand it over under env.`,
    ),
  )
}

function commandsOf({ build, test, upgrade, environments }: Config): Commands[] {
  const places = Object.values(environments)
  return [
    ...(upgrade === undefined ? [] : [{ lines: [upgrade.change], working: '.' }]),
    ...build.flatMap((step) =>
      step.adapter === 'run' ? [{ lines: [step.run, step.undo ?? ''], working: step.working }] : [],
    ),
    ...test.flatMap((step) => {
      if (step.adapter === 'run') return { lines: [step.run, step.base ?? ''], working: step.working }
      return step.adapter === 'previous' ? { lines: [step.previous], working: step.working } : []
    }),
    ...places.flatMap(({ deploy }) => {
      if (deploy.adapter !== 'run') return []
      const { run } = deploy
      return { lines: [run.deploy, run.rollback, run.status ?? '', run.diff ?? ''], working: run.working }
    }),
    ...places.flatMap(({ traffic }) =>
      traffic === undefined ? [] : [{ lines: [traffic.run], working: traffic.working }],
    ),
  ]
}
