// SPDX-License-Identifier: GPL-3.0-or-later
import { words } from '../../lib/words'

/** What only the browser can notice, so that no server says it. Everything else comes with the page, as `data-say-*`. */
export const say = words({
  session: ['La sesión caducó.', 'The session expired.'],
  sessionThen: ['Entra de nuevo y se vuelve a esta página.', 'Sign in again to return to this page.'],
  signIn: ['Entra', 'Sign in'],
  removed: ['Esta cuenta ya no está en la sala.', 'This account is no longer in the room.'],
  closed: ['La sala ya no existe.', 'The room no longer exists.'],
  leave: ['Volver a las salas', 'Back to rooms'],
  limit: ['Hay demasiadas pestañas abiertas con esta cuenta.', 'Too many tabs are open with this account.'],
  limitThen: ['Cierra alguna y prueba otra vez.', 'Close one and try again.'],
  now: ['Intentar ahora', 'Try now'],
  bring: ['Traer los que faltan', 'Bring the missing ones'],
  empty: ['Escribe un mensaje', 'Write a message'],
  tooLong: ['El mensaje es demasiado largo', 'The message is too long'],
  unreachable: ['Sin conexión con PiChat.', 'No connection to PiChat.'],
  earlier: ['Mensajes anteriores', 'Earlier messages'],
  doubt: ['Sin conexión: no se sabe quién está.', 'No connection: nobody knows who is here.'],
  held: ['Esta sala va despacio. Se envía sin hacer nada más.', 'This room goes slowly. It is sent without doing anything else.'],
  changeLost: ['El mensaje ya no está. Lo escrito vuelve al cuadro.', 'The message is gone. What was written is back in the box.'],
  file: ['Archivo', 'File'],
  older: ['No se pudieron traer los mensajes.', 'The messages could not be brought.'],
})

/**
 * The phrases of the server in an element's `data-say-*`: `phrase(element, 'belowOther', { n: 4 })`. Unknown places stay as they are.
 */
export function phrase({ dataset }: HTMLElement, name: string, values: Record<string, string | number> = {}): string {
  const found = dataset[`say${name.charAt(0).toUpperCase()}${name.slice(1)}`] ?? ''
  return found.replace(/\{(\w+)\}/g, (place, key: string) => String(values[key] ?? place))
}

/** `one` and `other` of a counted phrase. */
export function counted(element: HTMLElement, name: string, n: number): string {
  return phrase(element, `${name}${n === 1 ? 'One' : 'Other'}`, { n })
}

/** A phrase as nodes, with an element in the place of a name: `{name} está escribiendo…`. */
export function phraseNodes(element: HTMLElement, name: string, values: Record<string, Node>): Node[] {
  return phrase(element, name)
    .split(/(\{\w+\})/)
    .filter(Boolean)
    .map((part) => values[part.slice(1, -1)] ?? document.createTextNode(part))
}

/** `9:05`, by this browser's clock: for what only this browser knows. */
export function clockTime(at: number): string {
  const moment = new Date(at)
  return `${moment.getHours()}:${String(moment.getMinutes()).padStart(2, '0')}`
}
