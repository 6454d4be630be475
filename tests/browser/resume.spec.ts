// SPDX-License-Identifier: GPL-3.0-or-later
//
// Uploads that are interrupted: by their owner, a reload, a dead network, a server that stops and comes back.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './stage'

const sha256 = async (bytes: Uint8Array<ArrayBuffer>) => Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')

/** 6 MB that no compression shrinks. */
function someBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(6_000_000)
  for (let at = 0; at < bytes.length; at += 60_000) crypto.getRandomValues(bytes.subarray(at, at + 60_000))
  return bytes
}

async function slow(page: Page, bytesPerSecond: number): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
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
