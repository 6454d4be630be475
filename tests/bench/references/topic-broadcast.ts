// SPDX-License-Identifier: GPL-3.0-or-later
//
// Nothing but Bun: whatever somebody says goes to everybody in the room, in a frame of the size that PiChat's frames have. No accounts, no
// rules, no history, no answer to who said it.
interface Seat {
  room: string
}

const size = Number(process.env.BENCH_FRAME_BYTES ?? 0)
const topics = new Map<string, string>()

const server = Bun.serve<Seat>({
  hostname: process.env.PICHAT_HOST,
  port: process.env.PICHAT_PORT,
  fetch(request, server) {
    const { pathname } = new URL(request.url)
    if (pathname === '/salud') return new Response('bien')
    const room = pathname.slice(1)
    return server.upgrade(request, { data: { room } }) ? undefined : new Response(null, { status: 400 })
  },
  websocket: {
    perMessageDeflate: false,
    backpressureLimit: 1 << 20,
    closeOnBackpressureLimit: true,
    open(socket) {
      const { room } = socket.data
      topics.set(room, room)
      socket.subscribe(room)
    },
    message(socket, said) {
      server.publish(socket.data.room, (said as string) + padding((said as string).length))
    },
  },
})

const paddings = new Map<number, string>()

function padding(length: number): string {
  let known = paddings.get(length)
  if (known === undefined) {
    known = '-'.repeat(Math.max(0, size - length))
    paddings.set(length, known)
  }
  return known
}
