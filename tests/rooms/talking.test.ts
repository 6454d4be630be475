// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { until } from '../support/until'
import { freshCid, isTold, messages, openRooms, roomOf, sitDown } from './house'

describe.each(['guardada', 'efimera'] as const)('in a room that is %s', (historial) => {
  test('two people talk: both hear it, with the sender acknowledged', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)

    ana.send({ t: 'decir', cid: 'uno', texto: 'Buenos días, ¿quién trae el café?' })
    const ok = await ana.next(({ t }) => t === 'ok')
    const heard = await beto.next((frame) => isTold(frame) && frame.cid === 'uno')

    expect(heard).toMatchObject({ t: 'cambio', op: 'poner', cid: 'uno' })
    expect((heard as { html: string }).html).toContain('¿quién trae el café?')
    expect(ok).toMatchObject({ cid: 'uno', id: (heard as { id: string }).id, n: (heard as { n: number }).n })
    expect((heard as { html: string }).html).toContain('data-author="ana0000000000000"')
    await ana.next((frame) => isTold(frame) && frame.cid === 'uno')
    beto.send({ t: 'decir', cid: 'dos', texto: 'Yo' })
    await ana.next((frame) => isTold(frame) && frame.cid === 'dos')
    expect(messages(ana).map(({ n }) => n)).toEqual(messages(beto).map(({ n }) => n))
  })

  test('what was said stands on the page, and a form says the same without script', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const answer = await house.beto.post(`/salas/${code}/mensajes`, { texto: 'Por formulario', cid: 'f1' })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe(`/salas/${code}#escribir`)
    await ana.next((frame) => isTold(frame) && frame.cid === 'f1')
    const page = await (await house.ana.get(`/salas/${code}`)).text()
    expect(page).toContain('<p>Por formulario</p>')
    expect(page).toContain('Beto Molina')
  })

  test('sending the same twice says it once, also at the same moment and from another browser', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [], { historial })
    const line = await sitDown(house.ana, code)
    for (let i = 0; i < 5; i++) line.send({ t: 'decir', cid: 'igual', texto: 'una vez' })
    await until('five acknowledgements', () => line.frames.filter(({ t }) => t === 'ok').length === 5)
    await house.ana.post(`/salas/${code}/mensajes`, { texto: 'una vez', cid: 'igual' })
    const oks = line.frames.filter(({ t }) => t === 'ok')
    expect(new Set(oks.map((ok) => JSON.stringify(ok))).size).toBe(1)
    expect(messages(line)).toHaveLength(1)
    expect((await (await house.ana.get(`/salas/${code}`)).text()).split('una vez')).toHaveLength(2)
  })

  test('two people may use the same cid', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    ana.send({ t: 'decir', cid: 'x', texto: 'de Ana' })
    beto.send({ t: 'decir', cid: 'x', texto: 'de Beto' })
    await until('both messages', () => messages(ana).length === 2 && messages(beto).length === 2)
  })

  test('numbers grow without holes and order is by number', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    for (let i = 0; i < 15; i++) {
      ana.send({ t: 'decir', cid: freshCid(), texto: `a${i}` })
      beto.send({ t: 'decir', cid: freshCid(), texto: `b${i}` })
    }
    await until('thirty messages', () => messages(beto).length === 30)
    const numbers = messages(beto).map(({ n }) => n)
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    expect((numbers.at(-1) ?? 0) - (numbers[0] ?? 0)).toBe(29)
  })

  test('an own message can be changed and removed; the removed text never travels again', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto], { historial })
    const ana = await sitDown(house.ana, code)
    const beto = await sitDown(house.beto, code)
    ana.send({ t: 'decir', cid: 'uno', texto: 'con un herror' })
    const { id } = (await ana.next(({ t }) => t === 'ok')) as { id: string }
    beto.send({ t: 'editar', id, texto: 'de otro' })
    expect(await beto.next(({ t }) => t === 'no')).toMatchObject({ error: 'missing' })
    ana.send({ t: 'editar', id, texto: 'con un error' })
    await beto.next((frame) => isTold(frame) && frame.html.includes('con un error'))
    ana.send({ t: 'borrar', id })
    const gone = await beto.next((frame) => isTold(frame) && frame.html.includes('msg__bubble--gone'))
    expect((gone as { html: string }).html).not.toContain('error')
    const late = await sitDown(house.beto, code, { desde: 0 })
    expect(
      late.frames
        .filter(isTold)
        .map(({ html }) => html)
        .join(),
    ).not.toContain('con un')
    expect(await (await house.beto.get(`/salas/${code}`)).text()).not.toContain('con un error')
  })
})

describe('a message', () => {
  test.each([
    ['nothing', '', 'Escribe algo'],
    ['only spaces', ' \n\t ', 'Escribe algo'],
    ['4,001 signs', 'ñ'.repeat(4_001), 'sobra 1 carácter.'],
  ])('of %s is refused with a sentence, by socket and by form', async (_, texto, sentence) => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    line.send({ t: 'decir', cid: 'x', texto })
    expect(await line.next(({ t }) => t === 'no')).toMatchObject({ cid: 'x', error: 'invalid', message: expect.stringContaining(sentence) })
    const page = await house.ana.post(`/salas/${code}/mensajes`, { texto, cid: 'y' })
    expect(page.status).toBe(422)
    expect(await page.text()).toContain(sentence)
  })

  test('of 4,000 signs outside the basic plane is taken whole', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [])
    const line = await sitDown(house.ana, code)
    line.send({ t: 'decir', cid: 'x', texto: '🌱'.repeat(4_000) })
    await line.next(({ t }) => t === 'ok')
    expect(messages(line)[0]?.html).toContain('🌱'.repeat(4_000))
  })

  test('travels in the language of each reader, drawn once for each', async () => {
    await using house = await openRooms()
    const code = await roomOf(house, [house.beto])
    const spanish = await sitDown(house.ana, code)
    const english = await house.beto.socket<never>(`/salas/${code}/vivo`, { 'accept-language': 'en' })
    spanish.send({ t: 'decir', cid: 'uno', texto: 'hola' })
    await spanish.next((frame) => isTold(frame) && frame.cid === 'uno')
    spanish.send({ t: 'borrar', id: messages(spanish)[0]?.id ?? '' })
    await spanish.next((frame) => isTold(frame) && frame.html.includes('eliminó este mensaje'))
    await english.next((frame) => JSON.stringify(frame).includes('deleted this message'))
  })
})
