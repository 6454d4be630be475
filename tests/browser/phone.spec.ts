// SPDX-License-Identifier: GPL-3.0-or-later
import { randomBytes } from 'node:crypto'
import { composer, enterRoom, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, expectNoSidewaysScroll, test } from './stage'

test.use({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true })

test('on a phone one talks in a whole screen: bar at the foot, people in a drawer, the button sends', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const bar = ana.locator('.side__nav')
  await expect(bar).toBeInViewport()
  for (const word of ['Salas', 'Archivos', 'Administrar', 'Perfil']) await expect(bar.getByRole('link', { name: word })).toBeVisible()

  const nombre = roomName('Obra')
  const code = await makeRoom(ana, { nombre, tipo: 'grupal' })
  await joinRoom(beto, code)
  await enterRoom(ana, code)
  await expect(bar).toBeHidden()
  await expect(composer(ana)).toBeInViewport({ ratio: 1 })

  const drawer = ana.getByRole('complementary', { name: 'Personas' })
  await expect(drawer).not.toBeInViewport()
  const opener = ana.getByRole('button', { name: /Personas en la sala/ })
  await expect(opener).toContainText('2')
  await opener.tap()
  await expect(drawer).toBeInViewport({ ratio: 1 })
  await expect(drawer.locator('#here .member__name')).toHaveText([/Ana Torres/, /Beto Molina/])
  await drawer.getByRole('button', { name: 'Cerrar' }).tap()
  await expect(drawer).not.toBeInViewport()

  await composer(ana).tap()
  await composer(ana).pressSequentially('primera línea')
  await ana.keyboard.press('Enter')
  await composer(ana).pressSequentially('segunda línea')
  await ana.getByRole('button', { name: 'Enviar' }).tap()
  await expect(beto.locator('#messages .msg')).toContainText(['segunda línea'])
  await expect(beto.locator('#messages .msg br')).toHaveCount(1)
  await expect(composer(ana)).toBeFocused()
  for (let n = 1; n <= 12; n++) await say(beto, `línea ${n}`).then(() => beto.getByRole('button', { name: 'Enviar' }).tap())
  await expect(message(ana, 'línea 12')).toBeInViewport()
  await expect(composer(ana)).toBeInViewport({ ratio: 1 })
  await expectNoSidewaysScroll(ana)

  await ana.locator('.room__head summary').tap()
  await ana.getByRole('button', { name: 'Mostrar el QR y el código' }).tap()
  await expect(ana.getByRole('dialog', { name: `Invita a ${nombre}` })).toBeInViewport({ ratio: 1 })
  await ana.getByRole('button', { name: 'Listo' }).tap()
  await ana.getByRole('link', { name: 'Volver a las salas' }).tap()
  await expect(ana).toHaveURL('/salas')
})

test('on a phone the head of a room says that it deletes itself, that its door is locked and that it goes slowly', async ({ people }) => {
  const ana = await people.enter('ana')
  const nombre = roomName('Con orden')
  const code = await makeRoom(ana, { nombre, historial: 'efimera' })
  const form = { nombre, cerrojo: 'si', lento: '60', caduca: '1d' }
  await ana.request.post(`/salas/${code}/ajustes`, { form, headers: { origin: new URL(ana.url()).origin } })
  const english = await people.enter('ana', { locale: 'en-GB' })
  for (const [page, ends, ...marks] of [
    [ana, /^Se borra /, 'Puerta cerrada', 'Un mensaje cada 60 s'],
    [english, /^Deletes itself /, 'Locked', 'One message every 60 s'],
  ] as const)
    for (const width of [360, 768]) {
      await page.setViewportSize({ width, height: 740 })
      await enterRoom(page, code)
      const title = page.locator('#room-title')
      await expect(title.getByText(ends)).toBeInViewport({ ratio: 1 })
      for (const mark of marks) await expect(title.getByRole('img', { name: mark })).toBeInViewport({ ratio: 1 })
      // Nothing of it is cut.
      const cut = (all: Element[]) => all.flatMap((one) => (one.scrollWidth > one.clientWidth ? [one.textContent] : []))
      expect(await title.locator('.room__sub > *').evaluateAll(cut)).toEqual([])
      await expectNoSidewaysScroll(page)
    }
})

test('on a phone what waits its turn says so under its bubble, on the same side', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const nombre = roomName('Lenta')
  const code = await makeRoom(ana, { nombre })
  await ana.request.post(`/salas/${code}/ajustes`, { form: { nombre, lento: '60' }, headers: { origin: new URL(ana.url()).origin } })
  await joinRoom(beto, code)
  for (const text of ['uno', 'dos']) await say(beto, text).then(() => beto.getByRole('button', { name: 'Enviar' }).tap())
  const waiting = beto.locator('#messages .msg[data-sent="no"]')
  await expect(waiting).toContainText('Esta sala va despacio')
  const edge = (await waiting.locator('.msg__bubble').boundingBox()) ?? { x: 0, width: 0 }
  const ends = await waiting.locator('.msg__status').evaluate((status) => {
    const words = document.createRange()
    words.selectNodeContents(status.lastChild ?? status)
    return [...words.getClientRects()].map(({ right }) => right)
  })
  expect(ends.length).toBeGreaterThan(1)
  for (const end of ends) expect(Math.abs(end - (edge.x + edge.width))).toBeLessThan(8)
})

test('on a phone files are cards, and one is uploaded and shared', async ({ people }) => {
  const beto = await people.enter('beto', { at: '/archivos' })
  const name = `una foto con un nombre tan largo que no cabe en ninguna línea de un teléfono ${randomBytes(3).toString('hex')}.jpg`
  const chooser = beto.waitForEvent('filechooser')
  await beto.getByText('Sube archivos').tap()
  await (await chooser).setFiles({ name, mimeType: 'image/jpeg', buffer: randomBytes(30_000) })
  await expect(beto.locator('upload-queue .up')).toContainText('Listo')
  const card = beto.locator('#files tbody tr', { hasText: name })
  await expect(card).toBeVisible()
  await expect(beto.locator('#files thead')).not.toBeInViewport()
  const { width } = (await card.boundingBox()) ?? { width: 999 }
  expect(width).toBeLessThanOrEqual(360)
  await expectNoSidewaysScroll(beto)
  await card.getByRole('link', { name, exact: true }).tap()
  await beto.getByRole('button', { name: 'Crea el enlace' }).tap()
  await expect(beto.getByRole('img', { name: 'Código QR del enlace directo' })).toBeVisible()
  await expectNoSidewaysScroll(beto)
})

for (const width of [320, 360])
  test(`nothing scrolls sideways at ${width} px`, async ({ people, watch }) => {
    watch.expects(/status of 40[34]/)
    const options = { viewport: { width, height: 640 } }
    const [ana, carla, stranger] = await Promise.all([
      people.enter('ana', options),
      people.enter('carla', options),
      people.stranger(options),
    ])
    const code = await makeRoom(ana, { nombre: roomName(`Una sala con un nombre larguísimo`), historial: 'efimera' })
    // Letters without a place to break at; carla finds it among the rooms she may join.
    await makeRoom(ana, { nombre: roomName('Remodelacion_Los_Laureles_fase_2_'.padEnd(52, 'W')).replaceAll(' ', '_'), tipo: 'grupal' })
    const paths = [
      ...[
        '/salas',
        '/salas/nueva',
        `/salas/${code}`,
        `/salas/${code}/ajustes`,
        `/salas/${code}/cartel`,
        '/buscar?q=una',
        '/archivos',
        '/archivos?q=nada',
        '/perfil',
        '/perfil/clave',
      ],
      ...['/admin', '/admin/usuarios', '/admin/usuarios/nueva', '/admin/sistema', '/nada'],
    ]
    for (const path of paths) {
      await ana.goto(path)
      await expectNoSidewaysScroll(ana)
    }
    for (const path of ['/salas', '/archivos', '/admin']) {
      await carla.goto(path)
      await expectNoSidewaysScroll(carla)
    }
    for (const path of ['/entrar', '/salas/unirse?codigo=ABCDEFGH', '/nada', '/idioma/en?volver=/entrar']) {
      await stranger.goto(path)
      await expectNoSidewaysScroll(stranger)
    }
  })

for (const locale of ['es-ES', 'en-GB'])
  test(`what the empty composer says is read whole (${locale})`, async ({ people }) => {
    const ana = await people.enter('ana', { locale })
    for (const historial of ['efimera', 'guardada'] as const) {
      await enterRoom(ana, await makeRoom(ana, { nombre: roomName('Vacía'), historial }))
      const spare = await composer(ana).evaluate((box: HTMLTextAreaElement) => {
        const style = getComputedStyle(box)
        const pen = document.createElement('canvas').getContext('2d')
        if (!pen) throw new Error('no canvas')
        pen.font = style.font
        const padding = Number.parseFloat(style.paddingLeft) + Number.parseFloat(style.paddingRight)
        return box.clientWidth - padding - pen.measureText(box.placeholder).width
      })
      expect(spare, historial).toBeGreaterThanOrEqual(0)
    }
  })

test('letters twice as large on a phone leave room to write in, and nothing scrolls sideways', async ({ people }) => {
  // 360 px at twice the size is laid out like half of them.
  const ana = await people.enter('ana', { viewport: { width: 180, height: 370 } })
  await makeRoom(await people.enter('beto'), { nombre: roomName('Remodelacion_Los_Laureles_fase_2_WWWW'), tipo: 'grupal' })
  for (const at of ['/salas', '/archivos', '/perfil', '/diagnostico', '/salas/unirse']) {
    await ana.goto(at)
    await expectNoSidewaysScroll(ana)
  }
  await enterRoom(ana, await makeRoom(ana, { nombre: roomName('Letra grande') }))
  const words = await composer(ana).boundingBox()
  expect(words?.width).toBeGreaterThan(120)
  const title = await ana.locator('.room__title h1').boundingBox()
  expect(title?.width).toBeGreaterThan(100)
})
