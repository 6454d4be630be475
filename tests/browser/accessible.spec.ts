// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every page against axe: on a phone in Spanish and on a desk in English, each in light and dark.
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import { networkDoor } from '../support/door'
import { cast, Person } from '../support/people'
import { composer, expectLive, joinRoom, makeRoom, message, roomName, say } from './rooms'
import { expect, expectAccessible, test } from './stage'

const views = [
  { where: 'on a phone in Spanish', locale: 'es-ES', viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  { where: 'on a desk in English', locale: 'en-GB', viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false },
]

async function visit(page: Page, paths: readonly string[], status = 200): Promise<void> {
  for (const path of paths) {
    expect((await page.goto(path))?.status(), path).toBe(status)
    await expectAccessible(page)
  }
}

for (const { where, isMobile: phone, ...view } of views)
  test.describe(where, () => {
    test.use({ ...view, isMobile: phone })

    test('doors and what a stranger sees have nothing for axe', async ({ people, watch }) => {
      watch.expects(/status of 4(01|04|13)/)
      const stranger = await people.stranger()
      await visit(stranger, ['/entrar', '/salas/unirse', '/salas/unirse?codigo=ABCDEFGH'])
      await visit(stranger, ['/nada', '/d/nada/nada.txt'], 404)
      await stranger.goto('/entrar')
      const enter = stranger.locator('form[action="/entrar"]')
      await enter.locator('#usuario').fill('cliente')
      await enter.locator('#clave').fill('no es esta')
      await enter.locator('[type="submit"]').click()
      await expect(stranger.getByRole('alert')).toBeVisible()
      await expectAccessible(stranger)
      await enter.locator('#clave').fill('x'.repeat(5_000))
      await enter.locator('[type="submit"]').click()
      await expect(stranger.locator('.fault__code')).toContainText('413')
      await expectAccessible(stranger)
    })

    test('rooms have nothing for axe: lobby, empty lobby, creating, joining, alone, talking, kept and passing', async ({
      people,
      watch,
      house,
    }) => {
      watch.expects(/status of 4(04|22)/)
      const [ana, beto] = await Promise.all([people.enter('ana'), people.enter('beto')])
      await expectAccessible(ana)
      await visit(ana, ['/salas/nueva', '/salas/unirse?codigo=ABCDEFGH'])
      await ana.goto('/salas')
      await ana.locator('main a[href="/salas/nueva"]').click()
      await expect(ana.locator('#dialog')).toBeVisible()
      await expectAccessible(ana)
      await ana.locator('#dialog #clave-nueva').fill('corta')
      await ana.locator('#dialog #nombre').fill('x')
      await ana.locator('#dialog [type="submit"]').click()
      await expect(ana.locator('[aria-invalid="true"]')).not.toHaveCount(0)
      await expectAccessible(ana)

      const kept = await makeRoom(ana, { nombre: roomName('Obra') })
      const passing = await makeRoom(ana, { nombre: roomName('Paso'), tipo: 'grupal', historial: 'efimera' })
      for (const code of [kept, passing]) {
        await ana.goto(`/salas/${code}`)
        await expectLive(ana)
        await expectAccessible(ana)
        await joinRoom(beto, code)
        await say(ana, 'Aquí está `v7`: https://ejemplo.org/plano')
        await say(beto, 'Gracias.')
        if (phone) for (const page of [ana, beto]) await page.locator('.composer [type="submit"]').tap()
        await expect(message(ana, 'Gracias.')).toBeVisible()
        await expect(async () => {
          await composer(beto).press('y')
          await expect(ana.locator('#typing')).not.toBeEmpty({ timeout: 700 })
        }).toPass()
        await expectAccessible(ana)
      }
      await visit(ana, [`/salas/${kept}/ajustes`, `/salas/${kept}/cartel`, '/buscar?q=gracias'])
      await ana.goto(`/salas/${kept}`)
      await expectLive(ana)
      await ana.locator('.room__head details summary').click()
      await expect(ana.locator('.room__head .menu__panel')).toBeVisible()
      await expectAccessible(ana)
      await ana.locator('[data-dialog="dlg-qr"]').filter({ visible: true }).first().click()
      await expect(ana.locator('#dlg-qr')).toBeVisible()
      await expectAccessible(ana)
      await ana.locator('#dlg-qr .btn--primary').click()
      if (phone) {
        await ana.locator('button.room__people').tap()
        await expect(ana.locator('#personas')).toBeInViewport({ ratio: 1 })
        await expectAccessible(ana)
      }

      const empty = await house.start({ command: 'serve', env: { PICHAT_SETUP_CODE: 'ABCD2345' } })
      const owner = await people.stranger({ box: empty, at: '/primer-arranque' })
      await expectAccessible(owner)
      const fields = { codigo: 'ABCD2345', usuario: 'ana', nombre: 'Ana', clave: 'once palabras bien raras' }
      await owner.request.post('/primer-arranque', { form: fields, headers: { origin: empty.origin } })
      await owner.goto('/salas')
      await owner.locator('#my-rooms a').click()
      await expectLive(owner)
      await owner.locator('.room__head details summary').click()
      await owner.locator('form[action$="/cierre"] button').click()
      await expectAccessible(owner)
      await owner.locator('dialog[open] .btn--primary, dialog[open] .btn--danger-solid').click()
      await expect(owner).toHaveURL(/\/salas$/) // the room that goes was empty too
      await expect(owner.locator('.empty h2')).toBeVisible()
      await expectAccessible(owner)
      await visit(owner, ['/archivos', '/admin', '/admin/usuarios'])
    })

    test('files, profile and administration have nothing for axe', async ({ people, watch }) => {
      watch.expects(/status of 4(03|04|13|22)/)
      const [ana, carla] = await Promise.all([people.enter('ana', { at: '/archivos' }), people.enter('carla', { at: '/archivos' })])
      await expectAccessible(carla)
      await expectAccessible(ana)
      const name = `acta ${randomBytes(3).toString('hex')}.txt`
      await ana.locator('#subir input[type="file"]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('hola') })
      const row = ana.locator('#files tbody tr', { hasText: name })
      await row.locator('summary').click()
      await expect(row.locator('.menu__panel')).toBeVisible()
      await expectAccessible(ana)
      await row.locator('.menu__item--danger').click()
      await expect(ana.locator('dialog[open]')).toBeVisible()
      await expectAccessible(ana)
      await ana.keyboard.press('Escape')
      await row.locator('a').first().click()
      await ana.locator('#enlaces [type="submit"]').click()
      await expect(ana.locator('#links .qr__plate')).toBeVisible()
      await expectAccessible(ana)
      const file = new URL(ana.url()).pathname
      await visit(carla, [file, '/archivos?q=nada+de+nada', '/perfil'])
      await visit(carla, ['/admin'], 403)
      await visit(ana, [
        '/perfil',
        '/perfil/clave',
        '/admin',
        '/admin/usuarios',
        '/admin/usuarios/nueva',
        '/admin/auditoria',
        '/admin/sistema',
      ])
      await visit(ana, ['/nada'], 404)
      await ana.goto('/perfil')
      await ana.locator('#p-nombre').fill('\u200B')
      await ana.locator('#nombre [type="submit"]').click()
      await expect(ana.locator('#p-nombre')).toHaveAttribute('aria-invalid', 'true')
      await expectAccessible(ana)
      await ana.locator('#p-nombre').fill('x'.repeat(70_000))
      await ana.locator('#nombre [type="submit"]').click()
      await expect(ana.locator('.fault__code')).toContainText('413')
      await expect(ana.locator('.fault .btn--primary')).toHaveAttribute('href', '/perfil')
      await expectAccessible(ana)

      await ana.goto('/admin/usuarios')
      await ana.locator('a[href="/admin/usuarios/nueva"]').click()
      await expect(ana.locator('#dialog')).toBeVisible()
      await expectAccessible(ana)
      await ana.keyboard.press('Escape')
      await ana.locator('#users details summary').first().click()
      await expectAccessible(ana)
    })
  })

test('a house that is too busy says so on a page of its own, and leads back to where one was', async ({ people, house, watch }) => {
  watch.expects(/status of 503/)
  const box = await house.start({ env: { PICHAT_HASHES_AT_ONCE: '1', PICHAT_HASH_QUEUE: '0' } })
  const ana = await people.enter('ana', { box, at: '/admin/usuarios' })
  // Somebody signs in again and again, so that no password can be computed beside it.
  let crowded = true
  const crowd = [1, 2, 3].map(async () => {
    while (crowded) await new Person(networkDoor(box.origin), cast.beto).post('/entrar', { usuario: 'cliente', clave: cast.beto.clave })
  })
  try {
    await expect(async () => {
      await ana.goto('/admin/usuarios')
      const sent = ana.waitForNavigation()
      await ana
        .locator('form[action$="/clave"]')
        .last()
        .evaluate((form: HTMLFormElement) => form.submit())
      expect((await sent)?.status()).toBe(503)
    }).toPass()
  } finally {
    crowded = false
    await Promise.all(crowd)
  }
  await expect(ana.locator('.fault__code')).toContainText('503')
  await expectAccessible(ana)
  await ana.getByRole('link', { name: 'Intentar ahora' }).click()
  await expect(ana).toHaveURL('/admin/usuarios')
})
