// SPDX-License-Identifier: GPL-3.0-or-later
import { attributes, type Html, html } from '../../core'
import { icon, initials, toneOf, type Visitor } from '../../views'
import type { Present } from '../model'

/** Everybody who belongs to the room: beside the conversation where there is space, a drawer where there is not. */
export function peopleOf(visitor: Visitor, members: readonly (Present & { here: boolean })[]): Html {
  const { t } = visitor
  const here = members.filter((member) => member.here)
  const out = members.filter((member) => !member.here)
  return html`<aside class="members" id="personas" aria-label="${t('rooms.people')}"><div class="members__head"><h2>${t('rooms.people')}</h2><button class="btn btn--quiet btn--icon members__close" type="button" data-drawer="personas" aria-controls="personas" aria-expanded="false">${icon('x')}<span class="vh">${t('shared.close')}</span></button></div>
<h3 class="members__group">${t('rooms.here')} · <span data-here-count>${here.length}</span></h3><ul class="list" id="here" hx-ignore>${here.map((person) => member(visitor, person))}</ul>
<h3 class="members__group"${attributes({ hidden: out.length === 0 })}>${t('rooms.out')} · <span data-out-count>${out.length}</span></h3><ul class="list" id="out" hx-ignore>${out.map((person) => member(visitor, person))}</ul></aside>`
}

function member({ t, viewer }: Visitor, { id, name, role, here }: Present & { here: boolean }): Html {
  return memberItem({
    id,
    name,
    tone: toneOf(id),
    signs: initials(name),
    here,
    words: `${t(`shared.role_${role}`)}${id === viewer?.id ? t('rooms.andMe') : ''}`,
  })
}

interface Line {
  id: string
  name: string
  tone: number
  signs: string
  here: boolean
  words: string
}

export function memberItem({ id, name, tone, signs, here, words }: Line): Html {
  return html`<li class="member" data-person="${id}"><span class="avatar" data-tone="${tone}" aria-hidden="true"><span data-signs>${signs}</span><span class="presence" data-is="${here ? 'here' : 'off'}"></span></span><span><span class="member__name">${name}</span><span class="member__sub">${words}</span></span></li>`
}
