import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Runs docker against the suite's engine. */
export type Docker = (...args: readonly string[]) => string

/**
 * Stands in for the two images that `Dockerfile` names, where no registry of images can be reached: the machine's own Node with its
 * libraries, and for the build npm, laid out as those images are. Everything that the Dockerfile itself says is done for real.
 */
export function makeBaseImages(docker: Docker): { build: string; runtime: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-base-'))
  try {
    const runtime = path.join(folder, 'runtime')
    addPrograms(runtime, { [process.execPath]: '/nodejs/bin/node' })
    mkdirSync(path.join(runtime, 'tmp'), { mode: 0o1777 })
    importImage(docker, runtime, 'seamless-test-runtime', ['ENTRYPOINT ["/nodejs/bin/node"]', 'USER 65532'])
    const build = path.join(folder, 'build')
    addPrograms(build, { [process.execPath]: '/usr/bin/node', '/usr/bin/env': '/usr/bin/env' })
    addNpm(build)
    importImage(docker, build, 'seamless-test-build', [
      'ENV PATH=/usr/bin HOME=/root',
      ...extraAuthorities(build),
    ])
    return { build: 'seamless-test-build', runtime: 'seamless-test-runtime' }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function addPrograms(root: string, programs: Readonly<Record<string, string>>): void {
  const listed = execFileSync('ldd', Object.keys(programs), { encoding: 'utf8' })
  const libraries = [...new Set(listed.match(/\/lib\S*\.so\S*/g)?.filter((file) => !file.endsWith(':')))]
  const files = { ...programs, ...Object.fromEntries(libraries.map((file) => [file, file])) }
  for (const [from, to] of Object.entries(files)) {
    const target = path.join(root, to)
    mkdirSync(path.dirname(target), { recursive: true })
    copyFileSync(from, target)
  }
}

/** npm as it is installed here, and what says where names are looked up. */
function addNpm(root: string): void {
  const cli = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())
  cpSync(path.resolve(cli, '../..'), path.join(root, 'usr/lib/node_modules/npm'), {
    recursive: true,
    dereference: true,
  })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', path.join(root, 'usr/bin/npm'))
  mkdirSync(path.join(root, 'tmp'), { mode: 0o1777 })
  mkdirSync(path.join(root, 'root'))
  mkdirSync(path.join(root, 'etc'))
  for (const name of ['resolv.conf', 'hosts', 'nsswitch.conf'])
    if (existsSync(`/etc/${name}`)) copyFileSync(`/etc/${name}`, path.join(root, 'etc', name))
}

/** Certificates that this machine trusts beside Node's own. */
function extraAuthorities(root: string): string[] {
  const file = process.env['NODE_EXTRA_CA_CERTS']
  if (file === undefined || !existsSync(file)) return []
  copyFileSync(file, path.join(root, 'etc/extra-authorities.pem'))
  return ['ENV NODE_EXTRA_CA_CERTS=/etc/extra-authorities.pem']
}

function importImage(docker: Docker, root: string, name: string, changes: readonly string[]): void {
  const archive = `${root}.tar`
  execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', archive, '.'])
  docker('import', ...changes.flatMap((change) => ['--change', change]), archive, name)
}

/** Everything that an image holds, by its path. */
export function filesOf(docker: Docker, image: string): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-image-'))
  const archive = path.join(folder, 'image.tar')
  const container = docker('create', image).trim()
  try {
    docker('export', '--output', archive, container)
    return execFileSync('tar', ['-tf', archive], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split(
      '\n',
    )
  } finally {
    docker('rm', container)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A `DOCKER_CONFIG` without anybody's credentials. */
export function emptyDockerConfig(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'seamless-docker-config-'))
  writeFileSync(path.join(folder, 'config.json'), '{}')
  return folder
}
