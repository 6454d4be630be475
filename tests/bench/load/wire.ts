// SPDX-License-Identifier: GPL-3.0-or-later
//
// WebSocket (RFC 6455) by hand: thousands of lines in one process, frames read where they lie. A browser's client would cost more than
// the server that is measured.
import type { Socket } from 'bun'

export interface Address {
  port: number
  /** One of the loopback's; left out: 127.0.0.1. */
  host?: string
  path: string
  headers: Readonly<Record<string, string>>
}

/** A text frame of the server: the bytes from `start` to `end`. The buffer is valid during the call only. */
export type OnText = (wire: Wire, bytes: Buffer, start: number, end: number) => void

export interface Wire {
  readonly index: number
  send(text: string): void
  /** Several frames in one write. */
  sendAll(texts: readonly string[]): void
  close(): void
  readonly closed: Promise<string>
}

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const
const nothing: Buffer = Buffer.alloc(0)

/** Resolves when the server has switched protocols, refuses with its answer when it has not. */
export function openWire(index: number, { port, host = '127.0.0.1', path, headers }: Address, onText: OnText): Promise<Wire> {
  return new Promise((resolve, refuse) => {
    let open = false
    let rest = nothing
    /** What the kernel would not take yet; bounded by what a round sends. */
    let unsent = nothing
    let ended: (why: string) => void
    const closed = new Promise<string>((end) => {
      ended = end
    })
    let raw: Socket | undefined
    const wire: Wire = {
      index,
      closed,
      send: (text) => write(frame(opcodes.text, Buffer.from(text))),
      sendAll: (texts) => write(Buffer.concat(texts.map((text) => frame(opcodes.text, Buffer.from(text))))),
      close: () => raw?.end(),
    }

    function write(bytes: Buffer): void {
      const all = unsent.length > 0 ? Buffer.concat([unsent, bytes]) : bytes
      unsent = all.subarray(Math.max(0, raw?.write(all) ?? 0))
    }

    function fail(why: string): void {
      ended(why)
      if (!open) refuse(new Error(`No socket at ${path}: ${why}`))
    }

    function readHead(): void {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = rest.toString('latin1', 0, end)
      if (!head.startsWith('HTTP/1.1 101')) {
        fail(head.split('\r\n', 1)[0] ?? '')
        raw?.end()
        return
      }
      open = true
      rest = rest.subarray(end + 4)
      resolve(wire)
    }

    function readFrames(): void {
      let at = 0
      for (;;) {
        if (rest.length - at < 2) break
        let length = rest[at + 1]! & 127
        let start = at + 2
        if (length === 126) {
          if (rest.length - at < 4) break
          length = rest.readUInt16BE(at + 2)
          start = at + 4
        } else if (length === 127) {
          if (rest.length - at < 10) break
          length = Number(rest.readBigUInt64BE(at + 2))
          start = at + 10
        }
        const end = start + length
        if (rest.length < end) break
        const opcode = rest[at]! & 15
        if (opcode === opcodes.text) onText(wire, rest, start, end)
        else if (opcode === opcodes.ping) write(frame(opcodes.pong, rest.subarray(start, end)))
        else if (opcode === opcodes.close) ended(`closed with ${length >= 2 ? rest.readUInt16BE(start) : 'no code'}`)
        at = end
      }
      // A copy: what is left must not hold the whole chunk.
      rest = at === rest.length ? nothing : Buffer.from(rest.subarray(at))
    }

    Bun.connect({
      hostname: host,
      port,
      socket: {
        open(socket) {
          raw = socket
          socket.write(upgrade({ port, host, path, headers }))
        },
        data(_socket, chunk) {
          rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
          if (!open) readHead()
          if (open) readFrames()
        },
        drain() {
          write(nothing)
        },
        close: () => fail('closed by the server'),
        error: (_socket, error) => fail(error.message),
        connectError: (_socket, error) => fail(error.message),
      },
    }).catch((error: Error) => fail(error.message))
  })
}

function upgrade({ port, host, path, headers }: Required<Address>): string {
  const sent = {
    Host: `${host}:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    Origin: `http://${host}:${port}`,
    ...headers,
  }
  return `GET ${path} HTTP/1.1\r\n${Object.entries(sent)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
}

/** A client's frame is masked (§5.3); the mask of four zeros leaves it as it is. */
function frame(opcode: number, payload: Buffer): Buffer {
  const wide = payload.length > 125
  const head = Buffer.alloc(wide ? 8 : 6)
  head[0] = 128 | opcode
  head[1] = 128 | (wide ? 126 : payload.length)
  if (wide) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
