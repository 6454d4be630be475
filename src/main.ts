// SPDX-License-Identifier: GPL-3.0-or-later
import './production'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { accountsCommands, CommandRefused } from './accounts'
import { createApp, openAccounts } from './app'
import {
  type Config,
  describeConfig,
  helpOf,
  isDocumented,
  lookForAddresses,
  obstacleOf,
  overview,
  probe,
  type Reading,
  reachable,
  readConfig,
  runService,
  SettingsRefused,
  terminalQr,
  tooMany,
} from './appliance'
import { showCode, version } from './core'

const locale = (Bun.env.LC_ALL || Bun.env.LC_MESSAGES || Bun.env.LANG || 'es').startsWith('en') ? 'en' : 'es'
const say = (es: string, en: string) => (locale === 'es' ? es : en)

type Command = (words: readonly string[]) => Promise<number> | number

/** Named in the manual, built later: they say so instead of pretending. */
const planned = ['install', 'uninstall', 'doctor', 'backup', 'restore', 'update', 'rollback', 'bench'] as const

const commands: Record<string, Command> = {
  serve,
  demo,
  user: (words) => withAccounts(words, accountsCommands.user, accountsCommands.flags),
  'reset-admin': (words) => withAccounts(words, accountsCommands.resetAdmin),
  async status(words) {
    const { well, address, answer } = await probe(read('status', words).config, locale)
    console.log(`${address}: ${answer}`)
    return well ? 0 : 1
  },
  config(words) {
    const reading = read('config', words)
    console.log(describeConfig(reading, locale))
    for (const warning of reading.warnings) console.error(warning)
    return 0
  },
  licenses(words) {
    read('licenses', words)
    console.log(readFileSync(join(import.meta.dir, Bun.isStandaloneExecutable ? 'licenses.txt' : '../dist/licenses.txt'), 'utf8'))
    return 0
  },
  version(words) {
    read('version', words)
    console.log(`PiChat ${version}`)
    return 0
  },
  help(words) {
    const [name] = read('help', words).rest
    if (name && !isDocumented(name)) return Object.hasOwn(commands, name) ? notYet(name) : unknown(name)
    console.log(name && isDocumented(name) ? helpOf(name, locale) : manual)
    return 0
  },
  ...Object.fromEntries(planned.map((name) => [name, () => notYet(name)])),
}

const manual = overview(version, planned, locale)

/** The settings of a command that takes no words of its own. */
function read(command: string, words: readonly string[]): Reading {
  const reading = readConfig(words, Bun.env, { command, locale })
  refuseWords(command, reading.rest)
  return reading
}

function refuseWords(command: string, words: readonly string[]): void {
  const sentence = tooMany(command, words, locale)
  if (sentence) throw new SettingsRefused([sentence])
}

function unknown(name: string): number {
  console.error(`${say(`No existe la orden «${name}».`, `There is no command “${name}”.`)}\n\n${manual}`)
  return 2
}

function notYet(name: string): number {
  console.error(say(`«pichat ${name}» todavía no está hecho.`, `“pichat ${name}” is not built yet.`))
  return 2
}

/** Marks a data folder whose passwords are public. */
const demoMark = 'demo'

function serve(words: readonly string[]): Promise<number> {
  const reading = read('serve', words)
  if (existsSync(join(reading.config.data, demoMark))) {
    throw new SettingsRefused([
      say(
        `${reading.config.data} es la carpeta de una demostración: sus contraseñas las conoce cualquiera. Elegir otra con PICHAT_DATA.`,
        `${reading.config.data} is the folder of a demo: everybody knows its passwords. Choose another one with PICHAT_DATA.`,
      ),
    ])
  }
  return runService({
    reading,
    locale,
    start: (surroundings) => createApp(surroundings),
    opened: (addresses, app) => app.whenUnclaimed((code) => announceClaim(addresses, code)),
  })
}

async function demo(words: readonly string[]): Promise<number> {
  const { folder, throwAway, reading } = demoFolder(words)
  try {
    return await runService({
      reading: { ...reading, config: { ...reading.config, data: folder } },
      locale,
      start: (surroundings) => createApp({ ...surroundings, demo: true }),
      opened: announceDemo,
    })
  } finally {
    if (throwAway) rmSync(folder, { recursive: true, force: true })
  }
}

/** An own folder that vanishes with the demo, or PICHAT_DATA when it is empty or a demo already. */
function demoFolder(words: readonly string[]): { folder: string; throwAway: boolean; reading: Reading } {
  const reading = read('demo', words)
  if (reading.sources.data === 'default') {
    const folder = mkdtempSync(join(tmpdir(), 'pichat-demo-'))
    writeFileSync(join(folder, demoMark), '')
    return { folder, throwAway: true, reading }
  }
  const folder = reading.config.data
  const held = existsSync(folder) ? readdirSync(folder) : []
  if (held.length > 0 && !held.includes(demoMark)) {
    throw new SettingsRefused([
      say(
        `${folder} no está vacía y no es de una demostración: no se toca. Elegir otra con PICHAT_DATA.`,
        `${folder} is not empty and not a demo's: it is left alone. Choose another one with PICHAT_DATA.`,
      ),
    ])
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, demoMark), '')
  return { folder, throwAway: false, reading }
}

/** People read this, the journal's JSON lines go to the other stream. */
function tell(...lines: readonly string[]): void {
  console.error(lines.join('\n'))
}

function announceDemo([address = '']: readonly string[]): void {
  tell(
    '',
    terminalQr(address),
    '',
    `  PiChat ${version} · ${say('demostración', 'demo')}`,
    `  ${address}`,
    '',
    '  admin    admin123     administrator',
    '  cliente  cliente123   cliente',
    '  usuario  usuario123   usuario',
    '',
    `  ${say('Ctrl+C para terminar; los datos de ejemplo se borran.', 'Ctrl+C ends it; the example data are removed.')}`,
    '',
  )
}

function announceClaim(addresses: readonly string[], code: string): void {
  // Nobody types the long ones who has another.
  const short = addresses.filter((address) => !address.includes('['))
  const doors = (short.length > 0 ? short : addresses).map((address) => `${address}/primer-arranque`)
  tell(
    '',
    terminalQr(`${surest(doors)}?codigo=${code}`),
    '',
    `  ${say('Este PiChat aún no tiene dueño. Abrir una de estas:', 'This PiChat has no owner yet. Open one of these:')}`,
    ...doors.map((door) => `  ${door}`),
    `  ${say('Código inicial', 'Setup code')}: ${showCode(code)}`,
    '',
  )
}

/** A number works in every network; a name only where somebody announces it. */
function surest(addresses: readonly string[]): string {
  return addresses.find((address) => /^http:\/\/\d/.test(address)) ?? addresses[0] ?? ''
}

/** Where the service most likely is: for links that the console prints. */
async function addressOf(config: Config): Promise<string> {
  const found = await lookForAddresses()
  return surest(reachable(config, { list: () => [...found, 'pichat.local'] }))
}

async function withAccounts(
  words: readonly string[],
  command: (typeof accountsCommands)['user' | 'resetAdmin'],
  own: Record<string, 'value'> = {},
): Promise<number> {
  const reading = readConfig(words, Bun.env, { command: 'user', own, locale })
  if (command === accountsCommands.resetAdmin) refuseWords('reset-admin', reading.rest)
  const data = resolve(reading.config.data)
  // Opening a database makes one: a wrong folder would get a PiChat that nobody wanted.
  if (!isThere(join(data, 'pichat.db'))) {
    throw new SettingsRefused([
      say(
        `En ${data} no hay ningún PiChat. Decir dónde está con PICHAT_DATA.`,
        `There is no PiChat in ${data}. Say where it is with PICHAT_DATA.`,
      ),
    ])
  }
  const { accounts, close } = await openAccounts(reading.config)
  try {
    return await command({
      accounts,
      words: reading.rest,
      options: reading.options,
      locale,
      print: console.log,
      address: await addressOf(reading.config),
    })
  } finally {
    await close()
  }
}

/** False only when it is not there; a folder that may not be looked into is another matter, and says so itself. */
function isThere(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false
    throw error
  }
}

async function run([typed = 'help', ...words]: readonly string[]): Promise<number> {
  const name = { '--help': 'help', '-h': 'help', '--version': 'version', '-v': 'version' }[typed] ?? typed
  if (!Object.hasOwn(commands, name)) return unknown(typed)
  const asksHow = name !== 'help' && words.slice(0, words.indexOf('--') >>> 0).some((word) => word === '--help' || word === '-h')
  const [command = notYet, following] = asksHow ? [commands.help, [name]] : [commands[name], words]
  try {
    return await command(following as never)
  } catch (error) {
    if (error instanceof SettingsRefused || error instanceof CommandRefused) {
      console.error(error.message)
      return 2
    }
    const obstacle = obstacleOf(error, locale)
    if (obstacle) {
      console.error(obstacle)
      return 2
    }
    // A fault keeps its stack. Thrown on it would land with the service's own handlers, which log and stay, and nobody would start it again.
    console.error(error)
    return 1
  }
}

process.exit(await run(Bun.argv.slice(2)))
