// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The thread that computes passwords and does nothing else, while nobody else needs the processor. It is an entry point of the executable of
 * its own.
 *
 * A computation that shares a processor with conversations keeps it until the scheduler looks again, 4 ms later on many kernels, and
 * everybody who talks waits for that. Under SCHED_IDLE (sched(7)) it gives way the moment anything else of this program wants to run. That
 * takes no privilege and cannot be taken back without one, which is why these threads do nothing else.
 */
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { hashSync, type Options, verifySync } from '@node-rs/argon2'

declare const self: Worker

export type Computation =
  | { kind: 'hash'; password: string; options: Options }
  /** Whether it is the password of a PHC string. */
  | { kind: 'verify'; password: string; stored: string }

export type Computed = { done: string | boolean } | { failure: string }

const SCHED_IDLE = 5
const thisThread = 0

/** Where the kernel refuses, passwords are computed all the same. */
function giveWay() {
  const { sched_setscheduler } = dlopen('libc.so.6', {
    sched_setscheduler: { args: [FFIType.i32, FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
  }).symbols
  // struct sched_param: a priority, which must be 0 here.
  sched_setscheduler(thisThread, SCHED_IDLE, ptr(new Int32Array([0])))
}

function compute(computation: Computation): Computed {
  const { password } = computation
  try {
    return { done: computation.kind === 'hash' ? hashSync(password, computation.options) : verifySync(computation.stored, password) }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

giveWay()
self.onmessage = ({ data }: MessageEvent<Computation>) => {
  self.postMessage(compute(data))
}
