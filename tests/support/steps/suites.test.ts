// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { failed, obstacleTo, passed, sumOf } from './step'
import { countJunit, countPlaywright, types } from './suites'

describe('the sum of a run', () => {
  test("bun's report is counted", () => {
    const report = '<?xml version="1.0"?>\n<testsuites name="bun test" tests="7" assertions="9" failures="2" skipped="1" time="0.1">'
    expect(countJunit(report, 1, 'unit')).toMatchObject({ passed: 4, failed: 2, skipped: 1 })
  })

  test('and whoever has only the last lines learns which tests failed, and why', () => {
    const report = [
      '<testsuites name="bun test" tests="3" assertions="9" failures="2" skipped="0" time="0.1">',
      '<testcase name="is fine" classname="a" time="1" file="tests/a.test.ts" line="1" assertions="2" />',
      '<testcase name="says &quot;a &amp; b&quot;" classname="a" time="1" file="tests/a.test.ts" line="9" assertions="1">',
      '  <failure type="AssertionError" message="Expected: &lt; 20&#10;Received: 27&#10;">…</failure>',
      '</testcase>',
      '<testcase name="waits" classname="b" time="60" file="tests/b.test.ts" line="3" assertions="0">',
      '  <failure type="TimeoutError" />',
      '</testcase>',
    ].join('\n')
    const [first, second, advice, ...rest] = countJunit(report, 1, 'unit').notes ?? []
    expect(first).toBe('tests/a.test.ts: says "a & b": Expected: < 20 Received: 27')
    expect(second).toBe('tests/b.test.ts: waits')
    expect(advice).toContain('test-results/unit.xml')
    expect(rest).toEqual([])
  })

  test('a crash without a report is a failure', () => {
    expect(countJunit(null, 139, 'unit')).toMatchObject({ passed: 0, failed: 1 })
  })

  test('an error between the tests is a failure, though every test passed', () => {
    const report = '<testsuites name="bun test" tests="7" assertions="9" failures="0" skipped="0" time="0.1">'
    expect(countJunit(report, 1, 'unit')).toMatchObject({ passed: 7, failed: 1 })
    expect(countJunit(report, 0, 'unit')).toEqual({ passed: 7, failed: 0, skipped: 0 })
  })

  test("Playwright's report is counted, and a journey that passed only at a second try failed", () => {
    const report = JSON.stringify({ stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 } })
    expect(countPlaywright(report, 1)).toMatchObject({ passed: 5, failed: 2, skipped: 2 })
  })

  test('and so is a journey, wherever it stands', () => {
    const spec = (title: string, status: string, message?: string) => ({
      title,
      file: 'files.spec.ts',
      ok: status !== 'unexpected',
      tests: [{ status, results: message ? [{ errors: [{ message }] }] : [{}] }],
    })
    const report = JSON.stringify({
      stats: { expected: 1, unexpected: 1, flaky: 1, skipped: 0 },
      suites: [
        { specs: [spec('goes', 'expected')], suites: [{ specs: [spec('breaks', 'unexpected', '\u001b[31mtoo\u001b[0m\n late')] }] },
        { specs: [spec('wavers', 'flaky')] },
      ],
    })
    expect(countPlaywright(report, 1).notes?.slice(0, -1)).toEqual(['files.spec.ts: breaks: too late', 'files.spec.ts: wavers'])
  })

  test('the tallies of several runs are one, and what they advise alike is said once', () => {
    const one = { passed: 1, failed: 1, skipped: 0, notes: ['a', 'b'] }
    expect(sumOf([passed, one, one])).toEqual({ passed: 3, failed: 2, skipped: 0, notes: ['a', 'b'] })
    expect(sumOf([passed])).toEqual(passed)
  })

  test('journeys that never began are a failure', () => {
    const report = JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{}] })
    expect(countPlaywright(report, 1)).toMatchObject({ passed: 0, failed: 1 })
    expect(countPlaywright(null, 1)).toMatchObject({ failed: 1 })
  })
})

describe('a step', () => {
  test('says that the packages are missing, instead of what their absence looks like', () => {
    expect(obstacleTo(types, new Map(), tmpdir())).toContain('the npm packages are missing')
    expect(obstacleTo(types, new Map())).toBeNull()
    expect(obstacleTo(types, new Map([['packages', passed]]))).toBeNull()
    expect(obstacleTo(types, new Map([['packages', failed('')]]))).toContain('because packages failed')
  })
})
