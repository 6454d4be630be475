// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { failed, obstacleTo, passed } from './step'
import { countJunit, countPlaywright, types } from './suites'

describe('the sum of a run', () => {
  test("bun's report is counted", () => {
    const report = '<?xml version="1.0"?>\n<testsuites name="bun test" tests="7" assertions="9" failures="2" skipped="1" time="0.1">'
    expect(countJunit(report, 1, 'unit')).toMatchObject({ passed: 4, failed: 2, skipped: 1 })
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
