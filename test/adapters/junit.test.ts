import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'

import { parseJUnit } from '../../src/adapters/junit.ts'
import type { TestCase } from '../../src/ports/test-runner.ts'

function cases(xml: string): readonly TestCase[] {
  const report = parseJUnit(xml)
  if (report.kind === 'malformed') throw new Error(report.why)
  return report.cases
}

describe('the shapes that tools write', () => {
  test('surefire: class and method, an error is a failure, a rerun that passed is none', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0" name="com.acme.OrderTest" time="1,234.5" tests="5" errors="1" skipped="1" failures="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="total" classname="com.acme.OrderTest" time="1,234.5"/>
  <testcase name="tax" classname="com.acme.OrderTest" time="0.01">
    <failure message="expected: &lt;7&gt; but was: &lt;8&gt;" type="org.opentest4j.AssertionFailedError"><![CDATA[org.opentest4j.AssertionFailedError: expected: <7> but was: <8>
	at com.acme.OrderTest.tax(OrderTest.java:31)]]></failure>
    <system-out><![CDATA[<testcase name="not a case"/>]]></system-out>
  </testcase>
  <testcase name="boom" classname="com.acme.OrderTest"><error type="java.lang.NullPointerException">java.lang.NullPointerException</error></testcase>
  <testcase name="later" classname="com.acme.OrderTest"><skipped message="not yet"/></testcase>
  <testcase name="flaky" classname="com.acme.OrderTest"><flakyFailure message="once">x</flakyFailure></testcase>
</testsuite>`
    expect(cases(xml)).toEqual([
      { name: 'com.acme.OrderTest › total', result: 'passed', seconds: 1234.5 },
      {
        name: 'com.acme.OrderTest › tax',
        result: 'failed',
        seconds: 0.01,
        message:
          'expected: <7> but was: <8>\norg.opentest4j.AssertionFailedError: expected: <7> but was: <8>\n\tat com.acme.OrderTest.tax(OrderTest.java:31)',
      },
      { name: 'com.acme.OrderTest › boom', result: 'failed', message: 'java.lang.NullPointerException' },
      { name: 'com.acme.OrderTest › later', result: 'skipped' },
      { name: 'com.acme.OrderTest › flaky', result: 'passed' },
    ])
  })

  test('jest-junit: describe blocks and the test, whose class only repeats it', () => {
    const xml = `<testsuites name="jest tests" tests="1"><testsuite name="orders api"><testcase classname="orders api GET /v1/orders has no total" name="orders api GET /v1/orders has no total" time="0.004" file="test/orders.test.js"><failure>Error: expect(received).toBe(expected)
    at Object.toBe (/home/me/app/test/orders.test.js:12:21)</failure></testcase></testsuite></testsuites>`
    expect(cases(xml)).toEqual([
      {
        name: 'orders api › orders api GET /v1/orders has no total',
        result: 'failed',
        message:
          'Error: expect(received).toBe(expected)\n    at Object.toBe (/home/me/app/test/orders.test.js:12:21)',
        file: 'test/orders.test.js',
        line: 12,
        seconds: 0.004,
      },
    ])
  })

  test('vitest: the file and the path to the test', () => {
    const xml = `<testsuites name="vitest tests" tests="1" time="0.1"><testsuite name="test/a.test.ts" tests="1"><testcase classname="test/a.test.ts" name="sums &gt; adds" time="0.001"/></testsuite></testsuites>`
    expect(cases(xml).map(({ name }) => name)).toEqual(['test/a.test.ts › sums > adds'])
  })

  test('pytest: module, class, parameter; file and line of its older family', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" failures="0" skipped="1" tests="3" time="0.032" hostname="h">
<testcase classname="tests.test_orders.TestTax" name="test_rate[eu-1]" file="tests/test_orders.py" line="7" time="0.001" />
<testcase classname="tests.test_orders" name="test_later" time="0.000"><skipped type="pytest.xfail" message="" /></testcase>
<testcase classname="" name="tests.test_broken" time="0.000"><error message="collection failure">ImportError: No module named 'x'</error></testcase></testsuite></testsuites>`
    expect(cases(xml)).toEqual([
      {
        name: 'tests.test_orders.TestTax › test_rate[eu-1]',
        result: 'passed',
        file: 'tests/test_orders.py',
        line: 7,
        seconds: 0.001,
      },
      { name: 'tests.test_orders › test_later', result: 'skipped', seconds: 0 },
      {
        name: 'tests.test_broken',
        result: 'failed',
        message: "collection failure\nImportError: No module named 'x'",
        seconds: 0,
      },
    ])
  })

  test('go-junit-report: the package, and two of the same last name stay apart', () => {
    const xml = `<testsuites><testsuite name="example.org/a/util" tests="1"><testcase classname="util" name="TestX/sub_case" time="0.00"/></testsuite>
<testsuite name="example.org/b/util" tests="1"><testcase classname="util" name="TestX/sub_case" time="0.00"><failure message="Failed" type="">x_test.go:12: oops</failure></testcase></testsuite></testsuites>`
    expect(cases(xml).map(({ name }) => name)).toEqual([
      'example.org/a/util › TestX/sub_case',
      'example.org/b/util › TestX/sub_case',
    ])
  })

  test('node --test: suites in suites, file by file', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?>
<testsuites>
	<testsuite name="orders" time="0.002" disabled="0" errors="0" tests="2" failures="1" skipped="0" hostname="vm">
		<testcase name="adds" time="0.0004" classname="test" file="/home/me/app/test/a.test.mjs"/>
		<testsuite name="inner" time="0.001" tests="1">
			<testcase name="fails" time="0.0005" classname="test" file="/home/me/app/test/a.test.mjs" failure="1 == 2">
				<failure type="testCodeFailure" message="1 == 2">
Error: 1 == 2
    at TestContext.&lt;anonymous&gt; (file:///home/me/app/test/a.test.mjs:9:30)
				</failure>
			</testcase>
		</testsuite>
	</testsuite>
	<testcase name="skipped" classname="test"><skipped type="skipped" message="true"/></testcase>
	<!-- tests 3 -->
</testsuites>`
    expect(cases(xml)).toEqual([
      { name: 'orders › adds', result: 'passed', file: '/home/me/app/test/a.test.mjs', seconds: 0.0004 },
      {
        name: 'orders › inner › fails',
        result: 'failed',
        message: expect.stringMatching(/^1 == 2\nError: 1 == 2\n {4}at TestContext.<anonymous>/),
        file: '/home/me/app/test/a.test.mjs',
        line: 9,
        seconds: 0.0005,
      },
      { name: 'skipped', result: 'skipped' },
    ])
  })

  test('phpunit: suites by folder and class; gtest: disabled tests', () => {
    const php = `<testsuites><testsuite name="Unit"><testsuite name="Tests\\Unit\\OrderTest" file="/app/tests/OrderTest.php"><testcase name="testTotal" class="Tests\\Unit\\OrderTest" classname="Tests.Unit.OrderTest" file="/app/tests/OrderTest.php" line="14" assertions="1" time="0.001"/></testsuite></testsuite></testsuites>`
    expect(cases(php)).toMatchObject([{ name: 'Tests.Unit.OrderTest › testTotal', line: 14 }])
    const gtest = `<testsuites name="AllTests"><testsuite name="Math"><testcase name="Off" status="notrun" classname="Math"/><testcase name="On" status="run" classname="Math"/></testsuite></testsuites>`
    expect(cases(gtest)).toEqual([
      { name: 'Math › Off', result: 'skipped' },
      { name: 'Math › On', result: 'passed' },
    ])
  })

  test('a suite that broke beside its cases is a failure of its own', () => {
    const xml = `<testsuite name="db"><error message="no connection"/><testcase name="reads"/></testsuite>`
    expect(cases(xml)).toEqual([
      { name: 'db › (suite)', result: 'failed', message: 'no connection' },
      { name: 'db › reads', result: 'passed' },
    ])
  })

  test('a byte order mark, comments, CDATA in pieces, characters by number, an unknown reference', () => {
    const xml = `\uFEFF<!-- c --><testsuite name="s"><testcase name="a&#10;b &#x1F600; &amp;lt; &nbsp;"><failure><![CDATA[<one>]]> &amp; <![CDATA[<two>]]></failure></testcase></testsuite>`
    expect(cases(xml)).toEqual([
      { name: 's › a b 😀 &lt; &nbsp;', result: 'failed', message: '<one> & <two>' },
    ])
  })

  test('a failure of megabytes is bounded to 4 KiB, without half a character', () => {
    const [one] = cases(
      `<testsuite name="s"><testcase name="a"><failure message="${'ü'.repeat(1_000_000)}"/></testcase></testsuite>`,
    )
    expect(Buffer.byteLength(one!.message!)).toBeLessThanOrEqual(4096)
    expect(one!.message).toMatch(/^ü+…$/)
  })

  test('an empty report is a report without cases', () => {
    expect(parseJUnit('<testsuites/>')).toEqual({ kind: 'report', cases: [] })
  })
})

describe('what is no report', () => {
  test.each([
    [
      'cut off',
      '<testsuites><testsuite name="a"><testcase name="b"/>',
      /it ends before its elements are closed/,
    ],
    ['crossed', '<testsuite><testcase></testsuite></testcase>', /line 1: Expected closing tag/],
    ['text', 'no tests', /line 1/],
    ['nothing', '', /./],
    ['JSON', '{"tests": 3}', /./],
    ['other XML', '<html><body/></html>', /neither <testsuites> nor <testsuite>/],
    ['two documents', '<testsuite/><testsuite/>', /several elements at its top/],
  ])('%s', (_what, xml, why) => {
    expect(parseJUnit(xml)).toEqual({ kind: 'malformed', why: expect.stringMatching(why) })
  })

  test('I16 entities are not expanded: a document type is refused before it is read', () => {
    const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join('')
    const bomb = `<!DOCTYPE t [<!ENTITY l0 "lol">${lol}]><testsuite name="&l9;"><testcase name="a"/></testsuite>`
    const file = `<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="&x;"/>`
    for (const xml of [bomb, file, file.toLowerCase()]) {
      expect(parseJUnit(xml)).toEqual({ kind: 'malformed', why: expect.stringMatching(/document type/) })
    }
  })

  test('I15 I16 names of prototypes, deep nesting and many cases do no harm', () => {
    parseJUnit('<testsuite><__proto__ polluted="1"/><constructor/><testcase name="__proto__"/></testsuite>')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    const deep = 5000
    expect(parseJUnit('<testsuite>'.repeat(deep) + '</testsuite>'.repeat(deep)).kind).toBe('malformed')
    const many = `<testsuite name="s">${'<testcase name="a &lt; b" classname="c"/>'.repeat(50_000)}</testsuite>`
    expect(cases(many)).toHaveLength(50_000)
  })

  test('whatever the text, it is answered', () => {
    const piece = constantFrom(
      '<testsuite>',
      '</testsuite>',
      '<testcase name="a"',
      '>',
      '/>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '&lt;',
      '&#x;',
      '<?xml ?>',
      '"',
      "'",
      '<failure/>',
      '\0',
      'ü',
    )
    assert(
      property(array(oneof(piece, string()), { maxLength: 30 }), (parts) => {
        expect(['report', 'malformed']).toContain(parseJUnit(`<testsuite>${parts.join('')}`).kind)
        expect(['report', 'malformed']).toContain(parseJUnit(parts.join('')).kind)
      }),
    )
  })
})
