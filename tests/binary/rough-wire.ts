// SPDX-License-Identifier: GPL-3.0-or-later
//
// A browser's socket over a network that is no good: frames come late and now and then out of their order, the line is cut, or goes dead
// without a word.
import type { ClientFrame, ServerFrame } from '../../src/rooms/protocol'
import type { Wire } from '../../web/elements/room/connection'
import type { Random } from '../support/payloads'

export interface RoughWire extends Wire {
  /** The line is cut; what was on its way is lost in both directions, and the browser is told. */
  cut(): void
  /** Nothing passes any more, in both directions or only towards the browser, and nobody is told. */
  deaden(what: 'both' | 'answers'): void
}

interface Options {
  url: string
  headers: Record<string, string>
  random: Random
  /** There is no network: the attempt fails. */
  offline: boolean
  /** Frames come in the order in which they were sent, as they do over a real socket outside an answer to `hola`. */
  orderly: boolean
}

/** Bun's own can be cut as by a cable. */
type BunSocket = WebSocket & { terminate(): void }

/** The longest that a frame is late, in milliseconds. */
const late = 6
/** One change in so many is overtaken by the next frame. */
const overtaken = 10

export function openRoughWire({ url, headers, random, offline, orderly }: Options): RoughWire {
  const arrived: string[] = []
  let dead = false
  let deaf = false
  let over = false
  let delivering = false
  /** An answer to `hola` is under way: what is replayed and what is live may come in any order. */
  let mixed = true
  let socket: BunSocket | undefined

  const wire: RoughWire = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send(text) {
      if (dead || socket?.readyState !== WebSocket.OPEN) return
      if (kindOf(text) === 'hola') mixed = true
      socket.send(text)
    },
    close: hangUp,
    cut() {
      hangUp()
      close(1006)
    },
    deaden(what) {
      deaf = true
      dead ||= what === 'both'
    },
  }

  function hangUp(): void {
    dead = true
    socket?.terminate()
  }

  function close(code: number): void {
    if (over) return
    over = true
    wire.onclose?.({ code } as CloseEvent)
  }

  function arrive(text: string): void {
    if (dead || deaf) return
    const kind = kindOf(text)
    const last = arrived.at(-1)
    if (kind === 'cambio' && mixed) arrived.splice(random.integer(arrived.length + 1), 0, text)
    else if (!orderly && kind === 'cambio' && last && kindOf(last) === kind && random.integer(overtaken) === 0) arrived.splice(-1, 0, text)
    else arrived.push(text)
    if (kind === 'lista') mixed = false
    if (!delivering && !mixed) deliverSoon()
  }

  function deliverSoon(): void {
    delivering = true
    setTimeout(deliver, random.integer(late))
  }

  function deliver(): void {
    delivering = false
    const now = arrived.splice(0, 1 + random.integer(arrived.length))
    for (const data of now) if (!dead && !deaf) wire.onmessage?.({ data } as MessageEvent)
    if (arrived.length > 0) deliverSoon()
  }

  if (offline) {
    setTimeout(() => close(1006))
    return wire
  }
  socket = new WebSocket(url, { headers } as unknown as string[]) as BunSocket
  socket.onopen = (event) => {
    if (!dead) wire.onopen?.(event)
  }
  socket.onmessage = ({ data }) => arrive(String(data))
  socket.onclose = ({ code }) => {
    if (!dead) close(code)
  }
  return wire
}

function kindOf(text: string): (ClientFrame | ServerFrame)['t'] {
  return (JSON.parse(text) as ClientFrame | ServerFrame).t
}
