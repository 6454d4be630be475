// SPDX-License-Identifier: GPL-3.0-or-later
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHeartbeat, createLoopMeter, createSystemd } from '../../src/appliance'
import { unixDatagrams } from '../../src/appliance/datagram'
import { watchdogInterval } from '../../src/appliance/systemd'
import { createLog, manualClock } from '../../src/core'
import { until } from '../support/until'

const missing = ['python3', 'systemd-notify'].filter((program) => Bun.which(program) === null)
if (missing.length > 0) console.log(`The talk with systemd is not tested: ${missing.join(' and ')} is not installed.`)
const withSystemd = describe.skipIf(missing.length > 0)

let folder = ''
const endings: (() => unknown)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pichat-notify-'))
})
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
  await rm(folder, { recursive: true })
})

/** A stand-in for systemd that keeps what it hears. */
async function listenAt(name: string): Promise<string[]> {
  const heard: string[] = []
  const receiver = Bun.spawn([Bun.which('python3') ?? '', join(import.meta.dirname, 'receiver.py'), name], {
    stdout: 'pipe',
    stderr: 'inherit',
  })
  endings.push(() => {
    receiver.kill('SIGKILL')
    return receiver.exited
  })
  void (async () => {
    let rest = ''
    for await (const chunk of receiver.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      heard.push(...lines.map((line) => JSON.parse(line) as string))
    }
  })()
  await until('the receiver is there', () => heard.shift())
  return heard
}

/** systemd-notify is a child program: it hears NOTIFY_SOCKET from our real environment. */
function asService(env: Record<string, string>) {
  const before = { ...process.env }
  Object.assign(process.env, env)
  endings.push(() => {
    for (const name of Object.keys(env)) delete process.env[name]
    Object.assign(process.env, before)
  })
  const lines: string[] = []
  const clock = manualClock()
  const systemd = createSystemd({ clock, log: createLog({ level: 'info', write: (line) => lines.push(line) }) })
  return { systemd, clock, lines }
}

withSystemd('systemd hears', () => {
  const sockets: [kind: string, name: () => string][] = [
    ['a path', () => join(folder, 'notify')],
    ['an abstract name', () => `@pichat-${process.pid}-${performance.now()}`],
  ]
  test.each(sockets)('READY and STATUS through systemd-notify, the ping and STOPPING by datagram, at %s', async (_, name) => {
    const at = name()
    const heard = await listenAt(at)
    const { systemd, lines } = asService({ NOTIFY_SOCKET: at, WATCHDOG_USEC: '30000000' })
    await systemd.ready('3 salas\nREADY=0')
    const ready = await until('READY', () => heard.find((text) => text.includes('READY=1')))
    expect(ready).toContain('STATUS=3 salas READY=0')
    expect(ready).toContain(`MAINPID=${process.pid}`)
    await systemd.status('4 salas')
    await until('STATUS', () => heard.some((text) => text.includes('STATUS=4 salas')))
    endings.push(systemd.watch(async () => {}))
    await until('the ping', () => heard.includes('WATCHDOG=1'))
    systemd.stopping()
    await until('STOPPING', () => heard.includes('STOPPING=1'))
    expect(lines).toEqual([])
  })

  test('the same status only once', async () => {
    const at = join(folder, 'notify')
    const heard = await listenAt(at)
    const { systemd } = asService({ NOTIFY_SOCKET: at })
    await systemd.status('una sala')
    await systemd.status('una  sala ')
    systemd.stopping()
    await until('STOPPING', () => heard.includes('STOPPING=1'))
    expect(heard.filter((text) => text.includes('STATUS'))).toHaveLength(1)
  })

  test('a ping every half of WATCHDOG_USEC, none while the heart does not beat, and soon again when it does', async () => {
    const at = join(folder, 'notify')
    const heard = await listenAt(at)
    const { systemd, clock, lines } = asService({ NOTIFY_SOCKET: at, WATCHDOG_USEC: '30000000' })
    const pings = () => heard.filter((text) => text === 'WATCHDOG=1').length
    let well = true
    endings.push(
      systemd.watch(async () => {
        if (!well) throw new Error('the database did not answer')
      }),
    )
    await until('the first ping', () => pings() === 1)
    await clock.advance(15_000)
    await until('the second ping', () => pings() === 2)
    well = false
    await clock.advance(15_000)
    await clock.advance(10_000)
    await until('the journal says why', () =>
      lines.some((line) => line.includes('systemd.heartbeat-missed') && line.includes('did not answer')),
    )
    expect(pings()).toBe(2)
    well = true
    await clock.advance(2_000)
    await until('a ping within an eighth', () => pings() === 3)
  })

  test('by datagram where the program systemd-notify is missing', async () => {
    const at = join(folder, 'notify')
    const heard = await listenAt(at)
    const { systemd } = asService({ NOTIFY_SOCKET: at, PATH: folder })
    await systemd.ready('lista')
    await until('READY', () => heard.some((text) => text.startsWith('READY=1\n') && text.includes('STATUS=lista')))
  })
})

describe('without systemd', () => {
  test('nothing is sent, started or watched', async () => {
    const log = createLog({ level: 'info', write: (line) => expect(line).toBe('nothing') })
    const systemd = createSystemd({ clock: manualClock(), log, env: { WATCHDOG_USEC: '1000' } })
    expect(systemd.supervised).toBe(false)
    await systemd.ready('x')
    await systemd.status('x')
    systemd.stopping()
    systemd.watch(() => Promise.reject(new Error('asked')))()
  })

  test('a socket that nobody has is reported and harms nothing', () => {
    expect(unixDatagrams(join(folder, 'nobody'))('WATCHDOG=1')).toBe(false)
    expect(() => unixDatagrams('relative')).toThrow()
    expect(() => unixDatagrams(`/${'x'.repeat(108)}`)).toThrow()
  })

  test("the watchdog's time is for the process it names only", () => {
    expect(watchdogInterval({})).toBeNull()
    expect(watchdogInterval({ WATCHDOG_USEC: '0' })).toBeNull()
    expect(watchdogInterval({ WATCHDOG_USEC: '30000000' })).toBe(15_000)
    expect(watchdogInterval({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) })).toBe(15_000)
    expect(watchdogInterval({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' })).toBeNull()
  })
})

describe('the heart', () => {
  test('does not beat while the event loop stands still, and forgives what is over', async () => {
    let late = 0
    const still = manualClock()
    // A loop that stands still: time goes on and no timer rings.
    const clock = { ...still, monotonic: () => still.monotonic() + late }
    const beat = createHeartbeat({ clock, meter: createLoopMeter(clock), deadline: 1_000, lagLimit: 5_000, readAndWrite: async () => {} })
    await beat()
    late = 6_000
    await expect(beat()).rejects.toThrow('the event loop stood still for 5750 ms')
    await still.advance(250)
    await expect(beat()).rejects.toThrow('stood still')
    await still.advance(250)
    await beat()
  })

  test('does not beat when the database is silent or broken', async () => {
    const clock = manualClock()
    const meter = createLoopMeter(clock)
    const silent = createHeartbeat({ clock, meter, deadline: 1_000, lagLimit: 5_000, readAndWrite: () => new Promise(() => {}) })()
    const outcome = silent.catch((error: Error) => error.message)
    await clock.advance(1_000)
    expect(await outcome).toBe('the database did not answer within 1000 ms')
    const broken = createHeartbeat({
      clock,
      meter,
      deadline: 1_000,
      lagLimit: 5_000,
      readAndWrite: () => Promise.reject(new Error('full')),
    })
    await expect(broken()).rejects.toThrow('full')
  })
})
