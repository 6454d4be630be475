// SPDX-License-Identifier: GPL-3.0-or-later

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
  /** Spellings that were accepted while the machine had these addresses: every request brings one of the same few. */
  let judged = { by: addresses(), accepted: new Set<string>() }

  function accepts(host: string): boolean {
    const now = addresses()
    if (judged.by !== now || judged.accepted.size >= mostSpellings) judged = { by: now, accepted: new Set() }
    if (judged.accepted.has(host)) return true
    // With a port that is none, no address can be made of it, and everybody who reads the request's own would fail.
    const ours = host.length <= 255 && URL.canParse(`http://${host}`) && isOurs(plain(host), now)
    if (ours) judged.accepted.add(host)
    return ours
  }

  function isOurs(name: string, now: readonly string[]): boolean {
    if (known.has(name)) return true
    return isLoopback(name) || now.some((address) => plain(address) === name)
  }

  return {
    accepts,
    // Link-local addresses need a zone that no browser's address bar takes.
    list: () => [...names.filter((name) => name.includes('.')), ...addresses().filter((address) => !/^fe[89ab]/i.test(address))],
  }
}

/** An address of this machine that no other reaches (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127(\.\d{1,3}){3}$/.test(address)
}

/** Names times ports and capitals: more than a network has. */
const mostSpellings = 100

/** Lower case, without port, brackets and the final dot. */
function plain(host: string): string {
  const text = host.trim().toLowerCase()
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/.exec(text)
  if (bracketed) return bracketed[1] as string
  // An address of IPv6 without its brackets, or nothing that anybody is called.
  if (text.indexOf(':') !== text.lastIndexOf(':')) return text
  return text.replace(port, '').replace(/\.$/, '')
}
