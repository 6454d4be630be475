// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { readlinkSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createZipSender } from '../../src/files/downloads/send-zip'
import { memberNames, zipArchive } from '../../src/files/downloads/zip-stream'
import { seededRandom } from '../support/payloads'
import { until } from '../support/until'
import { type Described, type Drop, openDrop, people } from './drop'

const MiB = 1024 * 1024
const GiB = 1024 * MiB
const roomy = { limits: { maxFileBytes: 64 * MiB } }

const addressOf = (files: readonly { id: string }[]) => `/archivos/zip?${files.map(({ id }) => `id=${id}`).join('&')}`
const fetchZip = (drop: Drop, files: readonly { id: string }[], as: 'ana' | 'beto' | 'carla' = 'carla') =>
  drop.ask('GET', addressOf(files), { as })

interface Ran {
  code: number
  out: string
}
async function run(...command: string[]): Promise<Ran> {
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'pipe', env: { ...process.env, LANG: 'C.UTF-8' } })
  const [out, trouble] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out: out + trouble }
}

/** What Python finds in an archive: names, sizes, and hashes of what it unpacks. */
async function read(path: string): Promise<{ name: string; size: number; sha256: string }[]> {
  const script = `
import zipfile, hashlib, json, sys
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([{ 'name': i.filename, 'size': i.file_size, 'sha256': hashlib.sha256(z.read(i)).hexdigest() } for i in z.infolist()]))`
  const { code, out } = await run('python3', '-c', script, path)
  expect([code, code === 0 ? '' : out]).toEqual([0, ''])
  return JSON.parse(out)
}

/** Three readers that know nothing of one another are content. */
async function expectSound(path: string, members: number): Promise<void> {
  const [unzip, tar] = [await run('unzip', '-tq', path), await run('bsdtar', '-tf', path)]
  expect([unzip.code, unzip.out.includes('No errors detected')]).toEqual([0, true])
  expect([tar.code, tar.out.trim().split('\n').length]).toEqual([0, members])
}

describe('several files as one zip', () => {
  test('are whole, under their names, and every tool can read them', async () => {
    await using drop = await openDrop(roomy)
    const random = seededRandom('zip')
    const contents: [string, string | Uint8Array][] = [
      ['Reunión – acta «final».pdf', '%PDF-1.7 acta'],
      ['图片 🎉.png', random.text(300_000, '¿ñ€\u0000ab')],
      ['vacío.txt', ''],
      ['a.txt', 'uno'],
      ['A.TXT', 'dos'],
      ['a.txt', 'tres'],
    ]
    const files: Described[] = []
    for (const [name, body] of contents) files.push(await drop.put(name, body as BodyInit))
    const answer = await fetchZip(drop, [...files, files[0] as Described])
    expect(answer.status).toBe(200)
    for (const [name, value] of [
      ['content-type', 'application/zip'],
      ['accept-ranges', 'none'],
      ['x-content-type-options', 'nosniff'],
      ['content-disposition', `attachment; filename="Archivos de PiChat.zip"; filename*=UTF-8''Archivos%20de%20PiChat.zip`],
    ] as const) {
      expect([name, answer.headers.get(name)]).toEqual([name, value])
    }
    const path = join(drop.data, 'all.zip')
    await Bun.write(path, answer)
    await expectSound(path, files.length)
    const names = ['Reunión – acta «final».pdf', '图片 🎉.png', 'vacío.txt', 'a.txt', 'A (2).TXT', 'a (3).txt']
    expect(await read(path)).toEqual(files.map(({ size, sha256 }, n) => ({ name: names[n] ?? '', size, sha256 })))
    // Also as it comes, by a reader that cannot look at the end first.
    const piped = await run('sh', '-c', `cat '${path}' | bsdtar -xOf - | sha256sum`)
    const whole = new Bun.CryptoHasher('sha256')
    for (const [, body] of contents) whole.update(body)
    expect(piped.out).toContain(whole.digest('hex'))
  })

  test('have no ranges, and HEAD says what GET says', async () => {
    await using drop = await openDrop()
    const file = await drop.put('a.txt', 'x')
    const part = await drop.ask('GET', addressOf([file]), { as: 'carla', headers: { range: 'bytes=0-3' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([200, null])
    await part.arrayBuffer()
    const head = await drop.ask('HEAD', addressOf([file]), { as: 'carla' })
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'application/zip', ''])
  })

  test('are all of them or none: what one may not download alone is not in it', async () => {
    await using drop = await openDrop({ limits: { zipFiles: 3 } })
    const files = [await drop.put('a.txt', 'x'), await drop.put('b.txt', 'y'), await drop.put('c.txt', 'z'), await drop.put('d.txt', '')]
    const [a, b, c] = files as [Described, Described, Described]
    expect((await drop.ask('GET', addressOf([a]))).status).toBe(401)
    expect((await fetchZip(drop, [])).status).toBe(422)
    expect((await fetchZip(drop, files)).status).toBe(422)
    for (const id of ['zzzzzzzzzzzzzzzz', '../../etc/passwd', '', 'x'.repeat(500), '%00'])
      expect([id, (await fetchZip(drop, [a, { id }])).status]).toEqual([id, 404])
    await drop.database.write(drop.database.read.updateTable('files').set({ state: 'infected' }).where('id', '=', b.id))
    expect((await fetchZip(drop, [a, b])).status).toBe(423)
    await drop.ask('DELETE', c.url, { as: 'ana' })
    expect((await fetchZip(drop, [a, c])).status).toBe(404)
    const page = await drop.ask('GET', '/archivos/zip', { as: 'carla', headers: { accept: 'text/html' } })
    expect([page.status, (await page.text()).includes('Marca al menos un archivo.')]).toEqual([422, true])
  })

  test('break off when one of them goes while they are sent: no half an archive looks whole', async () => {
    await using drop = await openDrop(roomy)
    const [first, second] = [await drop.put('a.bin', new Uint8Array(48 * MiB)), await drop.put('b.txt', 'secret')]
    const child = Bun.spawn(
      ['curl', '-sN', '--limit-rate', '40M', '-o', '-', '-b', 'who=carla', drop.origin + addressOf([first, second])],
      { stdout: 'pipe' },
    )
    const reader = child.stdout.getReader()
    await reader.read()
    await drop.ask('DELETE', second.url, { as: 'ana' })
    let tail = ''
    for (let step = await reader.read(); !step.done; step = await reader.read())
      tail = Buffer.from(step.value).toString('latin1').slice(-100)
    // curl's words for a body that did not end: partial, or the connection failed.
    expect([[18, 56].includes(await child.exited), tail.includes('secret')]).toEqual([true, false])
  })

  test('leave nothing open when the client goes, and give the place back', async () => {
    await using drop = await openDrop({ limits: { maxFileBytes: 64 * MiB, zipsPerPerson: 2 } })
    const file = await drop.put('a.bin', new Uint8Array(48 * MiB))
    const open = async () => {
      let n = 0
      for (const fd of await readdir('/proc/self/fd')) {
        try {
          if (readlinkSync(`/proc/self/fd/${fd}`).endsWith(file.id)) n++
        } catch {
          // Closed while we looked.
        }
      }
      return n
    }
    const begin = () => {
      const stop = new AbortController()
      const answer = fetch(drop.origin + addressOf([file]), {
        headers: { cookie: 'who=carla', accept: 'application/json' },
        signal: stop.signal,
      })
      return { answer, stop }
    }
    for (let round = 0; round < 10; round++) {
      const [one, two] = [begin(), begin()]
      expect([(await one.answer).status, (await two.answer).status]).toEqual([200, 200])
      const third = await begin().answer
      expect([third.status, third.headers.get('retry-after')]).toEqual([503, '10'])
      one.stop.abort()
      two.stop.abort()
      await until('the files are closed', async () => (await open()) === 0)
      await until('there is a place again', async () => {
        const again = begin()
        const { status } = await again.answer
        again.stop.abort()
        return status === 200
      })
      await until('the files are closed', async () => (await open()) === 0)
    }
  }, 60_000)

  test('are a whole folder under its name, without what may not be downloaded', async () => {
    await using drop = await openDrop({ limits: { zipFiles: 2 } })
    const made = await drop.ask('POST', '/archivos/carpetas', { as: 'beto', body: new URLSearchParams({ nombre: 'Planos de obra' }) })
    const { id } = (await made.json()) as { id: string }
    const put = async (name: string) =>
      (await (await drop.ask('PUT', `/archivos/${name}?carpeta=${id}`, { as: 'beto', body: name })).json()) as Described
    const whole = () => drop.ask('GET', `/archivos/zip?carpeta=${id}`, { as: 'carla' })
    expect((await whole()).status).toBe(422)
    const [, , locked] = [await put('b.txt'), await put('a.txt'), await put('c.txt')]
    // Three of them are one more than this house gives out at once.
    expect((await whole()).status).toBe(422)
    await drop.database.write(drop.database.read.updateTable('files').set({ state: 'infected' }).where('id', '=', locked.id))
    await drop.put('elsewhere.txt', 'x')
    const answer = await whole()
    expect(answer.headers.get('content-disposition')).toContain('filename="Planos de obra.zip"')
    await Bun.write(join(drop.data, 'folder.zip'), answer)
    expect((await read(join(drop.data, 'folder.zip'))).map(({ name }) => name)).toEqual(['a.txt', 'b.txt'])
    const page = await drop.ask('GET', `/archivos?carpeta=${id}`, { as: 'carla', headers: { accept: 'text/html' } })
    expect(await page.text()).toContain(`href="/archivos/zip?carpeta=${id}"`)
    expect((await drop.ask('GET', '/archivos/zip?carpeta=zzzzzzzzzzzzzzzz', { as: 'carla' })).status).toBe(404)
  })

  test('give the place back of a client that was gone before the first byte', async () => {
    await using drop = await openDrop({ limits: { zipsPerPerson: 1 } })
    const { id } = await drop.put('a.txt', 'x')
    const zips = createZipSender({ files: drop.files })
    for (let turn = 0; turn < 3; turn++) {
      const request = new Request(`${drop.origin}/archivos/zip`, { signal: AbortSignal.abort() })
      expect((await zips.send(people.carla, { ids: [id], name: 'x', from: '127.0.0.1' }, request)).status).toBe(200)
    }
  })

  test('count as a download of each', async () => {
    await using drop = await openDrop()
    const files = [await drop.put('a.txt', 'x'), await drop.put('b.txt', 'y')]
    await (await fetchZip(drop, files)).arrayBuffer()
    const known = await drop.files.known(files.map(({ id }) => id))
    expect(known.map(({ downloads }) => downloads)).toEqual([1, 1])
  })

  test('may weigh more than 4 GiB together and alone, read slowly, with the memory of a few chunks', async () => {
    await using drop = await openDrop()
    const size = 4 * GiB + 5 * MiB
    const large = await drop.put('grande.bin', 'x')
    const path = join(drop.folder, large.id)
    // A hole: nothing lies on the disk, and nobody is to read it all to find its hash.
    await truncate(path, size)
    const { ino, mtimeMs } = await stat(path)
    await drop.database.write(
      drop.database.read
        .updateTable('files')
        .set({ size, print: `${ino}:${size}:${mtimeMs}` })
        .where('id', '=', large.id),
    )
    const after = await drop.put('detrás.txt', 'detrás de cuatro GiB')
    const zip = join(drop.data, 'large.zip')
    const fetched = await run(
      'sh',
      '-c',
      `curl -sf -b who=carla '${drop.origin}${addressOf([large, after])}' | dd of='${zip}' bs=1M iflag=fullblock conv=sparse status=none`,
    )
    expect(fetched).toEqual({ code: 0, out: '' })
    await expectSound(zip, 2)
    const script = `
import zipfile, sys, struct
z = zipfile.ZipFile(sys.argv[1])
large, after = z.infolist()
with open(sys.argv[1], 'rb') as f:
    f.seek(after.header_offset - 24)
    behind = struct.unpack('<IIQQ', f.read(24))
print(large.file_size, after.header_offset > 2**32, z.read(after).decode())
print(behind == (0x08074b50, large.CRC, large.file_size, large.file_size))`
    // The descriptor behind the bytes is read by those alone who cannot look at the directory: here it is looked at itself.
    expect((await run('python3', '-c', script, zip)).out.trim()).toBe(`${size} True detrás de cuatro GiB\nTrue`)
  }, 240_000)
})

describe('an archive', () => {
  test('of more members than a plain zip can number is read by all', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pichat-zip-'))
    try {
      const members = Array.from({ length: 65_600 }, (_, n) => ({
        name: `${n}.txt`,
        size: 0,
        at: Date.UTC(2026, 10, 23),
        content: () => nothing(),
      }))
      const path = join(folder, 'many.zip')
      const chunks: Uint8Array[] = []
      for await (const chunk of zipArchive(members)) chunks.push(chunk)
      await writeFile(path, Buffer.concat(chunks))
      await expectSound(path, members.length)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 60_000)

  test('carries the moment of each file in every zone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pichat-zip-'))
    try {
      const at = Date.UTC(2026, 10, 23, 10, 20, 30)
      const chunks: Uint8Array[] = []
      for await (const chunk of zipArchive([{ name: 'a.txt', size: 0, at, content: () => nothing() }])) chunks.push(chunk)
      await writeFile(join(folder, 'a.zip'), Buffer.concat(chunks))
      expect((await run('unzip', '-q', join(folder, 'a.zip'), '-d', folder)).code).toBe(0)
      expect((await stat(join(folder, 'a.txt'))).mtimeMs).toBe(at)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('is not finished when a member is shorter than it said', async () => {
    const short = zipArchive([{ name: 'a', size: 3, at: 0, content: () => nothing() }])
    const drain = async () => {
      for await (const _ of short) {
        // Only its end counts.
      }
    }
    expect(drain()).rejects.toThrow('not as long')
  })

  test('calls each member by a name of its own, of 255 bytes at most', () => {
    expect(memberNames(['a', 'A', 'a', '.env', '.env', 'a (2)'])).toEqual(['a', 'A (2)', 'a (3)', '.env', '.env (2)', 'a (2) (2)'])
    const long = `${'ñ'.repeat(125)}.pdf`
    const [, second = ''] = memberNames([long, long])
    expect([second.endsWith('ñ (2).pdf'), Buffer.byteLength(second) <= 255]).toEqual([true, true])
  })
})

async function* nothing(): AsyncGenerator<Uint8Array> {}
