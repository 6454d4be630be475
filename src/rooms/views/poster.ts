// SPDX-License-Identifier: GPL-3.0-or-later
import { html, showCode } from '../../core'
import { icon, mark, qr, type View, type Visitor } from '../../views'
import type { Room } from '../model'

/** The address a QR or a link to a room opens. */
export const joinAddress = (origin: string, room: Pick<Room, 'code'>) => `${origin}/unirse/${room.code}`

/** A sheet for the wall: code, QR, addresses, three steps. */
export function posterPage({ t, origin }: Visitor, room: Room, origins: readonly string[]): View {
  const [best = origin, ...others] = origins
  return {
    title: t('rooms.posterOf', { room: room.name }),
    shell: 'bare',
    body: html`<main class="poster" id="contenido"><div class="cluster">${mark}<strong>PiChat</strong></div>
<h1 hx-ignore>${room.name}</h1>
${qr(joinAddress(best, room), t('rooms.qrToJoin', { room: room.name }))}
<p class="tag tag--lg">${showCode(room.code)}</p>
<ol><li>${t('rooms.posterWifi')}</li><li>${t('rooms.posterScan')}</li><li>${t(room.hasPassword ? 'rooms.posterPassword' : 'rooms.posterSignIn')}</li></ol>
<p><strong class="mono">${joinAddress(best, room)}</strong></p>
${others.slice(0, 2).map((other) => html`<p>${t.rich('rooms.posterAlso', { url: html`<strong class="mono">${joinAddress(other, room)}</strong>` })}</p>`)}
<p class="no-print cluster"><button class="btn btn--primary needs-script" type="button" data-print>${icon('printer', { small: true })}${t('rooms.printPoster')}</button><a class="btn" href="/salas/${room.code}">${icon('arrow-left', { small: true })}${t('rooms.backToRoom')}</a></p></main>`,
  }
}
