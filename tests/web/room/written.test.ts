// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { messageText } from '../../../src/rooms/views/text'
import { firstLine, tellsAll, type Written, writtenIn } from '../../../web/elements/room/written'

/** A page's nodes from the server's own markup, as far as a bubble has any. */
function bubble(markup: string): Written {
  const root = element('DIV', '')
  const open: Element[] = [root]
  for (const [, close, name = '', attributes = '', text] of markup.matchAll(/<(\/?)(\w+)([^>]*)>|([^<]+)/g)) {
    const top = open.at(-1) as Element
    if (text !== undefined) top.childNodes.push({ nodeType: 3, nodeName: '#text', textContent: unescaped(text), childNodes: [] })
    else if (close) open.pop()
    else {
      const made = element(name.toUpperCase(), attributes)
      top.childNodes.push(made)
      if (name !== 'br') open.push(made)
    }
  }
  return root
}

type Element = Written & { childNodes: Written[] }

function element(nodeName: string, attributes: string): Element {
  const classes = (/class="([^"]*)"/.exec(attributes)?.[1] ?? '').split(' ')
  const childNodes: Written[] = []
  return {
    nodeType: 1,
    nodeName,
    childNodes,
    classList: { contains: (name) => classes.includes(name) },
    get textContent() {
      return childNodes.map(({ textContent }) => textContent).join('')
    },
  }
}

const unescaped = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

const back = (text: string) => writtenIn(bubble(messageText(text).toString()))

describe('what was written is read back out of the bubble', () => {
  test.each([
    'Hola',
    'Dos\nlíneas',
    'Dos\n\npárrafos',
    'Código `a < b && c` dentro',
    'Mira http://pichat.local:8000/salas?a=1&b=2 y (https://ejemplo.mx/a)',
    'Antes\n\n```\nconst a = 1\n\n  dos\n```\n\nDespués',
    '<b>no es negrita</b> & "comillas"',
  ])('%j', (text) => expect(back(text)).toBe(text))

  test('without tick, quote and the word for an edit', () => {
    const markup =
      '<a class="quote" href="#m-1"><b>Ana</b><span>antes</span></a><p>Sí <mark class="mention" data-person="p1">@carla</mark><span class="edited">editado 9:14</span><span class="tick">Guardado</span></p>'
    expect(writtenIn(bubble(markup))).toBe('Sí @carla')
  })
})

test('a bubble tells all of its text, except where the markup says less than what was written', () => {
  const tells = (text: string) => tellsAll(bubble(messageText(text).toString()))
  for (const text of ['Hola', 'Dos\nlíneas', 'Código `a < b` y http://pichat.local']) expect([text, tells(text)]).toEqual([text, true])
  for (const text of ['```js\na\n```', 'en ```medio``` de', 'uno\n\n\ndos', 'uno\n \ndos'])
    expect([text, tells(text)]).toEqual([text, false])
})

test('a quote shows the first line with words in it, and not too much of it', () => {
  expect(firstLine('\n\nuno\ndos')).toBe('uno')
  expect(firstLine('```\ncódigo\n```')).toBe('código')
  expect(firstLine('a'.repeat(150))).toBe(`${'a'.repeat(140)}…`)
})
