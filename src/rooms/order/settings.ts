// SPDX-License-Identifier: GPL-3.0-or-later
import { type PhraseName, Refusal } from '../../core'
import { isFit, readDays, readPassword, tidyName } from '../door/creation'
import { histories, type Room, type RoomLimits } from '../model'

/** The form as it came: texts. A box that is not ticked is not there. */
export interface SettingsForm {
  nombre: string
  cerrojo?: string | undefined
  lento?: string | undefined
  caduca?: string | undefined
}

/** Seconds between two messages of one person that are on offer. */
export const slowSteps = [0, 5, 15, 30, 60, 300] as const

const hour = 3_600_000
/** After how long a room closes itself: value → ms. */
export const roomLives = { '2h': 2 * hour, '1d': 24 * hour, '7d': 7 * 24 * hour } as const
export type RoomLife = keyof typeof roomLives
export const roomLifeNames = Object.keys(roomLives) as RoomLife[]

export interface WantedSettings {
  name: string
  locked: boolean
  slow: number
  /** `keep`: whatever is set now stays. */
  life: RoomLife | 'keep' | 'never'
}

/** What somebody wants of a room, or `invalid` with a sentence for every field that is wrong. */
export function readSettings(form: SettingsForm, room: Room): WantedSettings {
  const fields: Record<string, PhraseName> = {}
  const name = tidyName(form.nombre)
  if (name === '') fields.nombre = 'rooms.nameMissing'
  else if (!isFit(name)) fields.nombre = 'rooms.nameUnfit'
  const slow = slowSteps.find((seconds) => String(seconds) === (form.lento ?? String(room.slow)))
  if (slow === undefined) fields.lento = 'errors.invalid'
  const wanted = form.caduca ?? 'keep'
  const life = wanted === 'keep' || wanted === 'never' ? wanted : roomLifeNames.find((one) => one === wanted)
  if (!life) fields.caduca = 'errors.invalid'
  refuseIfAny(fields)
  return { name, locked: form.cerrojo !== undefined, slow: slow ?? 0, life: life ?? 'keep' }
}

export function readHistory(form: { historial: string; dias?: string | undefined }, limits: RoomLimits): { kept: boolean; days: number } {
  const fields: Record<string, PhraseName> = {}
  const history = histories.find((one) => one === form.historial)
  if (!history) fields.historial = 'errors.invalid'
  const days = readDays(form.dias, limits)
  if (history === 'guardada' && days === null) fields.dias = 'rooms.daysUnfit'
  refuseIfAny(fields, { max: limits.keptDaysMaximum })
  return { kept: history === 'guardada', days: days ?? limits.keptDays }
}

/** A group room may have none; a private one may not. */
export function readNewPassword(typed: string, room: Room, limits: RoomLimits): string {
  const fault = readPassword(typed, { kind: room.kind, limits })
  refuseIfAny(fault ? { clave: fault } : {})
  return typed
}

function refuseIfAny(fields: Record<string, PhraseName>, values: Record<string, number> = {}): void {
  const first = Object.values(fields)[0]
  if (first) throw new Refusal('invalid', first, { fields, values })
}
