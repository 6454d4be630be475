// SPDX-License-Identifier: GPL-3.0-or-later
import { Refusal } from '../../core'
import type { Present, Room } from '../model'

/** A room is kept in order by its owner and by administrators. */
export function mayOrder(person: Pick<Present, 'id' | 'role'>, room: Pick<Room, 'ownerId'>): boolean {
  return room.ownerId === person.id || person.role === 'administrator'
}

/** Whoever may not gets `forbidden`: members know the room, so there is nothing to hide. */
export function requireOrder(person: Pick<Present, 'id' | 'role'>, room: Pick<Room, 'ownerId'>): void {
  if (!mayOrder(person, room)) throw new Refusal('forbidden', 'rooms.onlyOwner')
}

/**
 * Whom one may send away or silence: nobody oneself; the owner and administrators only an administrator, so that whoever owns a room
 * cannot shut out those who answer for the house.
 */
export function mayOrderAbout(person: Present, room: Pick<Room, 'ownerId'>, other: Pick<Present, 'id' | 'role'>): boolean {
  if (other.id === person.id || !mayOrder(person, room)) return false
  return person.role === 'administrator' || (other.role !== 'administrator' && other.id !== room.ownerId)
}

const longestReason = 200

/** A reason as people will read it: one line, nothing that turns or hides text. */
export function readReason(typed: string | undefined, { required = true } = {}): string {
  const reason = (typed ?? '')
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .toWellFormed()
  if (reason === '' && required) throw new Refusal('invalid', 'rooms.reasonMissing', { fields: { motivo: 'rooms.reasonMissing' } })
  if ([...reason].length > longestReason) throw new Refusal('invalid', 'rooms.reasonLong', { fields: { motivo: 'rooms.reasonLong' } })
  return reason
}
