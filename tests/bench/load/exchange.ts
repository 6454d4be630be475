// SPDX-License-Identifier: GPL-3.0-or-later
//
// HTTP/1.1 by hand on one kept connection: a request, its answer, the next request. Bodies are counted and thrown away.
import type { Socket } from 'bun'

export interface Request {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** Instead of a body: so many bytes of noise, made while they are sent. */
  noise?: number
  /** The answer is short and wanted. */
  keep?: boolean
}

export interface Outcome {
  status: number
  bytes: number
  /** Of the answer, where it was to be kept. */
  text: string
  /** Its `Location`, where it says one. */
  location: string | null
  /** Milliseconds until the first byte of the answer. */
  first: number
}

export interface Line {
  ask(request: Request): Promise<Outcome>
  hangUp(): void
}

const block = Buffer.alloc(256 * 1024)
for (let at = 0; at < block.length; at += 4) block.writeUInt32LE((at * 2654435761) >>> 0, at)

export function call(port: number, host = '127.0.0.1'): Line {
  let socket: Socket | undefined
  let head: Buffer = Buffer.alloc(0)
  let status = 0
  /** Bytes of the body still to come; -1 while the head is read. */
  let left = -1
  let bytes = 0
  let closing = false
  let pending: Buffer = Buffer.alloc(0)
  let noise = 0
  let keeping = false
  let text = ''
  let location: string | null = null
  let asked = 0
  let first = 0
  let settle: { resolve: (outcome: Outcome) => void; refuse: (error: Error) => void } | undefined

  function push(): void {
    while (socket) {
      if (pending.length > 0) {
        pending = pending.subarray(Math.max(0, socket.write(pending)))
        if (pending.length > 0) return
      }
      if (noise === 0) return
      pending = block.subarray(0, Math.min(block.length, noise))
      noise -= pending.length
    }
  }

  function finish(): void {
    left = -1
    head = Buffer.alloc(0)
    const outcome = { status, bytes, text, location, first }
    if (closing) drop()
    settle?.resolve(outcome)
  }

  function drop(): void {
    socket?.end()
    socket = undefined
  }

  function data(from: Socket, chunk: Buffer): void {
    if (from !== socket) return
    let body = chunk
    if (left < 0) {
      if (head.length === 0) first = performance.now() - asked
      head = head.length > 0 ? Buffer.concat([head, chunk]) : chunk
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const lines = head.toString('latin1', 0, end)
      status = Number(lines.slice(9, 12))
      left = Number(/\r\ncontent-length: *(\d+)/i.exec(lines)?.[1] ?? 0)
      closing = /\r\nconnection: *close/i.test(lines)
      location = /\r\nlocation: *(\S+)/i.exec(lines)?.[1] ?? null
      body = head.subarray(end + 4)
    }
    bytes += body.length
    if (keeping) text += body.toString()
    left -= body.length
    if (left <= 0) finish()
  }

  async function connect(): Promise<void> {
    socket = await Bun.connect({
      hostname: host,
      port,
      socket: {
        data,
        drain: push,
        close(from) {
          if (from !== socket) return
          socket = undefined
          settle?.refuse(new Error('The server hung up'))
        },
        error: (_from, error) => settle?.refuse(error),
      },
    })
  }

  return {
    async ask({ method, path, headers = {}, body = '', noise: wanted = 0, keep = false }) {
      if (!socket) await connect()
      const origin = `http://${host}:${port}`
      const length = wanted || Buffer.byteLength(body)
      const sent: Record<string, string> = { Host: `${host}:${port}`, Origin: origin, ...headers }
      if (method !== 'GET' && method !== 'HEAD') sent['Content-Length'] = String(length)
      const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}\r\n`)
      bytes = 0
      left = -1
      text = ''
      keeping = keep
      pending = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
      noise = wanted
      asked = performance.now()
      return new Promise<Outcome>((resolve, refuse) => {
        settle = { resolve, refuse }
        push()
      })
    },
    hangUp: drop,
  }
}
