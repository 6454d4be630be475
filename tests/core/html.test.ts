// SPDX-License-Identifier: GPL-3.0-or-later
//
// The one place where text becomes markup: whatever stands in a value, it ends neither the text nor the attribute it was put into.
import { describe, expect, test } from 'bun:test'
import { attributes, type Content, html, trusted } from '../../src/core/html'
import { scripts, traversals } from '../support/payloads'

const hostile = [
  ...scripts,
  ...traversals,
  `"' onmouseover='alert(1)' x="`,
  '&lt;script&gt;',
  '&quot; onload=&quot;alert(1)',
  '<!--',
  '\u0000<b>',
  '\ud800<',
]

interface Seen {
  tag: string
  attributes: [name: string, value: string][]
}

/** What a browser makes of it: elements with their attributes, and the text, still escaped as it was sent. */
async function parsed(markup: string): Promise<{ elements: Seen[]; text: string }> {
  const elements: Seen[] = []
  let text = ''
  const rewriter = new HTMLRewriter()
    .on('*', {
      element: ({ tagName, attributes }) => void elements.push({ tag: tagName, attributes: [...attributes] as Seen['attributes'] }),
    })
    .onDocument({
      text: (part) => {
        text += part.text
      },
      comments: ({ text }) => void elements.push({ tag: `<!--${text}-->`, attributes: [] }),
    })
  await rewriter.transform(new Response(markup)).text()
  return { elements, text }
}

const unescaped = (text: string) =>
  text.replace(/&(lt|gt|quot|#x27|#39|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'" })[name] ?? '&')

/** As UTF-8 carries it: half a character is none. */
const sent = (text: string) => text.toWellFormed()

describe('whatever a person wrote', () => {
  test('between tags is text, whole', async () => {
    for (const text of hostile) {
      const { elements, text: shown } = await parsed(html`<p>${text}</p>`.toString())
      expect(elements, text).toEqual([{ tag: 'p', attributes: [] }])
      expect(unescaped(shown)).toBe(sent(text))
    }
  })

  test.each<[string, (text: string) => Content]>([
    ['a quoted attribute', (text) => html`<a title="${text}" rel="next">x</a>`],
    ['an attribute between single quotes', (text) => html`<a title='${text}' rel="next">x</a>`],
    ['an attribute of a list of them', (text) => html`<a${attributes({ title: text, rel: 'next' })}>x</a>`],
  ])('in %s is its value, whole', async (_, draw) => {
    for (const text of hostile) {
      const { elements, text: shown } = await parsed(String(draw(text)))
      expect(elements, text).toHaveLength(1)
      const [[title, value] = [], ...rest] = elements[0]?.attributes ?? []
      expect([title, unescaped(value ?? '')]).toEqual(['title', sent(text)])
      expect([rest, shown]).toEqual([[['rel', 'next']], 'x'])
    }
  })

  test('in an attribute that holds JSON is read as what was put in', async () => {
    for (const text of [...hostile, '</script>\u2028\u2029', '\\"},{"t":"x']) {
      const { elements } = await parsed(html`<room-live data-words="${JSON.stringify({ text })}"></room-live>`.toString())
      expect(elements, text).toHaveLength(1)
      expect(JSON.parse(unescaped(elements[0]?.attributes[0]?.[1] ?? ''))).toEqual({
        text: sent(text) === text ? text : expect.any(String),
      })
    }
  })

  test('in lists of lists, and in markup within markup, is escaped once', () => {
    const items = ['<b>', ['&', [html`<i>${'"'}</i>`]]]
    expect(html`<ul>${items}</ul>`.toString()).toBe('<ul>&lt;b&gt;&amp;<i>&quot;</i></ul>')
    expect(html`${html`<p>${'&lt;'}</p>`}`.toString()).toBe('<p>&amp;lt;</p>')
  })
})

describe('a value', () => {
  test.each<[Content, string]>([
    ['', ''],
    [0, '0'],
    [-1.5, '-1.5'],
    [null, ''],
    [undefined, ''],
    [true, ''],
    [false, ''],
    [[], ''],
    [trusted('<br>'), '<br>'],
  ])('%j is %j', (value, text) => {
    expect(html`${value}`.toString()).toBe(text)
  })

  test('that only looks like markup of ours is not taken for it', () => {
    const forged = { text: '<script>alert(1)</script>', toString: () => '<script>alert(1)</script>' }
    expect(html`${forged as unknown as Content}`.toString()).toBe('')
    expect(html`${JSON.parse('{"text":"<b>"}')}`.toString()).toBe('')
  })
})

describe('attributes', () => {
  test('stand alone when true, are left out when there is nothing, and are quoted otherwise', () => {
    const given = { checked: true, disabled: false, title: null, lang: undefined, id: 'a b', min: 0, alt: '', 'data-n': '"><script>' }
    expect(html`<input${attributes(given)}>`.toString()).toBe('<input checked id="a b" min="0" alt="" data-n="&quot;&gt;&lt;script&gt;">')
  })

  test('hold every sign that ends one', () => {
    expect(attributes({ title: `&<>"'` }).toString()).toBe(' title="&amp;&lt;&gt;&quot;&#x27;"')
  })
})
