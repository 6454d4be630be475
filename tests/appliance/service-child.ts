// SPDX-License-Identifier: GPL-3.0-or-later
//
// A service of nothing but an address, run as PiChat is: `bun service-child.ts <data folder>`. What service.test.ts asks of it throws where
// nobody catches: in a timer, in a promise, in an event, in a bare socket.
import { EventEmitter } from 'node:events'
import { readConfig, runService } from '../../src/appliance'
import { systemClock } from '../../src/core'

const [, , data = ''] = process.argv

const faults: Record<string, () => unknown> = {
  '/timer': () =>
    setImmediate(() => {
      throw new Error('thrown in a timer')
    }),
  '/promise': () => void Promise.reject(new Error('thrown in a promise')),
  '/event': () => {
    const emitter = new EventEmitter()
    emitter.on('done', () => {
      throw new Error('thrown in an event')
    })
    process.nextTick(() => emitter.emit('done'))
  },
  '/microtask': () =>
    queueMicrotask(() => {
      throw new Error('thrown in a microtask')
    }),
  '/nothing': () => void Promise.reject(undefined),
  '/later': () =>
    void (async () => {
      await new Promise(setImmediate)
      throw new Error('thrown after a wait')
    })(),
  '/turns': () => {
    const stop = systemClock().every(1, () => {
      stop()
      throw new Error('thrown in an interval')
    })
  },
}

const reading = readConfig([], { PICHAT_DATA: data, PICHAT_HOST: '127.0.0.1', PICHAT_PORT: '0' })
process.exit(
  await runService({
    reading,
    locale: 'en',
    start: async () => {
      const server = Bun.serve({
        port: 0,
        hostname: '127.0.0.1',
        fetch(request, server) {
          const { pathname } = new URL(request.url)
          if (pathname === '/socket') return server.upgrade(request) ? undefined : new Response(null, { status: 400 })
          faults[pathname]?.()
          return new Response('alive')
        },
        // A throw in a bare handler of Bun ends a process that has nobody to catch it.
        websocket: {
          message() {
            throw new Error('thrown in a socket')
          },
        },
      })
      return {
        listen: () => server.port ?? 0,
        beat: async () => {},
        summary: () => '',
        stop: async () => server.stop(true),
      }
    },
    opened: () => {},
  }),
)
