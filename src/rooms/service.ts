// SPDX-License-Identifier: GPL-3.0-or-later
import {
  type Audit,
  type Clock,
  createLimiter,
  type Events,
  newCode,
  newId,
  Refusal,
  readCode,
  sha256,
  UniqueViolation,
  UnmetExpectation,
} from '../core'
import { type Creation, readCreation } from './door/creation'
import type { Invitations, Spending } from './door/invitations'
import type { Kind, Present, Room, RoomEvents, RoomLimits, Who } from './model'
import { mayOrder } from './order/order'
import type { Store, StoredRoom } from './store'
import { nameKey } from './store'

/** Accounts' hasher: bounded, and doing the same work where there is nothing to compare with. */
export interface Hasher {
  hash(password: string): Promise<string>
  matches(password: string, stored: string | null): Promise<boolean>
}

interface Options {
  store: Store
  events: Events<RoomEvents>
  clock: Clock
  audit: Audit
  limits: RoomLimits
  hasher: Hasher
  invitations: Pick<Invitations, 'find' | 'isLiving' | 'roomOf'>
}

export interface Joining {
  code: string
  password: string
  /** The token of a link, which stands for the password. */
  invitation?: string | undefined
  /** Socket address, for the throttle and the audit. */
  from: string
}

export type RoomService = ReturnType<typeof createService>

const perMinute = 60

export function createService({ store, events, clock, audit, limits, hasher, invitations }: Options) {
  const creating = createLimiter({ clock, burst: limits.roomsPerMinute * 2, perSecond: limits.roomsPerMinute / perMinute })
  const triesOfPerson = createLimiter({ clock, burst: limits.roomTriesPerPerson, perSecond: limits.roomTriesPerPerson / perMinute })
  const triesOfAddress = createLimiter({ clock, burst: limits.roomTriesPerAddress, perSecond: limits.roomTriesPerAddress / perMinute })
  const known = knownPasswords()

  /** Creates a room and makes its creator a member. Refuses `invalid` with the fields at fault, `conflict`, `throttled`. */
  async function create(person: Present, wanted: Creation, from: string): Promise<Room> {
    const read = readCreation(wanted, limits)
    if ((await store.ownedBy(person.id)) >= limits.roomsPerPerson) throw tooMany()
    if (read.kind === 'grupal' && (await store.groupNameTaken(nameKey(read.name)))) {
      throw new Refusal('conflict', 'rooms.nameTaken', { fields: { nombre: 'rooms.nameTaken' } })
    }
    const taken = creating.take(person.id)
    if (!taken.ok) throw new Refusal('throttled', 'rooms.throttledCreate', { retryAfter: taken.retryAfter })
    const passwordHash = read.password === '' ? null : await hasher.hash(read.password)
    return insert(person, read, passwordHash, from)
  }

  const tooMany = () => new Refusal('conflict', 'rooms.tooMany', { values: { n: limits.roomsPerPerson } })

  async function insert(person: Present, read: ReturnType<typeof readCreation>, passwordHash: string | null, from: string): Promise<Room> {
    // A drawn code is taken once in a million million: trying thrice is plenty.
    for (let attempt = 0; ; attempt++) {
      const room = newRoom({ ...read, code: read.code ?? newCode(), ownerId: person.id, hasPassword: passwordHash !== null }, clock.now())
      try {
        const detail = { kind: room.kind, kept: room.kept }
        const told = audit.statement({ who: person, what: 'rooms.created', target: room, from, detail })
        const within = store.order.isWithin(room, limits.roomsPerPerson)
        await store.create({ room, passwordHash, epoch: newId(), owner: person }, [within, told])
        return room
      } catch (error) {
        if (error instanceof UnmetExpectation) throw tooMany()
        if (!(error instanceof UniqueViolation)) throw error
        if (error.constraint.includes('name_key'))
          throw new Refusal('conflict', 'rooms.nameTaken', { fields: { nombre: 'rooms.nameTaken' } })
        if (read.code !== null || attempt === 2) throw new Refusal('conflict', 'rooms.codeTaken', { fields: { codigo: 'rooms.codeTaken' } })
      }
    }
  }

  /**
   * Makes a person a member by code and password, or by the token of a link. A code nobody has, a wrong password and a ban get the same
   * answer after the same work; so do links that are unknown, used, over or revoked. Refuses `invalid`, `throttled`, `conflict` (full,
   * locked), `busy`.
   */
  async function join(person: Present, { code: typed, password, invitation, from }: Joining): Promise<Room> {
    const found = await behind(typed, invitation)
    if (found && (await store.isMember(found.room.id, person.id))) return found.room
    const stored = found && (await store.order.isBanned(found.room.id, person.id)) ? null : found
    if (stored && isOpen(stored.room) && invitation === undefined) return enter(person, stored.room, from)
    spendTry(person.id, from)
    const by = invitation === undefined ? null : await invitations.find(stored?.room.id ?? '', invitation)
    if (invitation === undefined ? !(await opens(stored, password)) : !by) {
      await audit.record({ who: person, what: 'rooms.joined', target: null, from, result: 'refused' })
      throw invitation === undefined ? wrong() : dead()
    }
    triesOfPerson.refund(person.id)
    triesOfAddress.refund(from)
    return enter(person, (stored as StoredRoom).room, from, by)
  }

  /** The room of this code; a code that nobody has (any more) is no reason for an invitation to lead nowhere. */
  async function behind(typed: string, invitation: string | undefined): Promise<StoredRoom | null> {
    const code = readCode(typed)
    const named = code === null ? null : await store.byCode(code)
    if (named || invitation === undefined) return named
    const roomId = await invitations.roomOf(invitation)
    return roomId === null ? null : store.byId(roomId)
  }

  const wrong = () => new Refusal('invalid', 'rooms.joinWrong', { fields: { clave: 'rooms.joinWrong' } })
  const dead = () => new Refusal('invalid', 'rooms.invitationDead', { fields: { invitacion: 'rooms.invitationDead' } })

  /** Refused tries of one person spend nothing of what the whole address may try. */
  function spendTry(personId: string, from: string): void {
    const own = triesOfPerson.take(personId)
    const shared = own.ok ? triesOfAddress.take(from) : own
    if (own.ok && !shared.ok) triesOfPerson.refund(personId)
    if (!shared.ok) throw new Refusal('throttled', 'rooms.throttledJoin', { retryAfter: shared.retryAfter })
  }

  async function opens(stored: StoredRoom | null, password: string): Promise<boolean> {
    const hash = stored?.passwordHash ?? null
    // A class that joins together would wait for one computation each; only a right password takes this way.
    if (hash !== null && known.has(hash, password)) return true
    const right = await hasher.matches(password.slice(0, limits.passwordMaximum * 2), hash)
    if (right && hash !== null) known.add(hash, password)
    return right
  }

  async function enter(person: Present, room: Room, from: string, by: Spending | null = null): Promise<Room> {
    const at = clock.now()
    const entry = audit.statement({
      who: person,
      what: 'rooms.joined',
      target: room,
      from,
      ...(by ? { detail: { invitation: by.id } } : {}),
    })
    try {
      const also = by ? [entry, ...by.spending] : [entry]
      const notice = await store.addMember(room, person, { at, limit: limits.membersPerRoom, also })
      if (notice) events.emit('changed', { room, item: notice })
      return room
    } catch (error) {
      if (error instanceof UniqueViolation) return room
      if (error instanceof UnmetExpectation) throw await whyNot(person, room, by)
      throw error
    }
  }

  /** The statement that lets people in says no without a reason. */
  async function whyNot(person: Present, room: Room, by: Spending | null): Promise<Refusal> {
    const now = await store.byId(room.id)
    if (!now || (await store.order.isBanned(room.id, person.id))) return by ? dead() : wrong()
    if (now.room.locked) return new Refusal('conflict', 'rooms.lockedOut', { fields: { clave: 'rooms.lockedOut' } })
    if (by && !(await invitations.isLiving(room.id, by.id))) return dead()
    return new Refusal('conflict', 'rooms.tooManyMembers', { values: { n: limits.membersPerRoom } })
  }

  async function leave(person: Who, room: Room, from: string): Promise<void> {
    const entry = audit.statement({ who: person, what: 'rooms.left', target: room, from })
    try {
      const notice = await store.removeMember(room, person, { at: clock.now(), also: [entry] })
      events.emit('removed', { room, personId: person.id })
      if (notice) events.emit('changed', { room, item: notice })
    } catch (error) {
      if (error instanceof UnmetExpectation) throw new Refusal('missing', 'errors.missing')
      throw error
    }
  }

  /** Removes the room with everything in it. For its owner and administrators. */
  async function close(person: Present, room: Room, from: string): Promise<void> {
    if (!mayOrder(person, room)) throw new Refusal('missing', 'errors.missing')
    try {
      await store.remove(room.id, audit.statement({ who: person, what: 'rooms.closed', target: room, from }))
    } catch (error) {
      if (error instanceof UnmetExpectation) throw new Refusal('missing', 'errors.missing')
      throw error
    }
    events.emit('closed', { room })
  }

  /** Its time is over. */
  async function expire(roomId: string): Promise<void> {
    const stored = await store.byId(roomId)
    if (!stored) return
    await store.remove(roomId, audit.statement({ what: 'rooms.expired', target: stored.room }))
    events.emit('closed', { room: stored.room })
  }

  return {
    create,
    join,
    leave,
    close,
    expire,

    /** What a link to a room may say to somebody who is no member: that its door is open, and nothing else of any room. */
    async door(person: { id: string }, typed: string, invitation?: string): Promise<{ code: string; member: boolean; open: boolean }> {
      const stored = await behind(typed, invitation)
      const member = stored !== null && (await store.isMember(stored.room.id, person.id))
      const open = stored !== null && isOpen(stored.room) && !(await store.order.isBanned(stored.room.id, person.id))
      return { code: member ? stored.room.code : (readCode(typed) ?? typed.slice(0, 32)), member, open }
    },

    /** Rooms are found through the person: "not yours" and "not there" are one `missing`. */
    of(person: { id: string }) {
      return {
        async find(typed: string): Promise<Room & { seen: number }> {
          const code = readCode(typed)
          const found = code === null ? null : await store.mine(person.id, code)
          if (!found) throw new Refusal('missing', 'errors.missing')
          return { ...found.room, seen: found.seen }
        },
      }
    },
  }
}

/** A group room without password opens to whatever was typed. */
function isOpen({ kind, hasPassword }: Room): boolean {
  return kind === 'grupal' && !hasPassword
}

/** Everything of a room that is decided when it is made. */
export function newRoom(
  given: { name: string; code: string; kind: Kind; kept: boolean; days: number; ownerId: string | null; hasPassword: boolean },
  createdAt: number,
): Room {
  const { name, code, kind, kept, days, ownerId, hasPassword } = given
  return { id: newId(), code, name, kind, kept, days, ownerId, hasPassword, createdAt, locked: false, slow: 0, endsAt: null }
}

/** Right passwords of the last hours, as digests under a key that lives as long as the process. */
function knownPasswords() {
  const key = newId() + newId()
  const known = new Map<string, string>()
  const most = 500
  const digest = (hash: string, password: string) => sha256(`${key} ${hash} ${password.normalize('NFC')}`)
  return {
    has: (hash: string, password: string) => known.get(hash) === digest(hash, password),
    add(hash: string, password: string) {
      known.set(hash, digest(hash, password))
      if (known.size > most) known.delete(known.keys().next().value as string)
    },
  }
}
