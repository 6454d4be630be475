// SPDX-License-Identifier: GPL-3.0-or-later
import { createServer } from 'node:net'

/** A port of the loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, refuse) => {
    const probe = createServer()
    probe.once('error', refuse)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : refuse(new Error('No free port'))))
    })
  })
}
