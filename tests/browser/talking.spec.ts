// SPDX-License-Identifier: GPL-3.0-or-later
import { composer, enterRoom, expectLive, joinRoom, makeRoom, message, roomName, roomPassword, said, say } from './rooms'
import { expect, test } from './stage'

test('ana makes a private room, beto joins by code and password, and they talk in both directions at once', async ({ people, watch }) => {
  watch.expects(/status of 4(04|22)/)
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const nombre = roomName('Obra')

  await ana.getByRole('main').getByRole('link', { name: 'Crea una sala' }).click()
  const dialog = ana.getByRole('dialog', { name: 'Crea una sala' })
  await dialog.getByLabel('Nombre').fill(nombre)
  await dialog.getByRole('radio', { name: 'Guardada' }).check()
  await dialog.getByRole('textbox', { name: 'Contraseña de la sala' }).fill(roomPassword)
  await dialog.getByRole('button', { name: 'Crea la sala' }).click()
  await expect(ana.getByRole('heading', { level: 1 })).toHaveText(nombre)
  await expectLive(ana)
  const code = ((await ana.locator('.room__head .tag').textContent()) ?? '').match(/[2-9A-Z]{4}-[2-9A-Z]{4}/)?.[0] ?? ''
  await expect(ana.locator('.toast')).toContainText(code)
  await expect(ana.getByText('Nadie ha escrito todavía')).toBeVisible()

  await beto.getByLabel('Código de la sala').fill(code.toLowerCase().replace('-', ''))
  await beto.getByRole('textbox', { name: 'Contraseña de la sala' }).fill('no es esta frase')
  await beto.getByRole('button', { name: 'Entra a la sala' }).click()
  await expect(beto.getByText('El código o la contraseña no coinciden.')).toBeVisible()
  await expect(beto.getByLabel('Código de la sala')).toHaveValue(code)
  await beto.getByRole('textbox', { name: 'Contraseña de la sala' }).fill(roomPassword)
  await beto.getByRole('button', { name: 'Entra a la sala' }).click()
  await expect(beto.getByRole('heading', { level: 1 })).toHaveText(nombre)
  await expectLive(beto)

  await expect(ana.locator('#messages .event', { hasText: 'Beto Molina se unió a la sala' })).toBeVisible()
  for (const page of [ana, beto]) await expect(page.locator('#here .member__name')).toHaveText([/Ana Torres/, /Beto Molina/])

  await composer(ana).pressSequentially('¿Ya quedó')
  await expect(beto.locator('#typing')).toHaveText('Ana Torres está escribiendo…')
  await composer(ana).fill('¿Ya quedó la losa?')
  await composer(ana).press('Enter')
  await expect(message(beto, '¿Ya quedó la losa?')).toBeVisible()
  await expect(beto.locator('#typing')).toBeEmpty()
  await expect(message(ana, '¿Ya quedó la losa?')).toHaveClass(/msg--own/)
  await expect(message(ana, '¿Ya quedó la losa?').locator('.tick')).toHaveAttribute('title', 'Guardado')
  await expect(message(beto, '¿Ya quedó la losa?')).not.toHaveClass(/msg--own/)

  await say(beto, 'Sí, el sábado.')
  await expect(message(ana, 'Sí, el sábado.')).toBeVisible()
  for (const n of [1, 2, 3, 4, 5]) await Promise.all([say(ana, `ana ${n}`), say(beto, `beto ${n}`)])
  for (const page of [ana, beto]) await expect(page.locator('#messages .msg')).toHaveCount(12)
  const order = await said(ana)
  expect(await said(beto)).toEqual(order)
  expect(order.filter((text) => text.startsWith('ana '))).toEqual(['ana 1', 'ana 2', 'ana 3', 'ana 4', 'ana 5'])
  await beto.reload()
  expect(await said(beto)).toEqual(order)

  await beto.locator('.room__head summary').click()
  await beto.getByRole('button', { name: 'Salir de la sala' }).click()
  await beto.getByRole('dialog').getByRole('button', { name: 'Continuar' }).click()
  await expect(beto).toHaveURL('/salas')
  await expect(beto.getByText(`Se salió de ${nombre}.`)).toBeVisible()
  await expect(ana.locator('#messages .event', { hasText: 'Beto Molina dejó la sala' })).toBeVisible()
  await expect(ana.locator('#here .member__name')).toHaveText([/Ana Torres/])
  expect((await beto.goto(`/salas/${code.replace('-', '')}`))?.status()).toBe(404)
})

test('who opens a passing room sees who comes and who goes', async ({ people, house }) => {
  const box = await house.start({ env: { PICHAT_PRESENCE_GRACE: '200ms' } })
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box })])
  const code = await makeRoom(ana, { nombre: 'Paso', tipo: 'grupal', historial: 'efimera', clave: '' })
  await ana.goto(`/salas/${code}`)
  await expectLive(ana)
  await expect(ana.locator('.room__head')).toContainText('Efímera · nada se guarda')

  await beto.reload()
  await beto.getByRole('button', { name: 'Entra Paso' }).click()
  await expectLive(beto)
  await expect(ana.locator('#here .member__name')).toHaveText([/Ana Torres/, /Beto Molina/])
  await say(beto, 'Voy saliendo.')
  await expect(message(beto, 'Voy saliendo.').locator('.tick')).toHaveAttribute('title', 'Entregado')
  await expect(message(ana, 'Voy saliendo.')).toBeVisible()
  await beto.close()
  await expect(ana.locator('#messages .event', { hasText: 'Beto Molina salió' })).toBeVisible()
  await expect(ana.locator('#out .member__name')).toHaveText([/Beto Molina/])
})

test('what comes while a tab lies behind others is counted in its title', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const nombre = roomName('Avisos')
  const code = await makeRoom(ana, { nombre, tipo: 'grupal' })
  await beto.request.post('/salas/unirse', { form: { codigo: code, clave: roomPassword }, headers: { origin: new URL(beto.url()).origin } })
  await Promise.all([ana.goto(`/salas/${code}`), beto.goto(`/salas/${code}`)])
  await Promise.all([expectLive(ana), expectLive(beto)])
  const turn = (is: 'hidden' | 'visible') =>
    ana.evaluate((is) => {
      Object.defineProperty(document, 'visibilityState', { value: is, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    }, is)
  const elsewhere = Number(/^\((\d+)\)/.exec(await ana.title())?.[1] ?? 0)
  await turn('hidden')
  await say(beto, 'uno')
  await say(beto, 'dos')
  await expect(ana).toHaveTitle(`(${elsewhere + 2}) ${nombre} · PiChat`)
  await turn('visible')
  await expect(ana).toHaveTitle(`${elsewhere > 0 ? `(${elsewhere}) ` : ''}${nombre} · PiChat`)
  await expect(ana.locator('.unread-line')).toContainText('2 mensajes nuevos')
})

test('in a long list of rooms the open one is in sight, and stays so when the list is brought up to date', async ({ people }) => {
  const ana = await people.enter('ana', { viewport: { width: 1280, height: 600 } })
  for (let n = 1; n <= 12; n++) await makeRoom(ana, { nombre: roomName('Una de muchas con un nombre larguísimo') })
  await ana.reload()
  const rooms = ana.locator('.side-room')
  for (const end of [rooms.last(), rooms.first()]) {
    const id = await end.getAttribute('data-room')
    await ana.goto((await end.getAttribute('href')) ?? '')
    await expectLive(ana)
    await expect(ana.locator(`.side-room[data-room="${id}"][aria-current]`)).toBeInViewport({ ratio: 0.9 })
  }
  await ana.goto((await rooms.last().getAttribute('href')) ?? '')
  await expectLive(ana)
  const answer = ana.waitForResponse((one) => one.url().includes('/salas/lateral'))
  const nombre = roomName('Rebautizada')
  const code = new URL(ana.url()).pathname.split('/').at(-1)
  await ana.request.post(`/salas/${code}/ajustes`, { form: { nombre }, headers: { origin: new URL(ana.url()).origin } })
  await answer
  await expect(ana.locator('.side-room[aria-current]')).toContainText(nombre)
  await expect(ana.locator('.side-room[aria-current]')).toBeInViewport({ ratio: 0.9 })
})

test('what is said in another room is counted beside it within seconds, with a mark when it calls, and leads there', async ({ people }) => {
  const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
  const [here, there] = [roomName('Aquí'), roomName('Allá')]
  const codes = [await makeRoom(ana, { nombre: here }), await makeRoom(ana, { nombre: there })] as const
  await enterRoom(ana, codes[0])
  await joinRoom(beto, codes[1])
  const row = ana.locator('.side-room', { hasText: there })
  const before = Number(/^\((\d+)\)/.exec(await ana.title())?.[1] ?? 0)
  await say(beto, 'uno')
  await say(beto, 'dos, @admin')
  await expect(row.locator('.unread')).toHaveText(/^@ 2/, { timeout: 5_000 })
  await expect(ana).toHaveTitle(`(${before + 2}) ${here} · PiChat`)
  await expect(ana.locator('#toasts')).toContainText(`Una mención nueva en ${there}`.replace('Una', 'Hay una'))
  await expect(row).toHaveAccessibleName(new RegExp(`${there}.*2 sin leer`))
  await row.click()
  await expect(ana.locator('.unread-line')).toHaveText('2 mensajes nuevos')
  // A new name is seen there as well.
  const renamed = roomName('Con otro nombre')
  await ana.request.post(`/salas/${codes[1]}/ajustes`, { form: { nombre: renamed }, headers: { origin: new URL(ana.url()).origin } })
  await expect(ana.locator('.side-room[aria-current]')).toContainText(renamed, { timeout: 10_000 })
})
