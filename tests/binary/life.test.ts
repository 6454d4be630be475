// SPDX-License-Identifier: GPL-3.0-or-later
import { expect, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { executable, readJournal, runOnce, startAppliance } from '../support/appliance'
import { networkDoor, raw, requestText } from '../support/door'
import { freePort } from '../support/ports'

test('it answers in an empty folder, says so in its journal and ends politely', async () => {
  const box = await startAppliance()
  expect(await readdir(box.place.home)).toEqual([])
  const answer = await fetch(`${box.origin}/salud`)
  expect(answer.status).toBe(200)
  expect((await answer.text()).trim()).toMatch(/^\w+$/)
  const end = await box.stop()
  expect(end).toMatchObject({ code: 0, signal: null })
  for (const line of readJournal(end.stdout))
    expect(line).toMatchObject({ level: expect.any(String), time: expect.any(String), event: expect.any(String) })
  expect(await Bun.file(join(box.data, 'pichat.db')).exists()).toBe(false)
})

test('a second copy on the same port refuses with a sentence instead of sharing it', async () => {
  await using box = await startAppliance()
  const data = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  try {
    const second = await runOnce(['serve'], {
      env: { PICHAT_PORT: String(box.port), PICHAT_HOST: '127.0.0.1', PICHAT_DATA: data },
      cwd: data,
    })
    expect(second.code).toBeGreaterThan(0)
    expect(second.stdout + second.stderr).toContain(String(box.port))
    expect(second.stdout + second.stderr).not.toMatch(/at .*\.ts:\d+/)
  } finally {
    await rm(data, { recursive: true, force: true })
  }
  expect((await fetch(`${box.origin}/salud`)).status).toBe(200)
})

test('a second copy on the same data refuses, and the first lives on', async () => {
  await using box = await startAppliance()
  const second = await runOnce(['serve'], {
    env: { PICHAT_PORT: String(await freePort()), PICHAT_HOST: '127.0.0.1', PICHAT_DATA: box.data },
    cwd: box.place.home,
  })
  expect(second.code).toBeGreaterThan(0)
  expect((await fetch(`${box.origin}/salud`)).status).toBe(200)
})

test('it comes back on the same data and port after it was killed', async () => {
  await using box = await startAppliance()
  const before = await box.claimCode()
  await box.restart({ signal: 'SIGKILL' })
  expect((await fetch(`${box.origin}/salud`)).status).toBe(200)
  expect(before).toMatch(/^\w{4}-\w{4}$/)
})

test('what cannot start ends, so that somebody can start it again', async () => {
  const data = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  try {
    await Bun.write(join(data, 'pichat.db'), 'this is no database '.repeat(1_000))
    const port = String(await freePort())
    const end = await runOnce(['serve'], { env: { PICHAT_PORT: port, PICHAT_HOST: '127.0.0.1', PICHAT_DATA: data }, cwd: data })
    expect(end.code).toBeGreaterThan(0)
    expect(end.stderr).not.toBe('')
  } finally {
    await rm(data, { recursive: true, force: true })
  }
})

test('serve refuses the data of a demo', async () => {
  const data = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  try {
    const demo = await startAppliance({ command: 'demo', data })
    await demo.stop()
    const serve = await runOnce(['serve'], {
      env: { PICHAT_PORT: String(await freePort()), PICHAT_HOST: '127.0.0.1', PICHAT_DATA: data },
      cwd: data,
    })
    expect(serve.code).toBeGreaterThan(0)
    expect(serve.stdout + serve.stderr).toMatch(/demo/i)
  } finally {
    await rm(data, { recursive: true, force: true })
  }
})

test('an unknown command and an unknown setting are refused with the name in the sentence', async () => {
  const command = await runOnce(['flibber'])
  expect(command.code).toBe(2)
  expect(command.stdout + command.stderr).toContain('flibber')
  const setting = await runOnce(['serve', '--flibber=1'])
  expect(setting.code).toBe(2)
  expect(setting.stdout + setting.stderr).toContain('flibber')
})

test('version and licenses need no data and touch no network', async () => {
  const version = await runOnce(['version'])
  expect(version).toMatchObject({ code: 0, stderr: '' })
  expect(version.stdout).toMatch(/\d+\.\d+\.\d+/)
  const licences = await runOnce(['licenses'])
  expect(licences.code).toBe(0)
  const { dependencies } = await Bun.file(join(import.meta.dir, '../../package.json')).json()
  for (const name of [...Object.keys(dependencies), 'bun', 'lucide-static']) expect(licences.stdout).toContain(`\n${name} `)
  expect(licences.stdout).toContain('GNU GENERAL PUBLIC LICENSE')
  expect(licences.stdout).toContain('END OF TERMS AND CONDITIONS')
})

test('assets come out of the executable, named by their content', async () => {
  await using box = await startAppliance({ command: 'demo' })
  const page = await (await networkDoor(box.origin).fetch('/entrar', { headers: { accept: 'text/html' } })).text()
  const addresses = [...page.matchAll(/(?:src|href)="(\/activos\/[^"]+)"/g)].map(([, address = '']) => address)
  expect(addresses.length).toBeGreaterThan(1)
  for (const address of addresses) {
    const answer = await fetch(new URL(address, box.origin))
    expect(answer.status, address).toBe(200)
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(0)
  }
})

test('errors of the executable show no stack, no source and no path', async () => {
  await using box = await startAppliance({ command: 'demo' })
  for (const path of ['/nothing-here', '/%E0%A4%A', '/salas/ZZZZZZZZ', '/activos/nothing.js', '/d/x/y']) {
    const { status, body } = await raw(
      box.port,
      requestText('GET', path, { Host: `localhost:${box.port}`, Accept: 'text/html', Connection: 'close' }),
    )
    expect(status, path).toBeLessThan(500)
    expect(body, path).not.toMatch(/bunfs|node_modules|\.ts:\d|at .*\(.*:\d+:\d+\)/)
  }
})

test('a hundred cookies that another service at this address set keep nobody out', async () => {
  await using box = await startAppliance({ command: 'demo' })
  const ask = (cookie: string) =>
    raw(box.port, requestText('GET', '/entrar', { Host: `localhost:${box.port}`, Cookie: cookie, Connection: 'close' }), { wait: 'head' })
  const cookies = Array.from({ length: 100 }, (_, n) => `other_${n}=${'x'.repeat(500)}`).join('; ')
  expect((await ask(cookies)).status).toBe(200)
  expect((await ask(`a=${'x'.repeat(1_000_000)}`)).status).toBe(431)
  expect((await fetch(`${box.origin}/salud`)).status).toBe(200)
})

test('it is parsed already: the program, the thread that writes and the one that computes passwords', async () => {
  // Bun itself contains the mark as well: the reference is an executable of nothing.
  const bun = marks(await Bun.file(process.execPath).bytes())
  expect(marks(await Bun.file(executable).bytes()) - bun).toBe(3)
})

function marks(program: Uint8Array): number {
  return Buffer.from(program).toString('latin1').split('// @bun @bytecode').length - 1
}
