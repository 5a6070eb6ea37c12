import type { Check } from '../config/health.ts'
import type { Level } from '../config/quantity.ts'
import type { Selector } from '../config/selector.ts'
import type { CheckState } from './check-watch.ts'
import { bucketsIn, type Figure, sizeOf } from './figure.ts'
import type { Evidence } from './judge.ts'
import { quantileOf } from './latency.ts'
import { changeText, countText, levelText, shareText, shortNumber } from './number-text.ts'
import { levelIn, unitOf } from './unit.ts'
import type { Reason } from './verdict.ts'
import type { NamedVerdict } from './watch-verdict.ts'

/** One check in words; empty where there is nothing to say. */
export interface CheckWords {
  readonly before: string
  readonly after: string
  readonly change: string
  readonly allowed: string
  /** `0.9 % against 0.1 % on stable (412 of 45 780 requests), 4.2–11 times with 99 % confidence, tolerated 0.16 %` */
  readonly summary: string
}

/** `evidence`: the comparison's, where there is one. */
export function describeCheck(check: Check, state: CheckState, evidence: Evidence | undefined): CheckWords {
  const candidate = valueOf(check, state.figures.candidate)
  const baseline = baselineOf(check, state, evidence)
  const before = baseline === undefined ? '' : valueText(check, baseline)
  const after = candidate === undefined ? '' : valueText(check, candidate)
  const simple =
    candidate === undefined || baseline === undefined || baseline <= 0 ? '' : changeText(candidate / baseline)
  const compared = evidence === undefined ? undefined : comparedText(check, evidence)
  const often = evidence === undefined ? '' : oftenText(evidence, state)
  const change = compared === undefined ? simple : compared.change
  const against =
    before === '' ? '' : ` against ${before} ${evidence?.mode === 'before_after' ? 'before' : 'on stable'}`
  const size = sizeText(check, state.figures.candidate)
  const summary = after === '' ? '' : `${after}${against}${size}${compared?.sentence ?? ''}${often}`
  return { before, after, change, allowed: allowedText(check, evidence), summary }
}

/** The share that is bad, the quantile, the mean of a gauge, the requests of a tick: in the metric's unit. */
export function valueOf(check: Check, figure: Figure | undefined): number | undefined {
  if (figure === undefined || sizeOf(figure) === 0) return undefined
  if (figure.kind === 'counted')
    return check.kind === 'traffic' ? figure.total / figure.ticks : figure.bad / figure.total
  if (figure.kind === 'samples') return figure.sum / figure.count
  return check.kind === 'histogram' ? quantileOf(bucketsIn(figure), check.quantile) : undefined
}

/** What it is compared with; where the stable version has no traffic left, its past. */
function baselineOf(
  check: Check,
  { figures, comparison }: CheckState,
  evidence?: Evidence,
): number | undefined {
  const isGone = comparison?.mode === 'concurrent' && evidence?.mode === 'before_after'
  const past = isGone && check.kind === 'ratio' ? evidence.headline?.baseline : undefined
  if (past !== undefined && past.total > 0) return past.bad / past.total
  return valueOf(check, figures.baseline ?? comparison?.past)
}

/** Why a check is judged as it is, as the end of a sentence. */
export function whyText({ reason, detail, coverage }: NamedVerdict, check: Check): string {
  const { measured, expected } = coverage
  const times = 'consecutive' in check ? ` ${check.consecutive} times in a row` : ''
  const texts: Readonly<Record<Reason, string>> = {
    within_limit: 'within its limit',
    no_worse_than_baseline: 'no worse than tolerated',
    limit_exceeded: `beyond its limit${times}`,
    worse_than_baseline: 'worse than tolerated',
    worse_than_short_baseline: 'worse than its past, of which less than two hours are known',
    too_early: 'too early to say',
    no_data: 'no data',
    source_error: 'the source could not be read',
    invalid_data: "the source's answers make no sense",
    low_coverage: `only ${measured} of ${expected} looks gave a value`,
    too_little_traffic: 'too little traffic',
    no_baseline: 'nothing to compare with',
    undecided: 'not clear yet',
  }
  return detail === undefined ? texts[reason] : `${texts[reason]}: ${detail}`
}

function valueText(check: Check, value: number): string {
  if (check.kind === 'ratio' || check.kind === 'probe') return shareText(value)
  if (check.kind === 'traffic') return `${countText(value)} requests a tick`
  const text = levelText(value, unitOf(selectorOf(check)))
  return check.kind === 'histogram' ? `p${Number((check.quantile * 100).toPrecision(6))} ${text}` : text
}

/** `max 1 %`, `0.16 % (+10 % and 0.05 pp)`, or both. */
function allowedText(check: Check, evidence: Evidence | undefined): string {
  const parts: string[] = []
  if (check.kind === 'probe') {
    const bad = 'alerts' in check ? 'looks with an alert' : 'failures'
    parts.push(`fewer than ${check.consecutive} ${bad} in a row`)
  }
  if (check.kind === 'ratio' && check.max !== undefined) parts.push(`max ${shareText(check.max)}`)
  if (check.kind === 'histogram' || check.kind === 'gauge') {
    if (check.max !== undefined) parts.push(`max ${limitText(check, check.max)}`)
    if (check.kind === 'gauge' && check.min !== undefined) parts.push(`min ${limitText(check, check.min)}`)
  }
  if (evidence !== undefined) parts.push(toleranceText(check, evidence))
  return parts.join(', ')
}

function limitText(check: LevelCheck, limit: Level): string {
  const metric = selectorOf(check)
  const { unit, perBase } = unitOf(metric)
  return levelText(levelIn(metric, limit), { unit: unit === 'none' ? limit.unit : unit, perBase })
}

/** What the baseline makes of the margin, and the margin. */
function toleranceText(check: Check, { headline }: Evidence): string {
  if (check.kind === 'probe') return ''
  if (check.kind === 'traffic') return `at least ${shareText(check.atLeast)} of it`
  const margin = `+${shareText(check.worseBy)} and ${shareText(check.atLeast).replace('%', 'pp')}`
  const isKnown = check.kind === 'ratio' && headline !== undefined && headline.baseline.total > 0
  return isKnown ? `${shareText(headline.tolerated)} (${margin})` : margin
}

/** How much worse, with the interval that holds at every look at once; empty words before there is anything to compare. */
function comparedText(check: Check, { headline, level }: Evidence): { change: string; sentence: string } {
  if (headline === undefined || headline.candidate.total === 0) return { change: '', sentence: '' }
  const above =
    level === undefined || !isLevelCheck(check) ? '' : ` above ${levelText(level, unitOf(selectorOf(check)))}`
  if (headline.baseline.bad === 0 && headline.candidate.bad === 0) {
    const none = `no${above === '' ? ` ${NOUNS[check.kind]}` : 'ne'}${above}`
    return { change: `±0 % (${none})`, sentence: `, ${none} to compare` }
  }
  const few = `too few${above === '' ? ` ${NOUNS[check.kind]}` : above}`
  const known = rangeText(headline.ratio, check.kind === 'gauge' ? 'often' : 'many', above)
  const tolerated = check.kind === 'ratio' ? `, tolerated ${shareText(headline.tolerated)}` : ''
  const own =
    check.kind === 'traffic' ? '' : ` to ${shareText(headline.candidate.bad / headline.candidate.total)}`
  const change = headline.baseline.bad === 0 ? `from none${own}` : changeText(headline.ratio.estimate)
  const sentence = known === undefined ? `${few} to say how many times` : `${known} with 99 % confidence`
  return { change: `${change} (${known ?? few})`, sentence: `, ${sentence}${tolerated}` }
}

/** What a comparison counts. */
const NOUNS: Readonly<Record<Check['kind'], string>> = {
  ratio: 'failures',
  probe: 'failures',
  histogram: 'slow requests',
  gauge: 'high values',
  traffic: 'requests',
}

/** Said where it matters: at 100 % of the traffic there is no stable version left to compare with. */
function oftenText({ ticks }: Evidence, { measured }: CheckState): string {
  if (ticks.measured === 0 || ticks.measured >= 0.8 * measured.watch) return ''
  return `, compared in ${countText(ticks.measured)} of ${countText(measured.watch)} looks`
}

/** Undefined where the interval is open upwards and begins below 1: "at least 0.1 times" would be words for nobody knows. */
function rangeText(
  { lower, upper }: { readonly lower: number; readonly upper: number },
  many: 'many' | 'often',
  above: string,
): string | undefined {
  const as = above === '' ? '' : ` as ${many}${above}`
  const bound = (ratio: number): string =>
    shortNumber(ratio) === '1' ? `as ${many}${above}` : `${shortNumber(ratio)} times${as}`
  if (!Number.isFinite(upper)) return lower > 1 ? `at least ${bound(lower)}` : undefined
  return lower > 0 ? `${shortNumber(lower)}–${shortNumber(upper)} times${as}` : `at most ${bound(upper)}`
}

type LevelCheck = Exclude<Check, { kind: 'ratio' | 'probe' | 'traffic' }>

function isLevelCheck(check: Check): check is LevelCheck {
  return check.kind === 'histogram' || check.kind === 'gauge'
}

function sizeText(check: Check, figure: Figure | undefined): string {
  if (figure?.kind === 'counted' && check.kind !== 'traffic') {
    const noun = check.kind !== 'probe' ? 'requests' : 'alerts' in check ? 'looks' : 'probes'
    return ` (${countText(figure.bad)} of ${countText(figure.total)} ${noun})`
  }
  return figure?.kind === 'buckets' ? ` (${countText(sizeOf(figure))} requests)` : ''
}

function selectorOf(check: LevelCheck): Selector {
  return check.kind === 'histogram' ? check.histogram : check.gauge
}
