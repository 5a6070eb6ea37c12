import type { Account } from './entities.ts'

/** Who did something; GraphQL leaves out the `[bot]` that REST adds to an app's login. */
export function actorNode(account: Account): Record<string, unknown> {
  return { __typename: account.type, login: account.login.replace(/\[bot\]$/, ''), databaseId: account.id }
}
