// SPDX-License-Identifier: GPL-3.0-or-later
import { type Audit, type Clock, type Guarded, type Line, newId, newToken, Refusal, sha256, UnmetExpectation } from '../../core'
import type { Invitation, Present, Room } from '../model'
import { requireOrder } from '../order/order'
import type { Store } from '../store'

/** 128 random bits, 22 signs: short enough for a small QR, too many to guess. */
const tokenBytes = 16
const tokenPattern = /^[\w-]{22}$/
const hour = 3_600_000

/** What the form offers: value → ms. */
export const invitationLives = { '1h': hour, '1d': 24 * hour, '7d': 7 * 24 * hour } as const
export type InvitationLife = keyof typeof invitationLives
export const invitationLifeNames = Object.keys(invitationLives) as InvitationLife[]
/** Living links of one room: a class gets one link, not thirty. */
const mostLiving = 50

/** An invitation about to be used, and the statement that uses it, for the transaction that lets the person in. */
export interface Spending {
  id: string
  spending: Guarded[]
}

interface Options {
  store: Store
  clock: Clock
  line: Line
  audit: Audit
}

export type Invitations = ReturnType<typeof createInvitations>

/** Links into a room that need no password. The token is in the answer to its making and nowhere else. */
export function createInvitations({ store, clock, line, audit }: Options) {
  const isLiving = ({ ended, endsOnLine }: Invitation) => ended === null && endsOnLine > line.now()

  async function list(room: Room): Promise<Invitation[]> {
    return (await store.order.invitations(room.id)).filter(isLiving)
  }

  return {
    /** Those that still let somebody in. */
    list,

    /** For the owner and administrators. Refuses `forbidden`, and `conflict` beyond the number of living links of one room. */
    async make(person: Present, room: Room, wanted: { once: boolean; life: InvitationLife }, from: string): Promise<string> {
      requireOrder(person, room)
      const token = newToken(tokenBytes)
      const lasts = invitationLives[wanted.life]
      const invitation: Invitation = {
        id: newId(),
        roomId: room.id,
        maker: person.name,
        createdAt: clock.now(),
        once: wanted.once,
        expiresAt: clock.now() + lasts,
        endsOnLine: line.now() + lasts,
        uses: 0,
        ended: null,
      }
      const detail = { invitation: invitation.id, once: wanted.once, hours: lasts / hour }
      const told = audit.statement({ who: person, what: 'rooms.invited', target: room, from, detail })
      const within = store.order.isInvitedWithin(invitation, line.now(), mostLiving)
      try {
        await store.order.write([store.order.invite(invitation, sha256(token)), within, line.mark(), told])
      } catch (error) {
        if (!(error instanceof UnmetExpectation)) throw error
        throw new Refusal('conflict', 'rooms.tooManyInvitations', { values: { n: mostLiving } })
      }
      return token
    },

    async revoke(person: Present, room: Room, id: string, from: string): Promise<void> {
      requireOrder(person, room)
      const told = audit.statement({ who: person, what: 'rooms.invitation-revoked', target: room, from, detail: { invitation: id } })
      try {
        await store.order.write([store.order.revokeInvitation(room.id, id), told])
      } catch (error) {
        if (error instanceof UnmetExpectation) throw new Refusal('missing', 'errors.missing')
        throw error
      }
    },

    /** What stands for the password of this room, or null: every reason for a no looks the same. */
    async find(roomId: string, token: string): Promise<Spending | null> {
      const found = await store.order.invitation(roomId, sha256(token), line.now())
      return found && tokenPattern.test(token) ? { id: found.id, spending: [store.order.spendInvitation(found.id)] } : null
    },

    /** Where this token leads, living or not; null: nowhere. */
    roomOf: (token: string): Promise<string | null> => store.order.invitedTo(sha256(token)),

    async isLiving(roomId: string, id: string): Promise<boolean> {
      return (await store.order.invitations(roomId)).some((invitation) => invitation.id === id && isLiving(invitation))
    },
  }
}
