// SPDX-License-Identifier: GPL-3.0-or-later
import { bytes, day, duration, GiB, hour, KiB, MiB, minute, number, type Setting, second, units } from './kinds'

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
  uploadLife: duration(1 * day, [1 * minute, 30 * day], {
    en: 'How long an upload that was cut off waits for its rest, with its space set aside: a phone that slept overnight goes on.',
    es: 'Cuánto espera una subida cortada a que siga, con su sitio apartado: un teléfono que durmió la noche continúa.',
  }),
  unfinishedUploads: number(units.uploads, 100, [1, 10_000], {
    en: 'Uploads of one person that were begun and not ended: each sets space aside, and nobody should take the whole disk with promises.',
    es: 'Subidas empezadas y sin terminar de una persona: cada una aparta sitio, y nadie debe llenar el disco con promesas.',
  }),
  quotaAdministrator: bytes(0, [0, 1024 * GiB * 16], {
    en: 'What one administrator may keep here, unfinished uploads included; 0: no limit. Whoever runs the house can make room anyway.',
    es: 'Lo que puede guardar un administrador, con lo que esté subiendo; 0: sin límite. Quien administra puede hacer sitio.',
  }),
  quotaCliente: bytes(0, [0, 1024 * GiB * 16], {
    en: 'What one cliente may keep here, unfinished uploads included; 0: no limit. A small card shared by many wants one.',
    es: 'Lo que puede guardar un cliente, con lo que esté subiendo; 0: sin límite. Una tarjeta pequeña para muchos pide uno.',
  }),
  quotaTotal: bytes(0, [0, 1024 * GiB * 16], {
    en: 'What everybody together may keep here; 0: no limit but the reserve of the disk. For a disk that others use too.',
    es: 'Lo que pueden guardar entre todos; 0: solo la reserva del disco. Para un disco que también usan otros.',
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
  linkUsesMaximum: number(units.downloads, 1000, [1, 1_000_000], {
    en: 'The most completed downloads a direct link can be limited to; beyond that a limit means nothing.',
    es: 'El mayor límite de descargas completas que se puede poner a un enlace directo; más ya no limita nada.',
  }),
  linkResume: duration(1 * day, [1 * minute, 30 * day], {
    en: 'How long a download by a link may go on and count as one, and how long its password is remembered: a phone that slept overnight goes on.',
    es: 'Cuánto puede seguir una descarga por enlace y contar como una, y cuánto se recuerda su contraseña: un teléfono que durmió la noche sigue.',
  }),
  linkGuesses: number(units.attempts, 5, [1, 100], {
    en: 'Wrong passwords for one link from one address in 15 min; twenty times as many an hour from all of them. Whoever mistypes is slowed, not shut out.',
    es: 'Contraseñas erróneas de un enlace desde una dirección en 15 min; veinte veces más por hora desde todas. A quien se equivoca lo frena, no lo echa.',
  }),
  zipFiles: number(units.files, 500, [1, 10_000], {
    en: 'Files that are taken away in one zip: their ids stand in the address, and an address has its bounds.',
    es: 'Archivos que se bajan en un solo ZIP: sus identificadores van en la dirección, y una dirección tiene su límite.',
  }),
  zipsPerPerson: number(units.archives, 2, [1, 100], {
    en: 'Zips of one person at once: each reads the disk as fast as the network takes it.',
    es: 'ZIP de una persona a la vez: cada uno lee el disco tan rápido como la red lo toma.',
  }),
  release: {
    kind: 'choice',
    choices: ['automatic', 'clean', 'hand'],
    default: 'automatic',
    why: {
      en: 'What is given out alone. automatic: what is clean, and without antivirus everything, labelled. clean: never the unscanned. hand: nothing.',
      es: 'Qué se libera solo. automatic: lo limpio y, sin antivirus, todo, con su marca. clean: nunca lo no analizado. hand: nada.',
    },
  },
  trashDays: number(units.days, 7, [1, 365], {
    en: 'How long a deleted or rejected file can be brought back. Longer costs disk; never counted on a clock that is not trusted.',
    es: 'Cuánto se puede recuperar un archivo eliminado o rechazado. Más cuesta disco; no se cuenta con un reloj sin confirmar.',
  }),
  fileDays: number(units.days, 0, [0, 3650], {
    en: 'Days after which a new file goes to the trash when nobody chose otherwise; 0: it stays. Never counted on a clock that is not trusted.',
    es: 'Días tras los que un archivo nuevo va a la papelera si nadie eligió otra cosa; 0: se queda. No se cuenta con un reloj sin confirmar.',
  }),
  fileFolders: number(units.folders, 200, [1, 5_000], {
    en: 'Folders for everybody together: more than that and nobody finds anything by looking.',
    es: 'Carpetas entre todos: con más, nadie encuentra nada mirando.',
  }),
  previewBytes: bytes(64 * KiB, [1 * KiB, 1 * MiB], {
    en: 'Beginning of a text that its page shows: some twenty printed pages, which a phone still draws at once.',
    es: 'Principio de un texto que muestra su página: unas veinte hojas, que un teléfono aún dibuja al momento.',
  }),
  thumbnailPixels: number(units.pixels, 25_000_000, [10_000, 1_000_000_000], {
    en: 'The largest picture that gets a thumbnail. Each pixel takes 4 bytes while it is drawn, in a process of its own: 100 MB of a Pi for a moment.',
    es: 'La imagen más grande con miniatura. Cada píxel ocupa 4 bytes mientras se dibuja, en un proceso aparte: 100 MB de una Pi por un momento.',
  }),
  thumbnailSource: bytes(32 * MiB, [64 * KiB, 256 * MiB], {
    en: 'The heaviest picture that gets a thumbnail: it is read whole. A photograph of a phone weighs a third of it.',
    es: 'La imagen más pesada con miniatura: se lee entera. Una foto de teléfono pesa un tercio.',
  }),
  thumbnailTime: duration(20 * second, [1 * second, 5 * minute], {
    en: 'The longest one thumbnail may take: a Pi Zero needs some seconds; a picture made to hang must not stop the others.',
    es: 'Lo más que puede tardar una miniatura: una Pi Zero necesita segundos; una imagen hecha para atascar no detiene a las demás.',
  }),
  thumbnailCache: bytes(64 * MiB, [1 * MiB, 16 * GiB], {
    en: 'Disk for thumbnails, some two thousand of them; beyond it the longest unseen go and are made again when somebody looks.',
    es: 'Disco para miniaturas, unas dos mil; después se borran las menos vistas y se hacen de nuevo cuando alguien mira.',
  }),
  scanConnect: duration(5 * second, [100, 1 * minute], {
    en: 'How long clamd may take to accept a connection or to answer who it is; while it loads its signatures it is silent.',
    es: 'Cuánto puede tardar clamd en aceptar la conexión o decir quién es; mientras carga sus firmas calla.',
  }),
  scanStall: duration(30 * second, [100, 10 * minute], {
    en: 'How long clamd may take nothing of a file that is sent to it. A slow card pauses for seconds.',
    es: 'Cuánto puede clamd no tomar nada de un archivo que se le envía. Una tarjeta lenta se detiene segundos.',
  }),
  scanTotal: duration(10 * minute, [1 * second, 2 * hour], {
    en: 'The longest one scan may take: clamd itself stops after 2 min, and 2 GiB take some minutes to be sent on a Pi.',
    es: 'Lo más que puede durar un análisis: clamd mismo para a los 2 min, y enviar 2 GiB toma minutos en una Pi.',
  }),
  scanMemberBytes: bytes(25 * MiB, [64 * KiB, 2 * GiB], {
    en: 'What clamd reads of one file inside a zip: the same as its MaxFileSize. Of larger ones it reads the beginning and says OK; they wait for a person.',
    es: 'Lo que clamd lee de un archivo dentro de un ZIP: igual que su MaxFileSize. De uno mayor lee el principio y dice OK; ese espera a una persona.',
  }),
  scanTries: number(units.attempts, 5, [1, 100], {
    en: 'Scans of one file that may fail while clamd is well. Then a person decides: one file must not block the others.',
    es: 'Análisis fallidos de un archivo con clamd sano. Después decide una persona: un archivo no debe detener a los demás.',
  }),
  scanWait: duration(1 * day, [1 * minute, 30 * day], {
    en: 'How long a file waits for an antivirus that does not answer, before a person decides. Scanned after all once it answers.',
    es: 'Cuánto espera un archivo a un antivirus que no responde, antes de que decida una persona. Si vuelve, se analiza.',
  }),
} as const satisfies Record<string, Setting>
