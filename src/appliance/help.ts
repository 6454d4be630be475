// SPDX-License-Identifier: GPL-3.0-or-later
import type { Spoken } from './settings/kinds'

interface Help {
  /** What follows the name of the command. */
  readonly usage: Spoken
  readonly does: Spoken
  /** One line each. */
  readonly details: readonly Spoken[]
  /** Words that may follow the command, at most. */
  readonly words: number
}

/** Every command that works, in the order of the manual. */
export const commandHelp = {
  serve: {
    usage: { es: '[--ajuste valor …]', en: '[--setting value …]' },
    does: { es: 'poner en marcha el servicio', en: 'run the service' },
    details: [
      {
        es: 'Los datos van en PICHAT_DATA (si no se dice: esta carpeta). La primera vez muestra el código inicial, con el que se crea la cuenta de administrador.',
        en: 'The data lie in PICHAT_DATA (this folder, unless told otherwise). At the first start it shows the setup code that makes the administrator.',
      },
      { es: 'Ejemplo: PICHAT_DATA=/srv/pichat pichat serve --port 8080', en: 'Example: PICHAT_DATA=/srv/pichat pichat serve --port 8080' },
      {
        es: 'Ctrl+C o SIGTERM lo terminan con orden; dos veces, en el acto.',
        en: 'Ctrl+C or SIGTERM ends it in good order; twice, at once.',
      },
    ],
    words: 0,
  },
  demo: {
    usage: { es: '[--ajuste valor …]', en: '[--setting value …]' },
    does: { es: 'probarlo con datos de ejemplo', en: 'try it with example data' },
    details: [
      {
        es: 'Tres cuentas con contraseñas que conoce cualquiera, solo para este equipo (127.0.0.1), en una carpeta que se borra al terminar.',
        en: 'Three accounts whose passwords everybody knows, for this machine only (127.0.0.1), in a folder that goes when it ends.',
      },
    ],
    words: 0,
  },
  status: {
    usage: { es: '[--port n] [--host dirección]', en: '[--port n] [--host address]' },
    does: { es: 'preguntar al servicio cómo está', en: 'ask the running service how it is' },
    details: [{ es: 'Termina con 0 si responde bien, con 1 si no.', en: 'Ends with 0 when it is well, with 1 when not.' }],
    words: 0,
  },
  config: {
    usage: { es: '[--ajuste valor …]', en: '[--setting value …]' },
    does: { es: 'cada ajuste, con su valor y su motivo', en: 'every setting, with its value and its reason' },
    details: [
      {
        es: 'Los lee como lo haría «serve» en este entorno: la opción manda sobre la variable, la variable sobre lo que viene por defecto.',
        en: 'Reads them as “serve” would in this environment: a flag wins over a variable, a variable over the default.',
      },
    ],
    words: 0,
  },
  user: {
    usage: {
      es: 'list [texto] | add usuario [--name "…"] [--role rol] | password usuario | role usuario rol | disable usuario | enable usuario',
      en: 'list [text] | add user [--name "…"] [--role role] | password user | role user role | disable user | enable user',
    },
    does: { es: 'las cuentas, desde el propio equipo', en: 'the accounts, from the machine itself' },
    details: [
      {
        es: 'Roles: administrator, cliente, usuario (el de «add» si no se dice otro).',
        en: 'Roles: administrator, cliente, usuario (that of “add” unless told otherwise).',
      },
      {
        es: 'Sirve también con el servicio en marcha: lo que cambia vale en menos de un segundo y queda en la auditoría.',
        en: 'Works beside the running service as well: what it changes holds within a second and stands in the audit log.',
      },
      {
        es: 'Ejemplo: sudo -u pichat PICHAT_DATA=/var/lib/pichat pichat user add eva --name "Eva Ruiz" --role cliente',
        en: 'Example: sudo -u pichat PICHAT_DATA=/var/lib/pichat pichat user add eva --name "Eva Ruiz" --role cliente',
      },
    ],
    words: 3,
  },
  'reset-admin': {
    usage: { es: '[usuario]', en: '[user]' },
    does: { es: 'volver a entrar, para quien está frente al equipo', en: 'a way back in for whoever sits at the machine' },
    details: [
      {
        es: 'Un enlace que sirve una vez, durante 15 minutos, para elegir otra contraseña. Cierra las sesiones de esa cuenta.',
        en: 'A link that works once, for 15 minutes, to choose another password. It ends the sessions of that account.',
      },
    ],
    words: 1,
  },
  licenses: {
    usage: { es: '', en: '' },
    does: { es: 'qué lleva dentro y bajo qué licencia', en: 'what is inside and under which licence' },
    details: [],
    words: 0,
  },
  version: { usage: { es: '', en: '' }, does: { es: 'qué versión es', en: 'which version it is' }, details: [], words: 0 },
  help: {
    usage: { es: '[orden]', en: '[command]' },
    does: { es: 'esta lista, o lo que hace una orden', en: 'this list, or what a command does' },
    details: [],
    words: 1,
  },
} as const satisfies Record<string, Help>

type Name = keyof typeof commandHelp

export function isDocumented(name: string): name is Name {
  return Object.hasOwn(commandHelp, name)
}

/** The manual: a line for each command, those that are not built yet by name. */
export function overview(version: string, planned: readonly string[], locale: keyof Spoken): string {
  const names = Object.keys(commandHelp) as Name[]
  const width = Math.max(...names.map((name) => name.length)) + 2
  const lines = names.map((name) => `  pichat ${name.padEnd(width)}${commandHelp[name].does[locale]}`)
  const rest = {
    es: `  pichat <orden> --help: cómo se usa. Todavía no hechas: ${planned.join(', ')}`,
    en: `  pichat <command> --help: how it is used. Not built yet: ${planned.join(', ')}`,
  }
  return [`PiChat ${version}`, '', ...lines, '', rest[locale]].join('\n')
}

/** How one command is used, and with what it ends. */
export function helpOf(name: Name, locale: keyof Spoken): string {
  const { usage, does, details }: Help = commandHelp[name]
  const ends = {
    es: 'Termina con 0 si se hizo, con 2 si no se pudo hacer lo pedido (y dice por qué), con 1 si falló.',
    en: 'Ends with 0 when it was done, with 2 when what was asked could not be done (and says why), with 1 when it failed.',
  }
  const settings = {
    es: '`pichat config` muestra todos los ajustes; cada uno es una opción (--port 80) y una variable (PICHAT_PORT=80).',
    en: '`pichat config` shows every setting; each is a flag (--port 80) and a variable (PICHAT_PORT=80).',
  }
  const takesSettings = usage.en.includes('--setting')
  const lines = [`pichat ${name} ${usage[locale]}`.trimEnd(), '', `  ${does[locale]}`, ...details.map((line) => `  ${line[locale]}`)]
  return [...lines, ...(takesSettings ? [`  ${settings[locale]}`] : []), ...(name === 'status' ? [] : [`  ${ends[locale]}`])].join('\n')
}

/** The sentence for words that a command does not know what to do with; null when it takes that many. */
export function tooMany(name: string, words: readonly string[], locale: keyof Spoken): string | null {
  const most = isDocumented(name) ? commandHelp[name].words : 0
  const first = words[most]
  if (first === undefined) return null
  return locale === 'es'
    ? `«${first}» sobra en «pichat ${name}». Así se usa: pichat ${name} --help`
    : `“${first}” is one word too many for “pichat ${name}”. How it is used: pichat ${name} --help`
}
