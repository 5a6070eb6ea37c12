/** A seeded source of randomness: the same seed gives the same run on every machine. */
export interface Random {
  /** In [0, 1). */
  uniform(): number
  /** Mean 0, variance 1. */
  normal(): number
  poisson(mean: number): number
  /** Mean `mean`, squared coefficient of variation `noise`. */
  gamma(mean: number, noise: number): number
}

/** sfc32 (Doty-Humphrey), seeded by hashing the seed through itself. */
export function seeded(seed: number): Random {
  let [a, b, c, counter] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88 | 0, 1]
  const uniform = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let round = 0; round < 20; round++) uniform()
  let spare: number | undefined
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare
      spare = undefined
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
  return {
    uniform,
    normal,
    poisson: (mean) => (mean < 12 ? countDown(mean, uniform) : transformedRejection(mean, uniform)),
    gamma: (mean, noise) => (noise > 0 ? mean * noise * marsagliaTsang(1 / noise, normal, uniform) : mean),
  }
}

function countDown(mean: number, uniform: () => number): number {
  if (!(mean > 0)) return 0
  const floor = Math.exp(-mean)
  let count = 0
  for (let product = uniform(); product > floor; product *= uniform()) count++
  return count
}

/** PTRS, Hörmann (1993), The transformed rejection method for generating Poisson random variables. */
function transformedRejection(mean: number, uniform: () => number): number {
  const logMean = Math.log(mean)
  const b = 0.931 + 2.53 * Math.sqrt(mean)
  const a = -0.059 + 0.02483 * b
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
  const vr = 0.9277 - 3.6224 / (b - 2)
  for (;;) {
    const u = uniform() - 0.5
    const v = uniform()
    const us = 0.5 - Math.abs(u)
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43)
    if (us >= 0.07 && v <= vr) return k
    if (k < 0 || (us < 0.013 && v > us)) continue
    const accepted = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b)
    if (accepted <= k * logMean - mean - logFactorial(k)) return k
  }
}

function logFactorial(k: number): number {
  if (k < 10) return Math.log([1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880][k] ?? 1)
  const n = k + 1
  return (n - 0.5) * Math.log(n) - n + 0.9189385332046727 + 1 / (12 * n) - 1 / (360 * n ** 3)
}

/** Marsaglia and Tsang (2000), A simple method for generating gamma variables. */
function marsagliaTsang(shape: number, normal: () => number, uniform: () => number): number {
  if (shape < 1) return marsagliaTsang(shape + 1, normal, uniform) * uniform() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal()
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}
