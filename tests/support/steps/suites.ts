// SPDX-License-Identifier: GPL-3.0-or-later
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { check, failed, root, type Step, show, sumOf, type Tally, tool } from './step'

const results = 'test-results'

export const lint: Step = {
  name: 'lint',
  what: 'Biome reads every source for mistakes and form',
  needs: ['packages'],
  run: () => check(tool('biome', 'check', '.'), 'Biome found something: "bunx biome check --write" puts right what it can.'),
}

export const types: Step = {
  name: 'types',
  what: 'TypeScript checks every source',
  needs: ['packages'],
  run: () => check(tool('tsc', '--noEmit'), 'The types do not fit: each line above names file, line and reason.'),
}

export const unit: Step = {
  name: 'unit',
  what: 'unit and integration tests, against the modules and the app object',
  needs: ['packages'],
  async run() {
    const files = await testFiles((path) => !path.startsWith('tests/binary/') && !path.startsWith('tests/pi/'))
    const tallies = [
      await bunTest(
        'unit',
        files.filter((file) => !isOfMemory(file)),
      ),
    ]
    for (const file of files.filter(isOfMemory)) tallies.push(await bunTest(`unit-${basename(file, '.memory.test.ts')}`, [file]))
    return sumOf(tallies)
  },
}

/** What is measured at the memory of the test's own process, in which no other test may have left a heap that is not its own. */
function isOfMemory(file: string): boolean {
  return file.endsWith('.memory.test.ts')
}

export const build: Step = {
  name: 'build',
  what: 'building the web part and dist/pichat for this machine',
  needs: ['packages'],
  run: () =>
    check(
      [process.execPath, 'src/build/index.ts', 'web', 'executable'],
      'dist/pichat was not built: the lines above say where it stopped.',
    ),
}

export const binary: Step = {
  name: 'binary',
  what: 'the compiled executable through its real doors',
  needs: ['build'],
  run: async () => bunTest('binary', await testFiles((path) => path.startsWith('tests/binary/'))),
}

export const browser: Step = {
  name: 'browser',
  what: 'people in Chromium, against the compiled executable',
  needs: ['system', 'build'],
  run: playwright,
}

export const pi: Step = {
  name: 'pi',
  what: 'building for the Pi and starting it on its three processors under qemu',
  needs: ['packages', 'system'],
  async run() {
    const built = await check(
      [process.execPath, 'src/build/index.ts', 'web', 'executable-pi'],
      'dist/pichat-linux-arm64 was not built: the lines above say where it stopped.',
    )
    return built.failed > 0 ? built : bunTest('pi', await testFiles((path) => path.startsWith('tests/pi/')))
  },
}

async function testFiles(belongs: (path: string) => boolean): Promise<string[]> {
  const elsewhere = /^tests\/(browser|bench)\//
  const all = await Array.fromAsync(new Bun.Glob('tests/**/*.test.ts').scan({ cwd: root }))
  return all
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !elsewhere.test(path) && belongs(path))
    .sort()
    .map((path) => `./${path}`)
}

/** Milliseconds one test may take. What it waits for fails earlier, with a sentence. */
const testTimeout = 60_000

async function bunTest(name: string, files: readonly string[]): Promise<Tally> {
  if (files.length === 0) return failed(`No test of the step ${name} was found.`)
  const report = join(results, `${name}.xml`)
  await fresh(report)
  const code = await show([
    process.execPath,
    'test',
    `--timeout=${testTimeout}`,
    '--dots',
    '--reporter=junit',
    `--reporter-outfile=${report}`,
    ...files,
  ])
  return countJunit(await read(report), code, name)
}

/** Sums of bun's JUnit report. A run that failed without naming a test (a file that does not load, a crash) is one failure. */
export function countJunit(report: string | null, code: number, name: string): Tally {
  const sums = /<testsuites\b[^>]*>/.exec(report ?? '')?.[0]
  if (!sums) return failed(`The step ${name} ended with ${code} and left no report: it crashed; its last lines say more.`)
  const of = (attribute: string) => Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(sums)?.[1] ?? 0)
  const tally = { passed: of('tests') - of('failures') - of('skipped'), failed: of('failures'), skipped: of('skipped') }
  if (code !== 0 && tally.failed === 0)
    return {
      ...tally,
      failed: 1,
      notes: [`The step ${name} ended with ${code} though no test failed: look for an error between the tests.`],
    }
  return tally.failed === 0
    ? tally
    : {
        ...tally,
        notes: [...failuresIn(report ?? ''), `Repeat one file with: bun test ./tests/….test.ts (report: ${results}/${name}.xml)`],
      }
}

/** How many of the failures the sum names; a house on fire needs no longer list. */
const mostNamed = 20

/** Which tests failed and why, a line each: whoever has only the last lines of a run learns it from them. */
function failuresIn(report: string): string[] {
  const cases = report.matchAll(/<testcase name="([^"]*)"[^>]*?file="([^"]*)"[^>]*>\s*<failure([^>]*)>/g)
  return Array.from(cases, ([, name = '', file = '', failure = '']) => {
    const why = /message="([^"]*)"/.exec(failure)?.[1] ?? ''
    return `${unescaped(file)}: ${unescaped(name)}${why ? `: ${onOneLine(unescaped(why))}` : ''}`
  }).slice(0, mostNamed)
}

const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

function unescaped(xml: string): string {
  return xml.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) =>
    name ? (entities[name] ?? whole) : String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16)),
  )
}

function onOneLine(text: string): string {
  return text
    .replace(/\x1b\[[\d;]*m/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)
}

async function playwright(): Promise<Tally> {
  const report = join(results, 'browser.json')
  await fresh(report)
  // Playwright is at home under Node; where there is none, Bun runs it.
  const node = Bun.which('node') ?? process.execPath
  const code = await show([node, 'node_modules/@playwright/test/cli.js', 'test', '--config', 'tests/browser/playwright.config.ts'])
  return countPlaywright(await read(report), code)
}

export function countPlaywright(report: string | null, code: number): Tally {
  if (!report) return failed(`The browser journeys ended with ${code} and left no report: their last lines say more.`)
  const {
    stats,
    suites = [],
    errors = [],
  } = JSON.parse(report) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number }
    suites?: Journeys[]
    errors?: unknown[]
  }
  const tally = { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped }
  if (code !== 0 && tally.failed === 0)
    return {
      ...tally,
      failed: Math.max(1, errors.length),
      notes: ['The browser journeys did not run: look for an error before the first of them.'],
    }
  return tally.failed === 0
    ? tally
    : {
        ...tally,
        notes: [
          ...suites.flatMap(journeysThatFailed).slice(0, mostNamed),
          `Repeat one with a recording: bunx playwright test --config tests/browser/playwright.config.ts --trace on -g "its name"`,
        ],
      }
}

/** What we read of a file or a `describe` in Playwright's report. */
interface Journeys {
  suites?: Journeys[]
  specs?: {
    title: string
    file: string
    ok: boolean
    tests: { status: string; results: { errors?: { message?: string }[] }[] }[]
  }[]
}

function journeysThatFailed({ suites = [], specs = [] }: Journeys): string[] {
  const here = specs
    .filter(({ ok, tests }) => !ok || tests.some(({ status }) => status === 'flaky'))
    .map(({ title, file, tests }) => {
      const why = tests.flatMap(({ results }) => results.flatMap(({ errors = [] }) => errors))[0]?.message
      return `${file}: ${title}${why ? `: ${onOneLine(why)}` : ''}`
    })
  return [...here, ...suites.flatMap(journeysThatFailed)]
}

async function fresh(report: string): Promise<void> {
  await mkdir(join(root, results), { recursive: true })
  await rm(join(root, report), { force: true })
}

async function read(report: string): Promise<string | null> {
  const path = join(root, report)
  return existsSync(path) ? readFile(path, 'utf8') : null
}
