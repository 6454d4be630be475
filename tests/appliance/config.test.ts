// SPDX-License-Identifier: GPL-3.0-or-later
import { describe, expect, test } from 'bun:test'
import { type Config, describeConfig, readConfig, SettingsRefused, settingsTable } from '../../src/appliance'
import { flagOf, settingNames, settingOf, settings, variableOf } from '../../src/appliance/settings'

type Env = Record<string, string>
const GiB = 1024 ** 3

const read = (argv: string[], env: Env = {}) => readConfig(argv, env)

function problemsOf(argv: string[], env: Env = {}, locale: 'en' | 'es' = 'en'): readonly string[] {
  try {
    readConfig(argv, env, { locale })
  } catch (error) {
    if (error instanceof SettingsRefused) return error.problems
    throw error
  }
  return []
}

describe('a value comes', () => {
  test('from the flag before the variable before the default, and says from where', () => {
    const both = read(['--port', '9001'], { PICHAT_PORT: '9002', PICHAT_HASH_QUEUE: '4' })
    expect(both.config).toMatchObject({ port: 9001, hashQueue: 4, hashesAtOnce: 2 })
    expect(both.sources).toMatchObject({ port: 'flag', hashQueue: 'variable', hashesAtOnce: 'default' })
  })

  test('from no variable that is empty: compose files hand those over', () => {
    expect(read([], { PICHAT_PORT: ' ' }).config.port).toBe(8000)
  })

  test('from the command: the demo, whose passwords are public, is not shown to the network', () => {
    expect(readConfig([], {}, { command: 'demo' }).config.host).toBe('127.0.0.1')
    expect(readConfig([], {}, { command: 'serve' }).config.host).toBe('0.0.0.0')
    expect(readConfig([], { PICHAT_HOST: '0.0.0.0' }, { command: 'demo' }).config.host).toBe('0.0.0.0')
  })
})

describe('what is typed', () => {
  const understood: [flag: string, typed: string, name: keyof Config, value: unknown][] = [
    ['--max-file-bytes', '2GiB', 'maxFileBytes', 2 * GiB],
    ['--max-file-bytes', '1.5 gb', 'maxFileBytes', 1.5 * GiB],
    ['--max-file-bytes', '65536', 'maxFileBytes', 65536],
    ['--form-bytes', '128K', 'formBytes', 131072],
    ['--upload-stall', '20s', 'uploadStall', 20_000],
    ['--upload-stall', '2', 'uploadStall', 2_000],
    ['--upload-stall', '2m', 'uploadStall', 120_000],
    ['--loop-lag-limit', '500ms', 'loopLagLimit', 500],
    ['--ephemeral-age', '1h', 'ephemeralAge', 3_600_000],
    ['--messages-per-second', '0', 'messagesPerSecond', 0],
    ['--hosts', 'pichat.oficina, caja,', 'hosts', ['pichat.oficina', 'caja']],
    ['--log-level', 'warn', 'logLevel', 'warn'],
  ]
  test.each(understood)('%s %s is understood', (flag, typed, name, value) => {
    expect(read([flag, typed]).config[name]).toEqual(value as never)
    expect(read([`${flag}=${typed}`]).config[name]).toEqual(value as never)
  })

  const refused: [argv: string[], env: Env, says: string][] = [
    [['--port', 'eighty'], {}, '--port must be a whole number, for example 10.'],
    [['--port', '65536'], {}, '--port must be from 0 to 65535.'],
    [['--port', '80.5'], {}, '--port must be a whole number, for example 10.'],
    [['--port'], {}, '--port needs a value.'],
    [[], { PICHAT_PORT: '-1' }, 'PICHAT_PORT must be from 0 to 65535.'],
    [[], { PICHAT_MAX_FILE_BYTES: '2 apples' }, 'PICHAT_MAX_FILE_BYTES must be a size, for example 65536, 64KiB or 2GiB.'],
    [[], { PICHAT_UPLOAD_STALL: '1y' }, 'PICHAT_UPLOAD_STALL must be a time, for example 20s, 10m or 7d.'],
    [[], { PICHAT_UPLOAD_STALL: `${9e15}` }, 'PICHAT_UPLOAD_STALL must be a time, for example 20s, 10m or 7d.'],
    [[], { PICHAT_PASSWORD_MINIMUM: '7' }, 'PICHAT_PASSWORD_MINIMUM must be from 8 characters to 64 characters.'],
    [[], { PICHAT_LOG_LEVEL: 'loud' }, 'PICHAT_LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.'],
    [['--prot', '80'], {}, '--prot does not exist. Did you mean --port?'],
    [['--message-per-second=3'], {}, '--message-per-second does not exist. Did you mean --messages-per-second?'],
    [['--frobnicate'], {}, '--frobnicate does not exist. `pichat config` lists them all.'],
    [['-p', '80'], {}, '-p does not exist. `pichat config` lists them all.'],
    [['--kept-days=40', '--kept-days-maximum=30'], {}, 'PICHAT_KEPT_DAYS must not be larger than PICHAT_KEPT_DAYS_MAXIMUM.'],
  ]
  test.each(refused.map(([argv, env, says]) => [says, argv, env] as const))('is refused by name: %s', (says, argv, env) => {
    expect(problemsOf(argv, env)).toEqual([says])
  })

  test('everything wrong is told at once, in Spanish too', () => {
    expect(problemsOf(['--prot=1'], { PICHAT_HASH_QUEUE: 'x', PICHAT_TYPING_FOR: '0' }, 'es')).toEqual([
      '--prot no existe. ¿Era --port?',
      'PICHAT_HASH_QUEUE debe ser un número entero, por ejemplo 10.',
      'PICHAT_TYPING_FOR debe estar entre 1 s y 1 min.',
    ])
  })

  test('a secret has no flag, because everybody on the machine can read a command line', () => {
    expect(problemsOf(['--secret-key', 'hunter2'])[0]).toContain('Set SECRET_KEY in the environment')
    expect(problemsOf(['--secret-key', 'hunter2']).join()).not.toContain('hunter2')
  })

  test('a database elsewhere is refused today, without showing its password', () => {
    const [sentence = ''] = problemsOf([], { PICHAT_DATABASE_URL: 'postgres://pichat:hunter2@db/pichat' })
    expect(sentence).toContain('SQLite only')
    expect(sentence).not.toContain('hunter2')
  })

  test.each(['/run/clamav/clamd.ctl', '127.0.0.1:3310', '[::1]:3310', 'clamav:3310'])('%s is an address of an antivirus', (address) => {
    expect(read([], { PICHAT_CLAMD: address }).config.clamd).toBe(address)
  })

  test.each(['clamd', 'run/clamd.ctl', '3310', 'host:0', 'host:99999', '/'])('%s is none', (address) => {
    expect(() => read([], { PICHAT_CLAMD: address })).toThrow('PICHAT_CLAMD must be the path of a socket')
  })

  test('a misspelt variable is reported, not obeyed', () => {
    const { warnings, config } = read([], { PICHAT_PROT: '81' })
    expect(warnings).toEqual(['PICHAT_PROT is no setting and is ignored. Did you mean PICHAT_PORT?'])
    expect(config.port).toBe(8000)
  })
})

describe('one wish needs one setting', () => {
  test('a smaller file limit takes the form limit along, a faster rate its burst', () => {
    expect(read([], { PICHAT_MESSAGES_PER_SECOND: '500' }).config.messageBurst).toBe(500)
  })
})

describe("a command's own words", () => {
  test('are handed on, its flags only where it has named them', () => {
    const { rest, options, config } = readConfig(
      ['add', 'ana', '--role', 'cliente', '--yes', '--port=1', '--', '--x'],
      {},
      { own: { role: 'value', yes: 'switch' } },
    )
    expect(rest).toEqual(['add', 'ana', '--x'])
    expect(options).toEqual({ role: 'cliente', yes: 'true' })
    expect(config.port).toBe(1)
    expect(problemsOf(['add', 'ana', '--role', 'cliente'])).toHaveLength(1)
  })
})

describe('the settings are the manual', () => {
  test.each(settingNames)('%s has a reason in both languages, a sane default and names of its own', (name) => {
    const setting = settingOf(name)
    expect(setting.why.en.length).toBeGreaterThan(20)
    expect(setting.why.es.length).toBeGreaterThan(20)
    expect(setting.why.es).not.toBe(setting.why.en)
    if ('min' in setting) {
      expect(setting.default).toBeGreaterThanOrEqual(setting.min)
      expect(setting.default).toBeLessThanOrEqual(setting.max)
    }
    expect(settingNames.filter((other) => variableOf(other) === variableOf(name))).toEqual([name])
  })

  test('flags and variables follow from the name', () => {
    expect(variableOf('messagesPerSecond')).toBe('PICHAT_MESSAGES_PER_SECOND')
    expect(flagOf('messagesPerSecond')).toBe('--messages-per-second')
    expect(variableOf('secretKey')).toBe('SECRET_KEY')
  })

  test('`pichat config` shows every setting, its value and where it came from, and no secret', () => {
    const hidden = { SECRET_KEY: 'k3y-that-nobody-may-see-0123456789', PICHAT_SETUP_CODE: 'R3VN8TWB' }
    for (const locale of ['en', 'es'] as const) {
      const text = describeConfig(read(['--port=8123'], { ...hidden, PICHAT_HASH_QUEUE: '7' }), locale)
      for (const name of settingNames) expect(text).toContain(variableOf(name))
      expect(text).toMatch(locale === 'en' ? /PICHAT_PORT\s+8123 {2}\(flag\)/ : /PICHAT_PORT\s+8123 {2}\(opción\)/)
      expect(text).toMatch(/PICHAT_HASH_QUEUE\s+7 .*\(variable\)/)
      for (const secret of Object.values(hidden)) expect(text).not.toContain(secret)
    }
  })

  test("the README's table has a row for every setting", () => {
    for (const locale of ['en', 'es'] as const) {
      const rows = settingsTable(locale)
        .split('\n')
        .filter((line) => line.startsWith('| `'))
      expect(rows).toHaveLength(Object.keys(settings).length)
      for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(6)
    }
  })
})
