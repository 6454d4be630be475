// SPDX-License-Identifier: GPL-3.0-or-later
//
// The end of the executable, polite and rude, in the middle of what people do: what was acknowledged is there afterwards.
import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { requestText } from '../support/door'
import { soon, until } from '../support/until'
import { createRoom, joinRoom, openBox, type RoomLine, say, sitDown } from './claimed'

describe('told to end', () => {
  test('it says goodbye to every socket with 1012 and is gone at once, with exit code 0', async () => {
    await using house = await openBox()
    const beto = await house.person('beto', 'cliente')
    const rooms = [await createRoom(house.ana, 'guardada'), await createRoom(house.ana, 'efimera')]
    const lines: RoomLine[] = []
    for (const code of rooms) {
      await joinRoom(beto, code)
      lines.push(await sitDown(house.ana, code), await sitDown(beto, code))
    }
    const begun = performance.now()
    const end = house.box.kill('SIGTERM')
    const closes = await soon('every socket to be closed', Promise.all(lines.map(({ closed }) => closed)), { within: 3_000 })
    expect(closes.map(({ code }) => code)).toEqual([1012, 1012, 1012, 1012])
    expect(await end).toMatchObject({ code: 0, signal: null })
    expect(performance.now() - begun).toBeLessThan(3_000)
    expect(house.box.journal().map(({ event }) => event)).toContain('service.stopped')
    expect(house.box.journal().filter(({ level }) => level === 'error')).toEqual([])
  })

  test('it does not wait for whoever stalls: an upload that stopped, a request that never came to an end, a reader that sleeps', async () => {
    await using house = await openBox()
    const { port } = house.box
    const common = { Host: `localhost:${port}`, Origin: house.box.origin, Cookie: house.ana.cookie }
    const stalled = [
      requestText('PUT', '/archivos/a-medias.bin', { ...common, 'Content-Length': '1000000' }, 'x'.repeat(50_000)),
      requestText('POST', '/entrar', { ...common, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '60' }, 'usua'),
      'GET /salas HTTP/1.1\r\nHost: local',
    ].map((text) => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(text)
      return socket
    })
    await until('the upload to have begun', async () => {
      const parts = new Bun.Glob('cuarentena/parciales/*').scan({ cwd: house.box.data })
      return (await Array.fromAsync(parts)).length > 0
    })
    const begun = performance.now()
    expect(await house.box.kill('SIGTERM')).toMatchObject({ code: 0, signal: null })
    expect(performance.now() - begun).toBeLessThan(6_000)
    for (const socket of stalled) socket.destroy()
    await house.box.start()
    const left = new Bun.Glob('cuarentena/**').scan({ cwd: house.box.data, onlyFiles: true })
    expect(await Array.fromAsync(left)).toEqual([])
  })

  test('twice, it ends at once', async () => {
    await using house = await openBox({ env: { PICHAT_SHUTDOWN_DEADLINE: '60s' } })
    process.kill(house.box.pid, 'SIGTERM')
    process.kill(house.box.pid, 'SIGINT')
    const end = await house.box.kill('SIGINT')
    expect(end.code === 0 || end.signal === 'SIGKILL').toBe(true)
  })
})

describe('killed without a word', () => {
  test('in the middle of messages and uploads, every one that was acknowledged is there after the restart', async () => {
    await using house = await openBox({ env: { PICHAT_MESSAGES_PER_SECOND: '0' } })
    const beto = await house.person('beto', 'cliente')
    const code = await createRoom(house.ana, 'guardada')
    await joinRoom(beto, code)
    for (let life = 0; life < 3; life++) {
      const lines = [await sitDown(house.ana, code), await sitDown(beto, code)]
      const acknowledged: string[] = []
      const stored: { url: string; sha256: string }[] = []
      let running = true
      const talking = lines.map(async (line, who) => {
        for (let n = 0; running; n++) {
          const text = `vida ${life} voz ${who} frase ${n}.`
          await Promise.race([say(line, text), line.closed.then(() => Promise.reject(new Error('the plug was pulled')))])
          acknowledged.push(text)
        }
      })
      const uploading = (async () => {
        for (let n = 0; running; n++) {
          const body = Buffer.alloc(200_000, `${life}-${n} `)
          const answer = await beto.put(`/archivos/f-${life}-${n}.bin`, body, { accept: 'application/json' })
          if (answer.status !== 201) throw new Error(`upload: ${answer.status}`)
          stored.push((await answer.json()) as { url: string; sha256: string })
        }
      })()
      const all = Promise.allSettled([...talking, uploading])
      await until('some of both to be acknowledged', () => acknowledged.length > 30 * (life + 1) && stored.length > 2)
      await house.box.kill('SIGKILL')
      running = false
      for (const line of lines) await line.closed
      await soon('the last ones to give up', all, { within: 15_000 })
      await house.box.start()

      const page = await everyPage(code)
      expect(acknowledged.filter((text) => !page.includes(text))).toEqual([])
      for (const { url, sha256 } of stored) {
        const answer = await beto.get(url)
        expect(answer.status).toBe(200)
        expect(
          createHash('sha256')
            .update(await answer.bytes())
            .digest('hex'),
        ).toBe(sha256)
      }
      const parts = new Bun.Glob('cuarentena/parciales/*').scan({ cwd: house.box.data })
      expect(await Array.fromAsync(parts)).toEqual([])
    }

    async function everyPage(room: string): Promise<string> {
      let text = ''
      for (let before = ''; ; ) {
        const part = await (await house.ana.get(`/salas/${room}${before}`)).text()
        text += part
        const older = /\?antes=(\d+)/.exec(part)?.[1]
        if (!older) return text
        before = `?antes=${older}`
      }
    }
  }, 60_000)
})
