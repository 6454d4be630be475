// SPDX-License-Identifier: GPL-3.0-or-later
import { defaultOf, type Reading } from './config'
import { flagOf, type SettingName, settingGroups, settingOf, variableOf } from './settings'
import type { Setting, Spoken } from './settings/kinds'
import { showSetting } from './settings/parse'

type Locale = keyof Spoken

const titles: Record<keyof typeof settingGroups, Spoken> = {
  service: { en: 'Service', es: 'Servicio' },
  accounts: { en: 'Accounts', es: 'Cuentas' },
  rooms: { en: 'Rooms', es: 'Salas' },
  files: { en: 'Files', es: 'Archivos' },
}

const groups = Object.entries(settingGroups).map(([group, members]) => ({
  title: titles[group as keyof typeof settingGroups],
  names: Object.keys(members) as SettingName[],
}))

/** The text of `pichat config`: every setting with the value in force, where it came from, its range and its reason. No secrets. */
export function describeConfig({ config, sources }: Reading, locale: Locale): string {
  const from = {
    flag: { en: 'flag', es: 'opción' },
    variable: { en: 'variable', es: 'variable' },
    default: { en: 'default', es: 'por defecto' },
  }
  const rows = groups.flatMap(({ names }) => names)
  const width = Math.max(...rows.map((name) => variableOf(name).length))
  const lines = groups.flatMap(({ title, names }) => [
    title[locale].toUpperCase(),
    ...names.flatMap((name) => {
      const setting = settingOf(name)
      const value = showSetting(setting, config[name], locale) || '—'
      return [
        `  ${variableOf(name).padEnd(width)}  ${value}  (${from[sources[name]][locale]})`,
        `  ${' '.repeat(width)}  ${[flagOf(name), rangeOf(setting, locale)].filter(Boolean).join(', ')}`.trimEnd(),
        `  ${' '.repeat(width)}  ${setting.why[locale]}`,
      ].filter((line) => line.trim() !== '')
    }),
    '',
  ])
  return lines.join('\n')
}

/** The same as tables in Markdown, with the defaults, for the README. */
export function settingsTable(locale: Locale): string {
  const heads =
    locale === 'es' ? ['Variable', 'Por defecto', 'Rango', 'Qué es y por qué'] : ['Variable', 'Default', 'Range', 'What and why']
  return groups
    .map(({ title, names }) => {
      const rows = names.map((name) => {
        const setting = settingOf(name)
        const cells = [`\`${variableOf(name)}\``, defaultText(name, setting, locale), rangeOf(setting, locale), setting.why[locale]]
        return row(cells)
      })
      return [`**${title[locale]}**`, '', row(heads), row(heads.map(() => '---')), ...rows].join('\n')
    })
    .join('\n\n')
}

function defaultText(name: SettingName, setting: Setting, locale: Locale): string {
  const usual = showSetting(setting, defaultOf(name), locale) || '—'
  const others = setting.kind === 'text' ? Object.entries(setting.defaultFor ?? {}) : []
  return [usual, ...others.map(([command, value]) => `\`${command}\`: ${value}`)].join(', ')
}

function rangeOf(setting: Setting, locale: Locale): string {
  if (setting.kind === 'choice') return setting.choices.join(' ')
  if (!('min' in setting)) return ''
  const [lowest, highest] = [setting.min, setting.max].map((bound) => showSetting(setting, bound, locale))
  return `${setting.kind === 'number' ? setting.min : lowest} – ${highest}`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`
}
