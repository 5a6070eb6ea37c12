import { z } from 'zod'
import { repositoryPath } from './repository-path.ts'
import { template } from './template.ts'
import { variableName } from './variable-name.ts'

const EXPECTED_IMAGE =
  'expected the name of an image without tag or digest, such as registry.example.org/shop/api'

/**
 * A repository's name as registries write it: an optional host (with a dot, a port, or `localhost`) and lower-case parts.
 * Source: the grammar of github.com/distribution/reference, which is what `docker` itself accepts.
 */
const IMAGE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9-]*[a-zA-Z0-9](?::\d{1,5})?\/|[a-zA-Z0-9-]+:\d{1,5}\/|localhost\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/

const image = z
  .string({ error: EXPECTED_IMAGE })
  .max(255, { error: EXPECTED_IMAGE })
  .regex(IMAGE, { error: EXPECTED_IMAGE })

const EXPECTED_TAG = 'expected a tag of letters, digits, _, . and -, such as {version}'

/** Its braces are a variable's; what the whole is when that is filled in is checked again then. */
const tag = template(['version'])
  .refine((text) => /^(?:\w|\{version\})(?:[\w.-]|\{version\})*$/.test(text), { error: EXPECTED_TAG })
  .refine((text) => text.length <= 128, { error: EXPECTED_TAG })

const EXPECTED_WORD =
  'expected one word: no space, no line break, no - at its start (write it into the Dockerfile)'

/** Build arguments stay readable in the image's history for whoever can pull it. */
const SECRET = /TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE_?KEY|API_?KEY/i

const argument = template(['version', 'previous', 'repository']).refine(
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  (text) => !/^-|[\s\u0000-\u001F\u007F]/.test(text),
  { error: EXPECTED_WORD },
)

const argumentName = z
  .string()
  .regex(/^[A-Za-z_]\w{0,99}$/, { error: 'expected a name of letters, digits and _' })
  .refine((name) => !SECRET.test(name), {
    error:
      'expected no secret: build arguments stay in the image; hand it over under "secrets" of the docker section',
  })

/** What `docker build` is given and where its image goes. */
export const docker = z.strictObject({
  image: image.describe('Its repository, without a tag: the name that manifests use.'),
  context: repositoryPath
    .prefault('.')
    .describe("The folder whose files the Dockerfile can copy, from the step's."),
  file: repositoryPath.optional().describe("The Dockerfile, from the step's folder; that of the context."),
  target: z
    .string({ error: 'expected the name of a build stage' })
    .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: 'expected the name of a build stage' })
    .optional()
    .describe('The stage of the Dockerfile to build; its last.'),
  args: z
    .record(argumentName, argument, { error: 'expected a mapping from arguments' })
    .prefault({})
    .describe('Build arguments, one word each: `{version}`, `{previous}` and `{repository}` are filled in.'),
  tags: z
    .array(tag, { error: 'expected a list of tags such as ["{version}", latest]' })
    .prefault(['{version}'])
    .describe("What it is also called in the registry, beside its commit's full id."),
  secrets: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, { error: 'expected the id of a secret, such as npm' }),
      variableName,
      { error: 'expected a mapping from ids to variables' },
    )
    .prefault({})
    .describe(
      'Secrets of the build by their `id` in `RUN --mount=type=secret`, from variables. They need BuildKit, and stay out of the image.',
    ),
})

export type DockerSection = z.output<typeof docker>

/** The variables of the build's secrets are secrets of the step, without being said twice. */
export function withBuildSecrets<
  Step extends { readonly docker: DockerSection; readonly secrets: readonly string[] },
>(step: Step): Omit<Step, 'secrets'> & { secrets: string[] } {
  return { ...step, secrets: [...new Set([...step.secrets, ...Object.values(step.docker.secrets)])] }
}
