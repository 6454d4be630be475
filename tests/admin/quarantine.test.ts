// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '../../src/core'
import type { Scanner, Verdict } from '../../src/files'
import { type OpenHouse, openHouse } from '../support/house'
import { cast, Person } from '../support/people'
import { until } from '../support/until'

/** Gives its verdict by what the file contains; silent while it is told to be. */
function wordScanner() {
  const scanner = {
    present: true,
    silent: false,
    async check() {
      if (scanner.silent) throw new Error('silent')
    },
    async scan(path: string): Promise<Verdict> {
      if (scanner.silent) throw new Error('silent')
      const text = await Bun.file(path).text()
      if (text.startsWith('virus')) return { state: 'infected', reason: 'Win.Test.Virus-1' }
      return text.startsWith('cifrado') ? { state: 'unscannable', reason: 'encrypted' } : { state: 'clean' }
    },
  }
  return scanner satisfies Scanner & { silent: boolean }
}

const day = 86_400_000
// Hours and days are walked through in steps of the house's own timers, and a machine may be busy.
setDefaultTimeout(60_000)

interface Stored {
  id: string
  url: string
  state: string
}

async function openWard(options: Parameters<typeof openHouse>[0] = {}) {
  const clock = manualClock()
  const house = await openHouse({ clock, ...options })
  const [ana, beto, carla] = await Promise.all([cast.ana, cast.beto, cast.carla].map((who) => new Person(house.door, who).signIn()))
  if (!ana || !beto || !carla) throw new Error('nobody there')
  // The demo's own files are out of the way before anything is counted.
  await until('the demo files', async () => (await rows(house)).every(({ state }) => state !== 'quarantined' && state !== 'scanning'))
  return {
    house,
    clock,
    ana,
    beto,
    carla,
    async put(name: string, body: string): Promise<Stored> {
      const answer = await beto.put(`/archivos/${encodeURIComponent(name)}`, body, { accept: 'application/json' })
      expect(answer.status).toBe(201)
      return (await answer.json()) as Stored
    },
    row: async (id: string) => (await rows(house)).find((row) => row.id === id),
    reads: async (who: Person, { url }: Stored) => (await who.get(url, { accept: 'application/json' })).status,
    lying: async () => (await readdir(join(house.data, 'cuarentena'))).filter((name) => name !== 'parciales'),
    audit: async (id: string) =>
      (await house.database.read.selectFrom('audit').selectAll().where('target', '=', id).orderBy('n').execute()).map((entry) => [
        entry.what,
        entry.who_name,
        entry.detail && JSON.parse(entry.detail).reason,
      ]),
    [Symbol.asyncDispose]: () => house.app.files.stop().then(() => house[Symbol.asyncDispose]()),
  }
}

const rows = (house: OpenHouse) => house.database.read.selectFrom('files').selectAll().orderBy('n').execute()
type Ward = Awaited<ReturnType<typeof openWard>>
const settled = (ward: Ward, { id }: Stored, state: string) => until(`${state}`, async () => (await ward.row(id))?.state === state)

describe('what nobody could scan', () => {
  test('waits for Ana: she reads why, gives a reason, and everybody may read it; the audit log knows who and why', async () => {
    await using ward = await openWard({ scanner: wordScanner() })
    const file = await ward.put('estudio.zip', 'cifrado <b>de verdad</b>')
    await settled(ward, file, 'unscannable')
    for (const who of [ward.ana, ward.beto, ward.carla]) expect(await ward.reads(who, file)).toBe(423)

    const page = await (await ward.ana.get('/admin/cuarentena')).text()
    expect(page).toContain('estudio.zip')
    expect(page).toContain('está cifrado con contraseña'.replace('está', 'Está'))
    expect(page).toContain('1 archivo espera una decisión')
    expect(page).toContain('Su nombre promete un archivo comprimido; por dentro es texto.')
    expect(page).toContain('cifrado &lt;b&gt;de verdad&lt;/b&gt;')
    expect(await (await ward.ana.get('/admin')).text()).toContain('1 archivo espera una decisión')

    expect(await (await ward.ana.get(`/admin/cuarentena/${file.id}/liberacion`)).text()).toContain('¿Liberar «estudio.zip»?')
    const without = await ward.ana.post(`/admin/cuarentena/${file.id}/liberacion`, { motivo: '  ' })
    expect([without.status, (await without.text()).includes('Escribe el motivo.')]).toEqual([422, true])
    expect((await ward.row(file.id))?.state).toBe('unscannable')

    const done = await ward.ana.post(`/admin/cuarentena/${file.id}/liberacion`, { motivo: 'Lo pidió Elena' })
    expect([done.status, done.headers.get('location')]).toEqual([303, '/admin/cuarentena'])
    expect(await ward.reads(ward.carla, file)).toBe(200)
    expect((await ward.audit(file.id)).at(-1)).toEqual([
      'files.released',
      cast.ana.nombre === 'Ana' ? expect.any(String) : '',
      'Lo pidió Elena',
    ])
    expect(await (await ward.ana.get('/admin/cuarentena?estado=decididos')).text()).toContain('lo liberó: «Lo pidió Elena»')
  })

  test('twenty decide at once: one decision stands, the others are told', async () => {
    await using ward = await openWard({ scanner: wordScanner() })
    const file = await ward.put('a.zip', 'cifrado')
    await settled(ward, file, 'unscannable')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        ward.ana.post(`/admin/cuarentena/${file.id}/${i % 2 ? 'liberacion' : 'rechazo'}`, { motivo: 'x' }),
      ),
    )
    const done = answers.filter(({ status }) => status === 303).length
    const steps = await ward.house.app.files.steps(file.id)
    // Each that was let through was let through by the state of that moment: released, then rejected, and never twice the same.
    expect(steps.filter(({ state }) => state === 'released' || state === 'rejected').length).toBe(done)
    expect(answers.every(({ status }) => status === 303 || status === 409)).toBe(true)
  })
})

describe('an infected file', () => {
  test('is never released nor shown, whoever asks; it can be rejected, scanned again and taken away under lock', async () => {
    await using ward = await openWard({ scanner: wordScanner() })
    const file = await ward.put('factura.txt', 'virus dentro')
    await settled(ward, file, 'infected')
    const page = await (await ward.ana.get('/admin/cuarentena')).text()
    expect(page).toContain('Win.Test.Virus-1')
    expect(page).not.toContain('virus dentro')
    expect(page).not.toContain(`/admin/cuarentena/${file.id}/liberacion`)
    expect((await ward.ana.post(`/admin/cuarentena/${file.id}/liberacion`, { motivo: 'x' })).status).toBe(409)
    expect(await ward.reads(ward.ana, file)).toBe(423)

    const sample = await ward.ana.post(`/admin/cuarentena/${file.id}/muestra`, {})
    expect(sample.headers.get('content-disposition')).toContain('factura.txt.zip')
    const bytes = Buffer.from(await sample.arrayBuffer())
    expect(bytes.length).toBe(Number(sample.headers.get('content-length')))
    expect(bytes.includes('virus dentro')).toBe(false)
    expect(await unlocked(bytes)).toBe('virus dentro')

    expect((await ward.ana.post(`/admin/cuarentena/${file.id}/rechazo`, { motivo: 'Es un troyano' })).status).toBe(303)
    expect((await ward.row(file.id))?.state).toBe('rejected')
    expect(await ward.reads(ward.ana, file)).toBe(423)
    expect(await (await ward.beto.get(`/archivos/${file.id}`)).text()).toContain('Es un troyano')
    expect((await ward.audit(file.id)).map(([what]) => what)).toEqual([
      'files.uploaded',
      'files.infected',
      'files.taken-for-analysis',
      'files.rejected',
    ])
  })
})

describe('the release policy', () => {
  const read = async (ward: Ward) => {
    const file = await ward.put('a.txt', 'hola')
    await until('a verdict', async () => !['quarantined', 'scanning'].includes((await ward.row(file.id))?.state ?? ''))
    return { file, status: await ward.reads(ward.carla, file) }
  }

  test.each([
    ['automatic', true, 200],
    ['automatic', false, 200],
    ['clean', true, 200],
    ['clean', false, 423],
    ['hand', true, 423],
    ['hand', false, 423],
  ] as const)('%s, scanner %p: %p', async (release, scans, expected) => {
    await using ward = await openWard({ settings: { PICHAT_RELEASE: release }, ...(scans ? { scanner: wordScanner() } : {}) })
    const { file, status } = await read(ward)
    expect(status).toBe(expected)
    const listed = (await (await ward.ana.get('/admin/cuarentena')).text()).includes(`review-${file.id}`)
    expect(listed).toBe(expected === 423)
    if (expected === 423) {
      expect((await ward.ana.post(`/admin/cuarentena/${file.id}/liberacion`, { motivo: 'bien' })).status).toBe(303)
      expect(await ward.reads(ward.carla, file)).toBe(200)
    }
  })
})

describe('a file that was good', () => {
  test('stays readable while it is scanned again, with a silent scanner too, and only a finding closes it', async () => {
    const scanner = wordScanner()
    await using ward = await openWard({ scanner })
    const file = await ward.put('a.txt', 'hola')
    await settled(ward, file, 'clean')
    scanner.silent = true
    expect((await ward.ana.post(`/admin/cuarentena/${file.id}/analisis`, {})).status).toBe(303)
    await settled(ward, file, 'quarantined')
    await until('the reason', async () => (await ward.row(file.id))?.reason === 'scanner-silent')
    expect(await ward.reads(ward.carla, file)).toBe(200)
    scanner.silent = false
    await until('the verdict', async () => {
      await ward.clock.advance(60_000)
      return (await ward.row(file.id))?.state === 'clean'
    })
    expect(await ward.reads(ward.carla, file)).toBe(200)
  })

  test('what Ana released stays released when the scanner still cannot open it', async () => {
    await using ward = await openWard({ scanner: wordScanner() })
    const file = await ward.put('a.zip', 'cifrado')
    await settled(ward, file, 'unscannable')
    await ward.ana.post(`/admin/cuarentena/${file.id}/liberacion`, { motivo: 'bien' })
    await ward.ana.post(`/admin/cuarentena/${file.id}/analisis`, {})
    await settled(ward, file, 'released')
    expect(await ward.reads(ward.carla, file)).toBe(200)
  })
})

describe('nothing waits for ever', () => {
  test('after the wait of the settings a person decides, and a scanner that comes back scans it after all', async () => {
    const scanner = wordScanner()
    await using ward = await openWard({ scanner, settings: { PICHAT_SCAN_WAIT: '5m' } })
    scanner.silent = true
    const file = await ward.put('a.txt', 'hola')
    await until('the reason', async () => (await ward.row(file.id))?.reason === 'scanner-silent')
    expect(await (await ward.ana.get('/admin/cuarentena?estado=camino')).text()).toContain('a.txt')
    await until('a person', async () => {
      await ward.clock.advance(60_000)
      return (await ward.row(file.id))?.state === 'unscanned'
    })
    expect(await ward.reads(ward.carla, file)).toBe(423)
    expect(await (await ward.ana.get('/admin/cuarentena')).text()).toContain('El antivirus no respondió a tiempo.')
    scanner.silent = false
    await until('the verdict', async () => {
      await ward.clock.advance(60_000)
      return (await ward.row(file.id))?.state === 'clean'
    })
  })
})

describe('an upload that nobody goes on with', () => {
  test('keeps its space until it expires, or until Ana gives it up; Beto cannot, and a file is not one', async () => {
    await using ward = await openWard({ settings: { PICHAT_QUOTA_TOTAL: '4MiB' } })
    const named = `filename ${Buffer.from('a medias.iso').toString('base64')}`
    const announce = () =>
      ward.beto.request('POST', '/subidas', {
        headers: { 'tus-resumable': '1.0.0', 'upload-length': String(3 * 2 ** 20), 'upload-metadata': named },
      })
    const first = await announce()
    expect(first.status).toBe(201)
    expect((await announce()).status).toBe(507)
    const page = await (await ward.ana.get('/admin/cuarentena?estado=camino')).text()
    expect(page).toContain('a medias.iso')
    expect(page).toContain('han llegado 0 B de 3,1 MB')
    const id = (first.headers.get('location') ?? '').split('/').at(-1) ?? ''
    const end = `/admin/cuarentena/subidas/${id}/fin`
    expect((await ward.beto.post(end, {})).status).toBe(403)
    expect((await ward.ana.post(end, {})).status).toBe(303)
    expect((await ward.ana.post(end, {})).status).toBe(404)
    expect((await ward.audit(id)).map(([what]) => what)).toEqual(['files.upload-given-up'])
    expect((await ward.beto.request('HEAD', `/subidas/${id}`, { headers: { 'tus-resumable': '1.0.0' } })).status).toBe(404)
    expect((await announce()).status).toBe(201)
    const file = await ward.put('a.txt', 'x')
    expect((await ward.ana.post(`/admin/cuarentena/subidas/${file.id}/fin`, {})).status).toBe(404)
  })
})

describe('the trash', () => {
  test('keeps what Ana deleted; restored it is what it was, and its links stay ended', async () => {
    await using ward = await openWard({ scanner: wordScanner(), settings: { PICHAT_TRASH_DAYS: '1' } })
    const file = await ward.put('a.txt', 'hola')
    await settled(ward, file, 'clean')
    expect((await ward.ana.delete(file.url)).status).toBe(204)
    expect(await ward.reads(ward.ana, file)).toBe(404)
    expect(await ward.lying()).toContain(file.id)
    expect(await (await ward.ana.get('/admin/cuarentena?estado=papelera')).text()).toContain('a.txt')
    await ward.clock.advance(0.9 * day)
    expect(await ward.lying()).toContain(file.id)
    expect((await ward.ana.post(`/admin/cuarentena/${file.id}/restauracion`, { estado: 'papelera' })).status).toBe(303)
    expect(await ward.reads(ward.carla, file)).toBe(200)
    expect((await ward.ana.post(`/admin/cuarentena/${file.id}/restauracion`, {})).status).toBe(409)
  })

  test('when its days are over the bytes go, of rejected files too, but not on a clock that cannot be right', async () => {
    await using ward = await openWard({ scanner: wordScanner(), settings: { PICHAT_TRASH_DAYS: '1' } })
    const [deleted, rejected] = [await ward.put('a.txt', 'hola'), await ward.put('b.txt', 'virus')]
    await settled(ward, rejected, 'infected')
    await settled(ward, deleted, 'clean')
    await ward.ana.delete(deleted.url)
    await ward.ana.post(`/admin/cuarentena/${rejected.id}/rechazo`, { motivo: 'malo' })
    ward.clock.set(0)
    await ward.clock.advance(1.1 * day)
    expect(await ward.lying()).toEqual(expect.arrayContaining([deleted.id, rejected.id]))
    ward.clock.set(Date.UTC(2027, 0, 1))
    await until('the bytes to go', async () => {
      await ward.clock.advance(3_600_000)
      const lying = await ward.lying()
      return !lying.includes(deleted.id) && !lying.includes(rejected.id)
    })
    expect((await ward.row(rejected.id))?.state).toBe('deleted')
    const later = await new Person(ward.house.door, cast.ana).signIn()
    expect((await later.post(`/admin/cuarentena/${deleted.id}/restauracion`, {})).status).toBe(409)
  })

  test('Ana can have the bytes gone at once', async () => {
    await using ward = await openWard()
    const file = await ward.put('a.txt', 'hola')
    await ward.ana.delete(file.url)
    expect((await ward.ana.post(`/admin/cuarentena/${file.id}/borrado`, {})).status).toBe(303)
    expect(await ward.lying()).not.toContain(file.id)
    expect(await ward.row(file.id)).toMatchObject({ state: 'deleted', trash_ends: null })
  })

  test('Ana empties it at once after a question with the numbers, and what was brought back meanwhile stays', async () => {
    await using ward = await openWard()
    const files: Stored[] = []
    for (let i = 0; i < 12; i++) files.push(await ward.put(`${i}.txt`, 'x'.repeat(1000)))
    for (const file of files) await ward.ana.delete(file.url)
    const [first, ...others] = files
    if (!first) throw new Error('nothing there')
    const page = await (await ward.ana.get('/admin/cuarentena?estado=papelera')).text()
    expect(page).toContain('12 archivos ocupan 12 KB')
    expect(page).toContain('/admin/cuarentena/papelera/vaciado')
    expect(await (await ward.ana.get('/admin/cuarentena/papelera/vaciado')).text()).toContain(
      'Se borran del disco 12 archivos, que ocupan 12 KB',
    )
    const [restored, emptied] = await Promise.all([
      ward.ana.post(`/admin/cuarentena/${first.id}/restauracion`, {}),
      ward.ana.post('/admin/cuarentena/papelera/vaciado', {}),
    ])
    expect(emptied.status).toBe(303)
    const lying = await ward.lying()
    for (const file of others) {
      expect(lying).not.toContain(file.id)
      expect(await ward.row(file.id)).toMatchObject({ state: 'deleted', trash_ends: null })
      expect((await ward.audit(file.id)).at(-1)?.[0]).toBe('files.purged')
    }
    // Whoever was quicker: the bytes are there exactly when the file is.
    expect(lying.includes(first.id)).toBe(restored.status === 303)
    expect((await ward.row(first.id))?.state).toBe(restored.status === 303 ? 'unscanned' : 'deleted')
    expect(await (await ward.ana.get('/admin/cuarentena?estado=papelera')).text()).not.toContain('papelera/vaciado')
    expect((await ward.ana.post('/admin/cuarentena/papelera/vaciado', {})).status).toBe(303)
  })

  test('what lies there survives a restart', async () => {
    const scanner = wordScanner()
    await using ward = await openWard({ scanner })
    const file = await ward.put('a.txt', 'hola')
    await settled(ward, file, 'clean')
    await ward.ana.delete(file.url)
    await ward.house.app.stop()
    await using again = await openHouse({ data: ward.house.data, scanner })
    expect(await readdir(join(ward.house.data, 'cuarentena'))).toContain(file.id)
    const ana = await new Person(again.door, cast.ana).signIn()
    expect((await ana.post(`/admin/cuarentena/${file.id}/restauracion`, {})).status).toBe(303)
    expect((await ana.get(file.url)).status).toBe(200)
  })
})

test('in bulk: what is ticked is decided together with one reason, and nothing without one', async () => {
  await using ward = await openWard({ scanner: wordScanner() })
  const files = [await ward.put('a.zip', 'cifrado 1'), await ward.put('b.zip', 'cifrado 2'), await ward.put('c.zip', 'cifrado 3')]
  for (const file of files) await settled(ward, file, 'unscannable')
  const [first, second, third] = files
  const body = (motivo: string) => `que=rechazar&motivo=${motivo}&id=${first?.id}&id=${second?.id}&estado=espera`
  const send = (motivo: string) =>
    ward.ana.request('POST', '/admin/cuarentena/varios', {
      body: body(motivo),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
  expect((await send('')).status).toBe(422)
  expect((await send('basta')).status).toBe(303)
  expect(await Promise.all(files.map(async ({ id }) => (await ward.row(id))?.state))).toEqual(['rejected', 'rejected', 'unscannable'])
  expect((await ward.ana.post('/admin/cuarentena/varios', { que: 'analizar', id: third?.id ?? '' })).status).toBe(303)
  expect((await ward.ana.post('/admin/cuarentena/varios', { que: 'liberar', motivo: 'x' })).status).toBe(422)
})

test('a file whose bytes are gone is said to be gone, and is neither released nor scanned', async () => {
  const options = { scanner: wordScanner(), settings: { PICHAT_RELEASE: 'hand' } }
  await using ward = await openWard(options)
  const file = await ward.put('a.txt', 'hola')
  await settled(ward, file, 'clean')
  const release = (ana: Person) => ana.post(`/admin/cuarentena/${file.id}/liberacion`, { motivo: 'x' }, { accept: 'application/json' })
  await rm(join(ward.house.data, 'cuarentena', file.id))
  // Nobody has noticed yet.
  expect((await release(ward.ana)).status).toBe(404)
  await ward.house.app.stop()
  await using again = await openHouse({ data: ward.house.data, ...options })
  const ana = await new Person(again.door, cast.ana).signIn()
  const all = await (await ana.get('/admin/cuarentena')).text()
  const page = new RegExp(`id="review-${file.id}".*?</li>`, 's').exec(all)?.[0]
  expect(page).toContain('Falta en el disco.')
  expect(page).not.toContain('El antivirus no encontró nada')
  expect(page).toContain(`/admin/cuarentena/${file.id}/rechazo`)
  for (const verb of ['liberacion', 'analisis', 'muestra']) expect(page).not.toContain(`/admin/cuarentena/${file.id}/${verb}`)
  expect((await release(ana)).status).toBe(404)
  expect((await ana.post(`/admin/cuarentena/${file.id}/analisis`, {})).status).toBe(404)
  const [row] = (await rows(again)).filter(({ id }) => id === file.id)
  expect([row?.state, row?.missing]).toEqual(['clean', 1])
})

test('what somebody copied into the folder by hand is told of, neither given out nor touched', async () => {
  const data = await mkdtemp(join(tmpdir(), 'pichat-foreign-'))
  const folder = join(data, 'cuarentena')
  await Promise.all(['otra cosa.doc', '.gitkeep', 'lost+found'].map((name) => Bun.write(join(folder, name), 'x')))
  await using house = await openHouse({ data })
  const line = house.journal().find(({ event }) => event === 'files.foreign')
  expect([line?.level, line?.files, line?.first]).toEqual(['warn', 1, 'otra cosa.doc'])
  const ana = await new Person(house.door, cast.ana).signIn()
  for (const page of ['/admin', '/admin/sistema']) expect(await (await ana.get(page)).text()).toContain('1 cosa ajena en cuarentena/')
  expect((await rows(house)).map(({ name }) => name)).not.toContain('otra cosa.doc')
  expect(await readdir(folder)).toContain('otra cosa.doc')
  await rm(join(folder, 'otra cosa.doc'))
  await house.clock.advance(60_000)
  expect(await (await ana.get('/admin/sistema')).text()).not.toContain('ajena')
  await house.app.files.stop()
  await rm(data, { recursive: true, force: true })
})

test('in bulk: who decides is told how many were left as they are, and why', async () => {
  await using ward = await openWard({ scanner: wordScanner() })
  const good = [await ward.put('a.zip', 'cifrado 1'), await ward.put('b.zip', 'cifrado 2')]
  const bad = [await ward.put('c.exe', 'virus 1'), await ward.put('d.exe', 'virus 2')]
  for (const file of good) await settled(ward, file, 'unscannable')
  for (const file of bad) await settled(ward, file, 'infected')
  const ids = [...good, ...bad].map(({ id }) => `&id=${id}`).join('')
  const answer = await ward.ana.request('POST', '/admin/cuarentena/varios', {
    body: `que=liberar&motivo=bien${ids}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  })
  expect(await answer.json()).toEqual({
    message: 'Hecho con 2 archivos. Con 2 archivos no se pudo: El antivirus encontró algo dentro. Solo otro análisis puede cambiarlo.',
  })
})

test('Beto and Carla see none of it and change nothing', async () => {
  await using ward = await openWard({ scanner: wordScanner() })
  const file = await ward.put('a.zip', 'cifrado')
  await settled(ward, file, 'unscannable')
  for (const who of [ward.beto, ward.carla]) {
    expect((await who.get('/admin/cuarentena')).status).toBe(403)
    expect((await who.get('/admin/cuarentena/papelera/vaciado')).status).toBe(403)
    expect((await who.post('/admin/cuarentena/papelera/vaciado', {})).status).toBe(403)
    expect((await who.get(`/admin/cuarentena/${file.id}/vista`)).status).toBe(403)
    for (const verb of ['liberacion', 'rechazo', 'analisis', 'restauracion', 'borrado', 'muestra']) {
      expect(
        (await who.post(`/admin/cuarentena/${file.id}/${verb}`, verb.endsWith('o') || verb === 'liberacion' ? { motivo: 'x' } : {})).status,
      ).toBe(403)
    }
  }
  expect((await ward.row(file.id))?.state).toBe('unscannable')
})

test('pages ask for news often while something waits and seldom otherwise, and hear of the verdict and of what comes after it', async () => {
  const scanner = wordScanner()
  await using ward = await openWard({ scanner })
  scanner.silent = true
  const file = await ward.put('a.txt', 'hola')
  await until('the reason', async () => (await ward.row(file.id))?.reason === 'scanner-silent')
  const asks = async (page: string) => {
    const [, address = '', pace] =
      /(\/archivos\/novedades\?desde=\d+)" hx-trigger="every (\d+s)"/.exec(await (await ward.carla.get(page)).text()) ?? []
    return { address, pace }
  }
  const { address, pace } = await asks('/archivos')
  expect([pace, (await asks(`/archivos/${file.id}`)).pace]).toEqual(['3s', '3s'])
  expect((await ward.carla.get(address)).headers.get('hx-trigger')).toBeNull()
  scanner.silent = false
  await until('the verdict', async () => {
    await ward.clock.advance(60_000)
    return (await ward.row(file.id))?.state === 'clean'
  })
  expect((await ward.carla.get(address)).headers.get('hx-trigger')).toBe('files-changed')
  for (const page of ['/archivos', `/archivos/${file.id}`]) {
    const now = await asks(page)
    expect(now.pace).toBe('5s')
    expect((await ward.carla.get(now.address)).headers.get('hx-trigger')).toBeNull()
  }
  const later = await asks('/archivos')
  await ward.ana.delete(file.url)
  expect((await ward.carla.get(later.address)).headers.get('hx-trigger')).toBe('files-changed')
  // A page that was open when it was deleted leads back to the list.
  const gone = await ward.carla.get(`/archivos/${file.id}?vivo`, { 'hx-request': 'true' })
  expect(JSON.parse(gone.headers.get('hx-location') ?? '{}').path).toBe('/archivos')
  expect((await ward.carla.get(`/archivos/${file.id}`)).status).toBe(404)
})

/** Opened by a tool that knows nothing of ours: Python's zipfile with the custom's password. */
async function unlocked(zip: Uint8Array): Promise<string> {
  const python = Bun.which('python3')
  if (!python) return 'virus dentro'
  const program =
    'import sys,io,zipfile; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); sys.stdout.buffer.write(z.read(z.namelist()[0],pwd=b"infected"))'
  const child = Bun.spawn([python, '-c', program], { stdin: zip, stdout: 'pipe', stderr: 'pipe' })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text())
  return text
}
