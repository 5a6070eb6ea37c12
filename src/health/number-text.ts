import type { Unit } from '../config/quantity.ts'

/** A share as people write it: `0.9 %`, `12 %`, `0.0021 %`. */
export function shareText(share: number): string {
  return `${shortNumber(share * 100)} %`
}

/** A count with its thousands apart: `45 780`. */
export function countText(count: number): string {
  const whole =
    Math.abs(count) >= 100 || Number.isInteger(count) ? Math.round(count).toFixed(0) : shortNumber(count)
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, ' ')
}

/** A time span: `2 min 15 s`, `1 h 30 min`, `350 ms`. */
export function spanText(ms: number): string {
  if (ms > 0 && ms < 1000) return `${Math.round(ms)} ms`
  if (!(ms > 0)) return '0 s'
  const seconds = Math.round(ms / 1000)
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([number]) => number > 0)
  return parts
    .slice(first, first + 2)
    .filter(([number]) => number > 0)
    .map(([number, unit]) => `${number} ${unit}`)
    .join(' ')
}

/** A metric's value in its own unit; `perBase` of it make one second, byte or whole. */
export function levelText(value: number, { unit, perBase }: { unit: Unit; perBase: number }): string {
  const base = value / perBase
  if (unit === 'seconds') return secondsText(base)
  if (unit === 'bytes') return bytesText(base)
  if (unit === 'share') return shareText(base)
  return Math.abs(value) >= 10_000 ? countText(value) : shortNumber(value)
}

/** `1.3 times`, or for less than that twice `+12 %`, `−3 %`. */
export function changeText(ratio: number): string {
  if (!Number.isFinite(ratio)) return ''
  if (ratio >= 2) return `${shortNumber(ratio)} times`
  const percent = (ratio - 1) * 100
  if (Math.abs(percent) < 0.05) return '±0 %'
  return `${percent < 0 ? '−' : '+'}${shortNumber(Math.abs(percent))} %`
}

/** An e-value: `12`, `3·10⁷`. */
export function evidenceText(log: number): string {
  if (log < Math.log(10_000)) return shortNumber(Math.exp(log))
  const exponent = Math.floor(log / Math.LN10)
  const mantissa = Math.min(9, Math.round(10 ** (log / Math.LN10 - exponent)))
  return `${mantissa}·10${superscript(exponent)}`
}

/** Two significant digits, three from 100 on; never an exponent. */
export function shortNumber(value: number): string {
  if (value === 0) return '0'
  const digits = Math.abs(value) >= 100 ? 3 : 2
  const rounded = Number(value.toPrecision(digits))
  if (Math.abs(rounded) >= 1e15 || Math.abs(rounded) < 1e-9) return rounded.toExponential(1)
  return rounded
    .toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded)))))
    .replace(/\.0+$|(\.\d*?)0+$/, '$1')
}

function secondsText(seconds: number): string {
  if (Math.abs(seconds) >= 120) return spanText(seconds * 1000)
  return Math.abs(seconds) >= 1 ? `${shortNumber(seconds)} s` : `${shortNumber(seconds * 1000)} ms`
}

function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = bytes === 0 ? 0 : Math.floor(Math.log2(Math.abs(bytes)) / 10)
  const index = Math.min(units.length - 1, Math.max(0, step))
  return `${shortNumber(bytes / 1024 ** index)} ${units[index] ?? 'B'}`
}

function superscript(number: number): string {
  return String(number).replaceAll(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? digit)
}
