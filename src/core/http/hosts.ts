// SPDX-License-Identifier: GPL-3.0-or-later
import { isIP } from 'node:net'

export interface Hosts {
  /** Whether a `Host` header names this machine; anything else may be a rebound DNS name. */
  accepts(host: string): boolean
  /** The names and addresses people can type, best first, without port. */
  list(): string[]
}

interface Options {
  /** Names from the settings and the machine's own: `pichat`, `pichat.local`. */
  names: readonly string[]
  /** The machine's addresses now; DHCP may change them while PiChat runs. */
  addresses: () => readonly string[]
}

const port = /:\d{1,5}$/

/**
 * The `Host` a request claims, judged by its name alone: a port forwarded by a router or container does not matter. Loopback is always
 * accepted. Against DNS rebinding (a foreign name that resolves to this machine).
 */
export function createHosts({ names, addresses }: Options): Hosts {
  const known = new Set(['localhost', ...names.map(plain).filter(Boolean)])

  return {
    accepts(host) {
      if (host.length > 255) return false
      const name = plain(host)
      if (known.has(name)) return true
      if (isIP(name) === 0) return false
      return name === '::1' || name.startsWith('127.') || addresses().some((address) => plain(address) === name)
    },
    // Link-local addresses need a zone that no browser's address bar takes.
    list: () => [...names.filter((name) => name.includes('.')), ...addresses().filter((address) => !/^fe[89ab]/i.test(address))],
  }
}

/** Lower case, without port, brackets and the final dot. */
function plain(host: string): string {
  const text = host.trim().toLowerCase()
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/.exec(text)
  if (bracketed) return bracketed[1] as string
  if (isIP(text) === 6) return text
  return text.replace(port, '').replace(/\.$/, '')
}
