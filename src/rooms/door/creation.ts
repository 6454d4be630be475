// SPDX-License-Identifier: GPL-3.0-or-later
import { type PhraseName, Refusal, readCode } from '../../core'
import { histories, type Kind, kinds, type RoomLimits } from '../model'

/** The form as it came: texts. */
export interface Creation {
  nombre: string
  clave?: string | undefined
  tipo?: string | undefined
  historial?: string | undefined
  codigo?: string | undefined
  dias?: string | undefined
}

export interface WantedRoom {
  name: string
  kind: Kind
  kept: boolean
  days: number
  /** Empty: none, which only a group room may have. */
  password: string
  /** null: one is drawn. */
  code: string | null
}

const longestName = 60
const longestNameBytes = 240
/** Words that stand where a code stands in an address. */
const reserved = new Set(['NUEVA', 'UNIRSE', 'LATERAL'])

/** The room somebody asked for, or `invalid` with a sentence for every field that is wrong. */
export function readCreation(form: Creation, limits: RoomLimits): WantedRoom {
  const fields: Record<string, PhraseName> = {}
  const name = tidyName(form.nombre)
  if (name === '') fields.nombre = 'rooms.nameMissing'
  else if (!isFit(name)) fields.nombre = 'rooms.nameUnfit'

  const kind = kinds.find((one) => one === (form.tipo || 'privada'))
  if (!kind) fields.tipo = 'errors.invalid'
  const history = histories.find((one) => one === (form.historial || 'efimera'))
  if (!history) fields.historial = 'errors.invalid'

  const password = form.clave ?? ''
  const fault = readPassword(password, { kind: kind ?? 'privada', limits })
  if (fault) fields.clave = fault

  const kept = history === 'guardada'
  const days = readDays(form.dias, limits)
  if (kept && days === null) fields.dias = 'rooms.daysUnfit'

  const typed = form.codigo?.trim() ?? ''
  const code = typed === '' ? null : readCode(typed)
  if (typed !== '' && (code === null || reserved.has(code))) fields.codigo = 'rooms.codeUnfit'

  const first = Object.values(fields)[0]
  if (first) throw new Refusal('invalid', first, { fields, values: { max: limits.keptDaysMaximum } })
  return { name, kind: kind as Kind, kept, days: days ?? limits.keptDays, password, code }
}

/** What is wrong with a room's password; a group room may have none. */
export function readPassword(password: string, { kind, limits }: { kind: Kind; limits: RoomLimits }): PhraseName | null {
  const length = [...password].length
  if (kind === 'grupal' && length === 0) return null
  if (length < limits.passwordMinimum) return 'rooms.passwordShort'
  return length > limits.passwordMaximum ? 'rooms.passwordLong' : null
}

export function tidyName(name: string): string {
  return name.normalize('NFC').replace(/\s+/g, ' ').trim()
}

/** Seen as written: no control signs, no invisible or turning ones (the joiner inside an emoji is one people mean), no towers of marks. */
export function isFit(name: string): boolean {
  if (Buffer.byteLength(name) > longestNameBytes || !name.isWellFormed()) return false
  if (/[\p{Cc}\p{Co}\p{Cn}\u2028\u2029]/u.test(name) || /\p{Cf}/u.test(name.replaceAll('\u200d', ''))) return false
  if (/\p{M}{4}/u.test(name)) return false
  return [...new Intl.Segmenter('es').segment(name)].length <= longestName && /[\p{L}\p{N}\p{S}\p{P}]/u.test(name)
}

export function readDays(
  typed: string | undefined,
  { keptDays, keptDaysMaximum }: Pick<RoomLimits, 'keptDays' | 'keptDaysMaximum'>,
): number | null {
  if (typed === undefined || typed.trim() === '') return Math.min(keptDays, keptDaysMaximum)
  if (!/^\d{1,5}$/.test(typed.trim())) return null
  const days = Number(typed)
  return days >= 1 && days <= keptDaysMaximum ? days : null
}
