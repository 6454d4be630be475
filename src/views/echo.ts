// SPDX-License-Identifier: GPL-3.0-or-later
import { Elysia } from 'elysia'
import { type Clock, createLimiter, type Log, Refusal } from '../core'
import type { Visitor } from './visitor'

/** Enough for a classroom behind one address that looks at the page together; Elysia asks twice for each socket. Whoever wants more waits. */
const each = { burst: 80, perSecond: 1 }
/** A look takes five messages and less than a second. */
const most = { messages: 10, bytes: 16, milliseconds: 10_000, open: 100 }

/**
 * `/diagnostico/eco` says back what it hears, so that a browser finds out whether sockets get through. Open to everybody, hence small: a few
 * short messages, a few seconds, so many at once.
 */
export function echoRoutes({ clock, log }: { clock: Clock; log: Log }) {
  const limiter = createLimiter({ clock, ...each })
  const open = new Map<string, { heard: number; end: () => void }>()

  return new Elysia({ name: 'views.echo' }).ws('/diagnostico/eco', {
    beforeHandle(context) {
      const { visitor } = context as unknown as { visitor: Visitor }
      const taken = limiter.take(visitor.ip)
      if (taken.ok && open.size < most.open) return
      throw new Refusal('throttled', 'errors.throttled', { retryAfter: taken.ok ? most.milliseconds / 1000 : taken.retryAfter })
    },
    open(socket) {
      open.set(socket.id, { heard: 0, end: clock.after(most.milliseconds, () => socket.close(1000)) })
    },
    message(socket, message) {
      const one = open.get(socket.id)
      const text = typeof message === 'string' || typeof message === 'number' ? String(message) : ''
      if (!one || ++one.heard > most.messages || text === '' || text.length > most.bytes) socket.close(1008)
      else socket.send(text)
    },
    close(socket) {
      open.get(socket.id)?.end()
      open.delete(socket.id)
    },
    error: ({ error }) => log.error({ err: error }, 'echo.failed'),
  })
}
