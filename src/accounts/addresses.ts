// SPDX-License-Identifier: GPL-3.0-or-later
import { once } from '../core'

/** RFC 1918, RFC 4193, RFC 3927, RFC 4291 §2.5.6, and loopback: what can stand in the same house. */
const networks = [
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const

/** Asked by whoever claims the box, on one day of its life: loaded then, and not with every start. */
const house = once(() => {
  const { BlockList, isIP } = process.getBuiltinModule('node:net')
  const list = new BlockList()
  for (const [network, bits, family] of networks) list.addSubnet(network, bits, family)
  return { list, isIP }
})

export function isPrivateAddress(address: string): boolean {
  const { list, isIP } = house()
  const plain = address.replace(/%.*$/, '')
  const version = isIP(plain)
  return version !== 0 && list.check(plain, version === 6 ? 'ipv6' : 'ipv4')
}
