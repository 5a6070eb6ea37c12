import { execFileSync } from 'node:child_process'
import { hasOpenssl } from './certificates.ts'
import { hasDocker } from './docker/engine.ts'
import { missingKube } from './kube/control-plane.ts'
import { hasPostgres } from './postgres.ts'
import { hasSvn } from './svn-repository.ts'

interface RealTool {
  readonly command: string
  readonly install: string
  /** What is not shown without it. */
  readonly suites: string
  /** Where it need not be on the PATH. */
  readonly here?: () => boolean
}

/** What some suites need beyond git and Node; everything else runs on any machine. */
const TOOLS: readonly RealTool[] = [
  {
    command: 'prometheus',
    install: 'apt-get install prometheus',
    suites:
      'test/e2e/prometheus*.test.ts, test/e2e/app-watch*.test.ts, test/e2e/watch-sources.test.ts, test/e2e/mission.test.ts, test/e2e/dashboard.test.ts and test/e2e/backtest.test.ts',
  },
  {
    command: 'ansible-playbook',
    install: 'apt-get install ansible-core',
    suites: 'test/e2e/ansible.test.ts and test/e2e/ansible-upgrade.test.ts',
  },
  {
    command: 'openssl',
    install: 'apt-get install openssl',
    suites:
      'test/e2e/prometheus-access.test.ts, test/e2e/blackbox.test.ts and test/e2e/probe-example.test.ts',
    here: hasOpenssl,
  },
  {
    command: 'prometheus-blackbox-exporter',
    install: 'apt-get install prometheus-blackbox-exporter',
    suites: 'test/e2e/blackbox.test.ts',
  },
  {
    command: 'postgres',
    install: 'apt-get install postgresql',
    suites:
      'test/app/store*.test.ts and test/app/engine*.test.ts (on PostgreSQL), test/e2e/app-replicas.test.ts',
    here: hasPostgres,
  },
  {
    command: 'svn',
    install: 'apt-get install subversion',
    suites: 'test/adapters/svn*.test.ts, test/e2e/svn.test.ts and test/e2e/mission.test.ts',
    here: hasSvn,
  },
  {
    command: 'dockerd and docker-registry, as root',
    install: 'apt-get install docker.io docker-registry',
    suites:
      'test/adapters/docker.test.ts, test/e2e/docker.test.ts, test/e2e/mission.test.ts and test/e2e/app-image.test.ts',
    here: hasDocker,
  },
  {
    command: 'etcd and a control plane of Kubernetes',
    install: 'apt-get install etcd-server; bash scripts/build-kube.sh',
    suites: 'test/e2e/kubernetes.test.ts, test/e2e/kubernetes-upgrade.test.ts and test/e2e/mission.test.ts',
    here: () => missingKube() === undefined,
  },
]

/** Once before all suites: says what will be skipped, and where nothing may be (`CI=true`) ends here. */
export default function realTools(): void {
  const missing = TOOLS.filter(({ command, here }) => !(here?.() ?? runs(command)))
  for (const { command, install, suites } of missing) {
    console.warn(`skipped: ${suites} need "${command}", which is not here (${install})`)
  }
  if (missing.length > 0 && process.env['CI'] === 'true') {
    throw new Error('CI=true: no suite may be skipped. Install what is missing.')
  }
}

function runs(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
