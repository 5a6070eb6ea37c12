import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedPage, parsePage } from '../../src/adapters/openmetrics.ts'

/** `name{a="b"} value @ms`, one per line: what a person would compare by eye. */
function read(text: string, format: 'openmetrics' | 'prometheus' = 'prometheus'): string[] {
  return parsePage(text, format).map(({ labels: { __name__: name, ...labels }, value, atMs }) => {
    const inside = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`)
    return `${name}{${inside.join(',')}} ${value}${atMs === undefined ? '' : ` @${atMs}`}`
  })
}

describe('Prometheus text format 0.0.4', () => {
  // https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-example
  const EXAMPLE = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# Finally a summary, which has a complex representation, too:
# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01"} 3102
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
`

  it("reads the format's own example", () => {
    expect(read(EXAMPLE)).toEqual([
      'http_requests_total{method="post",code="200"} 1027 @1395066363000',
      'http_requests_total{method="post",code="400"} 3 @1395066363000',
      'msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1458255915',
      'metric_without_timestamp_and_labels{} 12.47',
      'something_weird{problem="division by zero"} Infinity @-3982045',
      'http_request_duration_seconds_bucket{le="0.05"} 24054',
      'http_request_duration_seconds_bucket{le="+Inf"} 144320',
      'http_request_duration_seconds_sum{} 53423',
      'http_request_duration_seconds_count{} 144320',
      'rpc_duration_seconds{quantile="0.01"} 3102',
      'rpc_duration_seconds_sum{} 17560473',
      'rpc_duration_seconds_count{} 2693',
    ])
  })

  it.each([
    ['tabs, blanks and a last comma', ' \tm {  a = "1" ,\tb="2" , }\t 3  4 ', ['m{a="1",b="2"} 3 @4']],
    ['no labels in braces', 'm{} 1', ['m{} 1']],
    ['values that only look like the end', 'm{a="}",b=" # {",c=","} 1', ['m{a="}",b=" # {",c=","} 1']],
    ['an escape that the format does not know', String.raw`m{a="\d\\"} 1`, [String.raw`m{a="\\d\\"} 1`]],
    ['colons of recording rules', 'job:errors:rate5m 0.5', ['job:errors:rate5m{} 0.5']],
    [
      'NaN and infinities in any case',
      'm NaN\nm +Inf\nm -inf\nm nan',
      ['m{} NaN', 'm{} Infinity', 'm{} -Infinity', 'm{} NaN'],
    ],
    ['a page without a last line feed', 'm 1', ['m{} 1']],
    ['an empty page', '', []],
    ['# EOF, which is a comment here', 'm 1\n# EOF\nn 2', ['m{} 1', 'n{} 2']],
  ])('reads %s', (_, page, samples) => {
    expect(read(page)).toEqual(samples)
  })

  it.each([
    ['a value that is not a number', 'm abc', 'line 1: expected a number, and at most a timestamp after it'],
    ['a hexadecimal value', 'm 0x10', 'line 1: expected a number, and at most a timestamp after it'],
    ['no value', 'm{a="1"}', 'line 1: expected a number, and at most a timestamp after it'],
    ['more than a timestamp', 'm 1 2 3', 'line 1: expected a number, and at most a timestamp after it'],
    ['a timestamp with a fraction', 'm 1 2.5', 'line 1: expected a number, and at most a timestamp after it'],
    ['no name', 'ok 1\n{a="1"} 1', 'line 2: expected a metric name'],
    ['an open label value', 'm{a="1} 1', 'line 1: expected a label as name="value"'],
    ['an unquoted label value', 'm{a=1} 1', 'line 1: expected a label as name="value"'],
    ['labels that never end', 'm{a="1" 1', 'line 1: expected a comma or } after a label'],
    ['two commas', 'm{a="1",,b="2"} 1', 'line 1: expected a label as name="value"'],
    ['the same label twice', 'm{a="1",a="2"} 1', 'line 1: expected each label once'],
    ['a second name', 'm{__name__="n"} 1', 'line 1: expected each label once'],
    ['a page of HTML', '<!doctype html>', 'line 1: expected a metric name'],
  ])('refuses %s, and names the line only', (_, page, message) => {
    expect(() => read(page)).toThrow(new MalformedPage(message))
  })
})

describe('OpenMetrics 1.0', () => {
  // The specification's "complete exposition", and its examples by type.
  const EXAMPLE = `# TYPE acme_http_router_request_seconds summary
# UNIT acme_http_router_request_seconds seconds
# HELP acme_http_router_request_seconds Latency though all of ACME's HTTP request router.
acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32
acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283.0
acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325.0
# TYPE go_goroutines gauge
# HELP go_goroutines Number of goroutines that currently exist.
go_goroutines 69
# TYPE process_cpu_seconds counter
# UNIT process_cpu_seconds seconds
# HELP process_cpu_seconds Total user and system CPU time spent in seconds.
process_cpu_seconds_total 4.20072246e+06
# EOF
`

  it("reads the specification's complete exposition", () => {
    expect(read(EXAMPLE, 'openmetrics')).toEqual([
      'acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32',
      'acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283',
      'acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325',
      'go_goroutines{} 69',
      'process_cpu_seconds_total{} 4200722.46',
    ])
  })

  it.each([
    ['timestamps in seconds', 'foo_total 17.0 1520879607.789', ['foo_total{} 17 @1520879607789']],
    [
      'a counter with the time of its creation',
      'foo_total 17.0 1520879607.789\nfoo_created 1520430000.123 1520879607.789',
      ['foo_total{} 17 @1520879607789', 'foo_created{} 1520430000.123 @1520879607789'],
    ],
    [
      'buckets without their exemplars',
      `foo_bucket{le="0.01"} 0
foo_bucket{le="0.1"} 8 # {} 0.054
foo_bucket{le="1"} 11 # {trace_id="KOO5S4vxi0o"} 0.67
foo_bucket{le="10"} 17 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789
foo_bucket{le="+Inf"} 17 1520879607.789 # {a="} 1 # "} 1`,
      [
        'foo_bucket{le="0.01"} 0',
        'foo_bucket{le="0.1"} 8',
        'foo_bucket{le="1"} 11',
        'foo_bucket{le="10"} 17',
        'foo_bucket{le="+Inf"} 17 @1520879607789',
      ],
    ],
    ['several points of one series', 'foo 17.0 123\nfoo 18.0 456', ['foo{} 17 @123000', 'foo{} 18 @456000']],
    ['a state set', 'foo{entity="controller",foo="a"} 1.0', ['foo{entity="controller",foo="a"} 1']],
  ])('reads %s', (_, page, samples) => {
    expect(read(`${page}\n# EOF\n`, 'openmetrics')).toEqual(samples)
  })

  it.each([
    ['a page that was cut off between lines', 'a_total 1\n', 'it does not end with # EOF: it is cut off'],
    ['a page that was cut off within a line', 'a_total 1\n# EO', 'it does not end with # EOF: it is cut off'],
    ['samples after the end', '# EOF\na 1', 'line 2: nothing may follow # EOF'],
    ['a timestamp that is none', 'a 1 1.2.3\n# EOF', 'line 1: expected a timestamp'],
  ])('refuses %s', (_, page, message) => {
    expect(() => read(page, 'openmetrics')).toThrow(new MalformedPage(message))
  })
})

it('a label called as a property of every object is a label, and an absent one is not there', () => {
  const [sample] = parsePage('m{__proto__="x",constructor="y"} 1', 'prometheus')
  expect(sample?.labels['constructor']).toBe('y')
  expect(sample?.labels['__proto__']).toBe('x')
  expect(sample?.labels['toString']).toBeUndefined()
})

it('gives back whatever label values and numbers a page was written from', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.double(), (text, value) => {
      const [sample] = parsePage(`m{a="${escaped(text)}"} ${value}\n`, 'prometheus')
      expect(sample?.labels['a']).toBe(text)
      // A page has no negative zero that anyone could tell from zero.
      expect(sample?.value).toBe(Object.is(value, -0) ? 0 : value)
    }),
  )
})

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

it('reads or refuses any text, and fails in no other way', () => {
  const soup = fc.array(
    fc.constantFrom('m', '{', '}', 'a="', '"', ',', ' ', '\\', '\u2028', '#', '1', 'NaN', '\n', '# EOF'),
  )
  fc.assert(
    fc.property(soup, fc.constantFrom('openmetrics' as const, 'prometheus' as const), (parts, format) => {
      expect(outcome(parts.join(''), format)).toMatch(/^(read|refused)$/)
    }),
    { numRuns: 2000 },
  )
})

function outcome(page: string, format: 'openmetrics' | 'prometheus'): string {
  try {
    parsePage(page, format)
    return 'read'
  } catch (error) {
    return error instanceof MalformedPage ? 'refused' : String(error)
  }
}
