// SPDX-License-Identifier: GPL-3.0-or-later
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readJournal } from '../support/appliance'
import { until } from '../support/until'

let data = ''
let child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
let said = ''
let origin = ''

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'pichat-service-'))
  child = Bun.spawn([process.execPath, join(import.meta.dir, 'service-child.ts'), data], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  for (const stream of [child.stdout, child.stderr]) {
    void stream.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(part) {
          said += part
        },
      }),
    )
  }
  const { port } = await until('the service', () => readJournal(said).find(({ event }) => event === 'service.ready'))
  origin = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  child.kill('SIGKILL')
  await child.exited
  await rm(data, { recursive: true, force: true })
})

const errors = () => readJournal(said).filter(({ level }) => level === 'error')

test.each([
  ['/timer', 'process.exception', 'thrown in a timer'],
  ['/promise', 'process.rejection', 'thrown in a promise'],
  ['/event', 'process.exception', 'thrown in an event'],
  ['/microtask', 'process.exception', 'thrown in a microtask'],
  ['/nothing', 'process.rejection', ''],
  ['/later', 'process.rejection', 'thrown after a wait'],
  ['/turns', 'process.exception', 'thrown in an interval'],
])('a throw at %s, where nobody catches it, is one line %s of the journal, and the process lives', async (path, event, message) => {
  const before = errors().length
  expect(await (await fetch(origin + path)).text()).toBe('alive')
  await until('the line', () => errors().length > before)
  expect(await (await fetch(`${origin}/salud`)).text()).toBe('alive')
  expect(errors()).toHaveLength(before + 1)
  const line = errors().at(-1)
  expect(line?.event).toBe(event)
  expect(JSON.stringify(line)).toContain(message)
  expect(child.exitCode).toBe(null)
})

test('a throw in a bare socket too', async () => {
  const before = errors().length
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`)
  await until('the socket', () => socket.readyState === WebSocket.OPEN)
  socket.send('x')
  await until('the line', () => errors().length > before)
  expect(errors().at(-1)?.event).toBe('process.exception')
  expect(JSON.stringify(errors().at(-1))).toContain('thrown in a socket')
  expect(await (await fetch(`${origin}/salud`)).text()).toBe('alive')
  socket.close()
})

test('and it still ends when it is told to, politely also when the terminal and whoever started it say so both', async () => {
  child.kill('SIGINT')
  child.kill('SIGTERM')
  child.kill('SIGINT')
  expect(await child.exited).toBe(0)
  expect(readJournal(said).map(({ event }) => event)).not.toContain('service.killed')
})
