import { z } from 'zod'
import { buildParameters } from './build-parameters.ts'

const JOB = 'expected a job with its folders, such as team/shop-integration'
const NAME = 'expected a name of letters, digits and _, such as SEAMLESS_REQUEST'

/** A job of the Jenkins that `SEAMLESS_JENKINS_URL` names; where it is and whose token is used is never in a config. */
export const jenkins = z
  .strictObject({
    job: z
      .string({ error: JOB })
      .max(300)
      // oxlint-disable-next-line no-control-regex -- a name with control characters is refused here
      .regex(/^[^/\\?#\u0000-\u001F\u007F]+(?:\/[^/\\?#\u0000-\u001F\u007F]+)*$/, { error: JOB })
      .refine((job) => !job.split('/').some((part) => part === '.' || part === '..'), { error: JOB })
      .describe('The job with its folders: `team/shop-integration`.'),
    parameters: buildParameters.describe(
      'Its parameters: texts that may name `{version}`, `{previous}`, `{sha}`, `{branch}`, `{repository}`; one holds `{sha}`.',
    ),
    'request-parameter': z
      .string({ error: NAME })
      .regex(/^[A-Za-z_]\w{0,99}$/, { error: NAME })
      .prefault('SEAMLESS_REQUEST')
      .describe('The parameter by which Seamless finds its own build again, so that none is started twice.'),
    junit: z
      .boolean({ error: 'expected true or false' })
      .prefault(true)
      .describe('The job publishes a JUnit report; without one its result alone speaks.'),
  })
  .refine((found) => !Object.hasOwn(found.parameters, found['request-parameter']), {
    error: 'the request parameter is filled by Seamless: leave it out of "parameters"',
    path: ['parameters'],
  })
  .transform(({ 'request-parameter': requestParameter, ...found }) => ({ ...found, requestParameter }))

export type JenkinsTest = z.output<typeof jenkins>
