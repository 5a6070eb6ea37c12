import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KubeApi, kubeApi } from './kube-api.ts'
import { type Kubelet, startKubelet } from './kubelet.ts'

/** A real control plane on loopback: etcd, kube-apiserver, kube-controller-manager, kube-scheduler; only the nodes are ours. */
export interface ControlPlane {
  readonly api: KubeApi
  readonly kubelet: Kubelet
  /** Of an administrator. */
  readonly kubeconfig: string
  /** A PATH with the kubectl of the same version first. */
  readonly path: string
  /** The path of a kubeconfig for this token; `server` instead of this one's. */
  /** Shared, so that kubectl need not discover the server's kinds for each test anew. */
  readonly home: string
  kubeconfigOf(token: string, server?: string): string
  /** kubectl as the administrator. */
  kubectl(args: readonly string[], input?: string): string
  /** It takes connections and answers nothing. */
  freeze(): void
  thaw(): void
  stop(): Promise<void>
}

/** scripts/build-kube.sh makes it; the version is go.mod's. */
export function kubeFolder(): string {
  const mod = readFileSync(new URL('control-plane/go.mod', import.meta.url), 'utf8')
  const [, version] = /^\s*k8s\.io\/kubernetes (v[\d.]+)/m.exec(mod) ?? []
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(cache, 'seamless-ci', `kube-${version}`)
}

/** Why the suites cannot run here, or nothing. */
export function missingKube(): string | undefined {
  if (!existsSync(join(kubeFolder(), 'kubectl'))) return 'no control plane (bash scripts/build-kube.sh)'
  try {
    execFileSync('etcd', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no `etcd` on the PATH (Debian: apt-get install etcd-server)'
  }
}

const ADMIN = 'the-administrators-token'

export async function startControlPlane(): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'seamless-kube-'))
  const children: ChildProcess[] = []
  const start = (name: string, args: readonly string[], from = kubeFolder()): ChildProcess => {
    const child = spawn(join(from, name), args, { stdio: 'ignore' })
    children.push(child)
    return child
  }
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()]
  const server = `https://127.0.0.1:${port}`
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const kubeconfigOf = (token: string, at = server): string =>
    file(`${token.slice(-12)}-${at.replace(/\W+/g, '-')}.kubeconfig`, kubeconfigText(at, token))
  const kubeconfig = kubeconfigOf(ADMIN)
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privateKey = file('sa.key', keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  const publicKey = file('sa.pub', keys.publicKey.export({ type: 'spki', format: 'pem' }) as string)

  start('etcd', etcdArgs(folder, etcdPort, peerPort), '')
  const apiServer = start('kube-apiserver', [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(folder, 'certificates')}`,
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${privateKey}`,
    `--service-account-key-file=${publicKey}`,
    `--token-auth-file=${file('tokens.csv', `${ADMIN},admin,1,system:masters\n`)}`,
    '--authorization-mode=RBAC',
  ])
  const api = kubeApi(server, ADMIN)
  await ready(api, apiServer)
  const client = [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0']
  start('kube-scheduler', client)
  start('kube-controller-manager', [
    ...client,
    // Its default spares a server of thousands.
    '--kube-api-qps=300',
    '--kube-api-burst=400',
    `--service-account-private-key-file=${privateKey}`,
    // Nobody sends heartbeats for our nodes: its node controllers would taint them.
    '--controllers=*,-node-lifecycle-controller,-node-ipam-controller,-taint-eviction-controller',
  ])
  const kubelet = await startKubelet(api)
  return {
    api,
    kubelet,
    kubeconfig,
    home: folder,
    path: `${kubeFolder()}:${process.env['PATH'] ?? ''}`,
    kubeconfigOf,
    kubectl: (args, input) =>
      execFileSync(join(kubeFolder(), 'kubectl'), [`--kubeconfig=${kubeconfig}`, ...args], {
        input,
        encoding: 'utf8',
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        env: { HOME: folder, PATH: process.env['PATH'], KUBERC: 'off' },
      }),
    freeze: () => void apiServer.kill('SIGSTOP'),
    thaw: () => void apiServer.kill('SIGCONT'),
    async stop() {
      await kubelet.stop()
      await Promise.all(children.toReversed().map(end))
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function etcdArgs(folder: string, client: number, peer: number): string[] {
  const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`]
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
  ]
}

/** It makes its certificate itself, for this one run on loopback: nobody else could have signed it. */
function kubeconfigText(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  })
}

async function ready(api: KubeApi, server: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (server.exitCode !== null) throw new Error(`kube-apiserver ended with ${server.exitCode}`)
    const answer = await api.ask('GET', '/readyz').catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(100)
  }
  throw new Error('kube-apiserver did not become ready within a minute')
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
