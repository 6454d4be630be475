// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { brokenArrows, importsOf, type Source } from './support/imports'
import { complaintsOf, templatesOf } from './support/markup'

const root = resolve(import.meta.dir, '..')
/** Lines. A table of tests may be longer than a source: nobody has to understand it as a whole. */
const longestFile = 300
const longestTest = 500

/** Files that may be longer, and why. */
const longFiles: Record<string, string> = {
  'src/files/uploads/resumable.ts': 'the verbs of one protocol, which change the same few things and are only right side by side',
  'tests/files/tus.test.ts': 'one protocol against one running house',
}

/** Each package of the card and the only places that do its job. */
const jobs: Record<string, RegExp> = {
  elysia: /^src\/(app|main|core|accounts|files|rooms|admin|views|i18n|appliance)/,
  '@elysiajs/static': /^src\/views\//,
  '@elysiajs/jwt': /^src\/(accounts|files)\//,
  '@node-rs/argon2': /^src\/accounts\//,
  'htmx.org': /^web\//,
  lit: /^web\//,
  pino: /^src\/core\//,
  kysely: /^src\//,
  'systemd-notify': /^src\/appliance\//,
  '@playwright/test': /^tests\/browser\//,
}

const sources = await read('{src,web,tests}/**/*.{ts,css}')
const ours = sources.filter(({ path }) => path.endsWith('.ts'))

describe('the house', () => {
  test('every arrow points one way, through the front doors', () => {
    expect(brokenArrows(ours)).toEqual([])
  })

  test('app.ts is imported by main.ts and tests alone', () => {
    const guests = ours.filter(
      ({ path, text }) => /^src\/.+\//.test(path) && importsOf(text).some(({ target }) => /(^|\/)app$/.test(target)),
    )
    expect(guests.map(({ path }) => path)).toEqual([])
  })

  test('only main.ts ends the process', () => {
    const enders = ours.filter(
      ({ path, text }) => /^src\/(?!build\/)/.test(path) && path !== 'src/main.ts' && /\bprocess\.exit\(/.test(text),
    )
    expect(enders.map(({ path }) => path)).toEqual([])
  })

  test('services, stores and models know nothing of HTTP', () => {
    const curious = ours.filter(
      ({ path, text }) =>
        /^src\/(accounts|files|rooms|admin)\/(.*\/)?(\w+-)?(service|store)\.ts$/.test(path) &&
        importsOf(text).some(({ target, typeOnly }) => !typeOnly && /^(elysia|@elysiajs\/static)$/.test(target)),
    )
    expect(curious.map(({ path }) => path)).toEqual([])
  })

  test('every package does its job, where its job is', () => {
    const uses = ours.flatMap(({ path, text }) => importsOf(text).map(({ target }) => ({ path, name: packageOf(target) })))
    for (const [name, place] of Object.entries(jobs)) {
      const users = uses.filter((use) => use.name === name).map(({ path }) => path)
      expect(
        users.some((path) => place.test(path)),
        `${name} is imported where its job is`,
      ).toBe(true)
      expect(
        users.filter((path) => !place.test(path) && !path.startsWith('tests/') && !path.startsWith('src/build/')),
        `${name} is imported elsewhere`,
      ).toEqual([])
    }
    expect(ours.length).toBeGreaterThan(50)
  })

  test('the types of Bun come from bun-types', async () => {
    const settings = await Bun.file(resolve(root, 'tsconfig.json')).json()
    expect(settings.compilerOptions.types).toContain('bun-types')
  })
})

describe('every source', () => {
  test('says its licence in its first line', () => {
    const silent = sources.filter(({ text }) => !/^(\/\/|\/\*) SPDX-License-Identifier: GPL-3\.0-or-later/.test(text))
    expect(silent.map(({ path }) => path)).toEqual([])
  })

  test('is short, or has a reason', () => {
    const limit = (path: string) => (path.endsWith('.test.ts') || path.endsWith('.spec.ts') ? longestTest : longestFile)
    const long = ours.filter(({ path, text }) => text.split('\n').length - 1 > limit(path) && !longFiles[path])
    expect(long.map(({ path, text }) => `${path} (${text.split('\n').length - 1})`)).toEqual([])
    const needless = Object.keys(longFiles).filter((path) => !ours.some((source) => source.path === path))
    expect(needless).toEqual([])
  })

  test('names no place of the machine it was written on, and leaves nothing for later', () => {
    const [here, later] = [/(^|[\s'"`(])\/(tmp|work)\//, new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|X{3})\\b`)]
    const found = sources.filter(({ text }) => here.test(text) || later.test(text))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  test('has a name that says something', () => {
    const empty = ours.filter(({ path }) => /(^|[/-])(utils?|helpers?|managers?|commons?|misc)([.-]|\/)/.test(path))
    expect(empty.map(({ path }) => path)).toEqual([])
  })

  test('switches no rule of the compiler off', () => {
    const off = ours.filter(({ path, text }) => path !== 'tests/architecture.test.ts' && /@ts-(ignore|nocheck|expect-error)/.test(text))
    expect(off.map(({ path }) => path)).toEqual([])
  })

  test("starts without Node's streams: what brings them is loaded when it is needed", () => {
    const heavy = /^(import|export) (?!type ).*from ['"](node:(child_process|crypto|http|https|net|stream|tls|zlib)|systemd-notify)['"]/m
    expect(ours.filter(({ path, text }) => path.startsWith('src/') && heavy.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('opens no calendar of ICU for what people see all the time (src/core/wall-clock.ts)', () => {
    const local =
      /\bnew Intl\.|\.(get(Hours|Minutes|Seconds|Date|Day|Month|FullYear|TimezoneOffset)|set(Hours|Date)|to(Date|Time|Locale)\w*String)\(/
    const found = ours.filter(({ path, text }) => path.startsWith('src/') && local.test(text)).map(({ path }) => path)
    expect(found.sort()).toEqual(Object.keys(mayAskIcu).sort())
  })

  test('keeps still: no test sleeps for a fixed time', () => {
    // `test.setTimeout` is how long a journey may take, not how long it waits.
    const timer = /(?<!\btest\.)\b(Bun\.sleep|setTimeout|waitForTimeout|setInterval)\s*\(/
    const sleepers = ours.filter(({ path, text }) => path.startsWith('tests/') && !quiet.has(path) && timer.test(text))
    expect(sleepers.map(({ path }) => path)).toEqual([])
  })
})

/** Who asks seldom, and what for. */
const mayAskIcu = {
  'src/accounts/names.ts': 'counts the letters of a new name',
  'src/admin/audit-log.ts': 'begins today',
  'src/core/wall-clock.ts': 'where TZ names a zone',
  'src/files/downloads/zip-stream.ts': 'dates in a zip are local',
  'src/rooms/door/creation.ts': 'counts the letters of a new name',
  'src/rooms/search/search.ts': 'reads a day that somebody typed',
}

/** The one place with timers, and this list of words. Benchmarks measure time and may keep it. */
const quiet = new Set([
  'tests/support/until.ts',
  // A bad network, whose delays are what is tested, and the clock of a browser's tab.
  'tests/binary/rough-wire.ts',
  'tests/binary/tab.ts',
  'tests/architecture.test.ts',
  ...ours.filter(({ path }) => path.startsWith('tests/bench/')).map(({ path }) => path),
])

describe('the map sees', () => {
  const broken = (path: string, text: string) => brokenArrows([{ path, text }])

  test.each([
    ['an arrow against the map', 'src/core/clock.ts', "import { rooms } from '../rooms'"],
    ['a type too', 'src/core/clock.ts', "import type { Room } from '../rooms'"],
    ['a type among values', 'src/files/store.ts', "import { type Room } from '../rooms'"],
    ['something passed on', 'src/accounts/index.ts', "export { hub } from '../rooms'"],
    ['everything passed on', 'src/accounts/index.ts', "export * from '../rooms'"],
    ['a type passed on', 'src/accounts/index.ts', "export type { Room } from '../rooms'"],
    ['an import while running', 'src/accounts/service.ts', "const x = await import('../rooms')"],
    ['the type of an import', 'src/accounts/service.ts', "let x: import('../rooms').Room"],
    ['an import over several lines', 'src/core/log.ts', "import {\n  a,\n  b,\n} from '../views'"],
    ['an import for its effect', 'src/core/log.ts', "import '../views'"],
    ['a worker', 'src/core/log.ts', "new Worker(new URL('../rooms/hub.ts', import.meta.url))"],
    ['the back door', 'src/rooms/service.ts', "import { open } from '../core/database'"],
    ['the back door of a folder', 'src/rooms/service.ts', "import { store } from '../files/store'"],
    ['the appliance in a feature', 'src/rooms/service.ts', "import { config } from '../appliance'"],
    ['a feature in the appliance', 'src/appliance/health.ts', "import { rooms } from '../rooms'"],
    ['what belongs to main.ts', 'src/rooms/service.ts', "import '../production'"],
    ['the composition root', 'src/rooms/service.ts', "import { createApp } from '../app'"],
    ['the build', 'src/main.ts', "import { web } from './build'"],
    ['a test', 'src/main.ts', "import { until } from '../tests/support/until'"],
    ["the browser's part", 'src/views/layout.ts', "import '../../web/main'"],
    ['a value of src in the browser', 'web/elements/room-live.ts', "import { frames } from '../../src/rooms/protocol'"],
    ['a computed import', 'src/rooms/service.ts', 'await import(name)'],
    ['a folder nobody drew', 'src/extras/x.ts', "import { a } from '../core'"],
  ])('%s', (_, path, text) => {
    expect(broken(path, text)).toHaveLength(1)
  })

  test.each([
    [
      'the way the arrows point',
      'src/rooms/service.ts',
      "import { newId } from '../core'\nimport type { Person } from '../accounts/index'",
    ],
    ['a neighbour in the same folder', 'src/core/http/edge.ts', "import { Refusal } from '../errors'"],
    ['packages', 'src/core/log.ts', "import pino from 'pino'"],
    ['types in the browser', 'web/elements/room-live.ts', "import type { Frame } from '../../src/rooms/protocol'"],
    ['what a comment says', 'src/core/log.ts', "// import { a } from '../rooms'\n/* import '../rooms' */"],
    ['the root, from main.ts', 'src/main.ts', "import { createApp } from './app'"],
    ['a string that is exported', 'src/i18n/es/rooms.ts', "export const rooms = { from: '../rooms' }"],
    ['the front door below', 'src/main.ts', "import { a } from './appliance'"],
    ['a file beside main.ts', 'src/main.ts', "import './production'"],
  ])('nothing wrong in %s', (_, path, text) => {
    expect(broken(path, text)).toEqual([])
  })
})

/** `«x»` as a template has it. */
const withValues = (source: string) => source.replaceAll('«', `\${`).replaceAll('»', '}')

describe('the markup', () => {
  const pages = ours.filter(({ path }) => path.startsWith('src/'))

  test('quotes every value of an attribute, and holds no code: no handler, no address of a script, no filter of a trigger', () => {
    const wrong = pages.flatMap(({ path, text }) => templatesOf(text).flatMap((one) => complaintsOf(one).map((said) => `${path}: ${said}`)))
    expect(wrong).toEqual([])
    // Read in vain, nothing would be wrong either.
    expect(pages.flatMap(({ text }) => templatesOf(text)).length).toBeGreaterThan(400)
  })

  test('is given no attribute that is code by a list of them either', () => {
    const named = /['"](hx-on|data-hx-|hx-vals|hx-vars|hx-headers|on[a-z]+['"]\s*:|style['"]\s*:|srcdoc)|['"`](js|javascript|vbscript):/
    expect(pages.filter(({ text }) => named.test(text)).map(({ path }) => path)).toEqual([])
    const filtered = pages.filter(({ text }) => /hx-trigger['"]?\s*[:=]\s*['"`][^'"`]*\[/.test(text))
    expect(filtered.map(({ path }) => path)).toEqual([])
  })

  test.each([
    ['no quotes', 'html`<a href=«address»>x</a>`'],
    ['no quotes around what we write', 'html`<input type=text>`'],
    ['no quotes around the second', 'html`<a id="x" href=«address» rel="next">x</a>`'],
    ['quotes around a part alone', 'html`<a href=/salas/«code»>x</a>`'],
    ['a name that is a value', 'html`<a «name»="x">x</a>`'],
    ['no quotes within a value', 'html`<ul>«all.map((one) => html`<li id=«one»>«one»</li>`)»</ul>`'],
    ['no quotes in what is trusted', "trusted('<path d=M0>')"],
    ['a handler', 'html`<a onclick="«x»">x</a>`'],
    ['a handler of htmx', 'html`<a hx-on:click="x()">x</a>`'],
    ['a style', 'html`<p style="color: «colour»">x</p>`'],
    ['a page within', 'html`<iframe srcdoc="«x»"></iframe>`'],
    ['values that are computed', 'html`<a hx-vals="js:{x: y()}">x</a>`'],
    ['an address that is a script', 'html`<a href="javascript:x()">x</a>`'],
    ['a filter', 'html`<a hx-trigger="click[ctrlKey]">x</a>`'],
    ['a script on the page', 'html`<script>x()</script>`'],
    ['a value in a style sheet', 'html`<style>«x»</style>`'],
    ['a value in a comment', 'html`<!-- «x» -->`'],
  ])('is seen to have %s', (_, source) => {
    expect(templatesOf(withValues(source)).flatMap(complaintsOf)).toHaveLength(1)
  })

  test.each([
    ['a value in quotes', 'html`<a href="/salas/«code»?x=«y»">x = y</a>`'],
    ['a list of attributes', 'html`<a class="a"«attributes({ href: \'/\' })»>x</a>`'],
    ['a part of a class', "html`<a class=\"a«small ? ' a--sm' : ''»\" hidden>x</a>`"],
    ['code in a value', 'html`<p>«text.replace(/"/g, "").map((a) => a >= b)»</p>`'],
    ['a script of ours', 'html`<script src="«asset(name)»" type="module"></script>`'],
  ])('may have %s', (_, source) => {
    expect(templatesOf(withValues(source)).flatMap(complaintsOf)).toEqual([])
  })
})

async function read(pattern: string): Promise<Source[]> {
  const paths = (await Array.fromAsync(new Bun.Glob(pattern).scan({ cwd: root }))).map((path) => path.replaceAll('\\', '/')).sort()
  return Promise.all(paths.map(async (path) => ({ path, text: await Bun.file(resolve(root, path)).text() })))
}

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}
