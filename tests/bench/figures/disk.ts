// SPDX-License-Identifier: GPL-3.0-or-later
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Figure, show } from '../figure'
import { hire } from '../load/errand'
import { writtenBytes } from '../machine/process'
import type { Stage } from '../stage'

/** A message every 100 ms: each has a commit of its own. Long enough for the index of words to take in what has come. */
const every = 100
const milliseconds = 65_000
const bytes = 100
const bar = 8 * 1024

/** What a message of a kept room costs the card. */
export async function diskWrites(stage: Stage): Promise<Figure> {
  await using box = await stage.open()
  await using crowd = hire('crowd')
  const { greeting, saying } = stage
  await crowd.ask('enter', { rooms: [{ tag: 1, speakers: 1, greeting, saying, seats: stage.seats(box.port, 'slow') }], pace: 4 })
  await crowd.ask('pulse', { every, bytes, milliseconds: 2_000 })
  const size = () => statSync(join(box.data, 'pichat.db')).size
  const grownFrom = size()
  const before = writtenBytes(box.pid)
  await crowd.ask('pulse', { every, bytes, milliseconds, worded: true }, milliseconds + 30_000)
  const messages = milliseconds / every
  const log = (writtenBytes(box.pid) - before) / messages
  // What stands in the log goes to its place later, for a few thousand messages at a time; here at the end.
  await box.kill('SIGTERM')
  const each = log + (size() - grownFrom) / messages
  return {
    title: 'Disk writes of a kept room with search',
    rows: [
      {
        what: 'for each of 10 messages per second',
        pichat: show(each / 1024, 'KiB'),
        reference: '',
        ratio: '',
        bar: `≤ ${bar / 1024} KiB`,
        holds: each <= bar,
      },
    ],
    notes: [
      `${bytes} bytes of text each, durable one by one, for ${milliseconds / 1000} s; the pass that brings them into the index of words is in it (${show(log / 1024, 'KiB')}), and so is what the file grew by. Counted by the kernel in pages of 4 KiB (\`write_bytes\` of /proc/<pid>/io).`,
    ],
  }
}
