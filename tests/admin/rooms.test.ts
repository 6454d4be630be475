// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OpenHouse, openHouse } from '../support/house'
import { arrive, type Person } from '../support/people'

const clave = 'una clave larga'

type Cast = Awaited<ReturnType<typeof arrive>>

/** Beto's private room, which no administrator belongs to; its code and id. */
async function privateRoom(house: OpenHouse, { beto }: Cast, historial = 'guardada'): Promise<{ code: string; id: string }> {
  const created = await beto.post('/salas', { nombre: 'Cuentas', clave, tipo: 'privada', historial })
  const code = created.headers.get('location')?.split('/').at(-1) ?? ''
  await beto.post(`/salas/${code}/mensajes`, { texto: 'palabra reservada', cid: 'a' })
  const row = (await house.app.rooms.administration.list()).find(({ room }) => room.code === code)
  return { code, id: row?.room.id ?? '' }
}

const rowOf = async (person: Person, id: string) => {
  const page = await (await person.get('/admin/salas')).text()
  return new RegExp(`<tr role="row" id="room-${id}">.*?</tr>`, 's').exec(page)?.[0] ?? ''
}

describe('the list of rooms', () => {
  test('tells people now, members, kind, history and last activity, and nothing that was said', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.listen())
    const { id, code } = await privateRoom(house, cast)
    const line = await cast.beto.socket<{ t: string }>(`/salas/${code}/vivo`)
    line.send({ t: 'hola' })
    await line.next(({ t }) => t === 'lista')
    const page = await (await cast.ana.get('/admin/salas')).text()
    expect(page).toContain('Administrar no da acceso a los mensajes de salas privadas.')
    expect(page).not.toContain('palabra reservada')
    const row = await rowOf(cast.ana, id)
    expect(row).toContain('Privada · Beto')
    expect(row).toContain(`${code.slice(0, 4)}-${code.slice(4)}`)
    expect(row).toMatch(/data-label="Personas ahora">1<.*data-label="Miembros">1</s)
    expect(row).toContain('30 días')
    expect((await cast.ana.get(`/salas/${code}`)).status).toBe(404)
    line.close()
  })

  test('stands among the sections of administration', async () => {
    await using house = await openHouse()
    const { ana } = await arrive(house.door)
    expect(await (await ana.get('/admin')).text()).toContain('href="/admin/salas"')
    expect(await (await ana.get('/admin/salas')).text()).toMatch(/href="\/admin\/salas" aria-current="page"/)
  })
})

describe('an administrator who is in no such room', () => {
  test('gives it another code; members find it there', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.door)
    const { id, code } = await privateRoom(house, cast)
    expect((await cast.ana.post(`/admin/salas/${id}/codigo`, {})).status).toBe(303)
    expect((await cast.beto.get(`/salas/${code}`)).status).toBe(404)
    const fresh = (await house.app.rooms.administration.find(id)).code
    expect((await cast.beto.get(`/salas/${fresh}`)).status).toBe(200)
  })

  test('locks and unlocks its door', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.door)
    const { id, code } = await privateRoom(house, cast)
    const partial = { 'hx-request': 'true', 'hx-request-type': 'partial' }
    const answer = await cast.ana.post(`/admin/salas/${id}/cerrojo`, { cerrojo: 'si' }, partial)
    expect(await answer.text()).toContain('Puerta cerrada')
    expect((await cast.carla.post('/salas/unirse', { codigo: code, clave })).status).toBe(409)
    await cast.ana.post(`/admin/salas/${id}/cerrojo`, { cerrojo: 'no' })
    expect((await cast.carla.post('/salas/unirse', { codigo: code, clave })).status).toBe(303)
  })

  test('erases what it keeps, on open pages too; what is said meanwhile and after stays', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.listen())
    const { id, code } = await privateRoom(house, cast)
    const line = await cast.beto.socket<{ t: string; cid?: string }>(`/salas/${code}/vivo`)
    line.send({ t: 'hola' })
    await line.next(({ t }) => t === 'lista')
    const asked = await (await cast.ana.get(`/admin/salas/${id}/borrado`)).text()
    expect(asked).toContain('Se borra 1 mensaje.')
    expect(asked).not.toContain('palabra reservada')
    expect((await cast.ana.post(`/admin/salas/${id}/borrado`, {})).status).toBe(303)
    await line.next(({ t }) => t === 'hueco')
    line.send({ t: 'decir', cid: 'b', texto: 'palabra nueva' })
    await line.next(({ t, cid }) => t === 'ok' && cid === 'b')
    const page = await (await cast.beto.get(`/salas/${code}`)).text()
    expect(page).not.toContain('palabra reservada')
    expect(page).toContain('palabra nueva')
    line.close()
  })

  test('deletes it by its name alone; open pages go within a second', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.listen())
    const { id, code } = await privateRoom(house, cast)
    const line = await cast.beto.socket<{ t: string }>(`/salas/${code}/vivo`)
    line.send({ t: 'hola' })
    await line.next(({ t }) => t === 'lista')
    const asked = await (await cast.ana.get(`/admin/salas/${id}/eliminacion`)).text()
    expect(asked).toContain('¿Eliminar Cuentas? Se cierran 1 conexiones y se borran 1 mensajes. Los archivos se quedan.')
    expect((await cast.ana.post(`/admin/salas/${id}/eliminacion`, { nombre: 'cuentas' })).status).toBe(422)
    expect((await cast.beto.get(`/salas/${code}`)).status).toBe(200)
    const began = performance.now()
    expect((await cast.ana.post(`/admin/salas/${id}/eliminacion`, { nombre: 'Cuentas' })).status).toBe(303)
    expect((await line.closed).code).toBe(4404)
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(await rowOf(cast.ana, id)).toBe('')
    const whats = await house.database.read.selectFrom('audit').select(['what', 'who_name']).orderBy('n', 'desc').limit(1).execute()
    expect(whats).toEqual([{ what: 'rooms.closed', who_name: 'Ana Torres' }])
  })
})

test('nobody else does any of it, and a room that is not there is missing', async () => {
  await using house = await openHouse()
  const cast = await arrive(house.door)
  const { id, code } = await privateRoom(house, cast)
  const doors: [string, Record<string, string>][] = [
    ['codigo', {}],
    ['cerrojo', { cerrojo: 'si' }],
    ['borrado', {}],
    ['eliminacion', { nombre: 'Cuentas' }],
  ]
  for (const [door, fields] of doors) {
    for (const person of [cast.beto, cast.carla]) {
      expect([door, (await person.post(`/admin/salas/${id}/${door}`, fields)).status]).toEqual([door, 403])
    }
    expect([door, (await cast.stranger.post(`/admin/salas/${id}/${door}`, fields)).status]).toEqual([door, 401])
    expect([door, (await cast.ana.post(`/admin/salas/zzzzzzzzzzzzzzzz/${door}`, fields)).status]).toEqual([door, 404])
  }
  expect((await cast.beto.get('/admin/salas')).status).toBe(403)
  expect(await (await cast.beto.get(`/salas/${code}`)).text()).toContain('palabra reservada')
})

describe('how long all rooms remember', () => {
  const dayMs = 86_400_000
  const groupRoom = async ({ beto }: Cast, fields: Record<string, string> = {}) => {
    const given = { nombre: 'Obra', tipo: 'grupal', historial: 'guardada', clave, ...fields }
    const created = await beto.post('/salas', given)
    return { status: created.status, code: created.headers.get('location')?.split('/').at(-1) ?? '' }
  }
  const page = async (person: Person, path: string) => (await person.get(path)).text()

  test('is said once, holds at once for rooms that wanted more, and older words go with the next sweep', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.listen())
    const { code } = await groupRoom(cast, { dias: '90' })
    await cast.beto.post(`/salas/${code}/mensajes`, { texto: 'de hace mucho', cid: 'a' })
    house.clock.pass(8 * dayMs)
    await cast.beto.signIn()
    await cast.ana.signIn()
    await cast.beto.post(`/salas/${code}/mensajes`, { texto: 'de hoy', cid: 'b' })
    expect(await page(cast.ana, '/admin/salas')).toContain('Conservar hasta 365 días')

    const line = await cast.beto.socket<{ t: string; html?: string }>(`/salas/${code}/vivo`)
    line.send({ t: 'hola' })
    await line.next(({ t }) => t === 'lista')
    const saved = await cast.ana.post('/admin/salas/conservacion', { dias: '7' })
    expect((await line.next(({ t }) => t === 'sala')).html).toContain('Guardada · 7 días')
    line.close()
    expect([saved.status, saved.headers.get('location')]).toEqual([303, '/admin/salas'])
    const list = await page(cast.ana, '/admin/salas')
    expect(list).toContain('Ninguna sala conserva más de 7 días.')
    expect(list).toContain('Conservar hasta 7 días')
    expect(list).not.toContain('90 días')
    expect(await page(cast.beto, `/salas/${code}`)).toContain('Guardada · 7 días')
    await house.app.rooms.sweep()
    const left = await page(cast.beto, `/salas/${code}`)
    expect(left).not.toContain('de hace mucho')
    expect(left).toContain('de hoy')
    expect(await page(cast.ana, '/admin/auditoria')).toContain('cambió cuántos días se conserva lo escrito en todas las salas')

    // The room's own wish was not taken away: given room again, it remembers as long as it asked.
    await cast.ana.post('/admin/salas/conservacion', { dias: '' })
    expect(await page(cast.ana, '/admin/salas')).toContain('90 días')
  })

  test('is offered to new rooms and asked of them', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.door)
    await cast.ana.post('/admin/salas/conservacion', { dias: '7' })
    expect(await page(cast.beto, '/salas/nueva')).not.toContain('value="30"')
    expect((await groupRoom(cast, { dias: '30' })).status).toBe(422)
    const { code } = await groupRoom(cast)
    expect(await page(cast.beto, `/salas/${code}`)).toContain('Guardada · 7 días')
    expect((await cast.beto.post(`/salas/${code}/historia`, { historial: 'guardada', dias: '8' })).status).toBe(422)
  })

  test('outlives a restart, and never exceeds what the settings allow', async () => {
    const data = await mkdtemp(join(tmpdir(), 'pichat-days-'))
    {
      await using house = await openHouse({ data })
      const { ana } = await arrive(house.door)
      await ana.post('/admin/salas/conservacion', { dias: '60' })
    }
    {
      await using later = await openHouse({ data })
      expect(later.app.rooms.administration.houseDays.most).toBe(60)
    }
    await using stricter = await openHouse({ data, settings: { PICHAT_KEPT_DAYS_MAXIMUM: '20' } })
    expect(stricter.app.rooms.administration.houseDays.most).toBe(20)
    await rm(data, { recursive: true })
  })

  test.each(['0', '-1', '1.5', '366', 'siete', '7 días', '1e2e', 'Infinity'])('%p is no number of days', async (dias) => {
    await using house = await openHouse()
    const { ana } = await arrive(house.door)
    const answer = await ana.post('/admin/salas/conservacion', { dias })
    expect(answer.status).toBe(422)
    const asked = await answer.text()
    expect(asked).toContain('Elige entre 1 y 365 días.')
    expect(asked).toContain(`value="${dias}"`)
    expect(house.app.rooms.administration.houseDays.chosen).toBeNull()
  })

  test('is nobody else to say', async () => {
    await using house = await openHouse()
    const { beto, carla, stranger } = await arrive(house.door)
    for (const person of [beto, carla]) {
      expect((await person.post('/admin/salas/conservacion', { dias: '7' })).status).toBe(403)
      expect((await person.get('/admin/salas/conservacion')).status).toBe(403)
    }
    expect((await stranger.post('/admin/salas/conservacion', { dias: '7' })).status).toBe(401)
    expect(house.app.rooms.administration.houseDays.chosen).toBeNull()
  })
})

describe('the conversation of a room, for an administrator who is not in it', () => {
  test('a group room is downloaded, and that is written down', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.door)
    await cast.beto.post('/salas', { nombre: 'Obra', tipo: 'grupal', historial: 'guardada', clave })
    const row = (await house.app.rooms.administration.list()).find(({ room }) => room.name === 'Obra')
    const { id = '', code = '' } = row?.room ?? {}
    await cast.beto.post(`/salas/${code}/mensajes`, { texto: 'lo que se dijo', cid: 'a' })
    const address = `/admin/salas/${id}/exportar`
    expect(await rowOf(cast.ana, id)).toContain(`href="${address}"`)
    const answer = await cast.ana.get(address)
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="pichat-\w{8}-.*\.html"$/)
    expect(await answer.text()).toContain('lo que se dijo')
    const { mensajes } = (await (await cast.ana.get(`${address}?formato=json`)).json()) as { mensajes: { texto: string }[] }
    expect(mensajes.map(({ texto }) => texto)).toEqual(['lo que se dijo'])
    expect((await cast.ana.get(`${address}?formato=doc`)).status).toBe(422)
    expect(await (await cast.ana.get('/admin/auditoria')).text()).toMatch(/descargó la conversación de la sala .*Obra/)
    for (const person of [cast.beto, cast.carla]) expect((await person.get(address)).status).toBe(403)
  })

  test('a private room is not, nor one that keeps nothing', async () => {
    await using house = await openHouse()
    const cast = await arrive(house.door)
    const { id, code } = await privateRoom(house, cast)
    expect(await rowOf(cast.ana, id)).not.toContain('exportar')
    const refused = await cast.ana.get(`/admin/salas/${id}/exportar`)
    expect(refused.status).toBe(403)
    const said = await refused.text()
    expect(said).toContain('La conversación de una sala privada la descarga quien está en ella.')
    expect(said).not.toContain('palabra reservada')
    await cast.ana.post('/salas/unirse', { codigo: code, clave })
    expect(await (await cast.ana.get(`/admin/salas/${id}/exportar`)).text()).toContain('palabra reservada')
    await cast.beto.post('/salas', { nombre: 'Pasillo', tipo: 'grupal', historial: 'efimera', clave })
    const passing = (await house.app.rooms.administration.list()).find(({ room }) => room.name === 'Pasillo')
    expect((await cast.ana.get(`/admin/salas/${passing?.room.id}/exportar`)).status).toBe(409)
    expect((await cast.ana.get('/admin/salas/zzzzzzzzzzzzzzzz/exportar')).status).toBe(404)
  })
})
