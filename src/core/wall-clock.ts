// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the clock on the wall shows. The first `getHours()` of a process takes 3.5 MB (ICU opens its calendars), as much as two
// hundred and fifty open pages; the C library reads the zone of this machine, /etc/localtime, for nothing. Where TZ names a zone ICU is asked:
// it knows them all, and a container may have no files of them.
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { once } from './once'

/** Where `tm_gmtoff` lies in a `struct tm` of 64 bits, and what one takes (glibc). */
const tm = { offset: 40, bytes: 56 }

const machine = once(machineOffset)

/** A date whose UTC parts (`getUTCHours()`, `getUTCDay()`, …) are what clock and calendar show here at a moment (epoch ms). */
export function onTheWall(ms: number): Date {
  return new Date(ms + offsetAt(ms))
}

/** Milliseconds that clocks here are ahead of UTC at a moment (epoch ms). */
function offsetAt(ms: number): number {
  const known = Bun.env.TZ ? undefined : machine()
  return known ? known(ms) : new Date(ms).getTimezoneOffset() * -60_000
}

/** `offsetAt` by localtime_r(3); undefined where there is no such C library. */
export function machineOffset(): ((ms: number) => number) | undefined {
  try {
    const { symbols } = dlopen('libc.so.6', { localtime_r: { args: [FFIType.ptr, FFIType.ptr], returns: FFIType.ptr } })
    const seconds = new BigInt64Array(1)
    const parts = new DataView(new ArrayBuffer(tm.bytes))
    const [from, to] = [ptr(seconds), ptr(parts)]
    return (ms) => {
      seconds[0] = BigInt(Math.floor(ms / 1000))
      symbols.localtime_r(from, to)
      return Number(parts.getBigInt64(tm.offset, true)) * 1000
    }
  } catch {
    return undefined
  }
}
