// SPDX-License-Identifier: GPL-3.0-or-later
//
// Antivirus daemons for tests: Debian's own clamd with a database of one signature, and one that misbehaves as it is told.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, systemClock } from '../../src/core'
import { createClamd } from '../../src/files'
import { askClamd } from '../../src/files/quarantine/clamd-wire'
import { Hopeless, until } from '../support/until'

/** Put together here, so that no antivirus of a developer takes this file for one. */
export const eicar = ['X5O!P%@AP[4', '\\', 'PZX54(P^)7CC)7}$EICAR', '-STANDARD', '-ANTIVIRUS', '-TEST-FILE!$H+H*'].join('')
export const virus = 'Eicar-Local.UNOFFICIAL'

const program = Bun.which('clamd', { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin` })

/** Why the real one cannot be had here; null when it can. */
export const noClamd = program === null ? 'clamd is not installed (Debian: apt-get install clamav-daemon)' : null

export const scanLimits = { scanConnect: 5_000, scanStall: 10_000, scanTotal: 60_000, scanMemberBytes: 2 * 1024 * 1024 }

interface ClamdOptions {
  /** Whether it says what it could not look through; Debian's default is no. */
  alerts?: boolean
  /** `small`: so that the tests' files can be; `debian`: those of its package. */
  limits?: 'small' | 'debian'
}

const limitLines = {
  small: ['StreamMaxLength 4M', 'MaxFileSize 2M', 'MaxScanSize 8M'],
  debian: ['StreamMaxLength 25M', 'MaxFileSize 25M', 'MaxScanSize 100M', 'MaxRecursion 16', 'MaxScanTime 120000'],
}

/** A real clamd as an ordinary program. */
export async function startClamd({ alerts = true, limits = 'small' }: ClamdOptions = {}) {
  if (program === null) throw new Error(noClamd ?? '')
  const folder = await mkdtemp(join(tmpdir(), 'pichat-clamd-'))
  const socket = join(folder, 'clamd.ctl')
  const database = join(folder, 'db')
  await mkdir(database)
  await writeFile(join(database, 'local.ndb'), `Eicar-Local:0:*:${Buffer.from(eicar).toString('hex')}\n`)
  const lines = [
    'Foreground yes',
    `DatabaseDirectory ${database}`,
    `LocalSocket ${socket}`,
    `TemporaryDirectory ${folder}`,
    ...limitLines[limits],
    ...(alerts ? ['AlertExceedsMax yes', 'AlertEncrypted yes'] : []),
  ]
  const config = join(folder, 'clamd.conf')
  await writeFile(config, `${lines.join('\n')}\n`)
  let child: ChildProcess | undefined

  const daemon = {
    address: { path: socket },
    socket,
    async start() {
      const own = spawn(program, [`--config-file=${config}`], { stdio: ['ignore', 'pipe', 'pipe'] })
      child = own
      let said = ''
      for (const stream of [own.stdout, own.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text))
      const clock = systemClock()
      await until(
        'clamd to answer',
        () => {
          if (own.exitCode !== null) throw new Hopeless(`clamd ended: ${said}`)
          return askClamd({ address: { path: socket }, clock, limits: scanLimits }, 'PING')
        },
        { within: 60_000 },
      )
    },
    /** As the kernel does when memory is short. */
    async kill() {
      const own = child
      child = undefined
      if (!own || own.exitCode !== null || own.signalCode !== null) return
      const ended = new Promise((done) => own.once('exit', done))
      own.kill('SIGKILL')
      await ended
    },
    async [Symbol.asyncDispose]() {
      await daemon.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await daemon.start()
  return daemon
}

/** What a fake does with a connection once the command has come; `received` are all its bytes so far. */
export type Manners = (socket: Socket, command: string, received: () => Buffer) => void

/** Listens like clamd and behaves as `manners` say; they may be changed at any time. */
export async function startFake(manners: Manners) {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-fake-'))
  const path = join(folder, 'clamd.ctl')
  const sockets = new Set<Socket>()
  const fake = {
    address: { path },
    manners,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
      await rm(folder, { recursive: true, force: true })
    },
  }
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let all: Buffer = Buffer.alloc(0)
    let commanded = false
    socket.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk])
      const end = all.indexOf(0)
      if (commanded || end < 0) return
      commanded = true
      fake.manners(socket, all.toString('latin1', 1, end), () => all)
    })
  })
  await new Promise<void>((done) => server.listen(path, done))
  return fake
}

const sampleReplies: readonly (readonly [mark: string, reply: string])[] = [
  [eicar, 'stream: Eicar FOUND\0'],
  ['109.zip', 'stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND\0'],
  ['locked.txt', 'stream: Heuristics.Encrypted.Zip FOUND\0'],
]

/** A daemon that passes every trial, and has `manners` with everything else. */
export function trusty(manners: Manners): Manners {
  return (socket, command, received) => {
    if (command === 'PING') return void socket.end('PONG\0')
    if (command === 'VERSION') return void socket.end('ClamAV 1.4.6/27000/Mon Nov 23 09:00:00 2026\0')
    const look = () => {
      const body = received().subarray('zINSTREAM\0'.length)
      // A sample is shorter than 16 KiB and goes in one piece: its length, its bytes.
      if (body.length < 4 || body.length < Math.min(4 + body.readUInt32BE(), 16_384)) return
      socket.off('data', look)
      const reply = sampleReplies.find(([mark]) => body.includes(mark))?.[1]
      if (reply) socket.end(reply)
      else manners(socket, command, received)
    }
    socket.on('data', look)
    look()
  }
}

/** Says so about everything, without looking. */
export const content: Manners = (socket) => void socket.end('stream: OK\0')

export function scannerAt(address: { path: string }, limits: Partial<typeof scanLimits> = {}, clock = systemClock()) {
  return createClamd({ address, clock, log: createLog({ level: 'silent' }), limits: { ...scanLimits, ...limits } })
}
