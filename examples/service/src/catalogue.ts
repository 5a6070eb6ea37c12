import { readFileSync } from 'node:fs'

/** A product as users of the API see it. */
export interface Product {
  readonly id: string
  readonly name: string
  readonly category: string
  /** Euro cents. */
  readonly price: number
  readonly stock: number
  readonly description: string
}

export type Catalogue = ReadonlyMap<string, Product>

/** Reads a file with one product as JSON on each line. */
export function readCatalogue(file: URL): Catalogue {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const products = lines.map((line) => JSON.parse(line) as Product)
  return new Map(products.map((product) => [product.id, product]))
}
