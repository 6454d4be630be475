// SPDX-License-Identifier: GPL-3.0-or-later
import { day, GiB, hour, KiB, MiB, minute, type Setting, type Spoken, second } from './kinds'

export type SettingValue = number | string | boolean | readonly string[]

export type Parsed = { readonly ok: true; readonly value: SettingValue } | { readonly ok: false; readonly problem: Spoken }

const TiB = 1024 * GiB

/** GB is taken for GiB: nobody who types 2GB wants to be refused for the difference. */
const byteUnits: ReadonlyMap<string, number> = new Map([
  ...[['', 1] as const, ['b', 1] as const],
  ...(['k', 'kb', 'kib'] as const).map((unit) => [unit, KiB] as const),
  ...(['m', 'mb', 'mib'] as const).map((unit) => [unit, MiB] as const),
  ...(['g', 'gb', 'gib'] as const).map((unit) => [unit, GiB] as const),
  ...(['t', 'tb', 'tib'] as const).map((unit) => [unit, TiB] as const),
])

const timeUnits: ReadonlyMap<string, number> = new Map([
  ['', second],
  ['ms', 1],
  ['s', second],
  ['m', minute],
  ['min', minute],
  ['h', hour],
  ['d', day],
])

/** Reads what somebody typed for a setting, or says in both languages what is wrong with it. */
export function parseSetting(setting: Setting, typed: string): Parsed {
  const text = typed.trim()
  switch (setting.kind) {
    case 'text':
    case 'secret':
      return { ok: true, value: text }
    case 'list':
      return { ok: true, value: text.split(',').flatMap((item) => item.trim() || []) }
    case 'switch':
      return parseSwitch(text)
    case 'choice':
      if (setting.choices.includes(text)) return { ok: true, value: text }
      return refused(`must be one of ${setting.choices.join(', ')}`, `debe ser uno de: ${setting.choices.join(', ')}`)
    case 'number':
      if (/^-?\d{1,15}$/.test(text)) return inRange(setting, Number(text))
      return refused('must be a whole number, for example 10', 'debe ser un número entero, por ejemplo 10')
    case 'bytes': {
      const value = measure(text, byteUnits)
      if (value !== null) return inRange(setting, value)
      return refused('must be a size, for example 65536, 64KiB or 2GiB', 'debe ser un tamaño, por ejemplo 65536, 64KiB o 2GiB')
    }
    case 'duration': {
      const value = measure(text, timeUnits)
      if (value !== null) return inRange(setting, value)
      return refused('must be a time, for example 20s, 10m or 7d', 'debe ser un tiempo, por ejemplo 20s, 10m o 7d')
    }
  }
}

/** A value as a person reads it: `2 GiB`, `10 min`, `20 messages per second`. A secret is never shown. */
export function showSetting(setting: Setting, value: SettingValue, locale: keyof Spoken): string {
  switch (setting.kind) {
    case 'secret':
      if (value === '') return ''
      return locale === 'es' ? '(puesto)' : '(set)'
    case 'switch':
      if (!value) return 'no'
      return locale === 'es' ? 'sí' : 'yes'
    case 'bytes':
      return inLargestUnit(Number(value), [
        ['TiB', TiB],
        ['GiB', GiB],
        ['MiB', MiB],
        ['KiB', KiB],
        ['B', 1],
      ])
    case 'duration':
      return inLargestUnit(Number(value), [
        ['d', day],
        ['h', hour],
        ['min', minute],
        ['s', second],
        ['ms', 1],
      ])
    case 'number':
      return setting.unit.en === 'port' ? String(value) : `${value} ${setting.unit[locale]}`
    default:
      return Array.isArray(value) ? value.join(', ') : String(value)
  }
}

function parseSwitch(text: string): Parsed {
  if (/^(1|true|yes|on|si|sí)$/i.test(text)) return { ok: true, value: true }
  if (/^(0|false|no|off)$/i.test(text)) return { ok: true, value: false }
  return refused('must be yes or no', 'debe ser sí o no')
}

/** `1.5GiB` → 1610612736; null when it is no such measure, or not a whole number of the smallest unit. */
function measure(text: string, units: ReadonlyMap<string, number>): number | null {
  const [, amount, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)\s{0,3}([a-z]{0,3})$/i.exec(text) ?? []
  const factor = units.get(unit.toLowerCase())
  if (amount === undefined || factor === undefined) return null
  const value = Number(amount) * factor
  return Number.isSafeInteger(value) ? value : null
}

function inRange(setting: Extract<Setting, { min: number }>, value: number): Parsed {
  if (value >= setting.min && value <= setting.max) return { ok: true, value }
  const [lowest, highest] = [setting.min, setting.max].map((bound) => [
    showSetting(setting, bound, 'en'),
    showSetting(setting, bound, 'es'),
  ])
  return refused(`must be from ${lowest?.[0]} to ${highest?.[0]}`, `debe estar entre ${lowest?.[1]} y ${highest?.[1]}`)
}

function inLargestUnit(value: number, scale: readonly (readonly [string, number])[]): string {
  const [unit, factor] = scale.find(([, size]) => value >= size && value % size === 0) ?? scale.at(-1) ?? ['', 1]
  return `${value / factor} ${unit}`
}

function refused(en: string, es: string): Parsed {
  return { ok: false, problem: { en, es } }
}
