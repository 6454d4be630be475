// SPDX-License-Identifier: GPL-3.0-or-later

/** The two languages in which the box speaks to whoever installs it. */
export type Spoken = { readonly en: string; readonly es: string }

interface Shared {
  /** What the setting limits and why the default is what it is. */
  readonly why: Spoken
  /** The environment variable, when it is not PICHAT_ and the name in capitals. */
  readonly variable?: string
}

/** A whole number; `unit` says of what. */
export interface NumberSetting extends Shared {
  readonly kind: 'number'
  readonly unit: Spoken
  readonly default: number
  readonly min: number
  readonly max: number
}

/** Bytes: `65536`, `64KiB`, `2GiB`. The value is in bytes. */
export interface BytesSetting extends Shared {
  readonly kind: 'bytes'
  readonly default: number
  readonly min: number
  readonly max: number
}

/** A length of time: `20s`, `10m`, `7d`, a bare number is seconds. The value is in milliseconds. */
export interface DurationSetting extends Shared {
  readonly kind: 'duration'
  readonly default: number
  readonly min: number
  readonly max: number
}

export interface TextSetting extends Shared {
  readonly kind: 'text'
  readonly default: string
  /** Another default for a command, e.g. `demo` listens on the loopback only. */
  readonly defaultFor?: Readonly<Record<string, string>>
}

/** Never printed, and without a flag: a command line is readable by everybody on the machine. */
export interface SecretSetting extends Shared {
  readonly kind: 'secret'
  readonly default: ''
}

/** Values with commas between them. */
export interface ListSetting extends Shared {
  readonly kind: 'list'
  readonly default: readonly string[]
}

export interface ChoiceSetting<C extends string = string> extends Shared {
  readonly kind: 'choice'
  readonly choices: readonly C[]
  readonly default: C
}

export interface SwitchSetting extends Shared {
  readonly kind: 'switch'
  readonly default: boolean
}

export type Setting =
  | NumberSetting
  | BytesSetting
  | DurationSetting
  | TextSetting
  | SecretSetting
  | ListSetting
  | ChoiceSetting
  | SwitchSetting

export type ValueOf<S extends Setting> = S extends { kind: 'number' | 'bytes' | 'duration' }
  ? number
  : S extends { kind: 'list' }
    ? readonly string[]
    : S extends { kind: 'switch' }
      ? boolean
      : S extends ChoiceSetting<infer C>
        ? C
        : string

export const KiB = 1024
export const MiB = 1024 * KiB
export const GiB = 1024 * MiB
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

export function number(unit: Spoken, value: number, [min, max]: readonly [number, number], why: Spoken): NumberSetting {
  return { kind: 'number', unit, default: value, min, max, why }
}

export function bytes(value: number, [min, max]: readonly [number, number], why: Spoken): BytesSetting {
  return { kind: 'bytes', default: value, min, max, why }
}

export function duration(value: number, [min, max]: readonly [number, number], why: Spoken): DurationSetting {
  return { kind: 'duration', default: value, min, max, why }
}

/** The units that numbers are counted in. */
export const units = {
  attempts: { en: 'attempts', es: 'intentos' },
  changes: { en: 'changes', es: 'cambios' },
  characters: { en: 'characters', es: 'caracteres' },
  computations: { en: 'computations', es: 'cálculos' },
  archives: { en: 'archives', es: 'archivos ZIP' },
  days: { en: 'days', es: 'días' },
  downloads: { en: 'downloads', es: 'descargas' },
  files: { en: 'files', es: 'archivos' },
  folders: { en: 'folders', es: 'carpetas' },
  keys: { en: 'keys', es: 'claves' },
  links: { en: 'links', es: 'enlaces' },
  members: { en: 'members', es: 'miembros' },
  messages: { en: 'messages', es: 'mensajes' },
  perMinute: { en: 'attempts per minute', es: 'intentos por minuto' },
  perSecond: { en: 'messages per second', es: 'mensajes por segundo' },
  percent: { en: '%', es: '%' },
  pixels: { en: 'pixels', es: 'píxeles' },
  port: { en: 'port', es: 'puerto' },
  roomsPerMinute: { en: 'rooms per minute', es: 'salas por minuto' },
  searchesPerSecond: { en: 'searches per second', es: 'búsquedas por segundo' },
  rooms: { en: 'rooms', es: 'salas' },
  sessions: { en: 'sessions', es: 'sesiones' },
  sockets: { en: 'sockets', es: 'conexiones' },
  uploads: { en: 'uploads', es: 'subidas' },
  writes: { en: 'writes', es: 'escrituras' },
} as const satisfies Record<string, Spoken>
