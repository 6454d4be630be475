// SPDX-License-Identifier: GPL-3.0-or-later
import type { Clock, SocketAddress } from '../../core'

/** Why a scanner gave no answer that says something about a file. */
export type Silence = 'absent' | 'loading' | 'stalled' | 'slow' | 'cut' | 'garbled' | 'blind'

export class ScannerSilent extends Error {
  override readonly name = 'ScannerSilent'
  constructor(
    readonly silence: Silence,
    detail = '',
  ) {
    super(detail ? `${silence}: ${detail}` : silence)
  }
}

/** Milliseconds. */
export interface ClamdLimits {
  /** Until it has accepted the connection, and until it answers a question about itself. */
  scanConnect: number
  /** Without taking a single byte while a file is sent. */
  scanStall: number
  /** For one file, from the connection to the verdict. */
  scanTotal: number
}

interface Options {
  address: SocketAddress
  clock: Clock
  limits: ClamdLimits
  /** Ends every conversation under way. */
  signal?: AbortSignal
}

const longestReply = 64 * 1024

/**
 * One command over a connection of its own: `zINSTREAM` with a body in chunks (each after its length, four bytes, big-endian; an empty one
 * ends it), or a question. Answers the reply without its NUL, also when it came before everything was sent: over its limit clamd says
 * so and closes. Rejects with `ScannerSilent` for everything else.
 */
export async function askClamd(
  { address, clock, limits, signal }: Options,
  command: 'PING' | 'VERSION' | 'INSTREAM',
  body?: AsyncIterable<Uint8Array>,
): Promise<string> {
  // Whoever is told first decides; later news of the same connection are no news.
  const heard = Promise.withResolvers<string>()
  const fail = (silence: Silence, detail?: string) => heard.reject(new ScannerSilent(silence, detail))
  let over = false
  const end = () => {
    over = true
  }
  const done = heard.promise.then(end, end)
  let drained = Promise.withResolvers<void>()
  let connected = false
  let text = ''

  const cancels = [
    clock.after(limits.scanConnect, () => {
      if (!connected) fail('absent', 'no connection')
      else if (!body) fail('loading', `no answer to ${command}`)
    }),
    clock.after(limits.scanTotal, () => fail('slow', `no verdict within ${limits.scanTotal} ms`)),
  ]
  const stop = () => fail('cut', 'PiChat stops')
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop)

  // Bun's own sockets: those of node:net throw away a reply that stands in the buffer when the next write finds the other side gone.
  const opening = open(address, {
    data(_socket, bytes) {
      text += bytes.toString('latin1')
      const last = text.indexOf('\0')
      if (last >= 0) heard.resolve(text.slice(0, last))
      else if (text.length > longestReply) fail('garbled', 'a reply without end')
    },
    drain: () => drained.resolve(),
    close: () => fail('cut'),
    error: (_socket, error) => fail('cut', error.message),
    connectError: (_socket, error) => fail('absent', error.message),
  })
  opening.then(
    (socket) => {
      connected = true
      if (over) socket.terminate()
    },
    (error: unknown) => fail('absent', error instanceof Error ? error.message : ''),
  )
  try {
    const socket = await Promise.race([opening, done.then(() => null)]).catch(() => null)
    if (socket) {
      try {
        await send(socket, Buffer.from(`z${command}\0`, 'latin1'))
        if (body) await sendBody(socket, body)
        return await heard.promise
      } finally {
        socket.terminate()
      }
    }
    return await heard.promise
  } finally {
    for (const cancel of cancels) cancel()
    signal?.removeEventListener('abort', stop)
  }

  async function sendBody(socket: Socket, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      if (chunk.byteLength === 0) continue
      const length = Buffer.alloc(4)
      length.writeUInt32BE(chunk.byteLength)
      await send(socket, length)
      await send(socket, chunk)
      if (over) return
    }
    await send(socket, Buffer.alloc(4))
  }

  /** Waits while the other side takes nothing, so that memory holds one chunk. */
  async function send(socket: Socket, bytes: Uint8Array): Promise<void> {
    for (let sent = 0; !over; ) {
      drained = Promise.withResolvers()
      // Less than nothing: the other side is gone. What it said before, and that it closed, is still to be heard.
      sent += Math.max(0, socket.write(bytes.subarray(sent)))
      if (sent >= bytes.byteLength) return
      const cancel = clock.after(limits.scanStall, () => fail('stalled', `took nothing for ${limits.scanStall} ms`))
      await Promise.race([drained.promise, done])
      cancel()
    }
  }
}

type Socket = Bun.Socket<undefined>

function open(address: SocketAddress, socket: Bun.SocketHandler<undefined>): Promise<Socket> {
  return 'path' in address
    ? Bun.connect({ unix: address.path, socket })
    : Bun.connect({ hostname: address.host, port: address.port, socket })
}
