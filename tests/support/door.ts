// SPDX-License-Identifier: GPL-3.0-or-later
//
// The doors a test knocks on: the app object without a network, a running server, a bare TCP connection for what no client library would
// send, and a socket whose Origin and cookies the test chooses.
import { connect } from 'node:net'
import { paced, soon, until } from './until'

/** Anything that answers requests: the composed app (`app.handle`) or a server behind an origin. */
export interface Door {
  origin: string
  fetch(path: string, init?: RequestInit): Promise<Response>
}

/** Without a network: what `createApp` answers with. */
export function innerDoor(app: { handle(request: Request): Response | Promise<Response> }, origin = 'http://localhost'): Door {
  return {
    origin,
    async fetch(path, init) {
      const headers = new Headers(init?.headers)
      if (!headers.has('host')) headers.set('host', new URL(origin).host)
      return app.handle(new Request(new URL(path, origin), { ...init, headers }))
    },
  }
}

/** Through the network; redirects are answers, not orders. */
export function networkDoor(origin: string): Door {
  return { origin, fetch: (path, init) => fetch(new URL(path, origin), { redirect: 'manual', ...init }) }
}

export interface RawAnswer {
  /** 0 when the server closed without a word. */
  status: number
  headers: Headers
  body: string
  text: string
  /** True when the server ended the connection. */
  closed: boolean
}

interface RawOptions {
  /** Resolve as soon as a whole head has come, or only when the server closes. */
  wait?: 'head' | 'close'
  within?: number
  /** Instead of everything at once: so many bytes every so many milliseconds. */
  drip?: { bytes: number; every: number }
  /** Close our half after the last byte: nothing more will come. */
  end?: boolean
}

/** Sends exactly these bytes and reads what comes. Line ends are the caller's business. */
export async function raw(
  port: number,
  bytes: string | Uint8Array,
  { wait = 'close', within = 5_000, drip, end = false }: RawOptions = {},
): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1')
  const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)
  let text = ''
  let closed = false
  const over = new Promise<void>((resolve) => {
    socket.setEncoding('latin1')
    socket.on('data', (part: string) => {
      text += part
      if (wait === 'head' && text.includes('\r\n\r\n')) resolve()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      closed = true
      resolve()
    })
  })
  let sent = 0
  if (drip) {
    void paced(drip.every, () => {
      if (closed || sent >= data.length) return false
      socket.write(data.subarray(sent, sent + drip.bytes))
      sent += drip.bytes
      return true
    })
  } else if (end) socket.end(data)
  else socket.write(data)
  try {
    await soon('the end of a raw exchange', over, { within })
    return readRaw(text, closed)
  } finally {
    socket.destroy()
  }
}

export function readRaw(text: string, closed: boolean): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = new Headers()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n'), text, closed }
}

/** A request line and headers as text; `undefined` leaves the header out, a list sends it several times. */
export function requestText(
  method: string,
  path: string,
  headers: Record<string, string | readonly string[] | undefined>,
  body = '',
): string {
  const lines = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return []
    return typeof value === 'string' ? [`${name}: ${value}`] : value.map((one) => `${name}: ${one}`)
  })
  return `${method} ${path} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`
}

/** Asks for a socket and answers the status: 101, or the refusal. A WebSocket object would hide it. */
export function knockSocket(origin: string, path: string, headers: Record<string, string | undefined> = {}): Promise<RawAnswer> {
  const { port, host } = new URL(origin)
  const asked = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    Origin: origin,
    ...headers,
  }
  return raw(Number(port), requestText('GET', path, asked), { wait: 'head' })
}

export interface Line<Frame> {
  /** Every frame so far, oldest first. */
  frames: Frame[]
  send(frame: unknown): void
  /** The first frame, past or future, that `matches`. */
  next(matches: (frame: Frame) => boolean, within?: number): Promise<Frame>
  closed: Promise<{ code: number; reason: string }>
  close(code?: number): void
  socket: WebSocket
}

/** Bun's WebSocket sends the headers it is given; the DOM's types, which `web/` needs, know nothing of that. */
type SocketWithHeaders = new (url: URL, options: { headers: Record<string, string> }) => WebSocket

/** A socket under `bun test` with the Origin and cookies of the caller's choice; resolves when it is open. */
export async function openSocket<Frame = Record<string, unknown>>(
  origin: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Line<Frame>> {
  const socket = new (WebSocket as unknown as SocketWithHeaders)(new URL(path, origin.replace('http', 'ws')), {
    headers: { origin, ...headers },
  })
  const frames: Frame[] = []
  socket.onmessage = ({ data }) => frames.push(typeof data === 'string' ? JSON.parse(data) : data)
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason })
  })
  const opened = new Promise<void>((resolve, refuse) => {
    socket.onopen = () => resolve()
    socket.onerror = () => refuse(new Error(`No socket at ${path}`))
  })
  await soon(
    `the socket ${path} to open`,
    Promise.race([opened, closed.then(({ code }) => Promise.reject(new Error(`${path} closed at once with ${code}`)))]),
  )
  return {
    frames,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next: (matches, within = 5_000) =>
      until(`a frame of ${path}; had: ${JSON.stringify(frames).slice(0, 500)}`, () => frames.find(matches), { within }),
    closed,
    close: (code) => socket.close(code),
    socket,
  }
}
