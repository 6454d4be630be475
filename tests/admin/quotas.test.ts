// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { readAmount, writeAmount } from '../../src/files'
import { openHouse } from '../support/house'
import { arrive, type Person } from '../support/people'

const GB = 1_000_000_000

describe('the quota of a person', () => {
  async function openOffice() {
    const house = await openHouse({ settings: { PICHAT_QUOTA_CLIENTE: '1GiB' } })
    const cast = await arrive(house.door)
    const { id } = await house.database.read.selectFrom('users').select('id').where('username', '=', 'cliente').executeTakeFirstOrThrow()
    const address = `/admin/usuarios/${id}/cuota`
    return {
      ...cast,
      house,
      id,
      address,
      set: (cuota: string, who: Person = cast.ana) => who.post(address, { cuota }),
      page: async (path: string) => (await cast.ana.get(path)).text(),
      [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
    }
  }

  test('is set by Ana, seen where people are listed, on record, and holds at the next upload; empty, that of the role is back', async () => {
    await using office = await openOffice()
    const { ana, beto } = office
    const people = await office.page('/admin/usuarios')
    expect(people).toContain(`href="${office.address}"`)
    expect(people).toMatch(/ de 1,1 GB/)
    expect(await office.page(office.address)).toContain('la de su rol, 1,1 GB')

    const set = await office.set('1 KB')
    expect([set.status, set.headers.get('location')]).toEqual([303, '/admin/usuarios'])
    expect(await office.page('/admin/usuarios')).toMatch(/ de 1 KB/)
    const form = await office.page(office.address)
    expect(form).toContain('value="1 KB"')
    expect(form).toMatch(/\d+ B de 1 KB/)
    expect((await beto.put('/archivos/a.txt', 'x'.repeat(1001))).status).toBe(507)
    expect(await office.page('/admin/auditoria')).toMatch(/cambió el espacio de <b>Beto Molina<\/b><small>1 KB/)

    expect((await office.set('0')).status).toBe(303)
    expect(await office.page(office.address)).toContain('sin límite')
    expect((await beto.put('/archivos/a.txt', 'x'.repeat(1001))).status).toBe(201)
    expect((await office.set('')).status).toBe(303)
    expect(await office.page('/admin/usuarios')).toMatch(/ de 1,1 GB/)
    expect(await (await ana.get(office.address, { 'accept-language': 'en' })).text()).toContain('Save the quota')
  })

  test('is no quota when it is no amount: the form comes back with the sentence and what was typed', async () => {
    await using office = await openOffice()
    for (const typed of ['5', 'mucho', '-1 GB', '1e3 MB', '5.000 MB', '"><script>']) {
      const answer = await office.set(typed)
      const text = await answer.text()
      expect([typed, answer.status, text.includes('Escribe una cantidad con su unidad')]).toEqual([typed, 422, true])
      expect(text).not.toContain('"><script>')
    }
    expect(await office.house.database.read.selectFrom('file_quotas').selectAll().execute()).toEqual([])
  })

  test('is nobody else’s to see or to set, and nobody’s who is not there', async () => {
    await using office = await openOffice()
    for (const who of [office.beto, office.carla]) {
      expect((await who.get(office.address)).status).toBe(403)
      expect((await office.set('9 TB', who)).status).toBe(403)
    }
    expect((await office.ana.get('/admin/usuarios/aaaaaaaaaaaaaaaa/cuota')).status).toBe(404)
    expect((await office.ana.post('/admin/usuarios/aaaaaaaaaaaaaaaa/cuota', { cuota: '5 GB' })).status).toBe(404)
    expect(await office.house.database.read.selectFrom('file_quotas').selectAll().execute()).toEqual([])
  })
})

describe('an amount', () => {
  test.each([
    ['5 GB', 5 * GB],
    [' 5gb ', 5 * GB],
    ['1,5 GB', 1.5 * GB],
    ['1.25 TB', 1250 * GB],
    ['512 MiB', 512 * 1024 * 1024],
    ['300 b', 300],
    ['0', 0],
    ['0 GB', 0],
    ['999999 TiB', null],
    ['5', null],
    ['5 G B', null],
    ['5.000 MB', null],
    ['GB', null],
    ['٥ GB', null],
    ['', null],
  ])('%j is %j bytes', (typed, bytes) => {
    expect(readAmount(typed)).toBe(bytes)
    if (bytes !== null) expect(readAmount(writeAmount(bytes))).toBe(bytes)
  })

  test('is written so that reading it again loses nothing', () => {
    for (const bytes of [1, 999, 1000, 1001, 1024, 123_456_789, 5 * GB, 2 ** 30]) expect(readAmount(writeAmount(bytes))).toBe(bytes)
  })
})
