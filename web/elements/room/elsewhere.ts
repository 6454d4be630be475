// SPDX-License-Identifier: GPL-3.0-or-later
import type { ServerFrame } from '../../../src/rooms/protocol'

/** What was said in another room goes to the side bar: how much of it is not one's own, and how much calls. */
export function elsewhere({ sala, dicho }: Extract<ServerFrame, { t: 'fuera' }>, me: string): void {
  const others = dicho.filter(([author]) => author !== me)
  const detail = { room: sala, unread: others.length, mentions: others.filter(([, ...called]) => called.includes(me)).length }
  if (others.length > 0) document.dispatchEvent(new CustomEvent('said-elsewhere', { detail }))
}
