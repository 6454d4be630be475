// SPDX-License-Identifier: GPL-3.0-or-later
//
// A process of its own that says things and counts what is acknowledged: only what the server has promised to keep.
import { answer } from './errand'
import { type Address, openWire, type Wire } from './wire'

export interface Saying {
  seats: Address[]
  greeting: string
  /** A frame that carries a text: the first `@` becomes the client's id for it, `#` the text. */
  saying: string
  bytes: number
  milliseconds: number
}

export interface Poured {
  acknowledged: number
  refused: number
  seconds: number
}

export interface Flooded {
  sent: number
  closed: number
}

const ok = Buffer.from('{"t":"ok"')
const no = Buffer.from('{"t":"no"')
let serial = 0

answer({
  /** As much as goes, with `ahead` texts of each seat under way. */
  async pour({ ahead, ...given }: Saying & { ahead: number }): Promise<Poured> {
    const tally = { acknowledged: 0, refused: 0 }
    let over = false
    const wires = await enter(given, (wire, accepted) => {
      if (accepted) tally.acknowledged++
      else tally.refused++
      if (!over) wire.send(phrase(given))
    })
    const begin = performance.now()
    for (const wire of wires) wire.sendAll(Array.from({ length: ahead }, () => phrase(given)))
    await Bun.sleep(given.milliseconds)
    over = true
    const done = { ...tally, seconds: (performance.now() - begin) / 1000 }
    for (const wire of wires) wire.close()
    return done
  },

  /** So many a second whatever is answered, from one seat that is taken again whenever it is lost. */
  async flood({ perSecond, ...given }: Saying & { perSecond: number }): Promise<Flooded> {
    const every = 10
    const flooded = { sent: 0, closed: 0 }
    const begin = performance.now()
    let open = false
    let wire: Wire | undefined
    for (let turn = 0; turn * every < given.milliseconds; turn++) {
      await Bun.sleep(Math.max(0, begin + turn * every - performance.now()))
      if (!open) {
        ;[wire] = await enter(given, () => {})
        open = true
        void wire!.closed.then(() => {
          open = false
          flooded.closed++
        })
      }
      const texts = Array.from({ length: Math.round((perSecond * every) / 1000) }, () => phrase(given))
      wire?.sendAll(texts)
      flooded.sent += texts.length
    }
    wire?.close()
    return flooded
  },

  /** One text at a time at a steady pace; answers the milliseconds until each was acknowledged. */
  async tell({ every, ...given }: Saying & { every: number }): Promise<number[]> {
    const delays: number[] = []
    let left = 0
    const [wire] = await enter(given, () => delays.push(performance.now() - left))
    const begin = performance.now()
    for (let turn = 0; turn * every < given.milliseconds; turn++) {
      await Bun.sleep(Math.max(0, begin + turn * every - performance.now()))
      left = performance.now()
      wire!.send(phrase(given))
      while (delays.length <= turn) await Bun.sleep(1)
    }
    wire!.close()
    return delays
  },
})

async function enter({ seats, greeting }: Saying, settled: (wire: Wire, accepted: boolean) => void): Promise<Wire[]> {
  const wires: Wire[] = []
  for (const [index, seat] of seats.entries()) {
    const wire = await openWire(index, seat, (from, bytes, start) => {
      if (bytes.subarray(start, start + ok.length).equals(ok)) settled(from, true)
      else if (bytes.subarray(start, start + no.length).equals(no)) settled(from, false)
    })
    wire.send(greeting)
    wires.push(wire)
  }
  return wires
}

function phrase({ saying, bytes }: Saying): string {
  return saying.replace('@', `s${process.pid}-${serial}`).replace('#', `n${serial++} `.padEnd(bytes, 'palabra '))
}
