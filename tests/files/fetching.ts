// SPDX-License-Identifier: GPL-3.0-or-later
//
// A client of HTTP that does what browsers and download managers do and `fetch` cannot: it stops in the middle, holds a connection open
// without reading, and comes from another address.
import { connect } from 'node:net'
import type { Drop } from './drop'

interface Fetching {
  path: string
  headers?: Record<string, string>
  /** One of the loopback's. */
  from?: string
  /** Bytes of the body after which it hangs up; left out: all of it. */
  stopAfter?: number
  /** Takes the head and then nothing more until `goOn`. */
  hold?: boolean
}

export interface Fetched {
  status: number
  head: string
  body: number
}

export interface Client {
  /** The head has come. */
  begun: Promise<Fetched>
  /** Everything has come, or the connection is gone. */
  ended: Promise<Fetched>
  goOn(): void
  hangUp(): void
}

export function fetching(drop: Drop, { path, headers = {}, from = '127.0.0.1', stopAfter, hold = false }: Fetching): Client {
  const seen: Fetched = { status: 0, head: '', body: 0 }
  let text = ''
  let length = Number.POSITIVE_INFINITY
  let holding = hold
  const begun = Promise.withResolvers<Fetched>()
  const ended = Promise.withResolvers<Fetched>()
  const sent = { host: `localhost:${drop.port}`, accept: '*/*', ...headers }
  const socket = connect({ port: drop.port, host: '127.0.0.1', localAddress: from })

  function readHead(chunk: Buffer): void {
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) return
    seen.head = text.slice(0, end).toLowerCase()
    seen.status = Number(seen.head.slice(9, 12))
    length = Number(/\r\ncontent-length: (\d+)/.exec(seen.head)?.[1] ?? Number.POSITIVE_INFINITY)
    seen.body = text.length - end - 4
    begun.resolve(seen)
  }

  socket.once('connect', () => {
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
  })
  const isDone = () => seen.body >= Math.min(length, stopAfter ?? Number.POSITIVE_INFINITY)
  socket.on('data', (chunk: Buffer) => {
    if (seen.status === 0) readHead(chunk)
    else seen.body += chunk.length
    if (holding && seen.status !== 0) socket.pause()
    else if (isDone()) socket.destroy()
  })
  socket.on('error', () => {})
  socket.once('close', () => {
    begun.resolve(seen)
    ended.resolve(seen)
  })
  return {
    begun: begun.promise,
    ended: ended.promise,
    goOn() {
      holding = false
      if (isDone()) socket.destroy()
      else socket.resume()
    },
    hangUp: () => socket.destroy(),
  }
}
