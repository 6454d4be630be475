// SPDX-License-Identifier: GPL-3.0-or-later
//
// The journal is read in terminals and by programs: what a person sends must neither end a line, nor move a cursor, nor fill the card.
import { describe, expect, test } from 'bun:test'
import { clean, createLog, type Log } from '../../src/core/log'
import { openHouse } from '../support/house'

/** Control characters, the line ends of Unicode, and what turns the direction of a line. */
const hostile = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
const longest = 512
/** Every sign of a text that is kept may need an escape of its own, and a field or two of ours stand beside it. */
const longestLine = 8 * longest

const texts: readonly (readonly [name: string, text: string])[] = [
  ['a line end and an event of its own', 'ana\r\n{"level":"info","event":"accounts.signed-in"}'],
  ['a line end alone', 'ana\nbeto'],
  ['colours of a terminal', '\u001b[2J\u001b[31mroot'],
  ['the terminal commands of one byte', '\u009b2J\u0090q\u009c'],
  ['a link of a terminal (OSC 8)', '\u001b]8;;http://evil.example/\u0007aquí\u001b]8;;\u0007'],
  ['a title of a terminal', '\u001b]0;otra cosa\u001b\\'],
  ['a bell and a backspace', 'ana\u0007\b\b\bbeto'],
  ['the line ends of Unicode', 'ana\u2028beto\u2029carla'],
  ['another direction', 'ana\u202egpj.exe\u2066\u2069'],
  ['a NUL', 'ana\u0000'],
]

/** The lines that `act` writes. */
function written(act: (log: Log) => void): string[] {
  let text = ''
  const log = createLog({
    level: 'debug',
    write: (line) => {
      text += line
    },
  })
  act(log)
  expect(text).toEndWith('\n')
  return text.slice(0, -1).split('\n')
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : []
}

/** One line of JSON, with nothing in it that acts; answers what it says. */
function expectHarmless(lines: readonly string[]): Record<string, unknown> {
  expect(lines).toHaveLength(1)
  const [line = ''] = lines
  expect(line).not.toMatch(hostile)
  const told = JSON.parse(line)
  // Whoever reads the JSON and prints a field is spared too.
  for (const text of textsOf(told)) expect(text).not.toMatch(hostile)
  for (const name of ['level', 'time', 'event']) expect(typeof told[name], name).toBe('string')
  return told
}

describe.each(texts)('%s', (_, text) => {
  test('in a field is one line, and nothing in it acts', () => {
    const told = expectHarmless(written((log) => log.info({ agent: text }, 'door.knocked')))
    expect(told.event).toBe('door.knocked')
    expect(told.agent).toBe(clean(text))
  })

  test('within fields of fields is one line, and nothing in it acts', () => {
    expectHarmless(
      written((log) => log.warn({ from: { agent: text, names: ['ana', text, { last: text }] }, all: [[text]] }, 'door.knocked')),
    )
  })

  test('in an error and its stack is one line, and nothing in it acts', () => {
    const told = expectHarmless(written((log) => log.error({ err: new TypeError(`no ${text}\n    at ${text}`) }, 'request.failed')))
    expect(told.err).toMatchObject({ type: 'TypeError', message: expect.stringContaining('no ') })
  })

  test('thrown as it is, is one line, and nothing in it acts', () => {
    expectHarmless(written((log) => log.error({ err: text }, 'request.failed')))
    expectHarmless(written((log) => log.error({ err: { reason: text } }, 'request.failed')))
  })
})

test('what was sent can be read off', () => {
  expect(clean('ana\r\n\u001b[31mroot\u2028\u202e')).toBe('ana\\u000d\\u000a\\u001b[31mroot\\u2028\\u202e')
  expect(clean('Zoë 🌱 "ñ" \\ <b>')).toBe('Zoë 🌱 "ñ" \\ <b>')
})

describe('a text of a megabyte', () => {
  const agent = 'Mozilla/5.0 '.repeat(90_000)

  test('is cut at 512 signs', () => {
    expect(clean(agent)).toBe(`${agent.slice(0, longest)}…`)
    expect(clean(agent.slice(0, longest))).toBe(agent.slice(0, longest))
    const told = expectHarmless(written((log) => log.info({ agent }, 'door.knocked')))
    expect(told.agent).toBe(`${agent.slice(0, longest)}…`)
  })

  test.each<[string, object]>([
    ['in a field', { agent }],
    ['in a field of a field', { from: { agent } }],
    ['in a list', { agents: [agent] }],
    ['in an error', { err: new Error(agent) }],
    ['thrown as it is', { err: agent }],
    ['of signs that are all escaped', { agent: '\u001b'.repeat(1_000_000) }],
    ['of lines in an error', { err: new Error('a\u202e\n'.repeat(200_000)) }],
    ['in the stack of an error', { err: Object.assign(new Error('no'), { stack: `Error: no\n    at ${agent}\n    at ${agent}` }) }],
  ])('%s makes a short line', (_, fields) => {
    const lines = written((log) => log.error(fields, 'door.knocked'))
    expectHarmless(lines)
    expect(lines[0]?.length).toBeLessThan(longestLine)
  })
})

test('numbers, answers and nothing stay what they are', () => {
  const told = expectHarmless(
    written((log) => log.info({ n: 3, yes: true, none: null, sizes: [1, 2], at: { port: 8000 } }, 'door.knocked')),
  )
  expect(told).toMatchObject({ n: 3, yes: true, none: null, sizes: [1, 2], at: { port: 8000 } })
})

test('whatever a stranger sends, the journal of the house has short lines that are JSON', async () => {
  await using house = await openHouse()
  house.elysia.post('/explode', async ({ request }) => {
    throw new Error(`${request.headers.get('x-told')} ${await request.text()}`)
  })
  const { origin } = house.door
  for (const [, text] of texts) {
    const headers = { origin, 'user-agent': 'M'.repeat(1_000_000), 'x-told': encodeURIComponent(text) }
    await house.door.fetch('/entrar', { method: 'POST', headers, body: new URLSearchParams({ usuario: text, clave: text }) })
    await house.door.fetch('/explode', { method: 'POST', headers, body: new URLSearchParams({ [text]: text }) })
    await house.door.fetch(`/archivos/${encodeURIComponent(text)}`, { headers })
  }
  const lines = house.journalText().trimEnd().split('\n')
  expect(lines.length).toBeGreaterThanOrEqual(texts.length)
  for (const line of lines) {
    expectHarmless([line])
    expect(line.length).toBeLessThan(longestLine)
  }
})
