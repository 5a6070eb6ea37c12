import type { Route } from './route.ts'
import { appRoutes } from './routes-apps.ts'
import { deliveryRoutes } from './routes-deliveries.ts'
import { protectionRoutes } from './routes-protection.ts'
import { searchRoutes } from './routes-search.ts'
import type { WebhookDeliveries } from './webhook-deliveries.ts'
import { actionRoutes } from './routes-actions.ts'
import { activityRoutes } from './routes-activity.ts'
import { checkRoutes } from './routes-checks.ts'
import { commentRoutes } from './routes-comments.ts'
import { contentRoutes } from './routes-contents.ts'
import { deploymentRoutes } from './routes-deployments.ts'
import { environmentRoutes } from './routes-environments.ts'
import { gitObjectRoutes } from './routes-git-objects.ts'
import { gitRefRoutes } from './routes-git-refs.ts'
import { issueRoutes } from './routes-issues.ts'
import { peopleRoutes } from './routes-people.ts'
import { pullMergeRoutes } from './routes-pull-merge.ts'
import { pullRoutes } from './routes-pulls.ts'
import { rateLimitRoutes } from './routes-rate-limit.ts'
import { repositoryRoutes } from './routes-repositories.ts'
import { reviewCommentRoutes } from './routes-review-comments.ts'
import { reviewRoutes } from './routes-reviews.ts'
import { statusRoutes } from './routes-statuses.ts'
import type { WorkflowRuns } from './workflow-runs.ts'

/** Everything that the stand-in answers. The slim OpenAPI extract holds exactly these operations. */
export function allRoutes({
  runs,
  deliveries,
}: {
  runs: WorkflowRuns
  deliveries: WebhookDeliveries
}): Route[] {
  return [
    ...repositoryRoutes,
    ...gitRefRoutes,
    ...gitObjectRoutes,
    ...contentRoutes,
    ...activityRoutes,
    ...pullRoutes,
    ...pullMergeRoutes,
    ...reviewRoutes,
    ...reviewCommentRoutes,
    ...issueRoutes,
    ...commentRoutes,
    ...deploymentRoutes,
    ...environmentRoutes,
    ...checkRoutes,
    ...statusRoutes,
    ...actionRoutes(runs),
    ...peopleRoutes,
    ...rateLimitRoutes,
    ...protectionRoutes,
    ...searchRoutes,
    ...appRoutes,
    ...deliveryRoutes(deliveries),
  ]
}
