/** The receipt of the upgrade whose API changes, as far as it is the same wherever it is made and deployed. */
export const upgraded = {
  decision: 'promoted',
  reason: 'healthy',
  branch: 'upgrade_api',
  base: { name: '1.0.0' },
  candidate: { name: '1.1.0' },
  code: {
    commits: [{ subject: 'Upgrade the API from 1.0.0 to 1.1.0', author: 'Seamless <seamless@example.org>' }],
    files: [
      { path: 'VERSION', added: 1, removed: 1 },
      { path: 'openapi.yaml', added: 3, removed: 3 },
      { path: 'src/prices.ts', added: 2, removed: 2 },
      { path: 'test/api.test.ts', added: 2, removed: 2 },
    ],
  },
  tests: [
    {
      suite: 'test/upgraded',
      kind: 'own',
      passed: 3,
      failed: 0,
      against: 'receipt',
      added: ['prices api › GET /v1/prices/{article} tells the currency'],
      removed: ['prices api › GET /v1/prices/{article} tells the unit'],
    },
    {
      suite: 'test/original',
      kind: 'previous',
      passed: 2,
      failed: 1,
      newlyFailing: [],
      accepted: ['prices api › GET /v1/prices/{article} tells the unit'],
    },
    {
      suite: 'test/openapi',
      kind: 'previous',
      newlyFailing: [],
      accepted: ['openapi › GET /v1/prices/{article}: response property "unit" removed'],
    },
  ],
  environments: [
    {
      name: 'production',
      state: 'promoted',
      previous: { name: '1.0.0' },
      judged: [
        {
          verdict: 'healthy',
          // Deployed all at once there is nothing at the same time to compare with: nobody may say "noticed by".
          comparison: 'none',
          checks: [
            { name: 'errors', verdict: 'healthy', reason: 'within_limit' },
            { name: 'price', verdict: 'healthy', reason: 'within_limit' },
          ],
        },
      ],
    },
  ],
}

/** The receipt of the version after it, whose fault no test sees. */
export const takenBack = {
  decision: 'rolled_back',
  reason: 'unhealthy',
  branch: 'upgrade_api',
  base: { name: '1.1.0' },
  candidate: { name: '1.2.0' },
  tests: [{ failed: 0 }, { failed: 0 }, { failed: 0 }],
  environments: [
    {
      name: 'production',
      state: 'rolled_back',
      previous: { name: '1.1.0' },
      judged: [{ verdict: 'unhealthy', reason: 'limit_exceeded' }],
    },
  ],
}
