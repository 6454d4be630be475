// SPDX-License-Identifier: GPL-3.0-or-later
//
// A box that has an owner, and the few things that people do on it over and over.
import { type ApplianceOptions, startAppliance } from '../support/appliance'
import { type Line, networkDoor } from '../support/door'
import { type Credentials, claim, Person } from '../support/people'

export const owner: Credentials = { usuario: 'ana', nombre: 'Ana Torres', clave: 'once palabras bien raras', role: 'administrator' }
export const roomPassword = 'la clave de esta sala'

type Frame = Record<string, unknown> & { t: string }
export type RoomLine = Line<Frame>

/** Started, claimed with the code of its console; `ana` is signed in. */
export async function openBox(options: ApplianceOptions = {}) {
  const box = await startAppliance(options)
  const door = networkDoor(box.origin)
  const code = await box.claimCode()
  const ana = await claim(door, code, owner)

  return {
    box,
    door,
    ana,
    /** The code that claimed it. */
    code,
    /** An account made at the console, signed in with a password of its own. */
    async person(usuario: string, role: string): Promise<Person> {
      const { code, stdout, stderr } = await box.run('user', 'add', usuario, '--role', role)
      const temporary = /(?:Contraseña temporal|Temporary password): (\S+)/.exec(stdout)?.[1]
      if (code !== 0 || !temporary) throw new Error(`${usuario} was not added: ${stdout}${stderr}`)
      const clave = 'otras palabras nada comunes'
      const person = new Person(door, { usuario, clave, nombre: usuario, role: 'usuario' })
      await person.signIn({ usuario, clave: temporary, nombre: usuario, role: 'usuario' })
      const changed = await person.post('/perfil/clave', { actual: temporary, nueva: clave, repite: clave })
      if (changed.status !== 303) throw new Error(`${usuario} keeps the temporary password: ${changed.status}`)
      return person
    },
    async [Symbol.asyncDispose]() {
      await box.stop()
    },
  }
}

export type Box = Awaited<ReturnType<typeof openBox>>

export async function createRoom(person: Person, historial: 'efimera' | 'guardada', nombre = `Sala ${historial}`): Promise<string> {
  const answer = await person.post('/salas', { nombre, clave: roomPassword, tipo: 'privada', historial })
  const code = answer.headers.get('location')?.split('/').at(-1)
  if (answer.status !== 303 || !code) throw new Error(`No room: ${answer.status} ${(await answer.text()).slice(0, 300)}`)
  return code
}

export async function joinRoom(person: Person, codigo: string): Promise<void> {
  const answer = await person.post('/salas/unirse', { codigo, clave: roomPassword })
  if (answer.status !== 303) throw new Error(`Not joined: ${answer.status}`)
}

/** The socket of a room that has said hello and heard the list. */
export async function sitDown(person: Person, code: string): Promise<RoomLine> {
  const line = await person.socket<Frame>(`/salas/${code}/vivo`)
  line.send({ t: 'hola' })
  await line.next(({ t }) => t === 'lista')
  return line
}

let said = 0

/** Says something and waits for the tick. */
export async function say(line: RoomLine, texto: string): Promise<void> {
  const cid = `cid${String(++said).padStart(13, '0')}`
  line.send({ t: 'decir', cid, texto })
  await line.next((frame) => frame.t === 'ok' && frame.cid === cid)
}
