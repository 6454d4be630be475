// SPDX-License-Identifier: GPL-3.0-or-later
//
// What an attacker writes is shown as it was written, and does nothing. The stage watches for violations of the policy, errors, dialogs
// and requests to elsewhere.
import { createServer } from 'node:http'
import type { Page } from '@playwright/test'
import { fewScripts } from '../support/payloads'
import { composer, expectLive, joinRoom, makeRoom, say } from './rooms'
import { expect, test } from './stage'

const short = '<img src=x onerror=window.__pwned=1>'

async function expectUnharmed(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as { __pwned?: unknown }).__pwned)).toBeUndefined()
  await expect(page.locator('[hx-on\\:load], [onerror], [onload], [ontoggle], [onfocus], [onmouseover], iframe, object, base')).toHaveCount(
    0,
  )
}

test('hostile names and messages are text: live, after a reload, in the lobby, in the log of what was done', async ({ people, house }) => {
  const box = await house.start({ env: { PICHAT_MESSAGES_PER_SECOND: '0' } })
  const [ana, beto] = await Promise.all([people.enter('ana', { box }), people.enter('beto', { box, at: '/perfil' })])
  await beto.getByLabel('Nombre visible').fill(short)
  await beto.locator('#nombre').getByRole('button', { name: 'Guardar' }).click()
  await expect(beto.getByRole('heading', { level: 1 })).toHaveText(short)

  const nombre = `"><script>window.__pwned=1</script>`
  const code = await makeRoom(ana, { nombre, tipo: 'grupal' })
  await ana.goto(`/salas/${code}`)
  await expectLive(ana)
  await joinRoom(beto, code)
  await expect(ana.getByRole('heading', { level: 1 })).toHaveText(nombre)
  await expect(ana.locator('#messages .event', { hasText: short })).toBeVisible()
  await expect(ana.locator('#here .member__name')).toContainText([short])

  const texts = fewScripts.map((text) => text.replace(/\s+/g, ' '))
  await beto.evaluate((all) => {
    const room = document.querySelector('room-live')?.closest('main')
    for (const [i, texto] of all.entries())
      room?.dispatchEvent(new CustomEvent('room-say', { detail: { cid: `hostil-${i}`, texto }, bubbles: true, cancelable: true }))
  }, texts)
  for (const page of [ana, beto]) {
    await expect(page.locator('#messages .msg[data-n]')).toHaveCount(texts.length)
    const shown = await page
      .locator('#messages .msg')
      .evaluateAll((all) => all.map((one) => one.querySelector('.msg__bubble')?.textContent?.trim()))
    for (const [i, text] of texts.entries()) expect(shown[i]?.replace(/\s*(Guardado)?$/, '')).toBe(text.trim())
    await expectUnharmed(page)
  }
  await beto.locator('textarea[name="texto"]').pressSequentially('x')
  await expect(ana.locator('#typing')).toContainText(short)
  await ana.reload()
  await expect(ana.locator('#messages .msg')).toHaveCount(texts.length)
  await expectUnharmed(ana)
  for (const path of ['/salas', '/admin', '/admin/usuarios']) {
    await ana.goto(path)
    await expect(ana.getByText(path === '/salas' ? nombre : short).first()).toBeVisible()
    await expectUnharmed(ana)
  }
})

test('a page of another port of this machine, whose requests carry our cookie, can neither frame nor embed nor run what is here', async ({
  people,
  house,
  watch,
}) => {
  const box = await house.start()
  const ana = await people.enter('ana', { box, fresh: true })
  const put = async (name: string, data: Buffer | string) => {
    const answer = await ana.request.put(`/archivos/${name}`, { data, headers: { origin: box.origin, accept: 'application/json' } })
    return box.origin + ((await answer.json()) as { url: string }).url
  }
  const picture = await put('foto.gif', Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'))
  const script = await put('a.js', 'window.__pwned = 1')
  const embedding = `<!doctype html><title>evil</title><iframe id="frame" src="${box.origin}/salas"></iframe>
<img id="picture" src="${picture}?ver"><script src="${script}"></script><link rel="stylesheet" href="${script}"><object data="${picture}?ver"></object>`
  const other = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(embedding))
  const origin = await new Promise<string>((resolve) =>
    other.listen(0, '127.0.0.1', () => resolve(`http://localhost:${(other.address() as { port: number }).port}`)),
  )
  watch.origins.add(origin)
  watch.expects(/frame-ancestors|X-Frame-Options|ERR_BLOCKED|Failed to load resource|MIME type|refused to connect/i)
  try {
    const answers: string[] = []
    ana.on('requestfailed', (request) =>
      answers.push(`${new URL(request.url()).pathname.split('/').at(-1)} ${request.failure()?.errorText}`),
    )
    await ana.goto(origin, { waitUntil: 'load' })
    expect(await ana.evaluate(() => (window as { __pwned?: unknown }).__pwned)).toBeUndefined()
    expect(await ana.locator('#picture').evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(0)
    const framed = ana.frames().find((frame) => frame !== ana.mainFrame())
    expect(framed?.url()).toMatch(/^chrome-error:/)
    expect(answers.join()).toMatch(/foto\.gif net::ERR_BLOCKED_BY_RESPONSE/)
    // On its own page it is there.
    await ana.goto('/archivos')
    expect(await ana.evaluate(async (address) => (await fetch(address)).status, `${picture}?ver`)).toBe(200)
  } finally {
    other.close()
  }
})

test('hostile names of files are text in list, page, question and search', async ({ people, house }) => {
  const box = await house.start()
  const ana = await people.enter('ana', { box, at: '/archivos' })
  const names = [
    ...fewScripts.slice(0, 12).map((text) => text.replaceAll('/', '').slice(0, 80)),
    `${short}.txt`,
    '"><b hx-get=x>.pdf',
    "';x'.csv",
  ]
  await ana
    .locator('#subir input[type="file"]')
    .setInputFiles(
      names.map((name) => ({ name: `${name}`.replace(/[\u2028\u0000]/g, ''), mimeType: 'text/plain', buffer: Buffer.from('hola') })),
    )
  await expect(ana.locator('upload-queue')).toContainText(`${names.length} de ${names.length} listas`)
  await expectUnharmed(ana)
  await ana.reload()
  await expect(ana.locator('#files').getByRole('link', { name: `${short}.txt`, exact: true })).toBeVisible()
  await expectUnharmed(ana)

  const row = ana.locator('#files tbody tr', { hasText: short }).first()
  await row.locator('summary').click()
  await row.getByRole('button', { name: 'Eliminar…' }).click()
  await expect(ana.getByRole('dialog')).toContainText(short)
  await ana.keyboard.press('Escape')
  await ana.goto(`/archivos?q=${encodeURIComponent(`${short}zzz`)}`)
  await expect(ana.getByText(`Nada con «${short}zzz»`)).toBeVisible()
  await ana.goto('/archivos')
  await ana
    .locator('#files')
    .getByRole('link', { name: `${short}.txt`, exact: true })
    .click()
  await expect(ana.getByRole('heading', { level: 1 })).toHaveText(`${short}.txt`)
  await ana.getByRole('button', { name: 'Crea el enlace' }).click()
  await expect(ana.getByRole('textbox', { name: 'Enlace' })).toBeVisible()
  await expectUnharmed(ana)
})

test('hostile words stay text in quotes, reasons, suggestions, search, export, poster, switcher and what an owner sees; nothing else on a page moves', async ({
  people,
  house,
}) => {
  const box = await house.start()
  const [ana, beto, carla] = await Promise.all([
    people.enter('ana', { box }),
    people.enter('beto', { box, at: '/perfil' }),
    people.enter('carla', { box }),
  ])
  await beto.getByLabel('Nombre visible').fill(short)
  await beto.locator('#nombre').getByRole('button', { name: 'Guardar' }).click()
  await expect(beto.getByRole('heading', { level: 1 })).toHaveText(short)
  const nombre = `'"><b hx-get=/salud hx-trigger=load>`
  const code = await makeRoom(ana, { nombre })
  await ana.goto(`/salas/${code}`)
  await expectLive(ana)
  await joinRoom(beto, code)
  await joinRoom(carla, code)

  // Closes the template it comes in, and asks htmx to replace what stands elsewhere in the page of whoever reads it.
  const closing =
    '</p></article></template><h1 id="room-title" hx-swap-oob="true">otra</h1><div hx-swap-oob="innerHTML:#dialog">zumba</div>'
  await say(beto, closing)
  await expect(ana.locator('#messages .msg').last()).toContainText(closing)
  await expect(ana.locator('h1')).toHaveText(nombre)
  await expect(ana.locator('#dialog')).toBeEmpty()

  await ana.locator('#messages .msg').last().click()
  await ana.keyboard.press('r')
  await expect(ana.locator('.composer__reply')).toContainText(short)
  await say(ana, `zumba ${short}`)
  await expect(carla.locator('.quote b')).toHaveText(short)
  await composer(carla).pressSequentially('@img')
  await composer(carla).fill('')
  await composer(carla).pressSequentially('@')
  await expect(carla.locator('.complete__option', { hasText: short })).toBeVisible()
  await expectUnharmed(carla)
  await carla.keyboard.press('Escape')
  await carla.keyboard.press('Control+k')
  await expect(carla.locator('#switcher-list')).toContainText(nombre)
  await expectUnharmed(carla)
  await carla.keyboard.press('Escape')

  await ana.locator('#here .member', { hasText: 'Carla' }).locator('summary').click()
  await ana.getByRole('link', { name: 'Vetar de la sala…' }).filter({ visible: true }).click()
  await ana.getByLabel('Motivo').fill(short)
  await ana.getByRole('button', { name: 'Vetar de la sala' }).click()
  await expect(carla.locator('#banner')).toContainText(short)
  await expect(ana.locator('#messages .event').last()).toBeVisible()
  await ana.goto(`/salas/${code}/ajustes`)
  await expect(ana.getByRole('main')).toContainText(short)
  await expectUnharmed(ana)
  const places = [
    [`/salas/${code}/cartel`, nombre],
    [`/unirse/${code}`, nombre],
    ['/buscar?q=zumba', short],
    ['/admin/auditoria', short],
    ['/admin/salas', nombre],
  ] as const
  for (const [path, words] of places) {
    await ana.goto(path)
    await expect(ana.getByText(words).filter({ visible: true }).first()).toBeVisible()
    await expectUnharmed(ana)
  }
  await ana.goto(`/buscar?q=${encodeURIComponent(short)}`)
  await expect(ana.getByLabel('Palabras')).toHaveValue(short)
  await expectUnharmed(ana)

  const exported = await ana.request.get(`/salas/${code}/exportar`)
  const page = await ana.context().newPage()
  await page.setContent(await exported.text())
  await expect(page.getByText(`zumba ${short}`)).toBeVisible()
  await expectUnharmed(page)
})
