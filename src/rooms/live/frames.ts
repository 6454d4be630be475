// SPDX-License-Identifier: GPL-3.0-or-later
import { getSchemaValidator, type TSchema } from 'elysia'
import { once } from '../../core'
import type { T } from '../../i18n'
import { initials, toneOf } from '../../views'
import type { Item, Present, Room } from '../model'
import { type ClientFrame, clientFrames, type Quien, type ServerFrame } from '../protocol'
import { logItem } from '../views/message'
import { roomTitle } from '../views/title'

/** Compiled with the first frame: no start waits for it. */
const checks = once(
  () =>
    new Map(
      Object.entries(clientFrames).map(([name, schema]) => [
        name,
        getSchemaValidator(schema as TSchema, { normalize: false, dynamic: false }),
      ]),
    ),
)

/** The frame somebody sent, or null when it is none: no text, no JSON, no closed object of a known type. */
export function readFrame(data: string | Buffer): ClientFrame | null {
  const message = typeof data === 'string' ? parsed(data) : null
  if (typeof message !== 'object' || message === null) return null
  const { t } = message as { t?: unknown }
  const check = typeof t === 'string' ? checks().get(t) : undefined
  return check?.Check(message) ? (message as ClientFrame) : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export function write(frame: ServerFrame): string {
  return JSON.stringify(frame)
}

/** A change as one language hears it. The item is drawn here and nowhere else on its way to the sockets. */
export function changeFrame(t: T, item: Item): string {
  const html = logItem(t, item).toString()
  const said = item.kind === 'said' ? { cid: item.cid } : {}
  return write({ t: 'cambio', n: item.changed, op: 'poner', id: item.id, ...said, html })
}

/** What a room is now, as one language hears it. `pagina`: where its page is. */
export function roomFrame(t: T, room: Room, also: { pagina?: string } = {}): string {
  return write({ t: 'sala', html: roomTitle(t, room).toString(), ...also })
}

function quienOf({ id, name, role, username = '' }: Present): Quien {
  return { id, nombre: name, usuario: username, rol: role, tono: toneOf(id), siglas: initials(name) }
}

const spelled = new WeakMap<Present, string>()

/** Who is there, spelled out. Each person once: whoever enters a room of fifty is told fifty, and a class enters together. */
function spellWho(people: readonly Present[]): string {
  return `[${people.map(spell).join(',')}]`
}

function spell(person: Present): string {
  const known = spelled.get(person) ?? JSON.stringify(quienOf(person))
  spelled.set(person, known)
  return known
}

/** The end of a replay. */
export function listFrame({ epoca, n, people }: { epoca: string; n: number; people: readonly Present[] }): string {
  return withWho(write({ t: 'lista', epoca, n, quienes: [] }), people)
}

export function whoFrame(people: readonly Present[]): string {
  return withWho(write({ t: 'quienes', quienes: [] }), people)
}

/** Puts people into the empty list that ends a frame. */
function withWho(frame: string, people: readonly Present[]): string {
  return `${frame.slice(0, -'[]}'.length)}${spellWho(people)}}`
}
