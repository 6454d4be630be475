// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { manualClock } from '../../src/core'
import type { Scanner, Verdict } from '../../src/files'
import { transitions } from '../../src/files/model'
import { until } from '../support/until'
import { type Drop, openDrop, people } from './drop'

/** A scanner that speaks when the test says so. */
function slowScanner() {
  const asked: { path: string; say(verdict: Verdict): void; fail(): void }[] = []
  const scanner: Scanner = {
    present: true,
    scan: (path) =>
      new Promise((resolve, reject) => asked.push({ path, say: resolve, fail: () => reject(new Error('the scanner went away')) })),
  }
  return { scanner, asked }
}
const state = async (drop: Drop) => (await drop.rows())[0]?.state

describe('while the scanner has not spoken', () => {
  test('nobody reads the file: not Ana, not who brought it, not Carla, not by a link', async () => {
    const { scanner, asked } = slowScanner()
    await using drop = await openDrop({ scanner })
    const file = await drop.put('a.txt', 'x')
    expect(file.state).toBe('quarantined')
    await until('the scan', () => asked.length === 1)
    for (const as of ['ana', 'beto', 'carla'] as const) {
      for (const method of ['GET', 'HEAD']) expect((await drop.ask(method, file.url, { as })).status).toBe(423)
      expect((await drop.ask('GET', file.url, { as, headers: { range: 'bytes=0-0' } })).status).toBe(423)
    }
    expect((await drop.ask('GET', file.url)).status).toBe(401)
    const answer = await drop.ask('POST', `/archivos/${file.id}/enlaces`, { as: 'beto', body: new URLSearchParams({ vence: '1d' }) })
    expect(answer.status).toBe(409)
    const list = await (await drop.ask('GET', '/archivos', { as: 'carla', headers: { accept: 'text/html' } })).text()
    expect(list).toContain('Analizando')
    expect(list).not.toContain(file.url)
    asked[0]?.say({ state: 'clean' })
    await until('the verdict', async () => (await state(drop)) === 'clean')
    expect(await (await drop.ask('GET', file.url, { as: 'carla' })).text()).toBe('x')
  })

  test.each([[{ state: 'infected', reason: 'Eicar-Test' }], [{ state: 'unscannable', reason: 'encrypted' }]] as const)(
    'and after %j neither, and an earlier link ends at the same door',
    async (verdict) => {
      const { scanner, asked } = slowScanner()
      await using drop = await openDrop({ scanner })
      const file = await drop.put('a.txt', 'x')
      await until('the scan', () => asked.length === 1)
      asked[0]?.say(verdict)
      await until('the verdict', async () => (await state(drop)) === verdict.state)
      expect((await drop.ask('GET', file.url, { as: 'ana' })).status).toBe(423)
      expect((await drop.rows())[0]?.reason).toBe(verdict.reason)
    },
  )
})

describe('a scanner that fails', () => {
  test('leaves the file waiting with the reason, and is asked again later and later', async () => {
    const { scanner, asked } = slowScanner()
    const clock = manualClock()
    await using drop = await openDrop({ scanner, clock })
    await drop.put('a.txt', 'x')
    for (const wait of [1_000, 2_000, 4_000]) {
      const before = asked.length
      await until('the scan', () => asked.length > 0 && asked.length >= before)
      asked.at(-1)?.fail()
      await until('it waits', async () => (await state(drop)) === 'quarantined')
      const row = (await drop.rows())[0]
      expect(row?.reason).toBe('scanner-silent')
      const tried = asked.length
      await until('the queue to rest', async () => {
        await clock.advance(0)
        return true
      })
      await clock.advance(wait - 1)
      expect(asked.length).toBe(tried)
      await clock.advance(1)
      await until('another scan', () => asked.length === tried + 1)
    }
    asked.at(-1)?.say({ state: 'clean' })
    await until('the verdict', async () => (await state(drop)) === 'clean')
  })

  test('a scan that a restart cut off begins again', async () => {
    const one = slowScanner()
    const first = await openDrop({ scanner: one.scanner })
    const file = await first.put('a.txt', 'x')
    await until('the scan', () => one.asked.length === 1)
    await first.database.close() // as if the plug were pulled
    await first.app.server?.stop(true)

    const two = slowScanner()
    await using second = await openDrop({ scanner: two.scanner, data: first.data })
    await until('the scan', () => two.asked.length === 1)
    expect(two.asked[0]?.path).toEndWith(file.id)
    two.asked[0]?.say({ state: 'clean' })
    await until('the verdict', async () => (await state(second)) === 'clean')
  })

  test('without any scanner at the next start nobody waits for one', async () => {
    const { scanner, asked } = slowScanner()
    const first = await openDrop({ scanner })
    const file = await first.put('a.txt', 'x')
    await until('the scan', () => asked.length === 1)
    await first.database.close()
    await first.app.server?.stop(true)
    await using second = await openDrop({ data: first.data })
    expect(await state(second)).toBe('unscanned')
    expect((await second.ask('GET', file.url, { as: 'carla' })).status).toBe(200)
  })
})

test('a file deleted while it is scanned stays deleted', async () => {
  const { scanner, asked } = slowScanner()
  await using drop = await openDrop({ scanner })
  const file = await drop.put('a.txt', 'x')
  await until('the scan', () => asked.length === 1)
  expect((await drop.ask('DELETE', file.url, { as: 'ana' })).status).toBe(204)
  asked[0]?.say({ state: 'clean' })
  await drop.put('b.txt', 'y')
  await until('the next scan', () => asked.length === 2)
  expect((await drop.rows()).map((row) => row.state)).toEqual(['deleted', 'scanning'])
  asked[1]?.say({ state: 'clean' })
})

test('nothing infected is released', () => {
  expect(transitions.infected).not.toContain('released')
  expect(transitions.infected).not.toContain('clean')
})

test('what nobody is known to have brought stays closed, however clean it is, until a person opens it', async () => {
  const first = await openDrop()
  await first.close()
  const stray = '0'.repeat(16)
  await writeFile(join(first.folder, stray), 'whose is this?')
  const { scanner, asked } = slowScanner()
  await using drop = await openDrop({ scanner, data: first.data })
  await until('its row', async () => (await state(drop)) === 'unscanned')
  await drop.files.review.rescan({ ...people.ana, from: null }, stray)
  await until('the scan', () => asked.length === 1)
  asked[0]?.say({ state: 'clean' })
  await until('the verdict', async () => (await state(drop)) === 'clean')
  const [row] = await drop.rows()
  expect((await drop.ask('GET', `/archivos/${stray}/${row?.name}`, { as: 'ana' })).status).toBe(423)
  expect((await drop.files.review.list('espera')).items.map(({ file }) => file.id)).toEqual([stray])
})

describe('the wait for a scanner that is silent', () => {
  const minute = 60_000
  const limits = { scanWait: 10 * minute }
  const noon = Date.UTC(2026, 10, 23, 12)

  /** A start of the box at this time; silent unless told otherwise. */
  async function start(at: number, data?: string, scanner: Partial<Scanner> = {}) {
    const { scanner: slow, asked } = slowScanner()
    const clock = manualClock(at)
    const check = async () => Promise.reject(new Error('silent'))
    const drop = await openDrop({ scanner: { ...slow, check, ...scanner }, clock, limits, ...(data ? { data } : {}) })
    return { drop, clock, asked }
  }

  test('is not begun anew by a restart: a box that is started every day reaches its end too', async () => {
    const first = await start(noon)
    await first.drop.put('a.txt', 'x')
    await until('the reason', async () => (await first.drop.rows())[0]?.reason === 'scanner-silent')
    await first.drop.close()
    const second = await start(noon + 6 * minute, first.drop.data)
    expect(await state(second.drop)).toBe('quarantined')
    await second.clock.advance(minute)
    expect(await state(second.drop)).toBe('quarantined')
    await second.drop.close()

    // A clock that cannot be right says nothing, until it is set.
    const third = await start(Date.UTC(1970), first.drop.data)
    await third.clock.advance(minute)
    expect(await state(third.drop)).toBe('quarantined')
    third.clock.set(noon + 11 * minute)
    await third.clock.advance(minute)
    await until('a person', async () => (await state(third.drop)) === 'unscanned')
    expect((await third.drop.rows())[0]?.reason).toBe('waited-too-long')
    await third.drop.close()
  })

  test('ends for nobody whom a scanner that is there can still look at', async () => {
    const first = await start(noon)
    await first.drop.put('a.txt', 'x')
    await until('the reason', async () => (await first.drop.rows())[0]?.reason === 'scanner-silent')
    await first.drop.close()
    const { drop, asked } = await start(noon + 7 * 86_400_000, first.drop.data, { check: async () => {} })
    await until('the scan', () => asked.length === 1)
    asked[0]?.say({ state: 'clean' })
    await until('the verdict', async () => (await state(drop)) === 'clean')
    expect((await drop.files.steps((await drop.rows())[0]?.id ?? '')).map((step) => step.state)).not.toContain('unscanned')
    await drop.close()
  })

  const lookAgain = async (drop: Drop, id: string) => drop.files.review.rescan({ ...people.ana, from: null }, id)

  test.each([
    ['clean', null, { state: 'clean' }, 200],
    ['infected', 'Eicar-Test', { state: 'infected', reason: 'Eicar-Test' }, 423],
    ['unscannable', 'encrypted', { state: 'unscannable', reason: 'encrypted' }, 423],
    ['rejected', 'no es nuestro', { state: 'clean' }, 423],
  ] as const)('leaves what was to be looked at once more what it was: %s, %p', async (was, reason, verdict, answer) => {
    let silent = false
    const check = async () => (silent ? Promise.reject(new Error('silent')) : undefined)
    const { drop, clock, asked } = await start(noon, undefined, { check })
    const file = await drop.put('a.txt', 'x')
    await until('the scan', () => asked.length === 1)
    asked[0]?.say(verdict)
    await until('the verdict', async () => (await state(drop)) === verdict.state)
    if (was === 'rejected') await drop.files.review.reject({ ...people.ana, from: null }, file.id, 'no es nuestro')
    silent = true
    await lookAgain(drop, file.id)
    await until('the wait', async () => (await drop.rows())[0]?.reason === 'scanner-silent')
    await clock.advance(11 * minute)
    await until('its end', async () => (await state(drop)) === was)
    expect((await drop.rows())[0]?.reason).toBe(reason)
    expect((await drop.ask('GET', file.url, { as: 'carla' })).status).toBe(answer)
    const [told] = await drop.database.read.selectFrom('audit').select('what').orderBy('n', 'desc').limit(1).execute()
    expect(told?.what).toBe('files.left-as-it-was')
    // And so does a start without any antivirus in the middle of it.
    await lookAgain(drop, file.id)
    await drop.close()
    await using later = await openDrop({ data: drop.data })
    expect(await state(later)).toBe(was)
    expect((await later.rows())[0]?.reason).toBe(reason)
    expect((await later.rows())[0]?.trash_ends === null).toBe(was !== 'rejected')
    expect((await later.ask('GET', file.url, { as: 'carla' })).status).toBe(answer)
  })
})

describe('what came while there was no antivirus', () => {
  const steps = async (drop: Drop, id: string) => (await drop.files.steps(id)).map((step) => step.state)

  test('is scanned once there is one, after those who wait and one by one, and stays readable until something is found', async () => {
    const first = await openDrop()
    const [old, bad] = [await first.put('viejo.txt', 'x'), await first.put('malo.txt', 'y')]
    await first.close()
    const { scanner, asked } = slowScanner()
    await using drop = await openDrop({ scanner, data: first.data })
    await until('the first scan', () => asked.length === 1)
    expect(asked[0]?.path).toEndWith(old.id)
    expect((await drop.rows()).map((row) => row.state)).toEqual(['scanning', 'unscanned'])
    expect((await drop.ask('GET', old.url, { as: 'carla' })).status).toBe(200)
    const fresh = await drop.put('nuevo.txt', 'z')
    asked[0]?.say({ state: 'clean' })
    await until('the second scan', () => asked.length === 2)
    expect(asked[1]?.path).toEndWith(fresh.id)
    asked[1]?.say({ state: 'clean' })
    await until('the third scan', () => asked.length === 3)
    expect((await drop.ask('GET', bad.url, { as: 'carla' })).status).toBe(200)
    asked[2]?.say({ state: 'infected', reason: 'Eicar-Test' })
    await until('the verdict', async () => (await drop.rows())[1]?.state === 'infected')
    expect((await drop.ask('GET', bad.url, { as: 'carla' })).status).toBe(423)
    expect((await drop.ask('GET', old.url, { as: 'carla' })).status).toBe(200)
    expect(await steps(drop, old.id)).toEqual(['receiving', 'unscanned', 'quarantined', 'scanning', 'clean'])
  })

  test('goes back to what it was when it cannot be opened, and is not asked about again', async () => {
    const first = await openDrop()
    const file = await first.put('a.zip', 'x')
    await first.close()
    const { scanner, asked } = slowScanner()
    await using drop = await openDrop({ scanner, data: first.data })
    await until('the scan', () => asked.length === 1)
    asked[0]?.say({ state: 'unscannable', reason: 'encrypted' })
    await until('the verdict', async () => (await state(drop)) === 'unscanned')
    expect((await drop.ask('GET', file.url, { as: 'carla' })).status).toBe(200)
    await drop.put('b.txt', 'y')
    await until('the next scan', () => asked.length === 2)
    asked[1]?.say({ state: 'clean' })
    await until('the verdict', async () => (await drop.rows())[1]?.state === 'clean')
    expect(asked.length).toBe(2)
  })

  test('that nobody opened is opened by its verdict alone, and the page says what is true meanwhile', async () => {
    const first = await openDrop({ limits: { release: 'clean' } })
    const file = await first.put('a.txt', 'x')
    await first.close()
    const { scanner, asked } = slowScanner()
    const silent = { ...scanner, check: () => Promise.reject(new Error('silent')) }
    await using drop = await openDrop({ scanner: silent, data: first.data, limits: { release: 'clean' } })
    const page = await drop.ask('GET', `/archivos/${file.id}`, { as: 'ana', headers: { accept: 'text/html' } })
    const text = await page.text()
    expect(text).toContain('Ningún antivirus lo ha comprobado. Un administrador decide.')
    expect(text).toContain(`/admin/cuarentena/${file.id}/analisis`)
    expect(text).toContain(`/admin/cuarentena/${file.id}/rechazo`)
    expect(text).toContain(`/admin/cuarentena/${file.id}/liberacion`)
    const his = await (await drop.ask('GET', `/archivos/${file.id}`, { as: 'beto', headers: { accept: 'text/html' } })).text()
    expect(his).not.toContain('/admin/cuarentena')
    expect(await state(drop)).toBe('unscanned')
    expect(asked.length).toBe(0)
  })
})
