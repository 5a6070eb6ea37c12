import { code } from '../../report/markdown.ts'
import type { WorkflowRunState } from '../../ports/workflows.ts'
import type { PlanResult } from '../command-ports.ts'
import { pageLink } from '../lock-text.ts'

/** What a dry run found, as its comment says it. Its summary is our own Markdown, made by our own run. */
export function planText(
  environment: string,
  sha: string,
  { title, summary }: PlanResult,
  run: Pick<WorkflowRunState, 'url'>,
): string {
  return [
    `### 📋 ${code(title)} of ${code(sha.slice(0, 12))} for ${code(environment)}`,
    summary,
    `<sub>${code(sha)}, by ${pageLink('its run', run.url)}</sub>`,
  ].join('\n\n')
}
