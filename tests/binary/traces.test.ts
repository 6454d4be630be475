// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the executable leaves behind: on the disk, in its output, in its journal. Searched byte by byte after people have lived on it.
import { describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { raw, requestText } from '../support/door'
import { traversals } from '../support/payloads'
import { Person } from '../support/people'
import { until } from '../support/until'
import { type Box, createRoom, joinRoom, openBox, owner, roomPassword, say, sitDown } from './claimed'

/** Every byte of the data folder, of everything written beside it, and of what was said on both streams. */
async function everything({ box }: Box): Promise<string> {
  const entries = await readdir(box.place.folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = await Promise.all(files.map(async (file) => Buffer.from(await Bun.file(file).arrayBuffer()).toString('latin1')))
  return [box.output(), ...files, ...texts].join('\n')
}

describe.each(['SIGTERM', 'SIGKILL'] as const)('the words of an ephemeral room, after traffic and %s,', (signal) => {
  test('are in no file, no log of the database and no output', async () => {
    await using house = await openBox({ env: { PICHAT_LOG_LEVEL: 'trace' } })
    const marker = 'palabra-pasajera-que-nadie-encuentra'
    const beto = await house.person('beto', 'cliente')
    const passing = await createRoom(house.ana, 'efimera', 'Pasillo')
    const kept = await createRoom(house.ana, 'guardada', 'Archivo')
    for (const code of [passing, kept]) await joinRoom(beto, code)

    const [ana, other] = [await sitDown(house.ana, passing), await sitDown(beto, passing)]
    for (let n = 0; n < 30; n++) await say(n % 2 ? ana : other, `${marker} ${n}`)
    // Refused, broken and repeated ones are words too.
    ana.send(`{"t":"decir","cid":"x","texto":"${marker}`)
    ana.send({ t: 'decir', cid: 'no vale', texto: marker })
    ana.send({ t: marker, texto: marker })
    await until('the refusals', () => ana.frames.filter(({ t }) => t === 'no').length >= 3)
    await beto.post(`/salas/${passing}/mensajes`, { texto: `${marker} por formulario` })
    await beto.post(`/salas/${passing}/mensajes`, { texto: marker, otro: marker })
    await beto.post(`/salas/${passing}/mensajes`, { texto: marker.repeat(200) })
    expect(await (await beto.get(`/salas/${passing}`)).text()).toContain(marker)
    // The witness: what is kept is found by the same search.
    await say(await sitDown(house.ana, kept), 'frase-guardada-que-se-encuentra')

    const during = await everything(house)
    expect(during).toContain('frase-guardada-que-se-encuentra')
    expect(during).not.toContain(marker)
    await house.box.kill(signal)
    const after = await everything(house)
    expect(after).toContain('frase-guardada-que-se-encuentra')
    expect(after).not.toContain(marker)
    await house.box.start()
    expect(await (await beto.get(`/salas/${passing}`)).text()).not.toContain(marker)
    expect(await everything(house)).not.toContain(marker)
  })
})

/** A lively hour: as much as an office says in one, in as many seconds as the box needs. */
const hour = { messages: 3_600, atOnce: 40 }

describe.each(['SIGKILL', 'SIGABRT'] as const)(
  'an hour of an ephemeral room, ended by %s where crashes leave their memory behind,',
  (signal) => {
    test('is on no disk: not in the data, not beside it, not in a core', async () => {
      const dumps = ['bash', '-c', 'ulimit -c unlimited && exec "$0" "$@"']
      await using house = await openBox({ under: dumps, env: { PICHAT_MESSAGES_PER_SECOND: '0', PICHAT_LOG_LEVEL: 'trace' } })
      const marker = 'palabra-de-una-hora-entera'
      const beto = await house.person('beto', 'cliente')
      const code = await createRoom(house.ana, 'efimera', 'Pasillo')
      await joinRoom(beto, code)
      const lines = [await sitDown(house.ana, code), await sitDown(beto, code)]
      const kept = await createRoom(house.ana, 'guardada', 'Archivo')
      await say(await sitDown(house.ana, kept), 'frase-guardada-que-se-encuentra')

      for (let n = 0; n < hour.messages; n += hour.atOnce) {
        const line = lines[(n / hour.atOnce) % lines.length]
        await Promise.all(
          Array.from({ length: hour.atOnce }, (_, i) => line && say(line, `${marker} ${n + i} ${'y sigue la frase '.repeat(8)}`)),
        )
      }
      const last = lines[0]?.frames.filter(({ t }) => t === 'cambio').at(-1)
      lines[0]?.send({ t: 'reaccion', id: last?.id, emoji: '👍' })
      expect(await (await beto.get(`/salas/${code}`)).text()).toContain(`${marker} ${hour.messages - 1}`)
      const during = await everything(house)
      expect(during).toContain('frase-guardada-que-se-encuentra')
      expect(during).not.toContain(marker)

      await house.box.kill(signal)
      expect((await readdir(house.box.place.home)).filter((name) => name.startsWith('core'))).toEqual([])
      const after = await everything(house)
      expect(after).toContain('frase-guardada-que-se-encuentra')
      expect(after).not.toContain(marker)
      expect(after.includes(Buffer.from(marker, 'utf16le').toString('latin1'))).toBe(false)
    }, 120_000)
  },
)

test('no password, cookie, code or token is in the database or in anything it says', async () => {
  await using house = await openBox({ env: { PICHAT_LOG_LEVEL: 'trace' } })
  const { box, ana, door } = house
  const beto = await house.person('beto', 'cliente')
  const temporary = /: (\S+) {2}\(/.exec((await box.run('user', 'add', 'carla')).stdout)?.[1] ?? 'none'

  const code = await createRoom(ana, 'guardada')
  await joinRoom(beto, code)
  await say(await sitDown(beto, code), 'hola')
  const file = (await (await beto.put('/archivos/informe.txt', 'informe', { accept: 'application/json' })).json()) as { id: string }
  const made = await beto.post(`/archivos/${file.id}/enlaces`, { vence: '1d' }, { accept: 'application/json' })
  const link = /\/d\/([^/]+)\//.exec(((await made.json()) as { url: string }).url)?.[1] ?? 'none'
  expect((await door.fetch(`/d/${link}/informe.txt`)).status).toBe(200)

  // What goes wrong says more than what goes right.
  const wrong = 'esto era mi clave de verdad'
  await new Person(door).post('/entrar', { usuario: 'ana', clave: wrong })
  await new Person(door).post('/entrar', { usuario: wrong, clave: wrong })
  await new Person(door).post('/entrar', { usuario: 'ana', clave: wrong, otra: wrong })
  await new Person(door).post('/primer-arranque', { codigo: house.code, usuario: 'x', nombre: 'x', clave: wrong })
  await beto.post('/salas/unirse', { codigo: code, clave: wrong })
  await beto.post('/perfil/clave', { actual: wrong, nueva: wrong, repite: `${wrong}!` })
  await door.fetch(`/d/${link}x/informe.txt`)
  await door.fetch('/salas', { headers: { cookie: `${ana.cookie}x`, authorization: `Bearer ${wrong}` } })
  // Ends the session of ana: what it prints works once, for her alone.
  const reset = /\/restablecer\/(\S+)/.exec((await box.run('reset-admin')).stdout)?.[1] ?? 'none'
  await new Person(door).get(`/restablecer/${reset}`)
  await box.kill('SIGTERM')

  const key = (await Bun.file(join(box.data, 'secret.key')).text()).trim()
  const database = Buffer.from(await Bun.file(join(box.data, 'pichat.db')).arrayBuffer()).toString('latin1')
  const secrets = {
    'the password of ana': owner.clave,
    'the password of beto': beto.credentials?.clave ?? 'none',
    'a mistyped password': wrong,
    'the password of a room': roomPassword,
    'a temporary password': temporary,
    'the token of a direct link': link,
    'the token of a way back in': reset,
    'the key that signs': key,
    ...Object.fromEntries(
      [...ana.cookies, ...beto.cookies].filter(([, value]) => value.length > 20).map(([name, value]) => [`cookie ${name}`, value]),
    ),
  }
  expect(Object.keys(secrets).length).toBeGreaterThan(9)
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length, name).toBeGreaterThan(7)
    for (const spelled of [secret, encodeURIComponent(secret), secret.replaceAll(' ', '+')]) {
      expect(database.includes(spelled), `${name} in the database`).toBe(false)
      expect(box.output().includes(spelled), `${name} in the output`).toBe(false)
    }
  }
  // The code stands on the console for whoever sits at the box, and nowhere else; it is worth nothing any more.
  expect(JSON.stringify(box.journal())).not.toContain(house.code)
  expect(database).not.toContain(house.code)
  expect(database).not.toContain(house.code.replace('-', ''))
})

const hasStrace = Bun.which('strace') !== null

test.skipIf(!hasStrace)('nothing but the data folder is opened for writing, made, renamed or removed', async () => {
  const calls =
    'openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,truncate,chmod,fchmodat'
  const temporary = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  await using house = await openBox({
    env: { TMPDIR: temporary },
    under: ['strace', '-f', '-qq', '-y', '-o', '../calls', '-e', `trace=${calls}`],
  })
  const code = await createRoom(house.ana, 'guardada')
  await say(await sitDown(house.ana, code), 'hola')
  expect((await house.ana.put('/archivos/uno.txt', 'uno')).status).toBe(201)
  await house.box.kill('SIGTERM')

  const { home, data, folder } = house.box.place
  // Bun unpacks native code before it loads it: the password hasher, readable by its owner alone, under the name of its content.
  const isHasher = (path: string) => path.startsWith(`${temporary}/.`) && path.endsWith('.node')
  const made = (await Bun.file(join(folder, 'calls')).text()).split('\n')
  expect(made.some((line) => line.includes('pichat.db-wal') && line.includes('O_CREAT'))).toBe(true)
  const elsewhere = made.filter((line) => {
    if (
      / = -1 /.test(line) ||
      !/\b(O_WRONLY|O_RDWR|O_CREAT)\b|\b(creat|mkdir|rename|link|symlink|unlink|rmdir|truncate|chmod)\w*\(/.test(line)
    )
      return false
    const paths = [...line.matchAll(/(?:<([^>]*)>, )?"([^"]*)"/g)].map(([, beside = home, path = '']) => resolve(beside, path))
    return !paths.every(
      (path) => path.startsWith(`${data}/`) || path === data || isHasher(path) || /^\/dev\/(null|tty|shm\/)|^\/proc\/self\//.test(path),
    )
  })
  expect(elsewhere).toEqual([])
  expect(await readdir(home)).toEqual([])
  expect(await readdir(temporary)).toHaveLength(1)
  await rm(temporary, { recursive: true })
})

/** Doors and the place where a name goes; `{}` is sent as it is, because a library would tidy it up first. */
const climbable = (file: string): [method: string, path: string, headers?: Record<string, string>][] => [
  ['GET', '/{}'],
  ['GET', '/activos/{}'],
  ['GET', '/archivos/{}'],
  ['GET', `/archivos/${file}/{}`],
  ['GET', '/archivos/{}/uno.txt'],
  ['DELETE', `/archivos/${file}/{}`],
  ['GET', '/d/{}/uno.txt'],
  ['GET', '/salas/{}'],
  ['GET', '/salas/{}/exportar'],
  ['GET', '/subidas/{}'],
  ['GET', '/archivos?q={}'],
  ['GET', '/entrar?volver={}'],
  ['GET', '/admin/cuarentena/{}/vista'],
  ['PUT', '/archivos/{}', { 'Content-Length': '1' }],
]

test.skipIf(!hasStrace)(
  'three hundred ways out of a folder, in every name that is asked for or given, open no file but those of the store',
  async () => {
    expect(traversals.length).toBeGreaterThanOrEqual(300)
    await using house = await openBox({
      env: { PICHAT_UPLOADS_PER_PERSON: '100' },
      under: ['strace', '-f', '-qq', '-y', '-o', '../calls', '-e', 'trace=openat,openat2,open,creat,execve,readlink,readlinkat'],
    })
    const { port, place, origin } = house.box
    const calls = () => Bun.file(join(place.folder, 'calls')).text()
    const { id } = (await (await house.ana.put('/archivos/uno.txt', 'uno', { accept: 'application/json' })).json()) as { id: string }
    expect((await house.ana.get(`/archivos/${id}/uno.txt`)).status).toBe(200)
    const before = (await calls()).split('\n').length
    const common = { Host: `localhost:${port}`, Origin: origin, Cookie: house.ana.cookie, Accept: 'application/json', Connection: 'close' }
    const asked: string[] = []
    for (const way of traversals) {
      for (const [method, path, headers = {}] of climbable(id)) {
        // Once with its slashes, once as one piece; what would end the line of the request is encoded in both.
        const spelled = [way.replace(/[\u0000-\u0020?#]/g, (sign) => encodeURIComponent(sign)), encodeURIComponent(way)]
        for (const name of spelled)
          asked.push(requestText(method, path.replace('{}', name), { ...common, ...headers }, headers['Content-Length'] && 'x'))
      }
    }
    const statuses = new Map<number, number>()
    for (let n = 0; n < asked.length; n += 20) {
      const answers = await Promise.all(asked.slice(n, n + 20).map((text) => raw(port, text, { wait: 'head' })))
      for (const { status, text } of answers) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        expect(status, text.slice(0, 200)).toBeLessThan(500)
      }
    }
    expect(statuses.get(404) ?? 0).toBeGreaterThan(1_000)
    await house.ana.put('/archivos/dos.txt', 'dos')

    const lines = (await calls()).split('\n').slice(before)
    const opened = lines.flatMap((line) => {
      if (!/\b(open|openat2?|creat|execve|readlink(at)?)\(/.test(line)) return []
      return [...line.matchAll(/(?:<([^>]*)>, )?"([^"]*)"/g)].slice(0, 1).map(([, beside = place.home, path = '']) => resolve(beside, path))
    })
    expect(opened.some((path) => path.startsWith(`${place.data}/cuarentena/`))).toBe(true)
    const store = new RegExp(`^${place.data}/(cuarentena(/parciales)?(/[0-9a-v]{16}(\\.tus)?)?|pichat\\.db(-wal|-shm|-journal)?)$`)
    const elsewhere = opened.filter((path) => !store.test(path) && !/^\/(proc|sys)\/|^\/dev\/(null|urandom)$/.test(path))
    expect([...new Set(elsewhere)]).toEqual([])
  },
  240_000,
)
