// SPDX-License-Identifier: GPL-3.0-or-later
import { randomBytes } from 'node:crypto'
import { makeRoom, roomName } from './rooms'
import { expect, test } from './stage'

test('carla, usuario, downloads and sees nothing of uploading, deleting or administering; asking directly is refused in words', async ({
  people,
  watch,
}) => {
  watch.expects(/status of 403/)
  const carla = await people.enter('carla', { at: '/archivos' })
  await expect(carla.getByText('Esta cuenta puede ver y descargar. Para subir, pide el rol de cliente a quien administra.')).toBeVisible()
  await expect(carla.locator('input[type="file"], upload-queue, .drop')).toHaveCount(0)
  await expect(carla.getByRole('link', { name: 'Administrar' })).toHaveCount(0)
  const first = carla.locator('#files tbody tr').first()
  await first.locator('summary').click()
  await expect(first.locator('.menu__panel')).toBeVisible()
  await expect(first.getByRole('button', { name: /Eliminar/ })).toHaveCount(0)
  await expect(first.getByRole('link', { name: 'Crear enlace directo' })).toHaveCount(0)
  const [download] = await Promise.all([carla.waitForEvent('download'), first.getByRole('link', { name: /^Descargar / }).click()])
  expect((await download.path()).length).toBeGreaterThan(0)

  await first.locator('a').first().click()
  await expect(carla.locator('#enlaces')).toHaveCount(0)
  const { origin, pathname } = new URL(carla.url())
  const headers = { origin, accept: 'text/html' }
  for (const path of ['/admin', '/admin/usuarios', '/admin/sistema', '/admin/usuarios/nueva']) {
    expect((await carla.goto(path))?.status(), path).toBe(403)
    await expect(carla.getByRole('heading', { level: 1 })).toHaveText('Esta puerta es de administradores')
    await expect(carla.getByText('La cuenta usuario tiene el rol Usuario.')).toBeVisible()
  }
  const name = `carla-${randomBytes(3).toString('hex')}.txt`
  const refused = [
    carla.request.put(`/archivos/${name}`, { data: 'hola', headers: { ...headers, 'content-type': 'application/octet-stream' } }),
    carla.request.post('/archivos', { multipart: { archivo: { name, mimeType: 'text/plain', buffer: Buffer.from('hola') } }, headers }),
    carla.request.post(`${pathname}/eliminar`, { headers }),
    carla.request.post(`${pathname}/enlaces`, { form: { vence: '1d' }, headers }),
    carla.request.post('/admin/usuarios', { form: { usuario: 'otra', nombre: 'Otra', rol: 'administrator' }, headers }),
  ]
  for (const answer of await Promise.all(refused)) {
    expect(answer.status(), answer.url()).toBe(403)
    expect(await answer.text()).toContain('La cuenta usuario tiene el rol Usuario')
  }
  await carla.goto(`/archivos?q=${name}`)
  await expect(carla.getByText(`Nada con «${name}»`)).toBeVisible()
  expect((await carla.goto(pathname))?.status()).toBe(200)
})

test('beto, cliente, uploads and deletes nothing', async ({ people }) => {
  const beto = await people.enter('beto', { at: '/archivos' })
  const first = beto.locator('#files tbody tr').first()
  await first.locator('summary').click()
  await expect(first.getByRole('link', { name: 'Crear enlace directo' })).toBeVisible()
  await expect(first.getByRole('button', { name: /Eliminar/ })).toHaveCount(0)
  await first.locator('a').first().click()
  const { origin, pathname } = new URL(beto.url())
  expect((await beto.request.post(`${pathname}/eliminar`, { headers: { origin } })).status()).toBe(403)
  expect((await beto.goto(pathname))?.status()).toBe(200)
})

test('a private room does not exist for carla, who is outside of it', async ({ people, watch }) => {
  watch.expects(/status of 404/)
  const [ana, carla] = await Promise.all([people.enter('ana'), people.enter('carla')])
  const nombre = roomName('Reservada')
  const code = await makeRoom(ana, { nombre })
  await carla.reload()
  await expect(carla.getByText(nombre)).toHaveCount(0)
  expect((await carla.goto(`/salas/${code}`))?.status()).toBe(404)
  const there = await carla.locator('.fault__text').textContent()
  expect((await carla.goto('/salas/NADANADA'))?.status()).toBe(404)
  await expect(carla.locator('.fault__text')).toHaveText(there ?? '')
  const { origin } = new URL(carla.url())
  const said = await carla.request.post(`/salas/${code}/mensajes`, { form: { texto: 'hola' }, headers: { origin } })
  expect(said.status()).toBe(404)
})
