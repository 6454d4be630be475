// SPDX-License-Identifier: GPL-3.0-or-later
import qrcode from 'qrcode-generator'
import { attributes, type Content, type Html, html, trusted } from '../core'
import type { T } from '../i18n'
import { asset } from './assets'

/** An icon of the sprite. Decoration: a word always stands beside it. */
export function icon(name: string, { small = false }: { small?: boolean } = {}): Html {
  return html`<svg class="${small ? 'icon icon--sm' : 'icon'}" width="20" height="20" aria-hidden="true" focusable="false"><use href="${asset('sprite.svg')}#i-${name}"></use></svg>`
}

export const mark = trusted(
  '<svg class="brand__mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><path class="mark-leaf" d="M17 2h6c8.3 0 15 6.7 15 15v6c0 8.3-6.7 15-15 15H6c-2.2 0-4-1.8-4-4V17C2 8.7 8.7 2 17 2z"></path><path class="mark-stem" d="M20 30.5V20"></path><path class="mark-sprout" d="M19.8 22.5c-6.6.3-10.6-3.4-10.8-9.9 6.6-.2 10.7 3.4 10.8 9.9z"></path><path class="mark-sprout" d="M20.3 19.2c-.4-6.2 3.3-10.2 10.2-10.5.3 6.5-3.7 10.4-10.2 10.5z"></path></svg>',
)

/** The connection, drawn: upright is connected, drooping is looking. `data-link` on the parent decides. */
export const sprout = trusted(
  '<svg class="sprout" viewBox="0 0 32 32" aria-hidden="true" focusable="false"><path class="sprout__soil" d="M9 28.5h14"></path><path class="sprout__stem" d="M16 28.5V17"></path><path class="sprout__leaf sprout__leaf--l" d="M15.8 20.5c-6 .3-9.6-3-9.8-9 6-.2 9.7 3.1 9.8 9z"></path><path class="sprout__leaf sprout__leaf--r" d="M16.2 17.5c-.3-6.2 3-10 9.5-10.3.3 6.4-3.3 10.2-9.5 10.3z"></path></svg>',
)

const tones = 7

/** The colour of a person or a room: always the same for the same id. 1…7. */
export function toneOf(id: string): number {
  let sum = 0
  for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0
  return (sum % tones) + 1
}

const known = new Map<string, string>()
/** Names whose initials are remembered: everybody in a house. */
const mostKnown = 2_000

/** `Ana Torres` → `AT`, `Recepción` → `Re`. Asked for with every message. */
export function initials(name: string): string {
  let letters = known.get(name)
  if (letters === undefined) {
    letters = firstLetters(name)
    if (known.size >= mostKnown) known.clear()
    known.set(name, letters)
  }
  return letters
}

function firstLetters(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = [...(words[0] ?? '')]
  const second = [...(words[1] ?? '')]
  return second.length > 0 ? `${first[0] ?? ''}${second[0]}`.toUpperCase() : `${(first[0] ?? '?').toUpperCase()}${first[1] ?? ''}`
}

export function avatar(person: { id: string; name: string }, size: '' | 'xs' | 'sm' | 'lg' = ''): Html {
  return html`<span class="avatar${size ? ` avatar--${size}` : ''}" data-tone="${toneOf(person.id)}" aria-hidden="true">${initials(person.name)}</span>`
}

/** A room's tile: filled when it is kept, outlined when it is ephemeral. */
export function tile(room: { id: string; name: string; kept: boolean }, size: '' | 'sm' | 'row' = ''): Html {
  return html`<span class="tile${size ? ` tile--${size}` : ''}" data-tone="${toneOf(room.id)}" data-keep="${room.kept ? 'yes' : 'no'}" aria-hidden="true">${initials(room.name)}</span>`
}

interface Field {
  name: string
  label: Content
  /** Extra attributes of the input: type, value, autocomplete, required … */
  input?: Record<string, string | number | boolean | null | undefined>
  hint?: Content
  error?: Content
  id?: string
}

/** Label above, hint and error below, tied together for screen readers. */
export function field({ name, label, input = {}, hint, error, id = name }: Field): Html {
  return html`<div class="field"><label class="field__label" for="${id}">${label}</label><input class="input"${inputAttributes({ id, name, input, hint, error })}>${belowField({ id, hint, error })}</div>`
}

/** A password field with a button that shows what is typed. */
export function passwordField(t: T, { name, label, input = {}, hint, error, id = name }: Field): Html {
  return html`<div class="field"><label class="field__label" for="${id}">${label}</label><div class="input-group input-group--reveal"><input class="input"${inputAttributes({ id, name, input: { type: 'password', ...input }, hint, error })}><button class="btn btn--quiet" type="button" data-reveal="${id}" aria-pressed="false" aria-controls="${id}" hidden>${icon('eye', { small: true })}${t('shared.show')}<span class="vh"> ${t('shared.thePassword')}</span></button></div>${belowField({ id, hint, error })}</div>`
}

/** What a program sent comes back as what a person could have typed into the field: a NUL has no place in a page. */
const unprintable = /[\u0000-\u001F\u007F-\u009F]/g

function inputAttributes({
  id,
  name,
  input,
  hint,
  error,
}: Required<Pick<Field, 'name' | 'id' | 'input'>> & Pick<Field, 'hint' | 'error'>): Html {
  const described = [error ? `${id}-e` : '', hint ? `${id}-h` : ''].filter(Boolean).join(' ')
  const value = typeof input.value === 'string' ? input.value.replace(unprintable, '') : input.value
  return attributes({ id, name, ...input, value, 'aria-describedby': described || null, 'aria-invalid': error ? 'true' : null })
}

export function belowField({ id, hint, error }: { id: string; hint?: Content; error?: Content }): Html {
  return html`${hint ? html`<span class="field__hint" id="${id}-h">${hint}</span>` : ''}${error ? html`<span class="field__error" id="${id}-e">${icon('circle-alert', { small: true })}<span>${error}</span></span>` : ''}`
}

/** Unread things are counted no further than people want to know. */
export const shownCount = (n: number) => (n > 99 ? '99+' : String(n))

type Tone = 'info' | 'good' | 'warn' | 'bad'
const toneIcons: Record<Tone, string> = { info: 'info', good: 'circle-check', warn: 'triangle-alert', bad: 'circle-alert' }

/** A sentence that stays until its cause ends. */
export function notice(tone: Tone, body: Content, { title, alert = tone === 'bad' }: { title?: Content; alert?: boolean } = {}): Html {
  return html`<div class="notice notice--${tone}"${attributes({ role: alert ? 'alert' : 'status' })}>${icon(toneIcons[tone])}<div class="notice__body">${title ? html`<p class="notice__title">${title}</p>` : ''}<p>${body}</p></div></div>`
}

/** A sentence that goes away by itself; appended to `#toasts`. */
export function toast(text: Content, { bad = false }: { bad?: boolean } = {}): Html {
  return html`<div class="toast">${icon(bad ? 'circle-alert' : 'circle-check')}<span class="toast__text">${text}</span></div>`
}

/**
 * A QR plate: white in both themes, one path, no script. `again`: the same text comes on every page (and is no secret), so that what
 * was drawn is remembered: drawing took half the time of a room's page.
 */
export function qr(text: string, label: string, { small = false, again = false }: { small?: boolean; again?: boolean } = {}): Html {
  const { size, path } = again ? remembered(text) : drawQr(text)
  return html`<div class="qr__plate${small ? ' qr__plate--sm' : ''}"><svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path d="${path}"></path></svg></div>`
}

interface DrawnQr {
  size: number
  path: string
}

/** 3 KB each. */
const mostRemembered = 200
const drawn = new Map<string, DrawnQr>()

function remembered(text: string): DrawnQr {
  const known = drawn.get(text) ?? drawQr(text)
  // The last to be dropped is the one that was asked for last.
  drawn.delete(text)
  drawn.set(text, known)
  if (drawn.size > mostRemembered) drawn.delete(drawn.keys().next().value as string)
  return known
}

/** Dark squares beside each other are one rectangle. */
function drawQr(text: string): DrawnQr {
  const code = qrcode(0, 'M')
  code.addData(text)
  code.make()
  const size = code.getModuleCount()
  let path = ''
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = x
      while (x < size && code.isDark(y, x)) x++
      if (x > from) path += `M${from} ${y}h${x - from}v1h-${x - from}z`
    }
  }
  return { size, path }
}
