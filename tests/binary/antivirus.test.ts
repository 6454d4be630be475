// SPDX-License-Identifier: GPL-3.0-or-later
//
// Debian's clamd with Debian's limits, the executable, and what people should never get to open: each has its verdict soon, and costs PiChat nothing.
import { expect, test } from 'bun:test'
import { forgetPeak, peakBytes, residentBytes } from '../bench/machine/process'
import { eicar, noClamd, startClamd } from '../files/antivirus'
import { blackPng, laughingDocument, nested, overlapping, tree, zeros, zip } from '../files/archives'
import type { Person } from '../support/people'
import { until } from '../support/until'
import { openBox } from './claimed'

if (noClamd) console.log(`      left out: the real antivirus, because ${noClamd}`)

const MiB = 1024 * 1024
const known = Buffer.from(eicar)

interface Stored {
  id: string
  url: string
  state: string
}

test.skipIf(noClamd !== null)(
  'EICAR in every dress and bombs of every kind: a verdict within two minutes, nobody reads them, and memory stays flat',
  async () => {
    await using clamd = await startClamd({ limits: 'debian' })
    await using house = await openBox({ env: { PICHAT_CLAMD: clamd.socket, PICHAT_UPLOADS_PER_PERSON: '100' } })
    const { ana, box } = house
    await until('the antivirus to have shown what it reports', () => box.journal().some(({ event }) => event === 'files.scanner-ready'))
    const put = async (name: string, body: Uint8Array): Promise<Stored> => {
      const answer = await ana.put(`/archivos/${encodeURIComponent(name)}`, new Uint8Array(body), { accept: 'application/json' })
      expect(answer.status).toBe(201)
      return (await answer.json()) as Stored
    }
    const locked = await lockedBy(ana, put)

    const samples: Record<string, [bytes: Uint8Array, ...states: string[]]> = {
      'eicar.com': [known, 'infected'],
      'foto.png': [known, 'infected'],
      'uno.zip': [zip([{ name: 'a.txt', content: known }]), 'infected'],
      '17 zips.zip': [nested(17, 'a.txt', known, { stored: false }), 'unscannable'],
      'con clave.zip': [locked, 'unscannable'],
      'detrás de 101 MB.bin': [Buffer.concat([Buffer.alloc(101 * MiB, 'x'), known]), 'unscannable'],
      'delante de 101 MB.bin': [Buffer.concat([known, Buffer.alloc(101 * MiB, 'x')]), 'unscannable', 'infected'],
      'al final de 30 MB.zip': [zip([{ name: 'a.txt', content: Buffer.concat([Buffer.alloc(30 * MiB, 'x'), known]) }]), 'unscannable'],
      '42.zip': [tree(4, 16, Buffer.alloc(16 * MiB)), 'unscannable'],
      'encima.zip': [overlapping(Buffer.alloc(20 * MiB), 500), 'unscannable'],
      'diez gigas.gz': [zeros(10_000 * MiB), 'unscannable'],
      'de risa.docx': [laughingDocument(), 'clean', 'unscannable'],
      'enorme.png': [blackPng(30_000, 30_000), 'clean', 'unscannable'],
    }
    // A first one, as large as any: what the program compiles once is not what these cost.
    const first = await put('primero.bin', Buffer.alloc(101 * MiB, 'y'))
    await until('the first verdict', async () => (await ana.json<{ state: string }>(`/archivos/${first.id}`)).state === 'unscannable', {
      within: 60_000,
    })
    const before = residentBytes(box.pid)
    forgetPeak(box.pid)
    const begun = performance.now()
    const sent: [string, Stored][] = []
    for (const [name, [bytes]] of Object.entries(samples)) sent.push([name, await put(name, bytes)])
    const verdicts = await Promise.all(
      sent.map(async ([name, { id, url }]) => {
        const { state, reason } = await until(
          `a verdict on ${name}`,
          async () => {
            const file = await ana.json<{ state: string; reason?: string }>(`/archivos/${id}`)
            return file.state !== 'quarantined' && file.state !== 'scanning' && file
          },
          { within: 120_000 },
        )
        return { name, state, reason, read: (await ana.get(url)).status }
      }),
    )
    const grown = peakBytes(box.pid) - before
    console.log(
      `      ${verdicts.length} verdicts in ${((performance.now() - begun) / 1000).toFixed(1)} s, ${(grown / MiB).toFixed(0)} MiB at the most`,
    )
    for (const { name, state, read } of verdicts) {
      const [, ...allowed]: [unknown, ...string[]] = samples[name] ?? [null]
      expect(`${name}: ${state}`).toBe(`${name}: ${allowed.includes(state) ? state : allowed.join(' or ')}`)
      expect([name, read]).toEqual([name, state === 'clean' ? 200 : 423])
    }
    expect(grown).toBeLessThan(20 * MiB)
  },
  180_000,
)

/** EICAR as PiChat itself gives it out for analysis: under the lock that every tool opens. */
async function lockedBy(ana: Person, put: (name: string, body: Uint8Array) => Promise<Stored>): Promise<Uint8Array> {
  const { id } = await put('para llevar.com', known)
  await until('the verdict', async () => (await ana.json<{ state: string }>(`/archivos/${id}`)).state === 'infected')
  const sample = await ana.post(`/admin/cuarentena/${id}/muestra`, {})
  expect(sample.status).toBe(200)
  return sample.bytes()
}
