// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html, type Refusal, type RefusalCode } from '../core'
import type { PhraseKey, T } from '../i18n'
import { art } from './art'
import type { View } from './layout'
import type { Visitor } from './visitor'

interface Fault {
  title: PhraseKey
  art: Html
  /** Where to go from here; the first is the primary button. */
  ways: readonly Way[]
}

type Way = { href: string; word: PhraseKey }

const rooms: Way = { href: '/salas', word: 'errors.goToRooms' }
const files: Way = { href: '/archivos', word: 'errors.goToFiles' }
const entrance: Way = { href: '/entrar', word: 'errors.goToSignIn' }
/** Where one was; only a page that was asked for can be asked for again. */
const again: Way = { href: '', word: 'errors.tryNow' }
/** The same place, to do there something else. */
const back: Way = { href: '', word: 'shared.back' }

const faults: Record<RefusalCode, Fault> = {
  unreadable: { title: 'errors.unreadableTitle', art: art.lost, ways: [rooms] },
  'signed-out': { title: 'errors.signedOutTitle', art: art.fence, ways: [entrance] },
  forbidden: { title: 'errors.notAllowedTitle', art: art.fence, ways: [rooms] },
  missing: { title: 'errors.missingTitle', art: art.lost, ways: [rooms] },
  'not-allowed': { title: 'errors.methodTitle', art: art.fence, ways: [rooms] },
  conflict: { title: 'errors.conflictTitle', art: art.lost, ways: [again, rooms] },
  'too-large': { title: 'errors.tooLargeTitle', art: art.shelf, ways: [back, rooms] },
  unsupported: { title: 'errors.unsupportedTitle', art: art.lost, ways: [rooms] },
  unsatisfiable: { title: 'errors.unsatisfiableTitle', art: art.lost, ways: [files] },
  invalid: { title: 'errors.invalidTitle', art: art.lost, ways: [rooms] },
  locked: { title: 'errors.lockedTitle', art: art.calm, ways: [files] },
  throttled: { title: 'errors.throttledTitle', art: art.asleep, ways: [again] },
  failed: { title: 'errors.failedTitle', art: art.asleep, ways: [again, rooms] },
  busy: { title: 'errors.busyTitle', art: art.asleep, ways: [again] },
  full: { title: 'errors.fullTitle', art: art.shelf, ways: [rooms, files] },
}

/** The page of a refusal: what happened, then what to do. */
export function faultOf(visitor: Visitor, refusal: Refusal, text: string): View {
  const { t, viewer, requestId, navigates, returnPath } = visitor
  const fault = faults[refusal.code]
  const title = t(titleOf(refusal, fault) as 'errors.missingTitle')
  const signIn = { ...entrance, href: signInAddress(visitor) }
  const ways = viewer ? fault.ways : fault.ways.map((way) => (way === rooms || way === files ? entrance : way === entrance ? signIn : way))
  const inside = html`${fault.art}<h1>${title}</h1><p class="fault__text">${text}</p><div class="cluster">${ways.map((way, i) => button(t, way.href === '' ? { ...way, href: navigates ? '?' : (returnPath ?? '/') } : way, i === 0))}</div><p class="fault__code">${t.rich('errors.codeAndReference', { code: String(refusal.status), id: html`<span class="mono">${requestId}</span>` })}</p>`
  const retry = refusal.code === 'busy' && navigates ? html` data-retry-seconds="${refusal.retryAfter ?? 5}"` : ''
  return viewer
    ? { title, body: html`<div class="fault"${retry}>${inside}</div>` }
    : { title, shell: 'bare', body: html`<main class="fault fault--alone" id="contenido"${retry}>${inside}</main>` }
}

/** The door, and from there back to where one was. */
export function signInAddress({ returnPath }: Visitor): string {
  return returnPath ? `${entrance.href}?volver=${encodeURIComponent(returnPath)}` : entrance.href
}

function titleOf({ code, phrase }: Refusal, fault: Fault): PhraseKey {
  if (phrase === 'files.tooLarge' || phrase === 'files.tooLargeUnknown') return 'files.tooLargeTitle'
  if (code !== 'forbidden') return fault.title
  if (phrase === 'errors.origin') return 'errors.originTitle'
  return phrase === 'errors.forbidden' ? 'errors.forbiddenTitle' : fault.title
}

function button(t: T, { href, word }: Way, primary: boolean): Html {
  return html`<a class="btn${primary ? ' btn--primary' : ''}" href="${href}">${t(word as 'errors.reload')}</a>`
}
