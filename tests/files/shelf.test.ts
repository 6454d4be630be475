// SPDX-License-Identifier: GPL-3.0-or-later
//
// Around files: finding them by name, person, kind and fingerprint, folders, what their page shows, and the line that checks one.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Described, type Drop, type Name, openDrop, people } from './drop'
import { gif, picture } from './pictures'

let drop: Drop
beforeAll(async () => {
  drop = await openDrop()
})
afterAll(() => drop[Symbol.asyncDispose]())

const form = (fields: Record<string, string>) => new URLSearchParams(fields)
const send = (path: string, fields: Record<string, string>, as: Name = 'beto') => drop.ask('POST', path, { as, body: form(fields) })
const page = async (path: string, as: Name = 'beto') => (await drop.ask('GET', path, { as, headers: { accept: 'text/html' } })).text()

async function names(query: string, as: Name = 'carla'): Promise<string[]> {
  const answer = await drop.ask('GET', `/archivos?${query}`, { as })
  return ((await answer.json()) as { files: Described[] }).files.map(({ name }) => name)
}

describe('searching', () => {
  let acta: Described
  beforeAll(async () => {
    acta = await drop.put('Acta de la reunión.txt', 'uno', 'beto')
    await drop.put('plano 100%_final.pdf', '%PDF-1.7', 'diego')
    await drop.put('fachada.png', await picture(3, 2), 'diego')
    await drop.put('cancion.mp3', 'ID3 la', 'beto')
    await drop.put('misterio.bin', new Uint8Array([0, 1, 2, 3]), 'ana')
    await drop.put('pagina.html', '<!doctype html><p>', 'ana')
    await drop.put('dibujo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'ana')
  })

  test.each([
    ['a word, without its accent', 'q=reunion', ['Acta de la reunión.txt']],
    ['two words in any order', 'q=txt+acta', ['Acta de la reunión.txt']],
    ['who brought it', 'q=diego', ['fachada.png', 'plano 100%_final.pdf']],
    ['a sign that means something to the database', `q=${encodeURIComponent('100%_f')}`, ['plano 100%_final.pdf']],
    ['nothing that is there', 'q=zzz', []],
    ['pictures', 'tipo=image', ['fachada.png']],
    ['audio', 'tipo=audio', ['cancion.mp3']],
    ['pages and drawings of the web, which are no pictures', 'tipo=web', ['dibujo.svg', 'pagina.html']],
    ['what its bytes say nothing about', 'tipo=other', ['misterio.bin']],
    ['a kind and a person', 'tipo=pdf&q=diego', ['plano 100%_final.pdf']],
  ])('by %s', async (_, query, expected) => {
    expect((await names(`${query}&orden=nombre`)).sort()).toEqual([...expected].sort())
  })

  test('by the fingerprint, whole, its beginning, its end or as the list shows it, and not by less than four of its signs', async () => {
    const [begins, ends] = [acta.sha256.slice(0, 4), acta.sha256.slice(-4)]
    expect(await page('/archivos')).toContain(`${begins}…${ends}`)
    for (const word of [`${begins}…${ends}`, `${begins}...${ends}`, ends, acta.sha256.slice(-20)]) {
      expect(await names(`q=${encodeURIComponent(word)}`)).toEqual([acta.name])
    }
    expect(await names(`q=${encodeURIComponent(`${ends}…${begins}`)}`)).toEqual([])
    for (const length of [64, 20, 8, 4]) expect(await names(`q=${acta.sha256.slice(0, length)}`)).toEqual([acta.name])
    expect(await names(`q=${acta.sha256.toUpperCase()}`)).toEqual([acta.name])
    expect(await names(`q=${acta.sha256.slice(0, 3)}`)).toEqual([])
  })

  test('an address that asks for what there is not gets the whole list', async () => {
    expect((await names('tipo=nada&estado=nada&orden=nada&pagina=-1')).length).toBe((await names('')).length)
  })

  test('the search keeps the folder, the kind and the state that the page shows', async () => {
    const shown = await page('/archivos?tipo=pdf&estado=sin-analizar')
    expect(shown).toContain('<option value="pdf" selected>')
    expect(shown).toContain('<input type="hidden" name="estado" value="sin-analizar" form="buscador">')
  })
})

test('the meter tells what one’s own files take, and of how much', async () => {
  await using small = await openDrop({ limits: { quotaCliente: 1_000_000 } })
  await small.put('mio.bin', new Uint8Array(250_000), 'beto')
  const shown = async (as: Name) => (await small.ask('GET', '/archivos', { as, headers: { accept: 'text/html' } })).text()
  expect(await shown('beto')).toContain('Esta cuenta ocupa 250 KB de 1 MB.')
  expect(await shown('ana')).toContain('Esta cuenta ocupa 0 B.')
  expect(await shown('carla')).not.toContain('Esta cuenta ocupa')
})

describe('a folder', () => {
  async function folder(nombre: string, as: Name = 'beto'): Promise<{ id: string }> {
    const answer = await send('/archivos/carpetas', { nombre }, as)
    if (answer.status !== 201) throw new Error(`no folder: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as { id: string }
  }

  test('is made by whoever may upload, holds what is uploaded from it or put into it, and is seen by everybody', async () => {
    const { id } = await folder('Planos de obra')
    await drop.ask('PUT', `/archivos/en-carpeta.txt?carpeta=${id}`, { as: 'diego', body: 'x' })
    const data = new FormData()
    data.append('archivo', new File(['y'], 'por-formulario.txt'))
    expect((await drop.ask('POST', `/archivos?carpeta=${id}`, { as: 'beto', body: data })).status).toBe(201)
    const metadata = `filename ${btoa('por-tus.txt')},carpeta ${btoa(id)}`
    const tus = { 'tus-resumable': '1.0.0', 'upload-length': '0', 'upload-metadata': metadata }
    expect((await drop.ask('POST', '/subidas', { as: 'beto', headers: tus })).status).toBe(201)
    const loose = await drop.put('suelto.txt', 'z')
    expect((await send(`/archivos/${loose.id}/carpeta`, { carpeta: id })).status).toBe(303)
    expect((await names(`carpeta=${id}&orden=nombre`)).sort()).toEqual([
      'en-carpeta.txt',
      'por-formulario.txt',
      'por-tus.txt',
      'suelto.txt',
    ])
    expect(await page('/archivos', 'carla')).toContain('Planos de obra')
    expect((await send(`/archivos/${loose.id}/carpeta`, { carpeta: '' })).status).toBe(303)
    expect(await names(`carpeta=${id}`)).not.toContain('suelto.txt')
    expect(await names('')).toContain('suelto.txt')
  })

  test('that goes leaves its files where everything lies', async () => {
    const { id } = await folder('Pasajera')
    await drop.ask('PUT', `/archivos/se-queda.txt?carpeta=${id}`, { as: 'beto', body: 'x' })
    expect((await send(`/archivos/carpetas/${id}/eliminar`, {})).status).toBe(303)
    expect(await names('q=se-queda')).toEqual(['se-queda.txt'])
    expect((await drop.ask('GET', `/archivos?carpeta=${id}`, { as: 'beto' })).status).toBe(404)
  })

  test('is renamed and removed by whoever made it and by administrators alone', async () => {
    const { id } = await folder('De Beto')
    for (const verb of ['nombre', 'eliminar']) {
      const fields: Record<string, string> = verb === 'nombre' ? { nombre: 'De Diego' } : {}
      expect((await send(`/archivos/carpetas/${id}/${verb}`, fields, 'diego')).status).toBe(403)
      expect((await send(`/archivos/carpetas/${id}/${verb}`, fields, 'carla')).status).toBe(403)
    }
    expect((await send(`/archivos/carpetas/${id}/nombre`, { nombre: 'De Ana' }, 'ana')).status).toBe(303)
    expect(await page('/archivos', 'diego')).toContain('De Ana')
  })

  test('takes in a file by the hand of its owner or an administrator alone', async () => {
    const { id } = await folder('Ajena')
    const file = await drop.put('de-beto.txt', 'x', 'beto')
    expect((await send(`/archivos/${file.id}/carpeta`, { carpeta: id }, 'diego')).status).toBe(403)
    expect((await send(`/archivos/${file.id}/carpeta`, { carpeta: id }, 'ana')).status).toBe(303)
    expect((await send(`/archivos/${file.id}/carpeta`, { carpeta: 'aaaaaaaaaaaaaaaa' }, 'ana')).status).toBe(404)
    expect((await drop.ask('PUT', '/archivos/x.txt?carpeta=aaaaaaaaaaaaaaaa', { as: 'beto', body: 'x' })).status).toBe(404)
  })

  test('has a name that is one line, not empty, not too long, and nobody else’s', async () => {
    await folder('Única')
    for (const nombre of ['', '   ', 'x'.repeat(61)]) expect((await send('/archivos/carpetas', { nombre })).status).toBe(422)
    for (const nombre of ['Única', 'unica', 'ÚNICA ']) expect((await send('/archivos/carpetas', { nombre })).status).toBe(409)
    await folder('<img src=x onerror=alert(1)>')
    expect(await page('/archivos')).not.toContain('<img src=x')
    const answer = await send('/archivos/carpetas', { nombre: '../arriba\u202egpj' })
    const { nombre } = (await answer.json()) as { nombre: string }
    expect(nombre).toBe('..-arriba_gpj')
  })

  test('is taken away whole as one archive, what may not be read left out', async () => {
    await using waiting = await openDrop({ limits: { release: 'hand', zipFiles: 2 } })
    const made = await waiting.ask('POST', '/archivos/carpetas', { as: 'beto', body: form({ nombre: 'Año 2026' }) })
    const { id } = (await made.json()) as { id: string }
    const zip = () => waiting.ask('GET', `/archivos/zip?carpeta=${id}`, { as: 'carla' })
    const put = async (name: string) =>
      (await (await waiting.ask('PUT', `/archivos/${name}?carpeta=${id}`, { as: 'beto', body: name })).json()) as Described
    const [first] = [await put('uno.txt'), await put('dos.txt')]
    expect((await zip()).status).toBe(422)
    await waiting.files.review.release({ id: 'ana', name: 'Ana', from: null }, first.id, 'es de casa')
    const answer = await zip()
    expect(answer.headers.get('content-disposition')).toContain("filename*=UTF-8''A%C3%B1o%202026.zip")
    const bytes = Buffer.from(await answer.arrayBuffer()).toString('latin1')
    expect([bytes.includes('uno.txt'), bytes.includes('dos.txt')]).toEqual([true, false])
    for (const name of ['tres.txt', 'cuatro.txt']) {
      await waiting.files.review.release({ id: 'ana', name: 'Ana', from: null }, (await put(name)).id, 'es de casa')
    }
    expect((await zip()).status).toBe(422)
    expect((await waiting.ask('GET', '/archivos/zip?carpeta=aaaaaaaaaaaaaaaa', { as: 'carla' })).status).toBe(404)
  })

  test('that is asked for by its name, as a folder of a computer is, is made once, however many ask', async () => {
    const ask = (nombre: string, as: Name) => send('/archivos/carpetas', { nombre, reusar: 'si' }, as)
    const answers = await Promise.all([ask('Fotos 2026', 'beto'), ask('fotos 2026', 'diego'), ask('FOTOS 2026', 'ana')])
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id))
    expect(new Set(ids).size).toBe(1)
    expect((await ask('Fotos 2026', 'carla')).status).toBe(403)
  })

  test('is one of so many', async () => {
    await using small = await openDrop({ limits: { fileFolders: 2 } })
    const make = (nombre: string) => small.ask('POST', '/archivos/carpetas', { as: 'beto', body: form({ nombre }) })
    expect([(await make('a')).status, (await make('b')).status, (await make('c')).status]).toEqual([201, 201, 409])
  })

  test('is one of so many, also when many are made at once', async () => {
    await using small = await openDrop({ limits: { fileFolders: 2 } })
    const make = (nombre: string) => small.ask('POST', '/archivos/carpetas', { as: 'beto', body: form({ nombre }) })
    expect((await Promise.all([...'abcdef'].map(make))).map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409])
  })
})

describe('the page of a file', () => {
  const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'&amp; ñ €'

  test.each([
    ['nota.txt', hostile],
    ['pagina.html', `<!doctype html><body>${hostile}`],
    ['dibujo.svg', `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(3)">${hostile}</svg>`],
  ])('shows %s as text and as nothing else', async (name, body) => {
    const { id } = await drop.put(name, body)
    const answer = await drop.ask('GET', `/archivos/${id}`, { as: 'carla', headers: { accept: 'text/html' } })
    const text = await answer.text()
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(2)&gt;')
    expect(text).not.toMatch(/<script>alert|<img src=x|<svg xmlns="http:\/\/www.w3.org\/2000\/svg" onload/)
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'")
    expect(text).not.toMatch(/<(iframe|object|embed)\b/)
  })

  test.each([
    ['Windows-1252', Buffer.from('A\xf1o: 30 \x80 <b>', 'latin1')],
    ['UTF-16', Buffer.from('\ufeffAño: 30 € <b>', 'utf16le')],
    ['UTF-16, the other way round', Buffer.from('\ufeffAño: 30 € <b>', 'utf16le').swap16()],
    ['Windows-1252 without accents in front', Buffer.from(`${'x'.repeat(4096)}A\xf1o: 30 \x80 <b>`, 'latin1')],
  ])('shows a text in %s as people read it, and sends it as everything else', async (_name, bytes) => {
    const { id, url, type } = await drop.put('acta.txt', bytes)
    expect(type).toBe('text/plain')
    const text = await (await drop.ask('GET', `/archivos/${id}`, { as: 'carla', headers: { accept: 'text/html' } })).text()
    expect(/<pre[^>]*>x*([^<]*)<\/pre>/.exec(text)?.[1]).toBe('Año: 30 € &lt;b&gt;')
    const sent = await drop.ask('GET', `${url}?ver`, { as: 'carla' })
    expect(sent.headers.get('content-type')).toBe('application/octet-stream')
    expect(sent.headers.get('content-disposition')).toStartWith('attachment')
    expect(Buffer.from(await sent.bytes())).toEqual(bytes)
  })

  test('shows the beginning of a long text, and never half a sign', async () => {
    await using small = await openDrop({ limits: { previewBytes: 1_025 } })
    const { id } = await small.put('larga.txt', 'ñ'.repeat(50_000))
    const text = await (await small.ask('GET', `/archivos/${id}`, { as: 'carla', headers: { accept: 'text/html' } })).text()
    const shown = /<pre[^>]*>([^<]*)<\/pre>/.exec(text)?.[1] ?? ''
    expect(shown).toBe('ñ'.repeat(512))
    expect(text).toContain('Es solo el principio')
  })

  test.each([
    ['a picture', 'foto.txt', (): Promise<BodyInit> => picture(4, 3), /<img class="preview" src="[^"]*\?ver"/],
    ['a gif', 'g', async (): Promise<BodyInit> => gif(), /<img class="preview"/],
    ['an audio', 'a.exe', async (): Promise<BodyInit> => 'ID3 suena', /<audio class="preview[^"]*" controls/],
    ['a video', 'v', async (): Promise<BodyInit> => '\0\0\0\x18ftypisom', /<video class="preview" controls/],
  ] as const)('shows %s by its bytes, whatever its name', async (_, name, make, expected) => {
    const { id } = await drop.put(name, await make())
    expect(await page(`/archivos/${id}`)).toMatch(expected)
  })

  test.each([
    ['a PDF', 'foto.png', '%PDF-1.7'],
    ['an archive', 'a.mp3', 'PK\x03\x04'],
    ['a program', 'v.mp4', '\x7fELF'],
    ['bytes that mean nothing', 'x.png', '\0\x01\x02'],
    ['a text without a word', 'vacio.txt', ' \n'],
  ])('shows nothing of %s, whatever its name', async (_, name, body) => {
    const { id } = await drop.put(name, body)
    expect(await page(`/archivos/${id}`)).not.toContain('class="preview')
  })

  test('shows nothing of what may not be read', async () => {
    await using waiting = await openDrop({ limits: { release: 'hand' } })
    for (const [name, body] of [
      ['a.txt', 'secreto a voces'],
      ['b.png', await picture(2, 2)],
    ] as const) {
      const { id } = await waiting.put(name, body)
      const text = await (await waiting.ask('GET', `/archivos/${id}`, { as: 'ana', headers: { accept: 'text/html' } })).text()
      expect(text).not.toMatch(/class="preview|secreto a voces/)
    }
  })

  test.each(['informe final.pdf', "it's; rm -rf ~ 'x' $(id) `id`.txt", '-n.txt', 'con \\ barra.txt', 'ñandú €.txt'])(
    'has a line that checks %p in a shell, and finds another byte',
    async (name) => {
      const folder = await mkdtemp(join(tmpdir(), 'pichat-check-'))
      try {
        const file = await drop.put(name, 'contenido')
        const text = await page(`/archivos/${file.id}`)
        const shown = /<code class="hash-box" hx-ignore>([\s\S]*?)<\/code>/.exec(text)?.[1] ?? ''
        const line = shown.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_, sign: string) => decoded[sign] ?? '')
        expect(text).toContain(`data-copy="${file.sha256}"`)
        const check = () => Bun.spawnSync(['sh', '-c', line], { cwd: folder }).exitCode
        await Bun.write(join(folder, file.name), 'contenido')
        expect(check(), line).toBe(0)
        await Bun.write(join(folder, file.name), 'contenidO')
        expect(check()).toBe(1)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  )
  const decoded: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" }
})

test('a folder that is removed at that moment takes no file, and none that was on its way lies in it', async () => {
  await using drop = await openDrop()
  const { writeAll } = drop.database
  const made = async () => (await drop.files.folders.make(people.beto, 'Actas', null)).id
  const removedBeforeNextWrite = (id: string) => {
    drop.database.writeAll = async (...given: Parameters<typeof writeAll>) => {
      drop.database.writeAll = writeAll
      await drop.files.folders.remove(people.beto, id, null)
      return writeAll(...given) as never
    }
  }
  const file = await drop.put('acta.txt', 'x')
  const first = await made()
  removedBeforeNextWrite(first)
  const moved = await drop.ask('POST', `/archivos/${file.id}/carpeta`, { as: 'beto', body: new URLSearchParams({ carpeta: first }) })
  expect(moved.status).toBe(404)
  const second = await made()
  removedBeforeNextWrite(second)
  expect((await drop.ask('PUT', `/archivos/otra.txt?carpeta=${second}`, { as: 'beto', body: 'y' })).status).toBe(201)
  expect((await drop.rows()).map((row) => row.folder_id)).toEqual([null, null])
  const told = await drop.database.read.selectFrom('audit').select('what').where('what', '=', 'files.moved').execute()
  expect(told).toEqual([])
})
