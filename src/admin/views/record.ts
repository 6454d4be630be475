// SPDX-License-Identifier: GPL-3.0-or-later
import { type AuditTable, attributes, type Content, type Html, html } from '../../core'
import type { T } from '../../i18n'
import { icon, type Visitor } from '../../views'
import { featureIcons, refusals, type Telling, tellings } from './tellings'

/** One line of the log, told in a sentence. `whole` adds what only the log itself shows: reason, size, address. */
export function record({ t }: Visitor, entry: AuditTable, time: string, { whole = false }: { whole?: boolean } = {}): Html {
  const telling = tellingOf(entry)
  const sign = telling?.icon ?? featureIcons[entry.what.split('.')[0] ?? ''] ?? 'info'
  return html`<li${attributes({ 'data-is': telling?.bad ? 'bad' : null })}>${icon(sign)}<p hx-ignore>${sentenceOf(t, entry, telling)}${whole ? small(t, entry) : ''}</p><time datetime="${new Date(entry.at).toISOString()}">${time}</time></li>`
}

function tellingOf({ what, result }: AuditTable): Telling | undefined {
  return (result === 'ok' ? tellings : refusals)[what]
}

function sentenceOf(t: T, { what, who_name, target: id, target_name, detail }: AuditTable, telling: Telling | undefined): Content {
  const { name, to, link } = detailOf(detail)
  const who = html`<b>${who_name ?? t('audit.box')}</b>`
  const target = html`<b>${target_name ?? t('admin.someone')}</b>`
  const targeted = target_name !== null
  if (!telling) return t.rich('audit.other', { who, what, target: targeted ? target : '' })
  const way = link && id ? html`<a href="/archivos/${id}#link-${link}">${linkWords(t, name)}</a>` : null
  return telling.say(t, { who, target, targeted, name: html`<b>${name ?? t('admin.someone')}</b>`, link: way, role: roleOf(t, to) })
}

/** Older records do not say whose link it was. */
function linkWords(t: T, maker: string | undefined): string {
  return maker === undefined ? t('audit.aLink') : t('audit.linkOf', { name: maker })
}

function small(t: T, { detail, from_ip }: AuditTable): Content {
  const { reason, minutes, size, bytes, device } = detailOf(detail)
  const parts = [
    minutes === undefined ? null : t('audit.until', { n: Number(minutes) }),
    reason ? t('audit.reason', { reason }) : null,
    size === undefined ? null : t.format.size(Number(size)),
    bytes === undefined ? null : bytesWords(t, Number(bytes)),
    device ?? null,
    from_ip,
  ].filter((part) => part !== null)
  return parts.length > 0 ? html`<small>${parts.join(' · ')}</small>` : ''
}

function bytesWords(t: T, quota: number): string {
  return quota === 0 ? t('admin.quotaNone') : t.format.size(quota)
}

interface Detail {
  name?: string
  link?: string
  to?: string
  reason?: string
  minutes?: string
  size?: string
  bytes?: string
  device?: string
}

/** What is known of it, as text. */
function detailOf(detail: string | null): Detail {
  if (!detail) return {}
  const known: Record<string, unknown> = JSON.parse(detail)
  return Object.fromEntries(Object.entries(known).map(([key, value]) => [key, String(value)]))
}

function roleOf(t: T, role: string | undefined): string {
  return role === 'administrator' || role === 'cliente' || role === 'usuario' ? t(`shared.role_${role}`) : ''
}
