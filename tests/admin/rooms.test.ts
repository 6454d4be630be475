// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
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
