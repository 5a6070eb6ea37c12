/** Every error that a configuration can have: what is written, and what is said about it, word for word. */
export interface ErrorCase {
  readonly title: string
  readonly text: string
  /** In the order of the file, without the file's name. */
  readonly errors: readonly string[]
}

const DEPLOY = 'deploy: { run: { deploy: a, rollback: b } }'
const ENVIRONMENTS = `environments:\n  production:\n    ${DEPLOY}\n`

/** A valid configuration with `lines` after its first line. */
export function withLines(lines: string): string {
  return `driver: action\n${lines}\n${ENVIRONMENTS}`
}

/** A valid configuration whose production has `lines` as well. */
export function withProduction(lines: string): string {
  const indented = lines.replaceAll(/^(?=.)/gm, '    ')
  return `driver: action\nsources: { main: { type: prometheus }, site: { type: probe } }\n${ENVIRONMENTS}${indented}\n`
}

/** As `withProduction`, with `lines` under its `health.checks`, read from `main`. */
export function withChecks(lines: string): string {
  return withProduction(
    `revert: off\nhealth:\n  source: main\n  checks:\n${lines.replaceAll(/^(?=.)/gm, '    ')}`,
  )
}

const yaml: ErrorCase[] = [
  {
    title: 'an empty file',
    text: '# nothing yet\n',
    errors: [':1:1 the file is empty; expected a mapping that begins with "driver: action"'],
  },
  {
    title: 'a file above 64 KiB',
    text: `driver: action # ${'x'.repeat(65_536)}`,
    errors: [':1:1 the file has 65553 bytes; expected at most 65536'],
  },
  {
    title: 'more than 5000 keys and values',
    text: `driver: action\nbuild: [${'a, '.repeat(5000)}]`,
    errors: [':1:1 the file has 5005 keys and values; expected at most 5000'],
  },
  {
    title: 'broken YAML',
    text: 'driver: action\nbuild: [',
    errors: [':2:9 not readable: unexpected end of the stream within a flow collection; expected valid YAML'],
  },
  {
    title: 'tabs for indentation',
    text: 'driver: action\nbuild:\n\t- run: x\n',
    errors: [':3:1 not readable: tab characters must not be used in indentation; expected valid YAML'],
  },
  {
    title: 'a second document',
    text: 'driver: action\n---\ndriver: action\n',
    errors: [':3:1 a second document; expected one document in the file'],
  },
  {
    title: 'an anchor and its alias',
    text: 'version: &v { file: VERSION }\nupgrade: *v\n',
    errors: [
      ':1:10 version: anchors are not read; expected the value alone, or quotes around a text that begins with &',
      ':2:10 upgrade: aliases are not read; expected the value itself, or quotes around a text that begins with *',
    ],
  },
  {
    title: 'a tag',
    text: 'version: !!binary aGk=\n',
    errors: [
      ':1:10 version: tags are not read; expected the value alone, or quotes around a text that begins with !',
    ],
  },
  {
    title: 'a merge key',
    text: 'version:\n  <<: { file: VERSION }\n',
    errors: [':2:3 version["<<"]: merge keys are not read; expected the keys themselves'],
  },
  {
    title: 'a repeated key',
    text: 'driver: action\nversion: { file: a }\ndriver: action\n',
    errors: [':3:1 driver: stands here again (first in line 1); expected each key once'],
  },
  {
    title: 'a key that every object inherits',
    text: 'sources:\n  constructor: { type: probe }\n',
    errors: [':2:3 sources.constructor: not usable as a name; expected another name'],
  },
  {
    title: 'a key that is a list',
    text: 'version:\n  ? [file]\n  : VERSION\n',
    errors: [':2:5 version: a key that is not text; expected text'],
  },
]

const shape: ErrorCase[] = [
  {
    title: 'a file that is no mapping',
    text: '- driver: action\n',
    errors: [':1:1 a list does not fit; expected a mapping'],
  },
  {
    title: 'missing keys',
    text: 'build: []\n',
    errors: [
      ':1:1 driver: missing; expected one of action, app',
      ':1:1 environments: missing; expected a mapping from names',
    ],
  },
  {
    title: 'a misspelt key',
    text: withLines('versoin: { file: VERSION }'),
    errors: [
      ':2:1 versoin: unknown key; expected one of driver, workflow, version, sources, upgrade, build, test, environments. Did you mean "version"?',
    ],
  },
  {
    title: 'a key that is like no other',
    text: withLines('version: { file: VERSION, kubernetes: yes }'),
    errors: [':2:27 version.kubernetes: unknown key; expected one of file'],
  },
  {
    title: 'a key with control characters',
    text: withLines('"a\\nb\\u202e": 1'),
    errors: [
      ':2:1 ["a\\nb\\u202e"]: unknown key; expected one of driver, workflow, version, sources, upgrade, build, test, environments',
    ],
  },
  {
    title: 'a driver that there is not',
    text: `driver: apps\n${ENVIRONMENTS}`,
    errors: [':1:9 driver: "apps" does not fit; expected one of action, app. Did you mean "app"?'],
  },
  {
    title: 'a word that is nearly a known one',
    text: withProduction('revert: prpose'),
    errors: [
      ':6:13 environments.production.revert: "prpose" does not fit; expected one of auto, propose, off. Did you mean "propose"?',
    ],
  },
  {
    title: 'a workflow that is a path',
    text: withLines('workflow: .github/workflows/seamless.yml'),
    errors: [
      ':2:11 workflow: ".github/workflows/seamless.yml" does not fit; expected a file name under .github/workflows, such as seamless.yml',
    ],
  },
  {
    title: 'a command that nobody can be allowed, and one that is misspelt',
    text: withProduction('allow: { status: [write], deplyo: [write] }'),
    errors: [
      ':6:14 environments.production.allow.status: unknown key; expected one of deploy, plan, rollback, revert, promote, accept, pause, continue, lock, unlock, resolve, unquarantine, autorevert',
      ':6:31 environments.production.allow.deplyo: unknown key; expected one of deploy, plan, rollback, revert, promote, accept, pause, continue, lock, unlock, resolve, unquarantine, autorevert. Did you mean "deploy"?',
    ],
  },
  {
    title:
      'people who are none: read, a team without its organisation, a login with a space, no number, nobody',
    text: withProduction(
      'allow: { deploy: [read], plan: ["team:ops"], lock: ["user:a b"], resolve: ["id:ada"], unlock: [] }',
    ),
    errors: [
      ...[
        ['23', 'deploy[0]', 'read'],
        ['37', 'plan[0]', 'team:ops'],
        ['57', 'lock[0]', 'user:a b'],
        ['80', 'resolve[0]', 'id:ada'],
      ].map(
        ([column, key, written]) =>
          `:6:${column} environments.production.allow.${key}: "${written}" does not fit; expected triage, write, maintain, admin, team:organisation/team, user:login or id:number`,
      ),
      ':6:99 environments.production.allow.unlock: nobody could give the command: name somebody, or leave the key out',
    ],
  },
  {
    title: 'one person where a list is expected',
    text: withProduction('allow: { deploy: write }'),
    errors: [
      ':6:22 environments.production.allow.deploy: "write" does not fit; expected a list of triage, write, maintain, admin, team:organisation/team, user:login or id:number',
    ],
  },
  {
    title: 'requirements that are none',
    text: withProduction(
      'requires: { checks: some, reviews: "2", up-to-date: maybe, drafts: true, base: [refs/heads/main] }',
    ),
    errors: [
      ':6:25 environments.production.requires.checks: "some" does not fit; expected one of required, all, none. Did you mean "none"?',
      ':6:40 environments.production.requires.reviews: "2" does not fit; expected as-branch or a number of approvals',
      ':6:57 environments.production.requires.up-to-date: "maybe" does not fit; expected true or false',
      ':6:64 environments.production.requires.drafts: unknown key; expected one of checks, reviews, up-to-date, ready-for-review, same-repository, second-person, base',
      ':6:85 environments.production.requires.base[0]: "refs/heads/main" does not fit; expected a branch name such as main',
    ],
  },
  {
    title: 'nothing where something is expected',
    text: withLines('build:'),
    errors: [':2:1 build: empty; expected a list of steps'],
  },
  {
    title: 'a number where text is expected',
    text: withLines('build: [{ name: a, run: b, env: { PORT: 8080 } }]'),
    errors: [':2:41 build[0].env.PORT: 8080 does not fit; expected text; a number goes in quotes'],
  },
  {
    title: 'a text that begins with a brace, without quotes',
    text: withLines('upgrade: { branch: {version}, change: x }'),
    errors: [
      ':2:20 upgrade.branch: a mapping does not fit; expected text; one that begins with { or [ goes in quotes',
    ],
  },
  {
    title: 'a switch that is none',
    text: withProduction('shadow: on'),
    errors: [':6:13 environments.production.shadow: "on" does not fit; expected true or false'],
  },
  {
    title: 'a duration without a unit',
    text: withLines('build: [{ name: a, run: b, timeout: 10 }]'),
    errors: [':2:37 build[0].timeout: 10 does not fit; expected a duration such as 30s, 5m or 1h30m'],
  },
  {
    title: 'a duration of nothing',
    text: withLines('build: [{ name: a, run: b, timeout: 0s }]'),
    errors: [':2:37 build[0].timeout: a duration is more than 0s and at most 366d'],
  },
  {
    title: 'an empty command',
    text: withLines('build: [{ name: a, run: " " }]'),
    errors: [':2:25 build[0].run: " " does not fit; expected a command'],
  },
  {
    title: 'a command with a NUL',
    text: withLines(String.raw`build: [{ name: a, run: "a\0b" }]`),
    errors: [String.raw`:2:25 build[0].run: "a\u0000b" does not fit; expected a command without NUL`],
  },
  {
    title: 'a step that is no mapping',
    text: withLines('test: [npm test]'),
    errors: [
      ':2:8 test[0]: "npm test" does not fit; expected a mapping with run or previous or openapi or jenkins or travis or workflow',
    ],
  },
  ...imageCases(),
  {
    title: 'a step with an unknown adapter',
    text: withLines('test: [{ name: a, hudson: x }]'),
    errors: [
      ':2:19 test[0].hudson: unknown adapter; expected one of run, previous, openapi, jenkins, travis, workflow',
    ],
  },
  {
    title: 'a deployer with an unknown adapter',
    text: 'driver: action\nenvironments:\n  production:\n    deploy:\n      kubernets: {}\n',
    errors: [
      ':5:7 environments.production.deploy.kubernets: unknown adapter; expected one of run, kubernetes, ansible. Did you mean "kubernetes"?',
    ],
  },
  {
    title: 'I07 a helm release with a post-renderer, which would run a program of the change',
    text: 'driver: action\nenvironments:\n  production:\n    deploy:\n      helm: { args: [--post-renderer=./x.sh] }\n',
    errors: [
      ':5:7 environments.production.deploy.helm: unknown adapter; expected one of run, kubernetes, ansible',
    ],
  },
  ...kubernetesCases(),
  {
    title: 'a misspelt adapter',
    text: withProduction('traffic: { rn: ./weight.sh, steps: [100%] }'),
    errors: [
      ':6:16 environments.production.traffic.rn: unknown adapter; expected one of run. Did you mean "run"?',
    ],
  },
  {
    title: 'a step without an adapter and with a misspelt key',
    text: withLines('build: [{ nmae: a }]'),
    errors: [
      ':2:9 build[0]: names no adapter; expected one of run, docker',
      ':2:11 build[0].nmae: unknown key; expected one of name, run, artifacts, undo, working, env, secrets, timeout, docker. Did you mean "name"?',
    ],
  },
  {
    title: 'a step with two adapters',
    text: withLines('test: [{ name: a, run: b, previous: c }]'),
    errors: [
      ':2:8 test[0]: names 2 adapters (run, previous); expected one of run, previous, openapi, jenkins, travis, workflow',
    ],
  },
  {
    title: 'a key of the other adapter',
    text: withLines('test: [{ name: a, run: b, accepts: [] }]'),
    errors: [
      ':2:27 test[0].accepts: unknown key; expected one of name, run, junit, base, working, env, secrets, timeout',
    ],
  },
  {
    title: 'a step name with a space',
    text: withLines('build: [{ name: a b, run: c }]'),
    errors: [String.raw`:2:17 build[0].name: "a b" does not fit; expected a name without spaces, /, \ and :`],
  },
  {
    title: 'I14 a path that leads out of the repository',
    text: withLines('version: { file: ../VERSION }'),
    errors: [
      ':2:18 version.file: "../VERSION" does not fit; expected a path within the repository, such as packages/api',
    ],
  },
  {
    title: 'I14 a pattern that leads out of the repository',
    text: withLines('build: [{ name: a, run: b, artifacts: [/etc/*] }]'),
    errors: [
      ':2:40 build[0].artifacts[0]: "/etc/*" does not fit; expected a pattern within the repository, such as dist/**',
    ],
  },
  {
    title: 'a list of patterns that is a text',
    text: withLines('build: [{ name: a, run: b, artifacts: dist }]'),
    errors: [':2:39 build[0].artifacts: "dist" does not fit; expected a list of patterns such as dist/**'],
  },
  {
    title: 'reports that are a text',
    text: withLines('test: [{ name: a, run: b, junit: a.xml }]'),
    errors: [':2:34 test[0].junit: "a.xml" does not fit; expected a list of patterns such as reports/*.xml'],
  },
  {
    title: 'accepted tests that are no list, or no names',
    text: withLines('test: [{ name: a, previous: b, accepts: x }, { name: c, previous: d, accepts: [3] }]'),
    errors: [
      ':2:41 test[0].accepts: "x" does not fit; expected a list of tests',
      ':2:80 test[1].accepts[0]: 3 does not fit; expected the name of a test',
    ],
  },
  {
    title: 'a variable that is no name',
    text: withLines('build: [{ name: a, run: b, secrets: [DEPLOY-KEY] }]'),
    errors: [
      ':2:38 build[0].secrets[0]: "DEPLOY-KEY" does not fit; expected a variable name of letters, digits and _, such as DEPLOY_KEY',
    ],
  },
  {
    title: 'I11 a variable that steers the shell',
    text: withLines('build: [{ name: a, run: b, env: { LD_PRELOAD: x.so }, secrets: [PATH] }]'),
    errors: [
      ':2:35 build[0].env.LD_PRELOAD: "LD_PRELOAD" is not usable here; expected a variable of your own; this one steers the shell, the runner or Seamless',
      ':2:65 build[0].secrets[0]: "PATH" does not fit; expected a variable of your own; this one steers the shell, the runner or Seamless',
    ],
  },
  {
    title: 'variables that are no list and no mapping',
    text: withLines('build: [{ name: a, run: b, env: A=b, secrets: C }]'),
    errors: [
      ':2:33 build[0].env: "A=b" does not fit; expected a mapping from variables',
      ':2:47 build[0].secrets: "C" does not fit; expected a list of variables',
    ],
  },
  {
    title: 'an environment name with a space',
    text: `driver: action\nenvironments:\n  eu production:\n    ${DEPLOY}\n`,
    errors: [
      ':3:3 environments["eu production"]: "eu production" is not usable here; expected a name of letters, digits, _ and -, at most 40, that begins with a letter',
    ],
  },
  {
    title: 'no environments',
    text: 'driver: action\nenvironments: {}\n',
    errors: [':2:15 environments: a mapping does not fit; expected at least one environment'],
  },
  {
    title: 'more than 50 environments',
    text: `driver: action\nenvironments:\n${Array.from({ length: 51 }, (_, index) => `  e${index}: { ${DEPLOY} }\n`).join('')}`,
    errors: [':3:3 environments: a mapping does not fit; expected at most 50 environments'],
  },
  {
    title: 'an environment without a deployer',
    text: 'driver: action\nenvironments:\n  production: {}\n',
    errors: [
      ':3:3 environments.production.deploy: missing; expected a mapping with run or kubernetes or ansible',
    ],
  },
  {
    title: 'a deployer without commands',
    text: 'driver: action\nenvironments:\n  production: { deploy: { run: {} } }\n',
    errors: [
      ':3:27 environments.production.deploy.run.deploy: missing; expected a command',
      ':3:27 environments.production.deploy.run.rollback: missing; expected a command',
    ],
  },
  {
    title: 'an order that is no list',
    text: withProduction('after: staging'),
    errors: [':6:12 environments.production.after: "staging" does not fit; expected a list of environments'],
  },
  {
    title: 'traffic steps that do not ascend to 100%',
    text: withProduction('traffic: { run: x, steps: [50%, 10%, 100%] }'),
    errors: [
      ':6:31 environments.production.traffic.steps: a list does not fit; expected percentages that ascend from above 0% to 100%, such as [10%, 50%, 100%]',
    ],
  },
  {
    title: 'a traffic step that is no percentage',
    text: withProduction('traffic: { run: x, steps: [0.1, 100%] }'),
    errors: [
      ':6:32 environments.production.traffic.steps[0]: 0.1 does not fit; expected a percentage such as 10% or 0.5%',
    ],
  },
  {
    title: 'traffic steps that are no list',
    text: withProduction('traffic: { run: x, steps: 100% }'),
    errors: [
      ':6:31 environments.production.traffic.steps: "100%" does not fit; expected a list of percentages such as [10%, 50%, 100%]',
    ],
  },
  {
    title: 'a source of an unknown type',
    text: withLines('sources: { main: { type: prometeus } }'),
    errors: [
      ':2:26 sources.main.type: "prometeus" does not fit; expected one of prometheus, scrape, probe, grafana. Did you mean "prometheus"?',
    ],
  },
  {
    title: 'a source without a type',
    text: withLines('sources: { main: {} }'),
    errors: [':2:12 sources.main.type: missing; expected one of prometheus, scrape, probe, grafana'],
  },
  {
    title: 'an address in the configuration',
    text: withLines('sources: { main: { type: prometheus, url: "http://10.0.0.1" } }'),
    errors: [
      ':2:38 sources.main.url: unknown key; expected one of type, timeout, tolerate-warnings, annotate',
    ],
  },
  {
    title: 'a branch that git would refuse',
    text: withLines('upgrade: { branch: "up..{previous}", base: -x, change: y }'),
    errors: [
      ':2:20 upgrade.branch: "up..{previous}" does not fit; expected a branch name such as upgrade/{version}',
      ':2:44 upgrade.base: "-x" does not fit; expected a branch name such as main',
    ],
  },
  {
    title: 'an author without an address',
    text: withLines('upgrade: { branch: a, change: y, author: Seamless }'),
    errors: [
      ':2:42 upgrade.author: "Seamless" does not fit; expected an author such as Name <name@example.org>',
    ],
  },
  {
    title: 'a pull request with a title of two lines',
    text: withLines(String.raw`upgrade: { branch: a, change: y, pull-request: { title: "a\nb" } }`),
    errors: [
      String.raw`:2:57 upgrade.pull-request.title: "a\nb" does not fit; expected one line of at most 200 characters`,
    ],
  },
  {
    title: 'a misspelt variable in a template',
    text: withLines('upgrade: { branch: "upgrade/{verison}", change: y }'),
    errors: [
      ':2:20 upgrade.branch: unknown variable "{verison}"; expected one of {version}, {previous}, {repository}. Did you mean "{version}"?',
    ],
  },
  {
    title: 'a variable that is not known where it stands',
    text: withLines('upgrade: { branch: a, change: y, message: "To {environment} at {sha}" }'),
    errors: [
      ':2:43 upgrade.message: {environment} is not known here; expected one of {version}, {previous}, {branch}, {repository}',
      ':2:43 upgrade.message: {sha} is not known here; expected one of {version}, {previous}, {branch}, {repository}',
    ],
  },
  {
    title: 'a brace that belongs to no variable',
    text: withLines('upgrade: { branch: a, change: y, message: "To {{previous}" }'),
    errors: [
      ':2:43 upgrade.message: "{{" opens or closes no variable; expected one of {version}, {previous}, {branch}, {repository}',
      ':2:43 upgrade.message: "}" opens or closes no variable; expected one of {version}, {previous}, {branch}, {repository}',
    ],
  },
  {
    title: 'an empty template',
    text: withLines('upgrade: { branch: a, change: y, message: " " }'),
    errors: [':2:43 upgrade.message: " " does not fit; expected text that is not empty'],
  },
]

const health: ErrorCase[] = [
  {
    title: 'C04 a misspelt key of a check',
    text: withChecks('errors: { bad: a, total: b, treshold: 1% }'),
    errors: [
      ':10:37 environments.production.health.checks.errors.treshold: unknown key; expected one of source, bad, total, max, consecutive, worse-by, at-least, weight',
    ],
  },
  {
    title: 'C05 a check without a rule that it passes or fails by',
    text: withChecks('errors: { bad: a, total: b }'),
    errors: [
      ':10:17 environments.production.health.checks.errors: nothing says when it passes or fails: set max, or health.baseline',
    ],
  },
  {
    title: 'a check of no kind',
    text: withChecks('errors: { max: 1% }'),
    errors: [
      ':10:17 environments.production.health.checks.errors: a mapping does not fit; expected what to check: bad and total, or histogram, gauge, traffic, probe, connect or alerts',
    ],
  },
  {
    title: 'a check of an unknown source',
    text: withChecks('memory: { source: mian, gauge: a, max: 1 }'),
    errors: [
      ':10:27 environments.production.health.checks.memory.source: unknown source; expected one of main, site. Did you mean "main"?',
    ],
  },
  {
    title: 'checks of an unknown source',
    text: withProduction('revert: off\nhealth: { source: other, checks: { a: { gauge: a, max: 1 } } }'),
    errors: [':7:23 environments.production.health.source: unknown source; expected one of main, site'],
  },
  {
    title: 'a source where there are none',
    text: `driver: action\n${ENVIRONMENTS}    revert: off\n    health: { source: main, checks: { a: { gauge: a, max: 1 } } }\n`,
    errors: [':6:23 environments.production.health.source: unknown source; expected it under sources'],
  },
  {
    title: 'a metric from a source that only probes, and the reverse',
    text: withChecks(
      'memory: { source: site, gauge: a, max: 1 }\nanswers: { probe: / }\nalarms: { alerts: { folder: a } }',
    ),
    errors: [
      ':10:17 environments.production.health.checks.memory: its source "site" is of type probe; expected a source of type prometheus or scrape',
      ':11:18 environments.production.health.checks.answers: its source "main" is of type prometheus; expected a source of type probe',
      ':12:17 environments.production.health.checks.alarms: its source "main" is of type prometheus; expected a source of type grafana',
    ],
  },
  {
    title: 'a metric that shows the version, from a source without metrics',
    text: withProduction(
      `revert: off\nhealth: { source: site, live: 'up{v="{sha}"}', checks: { a: { source: main, gauge: a, max: 1 } } }`,
    ),
    errors: [
      ':7:35 environments.production.health.live: its source "site" is of type probe; expected a source of type prometheus or scrape',
    ],
  },
  {
    title: 'health without a word on reverts',
    text: withProduction('health: { source: main, checks: { a: { gauge: a, max: 1 } } }'),
    errors: [
      ':4:3 environments.production.revert: missing: say what happens to a merge that users would notice; expected one of auto, propose, off',
    ],
  },
]

const together: ErrorCase[] = [
  {
    title: 'keys that do nothing without health',
    text: withProduction('revert: auto\nshadow: true\ntraffic: { run: x, steps: [100%] }'),
    errors: [
      ':6:13 environments.production.revert: does nothing without health: there is no verdict; expected health as well, or off',
      ':7:13 environments.production.shadow: does nothing without health: there is no verdict; expected health as well, or false',
      ':8:14 environments.production.traffic: without health nothing says when to take the next step; expected health as well',
    ],
  },
  {
    title: 'an unknown environment under after',
    text: `driver: action\nenvironments:\n  staging: { ${DEPLOY} }\n  live: { ${DEPLOY}, after: [stagin] }\n`,
    errors: [
      ':4:64 environments.live.after[0]: unknown environment; expected one of staging. Did you mean "staging"?',
    ],
  },
  {
    title: 'an environment after itself, the only one',
    text: withProduction('after: [production]'),
    errors: [
      ':6:13 environments.production.after[0]: an environment does not come after itself; expected no entry: there is no other environment',
    ],
  },
  {
    title: 'an environment named twice under after',
    text: `driver: action\nenvironments:\n  staging: { ${DEPLOY} }\n  live: { ${DEPLOY}, after: [staging, staging] }\n`,
    errors: [':4:73 environments.live.after[1]: "staging" stands here twice; expected each once'],
  },
  {
    title: 'environments that wait for each other',
    text: `driver: action\nenvironments:\n  a: { ${DEPLOY}, after: [b] }\n  b: { ${DEPLOY}, after: [c] }\n  c: { ${DEPLOY}, after: [a] }\n`,
    errors: [
      ':3:60 environments.a.after: a after b after c after a: none could ever be first; expected an order without a circle',
    ],
  },
  {
    title: 'names that differ by case or - and _ only',
    text: `driver: action\nsources: { a-b: { type: probe }, a_b: { type: probe } }\nenvironments:\n  live: { ${DEPLOY} }\n  Live: { ${DEPLOY} }\n`,
    errors: [
      ':2:34 sources.a_b: too like "a-b"; expected names that differ by more than case, - and _',
      ':5:3 environments.Live: too like "live"; expected names that differ by more than case, - and _',
    ],
  },
  {
    title: 'an environment with the name of a rollback',
    text: `driver: action\nenvironments:\n  live-rollback: { ${DEPLOY} }\n`,
    errors: [
      ':3:3 environments.live-rollback: this name is kept for the rollbacks of "live"; expected a name that does not end in -rollback',
    ],
  },
  {
    title: 'two steps of one name',
    text: withLines('build: [{ name: a, run: b }, { name: a, run: c }]'),
    errors: [':2:38 build[1].name: "a" is the name of an earlier step; expected a name of its own'],
  },
  {
    title: 'base and accepts without reports',
    text: withLines('test: [{ name: a, run: b, base: c }, { name: d, previous: e, accepts: [f] }]'),
    errors: [
      ':2:33 test[0].base: does nothing without junit: only a report names the tests; expected junit as well',
      ':2:71 test[1].accepts: does nothing without junit: only a report names the tests; expected junit as well',
    ],
  },
  {
    title: 'a secret that is a plain value too',
    text: withLines('build: [{ name: a, run: b, env: { KEY: x }, secrets: [KEY] }]'),
    errors: [':2:55 build[0].secrets[0]: KEY stands under env too; expected it in one of them'],
  },
  {
    title: 'a branch named by the commit that is only being made',
    text: withLines('upgrade: { branch: "up/{version}", change: x, message: "To {version}" }'),
    errors: [
      ':2:20 upgrade.branch: {version} would be the id of the commit that is only being made; expected version.file, or a text without {version}',
      ':2:56 upgrade.message: {version} would be the id of the commit that is only being made; expected version.file, or a text without {version}',
    ],
  },
]

export const ERROR_CASES: readonly ErrorCase[] = [...yaml, ...shape, ...health, ...together]

function kubernetesCases(): ErrorCase[] {
  const key = 'environments.production.deploy.kubernetes'
  const namespace =
    'expected a namespace: lower-case letters, digits and -, at most 63, beginning and ending with a letter or digit'
  const selector = 'expected a label selector such as app.kubernetes.io/part-of=shop'
  const path = 'expected a path within the repository, such as packages/api'
  const cases: [title: string, section: string, error: string][] = [
    [
      'kubernetes without manifests',
      '{}',
      `19 ${key}: names no manifests; expected one of manifests, kustomize`,
    ],
    [
      'manifests and a kustomization',
      '{ manifests: [k8s], kustomize: k8s }',
      `19 ${key}: names manifests and kustomize; expected one of manifests, kustomize`,
    ],
    [
      'pruning without a namespace',
      '{ manifests: [k8s], prune: app=shop }',
      `46 ${key}.prune: without namespace nobody knows where to take things away; expected namespace as well`,
    ],
    [
      'pruning by what is no equality',
      '{ manifests: [k8s], namespace: a, prune: "app in (a,b)" }',
      `60 ${key}.prune: "app in (a,b)" does not fit; ${selector}`,
    ],
    [
      'I08 a namespace that is a flag',
      '{ manifests: [k8s], namespace: --kubeconfig=/x }',
      `50 ${key}.namespace: "--kubeconfig=/x" does not fit; ${namespace}`,
    ],
    [
      'I08 a namespace that is a path',
      '{ manifests: [k8s], namespace: a/b }',
      `50 ${key}.namespace: "a/b" does not fit; ${namespace}`,
    ],
    [
      'I08 a context that is a flag',
      '{ manifests: [k8s], context: --server=x }',
      `48 ${key}.context: "--server=x" does not fit; expected the name of a context in the kubeconfig, not beginning with - and without spaces`,
    ],
    [
      'I14 manifests outside of the repository',
      '{ manifests: [../k8s] }',
      `33 ${key}.manifests[0]: "../k8s" does not fit; ${path}`,
    ],
    [
      'I08 manifests that are a flag',
      '{ manifests: [--server=x] }',
      `33 ${key}.manifests[0]: "--server=x" does not fit; ${path}`,
    ],
    [
      'I14 a kustomization outside of the repository',
      '{ kustomize: /etc }',
      `32 ${key}.kustomize: "/etc" does not fit; ${path}`,
    ],
    [
      'more history than is kept',
      '{ manifests: [k8s], history: 21 }',
      `48 ${key}.history: 21 does not fit; expected a number of releases from 0 to 20`,
    ],
    [
      'a word for conflicts that is none',
      '{ manifests: [k8s], conflicts: force }',
      `50 ${key}.conflicts: "force" does not fit; expected refuse or take`,
    ],
  ]
  return cases.map(([title, section, error]) => ({
    title,
    text: `driver: action\nenvironments:\n  production:\n    deploy:\n      kubernetes: ${section}\n`,
    errors: [`:5:${error}`],
  }))
}

/** I10: what would be a flag, a second word or a secret for whoever can pull the image. */
function imageCases(): ErrorCase[] {
  const image = 'registry.example.org/shop/api'
  const step = (section: string): string => withLines(`build: [{ name: a, docker: { ${section} } }]`)
  const named = 'expected the name of an image without tag or digest, such as registry.example.org/shop/api'
  const word = 'expected one word: no space, no line break, no - at its start (write it into the Dockerfile)'
  const tag = 'expected a tag of letters, digits, _, . and -, such as {version}'
  const bad = (key: string, at: number, shown: string, expected: string): string[] => [
    `:2:${at} build[0].docker.${key}: ${shown} does not fit; ${expected}`,
  ]
  const names = [`${image}:1.0`, `${image}@sha256:0`, 'Shop/api', '-x', 'a b', String.raw`a\nb`, 'a//b']
  return [
    ...names.map((name) => ({
      title: `I10 an image that is called ${name}`,
      text: step(`image: "${name}"`),
      errors: bad('image', 37, `"${name}"`, named),
    })),
    ...['a b', String.raw`a\nb`, '-x', '.x', 'a/b', '{version} x'].map((name) => ({
      title: `I10 an image's tag ${name}`,
      text: step(`image: ${image}, tags: ["${name}"]`),
      errors: bad('tags[0]', 75, `"${name}"`, tag),
    })),
    ...['a b', String.raw`a\nb`, '-x'].map((value) => ({
      title: `I10 a build argument ${value}`,
      text: step(`image: ${image}, args: { WHO: "${value}" }`),
      errors: bad('args.WHO', 81, `"${value}"`, word),
    })),
    {
      title: 'I10 a secret among the build arguments',
      text: step(`image: ${image}, args: { NPM_TOKEN: x }`),
      errors: [
        ':2:76 build[0].docker.args.NPM_TOKEN: "NPM_TOKEN" is not usable here; expected no secret: build arguments stay in the image; hand it over under "secrets" of the docker section',
      ],
    },
    {
      title: 'two steps that build one image',
      text: withLines(`build: [{ name: a, docker: { image: x/y } }, { name: b, docker: { image: x/y } }]`),
      errors: [
        ':2:74 build[1].docker.image: "x/y" is the image of an earlier step; expected a repository of its own for each image',
      ],
    },
    {
      title: 'a description of an API that is no file of one',
      text: withLines(
        'test: [{ name: a, openapi: https://example.org/api.yaml }, { name: b, openapi: docs/api.md }]',
      ),
      errors: [
        ':2:80 test[1].openapi: "docs/api.md" does not fit; expected a file that ends in .yaml, .yml or .json, such as openapi.yaml',
      ],
    },
  ]
}
