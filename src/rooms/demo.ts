// SPDX-License-Identifier: GPL-3.0-or-later
import type { Present } from './model'
import type { Rooms } from './rooms'

interface Cast {
  admin: Present
  cliente: Present
  usuario: Present
}

const here = '127.0.0.1'
/** The same for every demo room, so that joining by code can be tried. */
export const demoPassword = 'pichat-demo'

/** A few rooms to look at, made through the same verbs as any other. */
export async function seedRooms(rooms: Rooms, { admin, cliente, usuario }: Cast): Promise<void> {
  const works = await rooms.create(
    admin,
    { nombre: 'Obra Los Laureles', clave: demoPassword, tipo: 'privada', historial: 'guardada', codigo: 'LAURELES', dias: '30' },
    here,
  )
  await rooms.join(cliente, { code: works.code, password: demoPassword, from: here })
  const notices = await rooms.create(admin, { nombre: 'Avisos', tipo: 'grupal', historial: 'guardada', dias: '90' }, here)
  await rooms.join(cliente, { code: notices.code, password: '', from: here })
  await rooms.join(usuario, { code: notices.code, password: '', from: here })
  const desk = await rooms.create(cliente, { nombre: 'Recepción', tipo: 'grupal', historial: 'efimera' }, here)
  await rooms.join(admin, { code: desk.code, password: '', from: here })
  await rooms.create(admin, { nombre: 'Cafetería', tipo: 'grupal', historial: 'efimera' }, here)

  const lines: [Parameters<Rooms['say']>[0]['room'], Present, string][] = [
    [works, admin, 'Buenos días. Aquí va todo lo de la obra: planos, fotos y pendientes.'],
    [works, cliente, '¿Ya quedó la losa del eje 4? El residente pregunta para programar la bomba del miércoles.'],
    [works, admin, 'Sí, se coló el sábado. El plano vigente es la `v7`; la `v6` ya no sirve.'],
    [works, cliente, 'Perfecto. Subo las fotos de la visita a Archivos.'],
    [notices, admin, 'El viernes cerramos a las 13:00 por mantenimiento.'],
    [notices, cliente, 'Enterado, gracias.'],
  ]
  for (const [i, [room, person, text]] of lines.entries()) await rooms.say({ room, person, cid: `demo-${i}`, text })
}
