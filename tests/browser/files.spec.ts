// SPDX-License-Identifier: GPL-3.0-or-later
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page, Route } from '@playwright/test'
import { expect, test } from './stage'

const run = promisify(execFile)

function fileName(word: string, extension = 'pdf'): string {
  return `${word} ${randomBytes(3).toString('hex')}.${extension}`
}

function row(page: Page, name: string) {
  return page.locator('#files tbody tr', { has: page.getByRole('link', { name, exact: true }) })
}

/** A file of this browser falls on the page, as from its desktop. */
async function drop(page: Page, files: readonly { name: string; bytes: Buffer }[]): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    (all) => {
      const transfer = new DataTransfer()
      for (const { name, base64 } of all)
        transfer.items.add(
          new File([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], name, { type: 'application/octet-stream' }),
        )
      return transfer
    },
    files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') })),
  )
  await page.dispatchEvent('#soltar', 'dragover', { dataTransfer })
  await expect(page.locator('#soltar')).toHaveClass(/drop--over/)
  await page.dispatchEvent('#soltar', 'drop', { dataTransfer })
}

test('beto uploads by picker and by drop, and what comes back is what was sent, byte for byte', async ({ people }) => {
  const beto = await people.enter('beto', { at: '/archivos' })
  const picked = { name: fileName('Reunión – acta «final»'), bytes: randomBytes(400_000) }
  const dropped = [
    { name: fileName('plano', 'dwg'), bytes: randomBytes(3_000) },
    { name: fileName('vacío', 'txt'), bytes: Buffer.alloc(0) },
  ]
  await expect(beto.locator('upload-queue')).toContainText('Lo que se suba aparece aquí con su avance.')
  await beto.locator('#subir input[type="file"]').setInputFiles({ name: picked.name, mimeType: 'application/pdf', buffer: picked.bytes })
  const queue = beto.locator('upload-queue .up')
  await expect(queue.filter({ hasText: picked.name })).toContainText('Listo')
  await expect(queue.filter({ hasText: picked.name }).locator('.state')).toHaveText('Sin analizar')
  await expect(row(beto, picked.name).locator('.state')).toHaveText('Sin analizar')

  await drop(beto, dropped)
  for (const { name } of dropped) {
    await expect(queue.filter({ hasText: name })).toContainText('Listo')
    await expect(row(beto, name)).toBeVisible()
  }
  await expect(beto.locator('upload-queue')).toContainText('3 de 3 listas')

  for (const { name, bytes } of [picked, ...dropped]) {
    const [download] = await Promise.all([
      beto.waitForEvent('download'),
      row(beto, name)
        .getByRole('link', { name: `Descargar ${name}` })
        .click(),
    ])
    expect(download.suggestedFilename()).toBe(name)
    expect(Buffer.compare(await readFile(await download.path()), bytes)).toBe(0)
  }
})

test('the bar moves while bytes leave, and a cancelled upload leaves nothing behind', async ({ people }) => {
  const beto = await people.enter('beto', { at: '/archivos' })
  const cdp = await beto.context().newCDPSession(beto)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 400_000 })
  const name = fileName('grande', 'bin')
  await beto
    .locator('#subir input[type="file"]')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.alloc(4_000_000, 7) })
  const entry = beto.locator('upload-queue .up', { hasText: name })
  const progress = entry.getByRole('progressbar', { name: `Avance de ${name}` })
  await expect
    .poll(
      async () =>
        Number(await progress.getAttribute('value').catch(() => 0)) || (await progress.evaluate((bar: HTMLProgressElement) => bar.value)),
    )
    .toBeGreaterThan(0)
  await entry.getByRole('button', { name: `Cancelar: ${name}` }).click()
  await expect(entry).toHaveCount(0)
  await expect(beto.locator('.toast')).toContainText('Subida cancelada.')
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
  await beto.goto(`/archivos?q=${encodeURIComponent(name)}`)
  await expect(beto.getByRole('heading', { name: `Nada con «${name}»` })).toBeVisible()
})

test('a direct link is made on the page of the file, works for curl without an account, and ends when an administrator deletes the file', async ({
  people,
  box,
  watch,
}) => {
  const beto = await people.enter('beto', { at: '/archivos' })
  const name = fileName('plano-v7').replace(' ', '-')
  const bytes = randomBytes(50_000)
  await beto.locator('#subir input[type="file"]').setInputFiles({ name, mimeType: 'application/pdf', buffer: bytes })
  await row(beto, name).getByRole('link', { name, exact: true }).click()
  await expect(beto.getByRole('heading', { level: 1 })).toHaveText(name)
  await expect(beto.getByText('Ningún antivirus lo ha comprobado: ábrelo solo si se conoce a quien lo subió.')).toBeVisible()
  await expect(beto.getByRole('button', { name: 'Eliminar' })).toHaveCount(0)

  await beto.getByLabel('Vence en').selectOption({ label: '1 día' })
  await beto.getByRole('button', { name: 'Crea el enlace' }).click()
  await expect(beto.getByText('Enlace creado. Cópialo ahora o muestra el QR: no se vuelve a mostrar.')).toBeVisible()
  await expect(beto.getByRole('img', { name: 'Código QR del enlace directo' })).toBeVisible()
  const link = await beto.getByRole('textbox', { name: 'Enlace' }).inputValue()
  expect(link).toContain(`${box.origin}/d/`)

  const folder = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  await run('curl', ['-sS', '--fail', '-OJ', link], { cwd: folder })
  expect(await readdir(folder)).toEqual([name])
  expect(Buffer.compare(await readFile(join(folder, name)), bytes)).toBe(0)
  await rm(folder, { recursive: true })
  await beto.reload()
  await expect(beto.locator('#links')).toContainText('1 descarga · creado por Beto Molina')
  await expect(beto.getByRole('textbox', { name: 'Enlace' })).toHaveCount(0)

  const ana = await people.enter('ana', { at: '/archivos' })
  await row(ana, name).locator('summary').click()
  await row(ana, name).getByRole('button', { name: 'Eliminar…' }).click()
  const question = ana.getByRole('dialog', { name: `¿Eliminar «${name}»?` })
  await expect(question).toContainText('sus enlaces directos dejan de servir')
  await question.getByRole('button', { name: 'Eliminar el archivo' }).click()
  await expect(row(ana, name)).toHaveCount(0)
  await expect(ana.locator('.toast')).toContainText(`«${name}» se eliminó.`)
  expect((await fetch(link)).status).toBe(404)

  watch.expects(/status of 404/)
  const stranger = await people.stranger({ at: link })
  await expect(stranger.getByText('Este enlace ya no sirve. Pide uno nuevo a quien lo compartió.')).toBeVisible()
})

test('a file over the limit is refused in words before a byte is sent', async ({ people, house }) => {
  const box = await house.start({ env: { PICHAT_MAX_FILE_BYTES: '100KiB' } })
  const beto = await people.enter('beto', { box, at: '/archivos' })
  let asked = 0
  beto.on('request', (request) => {
    if (request.method() === 'PUT') asked++
  })
  await beto
    .locator('#subir input[type="file"]')
    .setInputFiles({ name: 'grande.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(200_000) })
  await expect(beto.locator('upload-queue .up')).toContainText(/Pesa 200 KB y el máximo es 102 KB/)
  expect(asked).toBe(0)
})

test('the queue says what becomes of a file as the list does, also of one that the list does not show', async ({ people, house }) => {
  // Nobody listens there: files wait for their verdict.
  const box = await house.start({ env: { PICHAT_CLAMD: '127.0.0.1:9' } })
  const [beto, ana] = await Promise.all([people.enter('beto', { box, at: '/archivos' }), people.enter('ana', { box, at: '/archivos' })])
  const names = [fileName('bueno', 'txt'), fileName('malo', 'txt')] as const
  await beto
    .locator('#subir input[type="file"]')
    .setInputFiles(names.map((name) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(name) })))
  const states = names.map((name) => beto.locator('upload-queue .up', { hasText: name }).locator('.state'))
  for (const state of states) await expect(state).toHaveText('En cuarentena')
  const ids = await Promise.all(names.map(async (name) => (await row(beto, name).getAttribute('id'))?.slice('row-'.length)))
  const decide = (id: string | undefined, verb: string) =>
    ana.request.post(`/admin/cuarentena/${id}/${verb}`, { form: { motivo: 'así es' }, headers: { origin: box.origin } })

  await decide(ids[0], 'liberacion')
  await expect(states[0] ?? beto.locator('none')).toHaveText('Liberado')
  await beto.getByRole('searchbox').fill(names[0])
  await expect(row(beto, names[1])).toHaveCount(0)
  await decide(ids[1], 'rechazo')
  await expect(states[1] ?? beto.locator('none')).toHaveText('Rechazado')
})

test('what ana decides about a file appears on the pages that carla has open, without losing what beto types, and a deleted one leads back', async ({
  people,
}) => {
  const name = fileName('contrato', 'txt')
  const beto = await people.enter('beto', { at: '/archivos' })
  await beto.locator('#subir input[type="file"]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from('firmado') })
  await row(beto, name).getByRole('link', { name, exact: true }).click()
  await beto.locator('input[name="nota"]').fill('media nota')
  const carla = await people.enter('carla', { at: '/archivos' })
  await expect(row(carla, name).locator('.state')).toHaveText('Sin analizar')

  const ana = await people.enter('ana', { at: new URL(beto.url()).pathname })
  const id = new URL(beto.url()).pathname.split('/').at(-1) ?? ''
  await ana.goto(`/admin/cuarentena/${id}/rechazo`)
  await ana.getByLabel('Motivo').fill('Falta una firma')
  await ana.getByRole('button', { name: 'Rechazar y borrar' }).click()
  await expect(row(carla, name).locator('.state')).toHaveText('Rechazado')
  await expect(beto.locator('#file-head')).toContainText('Falta una firma')
  await expect(beto.locator('input[name="nota"]')).toHaveValue('media nota')

  await ana.goto('/admin/cuarentena?estado=decididos')
  await ana.locator(`#review-${id}`).getByRole('button', { name: 'Borrar ya' }).click()
  await expect(row(carla, name)).toHaveCount(0)
  await expect(beto).toHaveURL(/\/archivos$/)
  await expect(beto.locator('#toasts')).toContainText('alguien lo eliminó')
})

for (const [which, file] of [
  ['the script of the queue', '**/uploads*.js'],
  ['any script', '**/main*.js'],
] as const)
  test(`files and folders that are chosen before ${which} has come are sent when it is there`, async ({ people }) => {
    const beto = await people.enter('beto')
    const held = new Promise<Route>((resolve) => void beto.route(file, resolve))
    await beto.goto('/archivos', { waitUntil: 'commit' })
    const script = await held
    const [alone, within] = [fileName('suelto', 'txt'), fileName('dentro', 'txt')]
    const folder = await mkdtemp(join(tmpdir(), 'pichat-carpeta-'))
    await writeFile(join(folder, within), 'de la carpeta')
    await beto.locator('#subir input[type="file"]').setInputFiles({ name: alone, mimeType: 'text/plain', buffer: Buffer.from('temprano') })
    await beto.locator('#subir-carpeta input[type="file"]').setInputFiles(folder)
    await script.continue()
    await expect(row(beto, alone)).toBeVisible()
    await expect(beto.locator('upload-queue .up', { hasText: within })).toContainText('Listo')
    await expect(beto.locator('upload-queue .up')).toHaveCount(2)
    await rm(folder, { recursive: true })
  })

test('whoever deletes files by keyboard goes on at the next row, and at the one before behind the last', async ({ people }) => {
  const ana = await people.enter('ana', { at: '/archivos' })
  const word = randomBytes(3).toString('hex')
  const picked = ['uno', 'dos', 'tres'].map((name) => ({ name: `${word} ${name}.txt`, mimeType: 'text/plain', buffer: Buffer.from(name) }))
  await ana.locator('#subir input[type="file"]').setInputFiles(picked)
  await expect(ana.locator('upload-queue')).toContainText('3 de 3 listas')
  await ana.goto(`/archivos?q=${word}`)
  const menus = ana.locator('tr[id^="row-"] details.menu > summary')
  await expect(menus).toHaveCount(3)
  for (const [at, left] of [
    [0, 2],
    [1, 1],
  ] as const) {
    const next = menus.nth(at === 0 ? 1 : 0)
    const name = (await next.textContent()) ?? ''
    await menus.nth(at).focus()
    await ana.keyboard.press('Enter')
    await ana.locator('details.menu[open]').getByRole('button', { name: 'Eliminar…' }).focus()
    await ana.keyboard.press('Enter')
    await ana.getByRole('dialog').getByRole('button', { name: 'Eliminar el archivo' }).focus()
    await ana.keyboard.press('Enter')
    await expect(menus).toHaveCount(left)
    await expect(menus.filter({ hasText: name })).toBeFocused()
  }
})
