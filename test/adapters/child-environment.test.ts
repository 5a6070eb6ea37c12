import { describe, expect, test } from 'vitest'

import { childEnvironment, secretValues } from '../../src/adapters/child-environment.ts'
import { UsageError } from '../../src/errors.ts'

const HARMLESS = {
  PATH: '/usr/bin',
  HOME: '/home/me',
  PWD: '/x',
  CI: 'true',
  LANG: 'C.UTF-8',
  GITHUB_SHA: 'f00',
  GITHUB_ACTIONS: 'true',
  RUNNER_TEMP: '/home/me/r',
  HTTPS_PROXY: 'http://me:password@proxy:3128',
  KUBECONFIG: '/home/me/.kube/config',
  NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
  MONKEY: 'banana',
}

describe('what a step sees', () => {
  test('I13 of the shell: everything that is neither secret nor powerful', () => {
    const shell = {
      ...HARMLESS,
      'INPUT_GITHUB-TOKEN': 'x1',
      INPUT_CONFIG: 'x2',
      ACTIONS_RUNTIME_TOKEN: 'x3',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'x4',
      GITHUB_TOKEN: 'x5',
      gh_token: 'x6',
      MY_SECRET_THING: 'x7',
      DB_PASSWORD: 'x8',
      DEPLOY_KEY: 'x9',
      AWS_ACCESS_KEY_ID: 'x10',
      AWS_SECRET_ACCESS_KEY: 'x11',
      GOOGLE_APPLICATION_CREDENTIALS: 'x12',
      PRIVATE_KEY_PATH: 'x13',
      APIKEY: 'x14',
      GITHUB_ENV: 'x15',
      GITHUB_OUTPUT: 'x16',
      GITHUB_PATH: 'x17',
      GITHUB_STATE: 'x18',
      GITHUB_STEP_SUMMARY: 'x19',
      SEAMLESS_SOURCE_MAIN_URL: 'x20',
      SEAMLESS_SOURCE_MAIN_TOKEN: 'x21',
      NODE_OPTIONS: 'x22',
      LD_PRELOAD: 'x23',
      DYLD_INSERT_LIBRARIES: 'x24',
      BASH_ENV: 'x25',
      ENV: 'x26',
      SHELLOPTS: 'x27',
      'BASH_FUNC_ls%%': 'x28',
      GIT_SSH_COMMAND: 'x29',
      GIT_DIR: 'x30',
      IFS: 'x31',
      STATE_seamless: 'x32',
      SSH_AUTH_SOCK: 'x33',
      PYTHONSTARTUP: 'x34',
      JAVA_TOOL_OPTIONS: 'x35',
      UNDEFINED: undefined,
    }
    expect(childEnvironment(shell, { step: 's' })).toEqual(HARMLESS)
  })

  test('I13 a value that is secret by its format goes whatever its name is', () => {
    const shell = {
      MY_CONFIG: `{"auth": "ghp_${'a1B2'.repeat(9)}"}`,
      DATABASE_URL: 'postgres://me:password@db/x',
      CERT: '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----',
    }
    expect(childEnvironment(shell, { step: 's' })).toEqual({})
  })

  test('its own values, its declared secrets and the values of Seamless are there', () => {
    const environment = childEnvironment(
      { PATH: '/bin', DEPLOY_KEY: 'k', OTHER_KEY: 'o', NODE_ENV: 'test' },
      {
        step: 's',
        env: { NODE_ENV: 'production' },
        secrets: ['DEPLOY_KEY'],
        values: { SEAMLESS_VERSION: '1' },
      },
    )
    expect(environment).toEqual({
      PATH: '/bin',
      NODE_ENV: 'production',
      DEPLOY_KEY: 'k',
      SEAMLESS_VERSION: '1',
    })
  })

  test.each([{}, { NPM_TOKEN: '' }])(
    'a declared secret that is missing (%j) is named, with what to do',
    (shell) => {
      const ask = (): unknown => childEnvironment(shell, { step: 'build/bundle', secrets: ['NPM_TOKEN'] })
      expect(ask).toThrow(UsageError)
      expect(ask).toThrow(
        'build/bundle declares the secret NPM_TOKEN, but the environment of Seamless has no value for it. ' +
          'In a workflow add "NPM_TOKEN: ${{ secrets.NPM_TOKEN }}" under env: of the step that uses Seamless; ' +
          'in a terminal export NPM_TOKEN; or remove it from "secrets".',
      )
    },
  )

  test.each([
    'LD_PRELOAD',
    'NODE_OPTIONS',
    'BASH_ENV',
    'PATH',
    'GITHUB_ENV',
    'GITHUB_TOKEN',
    'GIT_DIR',
    'SEAMLESS_X',
    'a b',
    '1x',
    'A=B',
    '',
  ])('I11 the name %j can be neither set, nor asked for, nor carry a value of Seamless', (name) => {
    const shell = { [name]: 'value' }
    expect(() => childEnvironment(shell, { step: 's', env: { [name]: 'x' } })).toThrow(UsageError)
    expect(() => childEnvironment(shell, { step: 's', secrets: [name] })).toThrow(UsageError)
    if (name === 'SEAMLESS_X') return
    expect(() => childEnvironment(shell, { step: 's', values: { [name]: 'x' } })).toThrow(UsageError)
  })

  test('I11 a value with line ends stays one value; one with NUL is refused', () => {
    const value = 'X<<EOF\nLD_PRELOAD=/evil.so\nEOF\n'
    expect(childEnvironment({}, { step: 's', values: { SEAMLESS_BRANCH: value } })).toEqual({
      SEAMLESS_BRANCH: value,
    })
    expect(() => childEnvironment({}, { step: 's', env: { A: 'x\0y' } })).toThrow(/NUL/)
  })

  test('__proto__ is a variable like any other', () => {
    const environment = childEnvironment(
      JSON.parse('{"__proto__": "x", "PATH": "/bin"}') as Record<string, string>,
      { step: 's' },
    )
    expect(Object.getPrototypeOf(environment)).toBe(Object.prototype)
    expect(environment['PATH']).toBe('/bin')
  })
})

describe('what the masks must know', () => {
  test('S01 values that are declared, and those that are secret by name or format', () => {
    const shell = {
      API_TOKEN: 'token-value-1',
      PIN: '1234',
      GH: `ghs_${'a1B2'.repeat(9)}`,
      HOME: '/home/me',
      NONE: undefined,
    }
    expect(secretValues(shell, ['PIN', 'NONE', 'ABSENT'])).toEqual(['token-value-1', '1234', shell.GH])
  })

  test('a short value that only sounds secret, and inputs, do not mask half of the output', () => {
    expect(
      secretValues({
        USE_TOKEN: 'yes',
        INPUT_OPERATION: 'run',
        SEAMLESS_SOURCE_MAIN_URL: 'http://localhost:9090',
      }),
    ).toEqual([])
  })
})
