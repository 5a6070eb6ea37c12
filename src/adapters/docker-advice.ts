import type { StepFailure } from '../ports/step.ts'

/** A failure of `docker` with what to do about it, as far as its words tell. Nothing else depends on them but a retry. */
export function withAdvice(failure: StepFailure, image: string): StepFailure {
  const advice = adviceFor(failure, image)
  return advice === undefined ? failure : { ...failure, message: `${failure.message} ${advice}` }
}

/** Whether the same again may go well: the registry or the way to it failed, and nobody said no. */
export function mayPass({ why, message, output }: StepFailure): boolean {
  const said = `${message}\n${output}`
  return why === 'exit' && PASSING.test(said) && !ENGINE_GONE.test(said) && !NO_ENGINE.test(said)
}

/** Whether the registry has nothing of that name, or says so to somebody who may not see it. */
export function isAbsent({ output }: StepFailure): boolean {
  return !LOGIN.test(output) && /manifest unknown|name unknown|not found|denied/i.test(output)
}

const NO_ENGINE = /Cannot connect to the Docker daemon|Is the docker daemon running/i
const ENGINE_GONE =
  /unexpected EOF|error during connect|error reading from server|docker\.sock.*(?:EOF|reset)/i
const LOGIN = /no basic auth credentials|unauthorized|authentication required|incorrect username or password/i
const PASSING =
  /connection refused|connection reset|broken pipe|no such host|i\/o timeout|timeout exceeded|deadline exceeded|TLS handshake timeout|too ?many ?requests|\b50[0234]\b|internal server error|bad gateway|service unavailable|received unexpected HTTP status|\bEOF\b/i

function adviceFor({ why, message, output }: StepFailure, image: string): string | undefined {
  if (why === 'cancelled' || why === 'timeout') return undefined
  if (why === 'spawn') {
    return /docker is not installed/.test(message)
      ? "Install Docker (docker.io, docker-ce or Docker Desktop) where Seamless runs; GitHub's Ubuntu runners have it."
      : undefined
  }
  return ADVICE.find(([words]) => words.test(output))?.[1](image)
}

const ADVICE: readonly (readonly [RegExp, (image: string) => string])[] = [
  [
    /permission denied while trying to connect/i,
    () =>
      'This user may not use the engine: add it to the group "docker", or set DOCKER_HOST to an engine of its own.',
  ],
  [
    NO_ENGINE,
    () =>
      'No Docker engine answers there: start it ("systemctl start docker"), or set DOCKER_HOST to one that runs.',
  ],
  [
    ENGINE_GONE,
    () =>
      'The Docker engine went away in the middle of it: its own log says why. Run again when it is back; what the registry has already is found there.',
  ],
  [
    LOGIN,
    (image) =>
      `The registry wants to know who asks: log in before Seamless runs ("docker login ${hostOf(image)}", or docker/login-action in the workflow). Credentials are read from Docker's own store, $DOCKER_CONFIG or ~/.docker.`,
  ],
  [
    /denied|forbidden/i,
    (image) => `This account may not push there: give it the right to write ${image}, or correct "image".`,
  ],
  [
    /server gave HTTP response to HTTPS client/i,
    (image) =>
      `The engine speaks to registries by HTTPS: give ${hostOf(image)} a certificate, or list it under "insecure-registries" of the engine.`,
  ],
  [
    /x509|certificate/i,
    (image) =>
      `The engine does not trust the certificate of ${hostOf(image)}: put its authority's into /etc/docker/certs.d/${hostOf(image)}/ca.crt of the engine's machine.`,
  ],
  [
    /buildx component is missing/i,
    () =>
      'The build needs BuildKit: install the buildx plugin (docker-buildx-plugin, or docker-buildx of Debian).',
  ],
  [
    /no space left on device/i,
    () => 'The engine\'s disk is full: "docker system prune" frees what nothing uses.',
  ],
  [
    /immutable/i,
    () => 'The registry does not let a tag move: remove the tag from "tags", or give the version a new name.',
  ],
  [
    /failed to reach build target|target stage .* could not be found/i,
    () => 'Correct "target": the Dockerfile has no stage of this name ("FROM … AS name").',
  ],
  [
    PASSING,
    (image) =>
      `The registry ${hostOf(image)} does not answer the engine as it should: see that it runs and that the engine reaches it.`,
  ],
]

/** Where an image's repository is; without a host it is Docker Hub's. */
function hostOf(image: string): string {
  const [first = '', ...rest] = image.split('/')
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io'
}
