// SPDX-License-Identifier: GPL-3.0-or-later
//
// Uploads that are interrupted: by their owner, a reload, a dead network, a server that stops and comes back.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { CDPSession, Page } from '@playwright/test'
import { expect, test } from './stage'

const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')

/** 6 MB that no compression shrinks. */
function someBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(6_000_000)
  for (let at = 0; at < bytes.length; at += 60_000) crypto.getRandomValues(bytes.subarray(at, at + 60_000))
  return bytes
}

const wires = new WeakMap<Page, Promise<CDPSession>>()

/** -1: as fast as it can. */
async function slow(page: Page, bytesPerSecond: number): Promise<void> {
  const wire = wires.get(page) ?? page.context().newCDPSession(page)
  wires.set(page, wire)
  const cdp = await wire
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  })
}

const entryOf = (page: Page, name: string) => page.locator('upload-queue .up', { hasText: name })

/** What the server has under this name, as its detail page says. */
async function fingerprintOf(page: Page, name: string): Promise<string | undefined> {
  return page.evaluate(async (wanted) => {
    const answer = await fetch(`/archivos?q=${encodeURIComponent(wanted)}`, { headers: { accept: 'application/json' } })
    const { files } = (await answer.json()) as { files: { sha256: string }[] }
    return files[0]?.sha256
  }, name)
}

test('beto pauses an upload, reloads, chooses the file again, and it goes on from where it was', async ({ people }) => {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-resume-'))
  try {
    const beto = await people.enter('beto', { at: '/archivos', fresh: true })
    const name = 'video largo.mp4'
    const bytes = someBytes()
    const path = join(folder, name)
    await writeFile(path, bytes)
    await slow(beto, 1_000_000)
    await beto.locator('#subir input[type="file"]').setInputFiles(path)
    const entry = entryOf(beto, name)
    await expect(entry).toContainText(/[2-9]\d %/)
    await entry.getByRole('button', { name: 'Pausar' }).click()
    await expect(entry).toContainText('En pausa')
    await entry.getByRole('button', { name: 'Continuar' }).click()
    await expect(entry).toContainText(/[2-9]\d %/)
    await entry.getByRole('button', { name: 'Pausar' }).click()

    await beto.reload()
    await expect(entry).toContainText('Para continuar, elige el mismo archivo.')
    const offsets: string[] = []
    beto.on('request', (request) => {
      if (request.method() === 'PATCH') offsets.push(request.headers()['upload-offset'] ?? '')
    })
    await beto.locator('#subir input[type="file"]').setInputFiles(path)
    await expect(entry).toContainText('Listo', { timeout: 30_000 })
    expect(Number(offsets[0])).toBeGreaterThan(500_000)
    expect(await fingerprintOf(beto, name)).toBe(await sha256(bytes))
    await beto.reload()
    await expect(beto.locator('upload-queue')).toContainText('Lo que se suba aparece aquí con su avance.')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a server that stops and comes back does not need beto', async ({ people, house, watch }) => {
  // The list asks for news meanwhile, and htmx says aloud that it got no answer.
  watch.expects(/ERR_CONNECTION|ERR_EMPTY|Failed to load resource|503|htmx:error: Failed to fetch/)
  const box = await house.start()
  const beto = await people.enter('beto', { at: '/archivos', box, fresh: true })
  const bytes = someBytes()
  await slow(beto, 1_000_000)
  await beto.locator('#subir input[type="file"]').setInputFiles({ name: 'copia.bin', mimeType: '', buffer: Buffer.from(bytes) })
  const entry = entryOf(beto, 'copia.bin')
  await expect(entry).toContainText(/[2-9]\d %/)
  await box.restart()
  await expect(entry).toContainText('Listo', { timeout: 40_000 })
  expect(await fingerprintOf(beto, 'copia.bin')).toBe(await sha256(bytes))
})

test('eight files go three at a time and in their order, and a pasted one too', async ({ people }) => {
  const beto = await people.enter('beto', { at: '/archivos', fresh: true })
  await slow(beto, 300_000)
  // Counted where they leave: the protocol of the browser tells an end later than a beginning.
  await beto.evaluate(() => {
    const seen = { now: 0, most: 0 }
    Object.assign(window, { seen })
    const send = XMLHttpRequest.prototype.send
    XMLHttpRequest.prototype.send = function (body) {
      seen.most = Math.max(seen.most, ++seen.now)
      this.addEventListener('readystatechange', () => {
        if (this.readyState === XMLHttpRequest.DONE) seen.now--
      })
      send.call(this, body)
    }
  })
  const begun: string[] = []
  beto.on('request', (request) => {
    const named = /filename (\S+?)(,|$)/.exec(request.headers()['upload-metadata'] ?? '')?.[1]
    if (named) begun.push(Buffer.from(named, 'base64').toString())
  })
  const names = Array.from({ length: 8 }, (_, i) => `en fila ${i}.bin`)
  await beto
    .locator('#subir input[type="file"]')
    .setInputFiles(names.map((name, i) => ({ name, mimeType: '', buffer: Buffer.alloc(60_000, i) })))
  await expect(beto.locator('upload-queue')).toContainText('8 de 8 listas', { timeout: 30_000 })
  expect(begun).toEqual(names)
  expect(await beto.evaluate(() => (window as unknown as { seen: { most: number } }).seen.most)).toBe(3)

  await beto.evaluate(() => {
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File(['una captura'], 'pegada.png', { type: 'image/png' }))
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
  })
  await expect(entryOf(beto, 'pegada.png')).toContainText('Listo')
})

test('a folder is all the files in it, and what is there already is said', async ({ people }) => {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-folder-'))
  try {
    await mkdir(join(folder, 'dentro'))
    await writeFile(join(folder, 'uno-carpeta.txt'), 'igual')
    await writeFile(join(folder, 'dentro', 'dos-carpeta.txt'), 'igual')
    const beto = await people.enter('beto', { at: '/archivos', fresh: true })
    await beto.locator('#subir-carpeta input[type="file"]').setInputFiles(folder)
    await expect(beto.locator('upload-queue')).toContainText('2 de 2 listas')
    await expect(beto.locator('upload-queue')).toContainText(/Ya existe uno igual, subido por/)
    // It is a folder here too, and its files lie in it.
    await beto.goto('/archivos')
    await beto
      .locator('.folders')
      .getByRole('link', { name: basename(folder) })
      .click()
    await expect(beto.locator('#files tbody tr')).toHaveCount(2)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

/** Offsets from which pieces were sent. */
function offsetsOf(page: Page): number[] {
  const offsets: number[] = []
  page.on('request', (request) => {
    if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']))
  })
  return offsets
}

test('a small file goes on from where it was too, after a pause and after a reload', async ({ people }) => {
  const beto = await people.enter('beto', { at: '/archivos', fresh: true })
  const file = { name: 'foto pequeña.bin', mimeType: '', buffer: Buffer.from(someBytes().slice(0, 2_000_000)) }
  const folder = await mkdtemp(join(tmpdir(), 'pichat-small-'))
  try {
    const path = join(folder, file.name)
    await writeFile(path, file.buffer)
    await slow(beto, 300_000)
    await beto.locator('#subir input[type="file"]').setInputFiles(path)
    const entry = entryOf(beto, file.name)
    await expect(entry).toContainText(/[2-9]\d %/)
    await entry.getByRole('button', { name: 'Pausar' }).click()
    const offsets = offsetsOf(beto)
    await entry.getByRole('button', { name: 'Continuar' }).click()
    await expect.poll(() => offsets.length).toBe(1)
    expect(offsets[0]).toBeGreaterThan(100_000)
    await entry.getByRole('button', { name: 'Pausar' }).click()
    await beto.reload()
    await expect(entry).toContainText('Para continuar, elige el mismo archivo.')
    await slow(beto, -1)
    await beto.locator('#subir input[type="file"]').setInputFiles(path)
    await expect(entry).toContainText('Listo')
    expect(offsets[1]).toBeGreaterThanOrEqual(offsets[0] ?? 0)
    expect(await fingerprintOf(beto, file.name)).toBe(await sha256(new Uint8Array(file.buffer)))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what had not been sent when the page was left is named, and goes when it is chosen again', async ({ people }) => {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-missing-'))
  try {
    const beto = await people.enter('beto', { at: '/archivos', fresh: true })
    const paths = Array.from({ length: 9 }, (_, i) => join(folder, `pendiente ${i}.bin`))
    for (const [i, path] of paths.entries()) await writeFile(path, Buffer.alloc(200_000, i))
    await beto.route('**/subidas', () => {}) // as slow as it gets
    await beto.locator('#subir input[type="file"]').setInputFiles(paths)
    await expect(entryOf(beto, 'pendiente 8.bin')).toContainText('En espera')
    await beto.getByRole('button', { name: 'Pausar todas' }).click() // or it asks whether to leave
    await beto.reload()
    await beto.unroute('**/subidas')
    const queue = beto.locator('upload-queue')
    for (const place of [queue, beto.locator('#up-dock')]) await expect(place).toContainText('Faltan por enviar: 9. Vuelve a elegirlos.')
    await expect(entryOf(beto, 'pendiente 8.bin')).toContainText('Para continuar, elige el mismo archivo.')
    await beto.locator('#subir input[type="file"]').setInputFiles(paths)
    await expect(queue).toContainText('9 de 9 listas')
    await expect(queue).not.toContainText('Faltan por enviar')
    await beto.reload()
    await expect(queue).toContainText('Lo que se suba aparece aquí con su avance.')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('a second tab says that the first is sending, and cannot end it; once the first is gone it can be gone on with', async ({
  people,
  watch,
}) => {
  watch.expects(/status of 404/) // asked for once more while it is being cancelled
  const beto = await people.enter('beto', { at: '/archivos', fresh: true })
  await slow(beto, 300_000)
  await beto
    .locator('#subir input[type="file"]')
    .setInputFiles({ name: 'dos pestañas.bin', mimeType: '', buffer: Buffer.from(someBytes()) })
  await expect(entryOf(beto, 'dos pestañas.bin')).toContainText(/[1-9] %/)
  const second = await beto.context().newPage()
  await second.goto('/archivos')
  const entry = entryOf(second, 'dos pestañas.bin')
  await expect(entry).toContainText('Se está subiendo en otra pestaña.')
  await expect(entry.getByRole('button')).toHaveCount(0)
  await expect(second.locator('upload-queue')).not.toContainText('Faltan por enviar')
  await beto.close()
  await expect(entry).toContainText('Para continuar, elige el mismo archivo.')
  await entry.getByRole('button', { name: 'Cancelar' }).click()
  await expect(entry).toHaveCount(0)
})

test('the whole queue says how far it is, how fast, and how long it still takes', async ({ people }) => {
  const beto = await people.enter('beto', { at: '/archivos', fresh: true })
  await slow(beto, 400_000)
  await beto
    .locator('#subir input[type="file"]')
    .setInputFiles(Array.from({ length: 4 }, (_, i) => ({ name: `todo ${i}.bin`, mimeType: '', buffer: Buffer.alloc(1_500_000, i) })))
  const whole = /\d.* [KM]B de 6 MB · \d+(,\d)? [KM]B\/s · faltan \d+ s/
  await expect(beto.locator('#up-dock')).toContainText(whole)
  await expect(beto.locator('upload-queue [data-total]')).toContainText(whole)
  await slow(beto, -1)
  await expect(beto.locator('upload-queue')).toContainText('4 de 4 listas')
  await expect(beto.locator('upload-queue [data-total]')).toHaveCount(0)
  await expect(beto.locator('#up-dock')).toBeHidden()
})
