// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { type OpenHouse, openHouse } from '../support/house'
import { arrive, Person } from '../support/people'

/** From now on everybody comes from this address, as far as the house can see. */
function comeFrom(house: OpenHouse, address: string): void {
  Object.assign(house.elysia, { server: { requestIP: () => ({ address, family: 'IPv4', port: 1 }), stop: async () => {} } })
}

async function keyOf(person: Person, fields: Record<string, string>): Promise<string> {
  const page = await (await person.post('/perfil/claves', { nombre: 'Vigía', ...fields })).text()
  return /value="(pichat_[^"]+)"/.exec(page)?.[1] ?? ''
}

const withKey = (house: OpenHouse, key: string) => new Person(house.door).get('/metrics', { authorization: `Bearer ${key}`, accept: '*/*' })

describe('/metrics', () => {
  test("gives whatever runs on this machine counts in the text format of Prometheus, and nobody's names or words", async () => {
    await using house = await openHouse()
    const { beto } = await arrive(house.listen())
    const created = await beto.post('/salas', {
      nombre: 'Cuentas claras',
      clave: 'una clave larga',
      tipo: 'privada',
      historial: 'guardada',
    })
    const line = await beto.socket<{ t: string }>(`${created.headers.get('location')}/vivo`)
    line.send({ t: 'hola' })
    await line.next(({ t }) => t === 'lista')
    const answer = await house.listen().fetch('/metrics')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const text = await answer.text()
    expect(text).toContain('\npichat_sockets 1\n')
    expect(text).toContain('\npichat_people_connected 1\n')
    expect(text).toMatch(/\npichat_rooms\{history="kept"\} [1-9]/)
    expect(text).toMatch(/\npichat_files\{state="unscanned"\} [1-9]/)
    expect(text).not.toContain('Cuentas')
    expect(text).not.toContain('Beto')
    for (const sample of text.trim().split('\n')) {
      expect(sample).toMatch(/^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$/)
    }
    line.close()
  })

  test("asks everybody else for an administrator's key that may read", async () => {
    await using house = await openHouse()
    const { ana, beto } = await arrive(house.door)
    const reading = await keyOf(ana, { leer: 'si' })
    const uploading = await keyOf(ana, { subir: 'si' })
    const clientes = await keyOf(beto, { leer: 'si' })
    expect([reading, uploading, clientes].every((key) => key !== '')).toBe(true)
    comeFrom(house, '192.168.1.20')
    expect((await new Person(house.door).get('/metrics', { accept: '*/*' })).status).toBe(401)
    expect((await withKey(house, reading)).status).toBe(200)
    expect((await withKey(house, uploading)).status).toBe(403)
    expect((await withKey(house, clientes)).status).toBe(403)
    expect((await new Person(house.door).get('/metrics', { 'x-forwarded-for': '127.0.0.1', accept: '*/*' })).status).toBe(401)
    comeFrom(house, '::ffff:127.0.0.1')
    expect((await new Person(house.door).get('/metrics', { accept: '*/*' })).status).toBe(200)
  })
})
