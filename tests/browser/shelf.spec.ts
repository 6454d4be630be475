// SPDX-License-Identifier: GPL-3.0-or-later
//
// Around files, by hand: a room's own, one of the drop in a conversation, folders, what a page shows, an end.
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import { enterRoom, joinRoom, makeRoom, roomName, roomPassword } from './rooms'
import { expect, expectAccessible, expectNoSidewaysScroll, test } from './stage'

const fileName = (word: string, extension = 'txt') => `${word} ${randomBytes(3).toString('hex')}.${extension}`
/** One white point. */
const gif = Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')

async function upload(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.locator('#subir input[type="file"]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
  await expect(row(page, name)).toBeVisible()
}

function row(page: Page, name: string) {
  return page.locator('#files tbody tr', { has: page.getByRole('link', { name, exact: true }) })
}

const menuOf = async (page: Page, word: string) => {
  await page.locator('.room__head summary').click()
  await page.getByRole('link', { name: word, exact: true }).click()
}

test('what is attached in a conversation is in the files of the room, and for nobody outside', async ({ people, watch }) => {
  watch.expects(/status of 404/)
  const [ana, beto, carla] = await Promise.all([people.enter('ana'), people.enter('beto'), people.enter('carla')])
  const nombre = roomName('Planos')
  const code = await makeRoom(ana, { nombre })
  await joinRoom(beto, code)
  const name = fileName('acabados')
  await beto.locator('#adjuntar input[type="file"]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('mármol') })
  const card = beto.locator('#messages .file', { hasText: name })
  await expect(card).toBeVisible()
  const address = (await card.getByRole('link', { name: `Descargar ${name}` }).getAttribute('href')) ?? ''

  await menuOf(beto, 'Archivos de esta sala')
  await expect(beto.getByRole('heading', { level: 1 })).toHaveText(`Archivos de ${nombre}`)
  await expect(row(beto, name)).toBeVisible()
  await expectAccessible(beto)
  const second = fileName('desde la lista')
  await upload(beto, second, Buffer.from('x'))
  await expect(beto.locator('#files tbody tr')).toHaveCount(2)

  for (const path of [`/archivos?sala=${code}`, address, address.split('/').slice(0, 3).join('/')]) {
    expect((await carla.request.get(path)).status(), path).toBe(404)
  }
  await carla.goto('/archivos')
  await expect(carla.locator('#files')).not.toContainText(name)
  await expect(carla.locator('#files')).not.toContainText(second)
  expect((await ana.request.get(address)).status()).toBe(200)
})

test('files that are attached together come in the order in which they were chosen', async ({ people }) => {
  const ana = await people.enter('ana')
  await enterRoom(ana, await makeRoom(ana, { nombre: roomName('En orden') }))
  const names = ['primero', 'segundo', 'tercero'].map((word) => fileName(word))
  // The first arrives last: its answer waits for those of the others.
  let others = 0
  let both = () => {}
  const arrived = new Promise<void>((resolve) => {
    both = resolve
  })
  await ana.route('**/subidas', async (route) => {
    const named = /filename (\S+?)(,|$)/.exec(route.request().headers()['upload-metadata'] ?? '')?.[1] ?? ''
    const answer = await route.fetch()
    if (Buffer.from(named, 'base64').toString() === names[0]) await arrived
    else if (++others === 2) both()
    await route.fulfill({ response: answer })
  })
  await ana
    .locator('#adjuntar input[type="file"]')
    .setInputFiles(names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })))
  await expect(ana.locator('#messages .file .file__name')).toHaveText(names)
})

for (const script of [true, false])
  test.describe(script ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled: script })

    test('a file that is there is attached to a message', async ({ people }) => {
      const [ana, carla] = await Promise.all([people.enter('ana', { at: '/archivos' }), people.enter('carla')])
      const name = fileName('convenio')
      const { origin } = new URL(ana.url())
      await ana.request.put(`/archivos/${encodeURIComponent(name)}`, { data: 'para todos', headers: { origin } })
      const code = await makeRoom(ana, { nombre: roomName('Avisos') })
      if (script) await joinRoom(carla, code)
      else await carla.request.post('/salas/unirse', { form: { codigo: code, clave: roomPassword }, headers: { origin } })
      await carla.goto(`/salas/${code}`)
      await carla.getByRole('link', { name: 'Adjuntar de Archivos' }).click()
      await carla.getByRole('searchbox').fill(name)
      await carla.getByRole('searchbox').press('Enter')
      await expect(carla.locator('#files tbody tr')).toHaveCount(1)
      await carla.getByRole('button', { name: `Adjuntar ${name}` }).click()
      await expect(carla).toHaveURL(new RegExp(`/salas/${code}`))
      await expect(carla.locator('#messages .msg--own .file', { hasText: name })).toBeVisible()
      await ana.goto(`/salas/${code}`)
      await expect(ana.locator('#messages .file', { hasText: name })).toBeVisible()
    })

    test('a folder is made, filled, renamed and removed, and its files stay', async ({ people }) => {
      const beto = await people.enter('beto', { at: '/archivos' })
      const nombre = roomName('Fotos de obra')
      await beto.locator('summary', { hasText: 'Crea una carpeta' }).click()
      await beto.getByLabel('Nombre de la carpeta').fill(nombre)
      await beto.getByRole('button', { name: 'Crear la carpeta' }).click()
      await expect(beto.getByText(`La carpeta «${nombre}» está lista.`)).toBeVisible()
      await expect(beto.getByRole('heading', { name: 'Esta carpeta está vacía' })).toBeVisible()
      const name = fileName('fachada')
      await beto.locator('#subir input[type="file"]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('x') })
      if (!script) await beto.getByRole('button', { name: 'Enviar' }).click()
      await expect(row(beto, name)).toBeVisible()
      await beto.locator('summary', { hasText: 'Opciones de la carpeta' }).click()
      await beto.locator('#carpeta-nombre').fill(`${nombre} norte`)
      await beto.getByRole('button', { name: 'Cambiar el nombre' }).click()
      await expect(beto.locator('.folders [aria-current]')).toContainText(`${nombre} norte`)
      await beto.goto('/archivos')
      await expect(row(beto, name)).toContainText(`${nombre} norte`)
      await beto
        .locator('.folders')
        .getByRole('link', { name: `${nombre} norte` })
        .click()
      await beto.locator('summary', { hasText: 'Opciones de la carpeta' }).click()
      await beto.getByRole('button', { name: 'Eliminar la carpeta' }).click()
      if (script) await beto.locator('dialog[open] .btn--danger-solid').click()
      await expect(beto.getByText('Sus archivos se quedaron.')).toBeVisible()
      await expect(row(beto, name)).toBeVisible()
    })
  })

test('the page of a file shows it, says who took it, and gives it an end', async ({ people }) => {
  const [beto, carla] = await Promise.all([people.enter('beto', { at: '/archivos' }), people.enter('carla', { at: '/archivos' })])
  const [text, picture] = [fileName('notas', 'md'), fileName('punto', 'gif')]
  await upload(beto, text, Buffer.from('# Visita\n<script>document.title = "tomado"</script>\nñ'))
  await upload(beto, picture, gif)
  await row(beto, text).getByRole('link', { name: text, exact: true }).click()
  await expect(beto.getByRole('region', { name: `Vista previa de ${text}` })).toContainText('<script>document.title = "tomado"</script>')
  await expect(beto).toHaveTitle(new RegExp(text))
  await expectAccessible(beto)

  await carla.goto(new URL(beto.url()).pathname)
  await Promise.all([carla.waitForEvent('download'), carla.getByRole('link', { name: 'Descargar', exact: true }).click()])
  await expect(carla.getByText('Quién lo descargó')).toHaveCount(0)
  await beto.reload()
  await expect(beto.getByRole('region', { name: 'Quién lo descargó' })).toContainText('Carla')
  await beto.getByLabel('Cuándo se borra').selectOption('En 30 días')
  await beto.locator('form[action$="/vencimiento"] button').click()
  await expect(beto.locator('.facts')).not.toContainText('Nunca')

  await beto.goto('/archivos')
  await row(beto, picture).getByRole('link', { name: picture, exact: true }).click()
  const shown = beto.getByRole('img', { name: `Vista previa de ${picture}` })
  await expect.poll(async () => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1)
})

test('once released, a picture has a thumbnail in lists and conversations', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana', { at: '/archivos' }), people.enter('beto', { at: '/archivos' })])
  const name = fileName('punto', 'gif')
  await upload(beto, name, gif)
  await expect(row(beto, name).locator('.thumb')).toHaveCount(0)
  const id = (await row(beto, name).getAttribute('id'))?.slice('row-'.length) ?? ''
  const { origin } = new URL(ana.url())
  await ana.request.post(`/admin/cuarentena/${id}/liberacion`, { form: { motivo: 'es un punto' }, headers: { origin } })
  const code = await makeRoom(beto, { nombre: roomName('Con foto') })
  await beto.request.post(`/salas/${code}/mensajes`, { form: { texto: '', cid: 'foto', archivo: id }, headers: { origin } })
  for (const [path, image] of [
    ['/archivos', row(beto, name).locator('.thumb img')],
    [`/salas/${code}`, beto.locator('#messages .file__shot img')],
  ] as const) {
    await beto.goto(path)
    await expect.poll(async () => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(1)
  }
})

test('a picture that cannot be drawn is a sheet like any other, and is not asked for again and again', async ({ people, watch }) => {
  watch.expects(/status of 404.*miniaturas/)
  const [ana, beto] = await Promise.all([people.enter('ana', { at: '/archivos' }), people.enter('beto', { at: '/archivos' })])
  const name = fileName('rota', 'gif')
  await upload(beto, name, Buffer.concat([gif.subarray(0, 10), Buffer.from('y nada más')]))
  const id = (await row(beto, name).getAttribute('id'))?.slice('row-'.length) ?? ''
  const { origin } = new URL(ana.url())
  await ana.request.post(`/admin/cuarentena/${id}/liberacion`, { form: { motivo: 'no hace daño' }, headers: { origin } })
  const code = await makeRoom(beto, { nombre: roomName('Sin foto') })
  await beto.request.post(`/salas/${code}/mensajes`, { form: { texto: '', cid: 'rota', archivo: id }, headers: { origin } })

  let asked = 0
  beto.on('request', (request) => {
    if (request.url().endsWith(`/miniaturas/${id}`)) asked++
  })
  await beto.goto('/archivos')
  await expect(row(beto, name).locator('.thumb .ftype')).toBeVisible()
  await expect(row(beto, name).locator('.thumb img')).toHaveCount(0)
  for (let times = 0; times < 4; times++) {
    const list = beto.waitForResponse((answer) => new URL(answer.url()).pathname === '/archivos')
    await beto.evaluate(() => document.body.dispatchEvent(new CustomEvent('files-changed', { bubbles: true })))
    await list
    await expect(row(beto, name).locator('.thumb img')).toHaveCount(0)
  }
  expect(asked).toBeLessThanOrEqual(2)

  await beto.goto(`/salas/${code}`)
  await expect(beto.locator('#messages .file', { hasText: name }).locator('.ftype')).toBeVisible()
  await expect(beto.locator('#messages .file', { hasText: name }).locator('img')).toHaveCount(0)
})

test('on a phone the lists of a room, a folder and a choice fit', async ({ people }) => {
  const ana = await people.enter('ana', { viewport: { width: 360, height: 640 }, at: '/archivos' })
  const { origin } = new URL(ana.url())
  const code = await makeRoom(ana, { nombre: roomName('Una sala con un nombre larguísimo') })
  const made = await ana.request.post('/archivos/carpetas', {
    form: { nombre: roomName('Carpeta_sin_ningún_espacio_en_su_nombre') },
    headers: { origin, accept: 'application/json' },
  })
  const { id } = (await made.json()) as { id: string }
  const file = await ana.request.put(`/archivos/${'x'.repeat(80)}.txt?carpeta=${id}`, { data: 'y'.repeat(3_000), headers: { origin } })
  const { page } = (await file.json()) as { page: string }
  for (const path of [`/archivos?sala=${code}`, `/archivos?para=${code}`, `/archivos?carpeta=${id}`, page]) {
    await ana.goto(path)
    await expectNoSidewaysScroll(ana)
    for (const summary of await ana.locator('main .fold summary').all()) await summary.click()
    await expectNoSidewaysScroll(ana)
    await expectAccessible(ana)
  }
})
