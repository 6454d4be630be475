// SPDX-License-Identifier: GPL-3.0-or-later
import { type Html, html, type Refusal, readCode, showCode } from '../../core'
import { passwordField, sentence, type View, type Visitor } from '../../views'
import { refusalNotice } from './join'

export interface DoorPage {
  code: string
  /** A group room, whose door is open. */
  open: boolean
  /** The token of the link. */
  invitation?: string | undefined
  refusal?: Refusal
}

/** What a QR or a link opens: the code is known, only the password is asked; an invitation stands for the password. Names no room. */
export function doorPage(visitor: Visitor, given: DoorPage): View {
  const { t } = visitor
  const { code } = given
  const invitation = isDead(given) ? undefined : given.invitation
  const read = readCode(code)
  return {
    title: t('rooms.joinTitle'),
    shell: 'door',
    body: html`<form class="front__form" method="post" action="/salas/unirse"><div><h1>${t('rooms.joinTitle')}</h1>${lead(visitor, given)}</div><p class="tag tag--lg">${read ? showCode(read) : code}</p><input type="hidden" name="codigo" value="${code}">${invitation === undefined ? html`<input type="hidden" name="enlace" value="si">` : html`<input type="hidden" name="invitacion" value="${invitation}">`}<div class="fields">${asked(visitor, given)}</div><button class="btn btn--primary btn--wide" type="submit">${t('rooms.joinButton')}</button><p class="muted"><small><a href="/salas">${t('rooms.backToRooms')}</a></small></p></form>`,
  }
}

/** An invitation that has just been refused: the room is still behind its code, and may be entered as any other. */
const isDead = ({ refusal }: DoorPage): boolean => refusal?.phrase === 'rooms.invitationDead'

/** What the link is good for, unless it has just turned out to be good for nothing. */
function lead({ t }: Visitor, given: DoorPage): Html {
  if (isDead(given)) return html``
  const { invitation, open } = given
  const phrase = invitation !== undefined ? 'rooms.joinByInvitation' : open ? 'rooms.joinOpen' : 'rooms.joinByLink'
  return html`<p class="front__lead">${t(phrase)}</p>`
}

function asked(visitor: Visitor, given: DoorPage): Html {
  const { invitation, open, refusal } = given
  // Not required: the door of a group room asks for none.
  if (refusal && isDead(given)) return html`${refusalNotice(visitor, refusal)}${roomPassword(visitor, { required: false })}`
  if (invitation !== undefined || open) return refusal ? refusalNotice(visitor, refusal) : html``
  return roomPassword(visitor, { required: true }, refusal)
}

function roomPassword(visitor: Visitor, { required }: { required: boolean }, refusal?: Refusal): Html {
  return passwordField(visitor.t, {
    name: 'clave',
    id: 'clave-sala',
    label: visitor.t('rooms.password'),
    input: { autocomplete: 'off', autofocus: true, required },
    ...(refusal ? { error: sentence(visitor, refusal) } : {}),
  })
}
