// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { completed, queryAt, suggestionsFor } from '../../../web/elements/room/completion'
import { emojiIn, emojiNamed, findEmoji, quick } from '../../../web/elements/room/emoji'

const people = [
  { user: 'carla', name: 'Carla Núñez' },
  { user: 'beto', name: 'Beto Ríos' },
  { user: 'nino', name: 'Ana Carvajal' },
]

function offered(text: string, caret = text.length) {
  const query = queryAt(text, caret)
  return query ? suggestionsFor(query, people).map(({ insert }) => insert) : null
}

describe('completion', () => {
  test('offers everybody behind an @ and narrows by user name, name and surname, without accents', () => {
    expect(offered('@')).toHaveLength(3)
    expect(offered('hola @car')).toEqual(['@carla ', '@nino '])
    expect(offered('(@rios')).toEqual(['@beto '])
    expect(offered('@nun')).toEqual(['@carla '])
    expect(offered('@zzz')).toEqual([])
    expect(offered('@beto')).toEqual([])
  })

  test('leaves addresses and times alone', () => {
    expect(offered('ana@estudio')).toBeNull()
    expect(offered('a las 10:30')).toBeNull()
    expect(offered('http://pichat')).toBeNull()
    expect(offered('nota: ')).toBeNull()
    expect(offered(':c')).toBeNull()
  })

  test('puts what was chosen where it was typed and the caret behind it', () => {
    const text = 'hola @ca, ¿vienes?'
    const query = queryAt(text, 8)
    const [first] = query ? suggestionsFor(query, people) : []
    expect(query && first && completed(text, query, first)).toEqual({ text: 'hola @carla, ¿vienes?', caret: 11 })
  })

  test('does not double the space that stands there already', () => {
    const query = queryAt('@be hola', 3)
    const [first] = query ? suggestionsFor(query, people) : []
    expect(query && first && completed('@be hola', query, first)).toEqual({ text: '@beto hola', caret: 6 })
  })
})

describe('emoji', () => {
  test('are found by the beginning of a name in either language', () => {
    expect(findEmoji('coraz')[0]).toEqual({ sign: '❤️', name: 'corazon' })
    expect(findEmoji('Corazón')[0]?.sign).toBe('❤️')
    expect(findEmoji('thumbsu')[0]?.sign).toBe('👍')
    expect(emojiNamed('fiesta')).toBe('🎉')
    expect(emojiNamed('nada de eso')).toBeUndefined()
  })

  test('each row has a sign that is one, and no name stands twice for different signs at the same beginning', () => {
    for (const sign of quick) expect(emojiIn(sign)).toBe(sign)
    for (const { sign, name } of findEmoji('a', 200)) expect([emojiIn(sign), name]).toEqual([sign, name])
  })

  test('of the system’s keyboard are taken whole', () => {
    expect(emojiIn('👩‍💻')).toBe('👩‍💻')
    expect(emojiIn('👍🏽 sí')).toBe('👍🏽')
    expect(emojiIn('🇲🇽')).toBe('🇲🇽')
    expect(emojiIn('hola')).toBeUndefined()
  })
})
