export interface Price {
  readonly article: string
  readonly price: number
  readonly unit: string
}

const PRICES: Readonly<Record<string, number>> = { tea: 450, coffee: 620, cocoa: 580 }

/** What an article costs, in cents. */
export function priceOf(article: string): Price | undefined {
  const price = PRICES[article]
  return price === undefined ? undefined : { article, price, unit: 'EUR' }
}
