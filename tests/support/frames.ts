// SPDX-License-Identifier: GPL-3.0-or-later
//
// A socket that speaks WebSocket byte by byte, for frames that no library would send and for readers that never read (RFC 6455 §5.2).
import { connect, type Socket } from 'node:net'
import { requestText } from './door'
import { soon } from './until'

interface Frame {
  /** 1 text, 2 binary, 0 continuation, 8 close, 9 ping, 10 pong. */
  opcode: number
  payload?: string | Uint8Array
  fin?: boolean
  /** Reserved bits, 0 to 7. */
  reserved?: number
  masked?: boolean
  /** The length to declare, when it is not the payload's. */
  declared?: bigint
}

/** The bytes of a frame as a client sends it, with whatever is wrong about it. */
export function frameBytes({ opcode, payload = '', fin = true, reserved = 0, masked = true, declared }: Frame): Buffer {
  const body = Buffer.from(payload as string)
  const length = declared ?? BigInt(body.length)
  const head = [(fin ? 0x80 : 0) | (reserved << 4) | opcode]
  const mask = masked ? 0x80 : 0
  if (length < 126n) head.push(mask | Number(length))
  else if (length < 65_536n) head.push(mask | 126, Number(length >> 8n), Number(length & 255n))
  else {
    head.push(mask | 127)
    for (let shift = 56n; shift >= 0n; shift -= 8n) head.push(Number((length >> shift) & 255n))
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from(head), Buffer.from(masked ? [0, 0, 0, 0] : []), body])
}

export interface RawSocket {
  write(bytes: Uint8Array): void
  /** The code with which the server closed; 1006 when it hung up without a word. */
  closed(within?: number): Promise<number>
  /** Stops reading, as a phone out of reach would. */
  pause(): void
  resume(): void
  /** Bytes read so far, frames with their heads. */
  received(): number
  socket: Socket
  destroy(): void
}

/** Asks for a socket and answers it open; fails when the server does not say 101. */
export async function openRawSocket(origin: string, path: string, headers: Record<string, string> = {}): Promise<RawSocket> {
  const { port, host } = new URL(origin)
  const socket = connect(Number(port), '127.0.0.1')
  let bytes = Buffer.alloc(0)
  let total = 0
  let open = false
  let opened = (_: boolean) => {}
  const upgrade = new Promise<boolean>((resolve) => {
    opened = resolve
  })
  const over = new Promise<number>((resolve) => socket.once('close', () => resolve(closeCodeOf(bytes) ?? 1006)))
  socket.on('error', () => undefined)
  socket.on('data', (part: Buffer) => {
    total += part.length
    // Only the end is needed: the close frame is the last one.
    bytes = Buffer.concat([bytes, part]).subarray(-4_096)
    if (open) return
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return
    open = true
    opened(bytes.toString('latin1', 0, 12) === 'HTTP/1.1 101')
    bytes = bytes.subarray(end + 4)
    total = bytes.length
  })
  const asked = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    Origin: origin,
    ...headers,
  }
  socket.write(requestText('GET', path, asked))
  if (!(await soon(`the socket ${path} to open`, Promise.race([upgrade, over.then(() => false)])))) {
    socket.destroy()
    throw new Error(`No socket at ${path}: ${bytes.toString('latin1', 0, 40)}`)
  }
  return {
    write: (frame) => void socket.write(frame),
    closed: (within = 5_000) => soon(`${path} to be closed by the server`, over, { within }),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    received: () => total,
    socket,
    destroy: () => void socket.destroy(),
  }
}

/** Walks over the frames that came and answers the code of the close frame among them. */
function closeCodeOf(bytes: Buffer): number | null {
  let at = 0
  while (at + 2 <= bytes.length) {
    const opcode = (bytes[at] ?? 0) & 15
    const short = (bytes[at + 1] ?? 0) & 127
    const head = short === 127 ? 10 : short === 126 ? 4 : 2
    const length = short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short === 126 ? bytes.readUInt16BE(at + 2) : short
    if (opcode === 8) return length >= 2 ? bytes.readUInt16BE(at + head) : 1005
    at += head + length
  }
  return null
}
