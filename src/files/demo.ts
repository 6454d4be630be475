// SPDX-License-Identifier: GPL-3.0-or-later
import type { Files } from './service'
import type { Asker } from './shelf/sight'

const samples: readonly { name: string; text: string }[] = [
  {
    name: 'Acta de la reunión del lunes.txt',
    text: 'Reunión del lunes\n\n- La losa del eje 4 se coló el sábado.\n- El plano vigente es la v7.\n- La bomba se programa para el miércoles.\n',
  },
  {
    name: 'Presupuesto cocina.csv',
    text: 'partida,unidad,cantidad,precio\nEncimera de cuarzo,m,4.2,310\nMuebles bajos,pieza,9,145\nMuebles altos,pieza,6,98\n',
  },
  {
    name: 'Lista de pendientes.md',
    text: '# Pendientes\n\n- [x] Medir la ventana norte\n- [ ] Elegir porcelanato\n- [ ] Confirmar la visita del viernes\n',
  },
]

/** A few harmless files to look at, through the same verb as any other upload. */
export async function seedFiles(files: Files, people: readonly Asker[]): Promise<void> {
  for (const [i, { name, text }] of samples.entries()) {
    const person = people[i % people.length]
    if (!person) return
    const bytes = new TextEncoder().encode(text)
    await files.receive(person, { name, declared: bytes.length, body: once(bytes) }, '127.0.0.1')
  }
}

async function* once(bytes: Uint8Array) {
  yield bytes
}
