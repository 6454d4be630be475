// SPDX-License-Identifier: GPL-3.0-or-later
import { dlopen, FFIType, ptr } from 'bun:ffi'

const AF_UNIX = 1
const SOCK_DGRAM_CLOEXEC = 2 | 0o2000000
/** sun_path holds 108 bytes; a longer path cannot be addressed. */
const longestPath = 108
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000

/**
 * A sender of single datagrams to a Unix socket, `/path` or `@abstract` (sd_notify(3)). Bun has no datagram Unix sockets, so this
 * asks libc; a datagram takes microseconds and starts no program. Answers false when nobody took it, and never waits.
 */
export function unixDatagrams(path: string): (text: string) => boolean {
  const { socket, sendto } = dlopen('libc.so.6', {
    socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
    sendto: { args: [FFIType.i32, FFIType.ptr, FFIType.u64, FFIType.i32, FFIType.ptr, FFIType.u32], returns: FFIType.i64 },
  }).symbols
  const address = unixAddress(path)
  const handle = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0)
  if (handle < 0) throw new Error('no datagram socket')

  return (text) => {
    const bytes = new TextEncoder().encode(text)
    if (bytes.length === 0) return false
    return Number(sendto(handle, ptr(bytes), bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL, ptr(address), address.length)) === bytes.length
  }
}

/** struct sockaddr_un: the family in two bytes, then the path; an abstract name begins with NUL and is exactly as long as it is. */
function unixAddress(path: string): Uint8Array {
  const abstract = path.startsWith('@')
  const name = new TextEncoder().encode(abstract ? `\0${path.slice(1)}` : `${path}\0`)
  if (!(abstract || path.startsWith('/')) || name.length > longestPath) throw new Error(`not a Unix socket's name: ${path}`)
  const address = new Uint8Array(2 + name.length)
  new DataView(address.buffer).setUint16(0, AF_UNIX, true)
  address.set(name, 2)
  return address
}
