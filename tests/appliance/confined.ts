// SPDX-License-Identifier: GPL-3.0-or-later
//
// What somebody would try who had taken over the service. boot.test.ts runs it in the place of PiChat, under the very unit, inside the
// machine that it boots: the executable is told to be plain Bun. It prints what was possible as one line of JSON.
import { dlopen, FFIType, ptr } from 'bun:ffi'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { getPriority, setPriority } from 'node:os'

const { getuid, setuid, ptrace, socket, sched_setscheduler } = dlopen('libc.so.6', {
  getuid: { args: [], returns: FFIType.i32 },
  setuid: { args: [FFIType.i32], returns: FFIType.i32 },
  ptrace: { args: [FFIType.i64, FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i64 },
  socket: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  sched_setscheduler: { args: [FFIType.i32, FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
}).symbols

const AF_INET = 2
const AF_NETLINK = 16
const AF_PACKET = 17
const SOCK_RAW = 3
const PTRACE_SEIZE = 0x4206n
const SCHED_FIFO = 1
const SCHED_IDLE = 5

function works(act: () => unknown): boolean {
  try {
    return act() !== false
  } catch {
    return false
  }
}

/** 'open', or the reason why not; silence is the answer of a filter in the kernel. */
function reach(host: string, port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const line = connect({ host, port, timeout: 2_000 })
  line.on('connect', () => resolve('open'))
  line.on('timeout', () => resolve('silence'))
  line.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  return promise.finally(() => line.destroy())
}

const schedules = (policy: number, priority: number) => sched_setscheduler(0, policy, ptr(new Int32Array([priority]))) === 0

const [, , outside = '', inside = '', port = ''] = process.argv
const done = {
  isRoot: getuid() === 0,
  becomesRoot: setuid(0) === 0,
  writes: ['/etc/x', '/opt/pichat/x', '/usr/lib/x', '/var/lib/x', '/root/x', '/boot/x', '/proc/sys/kernel/hostname'].filter((path) =>
    works(() => writeFileSync(path, 'x')),
  ),
  writesItsOwn: works(() => writeFileSync('/var/lib/pichat/x', 'x')),
  reads: ['/etc/pichat/pichat.env', '/etc/shadow', '/var/log/x', '/root/.profile'].filter((path) => works(() => readFileSync(path))),
  runs: ['/bin/sh', '/usr/bin/env', '/bin/cat'].filter((program) => works(() => Bun.spawnSync([program, '-c', 'true']).success)),
  runsWhatItWrote: ['/var/lib/pichat', '/tmp', '/var/tmp', '/run', '/dev/shm'].filter((folder) =>
    works(() => {
      writeFileSync(`${folder}/run`, '#!/opt/pichat/pichat\n', { mode: 0o755 })
      return Bun.spawnSync([`${folder}/run`]).success
    }),
  ),
  sockets: [
    [AF_INET, 'raw'],
    [AF_PACKET, 'packets'],
    [AF_NETLINK, 'netlink'],
  ].flatMap(([family, name]) => (socket(family as number, SOCK_RAW, 1) >= 0 ? [name] : [])),
  traces: Number(ptrace(PTRACE_SEIZE, process.ppid, null, null)) === 0,
  seesOthers: works(() => readdirSync('/proc').includes('1')),
  pushesAhead: [works(() => setPriority(-5)), schedules(SCHED_FIFO, 1)],
  givesWay: [works(() => setPriority(5)) && getPriority() === 5, schedules(SCHED_IDLE, 0)],
  outside: await reach(outside, Number(port)),
  inside: await reach(inside, Number(port)),
}
console.log(`confined ${JSON.stringify(done)}`)
process.exit(0)
