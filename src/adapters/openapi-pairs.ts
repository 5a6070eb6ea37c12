type Key<Word extends string> = readonly [word: Word, one: unknown, other: unknown]

/** What is known of two values, by a word, by which objects they are. Of values that are no objects it knows nothing. */
export interface Pairs<Known> {
  get(key: Key<string>): Known | undefined
  set(key: Key<string>, known: Known): void
}

export function pairs<Known>(): Pairs<Known> {
  const words = new Map<string, WeakMap<object, WeakMap<object, Known>>>()
  return {
    get: ([word, one, other]) =>
      isObject(one) && isObject(other) ? words.get(word)?.get(one)?.get(other) : undefined,
    set([word, one, other], known) {
      if (!isObject(one) || !isObject(other)) return
      const ones = words.get(word) ?? new WeakMap<object, WeakMap<object, Known>>()
      words.set(word, ones)
      const others = ones.get(one) ?? new WeakMap<object, Known>()
      ones.set(one, others)
      others.set(other, known)
    },
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
