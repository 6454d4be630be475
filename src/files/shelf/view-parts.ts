// SPDX-License-Identifier: GPL-3.0-or-later
import { type Content, type Html, html } from '../../core'
import type { T } from '../../i18n'
import { icon } from '../../views'
import { fileAddress, pageAddress } from '../address'
import { isPicture, kindOf } from '../kinds'
import { type FileState, isReadable, mayBeDrawn, type StoredFile } from '../model'
import { extensionOf } from '../names'

export const stateIcons: Record<FileState, string> = {
  receiving: 'arrow-up',
  quarantined: 'hourglass',
  scanning: 'scan-search',
  clean: 'shield-check',
  infected: 'biohazard',
  unscannable: 'file-lock',
  unscanned: 'shield-off',
  released: 'lock-open',
  rejected: 'ban',
  deleted: 'trash-2',
}

/** An icon, a word and a stroke: never the colour alone. */
export function stateBadge(t: T, { id, state, missing }: StoredFile): Html {
  const word = missing ? t('files.missingBytes') : t(`files.state_${state}`)
  return html`<span class="state" data-file-state="${id}" data-state="${missing ? 'unscannable' : state}">${icon(missing ? 'circle-alert' : stateIcons[state])}${word}</span>`
}

const tones: Record<ReturnType<typeof kindOf>, number> = {
  text: 2,
  document: 2,
  archive: 3,
  video: 4,
  image: 5,
  audio: 6,
  pdf: 7,
  web: 6,
  program: 8,
  other: 1,
}

/** The little sheet before a name. The letters are the name's, the colour is the content's. */
export function typeSheet({ name, type }: { name: string; type: string }, size: '' | 'sm' | 'lg' = ''): Html {
  return html`<span class="ftype${size ? ` ftype--${size}` : ''}" data-tone="${tones[kindOf(type)]}" aria-hidden="true">${extensionOf(name)}</span>`
}

/**
 * Asks now and then whether any state has changed since `step`; the answer makes the page ask for itself again. Often while something waits
 * for its verdict, and seldom otherwise: somebody may reject, delete or bring a file at any time.
 */
export function newsOf(step: number, { waits = true }: { waits?: boolean } = {}): Html {
  const pace = waits ? 'every 3s' : 'every 5s'
  return html`<span hidden hx-get="/archivos/novedades?desde=${step}" hx-trigger="${pace}" hx-target="this" hx-swap="none"></span>`
}

/** What the state means for whoever wants the file; nothing when it is simply there. */
export function stateNote(t: T, { state, reason, missing, open }: StoredFile): Content {
  if (missing) return t('files.note_missing')
  const why = whyOf(t, reason)
  if (state === 'quarantined') return why ?? t('files.note_quarantined')
  if (state === 'scanning') return t('files.note_scanning')
  if (state === 'infected') return t.rich('files.note_infected', { virus: html`<strong>${reason ?? '?'}</strong>` })
  if (state === 'unscannable') return why ?? t('files.note_unscannable')
  if (state === 'rejected') return reason ? t('files.note_rejected', { reason }) : null
  if (state === 'clean') return open ? null : t('files.note_cleanWaits')
  // Whoever may open it is told to take care; that somebody decides is said of what waits alone.
  if (state === 'unscanned') return open ? t('files.note_unscanned') : (why ?? t('files.note_unscannedWaits'))
  return null
}

const whys = {
  'scanner-silent': 'files.scannerSilent',
  'waited-too-long': 'files.why_waitedTooLong',
  encrypted: 'files.why_encrypted',
  'too-large': 'files.why_tooLarge',
  'too-deep': 'files.why_tooDeep',
  'too-many': 'files.why_tooMany',
  'too-long': 'files.why_tooLong',
  overlapping: 'files.why_overlapping',
  'limits-unreported': 'files.why_limitsUnreported',
  'gave-up': 'files.why_gaveUp',
  'without-row': 'files.why_withoutRow',
} as const

/** The sentence for what the box itself noted; null for a person's words and for the name of a virus. */
export function whyOf(t: T, reason: string | null): string | null {
  const key = reason !== null && Object.hasOwn(whys, reason) ? whys[reason as keyof typeof whys] : null
  return key && t(key)
}

/** A file inside a message or a list of cards; the same for everybody who may see it, so that it can be sent live. */
export function fileCard(t: T, file: StoredFile): Html {
  const note = stateNote(t, file)
  const picture = mayBeDrawn(file) && isPicture(file.type)
  const action = isReadable(file)
    ? html`<a class="btn btn--sm" href="${fileAddress(file)}" download hx-boost="false">${icon('download', { small: true })}${t('files.download')}<span class="vh"> ${file.name}</span></a>`
    : file.state === 'deleted'
      ? ''
      : html`<a class="btn btn--quiet btn--sm" href="${pageAddress(file)}">${t('files.details')}<span class="vh"> ${file.name}</span></a>`
  return html`<div class="file" data-card="${file.id}" data-state="${file.state}" hx-ignore>${picture ? html`<a class="file__shot" href="${pageAddress(file)}"><img src="/miniaturas/${file.id}" alt="${file.name}" loading="lazy" decoding="async"></a>` : ''}${typeSheet(file)}<div><span class="file__name">${file.name}</span><span class="file__meta">${t.format.size(file.size)}</span></div>${note ? html`<p class="file__note">${note}</p>` : ''}<div class="file__foot">${stateBadge(t, file)}${action}</div></div>`
}
