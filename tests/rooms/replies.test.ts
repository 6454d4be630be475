// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import type { Person } from '../support/people'
import { until } from '../support/until'
import { freshCid, isTold, openRooms, roomOf, sitDown } from './house'
import { say, stateOf } from './messages'

const fragment = { 'hx-request': 'true', 'hx-request-type': 'partial', accept: 'text/html' }
const articleOf = async (person: Person, code: string, id: string) => {
  const page = await (await person.get(`/salas/${code}`, fragment)).text()
  return new RegExp(`<article class="[^"]*" id="m-${id}".*?</article>`, 's').exec(page)?.[0] ?? ''
}

describe.each(['guardada', 'efimera'] as const)('an answer in a room that is %s', (historial) => {
  test('quotes the first line and leads to the original, live and on the page', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    const original = await say(ana, '¿Quién trae <b>café</b>?\ny pan')
    const answer = await say(beto, 'Yo', { respuestaA: original })
    await ana.next((frame) => isTold(frame) && frame.id === answer)
    for (const html of [stateOf(ana, answer), await articleOf(house.ana, code, answer)]) {
      expect(html).toContain(`<a class="quote" href="?mensaje=${original}#m-${original}" data-quote="${original}"`)
      expect(html).toContain('<b>Ana Torres</b><span>¿Quién trae &lt;b&gt;café&lt;/b&gt;?</span>')
      expect(html).not.toContain('y pan')
    }
  })

  test.each([
    ['```js\nconst a = 1\n```', 'const a = 1'],
    ['```\n\n  listo\n```', 'listo'],
    ['```uno```', 'uno'],
    ['``` ```', '``` ```'],
  ])('quotes of %j what is said in it', async (texto, line) => {
    await using house = await openRooms()
    const code = await roomOf(house, [], { historial })
    const ana = await sitDown(house.ana, code)
    const answer = await say(ana, 'Sí', { respuestaA: await say(ana, texto) })
    expect(stateOf(ana, answer)).toContain(`<b>Ana Torres</b><span>${line}</span>`)
  })

  test('comes again when the original changes, and shows a tombstone when it is removed', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    const original = await say(ana, 'la clave es 1234')
    const answers = [await say(beto, 'uno', { respuestaA: original }), await say(beto, 'dos', { respuestaA: original })]
    const between = await say(beto, 'aparte')
    ana.send({ t: 'editar', id: original, texto: 'mejor no' })
    await until('both answers with the new words', () => answers.every((id) => stateOf(beto, id).includes('mejor no')))
    ana.send({ t: 'borrar', id: original })
    await until('both answers with the tombstone', () => answers.every((id) => stateOf(beto, id).includes('eliminó este mensaje')))
    expect(stateOf(beto, answers[0] as string)).not.toMatch(/1234|mejor no/)
    expect(stateOf(beto, answers[0] as string)).toContain('data-gone')
    const numbers = beto.frames.filter(isTold).map(({ n }) => n)
    const counted = numbers.filter((n) => n > 0)
    expect(counted).toEqual([...counted].sort((a, b) => a - b))
    expect(new Set(counted).size).toBe(counted.length)
    expect(Math.max(...counted) - Math.min(...counted)).toBe(counted.length - 1)
    const late = await sitDown(house.beto, code, { desde: 0 })
    const told = late.frames
      .filter(isTold)
      .map(({ html }) => html)
      .join()
    expect(told).toContain('aparte')
    expect(told).not.toMatch(/1234|mejor no/)
    expect(stateOf(late, between)).toContain('aparte')
  })

  test('that crosses a change of the original quotes the new words on open pages too', async () => {
    await using house = await openRooms({ limits: { messagesPerSecond: 0 } })
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    for (let round = 0; round < 20; round++) {
      const original = await say(ana, `antes ${round}`)
      const cid = freshCid()
      // Both orders of arrival.
      const change = () => ana.send({ t: 'editar', id: original, texto: `ahora ${round}` })
      if (round % 2 === 0) change()
      beto.send({ t: 'decir', cid, texto: 'respondo', respuestaA: original })
      if (round % 2 === 1) change()
      const answer = await beto.next((frame) => frame.t === 'ok' && frame.cid === cid)
      await ana.next((frame) => isTold(frame) && frame.id === original && frame.html.includes(`ahora ${round}`))
      await say(beto, `después de ${round}`)
      await ana.next((frame) => isTold(frame) && frame.html.includes(`después de ${round}`))
      expect(stateOf(ana, answer.t === 'ok' ? answer.id : '')).toContain(`<span>ahora ${round}</span>`)
    }
  })

  test('to what is gone, to nothing and to a notice is refused with a sentence', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const original = await say(ana, 'se va')
    ana.send({ t: 'borrar', id: original })
    await ana.next((frame) => isTold(frame) && frame.html.includes('msg__bubble--gone'))
    for (const respuestaA of [original, '999', 'x', '0', '-1', "1' OR 1"]) {
      const cid = freshCid()
      ana.send({ t: 'decir', cid, texto: 'y esto', respuestaA })
      expect(['invalid', 'missing']).toContain(
        ((await ana.next((frame) => frame.t === 'no' && frame.cid === cid)) as { error: string }).error,
      )
    }
  })

  test('sent twice is said once, also when the original went in between', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const original = await say(ana, 'se irá')
    ana.send({ t: 'decir', cid: 'igual', texto: 'respuesta', respuestaA: original })
    const first = await ana.next((frame) => frame.t === 'ok' && frame.cid === 'igual')
    ana.send({ t: 'borrar', id: original })
    await ana.next((frame) => isTold(frame) && frame.html.includes('msg__bubble--gone'))
    ana.send({ t: 'decir', cid: 'igual', texto: 'respuesta', respuestaA: original })
    await until('the same answer twice', () => ana.frames.filter((frame) => frame.t === 'ok' && frame.cid === 'igual').length === 2)
    expect(ana.frames.filter((frame) => frame.t === 'ok' && frame.cid === 'igual').at(-1)).toEqual(first)
  })

  test('works without script', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const original = await say(ana, 'por formulario')
    expect((await house.beto.post(`/salas/${code}/mensajes`, { texto: 'sí', cid: 'f1', respuestaA: original })).status).toBe(303)
    await ana.next((frame) => isTold(frame) && frame.html.includes(`data-quote="${original}"`))
  })
})

test('a link to a message brings the page around it, and both directions from there', async () => {
  await using house = await openRooms({ limits: { pageMessages: 10, messagesPerSecond: 0 } })
  const code = await roomOf(house, [house.beto])
  const ana = await sitDown(house.ana, code)
  const ids: string[] = []
  for (let i = 0; i < 40; i++) ids.push(await say(ana, `mensaje ${i}.`))
  const target = ids[20] as string
  const page = await (await house.beto.get(`/salas/${code}?mensaje=${target}`)).text()
  expect(page).toMatch(new RegExp(`class="msg[^"]* msg--target" id="m-${target}"`))
  expect(page).toContain('mensaje 16.')
  expect(page).toContain('mensaje 25.')
  expect(page).not.toMatch(/mensaje (15|26)\./)
  const end = /data-end="(\d+)"/.exec(page)?.[1]
  expect(end).toBe(ids[25] as string)
  expect(page).toContain(`id="newer"><a class="btn btn--sm" href="/salas/${code}?despues=${end}#older"`)
  let next = end
  let seen = ''
  while (next) {
    const more: string = await (await house.beto.get(`/salas/${code}?despues=${next}`, fragment)).text()
    seen += more
    next = /\?despues=(\d+)"/.exec(more)?.[1]
  }
  for (let i = 26; i < 40; i++) expect(seen.split(`mensaje ${i}.`)).toHaveLength(2)
  expect(seen).not.toContain('mensaje 25.')
  const redirect = await house.beto.get(`/salas/${code}/mensajes/${target}`)
  expect(redirect.headers.get('location')).toBe(`/salas/${code}?mensaje=${target}#m-${target}`)
  for (const unknown of ['9999', '0']) expect((await house.beto.get(`/salas/${code}?mensaje=${unknown}`)).status).toBe(404)
  expect((await house.beto.get(`/salas/${code}?mensaje=x`)).status).toBe(422)
})
