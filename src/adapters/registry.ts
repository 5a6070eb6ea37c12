import { bindSource } from '../config/source-binding.ts'
import type { Config } from '../config/schema.ts'
import { UsageError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { HealthSource } from '../ports/health-source.ts'
import type { TestRunner } from '../ports/test-runner.ts'
import type { TestStep } from '../upgrade/plan.ts'
import type { Adapters } from '../upgrade/ports.ts'
import type { ArtifactStore } from './artifacts.ts'
import type { Annotations } from './grafana-annotations.ts'
import type { StepShell } from './run-shell.ts'
import { readTlsFiles } from './tls-files.ts'
import type { OpenRepository, WorkflowShell } from './workflow-tests.ts'

export interface Registry {
  readonly config: Config
  readonly shell: StepShell
  readonly artifacts: ArtifactStore
  readonly clock: Clock
  /** Where there is a token for GitHub. */
  readonly github?: OpenRepository
}

/** The adapters by the names that the config gives them; each is loaded when it is first asked for. */
export function openAdapters({ config, shell, artifacts, clock, github }: Registry): Adapters {
  return {
    async builder(step) {
      if ('docker' in step) {
        const { dockerBuilder } = await import('./docker.ts')
        return dockerBuilder(step, { ...shell, clock })
      }
      const { runBuilder } = await import('./run-build.ts')
      return runBuilder(step, { ...shell, artifacts })
    },
    async testRunner(step) {
      if (step.adapter === 'openapi') {
        const { openapiTestRunner } = await import('./openapi.ts')
        return openapiTestRunner(step)
      }
      if (step.adapter === 'jenkins' || step.adapter === 'travis' || step.adapter === 'workflow') {
        return openRemoteTests(step, { ...shell, clock, ...(github && { github }) })
      }
      const { runTestRunner } = await import('./run-tests.ts')
      return runTestRunner({ ...step, run: step.adapter === 'previous' ? step.previous : step.run }, shell)
    },
    async deployer({ deploy }) {
      switch (deploy.adapter) {
        case 'run': {
          const { runDeployer } = await import('./run-deploy.ts')
          return runDeployer(deploy.run, shell)
        }
        case 'kubernetes': {
          const { kubernetesDeployer } = await import('./kubernetes-deploy.ts')
          return kubernetesDeployer(deploy.kubernetes, { ...shell, clock })
        }
        case 'ansible': {
          const { ansibleDeployer } = await import('./ansible-deploy.ts')
          return ansibleDeployer(deploy.ansible, shell)
        }
      }
    },
    async traffic(environment) {
      const { runTraffic } = await import('./run-traffic.ts')
      if (environment.traffic === undefined) throw new UsageError('The environment has no traffic section.')
      return runTraffic(environment.traffic, shell)
    },
    source: (name) => openSource(name, config, shell.environment, clock),
  }
}

/** Tests that are made elsewhere. Error: `UsageError` that names the variable to set. */
async function openRemoteTests(
  step: Extract<TestStep, { adapter: 'jenkins' | 'travis' | 'workflow' }>,
  shell: WorkflowShell,
): Promise<TestRunner> {
  switch (step.adapter) {
    case 'jenkins': {
      const { jenkinsTestRunner } = await import('./jenkins.ts')
      return jenkinsTestRunner(step, shell)
    }
    case 'travis': {
      const { travisTestRunner } = await import('./travis.ts')
      return travisTestRunner(step, shell)
    }
    case 'workflow': {
      const { workflowTestRunner } = await import('./workflow-tests.ts')
      return workflowTestRunner(step, shell)
    }
  }
}

/** Where deployments are marked. Error: `UsageError` that names the variable to set. */
export async function openAnnotations(
  { sources }: Pick<Config, 'sources'>,
  environment: StepShell['environment'],
): Promise<readonly Annotations[]> {
  const { grafanaAnnotations } = await import('./grafana-annotations.ts')
  const opened = Object.entries(sources).map(async ([name, source]) => {
    if (source.type !== 'grafana' || !source.annotate) return []
    const binding = bindSource(name, source, environment)
    if (!binding.ok) throw new UsageError(binding.message)
    if (binding.source.type !== 'grafana') return []
    const { tls: files, ...bound } = binding.source
    const tls = files === undefined ? {} : { tls: await readTlsFiles(name, files) }
    return [grafanaAnnotations({ ...bound, ...tls })]
  })
  return (await Promise.all(opened)).flat()
}

/** A source by its name, at the place that the environment gives it. Error: `UsageError` that names the variable to set. */
export async function openSource(
  name: string,
  { sources }: Pick<Config, 'sources'>,
  environment: StepShell['environment'],
  clock: Clock,
): Promise<HealthSource> {
  const source = sources[name]
  if (source === undefined) throw new UsageError(`The config has no source ${JSON.stringify(name)}.`)
  const binding = bindSource(name, source, environment)
  if (!binding.ok) throw new UsageError(binding.message)
  const { tls: files, ...bound } = binding.source
  const tls = files === undefined ? {} : { tls: await readTlsFiles(name, files) }
  switch (bound.type) {
    case 'prometheus': {
      const { prometheusSource } = await import('./prometheus.ts')
      return prometheusSource({ ...bound, ...tls, clock })
    }
    case 'scrape': {
      const { scrapeSource } = await import('./scrape.ts')
      return scrapeSource({ ...bound, ...tls, clock })
    }
    case 'grafana': {
      const { grafanaSource } = await import('./grafana.ts')
      return grafanaSource({ ...bound, ...tls })
    }
    case 'probe': {
      const { probeSource } = await import('./probe.ts')
      return probeSource({ ...bound, ...tls, clock })
    }
  }
}
