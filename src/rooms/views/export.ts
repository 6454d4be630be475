// SPDX-License-Identifier: GPL-3.0-or-later
import { t as schema } from 'elysia'
import { type Html, html, showCode, textStream, trusted } from '../../core'
import type { T } from '../../i18n'
import type { Item, Room, Said } from '../model'
import { lineOf, tombstone } from './first-line'
import { momentOf } from './moment'
import { messageText } from './text'

interface Exported {
  t: T
  room: Room
  by: string
  at: number
  pieces: AsyncIterable<Item[]>
}

const style = trusted(`<style>
:root{color-scheme:light dark}body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0}header p,time,.gone,.quote,.reactions{opacity:.75}h2{font-size:1rem;margin:2rem 0 .5rem}
article{margin:.75rem 0}article>b{margin-inline-end:.5rem}p{margin:.2rem 0;overflow-wrap:anywhere}pre{overflow:auto}
.quote{border-inline-start:3px solid;padding-inline-start:.6rem;margin:.2rem 0;display:block}.gone{font-style:italic}
</style>`)

/** In which form: a page for people, or JSON for programs. */
export const exportQuery = schema.Object({ formato: schema.Optional(schema.Union([schema.Literal('html'), schema.Literal('json')])) })

/** The conversation as a file to keep, sent as it is read. */
export function exportAnswer(given: Exported, format: 'html' | 'json'): Response {
  const { room, at } = given
  const name = `pichat-${room.code}-${new Date(at).toISOString().slice(0, 10)}.${format}`
  return new Response(textStream(format === 'json' ? exportJson(given) : exportPage(given)), {
    headers: {
      'content-type': format === 'json' ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    },
  })
}

/** One page that needs nothing else: no script, no address, no file beside it. */
async function* exportPage({ t, room, by, at, pieces }: Exported): AsyncGenerator<string> {
  const note = t('rooms.exportNote', { name: by, date: t.format.moment(at, at) })
  yield html`<!doctype html>
<html lang="${t.locale}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${t('rooms.exportHead', { room: room.name })}</title>${style}</head>
<body><header><h1>${t('rooms.exportHead', { room: room.name })}</h1><p>${showCode(room.code)} · ${note}</p></header>
`.toString()
  let day = ''
  for await (const items of pieces) {
    let text = ''
    for (const item of items) {
      const its = momentOf(t, item.at)
      if (its.day !== day) text += html`<h2>${its.day}</h2>\n`
      day = its.day
      if (item.kind === 'said') text += html`${message(t, item)}\n`
    }
    yield text
  }
  yield '</body></html>\n'
}

function message(t: T, said: Said): Html {
  const { author, at, text, removedBy, replyTo, quote, mentions, file, reactions, editedAt } = said
  const { time, iso } = momentOf(t, at)
  const body = removedBy
    ? html`<p class="gone">${tombstone(t, said)}</p>`
    : html`${quote ? html`<span class="quote"><b>${quote.author.name}</b> ${lineOf(t, quote)}</span>` : replyTo ? html`<span class="quote">${t('rooms.quoteGone')}</span>` : ''}${text === '' ? '' : messageText(text, '', mentions)}${file ? html`<p>📎 ${file.name} (${t.format.size(file.size)})</p>` : ''}${reactions.length > 0 ? html`<p class="reactions">${reactions.map(({ emoji, people }) => `${emoji} ${people.map(({ name }) => name).join(', ')}  `)}</p>` : ''}`
  return html`<article id="m-${said.id}"><b>${author.name}</b><time datetime="${iso}">${time}${editedAt === null ? '' : ` · ${t('rooms.editedAt', { t: momentOf(t, editedAt).time })}`}</time>${body}</article>`
}

/** The same for programs: one object, its messages one per line. */
async function* exportJson({ room, by, at, pieces }: Exported): AsyncGenerator<string> {
  const head = { sala: { codigo: room.code, nombre: room.name }, exportadoPor: by, exportadoEl: new Date(at).toISOString() }
  yield `${JSON.stringify(head).slice(0, -1)},"mensajes":[\n`
  let first = true
  for await (const items of pieces) {
    let text = ''
    for (const item of items) {
      if (item.kind !== 'said') continue
      text += `${first ? '' : ',\n'}${JSON.stringify(record(item))}`
      first = false
    }
    yield text
  }
  yield '\n]}\n'
}

function record({ id, author, at, text, editedAt, removedBy, replyTo, mentions, file, reactions }: Said) {
  const shared = { id, autor: author, fecha: new Date(at).toISOString() }
  if (removedBy) return { ...shared, eliminadoPor: removedBy }
  return {
    ...shared,
    texto: text,
    ...(editedAt === null ? {} : { editado: new Date(editedAt).toISOString() }),
    ...(replyTo === null ? {} : { respuestaA: replyTo }),
    ...(mentions.length === 0 ? {} : { menciones: mentions.map((one) => one.id) }),
    ...(file === null ? {} : { archivo: { id: file.id, nombre: file.name, bytes: file.size, sha256: file.sha256 } }),
    ...(reactions.length === 0 ? {} : { reacciones: reactions.map(({ emoji, people }) => ({ emoji, personas: people })) }),
  }
}
