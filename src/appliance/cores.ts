// SPDX-License-Identifier: GPL-3.0-or-later
import { dlopen, FFIType, ptr } from 'bun:ffi'

const RLIMIT_CORE = 4

/**
 * A process that dies by a signal may leave its memory in a file, and with it the words of ephemeral rooms, keys and passwords that were
 * typed a moment ago. From here on it leaves none, whatever it was started with (setrlimit(2), soft and hard limit 0; systemd-coredump and
 * apport, which get the memory through a pipe, heed it as well). The unit says the same by `LimitCORE=0`.
 */
export function leaveNoCores(): void {
  const { setrlimit } = dlopen('libc.so.6', { setrlimit: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 } }).symbols
  setrlimit(RLIMIT_CORE, ptr(new BigUint64Array([0n, 0n])))
}
