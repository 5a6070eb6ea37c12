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

export function readCatalogue(file: URL): Catalogue {
  const products = JSON.parse(readFileSync(file, 'utf8')) as Product[]
  return new Map(products.map((product) => [product.id, product]))
}
