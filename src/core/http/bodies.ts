// SPDX-License-Identifier: GPL-3.0-or-later
//
// A form is read to the letter. Parsers that are kind make up a sign for what is no UTF-8, drop a mark at the beginning, and let the second of two
// fields win: what was checked in front of PiChat would not be what is written here.
import { Refusal } from '../errors'

type Fields = Record<string, string | string[]>

const letters = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Levels of a form: its fields, and the list that one of them may be. */
const deepest = 2

/**
 * The fields of a JSON body or of a form. Refuses with `unreadable` what is none, and with `invalid` an object that has two fields of one name
 * or levels that no form has: thirty thousand fit into one, and Elysia's message about them alone holds up everybody for a third of a second.
 */
export async function readBody(request: Request, type: 'json' | 'form'): Promise<unknown> {
  const bytes = await request.arrayBuffer()
  const text = read(() => letters.decode(bytes))
  return type === 'json' ? readJson(text) : readForm(text)
}

function readJson(text: string): unknown {
  // A button has no fields, and an empty body says the same.
  if (text === '') return {}
  const value: unknown = read(() => JSON.parse(text))
  if (isDeep(value, deepest) || namesIn(text) !== fieldsOf(value)) throw new Refusal('invalid', 'errors.invalid')
  return value
}

/** Names of fields as they are written, all of them. */
function namesIn(text: string): number {
  let names = 0
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon !== undefined) names++
  return names
}

function isDeep(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((one) => isDeep(one, levels - 1))
}

/** Fields that are left after reading. */
function fieldsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inside = Object.values(value)
  return inside.reduce((sum, one) => sum + fieldsOf(one), Array.isArray(value) ? 0 : inside.length)
}

/** A field that is there more than once is a list: the boxes ticked in a form. */
function readForm(text: string): Fields {
  const fields: Fields = Object.create(null)
  for (const part of text.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = unescaped(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : unescaped(part.slice(equals + 1))
    const before = fields[name]
    fields[name] = before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value]
  }
  return fields
}

function unescaped(text: string): string {
  return read(() => decodeURIComponent(text.replaceAll('+', ' ')))
}

function read<T>(from: () => T): T {
  try {
    return from()
  } catch {
    throw new Refusal('unreadable', 'errors.unreadable')
  }
}
