import { GraphQLError } from 'graphql'

/** A refusal as GitHub's GraphQL API words it: an error with a type, beside whatever data there is. */
export function refuse(type: 'NOT_FOUND' | 'FORBIDDEN' | 'UNPROCESSABLE', message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } })
}
