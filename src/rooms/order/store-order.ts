// SPDX-License-Identifier: GPL-3.0-or-later
import type { Kysely } from 'kysely'
import { type Compilable, type Database, expecting, type Guarded, type LineMark } from '../../core'
import type { Ban, Invitation, Mute, Room } from '../model'
import type { RoomsTables, RoomTable } from '../tables'

/** Rows that are counted in one go. */
const countedAtOnce = 10_000

export type OrderStore = ReturnType<typeof orderStore>

/** SQL of what keeps order: settings, mutes, bans, invitations. Changes are statements: they stand in a transaction with the audit. */
export function orderStore(database: Database<RoomsTables>) {
  const read: Kysely<RoomsTables> = database.read

  const bans = (roomId: string) => read.selectFrom('room_bans').where('room_id', '=', roomId)

  return {
    write: (statements: readonly (Compilable | Guarded)[]) => database.writeAll(statements),

    /** Guarded: a room that is gone meanwhile undoes the rest. */
    change: (roomId: string, values: Partial<Omit<RoomTable, 'id'>>): Guarded =>
      expecting(read.updateTable('rooms').set(values).where('id', '=', roomId)),

    /** Guarded, behind its creation or its handing over: with it its owner has no more than `most`. */
    isWithin: ({ id, ownerId }: Pick<Room, 'id' | 'ownerId'>, most: number): Guarded =>
      expecting(
        read
          .selectFrom('rooms')
          .select('id')
          .where('id', '=', id)
          .where(
            ({ selectFrom, fn }) => selectFrom('rooms as own').select(fn.countAll<number>().as('n')).where('own.owner_id', '=', ownerId),
            '<=',
            most,
          ),
      ),

    /** Guarded: the new owner is a member at that moment. */
    handOver: (roomId: string, personId: string): Guarded =>
      expecting(
        read
          .updateTable('rooms')
          .set({ owner_id: personId })
          .where('id', '=', roomId)
          .where((row) =>
            row.exists(row.selectFrom('room_members').select('room_id').where('room_id', '=', roomId).where('person_id', '=', personId)),
          ),
      ),

    /** The room whose end lies longest before this point of the line. */
    async ended(line: number): Promise<string | null> {
      const rooms = read.selectFrom('rooms').select('id').where('ends_on_line', '<=', line)
      return (await rooms.orderBy('ends_on_line').limit(1).executeTakeFirst())?.id ?? null
    },

    async mutes(): Promise<Mute[]> {
      const rows = await read.selectFrom('room_mutes').selectAll().execute()
      return rows.map((row) => ({
        roomId: row.room_id,
        personId: row.person_id,
        until: row.until,
        endsOnLine: row.ends_on_line,
        byOwner: row.by_owner === 1,
      }))
    },

    mute({ roomId, personId, until, endsOnLine, byOwner, reason, by }: Mute & { reason: string; by: string }): Compilable {
      const values = { until, ends_on_line: endsOnLine, reason, by_name: by, by_owner: byOwner ? 1 : 0 }
      return read
        .insertInto('room_mutes')
        .values({ room_id: roomId, person_id: personId, ...values })
        .onConflict((conflict) => conflict.columns(['room_id', 'person_id']).doUpdateSet(values))
    },

    unmute: (roomId: string, personId: string): Compilable =>
      read.deleteFrom('room_mutes').where('room_id', '=', roomId).where('person_id', '=', personId),

    async bans(roomId: string): Promise<Ban[]> {
      const rows = await bans(roomId).selectAll().orderBy('at', 'desc').limit(500).execute()
      return rows.map((row) => ({ person: { id: row.person_id, name: row.name }, reason: row.reason, by: row.by_name, at: row.at }))
    },

    async isBanned(roomId: string, personId: string): Promise<boolean> {
      return (await bans(roomId).select('room_id').where('person_id', '=', personId).executeTakeFirst()) !== undefined
    },

    ban(roomId: string, { person, reason, by, at }: Ban): Compilable {
      const values = { name: person.name, reason, by_name: by, at }
      return read
        .insertInto('room_bans')
        .values({ room_id: roomId, person_id: person.id, ...values })
        .onConflict((conflict) => conflict.columns(['room_id', 'person_id']).doUpdateSet(values))
    },

    unban: (roomId: string, personId: string): Guarded =>
      expecting(read.deleteFrom('room_bans').where('room_id', '=', roomId).where('person_id', '=', personId)),

    async invitations(roomId: string): Promise<Invitation[]> {
      const rows = await read
        .selectFrom('room_invitations')
        .selectAll()
        .where('room_id', '=', roomId)
        .orderBy('created_at', 'desc')
        .execute()
      return rows.map((row) => ({
        id: row.id,
        roomId: row.room_id,
        maker: row.maker_name,
        createdAt: row.created_at,
        once: row.once === 1,
        expiresAt: row.expires_at,
        endsOnLine: row.ends_on_line,
        uses: row.uses,
        ended: row.ended,
      }))
    },

    /** The living invitation of this hash into this room. */
    async invitation(roomId: string, tokenHash: string, line: number): Promise<{ id: string; once: boolean } | null> {
      const row = await read
        .selectFrom('room_invitations')
        .select(['id', 'once'])
        .where('token_hash', '=', tokenHash)
        .where('room_id', '=', roomId)
        .where('ended', 'is', null)
        .where('ends_on_line', '>', line)
        .executeTakeFirst()
      return row ? { id: row.id, once: row.once === 1 } : null
    },

    async invitedTo(tokenHash: string): Promise<string | null> {
      const row = await read.selectFrom('room_invitations').select('room_id').where('token_hash', '=', tokenHash).executeTakeFirst()
      return row?.room_id ?? null
    },

    invite: (invitation: Invitation, tokenHash: string): Compilable =>
      read.insertInto('room_invitations').values({
        id: invitation.id,
        room_id: invitation.roomId,
        token_hash: tokenHash,
        maker_name: invitation.maker,
        created_at: invitation.createdAt,
        once: invitation.once ? 1 : 0,
        expires_at: invitation.expiresAt,
        ends_on_line: invitation.endsOnLine,
        uses: 0,
        ended: null,
      }),

    /** Guarded, behind `invite`: with it there are no more than `most` living ones of its room. */
    isInvitedWithin: ({ id, roomId }: Invitation, line: number, most: number): Guarded =>
      expecting(
        read
          .selectFrom('room_invitations')
          .select('id')
          .where('id', '=', id)
          .where(
            ({ selectFrom, fn }) =>
              selectFrom('room_invitations as others')
                .select(fn.countAll<number>().as('n'))
                .where('others.room_id', '=', roomId)
                .where('others.ended', 'is', null)
                .where('others.ends_on_line', '>', line),
            '<=',
            most,
          ),
      ),

    /** Guarded: of two people with a link for one, one comes in. */
    spendInvitation: (id: string): Guarded =>
      expecting(
        read
          .updateTable('room_invitations')
          .set((row) => ({
            uses: row('uses', '+', 1),
            ended: row
              .case()
              .when('once', '=', 1)
              .then('used' as const)
              .else(null)
              .end(),
          }))
          .where('id', '=', id)
          .where('ended', 'is', null),
      ),

    revokeInvitation: (roomId: string, id: string): Guarded =>
      expecting(
        read
          .updateTable('room_invitations')
          .set({ ended: 'revoked' })
          .where('id', '=', id)
          .where('room_id', '=', roomId)
          .where('ended', 'is', null),
      ),

    async timeMark(): Promise<LineMark | undefined> {
      return read.selectFrom('room_time').select(['line', 'wall']).executeTakeFirst()
    },

    setTimeMark: (mark: LineMark): Compilable =>
      read
        .insertInto('room_time')
        .values({ one: 1, ...mark })
        .onConflict((conflict) => conflict.column('one').doUpdateSet(mark)),

    /** Counted in pieces: a million takes half a second, and nobody else waits for it. */
    async messages(roomId: string): Promise<number> {
      let messages = 0
      for (let after: number | null = 0; after !== null; ) {
        const piece = read.selectFrom('room_items').select(['n', 'kind']).where('room_id', '=', roomId).where('n', '>', after)
        const counted: { said: number; last: number | null } = await read
          .selectFrom(piece.orderBy('n').limit(countedAtOnce).as('piece'))
          .select((row) => [
            row.fn.countAll<number>().filterWhere('kind', '=', 'said').as('said'),
            row.fn.max<number | null>('n').as('last'),
          ])
          .executeTakeFirstOrThrow()
        messages += counted.said
        after = counted.last
        await new Promise(setImmediate)
      }
      return messages
    },

    /** When anything stored happened last in each room. */
    async lastActivity(): Promise<Map<string, number>> {
      const rows = await read
        .selectFrom('rooms')
        .select((row) => [
          'rooms.id',
          row
            .selectFrom('room_items')
            .select('room_items.at')
            .whereRef('room_items.room_id', '=', 'rooms.id')
            .orderBy('room_items.n', 'desc')
            .limit(1)
            .as('at'),
        ])
        .execute()
      return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, at] as const])))
    },
  }
}
