// SPDX-License-Identifier: GPL-3.0-or-later
import { duration, hour, minute, number, type Setting, second, units } from './kinds'

/** Sessions, sign-in, passwords and the claim of a fresh box. */
export const accounts = {
  sessionsPerPerson: number(units.sessions, 25, [1, 1000], {
    en: 'Signed-in browsers of one person; a new one beyond it ends the oldest.',
    es: 'Navegadores con sesión de una persona; uno más termina el más antiguo.',
  }),
  sessionDays: number(units.days, 30, [1, 365], {
    en: 'How long a session lives without being used. A month: nobody types the password every Monday.',
    es: 'Lo que vive una sesión sin usarse. Un mes: nadie escribe la clave cada lunes.',
  }),
  keysPerPerson: number(units.keys, 20, [1, 1000], {
    en: 'Keys for programs of one person: few enough to know what each is for.',
    es: 'Claves para programas de una persona: pocas, para saber de qué es cada una.',
  }),
  signInTries: number(units.attempts, 10, [1, 1000], {
    en: 'Wrong passwords for one account from one address in each window; then 429. Enough for a forgetful person.',
    es: 'Claves erróneas para una cuenta desde una dirección en cada ventana; después, 429. Bastan para quien olvida.',
  }),
  signInWindow: duration(3 * minute, [1 * second, 24 * hour], {
    en: 'The window in which wrong passwords are counted: 10 in 3 minutes are 4,800 a day, hopeless against 8 characters.',
    es: 'La ventana en que se cuentan las claves erróneas: 10 en 3 minutos son 4.800 al día, inútil contra 8 caracteres.',
  }),
  sprayTries: number(units.attempts, 20, [1, 10_000], {
    en: 'Wrong passwords from one address over all accounts in each window: stops one password tried on every name.',
    es: 'Claves erróneas desde una dirección en todas las cuentas por ventana: frena probar una clave con cada nombre.',
  }),
  signInTriesPerHour: number(units.attempts, 100, [10, 10_000], {
    en: 'Wrong passwords for one account in an hour, from all addresses together: 2,400 a day are hopeless against a password that is not common.',
    es: 'Claves erróneas para una cuenta en una hora, desde todas las direcciones: 2.400 al día no sirven contra una clave poco común.',
  }),
  signInDelay: duration(1 * second, [0, 60 * second], {
    en: 'The first pause of an account under attack; it doubles with each further wrong password.',
    es: 'La primera pausa de una cuenta atacada; se duplica con cada clave errónea más.',
  }),
  signInDelayMaximum: duration(60 * second, [1 * second, 1 * hour], {
    en: 'The longest pause: about 60 guesses an hour from any number of addresses, and never a hard lock of the owner.',
    es: 'La mayor pausa: unas 60 pruebas por hora desde cualquier número de direcciones, y nunca un bloqueo del dueño.',
  }),
  hashesAtOnce: number(units.computations, 2, [1, 16], {
    en: 'Password computations at once; one processor stays free for conversations. Each holds 19 MiB and a thread of its own, which gives way to everything else.',
    es: 'Cálculos de clave a la vez; un procesador queda libre para conversar. Cada uno ocupa 19 MiB y un hilo propio, que cede el paso a todo lo demás.',
  }),
  hashQueue: number(units.computations, 16, [0, 1000], {
    en: 'Sign-ins that may wait for a computation; beyond it 503. 16 wait about a second on a Pi.',
    es: 'Entradas que pueden esperar un cálculo; más allá, 503. 16 esperan cerca de un segundo en una Pi.',
  }),
  passwordMinimum: number(units.characters, 8, [8, 64], {
    en: 'The shortest password; 15 is better (NIST 800-63B). Below 8 is refused.',
    es: 'La clave más corta; 15 es mejor (NIST 800-63B). Menos de 8 no se admite.',
  }),
  passwordMaximum: number(units.characters, 128, [64, 1024], {
    en: 'The longest password, never cut: passphrases fit, megabytes to compute do not.',
    es: 'La clave más larga, nunca recortada: caben frases; megabytes por calcular, no.',
  }),
  claimTries: number(units.attempts, 5, [1, 100], {
    en: 'Wrong codes at the first run before a new code is made.',
    es: 'Códigos erróneos en el primer arranque antes de crear uno nuevo.',
  }),
  claimPause: duration(1 * minute, [1 * second, 1 * hour], {
    en: 'The pause after a code was used up. 5 guesses a minute against 30⁸ codes.',
    es: 'La pausa cuando se agota un código. 5 pruebas por minuto contra 30⁸ códigos.',
  }),
  setupCode: {
    kind: 'secret',
    default: '',
    why: {
      en: 'The first code of a fresh box, for an installation by script. Empty: made at random and printed. Worthless once claimed.',
      es: 'El primer código de una caja nueva, para instalar con un script. Vacío: al azar y en la consola. Sin valor tras reclamarla.',
    },
  },
} as const satisfies Record<string, Setting>
