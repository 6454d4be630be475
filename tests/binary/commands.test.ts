// SPDX-License-Identifier: GPL-3.0-or-later
//
// The command line of the executable: what it says, how it ends, and what it does to the service that runs beside it.
import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runOnce } from '../support/appliance'
import { networkDoor, raw, requestText } from '../support/door'
import { Person } from '../support/people'
import { freePort } from '../support/ports'
import { soon, until } from '../support/until'
import { type Box, createRoom, joinRoom, openBox, owner, sitDown } from './claimed'

/** What is promised: changes act within a second. */
const second = 1_000

/** One box for what changes nothing on it. */
let common: Promise<Box> | undefined
const shared = (): Promise<Box> => (common ??= openBox())
afterAll(async () => (await common)?.box.stop())

async function inEmptyFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pichat-test-'))
  try {
    await act(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('a command', () => {
  test.each(['install', 'uninstall', 'doctor', 'backup', 'restore', 'update', 'rollback', 'bench'])(
    '%s, whose work is not built, says so and exits 2',
    async (name) => {
      for (const LANG of ['es_ES.UTF-8', 'en_US.UTF-8']) {
        const end = await runOnce([name], { env: { LANG } })
        expect(end).toMatchObject({ code: 2, stdout: '' })
        expect(end.stderr).toMatch(LANG.startsWith('es') ? `«pichat ${name}» todavía no está hecho.` : `“pichat ${name}” is not built yet.`)
      }
    },
  )

  test.each([
    ['serve', '--flibber'],
    ['demo', '--flibber=1'],
    ['status', '--flibber'],
    ['config', '--flibber', '3'],
    ['user', 'list', '--flibber'],
    ['reset-admin', '--flibber'],
  ] as string[][])('%s %s is refused with the name of the flag, and touches nothing', async (...args: string[]) => {
    await inEmptyFolder(async (cwd) => {
      const end = await runOnce(args, { cwd })
      expect(end.code).toBe(2)
      expect(end.stderr).toContain('flibber')
      expect(end.stderr).not.toMatch(/at .*\(.*:\d+:\d+\)|bunfs/)
      expect(await readdir(cwd)).toEqual([])
    })
  })

  test('that is none is answered with the manual', async () => {
    const none = await runOnce([])
    expect(none).toMatchObject({ code: 0 })
    for (const name of ['serve', 'demo', 'status', 'config', 'user', 'reset-admin', 'licenses', 'version']) {
      expect(none.stdout).toContain(`pichat ${name}`)
    }
    expect((await runOnce(['--help'])).stdout).toBe(none.stdout)
    expect((await runOnce(['constructor'])).code).toBe(2)
    expect((await runOnce(['__proto__'])).code).toBe(2)
  })

  test('tells how it is used, in both languages, and does nothing else', async () => {
    const names = ['serve', 'demo', 'status', 'config', 'user', 'reset-admin', 'licenses', 'version', 'help']
    await inEmptyFolder(async (cwd) => {
      for (const name of names) {
        const told = []
        for (const LANG of ['es_ES.UTF-8', 'en_US.UTF-8']) {
          const end = await runOnce(['help', name], { env: { LANG }, cwd })
          expect(end).toMatchObject({ code: 0, stderr: '' })
          expect(end.stdout).toStartWith(`pichat ${name}`)
          if (name !== 'help') {
            for (const flag of ['--help', '-h']) expect((await runOnce([name, flag], { env: { LANG }, cwd })).stdout).toBe(end.stdout)
          }
          told.push(end.stdout)
        }
        expect(told[0]).not.toBe(told[1] as string)
      }
      expect(await readdir(cwd)).toEqual([])
    })
    expect(await runOnce(['help', 'backup'])).toMatchObject({ code: 2, stdout: '' })
    expect((await runOnce(['help', 'flibber'])).stderr).toContain('flibber')
  }, 30_000)

  test.each([
    ['serve', 'now'],
    ['demo', 'now'],
    ['status', 'now'],
    ['config', 'port'],
    ['licenses', 'mit'],
    ['version', 'now'],
    ['help', 'serve', 'demo'],
    ['version', '--flibber'],
    ['licenses', '--flibber'],
    ['reset-admin', '--role', 'usuario'],
  ] as string[][])('%s %s is refused for the word that it does not know', async (...args: string[]) => {
    await inEmptyFolder(async (cwd) => {
      for (const LANG of ['es', 'en']) {
        const end = await runOnce(args, { cwd, env: { LANG, PICHAT_PORT: '1' } })
        expect(end).toMatchObject({ code: 2, stdout: '' })
        expect(end.stderr).toContain((args.at(-1) === 'usuario' ? '--role' : args.at(-1)) as string)
        expect(end.stderr.trim().split('\n')).toHaveLength(1)
      }
      expect(await readdir(cwd)).toEqual([])
    })
  })

  test('config warns of a variable that is misspelt', async () => {
    const end = await runOnce(['config'], { env: { PICHAT_PROT: '80', LANG: 'en' } })
    expect(end).toMatchObject({ code: 0, stderr: 'PICHAT_PROT is no setting and is ignored. Did you mean PICHAT_PORT?\n' })
  })

  test('config shows every setting with its source, and no secret', async () => {
    const end = await runOnce(['config', '--message-burst', '7'], {
      env: { PICHAT_PORT: '8123', SECRET_KEY: 'this is the secret key of a test, long enough', LANG: 'en_US.UTF-8' },
    })
    expect(end).toMatchObject({ code: 0, stderr: '' })
    expect(end.stdout).toMatch(/PICHAT_PORT\s+8123 {2}\(variable\)/)
    expect(end.stdout).toMatch(/PICHAT_MESSAGE_BURST\s+7 messages {2}\(flag\)/)
    expect(end.stdout).toMatch(/PICHAT_SOCKETS_PER_PERSON\s+10 sockets {2}\(default\)/)
    expect(end.stdout).toMatch(/SECRET_KEY\s+\(set\)/)
    expect(end.stdout).not.toContain('secret key of a test')
  })

  test('status is 0 beside a service that is well, 1 where there is none', async () => {
    await using house = await openBox()
    expect(await house.box.run('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('bien') })
    const nobody = await runOnce(['status'], { env: { PICHAT_PORT: String(await freePort()) } })
    expect(nobody.code).toBe(1)
    expect(nobody.stdout).toMatch(/\/salud: ahí no contesta nadie\n$/)
  })

  test('about accounts, where there is no PiChat, says so and leaves no empty one behind', async () => {
    for (const args of [['user', 'list'], ['user', 'add', 'eva'], ['reset-admin']]) {
      await inEmptyFolder(async (cwd) => {
        const end = await runOnce(args, { cwd })
        expect(end).toMatchObject({ code: 2, stdout: '' })
        expect(end.stderr).toContain('PICHAT_DATA')
        expect(await readdir(cwd)).toEqual([])
      })
    }
  })

  test('demo leaves a folder that is not its own alone', async () => {
    await inEmptyFolder(async (data) => {
      await writeFile(join(data, 'fotos.txt'), 'de otra persona')
      const end = await runOnce(['demo'], { env: { PICHAT_DATA: data, PICHAT_PORT: String(await freePort()) }, cwd: data })
      expect(end.code).toBe(2)
      expect(end.stderr).toContain(data)
      expect(await readdir(data)).toEqual(['fotos.txt'])
    })
  })
})

describe('at the console, beside the running service,', () => {
  test('a person is added, listed, and let in with the temporary password to choose another', async () => {
    await using house = await openBox()
    const added = await house.box.run('user', 'add', 'eva', '--name', 'Eva Ruiz', '--role', 'cliente')
    expect(added).toMatchObject({ code: 0, stderr: '' })
    const temporary = /: (\S+) {2}\(/.exec(added.stdout)?.[1] ?? ''
    expect((await house.box.run('user', 'list')).stdout).toMatch(/^eva\s+cliente .*Eva Ruiz/m)

    const eva = await new Person(house.door).signIn({ usuario: 'eva', clave: temporary, nombre: '', role: 'cliente' })
    expect((await eva.get('/salas')).headers.get('location')).toBe('/perfil/clave')
    const clave = 'una propia bien larga'
    expect((await eva.post('/perfil/clave', { actual: temporary, nueva: clave, repite: clave })).status).toBe(303)
    expect((await eva.get('/salas')).status).toBe(200)
  })

  test.each([
    ['add ana', 'ya existe'],
    ['add eva --role jefa', 'administrator'],
    ['role ana usuario', 'al menos un administrador'],
    ['disable ana', 'al menos un administrador'],
    ['disable nadie', 'no existe'],
    ['password nadie', 'no existe'],
    ['flibber', 'pichat user'],
    ['constructor', 'pichat user'],
    ['add eva Ruiz', 'pichat user'],
    ['list ana torres', 'pichat user'],
    ['disable ana ya', 'pichat user'],
    ['role ana', 'pichat user'],
    ['list --role cliente', 'pichat user'],
    ['', 'pichat user'],
    ['add', 'pichat user'],
  ])('user %s is refused in a sentence with exit code 2', async (words, named) => {
    const house = await shared()
    const end = await house.box.run('user', ...words.split(' ').filter(Boolean))
    expect(end).toMatchObject({ code: 2, stdout: '' })
    expect(end.stderr.trim().length).toBeGreaterThan(10)
    expect(end.stderr).toContain(named)
    expect(end.stderr).not.toMatch(/bunfs|\.ts:\d/)
    expect((await house.ana.get('/admin')).status).toBe(200)
  })

  test('another role acts within a second: the open socket is closed, the next request is judged anew', async () => {
    await using house = await openBox()
    const eva = await house.person('eva', 'cliente')
    const code = await createRoom(house.ana, 'guardada')
    await joinRoom(eva, code)
    const [line, ours] = [await sitDown(eva, code), await sitDown(house.ana, code)]
    expect((await eva.put('/archivos/antes.txt', 'antes')).status).toBe(201)

    expect(await house.box.run('user', 'role', 'eva', 'usuario')).toMatchObject({ code: 0 })
    expect((await soon('the socket to be closed', line.closed, { within: second })).code).toBe(4401)
    expect((await eva.put('/archivos/luego.txt', 'luego')).status).toBe(403)
    expect((await eva.get('/salas')).status).toBe(200)
    expect(ours.socket.readyState).toBe(WebSocket.OPEN)

    expect(await house.box.run('user', 'role', 'eva', 'administrator')).toMatchObject({ code: 0 })
    await until('the new role', async () => (await eva.get('/admin')).status === 200, { within: second })
  })

  test('a pause acts within a second: sockets, sessions, an upload under way and links end, and enabling lets in again', async () => {
    await using house = await openBox()
    const eva = await house.person('eva', 'cliente')
    const code = await createRoom(eva, 'efimera')
    const line = await sitDown(eva, code)
    const file = (await (await eva.put('/archivos/uno.txt', 'uno', { accept: 'application/json' })).json()) as { id: string }
    const link = await eva.post(`/archivos/${file.id}/enlaces`, { vence: '1d' }, { accept: 'application/json' })
    const { pathname } = new URL(((await link.json()) as { url: string }).url)
    expect((await house.door.fetch(pathname)).status).toBe(200)
    const common = { Host: `localhost:${house.box.port}`, Origin: house.box.origin, Cookie: eva.cookie, Accept: 'application/json' }
    const upload = raw(
      house.box.port,
      requestText('PUT', '/archivos/dos.bin', { ...common, 'Content-Length': '100000' }, 'x'.repeat(1_000)),
      { wait: 'head' },
    )
    const parts = () => Array.fromAsync(new Bun.Glob('cuarentena/parciales/*').scan({ cwd: house.box.data }))
    await until('the upload to have begun', async () => (await parts()).length === 1)

    expect(await house.box.run('user', 'disable', 'eva')).toMatchObject({ code: 0 })
    expect((await soon('the socket to be closed', line.closed, { within: second })).code).toBe(4401)
    expect((await soon('the upload to be refused', upload, { within: second })).status).toBe(401)
    expect(await parts()).toEqual([])
    expect((await house.door.fetch(pathname)).status).toBe(404)
    expect((await eva.get('/salas')).headers.get('location')).toStartWith('/entrar')
    await expect(eva.signIn()).rejects.toThrow()
    expect(await house.box.run('user', 'enable', 'eva')).toMatchObject({ code: 0 })
    expect((await (await eva.signIn()).get('/salas')).status).toBe(200)
  })

  test('a new password ends every session within a second', async () => {
    await using house = await openBox()
    const eva = await house.person('eva', 'usuario')
    const code = await createRoom(eva, 'efimera')
    const line = await sitDown(eva, code)
    const given = await house.box.run('user', 'password', 'eva')
    expect(given.code).toBe(0)
    expect((await soon('the socket to be closed', line.closed, { within: second })).code).toBe(4401)
    await expect(eva.signIn()).rejects.toThrow('401')
  })

  const noSix = networkInterfaces().lo?.some(({ address }) => address === '::1') ? null : 'this machine has no ::1'
  if (noSix) console.log(`      left out: a box at the loopback of version 6, because ${noSix}`)

  test.each(noSix ? ['127.0.0.1'] : ['127.0.0.1', '::1'])('what the console shows of a box at %s can be typed', async (host) => {
    await using house = await openBox({ env: { PICHAT_HOST: host } })
    const origin = `http://${host.includes(':') ? `[${host}]` : host}:${house.box.port}`
    expect(house.box.output()).toContain(`\n  ${origin}/primer-arranque\n`)
    expect(house.box.output()).not.toContain('undefined')
    const { stdout } = await house.box.run('reset-admin')
    expect(stdout).toContain(`${origin}/restablecer/`)
    const [link = ''] = /http:\/\/\S+/.exec(stdout) ?? []
    expect((await fetch(link)).status).toBe(200)
  })

  test('reset-admin prints a link that works once, ends the sessions of that account and stands in the audit log', async () => {
    await using house = await openBox()
    const end = await house.box.run('reset-admin')
    expect(end).toMatchObject({ code: 0, stderr: '' })
    const path = /http:\/\/\S+?(\/restablecer\/[\w-]{43})\s*$/m.exec(end.stdout)?.[1] ?? 'no link'
    const nueva = 'otra clave bien distinta'
    const door = networkDoor(house.box.origin)
    const guest = new Person(door)
    expect((await guest.get(path)).status).toBe(200)
    expect((await guest.post(path, { nueva, repite: nueva })).status).toBe(303)
    expect((await guest.get('/admin')).status).toBe(200)
    expect((await new Person(door).post(path, { nueva, repite: nueva })).status).toBe(404)
    expect((await house.ana.get('/salas')).headers.get('location')).toStartWith('/entrar')
    await expect(new Person(door).signIn(owner)).rejects.toThrow('401')

    const audit = new Database(join(house.box.data, 'pichat.db'), { readonly: true })
    const lines = audit
      .query<{ what: string; who: string | null; from_ip: string | null }, []>('select what, who, from_ip from audit')
      .all()
    audit.close()
    expect(lines).toContainEqual({ what: 'accounts.reset-link-made', who: null, from_ip: null })
  })
})
