import type { Config } from '../../config/schema.ts'
import type { Deployments } from '../../ports/deployments.ts'
import { causes } from '../../report/causes.ts'
import { ok, type Row, warning } from './row.ts'

/** Whether each environment has a version that a rollback could return to. */
export async function baselineRows({ environments }: Config, deployments: Deployments): Promise<Row[]> {
  return Promise.all(
    Object.keys(environments).map(async (name) => {
      const what = `baseline ${name}`
      try {
        const healthy = await deployments.lastHealthy(name)
        if (healthy !== undefined)
          return ok(what, `${healthy.version} (${healthy.sha.slice(0, 12)}) was healthy.`)
        const why = 'No version was healthy there yet: there is nothing to compare with or to go back to.'
        return warning(what, why, 'Nothing: the first upgrade that ends well becomes it.')
      } catch (error) {
        return warning(
          what,
          causes(error),
          'See the row of the token; without an answer nothing is rolled back.',
        )
      }
    }),
  )
}
