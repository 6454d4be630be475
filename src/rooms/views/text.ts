// SPDX-License-Identifier: GPL-3.0-or-later
import { type Content, type Html, html } from '../../core'
import type { Mention } from '../model'
import { mentionAt } from '../talk/mentions'

const fence = '```'

/**
 * What somebody wrote, as HTML: paragraphs, line breaks, `code`, fenced blocks, links. Everything else is plain text. Each sign is looked
 * at a bounded number of times, whatever the text (no pattern here can backtrack). `tail` stands behind the last word; `mentions` are marked.
 */
export function messageText(text: string, tail: Content = '', mentions: readonly Mention[] = []): Html {
  if (mentions.length === 0 && isPlain(text)) return html`<p>${text}${tail}</p>`
  const all = blocks(text, mentions)
  return html`${all.map((block, i) => draw(block, i === all.length - 1 ? tail : ''))}`
}

interface Block {
  pre: boolean
  inner: Content
}

function draw({ pre, inner }: Block, tail: Content): Html {
  return pre ? html`<pre><code>${inner}</code></pre>${tail}` : html`<p>${inner}${tail}</p>`
}

/** By far the most messages. */
function isPlain(text: string): boolean {
  return !/[\n`]|:\/\/|mailto:/i.test(text)
}

function blocks(text: string, mentions: readonly Mention[]): Block[] {
  const made: Block[] = []
  let from = 0
  while (from < text.length) {
    const open = text.indexOf(fence, from)
    const close = open < 0 ? -1 : text.indexOf(fence, open + fence.length)
    if (close < 0) {
      made.push(...paragraphs(text.slice(from), mentions))
      break
    }
    made.push(...paragraphs(text.slice(from, open), mentions))
    made.push({ pre: true, inner: withoutLanguage(text.slice(open + fence.length, close)) })
    from = close + fence.length
  }
  return made
}

/** The word after the opening fence names a language; nothing is coloured here. */
function withoutLanguage(code: string): string {
  const end = code.indexOf('\n')
  const first = end < 0 ? '' : code.slice(0, end).trim()
  return (/^[\w+#.-]{0,20}$/.test(first) && end >= 0 ? code.slice(end + 1) : code).replace(/\n$/, '')
}

function paragraphs(text: string, mentions: readonly Mention[]): Block[] {
  const made: Block[] = []
  let lines: Html[] = []
  const finish = () => {
    if (lines.length > 0) made.push({ pre: false, inner: lines.map((line, i) => (i === 0 ? line : html`<br>${line}`)) })
    lines = []
  }
  for (const line of text.split('\n')) {
    if (line.trim() === '') finish()
    else lines.push(inline(line, mentions))
  }
  finish()
  return made
}

/** One line: code spans first, links only outside of them. */
function inline(line: string, mentions: readonly Mention[]): Html {
  const parts: Content[] = []
  let from = 0
  while (from < line.length) {
    const open = line.indexOf('`', from)
    const close = open < 0 ? -1 : line.indexOf('`', open + 1)
    if (close < 0) break
    parts.push(links(line.slice(from, open), mentions))
    // Two signs with nothing between them are two signs.
    parts.push(close === open + 1 ? '``' : html`<code>${line.slice(open + 1, close)}</code>`)
    from = close + 1
  }
  parts.push(links(line.slice(from), mentions))
  return html`${parts}`
}

/** Only these begin a link; a bare `www.` or `//` does not. */
const address = /\b(?:https?:\/\/|mailto:)[^\s<>"'`\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{1,2000}/gi
const schemes = new Set(['http:', 'https:', 'mailto:'])

function links(text: string, mentions: readonly Mention[]): Content {
  if (!text.includes(':')) return called(text, mentions)
  const parts: Content[] = []
  let from = 0
  for (const found of text.matchAll(address)) {
    const written = withoutTail(found[0])
    if (!leadsSomewhere(written)) continue
    parts.push(called(text.slice(from, found.index), mentions))
    parts.push(html`<a href="${written}" rel="noopener noreferrer nofollow" target="_blank">${written}</a>`)
    from = found.index + written.length
  }
  parts.push(called(text.slice(from), mentions))
  return parts
}

/** People who are called, marked; outside of links and code alone. */
function called(text: string, mentions: readonly Mention[]): Content {
  if (mentions.length === 0) return text
  const parts: Content[] = []
  let from = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', Math.max(from, at + 1))) {
    const mention = mentionAt(text, at, mentions)
    if (!mention) continue
    parts.push(text.slice(from, at), html`<mark class="mention" data-person="${mention.id}">${mention.as}</mark>`)
    from = at + mention.as.length
  }
  parts.push(text.slice(from))
  return parts
}

/** A sentence's full stop or a closing bracket without its opening one is not part of the address. */
function withoutTail(written: string): string {
  let end = written.length
  let open = count(written, '(') - count(written, ')')
  for (; end > 0; end--) {
    const last = written[end - 1] as string
    if (last === ')') {
      if (open >= 0) break
      open++
    } else if (!'.,;:!?]}»”’…*_'.includes(last)) break
  }
  return written.slice(0, end)
}

function count(text: string, sign: string): number {
  let found = 0
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + 1)) found++
  return found
}

function leadsSomewhere(written: string): boolean {
  if (!URL.canParse(written)) return false
  const url = new URL(written)
  return schemes.has(url.protocol) && (url.protocol === 'mailto:' ? url.pathname.includes('@') : url.hostname !== '')
}
