import { spanText } from '../health/number-text.ts'

/** `12:31 UTC`; with its day where that is not the day on which it is read. GitHub shows no zone, so this says it. */
export function moment(ms: number, nowMs: number): string {
  const [day, time] = [dayOf(ms), new Date(ms).toISOString().slice(11, 16)]
  return day === dayOf(nowMs) ? `${time} UTC` : `${day} ${time} UTC`
}

/** `12:31:45 UTC`, likewise: where seconds count. */
export function exactMoment(ms: number, nowMs: number): string {
  const [day, time] = [dayOf(ms), new Date(ms).toISOString().slice(11, 19)]
  return day === dayOf(nowMs) ? `${time} UTC` : `${day} ${time} UTC`
}

/** `2026-11-23 12:31 UTC` */
export function fullMoment(ms: number): string {
  return `${dayOf(ms)} ${new Date(ms).toISOString().slice(11, 16)} UTC`
}

/** `45 s`, `18 min`, `3 h 5 min`: as exactly as one plans by. */
export function roughly(ms: number): string {
  if (ms < 120_000) return spanText(Math.max(1000, Math.round(ms / 1000) * 1000))
  return spanText(Math.round(ms / 60_000) * 60_000)
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
