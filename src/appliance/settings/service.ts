// SPDX-License-Identifier: GPL-3.0-or-later
import { bytes, type ChoiceSetting, duration, hour, KiB, MiB, minute, number, type Setting, second, units } from './kinds'

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Where the program listens, where it keeps things, and what any visitor may cost it. */
export const service = {
  port: number(units.port, 8000, [0, 65535], {
    en: 'The port it listens on. Above 1023, so that no privilege is needed; 0 takes any free one.',
    es: 'El puerto en el que escucha. Mayor que 1023 para no necesitar privilegios; 0 toma uno libre.',
  }),
  host: {
    kind: 'text',
    default: '0.0.0.0',
    defaultFor: { demo: '127.0.0.1' },
    why: {
      en: 'The address it listens on: every network of the machine; `demo`, whose passwords are public, only this machine.',
      es: 'La dirección en la que escucha: todas las redes de la máquina; `demo`, con claves públicas, solo esta máquina.',
    },
  },
  hosts: {
    kind: 'list',
    default: [],
    why: {
      en: 'Further names it answers to, beside its own addresses and names. Any other name gets 421, against DNS rebinding.',
      es: 'Otros nombres a los que responde, además de los suyos. Cualquier otro recibe 421, contra el DNS rebinding.',
    },
  },
  data: {
    kind: 'text',
    default: '.',
    why: {
      en: 'The folder with pichat.db (and 2 MiB kept back beside it for a full disk), secret.key and cuarentena/. The service sets /var/lib/pichat; `demo` uses a throw-away one.',
      es: 'La carpeta con pichat.db (y 2 MiB apartados al lado para un disco lleno), secret.key y cuarentena/. El servicio usa /var/lib/pichat; `demo`, una desechable.',
    },
  },
  databaseUrl: {
    kind: 'secret',
    default: '',
    why: {
      en: 'Empty: SQLite inside the data folder, which is enough for one machine. PostgreSQL comes later. Secret: it may hold a password.',
      es: 'Vacío: SQLite dentro de la carpeta de datos, suficiente para una máquina. PostgreSQL llegará después. Secreto: puede llevar una clave.',
    },
  },
  secretKey: {
    kind: 'secret',
    default: '',
    variable: 'SECRET_KEY',
    why: {
      en: 'Signs sessions and links, at least 32 characters. Empty: made once and kept in secret.key, readable by the service alone.',
      es: 'Firma sesiones y enlaces, al menos 32 caracteres. Vacío: se crea una vez en secret.key, legible solo por el servicio.',
    },
  },
  clamd: {
    kind: 'text',
    default: '',
    why: {
      en: 'The socket of ClamAV: /run/clamav/clamd.ctl, or host:port. Empty: no antivirus, files say "sin analizar".',
      es: 'El socket de ClamAV: /run/clamav/clamd.ctl, o equipo:puerto. Vacío: sin antivirus, los archivos dicen «sin analizar».',
    },
  },
  logLevel: {
    kind: 'choice',
    choices: levels,
    default: 'info',
    why: {
      en: 'The least serious event that reaches the journal. info: one line per event, little wear of the card.',
      es: 'El evento menos grave que llega al diario. info: una línea por evento, poco desgaste de la tarjeta.',
    },
  } as ChoiceSetting<(typeof levels)[number]>,
  formBytes: bytes(64 * KiB, [4 * KiB, 16 * MiB], {
    en: 'The largest form or JSON body. A message of 4,000 characters with every byte escaped takes 48 KiB.',
    es: 'El mayor formulario o cuerpo JSON. Un mensaje de 4.000 caracteres con cada byte escapado ocupa 48 KiB.',
  }),
  signInBytes: bytes(4 * KiB, [2 * KiB, 64 * KiB], {
    en: 'The largest sign-in body: a name and a password of 128 characters of any script fit; everything larger is refused unread.',
    es: 'El mayor cuerpo al entrar: caben un nombre y una clave de 128 caracteres de cualquier escritura; lo mayor se rechaza sin leerlo.',
  }),
  socketsPerAddress: number(units.sockets, 256, [1, 65536], {
    en: 'Sockets from one address: a whole classroom behind one router fits, one machine cannot take them all.',
    es: 'Conexiones desde una dirección: cabe un aula tras un router, y una sola máquina no puede quedarse con todas.',
  }),
  frameBytes: bytes(64 * KiB, [8 * KiB, 16 * MiB], {
    en: 'The largest frame on a socket; larger ones close it with 1009. The same measure as a form.',
    es: 'La mayor trama de una conexión; las mayores la cierran con 1009. La misma medida que un formulario.',
  }),
  socketBacklog: bytes(1 * MiB, [64 * KiB, 256 * MiB], {
    en: 'What may wait for a slow reader before its socket is closed; it catches up after reconnecting. Keeps memory bounded.',
    es: 'Lo que puede esperar a un lector lento antes de cerrar su conexión; se pone al día al volver. Acota la memoria.',
  }),
  socketIdle: duration(120 * second, [10 * second, 960 * second], {
    en: 'Silence after which a socket counts as dead: three missed pings of a phone on weak Wi-Fi.',
    es: 'Silencio tras el que una conexión se da por muerta: tres pings perdidos de un teléfono con mala Wi-Fi.',
  }),
  formWithin: duration(20 * second, [1 * second, 255 * second], {
    en: 'How long a form may take to arrive: 64 KiB need a second on bad Wi-Fi. One that drips holds a connection; uploads have their own measure.',
    es: 'Cuánto puede tardar en llegar un formulario: 64 KiB tardan un segundo con mala Wi-Fi. Uno que gotea retiene una conexión; las subidas tienen su medida.',
  }),
  requestIdle: duration(120 * second, [5 * second, 255 * second], {
    en: 'Silence after which a request is dropped. 255 s is the most the server can count.',
    es: 'Silencio tras el que se abandona una petición. 255 s es lo máximo que el servidor sabe contar.',
  }),
  writesWaiting: number(units.writes, 10_000, [100, 1_000_000], {
    en: 'Database writes that may wait for the disk; beyond it 503. At 100 bytes to 1 KiB each about 10 MiB of memory.',
    es: 'Escrituras que pueden esperar al disco; más allá, 503. De 100 bytes a 1 KiB cada una, unos 10 MiB de memoria.',
  }),
  discoveryEvery: duration(30 * second, [1 * second, 1 * hour], {
    en: 'How often it looks for its own addresses and names: a new address from the router is accepted this soon.',
    es: 'Cada cuánto busca sus direcciones y nombres: una dirección nueva del router se acepta en este plazo.',
  }),
  heartbeatDeadline: duration(10 * second, [1 * second, 60 * second], {
    en: 'How long a read and a write of the database may take before the watchdog gets no ping. A slow card needs seconds, not ten.',
    es: 'Lo que puede tardar leer y escribir en la base antes de no avisar al watchdog. Una tarjeta lenta necesita segundos, no diez.',
  }),
  loopLagLimit: duration(5 * second, [100, 60 * second], {
    en: 'The longest standstill of the event loop that still counts as healthy. Normal is below 50 ms; 5 s nobody would call working.',
    es: 'La mayor parada del bucle de eventos que aún cuenta como sana. Lo normal es menos de 50 ms; 5 s ya no es funcionar.',
  }),
  shutdownDeadline: duration(10 * second, [1 * second, 80 * second], {
    en: 'How long it says goodbye and finishes what it accepted before it ends anyway; below the 90 s after which systemd kills.',
    es: 'Lo que dedica a despedirse y terminar lo aceptado antes de acabar igualmente; menos que los 90 s de systemd.',
  }),
  retentionEvery: duration(10 * minute, [1 * minute, 24 * hour], {
    en: 'How often expired messages, links and sessions are swept out. Often enough for "kept 1 day", seldom enough for the card.',
    es: 'Cada cuánto se borran mensajes, enlaces y sesiones vencidos. Bastante para «1 día», poco para la tarjeta.',
  }),
} as const satisfies Record<string, Setting>
