/** For the container's HEALTHCHECK, which has no curl: exit code 0 where the App answers. */
const port = process.env['PORT'] ?? '3000'
try {
  const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) })
  process.exitCode = response.ok ? 0 : 1
} catch {
  process.exitCode = 1
}
