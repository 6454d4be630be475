// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the watchdog of systemd hears from the executable itself: pings while all is well, and none while its event loop stands still or its
// database does not answer. tests/appliance/boot.test.ts shows that systemd then starts it anew.
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Appliance, startAppliance } from '../support/appliance'
import { until } from '../support/until'

const missing = ['python3', 'systemd-notify', 'strace'].filter((program) => Bun.which(program) === null)
if (missing.length > 0) console.log(`Not tested: the watchdog of the executable (${missing.join(' and ')} is not installed).`)
const withSystemd = test.skipIf(missing.length > 0)

const receiverProgram = resolve(import.meta.dir, '../appliance/receiver.py')

/** A box that believes in a systemd which wants a ping every second. */
async function watched(
  act: (box: Appliance, heard: (what: RegExp) => number) => Promise<void>,
  { data }: { data?: string } = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-watchdog-'))
  const socket = join(folder, 'notify')
  const receiver = Bun.spawn(['python3', receiverProgram, socket], { stdout: 'pipe', stderr: 'inherit' })
  let text = ''
  void receiver.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
    new WritableStream({
      write(part) {
        text += part
      },
    }),
  )
  try {
    await until('the receiver is there', () => text.includes('bound'))
    await using box = await startAppliance({
      ...(data === undefined ? {} : { data }),
      env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000000', PICHAT_HEARTBEAT_DEADLINE: '1s', PICHAT_LOOP_LAG_LIMIT: '500ms' },
    })
    await act(box, (what) => text.split('\n').filter((line) => what.test(line)).length)
  } finally {
    receiver.kill('SIGKILL')
    await receiver.exited
    await rm(folder, { recursive: true, force: true })
  }
}

const ping = /WATCHDOG=1/
const missed = (box: Appliance, why: RegExp) =>
  box.journal().filter((line) => line.event === 'systemd.heartbeat-missed' && why.test(JSON.stringify(line))).length

async function expectSilence(box: Appliance, pings: () => number, why: RegExp): Promise<void> {
  await until('the first missed beat', () => missed(box, why) > 0, { within: 20_000 })
  const before = pings()
  await until('further missed beats', () => missed(box, why) > 3, { within: 40_000 })
  expect(pings()).toBe(before)
}

withSystemd('READY once, with a status, and pings from then on; STOPPING at the end', async () => {
  await watched(async (box, heard) => {
    await until('READY', () => heard(/READY=1/) === 1)
    expect(heard(/STATUS=./)).toBeGreaterThan(0)
    await until('pings', () => heard(ping) > 4)
    expect(missed(box, /./)).toBe(0)
    await box.kill('SIGTERM')
    await until('STOPPING', () => heard(/STOPPING=1/) === 1)
  })
})

withSystemd(
  'a database that somebody else holds gets no ping, and is pinged for again when it is let go',
  async () => {
    await watched(async (box, heard) => {
      await until('pings', () => heard(ping) > 1)
      const other = new Database(join(box.data, 'pichat.db'))
      other.run('BEGIN IMMEDIATE')
      await expectSilence(box, () => heard(ping), /did not answer within 1000 ms/)
      other.run('ROLLBACK')
      other.close()
      const before = heard(ping)
      await until('pings again', () => heard(ping) > before + 1, { within: 20_000 })
    })
  },
  90_000,
)

withSystemd(
  'an event loop that stands still for a second at every turn gets no ping, and is pinged for again when it turns',
  async () => {
    await watched(async (box, heard) => {
      await until('pings', () => heard(ping) > 1)
      const turns = 'epoll_wait,epoll_pwait,epoll_pwait2'
      // The main thread alone: the one that writes the database goes on.
      const brake = Bun.spawn(
        ['strace', '-qq', '-o', '/dev/null', '-p', String(box.pid), '-e', `trace=${turns}`, '-e', `inject=${turns}:delay_enter=1s`],
        { stdout: 'ignore', stderr: 'pipe' },
      )
      try {
        await expectSilence(box, () => heard(ping), /event loop stood still/)
      } finally {
        brake.kill('SIGINT')
        await brake.exited
      }
      const before = heard(ping)
      await until('pings again', () => heard(ping) > before + 1, { within: 20_000 })
    })
  },
  90_000,
)

const trial = spawnSync('unshare', ['--mount', 'true'])
const noDisks = trial.status === 0 ? null : `no small disk can be mounted here (${String(trial.stderr ?? trial.error).trim()})`
if (noDisks) console.log(`Not tested: the watchdog on a full disk (${noDisks}).`)

test.skipIf(missing.length > 0 || noDisks !== null)(
  'a full disk is pinged for, because no new start makes room on it, and the status says what does',
  async () => {
    const disk = await mkdtemp(join(tmpdir(), 'pichat-small-'))
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]).status !== 0) throw new Error(`${disk} was not mounted`)
    try {
      await watched(
        async (box, heard) => {
          await until('pings', () => heard(ping) > 1)
          const { bavail, bsize } = await statfs(disk)
          await writeFile(join(disk, 'ballast'), Buffer.alloc(bavail * bsize, 1))
          // A beat or two still fit into the last page of its log.
          await until('the status', () => heard(/STATUS=.*lleno/) > 0, { within: 40_000 })
          const before = heard(ping)
          await until('further pings', () => heard(ping) > before + 4, { within: 20_000 })
          expect(missed(box, /./)).toBe(0)
        },
        { data: disk },
      )
    } finally {
      spawnSync('umount', ['-l', disk])
      await rm(disk, { recursive: true, force: true })
    }
  },
  90_000,
)
