/** Deployed all at once, so compared with the two hours before; two checks that know nothing of each other. The slower one weighs more, so that both have proved it when it acts. */
export const WATCHED_CONFIG = `driver: app
version: { file: VERSION }
sources:
  main: { type: prometheus, timeout: 1m }
build:
  - { name: archive, run: ./ops/build.sh, artifacts: [build/*.tar] }
environments:
  production:
    deploy:
      run:
        deploy: ./ops/deploy.sh && SEAMLESS_WEIGHT=100 ./ops/weight.sh
        status: ./ops/status.sh
        rollback: ./ops/rollback.sh
        timeout: 1m
    revert: auto
    health:
      source: main
      every: 2s
      grace: 2s
      watch: 16s
      baseline: { before: 2h }
      checks:
        errors:
          bad: http_requests_total{code=~"5.."}
          total: http_requests_total
          worse-by: 100%
          at-least: 8pp
          max: 60%
        latency:
          histogram: http_request_duration_seconds
          worse-by: 50%
          at-least: 3pp
          weight: 3
          max: 1s
`

/** By steps of the traffic, which the run judges by itself against the old version at the same time. */
export const CANARY_CONFIG = WATCHED_CONFIG.replace(' && SEAMLESS_WEIGHT=100 ./ops/weight.sh', '')
  .replace(
    '    revert: auto\n',
    '    traffic: { run: ./ops/weight.sh, steps: [50%, 100%] }\n    revert: auto\n',
  )
  .replace('      watch: 16s\n', '      hold: 20s\n      watch: 16s\n')
  .replace(
    '      baseline: { before: 2h }\n',
    "      candidate: { version: '{version}' }\n      baseline: { version: '{previous}' }\n",
  )
