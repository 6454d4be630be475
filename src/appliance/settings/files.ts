// SPDX-License-Identifier: GPL-3.0-or-later
import { bytes, duration, GiB, KiB, MiB, minute, number, type Setting, second, units } from './kinds'

/** Uploads, quarantine and direct links. */
export const files = {
  maxFileBytes: bytes(2 * GiB, [1 * KiB, 1024 * GiB], {
    en: 'The largest file: a long video. Streamed, so it costs disk and not memory.',
    es: 'El archivo más grande: un vídeo largo. Va por partes: cuesta disco, no memoria.',
  }),
  reservePercent: number(units.percent, 5, [0, 50], {
    en: 'Part of the disk that uploads never take, so that messages can still be written. The larger of this and the next counts.',
    es: 'Parte del disco que las subidas nunca toman, para poder escribir mensajes. Cuenta la mayor entre esta y la siguiente.',
  }),
  reserveBytes: bytes(512 * MiB, [0, 1024 * GiB], {
    en: 'The same in bytes: the system, its journal and the database need room on a small card too.',
    es: 'Lo mismo en bytes: el sistema, su diario y la base necesitan sitio también en una tarjeta pequeña.',
  }),
  uploadsPerPerson: number(units.uploads, 3, [1, 100], {
    en: 'Uploads of one person at once; further ones wait in the browser. More would not be faster over Wi-Fi.',
    es: 'Subidas de una persona a la vez; las demás esperan en el navegador. Más no irían más rápido por Wi-Fi.',
  }),
  uploadStall: duration(20 * second, [1 * second, 10 * minute], {
    en: 'Silence after which an upload is given up and its part removed: a walk through a dead spot survives, a drip does not.',
    es: 'Silencio tras el que se abandona una subida y se borra su parte: un rincón sin señal sobrevive; un goteo, no.',
  }),
  linkDays: number(units.days, 7, [1, 3650], {
    en: 'How long a direct link works when nobody chose otherwise: a week is long enough to fetch a file.',
    es: 'Cuánto vale un enlace directo si nadie eligió otra cosa: una semana basta para bajar un archivo.',
  }),
  linkDaysMaximum: number(units.days, 365, [1, 3650], {
    en: 'The longest life of a direct link: whoever has it needs no account, so none is for ever.',
    es: 'La mayor vida de un enlace directo: quien lo tiene no necesita cuenta; ninguno es para siempre.',
  }),
  linksPerFile: number(units.links, 20, [1, 1000], {
    en: 'Living direct links of one file: few enough for an administrator to look through.',
    es: 'Enlaces directos vivos de un archivo: pocos, para que un administrador los revise.',
  }),
} as const satisfies Record<string, Setting>
