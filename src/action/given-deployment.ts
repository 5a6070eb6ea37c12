import { z } from 'zod'
import { type Opened, openDeploymentsOf, openGitHubOf } from '../composition.ts'
import { type ClaimedDeployment, claimDeployment } from '../github/claim-deployment.ts'
import { causes } from '../report/causes.ts'
import { type Before, type FinalWord, finalWord, lastWord } from '../upgrade/final-word.ts'
import type { ReasonCode } from '../upgrade/reason.ts'
import type { Upgrade } from '../upgrade/receipt.ts'
import { givenNoted, noteGiven } from './post-state.ts'
import type { Inputs } from './inputs.ts'
import type { WorkflowContext } from './workflow-context.ts'

/** The Deployment that a run was given (`deployment-id`). Whatever ends the run leaves it in a state that says why. */
export interface GivenDeployment extends ClaimedDeployment {
  /** The run ended by itself. */
  ended(upgrade: Upgrade): Promise<void>
  /** An error ended it; `begun`: something may have been sent to the environment. */
  failed(how: { reason: ReasonCode; message: string; begun: boolean }): Promise<void>
}

export type Given =
  | { readonly kind: 'none' }
  /** `lost`: an earlier attempt of this run worked on it, and nobody knows how far it got. */
  | { readonly kind: 'given'; readonly deployment: GivenDeployment; readonly lost?: string }
  /** Another run has it, or it ended. */
  | { readonly kind: 'duplicate'; readonly message: string }

/** Takes the Deployment of `deployment-id`, so that no other run does. Errors: as `claimDeployment`. */
export async function takeGiven(inputs: Inputs, context: WorkflowContext, opened: Opened): Promise<Given> {
  const github = await openGitHubOf(opened)
  const { deploymentId: id, sha, environment } = inputs
  if (id === undefined || github === undefined) return { kind: 'none' }
  const claim = await claimDeployment(github, {
    id,
    runUrl: context.runUrl,
    ...(sha !== undefined && { sha }),
    ...(environment !== undefined && { environment }),
  })
  switch (claim.kind) {
    case 'ours':
      noteGiven(JSON.stringify(claim.deployment))
      return { kind: 'given', deployment: givenDeployment(opened, claim.deployment) }
    case 'taken':
      return { kind: 'duplicate', message: `Another run works on deployment ${id} already: ${claim.by}` }
    case 'ended':
      return { kind: 'duplicate', message: `Deployment ${id} has ended already, as ${claim.state}.` }
    case 'cut_off': {
      const lost = `An earlier attempt of this run (${claim.by}) was lost while it worked on deployment ${id}: nobody knows how far it got. Nothing was run again.`
      return { kind: 'given', deployment: givenDeployment(opened, claim.deployment), lost }
    }
  }
}

/** The one that the step before `post` took and did not bring to its end. */
export function givenBefore(opened: Opened): GivenDeployment | undefined {
  const said = givenNoted()
  return said === '' ? undefined : givenDeployment(opened, claimed.parse(JSON.parse(said)))
}

const claimed = z.object({ id: z.string(), sha: z.string(), environment: z.string() })

function givenDeployment(opened: Opened, deployment: ClaimedDeployment): GivenDeployment {
  const { id, environment } = deployment
  const say = async (wordFor: (before: Before) => FinalWord | undefined, asked: boolean): Promise<void> => {
    const deployments = await openDeploymentsOf(opened)
    const before = asked ? await deployments.newest(environment, undefined, id) : undefined
    const word = wordFor(before)
    if (word !== undefined) {
      await deployments.setState(id, word.state, opened.mask.text(word.description))
    }
    noteGiven('')
  }
  const orSaid = async (work: Promise<void>): Promise<void> =>
    work.catch((error: unknown) =>
      opened.log.error(`How deployment ${id} ended could not be recorded: ${causes(error)}`),
    )
  return {
    ...deployment,
    ended: async (upgrade) => {
      const known = upgrade.environments.find(({ name }) => name === environment)
      // Said when it was live, and the App watches from then on: once more would begin that anew.
      if (known?.state === 'live' && upgrade.reason === 'watched_by_app') {
        noteGiven('')
        return
      }
      const isUntouched = known === undefined || known.state === 'untouched'
      await orSaid(say((before) => finalWord(upgrade, environment, before), isUntouched))
    },
    failed: async (how) => orSaid(say((before) => lastWord(how, before), !how.begun)),
  }
}
