// SPDX-License-Identifier: GPL-3.0-or-later
import { userInfo } from 'node:os'
import { DatabaseBusy, DatabaseFull, ForeignDatabase, UnknownMigrations } from '../core'
import type { Spoken } from './settings/kinds'

interface Place {
  /** The file or folder that stands in the way. */
  readonly path: string
  readonly code: string
}

/** What the machine says, by its own names (errno(3), sqlite.org/rescode.html), and what a person can do about it. */
const sentences: readonly [codes: RegExp, sentence: (place: Place) => Spoken][] = [
  [
    /^(EACCES|EPERM|SQLITE_CANTOPEN|SQLITE_READONLY|SQLITE_PERM|SQLITE_AUTH)/,
    ({ path }) => ({
      es: `El usuario ${user()} no puede leer o escribir ${path}. Darle la carpeta con chown, o elegir otra con PICHAT_DATA.`,
      en: `The user ${user()} may not read or write ${path}. Give them the folder with chown, or choose another one with PICHAT_DATA.`,
    }),
  ],
  [
    /^(ENOSPC|EDQUOT|SQLITE_FULL)/,
    ({ path }) => ({
      es: `El disco está lleno: no cabe nada más en ${path}. Liberar espacio, o elegir otra carpeta con PICHAT_DATA.`,
      en: `The disk is full: nothing more fits into ${path}. Free some space, or choose another folder with PICHAT_DATA.`,
    }),
  ],
  [
    /^EROFS/,
    ({ path }) => ({
      es: `${path} está en un disco de solo lectura. Una tarjeta gastada se pone así sola: mirar dmesg, o elegir otra carpeta con PICHAT_DATA.`,
      en: `${path} is on a disk that is read-only. A worn card turns itself so: look at dmesg, or choose another folder with PICHAT_DATA.`,
    }),
  ],
  [
    /^(EIO|SQLITE_IOERR)/,
    ({ path, code }) => ({
      es: `El disco falla al leer o escribir ${path} (${code}). Suele ser una tarjeta gastada: copiar los datos a otra y mirar dmesg.`,
      en: `The disk fails to read or write ${path} (${code}). It is mostly a worn card: copy the data to another one and look at dmesg.`,
    }),
  ],
  [
    /^(EISDIR|ENOTDIR|EEXIST)/,
    ({ path }) => ({
      es: `${path} no puede usarse: en su lugar hay otra cosa (un archivo donde va una carpeta, o al revés). Moverla, o elegir otra carpeta con PICHAT_DATA.`,
      en: `${path} cannot be used: something else is in its place (a file where a folder belongs, or the reverse). Move it, or choose another folder with PICHAT_DATA.`,
    }),
  ],
  [
    /^(ENOENT|ENAMETOOLONG|ELOOP)/,
    ({ path }) => ({
      es: `${path} no existe y no se puede crear. Elegir otra carpeta con PICHAT_DATA.`,
      en: `${path} does not exist and cannot be made. Choose another folder with PICHAT_DATA.`,
    }),
  ],
  [
    /^(SQLITE_NOTADB|SQLITE_CORRUPT)/,
    ({ path }) => ({
      es: `${path} está dañado y no se tocó. Guardarlo aparte y poner una copia en su lugar, o elegir otra carpeta con PICHAT_DATA.`,
      en: `${path} is damaged and was not touched. Put it aside and a copy in its place, or choose another folder with PICHAT_DATA.`,
    }),
  ],
  [
    /^SQLITE_(BUSY|LOCKED)/,
    ({ path }) => ({
      es: `Otro proceso no suelta ${path}. Esperar a que termine, o detenerlo.`,
      en: `Another process does not let go of ${path}. Wait until it has finished, or stop it.`,
    }),
  ],
]

/**
 * Why PiChat cannot start, or a command cannot do its work, as one sentence with what to do; null for what was never meant to happen. Errors
 * of the machine are recognised by their code, and have to name their `path`.
 */
export function obstacleOf(error: unknown, locale: keyof Spoken): string | null {
  const place = placeOf(error)
  if (!place) return null
  const { path, code } = place
  if (error instanceof UnknownMigrations) {
    return locale === 'es'
      ? `${path} es de un PiChat más nuevo (${error.names.join(', ')}) y no se tocó. Instalar otra vez esa versión, o recuperar una copia.`
      : `${path} is of a newer PiChat (${error.names.join(', ')}) and was not touched. Install that version again, or restore a copy.`
  }
  if (error instanceof ForeignDatabase) {
    return locale === 'es'
      ? `${path} es de otro programa y no se tocó. Elegir otra carpeta con PICHAT_DATA.`
      : `${path} belongs to another program and was not touched. Choose another folder with PICHAT_DATA.`
  }
  const known = sentences.find(([codes]) => codes.test(code))
  return known ? known[1]({ path, code })[locale] : null
}

function placeOf(error: unknown): Place | null {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return null
  if (error instanceof DatabaseFull) return { path: error.path, code: 'SQLITE_FULL' }
  if (error instanceof DatabaseBusy) return { path: error.path, code: 'SQLITE_BUSY' }
  return { path: error.path, code: 'code' in error && typeof error.code === 'string' ? error.code : '' }
}

/** A container's user has a number and no name. */
function user(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.())
  }
}
