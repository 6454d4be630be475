// SPDX-License-Identifier: GPL-3.0-or-later
import {
  type Audit,
  type Clock,
  type Compilable,
  type Events,
  type Guarded,
  type Line,
  newCode,
  newId,
  Refusal,
  UniqueViolation,
  UnmetExpectation,
} from '../../core'
import type { Directory } from '../door/lobby'
import type { Order, OrderKind, Present, Room, RoomEvents, RoomLimits, Who } from '../model'
import type { Hasher } from '../service'
import { nameKey, type Store } from '../store'
import { requireOrder } from './order'
import { readHistory, readNewPassword, readSettings, roomLives, type SettingsForm } from './settings'

interface Options {
  store: Store
  events: Events<RoomEvents>
  clock: Clock
  line: Line
  audit: Audit
  limits: RoomLimits
  hasher: Pick<Hasher, 'hash'>
  directory: Pick<Directory, 'isActive'>
  note(room: Room, kind: OrderKind, author: Who, order: Order): void
}

/** As the audit will tell it. */
interface Change {
  what: string
  from: string
  detail?: Record<string, string | number | boolean>
  /** What is wrong when a guard behind the first does not hold. */
  beyond?: Refusal
}

export type SettingsService = ReturnType<typeof createSettings>

/** Rows deleted at a time: the writer answers everybody else in between. */
const batch = 500

/** What the owner of a room, and administrators, may change about it. Each change is told to the open pages and to the audit. */
export function createSettings({ store, events, clock, line, audit, limits, hasher, directory, note }: Options) {
  /** Writes a change with its record; `altered` is told after the commit. */
  async function apply(person: Present, was: Room, room: Room, record: Change, statements: readonly (Guarded | Compilable)[]) {
    const { what, from, detail, beyond } = record
    try {
      await store.order.write([...statements, audit.statement({ who: person, what, target: room, from, ...(detail ? { detail } : {}) })])
    } catch (error) {
      if (!(error instanceof UnmetExpectation)) throw error
      throw (error.index > 0 && beyond) || new Refusal('missing', 'errors.missing')
    }
    // Others may have changed the room since `was` was read: what is told is the room as it is, and `was` differs from it by this change alone.
    const now = (await store.byId(room.id))?.room ?? room
    const mine = { kept: room.kept === was.kept ? now.kept : was.kept, code: room.code === was.code ? now.code : was.code }
    events.emit('altered', { room: now, was: { ...now, ...mine } })
    return now
  }

  /** Name, lock, pace and end at once. Refuses `forbidden`, `invalid` with the fields at fault, `conflict`. */
  async function alter(person: Present, was: Room, form: SettingsForm, from: string): Promise<Room> {
    requireOrder(person, was)
    const { name, locked, slow, life } = readSettings(form, was)
    const lasts = life === 'keep' || life === 'never' ? null : roomLives[life]
    const endsAt = life === 'keep' ? was.endsAt : lasts === null ? null : clock.now() + lasts
    const room: Room = { ...was, name, locked, slow, endsAt }
    const end = life === 'keep' ? {} : { ends_at: endsAt, ends_on_line: lasts === null ? null : line.now() + lasts }
    const values = { name, name_key: nameKey(name), locked: locked ? 1 : 0, slow, ...end }
    const detail = { name, locked, slow, ...(life === 'keep' ? {} : { ends: life }) }
    try {
      return await apply(person, was, room, { what: 'rooms.changed', from, detail }, [store.order.change(was.id, values), line.mark()])
    } catch (error) {
      if (error instanceof UniqueViolation) throw new Refusal('conflict', 'rooms.nameTaken', { fields: { nombre: 'rooms.nameTaken' } })
      throw error
    }
  }

  async function setLocked(person: Present, was: Room, locked: boolean, from: string): Promise<Room> {
    requireOrder(person, was)
    const what = locked ? 'rooms.locked' : 'rooms.unlocked'
    return apply(person, was, { ...was, locked }, { what, from }, [store.order.change(was.id, { locked: locked ? 1 : 0 })])
  }

  /** Members stay; whoever comes from now on needs the new one. */
  async function setPassword(person: Present, was: Room, typed: string, from: string): Promise<Room> {
    requireOrder(person, was)
    const password = readNewPassword(typed, was, limits)
    const hash = password === '' ? null : await hasher.hash(password)
    const room = { ...was, hasPassword: hash !== null }
    return apply(person, was, room, { what: 'rooms.password-changed', from }, [store.order.change(was.id, { password_hash: hash })])
  }

  /** The old code leads nowhere any more, but for the invitations that were sent with it. */
  async function renewCode(person: Present, was: Room, from: string): Promise<Room> {
    requireOrder(person, was)
    for (let attempt = 0; ; attempt++) {
      const room = { ...was, code: newCode() }
      try {
        return await apply(person, was, room, { what: 'rooms.code-changed', from }, [store.order.change(was.id, { code: room.code })])
      } catch (error) {
        if (!(error instanceof UniqueViolation) || attempt === 2) throw error
      }
    }
  }

  async function handOver(person: Present, was: Room, other: Who, from: string): Promise<Room> {
    requireOrder(person, was)
    if (other.id === was.ownerId) return was
    if (!(await directory.isActive(other.id))) throw new Refusal('conflict', 'rooms.heirPaused', { values: { name: other.name } })
    const beyond = new Refusal('conflict', 'rooms.tooManyOfTheirs', { values: { name: other.name, n: limits.roomsPerPerson } })
    const record = { what: 'rooms.handed-over', from, detail: { person: other.id, name: other.name }, beyond }
    const room = { ...was, ownerId: other.id }
    return apply(person, was, room, record, [store.order.handOver(was.id, other.id), store.order.isWithin(room, limits.roomsPerPerson)])
  }

  /** Kept or ephemeral. Either way what was said before goes: what was kept is erased, what was said while ephemeral is never stored. */
  async function setHistory(
    person: Present,
    was: Room,
    form: { historial: string; dias?: string | undefined },
    from: string,
  ): Promise<Room> {
    requireOrder(person, was)
    const { kept, days } = readHistory(form, limits)
    if (kept === was.kept && (!kept || days === was.days)) return was
    const room: Room = { ...was, kept, days: kept ? days : was.days }
    const record = { what: 'rooms.history-changed', from, detail: { kept, days: kept ? days : 0 } }
    if (kept && !was.kept) await erase(was.id)
    // Another life of the room: whoever comes back loads the log anew. Numbers go on, so nothing old can be taken for new.
    const life = kept === was.kept ? {} : { epoch: newId() }
    await apply(person, was, room, record, [store.order.change(was.id, { kept: kept ? 1 : 0, days: room.days, ...life })])
    if (!kept) await erase(was.id)
    const order = kept ? { by: person.name, days, ...(was.kept ? {} : { erased: true }) } : { by: person.name }
    if (kept) {
      const item = await store.changeWithNotice(room, { kind: 'now-kept', person, at: clock.now(), order }, [])
      if (item) events.emit('changed', { room, item })
    } else note(room, 'now-ephemeral', person, order)
    return room
  }

  /** For administrators, who may not read: everything said goes, the room stays. */
  async function eraseMessages(person: Present, was: Room, from: string): Promise<void> {
    requireOrder(person, was)
    if (!was.kept) return
    const upTo = (await store.byId(was.id))?.n ?? 0
    await apply(person, was, was, { what: 'rooms.erased', from }, [store.order.change(was.id, { epoch: newId() })])
    await erase(was.id, upTo)
    events.emit('erased', { room: was })
  }

  async function erase(roomId: string, upTo?: number): Promise<void> {
    for (let deleted = batch; deleted === batch; ) deleted = await store.items.expire(roomId, Number.MAX_SAFE_INTEGER, batch, upTo)
  }

  return { alter, setLocked, setPassword, renewCode, handOver, setHistory, eraseMessages }
}
