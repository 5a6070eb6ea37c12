/** `ready URL VERSION PID`: waits until the service at URL says that it is healthy and of that version, as long as its process lives. */
const [origin = '', version = '', pid = ''] = process.argv.slice(2)
const LIMIT_MS = 15_000
const end = Date.now() + LIMIT_MS

for (let seen = await healthz(); seen !== version; seen = await healthz()) {
  if (!runs()) fail('its process ended')
  if (Date.now() > end) fail(`${LIMIT_MS / 1000} s after its start: ${seen}`)
  await new Promise((resolve) => setTimeout(resolve, 25))
}

/** The version that answers, or why none does. */
async function healthz(): Promise<string> {
  try {
    const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(1000) })
    const body = (await response.json()) as { version?: string }
    return response.ok ? String(body.version) : `status ${response.status}`
  } catch (error) {
    return String(error)
  }
}

function runs(): boolean {
  try {
    return process.kill(Number(pid), 0)
  } catch {
    return false
  }
}

function fail(why: string): never {
  console.error(`${version} does not answer at ${origin}: ${why}`)
  process.exit(1)
}
