// SPDX-License-Identifier: GPL-3.0-or-later
import { readSocketAddress } from '../core'
import { type Config, flagOf, type SettingName, settingNames, settingOf, type settings, variableOf } from './settings'
import type { Spoken } from './settings/kinds'
import { parseSetting, type SettingValue } from './settings/parse'

/** Where a value in force came from; a flag wins over a variable, a variable over the default. */
export type Source = 'flag' | 'variable' | 'default'

export interface Reading {
  readonly config: Config
  readonly sources: Readonly<Record<SettingName, Source>>
  /** Words of the command line that are no flags: `user add ana` after the command is `['add', 'ana']`. */
  readonly rest: readonly string[]
  /** The command's own flags, those named in `own`; a flag without value is 'true'. */
  readonly options: Readonly<Record<string, string>>
  /** Sentences worth printing that stop nobody, in the language asked for. */
  readonly warnings: readonly string[]
}

interface Options {
  /** Chooses defaults that differ by command, such as the address of `demo`. */
  readonly command?: string
  /** Flags that belong to the command and not to the settings: `--role cliente` is `{ role: 'value' }`. */
  readonly own?: Readonly<Record<string, 'value' | 'switch'>>
  readonly locale?: keyof Spoken
}

/** Everything that is wrong with the settings at once, one sentence per line. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused'
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'))
  }
}

/**
 * The configuration of this run from the words after the command and the environment.
 * Refuses with `SettingsRefused` what it cannot read, what lies outside its range and flags that do not exist.
 */
export function readConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { command = 'serve', own = {}, locale = 'en' }: Options = {},
): Reading {
  const problems: Spoken[] = []
  const warnings: Spoken[] = []
  const line = readCommandLine(argv, own, problems)
  const values: Partial<Record<SettingName, SettingValue>> = {}
  const sources: Partial<Record<SettingName, Source>> = {}

  for (const name of settingNames) {
    const [typed, source] = typedValue(name)
    sources[name] = source
    values[name] = defaultOf(name, command)
    if (typed === undefined) continue
    const parsed = parseSetting(settingOf(name), typed)
    if (parsed.ok) values[name] = parsed.value
    else {
      const where = source === 'flag' ? flagOf(name) : variableOf(name)
      problems.push({ en: `${where} ${parsed.problem.en}.`, es: `${where} ${parsed.problem.es}.` })
    }
  }
  warnings.push(...strangeVariables(env))
  putInOrder(values, sources, problems)
  // Every name has its default or a value that its kind has parsed.
  const config = values as unknown as Config
  judge(config, problems)
  if (problems.length > 0) throw new SettingsRefused(problems.map((problem) => problem[locale]))
  return {
    config,
    sources: sources as Record<SettingName, Source>,
    rest: line.rest,
    options: line.options,
    warnings: warnings.map((warning) => warning[locale]),
  }

  function typedValue(name: SettingName): readonly [string | undefined, Source] {
    const flag = line.flags.get(name)
    if (flag !== undefined) return [flag, 'flag']
    const variable = env[variableOf(name)]
    // compose.yaml and unit files hand over empty variables for what nobody has set.
    return variable === undefined || variable.trim() === '' ? [undefined, 'default'] : [variable, 'variable']
  }
}

/** The value of a setting that nobody has set, for a command. */
export function defaultOf(name: SettingName, command = 'serve'): SettingValue {
  const setting = settingOf(name)
  return setting.kind === 'text' ? (setting.defaultFor?.[command] ?? setting.default) : setting.default
}

function readCommandLine(argv: readonly string[], own: NonNullable<Options['own']>, problems: Spoken[]) {
  const flags = new Map<SettingName, string>()
  const options: Record<string, string> = {}
  const rest: string[] = []
  const words = [...argv]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') return { flags, options, rest: [...rest, ...words] }
    if (!word.startsWith('-') || word === '-') {
      rest.push(word)
      continue
    }
    const [flag = word, ...after] = word.split('=')
    const ownName = flag.replace(/^--/, '')
    const kind = Object.hasOwn(own, ownName) ? own[ownName] : undefined
    const name = settingNames.find((candidate) => flagOf(candidate) === flag)
    if (kind === undefined && name === undefined) {
      problems.push(unknownFlag(flag, Object.keys(own)))
      // What follows is most likely its value: it must not turn into an argument of the command.
      if (after.length === 0 && words[0] !== undefined && !words[0].startsWith('-')) words.shift()
      continue
    }
    const bare = kind === 'switch' || (name !== undefined && settingOf(name).kind === 'switch')
    const value = after.length > 0 ? after.join('=') : bare ? 'true' : words.shift()
    if (value === undefined) problems.push({ en: `${flag} needs a value.`, es: `${flag} necesita un valor.` })
    else if (kind !== undefined) options[ownName] = value
    else if (name !== undefined) flags.set(name, value)
  }
  return { flags, options, rest }
}

function unknownFlag(flag: string, own: readonly string[]): Spoken {
  const secret = settingNames.find((name) => flagOf(name) === null && `--${kebab(name)}` === flag)
  if (secret) {
    const variable = variableOf(secret)
    return {
      en: `${flag} does not exist: everybody on the machine can read a command line. Set ${variable} in the environment.`,
      es: `${flag} no existe: cualquiera en la máquina puede leer una línea de órdenes. Va en el entorno, como ${variable}.`,
    }
  }
  const known = [...settingNames.flatMap((name) => flagOf(name) ?? []), ...own.map((name) => `--${name}`)]
  const near = nearest(flag, known)
  return {
    en: `${flag} does not exist.${near ? ` Did you mean ${near}?` : ' `pichat config` lists them all.'}`,
    es: `${flag} no existe.${near ? ` ¿Era ${near}?` : ' `pichat config` las muestra todas.'}`,
  }
}

/** A misspelt variable would be ignored in silence; it is reported, not refused: an older or newer PiChat may know it. */
function strangeVariables(env: Readonly<Record<string, string | undefined>>): Spoken[] {
  const known = settingNames.map(variableOf)
  return Object.keys(env)
    .filter((variable) => variable.startsWith('PICHAT_') && !known.includes(variable) && variable !== 'PICHAT_FAILPOINT')
    .map((variable) => {
      const near = nearest(variable, known)
      return {
        en: `${variable} is no setting and is ignored.${near ? ` Did you mean ${near}?` : ''}`,
        es: `${variable} no es un ajuste y se ignora.${near ? ` ¿Era ${near}?` : ''}`,
      }
    })
}

/** What each value alone cannot tell. */
function judge(config: Config, problems: Spoken[]): void {
  const url = variableOf('databaseUrl')
  if (config.databaseUrl !== '') {
    problems.push(
      /^postgres(ql)?:/i.test(config.databaseUrl)
        ? {
            en: `${url}: this PiChat works with SQLite only, PostgreSQL comes later. Leave ${url} empty: SQLite in the data folder is used.`,
            es: `${url}: este PiChat solo trabaja con SQLite, PostgreSQL llegará después. Con ${url} vacío se usa SQLite, en la carpeta de datos.`,
          }
        : {
            en: `${url} must be empty: SQLite in the data folder is used.`,
            es: `${url} debe estar vacío: se usa SQLite en la carpeta de datos.`,
          },
    )
  }
  if (config.clamd !== '' && readSocketAddress(config.clamd) === null) {
    problems.push({
      en: 'PICHAT_CLAMD must be the path of a socket, such as /run/clamav/clamd.ctl, or host:port.',
      es: 'PICHAT_CLAMD debe ser la ruta de un socket, como /run/clamav/clamd.ctl, o equipo:puerto.',
    })
  }
}

/** Pairs that must stand in order. Of a pair, the one that nobody has set follows the other: one wish needs one setting. */
function putInOrder(
  values: Partial<Record<SettingName, SettingValue>>,
  sources: Partial<Record<SettingName, Source>>,
  problems: Spoken[],
): void {
  for (const [smaller, larger] of orders) {
    if (Number(values[smaller]) <= Number(values[larger])) continue
    if (sources[smaller] === 'default') values[smaller] = values[larger]
    else if (sources[larger] === 'default') values[larger] = values[smaller]
    else
      problems.push({
        en: `${variableOf(smaller)} must not be larger than ${variableOf(larger)}.`,
        es: `${variableOf(smaller)} no puede ser mayor que ${variableOf(larger)}.`,
      })
  }
}

type Measured = { [N in SettingName]: (typeof settings)[N] extends { kind: 'number' | 'bytes' | 'duration' } ? N : never }[SettingName]

const orders: readonly (readonly [Measured, Measured])[] = [
  ['keptDays', 'keptDaysMaximum'],
  ['linkDays', 'linkDaysMaximum'],
  ['signInBytes', 'formBytes'],
  ['signInDelay', 'signInDelayMaximum'],
  ['messagesPerSecond', 'messageBurst'],
  ['passwordMinimum', 'passwordMaximum'],
]

/** The known word that is at most a third of its letters away from what was typed, or null. */
function nearest(typed: string, known: readonly string[]): string | null {
  const ranked = known.map((word) => [distance(typed, word), word] as const).sort(([a], [b]) => a - b)
  const best = ranked[0]
  return best && best[0] <= Math.max(2, Math.floor(best[1].length / 3)) ? best[1] : null
}

/** Levenshtein's distance, of words of at most 64 signs. */
function distance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 64), b.slice(0, 64)]
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, sign] of [...from].entries()) {
    const next = [index + 1]
    for (let column = 1; column <= to.length; column++) {
      const change = (row[column - 1] ?? 0) + (sign === to[column - 1] ? 0 : 1)
      next.push(Math.min(change, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
