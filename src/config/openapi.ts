import { repositoryPath } from './repository-path.ts'

/** Where an API describes itself: OpenAPI 3, as YAML or JSON. */
export const openapi = repositoryPath.refine((path) => /\.(?:ya?ml|json)$/i.test(path), {
  error: 'expected a file that ends in .yaml, .yml or .json, such as openapi.yaml',
})
