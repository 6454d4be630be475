// SPDX-License-Identifier: GPL-3.0-or-later
//
// Connections that somebody opens and then leaves alone, or feeds a sign now and then: each is one that others cannot have. The executable
// hangs up on them by itself, and answers everybody else meanwhile.
import { expect, test } from 'bun:test'
import { startAppliance } from '../support/appliance'
import { networkDoor, type RawAnswer, raw } from '../support/door'
import { cast, Person } from '../support/people'
import { until } from '../support/until'

/** Milliseconds: Bun gives headers 12 seconds, whatever comes of them, and counts in steps of four. */
const patience = 20_000
/** For whoever drips: enough signs for longer than anybody waits. */
const endless = 'a'.repeat(200)

/** All of them at once; somebody else asks for as long as they last. */
async function expectClosed(origin: string, clients: Record<string, Promise<RawAnswer>>): Promise<Record<string, RawAnswer>> {
  let over = false
  const all = Promise.all(Object.entries(clients).map(async ([name, client]) => [name, await client] as const)).finally(() => {
    over = true
  })
  await until(
    'the slow clients to be sent away',
    async () => {
      expect((await fetch(`${origin}/salud`, { signal: AbortSignal.timeout(2_000) })).status).toBe(200)
      return over
    },
    { within: patience + 5_000 },
  )
  const answers = Object.fromEntries(await all)
  for (const [name, { closed }] of Object.entries(answers)) expect([name, closed]).toEqual([name, true])
  return answers
}

test('headers that drip or stop, and connections that say nothing, are closed', async () => {
  await using box = await startAppliance()
  const { port } = box
  const head = `GET /salud HTTP/1.1\r\nHost: localhost:${port}\r\nX-A: `
  const within = patience
  const answers = await expectClosed(box.origin, {
    'says nothing': raw(port, '', { within }),
    'stops within a header': raw(port, head, { within }),
    'stops within the first line': raw(port, 'GET /sal', { within }),
    'stops within a form': raw(port, 'POST /entrar HTTP/1.1\r\nHost: local', { within }),
    'drips within a header': raw(port, head + endless, { within, drip: { bytes: 1, every: 300 } }),
    'drips slowly within a header': raw(port, head + endless, { within, drip: { bytes: 1, every: 3_000 } }),
    'drips within the first line': raw(port, `GET /${endless}`, { within, drip: { bytes: 1, every: 300 } }),
  })
  for (const [name, { status }] of Object.entries(answers)) expect([0, 400, 408], name).toContain(status)
}, 60_000)

test('so is a connection that had its answer, and then stops or drips, whatever was asked', async () => {
  await using box = await startAppliance({
    command: 'demo',
    env: { PICHAT_REQUEST_IDLE: '5s', PICHAT_FORM_WITHIN: '5s', PICHAT_UPLOAD_STALL: '5s' },
  })
  const { port, origin } = box
  const ana = await new Person(networkDoor(origin), cast.ana).signIn()
  const own = `Host: localhost:${port}\r\nOrigin: ${origin}\r\nCookie: ${ana.cookie}\r\n`
  const asked = {
    'a page': `GET /salas HTTP/1.1\r\n${own}\r\n`,
    'a form': `POST /perfil/idioma HTTP/1.1\r\n${own}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nidioma=es`,
    'an upload': `PUT /archivos/a.txt HTTP/1.1\r\n${own}Content-Length: 4\r\n\r\nhola`,
    'an upload that may go on': `POST /subidas HTTP/1.1\r\n${own}Tus-Resumable: 1.0.0\r\nUpload-Length: 9\r\nContent-Length: 0\r\n\r\n`,
    'an upload that is refused': `PUT /archivos/a.txt?sala=ZZZZZZZZ HTTP/1.1\r\n${own}Content-Length: 4\r\n\r\nhola`,
  }
  const within = patience
  const answers = await expectClosed(
    origin,
    Object.fromEntries(
      Object.entries(asked).flatMap(([name, first]) => [
        [`${name}, and nothing`, raw(port, first, { within })],
        [`${name}, and half a header`, raw(port, `${first}GET /salas HTTP/1.1\r\nX-A: `, { within })],
        [
          `${name}, and headers that drip`,
          raw(port, `${first}GET /salas HTTP/1.1\r\nX-A: ${'a'.repeat(first.length * 200)}`, {
            within,
            drip: { bytes: first.length, every: 300 },
          }),
        ],
      ]),
    ),
  )
  for (const [name, { status }] of Object.entries(answers)) expect([name, status > 199]).toEqual([name, true])
}, 60_000)
