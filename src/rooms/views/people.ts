// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html } from '../../core'
import { icon, initials, toneOf, type Visitor } from '../../views'
import type { Member } from '../door/lobby'
import type { Room } from '../model'
import { mayOrder, mayOrderAbout } from '../order/order'
import { memberMenu } from './member-menu'

export interface People {
  room: Room
  members: readonly Member[]
  /** Who may not write, until when; only those who keep order are told. */
  muted: ReadonlyMap<string, number>
}

/** Everybody who belongs to the room: beside the conversation where there is space, a drawer where there is not. */
export function peopleOf(visitor: Visitor, { room, members, muted }: People): Html {
  const { t } = visitor
  const here = members.filter((member) => member.here)
  const out = members.filter((member) => !member.here)
  return html`<aside class="members" id="personas" aria-label="${t('rooms.people')}"><div class="members__head"><h2>${t('rooms.people')}</h2><button class="btn btn--quiet btn--icon members__close needs-script" type="button" data-drawer="personas" aria-controls="personas" aria-expanded="false">${icon('x')}<span class="vh">${t('shared.close')}</span></button><a class="btn btn--quiet btn--icon members__close without-script" href="#escribir">${icon('x')}<span class="vh">${t('shared.close')}</span></a></div>
<h3 class="members__group">${t('rooms.here')} · <span data-here-count>${here.length}</span></h3><ul class="list" id="here">${here.map((person) => member(visitor, person, room, muted))}</ul>
<h3 class="members__group"${attributes({ hidden: out.length === 0 })}>${t('rooms.out')} · <span data-out-count>${out.length}</span></h3><ul class="list" id="out">${out.map((person) => member(visitor, person, room, muted))}</ul></aside>`
}

/** `anew`: in the place of the line that an open page has. */
export function member(visitor: Visitor, person: Member, room: Room, muted: People['muted'], { anew = false } = {}): Html {
  const { t, viewer } = visitor
  const { id, name, username, role, here } = person
  const until = viewer && mayOrder(viewer, room) ? muted.get(id) : undefined
  const menu = viewer && mayOrderAbout(viewer, room, person) ? memberMenu(visitor, { room, id, name, muted: until !== undefined }) : null
  return memberItem({
    menu,
    anew,
    id,
    name,
    username,
    tone: toneOf(id),
    signs: initials(name),
    here,
    muted: until,
    words:
      until === undefined
        ? `${t(`shared.role_${role}`)}${id === viewer?.id ? t('rooms.andMe') : ''}`
        : t('rooms.memberMuted', { t: t.format.time(until) }),
  })
}

interface Line {
  id: string
  name: string
  username: string
  tone: number
  signs: string
  here: boolean
  words: string
  /** Until when this person may not write: the browser does not write another word over it. */
  muted?: number | undefined
  menu?: Html | null
  anew?: boolean
}

export function memberItem({ id, name, username, tone, signs, here, words, muted, menu, anew = false }: Line): Html {
  return html`<li class="member" data-person="${id}" data-user="${username}"${attributes({ 'data-muted': muted ?? null, 'hx-swap-oob': anew ? `outerHTML:#personas [data-person="${id}"]` : null })}><span class="avatar" data-tone="${tone}" aria-hidden="true"><span data-signs>${signs}</span><span class="presence" data-is="${here ? 'here' : 'off'}"></span></span><span hx-ignore><span class="member__name">${name}</span><span class="member__sub">${words}</span></span>${menu ?? ''}</li>`
}

/** A member as one of those who can be called. */
export function memberLine({ t }: Visitor, { id, name, username, role, here }: Member): Html {
  return memberItem({ id, name, username, tone: toneOf(id), signs: initials(name), here, words: t(`shared.role_${role}`) })
}
