// SPDX-License-Identifier: GPL-3.0-or-later
import { accounts } from './settings/accounts'
import { files } from './settings/files'
import type { Setting, ValueOf } from './settings/kinds'
import { rooms } from './settings/rooms'
import { service } from './settings/service'

/** The manual of every limit: flags, variables, `pichat config` and the README's table come from here. */
export const settingGroups = { service, accounts, rooms, files } as const

export const settings = { ...service, ...accounts, ...rooms, ...files } as const

export type SettingName = keyof typeof settings

/** Values in force: bytes in bytes, durations in milliseconds, everything else in the unit its setting names. */
export type Config = { readonly [N in SettingName]: ValueOf<(typeof settings)[N]> }

export const settingNames = Object.keys(settings) as SettingName[]

export function settingOf(name: SettingName): Setting {
  return settings[name]
}

/** `messagesPerSecond` is set by PICHAT_MESSAGES_PER_SECOND. */
export function variableOf(name: SettingName): string {
  return settingOf(name).variable ?? `PICHAT_${words(name).join('_').toUpperCase()}`
}

/** `messagesPerSecond` is set by --messages-per-second; secrets have no flag. */
export function flagOf(name: SettingName): string | null {
  return settingOf(name).kind === 'secret' ? null : `--${words(name).join('-')}`
}

function words(name: string): string[] {
  return name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim()
    .split(' ')
}
