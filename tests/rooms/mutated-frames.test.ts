// SPDX-License-Identifier: GPL-3.0-or-later
//
// A million frames that are nearly right: none of them may be taken for something it is not, none may end the process. Seeded.
import { expect, test } from 'bun:test'
import { readFrame } from '../../src/rooms/live/frames'
import { clientFrames } from '../../src/rooms/protocol'
import { type Random, seededRandom } from '../support/payloads'
import { until } from '../support/until'
import { messages, openRooms, roomOf, sitDown } from './house'

const right: readonly string[] = [
  '{"t":"hola","desde":12,"epoca":"0123456789abcdef"}',
  '{"t":"decir","cid":"c-1_A","texto":"hola a todos","respuestaA":"3","archivo":"0123456789abcdef"}',
  '{"t":"editar","id":"7","texto":"otra cosa"}',
  '{"t":"borrar","id":"7"}',
  '{"t":"reaccion","id":"7","emoji":"👍"}',
  '{"t":"escribiendo"}',
  '{"t":"visto","n":9}',
]
const values = [
  'null',
  'true',
  '-1',
  '1e999',
  '0.5',
  '""',
  '[]',
  '{}',
  '"\\u0000"',
  '"\\ud800"',
  '9007199254740993',
  '{"toString":1}',
] as const
const keys = ['__proto__', 'constructor', 'toString', 't', 'cid', 'id', 'n', 'texto', ''] as const

/** One to three small changes: a sign, a piece, a value, a field, a stretch of another frame. */
function mutate(frame: string, random: Random): string {
  let text = frame
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const at = random.integer(text.length + 1)
    const end = at + random.integer(8)
    switch (random.integer(7)) {
      case 0:
        text = text.slice(0, at) + String.fromCharCode(random.integer(random.integer(4) === 0 ? 65_536 : 128)) + text.slice(at)
        break
      case 1:
        text = text.slice(0, at) + text.slice(end)
        break
      case 2:
        text = text.slice(0, end) + text.slice(at)
        break
      case 3:
        text = text.replace(/:("[^"]*"|\d+)/, `:${random.pick(values)}`)
        break
      case 4:
        text = text.replace('{', `{"${random.pick(keys)}":${random.pick(values)},`)
        break
      case 5:
        text = text.slice(0, at) + random.pick(right).slice(at)
        break
      default:
        text = text.replace(/"t":"\w+"/, `"t":"${random.pick(Object.keys(clientFrames))}"`)
    }
  }
  return text
}

test('a million mutated frames are read as what they are, or as nothing', () => {
  const random = seededRandom('mutated frames')
  const taken = new Map<string, number>()
  for (let turn = 0; turn < 1_000_000; turn++) {
    const text = mutate(right[turn % right.length] as string, random)
    const frame = readFrame(text)
    if (!frame) continue
    taken.set(frame.t, (taken.get(frame.t) ?? 0) + 1)
    const fields = clientFrames[frame.t].properties
    const strange = Object.keys(frame).filter((key) => !Object.hasOwn(fields, key))
    if (strange.length > 0 || Object.getPrototypeOf(frame) !== Object.prototype) throw new Error(`taken as ${frame.t}: ${text}`)
    const number = 'n' in frame ? frame.n : 'desde' in frame ? frame.desde : 0
    if (!Number.isSafeInteger(number) || (number as number) < 0) throw new Error(`a number that is none: ${text}`)
    if ('cid' in frame && !/^[A-Za-z0-9_-]{1,64}$/.test(frame.cid)) throw new Error(`a cid that is none: ${text}`)
    if ('texto' in frame && typeof frame.texto !== 'string') throw new Error(`a text that is none: ${text}`)
  }
  // Small changes leave some of them right; of every kind.
  expect([...taken.keys()].toSorted()).toEqual(Object.keys(clientFrames).toSorted())
}, 120_000)

test('fifty thousand of them over sockets leave the house standing, and what was said in it', async () => {
  const random = seededRandom('mutated frames over sockets')
  const free = { messagesPerSecond: 0, messageStrikes: Number.MAX_SAFE_INTEGER }
  await using house = await openRooms({ limits: free })
  const code = await roomOf(house, [house.beto], { historial: 'efimera' })
  const beto = await sitDown(house.beto, code)
  const ana = await sitDown(house.ana, code)
  for (let turn = 0; turn < 50_000; turn++) {
    ana.socket.send(mutate(random.pick(right), random))
    // Who never looks at what comes back is closed for that, which is another test.
    if (turn % 500 === 499) {
      ana.send({ t: 'decir', cid: `pausa${turn}`, texto: 'pausa' })
      await ana.next((frame) => frame.t === 'ok' && frame.cid === `pausa${turn}`)
    }
  }
  beto.send({ t: 'decir', cid: 'fin', texto: 'sigo aquí' })
  await beto.next((frame) => frame.t === 'ok' && frame.cid === 'fin')
  await until('that ana hears it', () => messages(ana).some(({ cid }) => cid === 'fin'))
  expect(house.journalText()).not.toContain('socket.failed')
}, 120_000)
