// SPDX-License-Identifier: GPL-3.0-or-later
import { duration, hour, minute, number, type Setting, second, units } from './kinds'

/** What a person may do in rooms, and how long rooms remember. */
export const rooms = {
  messagesPerSecond: number(units.perSecond, 20, [0, 10_000], {
    en: 'Messages per person, lasting. Nobody types so fast, a script may; 0 is no limit.',
    es: 'Mensajes por persona, sostenidos. Nadie escribe tan rápido; un programa, quizá; 0 es sin límite.',
  }),
  messageBurst: number(units.messages, 40, [1, 100_000], {
    en: 'Messages per person at a stroke, so that an outbox can empty itself after a break in the network.',
    es: 'Mensajes por persona de golpe, para que una bandeja se vacíe tras un corte de red.',
  }),
  messageStrikes: number(units.messages, 100, [1, 100_000], {
    en: 'Refused messages, where each one taken forgives five, after which the socket is closed with 1008: whoever ignores refusals is a broken program.',
    es: 'Mensajes rechazados, cada uno aceptado perdona cinco, tras los que la conexión se cierra con 1008: quien los ignora es un programa roto.',
  }),
  messageCharacters: number(units.characters, 4000, [1, 10_000], {
    en: 'The longest message: a page of text. Longer things are files.',
    es: 'El mensaje más largo: una página de texto. Lo más largo es un archivo.',
  }),
  socketsPerPerson: number(units.sockets, 10, [1, 1000], {
    en: 'Open room pages of one person over all devices.',
    es: 'Páginas de sala abiertas de una persona en todos sus dispositivos.',
  }),
  roomsPerPerson: number(units.rooms, 50, [1, 10_000], {
    en: 'Rooms that one person has created and not closed.',
    es: 'Salas que una persona ha creado y no ha cerrado.',
  }),
  roomsPerMinute: number(units.roomsPerMinute, 10, [1, 10_000], {
    en: 'Rooms that one person creates, lasting; twice as many in a row. A script that fills the list is stopped, a teacher who prepares a week is not.',
    es: 'Salas que crea una persona, sostenidas; el doble seguidas. Frena un programa que llena la lista, no a quien prepara la semana.',
  }),
  searchesPerSecond: number(units.searchesPerSecond, 4, [1, 1000], {
    en: 'Searches of one person, lasting; five times as many in a row, because a search begins while one types.',
    es: 'Búsquedas de una persona, sostenidas; cinco veces más seguidas, porque se busca mientras se escribe.',
  }),
  membersPerRoom: number(units.members, 500, [2, 10_000], {
    en: 'Members of one room: a large office or a year of a school. Each message goes to all of them.',
    es: 'Miembros de una sala: una oficina grande o un curso entero. Cada mensaje va a todos.',
  }),
  roomTriesPerPerson: number(units.perMinute, 10, [1, 10_000], {
    en: 'Tries to join a room by code and password per person: a code of 8 characters cannot be guessed so.',
    es: 'Intentos de unirse a una sala por persona: así no se adivina un código de 8 caracteres.',
  }),
  roomTriesPerAddress: number(units.perMinute, 60, [1, 100_000], {
    en: 'The same per address: a class that joins together passes, many accounts of one attacker do not.',
    es: 'Lo mismo por dirección: pasa una clase que entra a la vez; muchas cuentas de un atacante, no.',
  }),
  ephemeralMessages: number(units.messages, 200, [1, 10_000], {
    en: 'Messages an ephemeral room remembers, in memory only: enough to reload a page, 200 × 4 KB per room.',
    es: 'Mensajes que recuerda una sala efímera, solo en memoria: bastan para recargar; 200 × 4 KB por sala.',
  }),
  ephemeralAge: duration(10 * minute, [1 * second, 24 * hour], {
    en: 'How long an ephemeral room remembers a message.',
    es: 'Cuánto recuerda un mensaje una sala efímera.',
  }),
  ephemeralLinger: duration(2 * minute, [0, 24 * hour], {
    en: 'When the last person has left an ephemeral room for this long, everything is wiped: a reload survives, an absence does not.',
    es: 'Cuando la última persona lleva este tiempo fuera de una sala efímera, todo se borra: una recarga sobrevive; una ausencia, no.',
  }),
  keptDays: number(units.days, 30, [1, 3650], {
    en: 'How long a room with history keeps messages when nobody chose a number.',
    es: 'Cuánto guarda los mensajes una sala con historial si nadie eligió un número.',
  }),
  keptDaysMaximum: number(units.days, 365, [1, 3650], {
    en: 'The most that may be chosen, for one room or in /admin/salas for all: an office box is no archive.',
    es: 'Lo máximo que se puede elegir, para una sala o en /admin/salas para todas: una caja de oficina no es un archivo histórico.',
  }),
  catchUpChanges: number(units.changes, 500, [10, 100_000], {
    en: 'Changes a returning browser is sent; who missed more gets the page anew with "faltan mensajes".',
    es: 'Cambios que recibe un navegador que vuelve; a quien le faltan más, la página nueva con «faltan mensajes».',
  }),
  pageMessages: number(units.messages, 50, [10, 500], {
    en: 'Messages on one page of history: about three screens of a phone.',
    es: 'Mensajes por página de historial: unas tres pantallas de teléfono.',
  }),
  presenceGrace: duration(8 * second, [0, 5 * minute], {
    en: 'How long somebody whose socket is gone still counts as present: reloading and changing Wi-Fi do not blink.',
    es: 'Cuánto sigue presente quien perdió la conexión: recargar o cambiar de Wi-Fi no parpadea.',
  }),
  typingFor: duration(5 * second, [1 * second, 1 * minute], {
    en: 'How long "está escribiendo" stands without a further key.',
    es: 'Cuánto dura «está escribiendo» sin otra tecla.',
  }),
} as const satisfies Record<string, Setting>
