// SPDX-License-Identifier: GPL-3.0-or-later
import { readFile } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import type { Clock, Log } from '../core'

export interface Discovery {
  /** The machine's addresses as last seen, those that another machine can reach first in line; loopback is not among them. */
  addresses(): readonly string[]
  /** The names under which the network may know the machine, `pichat.local` first. Names from the settings are not among them. */
  names(): readonly string[]
  /** Looks now instead of at the next turn. */
  refresh(): Promise<void>
  stop(): void
}

interface Options {
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds between two looks: a new address from the router is accepted this soon. */
  readonly every: number
  /** Where the addresses come from; tests hand in a network of their own. */
  readonly look?: () => Promise<readonly string[]>
}

/** Looks for the machine's addresses now and then again and again: DHCP may change them while PiChat runs. */
export async function createDiscovery({ clock, log, every, look = lookForAddresses }: Options): Promise<Discovery> {
  let addresses: readonly string[] = []
  const names = await machineNames()
  await refresh()
  const stop = clock.every(every, () => void refresh())
  return { addresses: () => addresses, names: () => names, refresh, stop }

  async function refresh(): Promise<void> {
    try {
      const found = await look()
      // A cable that is out for a moment must not make the box forget its address: whoever comes back gets 421 otherwise.
      if (found.length === 0 || found.join() === addresses.join()) return
      addresses = found
      log.info({ addresses: found.join(', ') }, 'discovery.addresses')
    } catch (error) {
      log.warn({ err: error }, 'discovery.failed')
    }
  }
}

/**
 * The addresses of this machine, IPv4 first, link-local last. `os.networkInterfaces()` needs AF_NETLINK, which the service's unit
 * refuses (and then throws): the kernel's own tables know the same, and where /proc hides them a connected UDP socket, which
 * sends nothing, knows the address of the way out.
 */
export async function lookForAddresses(): Promise<readonly string[]> {
  for (const source of [fromInterfaces, fromKernelTables, fromWayOut]) {
    const found = await source().catch(() => [])
    const reachable = [...new Set(found)].filter((address) => !isLoopback(address))
    if (reachable.length > 0) return reachable.sort((a, b) => rank(a) - rank(b))
  }
  return []
}

async function fromInterfaces(): Promise<string[]> {
  return Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map(({ address }) => address) ?? [])
}

/** Exported for its tests. */
export async function fromKernelTables(read: (path: string) => Promise<string> = (path) => readFile(path, 'utf8')): Promise<string[]> {
  const [four, six] = await Promise.all(['/proc/self/net/fib_trie', '/proc/self/net/if_inet6'].map((path) => read(path).catch(() => '')))
  const v4 = [...(four ?? '').matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\s+\/32 host LOCAL/g)].map(([, address = '']) => address)
  const v6 = [...(six ?? '').matchAll(/^([0-9a-f]{32}) /gm)].map(([, digits = '']) => shortened(digits.replace(/(.{4})(?=.)/g, '$1:')))
  return [...v4, ...v6]
}

/** RFC 5737 and RFC 3849 set these addresses aside for examples: nothing answers there, and nothing is sent. */
async function fromWayOut(): Promise<string[]> {
  const ways = [
    { local: '0.0.0.0', to: '192.0.2.1' },
    { local: '::', to: '2001:db8::1' },
  ]
  const found: string[] = []
  for (const { local, to } of ways) {
    try {
      const socket = await Bun.udpSocket({ hostname: local, connect: { hostname: to, port: 9 } })
      found.push(socket.address.address)
      socket.close()
    } catch {
      // No way out in this family.
    }
  }
  return found
}

/** The machine's own name, with `.local` (mDNS) and with the domain that the router gives its network. */
async function machineNames(): Promise<readonly string[]> {
  const own = hostname().toLowerCase().replace(/\.$/, '')
  const short = own.split('.')[0] ?? own
  const resolver = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  const domains = [...resolver.matchAll(/^(?:search|domain)\s+(.+)$/gm)].flatMap(([, list = '']) => list.trim().split(/\s+/))
  const inDomains = domains
    .filter((domain) => /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(domain))
    .map((domain) => `${short}.${domain.toLowerCase()}`)
  return [...new Set(['pichat.local', 'pichat', `${short}.local`, short, own, ...inDomains])].filter(
    (name) => name !== '' && name !== '.local',
  )
}

function rank(address: string): number {
  if (address.startsWith('fe80:') || address.startsWith('169.254.')) return 2
  return address.includes(':') ? 1 : 0
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address === '0.0.0.0' || address === '::'
}

/** RFC 5952: the one short way to write an IPv6 address, as browsers write it into `Host`. */
function shortened(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1)
}
