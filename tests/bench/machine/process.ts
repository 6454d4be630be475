// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a process has cost, read from the kernel and never from the process itself.
import { dlopen, ptr } from 'bun:ffi'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const ticksPerSecond = 100
const clock = openClock()

/**
 * Seconds of processor that a process has used since its start, all threads, user and system: the sum of utime and stime in
 * /proc/<pid>/stat, in nanoseconds where the kernel's clock of that process can be read, in ticks of 10 ms otherwise.
 */
export function cpuSeconds(pid: number): number {
  const precise = clock?.(pid)
  if (precise !== undefined) return precise
  // The name of the program, the second field, may contain spaces and brackets.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Resident memory in bytes. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, 'VmRSS')
}

/** The most memory that was resident since `forgetPeak`, in bytes. */
export function peakBytes(pid: number): number {
  return statusBytes(pid, 'VmHWM')
}

/** Starts the count of `peakBytes` anew. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/**
 * Bytes that a process has sent towards the disk since its start: whole pages of the cache as they become dirty, so that a few bytes that
 * are synced alone count as 4 KiB, as they do on a card (proc(5), `write_bytes`).
 */
export function writtenBytes(pid: number): number {
  const line = readFileSync(`/proc/${pid}/io`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith('write_bytes:'))
  return Number(line?.match(/\d+/)?.[0] ?? Number.NaN)
}

/** The process and everything it has started: what runs under strace is a child of it. */
export function familyOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(familyOf)]
}

function statusBytes(pid: number, field: string): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${field}:`))
  return Number(line?.match(/\d+/)?.[0] ?? Number.NaN) * 1024
}

/** clock_gettime on the clock of another process (clock_getcpuclockid(3)); undefined where there is no such C library. */
function openClock(): ((pid: number) => number | undefined) | undefined {
  try {
    const { symbols } = dlopen('libc.so.6', { clock_gettime: { args: ['i32', 'ptr'], returns: 'i32' } })
    const time = new BigInt64Array(2)
    const wholeProcess = 2
    return (pid) => {
      if (symbols.clock_gettime((~pid << 3) | wholeProcess, ptr(time)) !== 0) return undefined
      return Number(time[0]) + Number(time[1]) / 1e9
    }
  } catch {
    return undefined
  }
}
