// SPDX-License-Identifier: GPL-3.0-or-later
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { archiveEnd, memberHeader } from '../../src/files/downloads/zip'
import { doubtsAbout } from '../../src/files/downloads/zip-members'
import { readReply } from '../../src/files/quarantine/clamd'
import { until } from '../support/until'
import { content, eicar, type Manners, noClamd, scannerAt, startClamd, startFake, trusty, virus } from './antivirus'
import { document, overlapping, zip } from './archives'
import { openDrop } from './drop'

if (noClamd) console.log(`      left out: the real antivirus, because ${noClamd}`)

// A real clamd, and a machine that may be busy.
setDefaultTimeout(60_000)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pichat-samples-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function fileOf(content: string | Uint8Array, type = 'application/zip') {
  const path = join(folder, crypto.randomUUID())
  await writeFile(path, content)
  return [path, { size: content.length, type }] as const
}

function zipOf(name: string, content: Uint8Array, locked = false): Uint8Array {
  const stored = content.length
  const member = { name: Buffer.from(name), crc: Bun.hash.crc32(content), size: locked ? stored - 12 : stored, stored, locked }
  return Buffer.concat([memberHeader(member), content, archiveEnd(member)])
}

const known = Buffer.from(eicar)
/** As every tool packs: the same headers, with deflate as the method. */
function deflated(content: Uint8Array): Uint8Array {
  const packed = deflateRawSync(content)
  const member = { name: Buffer.from('a.txt'), crc: Bun.hash.crc32(content), size: content.length, stored: packed.length, locked: false }
  const [start, end] = [memberHeader(member), archiveEnd(member)]
  start[8] = 8
  end[10] = 8
  return Buffer.concat([start, packed, end])
}
function nested(levels: number, inside: Uint8Array): Uint8Array {
  let content = inside
  for (let level = 0; level < levels; level++) content = zipOf('a.zip', content)
  return content
}
function squeezed(levels: number, inside: Uint8Array): Uint8Array {
  let content = inside
  for (let level = 0; level < levels; level++) content = gzipSync(content)
  return content
}
const MiB = 1024 * 1024

describe.skipIf(noClamd !== null)('Debian’s clamd', () => {
  test('finds EICAR wherever it hides, and reports everything it could not look through', async () => {
    await using clamd = await startClamd()
    const scanner = scannerAt(clamd.address)
    const verdicts = {
      'a harmless text': [await fileOf('hola', 'text/plain'), { state: 'clean' }],
      'an empty file': [await fileOf('', 'text/plain'), { state: 'clean' }],
      'EICAR alone': [await fileOf(known), { state: 'infected', reason: virus }],
      'EICAR renamed to a picture': [await fileOf(known, 'image/png'), { state: 'infected', reason: virus }],
      // Half of it ends one piece of 64 KiB and half begins the next.
      'EICAR split over two pieces of what is sent': [
        await fileOf(Buffer.concat([Buffer.alloc(64 * 1024 - 34, 'x'), known, Buffer.alloc(9_000, 'x')])),
        { state: 'infected', reason: virus },
      ],
      // As two files it is neither of them, and neither does anything by itself.
      'the first half of EICAR': [await fileOf(known.subarray(0, 34)), { state: 'clean' }],
      'the second half of EICAR': [await fileOf(known.subarray(34)), { state: 'clean' }],
      'EICAR in a zip': [await fileOf(zipOf('a.txt', known)), { state: 'infected', reason: virus }],
      'EICAR in three zips': [await fileOf(nested(3, known)), { state: 'infected', reason: virus }],
      'EICAR in a gzip': [await fileOf(gzipSync(known)), { state: 'infected', reason: virus }],
      'EICAR 30 gzips deep': [await fileOf(squeezed(30, known)), { state: 'unscannable', reason: 'too-deep' }],
      'a zip with a password': [
        await fileOf(zipOf('a.txt', new Uint8Array(64).fill(0x5a), true)),
        { state: 'unscannable', reason: 'encrypted' },
      ],
      'EICAR behind more than it reads': [
        await fileOf(Buffer.concat([Buffer.alloc(3 * MiB, 'x'), known])),
        { state: 'unscannable', reason: 'too-large' },
      ],
      'a bomb of zeros': [await fileOf(gzipSync(Buffer.alloc(64 * MiB))), { state: 'unscannable', reason: 'too-large' }],
      'more than it takes': [await fileOf(Buffer.alloc(16 * MiB, 'x')), { state: 'unscannable', reason: 'too-large' }],
      // clamd itself says OK to this one: it reads the first 2 MiB of the member, and not a word about the rest.
      'EICAR at the end of a large member': [
        await fileOf(deflated(Buffer.concat([Buffer.alloc(3 * MiB, 'x'), known]))),
        { state: 'unscannable', reason: 'too-large' },
      ],
      // Nor to these, in which the large member is one level further down, under whatever name.
      'EICAR at the end of a large member of a zip in a zip': [
        await fileOf(
          zip([
            {
              name: 'b.zip',
              content: zip([
                { name: 'a.txt', content: Buffer.concat([Buffer.alloc(3 * MiB, 'x'), known]) },
                { name: 'b', content: randomBytes(9_000) },
              ]),
            },
          ]),
        ),
        { state: 'unscannable', reason: 'too-large' },
      ],
      'members over one another': [await fileOf(overlapping(Buffer.alloc(MiB), 50)), { state: 'unscannable', reason: 'overlapping' }],
      'a small member, deflated': [await fileOf(deflated(Buffer.from('hola'))), { state: 'clean' }],
    } as const
    for (const [what, [file, verdict]] of Object.entries(verdicts)) {
      expect([what, await scanner.scan(file[0], file[1])]).toEqual([what, verdict])
    }
    expect(scanner.report?.()).toMatchObject({ is: 'ok', missingLines: [], version: 'ClamAV 1.4.6' })
  })

  test('over its size it answers before all was sent, every time', async () => {
    await using clamd = await startClamd()
    const scanner = scannerAt(clamd.address)
    const [path, file] = await fileOf(Buffer.alloc(24 * MiB, 'x'))
    for (let round = 0; round < 20; round++) expect(await scanner.scan(path, file)).toEqual({ state: 'unscannable', reason: 'too-large' })
  })

  test('as Debian sets it up it says OK to what it never saw: then OK is not clean, and the two lines are told', async () => {
    await using clamd = await startClamd({ alerts: false })
    const scanner = scannerAt(clamd.address)
    const unreported = { state: 'unscannable', reason: 'limits-unreported' } as const
    expect(await scanner.scan(...(await fileOf(zipOf('a.txt', Buffer.from('x')))))).toEqual(unreported)
    expect(await scanner.scan(...(await fileOf(zipOf('a.txt', new Uint8Array(64).fill(0x5a), true))))).toEqual(unreported)
    expect(await scanner.scan(...(await fileOf(Buffer.alloc(3 * MiB, 'x'), 'text/plain')))).toEqual(unreported)
    expect(await scanner.scan(...(await fileOf('hola', 'text/plain')))).toEqual({ state: 'clean' })
    expect(await scanner.scan(...(await fileOf(known)))).toEqual({ state: 'infected', reason: virus })
    expect(scanner.report?.()).toMatchObject({ is: 'lax', missingLines: ['AlertExceedsMax yes', 'AlertEncrypted yes'] })
  })

  test('killed and started again: the file waits with the reason and is scanned in the end', async () => {
    await using clamd = await startClamd()
    await using drop = await openDrop({ scanner: scannerAt(clamd.address) })
    const before = await drop.put('antes.txt', 'hola')
    await until('the verdict', async () => (await drop.rows())[0]?.state === 'clean')
    await clamd.kill()
    await drop.put('malo.txt', eicar)
    await until('the reason', async () => (await drop.rows())[1]?.reason === 'scanner-silent')
    expect((await drop.rows())[1]?.state).toBe('quarantined')
    expect(drop.files.scannerReport()).toMatchObject({ is: 'silent', waiting: 1 })
    expect(await (await drop.ask('GET', before.url, { as: 'carla' })).text()).toBe('hola')
    await clamd.start()
    await until('the verdict', async () => (await drop.rows())[1]?.state === 'infected', { within: 30_000 })
    expect((await drop.rows())[1]?.reason).toBe(virus)
    // The queue forgets a file after its verdict is on the disk.
    await until('the queue to be empty', () => drop.files.scannerReport().waiting === 0)
    expect(drop.files.scannerReport()).toMatchObject({ is: 'ok', waiting: 0 })
  })
})

describe('a daemon that misbehaves', () => {
  const quick = { scanConnect: 200, scanStall: 200, scanTotal: 400 }
  const faults = {
    'never answers': () => {},
    'hangs up at once': (socket) => void socket.destroy(),
    'hangs up in mid-stream': (socket, _command, received) =>
      void socket.on('data', () => {
        if (received().length > 100_000) socket.destroy()
      }),
    'stops taking bytes': (socket) => void socket.pause(),
    'answers garbage': (socket) => void socket.end('\u0001\u0002 what?\0'),
    'answers half a verdict': (socket) => void socket.end('stream: O'),
    'never ends its answer': (socket) => void socket.write('x'.repeat(200_000)),
    'reports an error of its own': (socket) => void socket.end("Can't allocate memory ERROR\0"),
    'says OK about something else': (socket) => void socket.end('other: OK\0'),
  } satisfies Record<string, Manners>

  test.each(Object.entries(faults))(
    '%s: never clean, and everything before stays readable',
    async (_what, fault) => {
      await using fake = await startFake(trusty(content))
      await using drop = await openDrop({ scanner: scannerAt(fake.address, quick) })
      const good = await drop.put('bueno.txt', 'hola')
      await until('the verdict', async () => (await drop.rows())[0]?.state === 'clean')
      fake.manners = trusty(fault)
      await drop.put('otro.bin', new Uint8Array(2 * MiB))
      await until('the reason', async () => (await drop.rows())[1]?.reason === 'scanner-silent')
      expect((await drop.rows())[1]?.state).toBe('quarantined')
      expect(await (await drop.ask('GET', good.url, { as: 'carla' })).text()).toBe('hola')
      fake.manners = trusty(content)
      await until('the verdict', async () => (await drop.rows())[1]?.state === 'clean', { within: 20_000 })
    },
    40_000,
  )

  test('a file that makes it fall every time goes to a person, and holds up nobody', async () => {
    await using fake = await startFake(
      trusty((socket, _command, received) => {
        const fall = () => {
          if (received().length > 200_000) socket.destroy()
        }
        socket.on('data', fall)
        if (received().length < 1_000) socket.end('stream: OK\0')
        else fall()
      }),
    )
    await using drop = await openDrop({ scanner: scannerAt(fake.address), limits: { scanTries: 2 } })
    await drop.put('veneno.bin', new Uint8Array(MiB))
    await drop.put('otro.txt', 'hola')
    await until('a person', async () => (await drop.rows())[0]?.reason === 'gave-up')
    await until('the other one', async () => (await drop.rows())[1]?.state === 'clean')
    expect((await drop.rows())[0]?.state).toBe('unscannable')
  })

  test('while it loads it takes connections and says nothing: it is starting, and the file waits', async () => {
    await using fake = await startFake(() => {})
    const scanner = scannerAt(fake.address, { scanConnect: 100 })
    await using drop = await openDrop({ scanner })
    await drop.put('a.txt', 'hola')
    await until('the reason', async () => (await drop.rows())[0]?.reason === 'scanner-silent')
    expect(drop.files.scannerReport().is).toBe('starting')
    fake.manners = trusty(content)
    await until('the verdict', async () => (await drop.rows())[0]?.state === 'clean', { within: 20_000 })
  })

  test('without signatures it finds nothing and therefore judges nothing', async () => {
    await using fake = await startFake((socket, command) => {
      if (command === 'PING') socket.end('PONG\0')
      else if (command === 'VERSION') socket.end('ClamAV 1.4.6\0')
      else socket.end('stream: OK\0')
    })
    await using drop = await openDrop({ scanner: scannerAt(fake.address) })
    await drop.put('a.txt', 'hola')
    await until('the reason', async () => (await drop.rows())[0]?.reason === 'scanner-silent')
    expect(drop.files.scannerReport()).toMatchObject({ is: 'silent', silence: 'blind' })
  })

  test('nobody listens: absent', async () => {
    const scanner = scannerAt({ path: join(folder, 'nobody.ctl') })
    await expect(scanner.check?.()).rejects.toThrow('absent')
    expect(scanner.report?.()).toMatchObject({ is: 'silent', silence: 'absent' })
  })

  test('a scan under way does not hold up the end of PiChat', async () => {
    await using fake = await startFake(trusty(() => {}))
    const drop = await openDrop({ scanner: scannerAt(fake.address) })
    await drop.put('a.txt', 'hola')
    await until('the scan', async () => (await drop.rows())[0]?.state === 'scanning')
    const since = performance.now()
    await drop.close()
    expect(performance.now() - since).toBeLessThan(3_000)
  })
})

describe('replies', () => {
  test.each([
    ['stream: OK', { is: 'ok' }],
    ['stream: Win.Trojan.Agent-9823 FOUND', { is: 'infected', name: 'Win.Trojan.Agent-9823' }],
    ['stream: Heuristics.Encrypted.PDF FOUND', { is: 'unscannable', why: 'encrypted' }],
    ['stream: Heuristics.Limits.Exceeded FOUND', { is: 'unscannable', why: 'too-large' }],
    ['stream: Heuristics.Limits.Exceeded.MaxFiles FOUND', { is: 'unscannable', why: 'too-many' }],
    ['stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND', { is: 'unscannable', why: 'too-long' }],
    ['stream: Heuristics.Phishing.Email FOUND', { is: 'infected', name: 'Heuristics.Phishing.Email' }],
    ['INSTREAM size limit exceeded. ERROR', { is: 'unscannable', why: 'too-large' }],
  ] as const)('%s', (reply, meaning) => {
    expect(readReply(reply)).toEqual(meaning)
  })

  test.each(['', 'OK', 'stream: ok', 'stream: OK FOUND?', ' stream: OK', 'stream: \u0007 ERROR', 'UNKNOWN COMMAND'])(
    '%j says nothing about the file',
    (reply) => {
      expect(() => readReply(reply)).toThrow()
    },
  )
})

describe('what clamd says OK to without having seen it', () => {
  const limit = 2 * MiB
  const doubt = async (content: string | Uint8Array) => doubtsAbout((await fileOf(content))[0], limit)
  const large = { name: 'a.txt', content: Buffer.alloc(3 * MiB, 'x') }
  const small = { name: 'a.txt', content: Buffer.from('hola') }
  /** Larger than what could not hide anything, and nothing hides there. */
  const noise = { name: 'b.bin', content: randomBytes(10_000) }

  test.each([
    ['a large member', zip([small, large]), 'too-large'],
    ['a large member behind something else', Buffer.concat([Buffer.alloc(1_000, 'x'), zip([large])]), 'too-large'],
    ['a large member before a comment', Buffer.concat([zip([large]), Buffer.alloc(40_000)]), 'too-large'],
    ['a large member in a zip in a zip', zip([small, { name: 'b.zip', content: zip([large, noise]) }]), 'too-large'],
    ['the same, stored', zip([{ name: 'b.zip', content: zip([large, noise]), stored: true }]), 'too-large'],
    ['the same under another name', zip([{ name: 'foto.jpg', content: zip([large, noise]) }]), 'too-large'],
    [
      'a zip in a zip in a zip',
      zip([{ name: 'b.zip', content: zip([noise, { name: 'c.zip', content: zip([large, noise]) }]) }]),
      'too-deep',
    ],
    ['members over one another', overlapping(Buffer.alloc(MiB), 20), 'overlapping'],
    ['the same in a zip', zip([{ name: 'b.zip', content: overlapping(Buffer.alloc(MiB), 100) }]), 'overlapping'],
    ['documents in a zip', zip(Array.from({ length: 20 }, (_, i) => ({ name: `${i}.docx`, content: document(noise.content) }))), null],
    ['what is small', zip([small, noise]), null],
    ['no zip', 'hola', null],
    ['the end of a zip', 'PK\x05\x06', null],
    ['nothing', '', null],
    ['much of nothing', 'x'.repeat(100_000), null],
  ])('%s: %#', async (_what, content, expected) => {
    expect(await doubt(content)).toBe(expected as never)
  })

  test('and a directory that lies says nothing that could be believed', async () => {
    const broken = Buffer.from(zip([small]))
    broken.writeUInt32LE(0xdeadbeef, broken.length - 22 - 51)
    expect(await doubt(broken)).toBe('too-large')
    // A member that is larger than the directory says.
    const inside = zip([large, noise])
    const lying = Buffer.from(zip([{ name: 'b.zip', content: inside }]))
    lying.writeUInt32LE(inside.length - 100, lying.lastIndexOf(Buffer.from('PK\x01\x02')) + 24)
    expect(await doubt(lying)).toBe('too-large')
  })
})
