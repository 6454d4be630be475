// SPDX-License-Identifier: GPL-3.0-or-later

import { startAppliance } from '../../support/appliance'
import { type Figure, percentile, show } from '../figure'
import { openWire } from '../load/wire'
import { fillRoom } from '../million'
import { type Stage, unlimited } from '../stage'

const bars = { search: 50, catchUp: 5 }
/** What somebody missed, in messages. */
const missed = 20
const samples = 200

/** A room in which a million things were said: coming back to it, and finding one of them. */
export async function million(stage: Stage): Promise<Figure> {
  const data = await stage.dataFor('million')
  const { total, words } = fillRoom(data, stage.codeOf('slow'))
  await using box = await startAppliance({ program: stage.program, data, env: unlimited, within: 60_000 })
  const seats = stage.seats(box.port, 'slow')
  const path = seats[0]!.path.replace(/\/vivo$/, '')
  const page = await (await fetch(box.origin + path, { headers: seats[0]!.headers })).text()
  const epoca = /data-epoca="([^"]+)"/.exec(page)?.[1] ?? ''

  const catchUps: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    catchUps.push(await comeBack(seats[sample % seats.length]!, { desde: total - missed, epoca }))
  }
  const kinds = [
    ['two frequent words', () => `${pick(words, 0, 30)} ${pick(words, 0, 30)}`],
    ['a rare word', () => pick(words, 2_000, words.length)],
    ['the beginning of a word, of two signs', () => pick(words, 0, words.length).slice(0, 2)],
    ['a frequent word and one that nobody said', () => `${pick(words, 0, 10)} xyzzy`],
  ] as const
  const searches: { what: string; taken: number[] }[] = []
  let turn = 0
  for (const [what, query] of kinds) {
    const taken: number[] = []
    // A person may search twenty times in a row.
    for (let sample = 0; sample < samples / kinds.length; sample++) {
      const address = `${box.origin}/buscar?q=${encodeURIComponent(query())}`
      const headers = { ...seats[turn++ % seats.length]!.headers, Accept: 'application/json' }
      const begin = performance.now()
      const answer = await fetch(address, { headers })
      await answer.arrayBuffer()
      if (answer.status !== 200) throw new Error(`A search answered ${answer.status}`)
      taken.push(performance.now() - begin)
    }
    searches.push({ what, taken })
  }
  return {
    title: `A room of ${show(total)} messages`,
    rows: [
      row(`catch-up of ${missed} messages, from \`hola\` to \`lista\``, catchUps, bars.catchUp),
      ...searches.map(({ what, taken }) => row(`search: ${what}`, taken, bars.search)),
    ],
    notes: [
      `Medians and p99, over the network of this machine, answer drawn and read. ${show(words.length)} different words, as frequent as words are (Zipf); all of it is one room with ${seats.length} members.`,
    ],
  }
}

function row(what: string, taken: readonly number[], bar: number) {
  const median = percentile(taken, 0.5)
  return {
    what,
    pichat: `${show(median, 'ms')} (p99 ${show(percentile(taken, 0.99), 'ms')})`,
    reference: '',
    ratio: '',
    bar: `< ${bar} ms`,
    holds: median < bar,
  }
}

function pick(words: readonly string[], from: number, to: number): string {
  return words[from + Math.floor(Math.random() * (to - from))] ?? ''
}

/** Milliseconds from the greeting to the end of its answer, over a socket that is open already. */
async function comeBack(seat: Parameters<typeof openWire>[1], { desde, epoca }: { desde: number; epoca: string }): Promise<number> {
  const over = Promise.withResolvers<number>()
  let told = 0
  const wire = await openWire(0, seat, (_, bytes, start, end) => {
    const head = bytes.toString('latin1', start, Math.min(end, start + 24))
    if (head.startsWith('{"t":"cambio"') && !head.startsWith('{"t":"cambio","n":0,')) told++
    else if (head.startsWith('{"t":"hueco"')) over.reject(new Error('The room has forgotten'))
    else if (head.startsWith('{"t":"lista"')) over.resolve(performance.now())
  })
  const begin = performance.now()
  wire.send(JSON.stringify({ t: 'hola', desde, epoca }))
  const end = await over.promise
  wire.close()
  if (told < missed) throw new Error(`Only ${told} of ${missed} were told`)
  return end - begin
}
